//! Wire vectors: what stands on the wire, word by word, beside the typed value.
//!
//! A fake and a client that share one description of an operation could agree on a mistake. Here both are held
//! against literal text, in both directions.

mod check;
mod complete;

use mm_types::{ChannelId, CommandId, FileId, HookId, PostId, TeamId, UserId};

/// One operation on the wire.
///
/// ```ignore
/// wire! {
///     a_reaction_is_attached: SaveReaction::new(ALICE, POST, "tada"),
///     request: "POST /api/v4/reactions" json {"user_id": "alice…", "post_id": "post…", "emoji_name": "tada"},
///     response: 200 json {"emoji_name": "tada"},
///     |reaction| assert_eq!(reaction.emoji_name, "tada")
/// }
/// ```
///
/// Checked are: the operation makes the request; the request is read as the operation; the response can be decoded,
/// and its value (seen by the closure, if there is one) is written as the response. What is written beyond the literal
/// must be empty, and what is empty in the literal may be left out: see [`check::same_but_for_empty`].
///
/// | request body | |
/// |---|---|
/// | nothing | none |
/// | `json …` | JSON, compared as a value |
/// | `form "a=1&b=2"` | URL-encoded |
/// | `parts [text "name" = "value", file "name" ("file name") = "content"]` | multipart |
///
/// | response body | |
/// |---|---|
/// | `ok` | `{"status": "OK"}` |
/// | `json …` | JSON |
/// | `lines "…"` | one JSON document a line, written as a list |
/// | `bytes "content/type" "content"` | a download |
/// | `location "https://…"` | a redirect |
macro_rules! wire {
    ($name:ident: $operation:expr,
     request: $head:literal $($request:ident $body:tt)?,
     response: $status:literal json $answer:tt
     $(, |$value:pat_param| $seen:expr)? $(,)?) => {
        wire!(@test $name, $operation, $head, wire!(@request $($request $body)?), $status,
            $crate::wire::check::Answer::Json(serde_json::json!($answer)), $(|$value| $seen)?);
    };
    ($name:ident: $operation:expr,
     request: $head:literal $($request:ident $body:tt)?,
     response: $status:literal $response:ident $($answer:literal)*
     $(, |$value:pat_param| $seen:expr)? $(,)?) => {
        wire!(@test $name, $operation, $head, wire!(@request $($request $body)?), $status,
            wire!(@response $response $($answer)*), $(|$value| $seen)?);
    };
    (@test $name:ident, $operation:expr, $head:literal, $payload:expr, $status:literal, $answer:expr,
     $(|$value:pat_param| $seen:expr)?) => {
        #[test]
        fn $name() {
            let operation = $operation;
            $crate::wire::check::request(&operation, $head, $payload);
            let value = $crate::wire::check::response(&operation, $status, $answer);
            $(let $value = &value; $seen;)?
            let _ = value;
        }
    };
    (@request) => { $crate::wire::check::Payload::Nothing };
    (@request json $body:tt) => { $crate::wire::check::Payload::Json(serde_json::json!($body)) };
    (@request form $body:literal) => { $crate::wire::check::Payload::Form($body) };
    (@request parts [$($kind:ident $part:literal $(($file_name:literal))? = $content:literal),* $(,)?]) => {
        $crate::wire::check::Payload::Parts(
            &[$(wire!(@part $kind $part $(($file_name))? = $content)),*],
        )
    };
    (@part text $part:literal = $content:literal) => { ($part, None, $content) };
    (@part file $part:literal ($file_name:literal) = $content:literal) => { ($part, Some($file_name), $content) };
    (@response ok) => { $crate::wire::check::Answer::Json(serde_json::json!({"status": "OK"})) };
    (@response bytes $content_type:literal $content:literal) => {
        $crate::wire::check::Answer::Bytes($content_type, $content)
    };
    (@response lines $body:literal) => { $crate::wire::check::Answer::Lines($body) };
    (@response location $target:literal) => { $crate::wire::check::Answer::Location($target) };
}

/// Constants for ids, made of their 26 letters and digits.
macro_rules! ids {
    ($($name:ident: $type:ident = $text:literal;)*) => {
        $(const $name: $type = match $type::from_bytes(*$text) {
            Ok(id) => id,
            Err(_) => panic!("not an id"),
        };)*
    };
}

mod bots;
mod channels;
mod commands;
mod files;
mod integration_actions;
mod posts;
mod preferences;
mod reactions;
mod system;
mod teams;
mod threads;
mod users;
mod webhooks;

// Ids for the vectors, which write them as text.
ids! {
    ALICE: UserId = b"alice000000000000000000000";
    BOB: UserId = b"bob00000000000000000000000";
    TEAM: TeamId = b"team0000000000000000000000";
    CHANNEL: ChannelId = b"channel0000000000000000000";
    POST: PostId = b"post0000000000000000000000";
    FILE: FileId = b"file0000000000000000000000";
    HOOK: HookId = b"hook0000000000000000000000";
    COMMAND: CommandId = b"command0000000000000000000";
}
