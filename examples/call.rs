//! Calls any operation by name, with arguments in JSON.
//!
//! ```text
//! cargo run --example call -- GetUser '{"user_id": "me"}'
//! cargo run --example call -- --list
//! ```
//!
//! Prints the answer: JSON in readable form, text as it is, other bytes as their number and the first of them, or all of
//! them with `--raw`. The exit code is 0 for a success, 1 for an error that the server answered (its JSON is
//! printed, too), 2 if nothing was sent, 3 if it was maybe sent and no answer came, 4 for an answer that the
//! operation cannot read.

use std::env;
use std::io::{self, Write as _};
use std::iter::successors;
use std::process::ExitCode;

use http_body_util::BodyExt as _;
use mm_core::{Body, BoxError, Operation, TransportError, operation, registry};
use mm_examples::connect;
use mm_tower::{ApiError, Error, ErrorKind};
use serde_json::Value;

const USAGE: &str = "usage: call [--raw] OPERATION ['{\"argument\": \"value\"}']\n       call --list";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut args: Vec<String> = env::args().skip(1).collect();
    let raw = args.first().is_some_and(|arg| arg == "--raw");
    args.drain(..usize::from(raw));
    let result = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--list"] => list(),
        [name] => call(name, "{}", raw).await,
        [name, arguments] => call(name, arguments, raw).await,
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            for cause in successors(error.source(), |cause| cause.source()) {
                eprintln!("  because: {cause}");
            }
            ExitCode::from(match error.downcast_ref::<Error>().map(Error::kind) {
                Some(ErrorKind::Api) => 1,
                Some(ErrorKind::MaybeSent) => 3,
                Some(ErrorKind::Unreadable) => 4,
                _ => 2,
            })
        }
    }
}

/// Every operation: name, method and path, between them tabs.
fn list() -> Result<(), BoxError> {
    let lines = registry()
        .map(|Operation { info, .. }| format!("{}\t{}\t{}\n", info.operation, info.method, info.path));
    print(lines.collect::<String>().as_bytes())
}

async fn call(name: &str, arguments: &str, raw: bool) -> Result<(), BoxError> {
    let operation = operation(name).ok_or_else(|| format!("no operation `{name}`; --list names them"))?;
    let arguments = serde_json::from_str(arguments).map_err(|error| format!("the arguments: {error}"))?;
    let response = connect()?.send_request(operation.request(arguments)?).await?;

    // A download comes as a stream; here it is read to its end.
    let (head, body) = response.into_parts();
    let failed = |error| Error::transport(operation.info, TransportError::from_box(error));
    let body = body.collect().await.map_err(failed)?.to_bytes();

    let content_type = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("");
    match serde_json::from_slice::<Value>(&body) {
        _ if raw => print(&body)?,
        Ok(json) if content_type.contains("json") => print(format!("{json:#}\n").as_bytes())?,
        _ if std::str::from_utf8(&body).is_ok() => print(&body)?,
        _ => {
            let start: String = body.iter().take(16).map(|byte| format!(" {byte:02x}")).collect();
            println!("{} bytes of {content_type}:{start}", body.len());
        }
    }
    if !operation.info.is_success(head.status) {
        return Err(Error::from(ApiError::read(operation.info, head, body)).into());
    }
    operation.recode(http::Response::from_parts(head, Body::from(body))).map_err(Error::from)?;
    Ok(())
}

/// Writes to stdout. A reader that has seen enough is no error.
fn print(bytes: &[u8]) -> Result<(), BoxError> {
    match io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
