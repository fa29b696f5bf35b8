//! What a channel can be.

use mm_types::{Channel, ChannelType, UserId};

use crate::Failure;

/// 400 `model.channel.is_valid.*` for what a channel cannot be.
pub(super) fn check(channel: &Channel) -> Result<(), Failure> {
    let bad = |what: &str, message: &str| {
        Err(Failure::new(400, format!("model.channel.is_valid.{what}.app_error"), message))
    };
    if channel.display_name.chars().count() > 64 {
        return bad("display_name", "Invalid display name.");
    }
    if !is_name(&channel.name) {
        return bad("1_or_more", "Name must be 1 or more lowercase alphanumeric characters.");
    }
    let in_team = matches!(channel.kind, ChannelType::Open | ChannelType::Private);
    if !in_team && !matches!(channel.kind, ChannelType::Direct | ChannelType::Group) {
        return bad("type", "Invalid type.");
    }
    if channel.header.chars().count() > 1024 {
        return bad("header", "Invalid header.");
    }
    if channel.purpose.chars().count() > 250 {
        return bad("purpose", "Invalid purpose.");
    }
    if in_team && (is_group_name(&channel.name) || is_direct_name(&channel.name)) {
        let message = "Invalid channel name. User ids are not permitted in channel name for non-direct message channels.";
        return bad("name", message);
    }
    Ok(())
}

/// Letters, digits, dashes and underscores, beginning with a letter or digit.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.bytes().next().is_some_and(is_plain)
        && name.bytes().all(|byte| is_plain(byte) || matches!(byte, b'-' | b'_'))
}

fn is_group_name(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_direct_name(name: &str) -> bool {
    let is_id = |text: &str| text.parse::<UserId>().is_ok_and(|id| !id.is_empty());
    name.split_once("__").is_some_and(|(one, other)| is_id(one) && is_id(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Channel)) -> String {
        let mut channel = Channel::default();
        channel.name = "a".to_owned();
        channel.kind = ChannelType::Open;
        assert!(check(&channel).is_ok());
        change(&mut channel);
        let error = check(&channel).unwrap_err();
        error.id().trim_start_matches("model.channel.is_valid.").trim_end_matches(".app_error").to_owned()
    }

    #[test]
    fn texts_have_a_length_in_characters() {
        assert_eq!(refused(|channel| channel.display_name = "ü".repeat(65)), "display_name");
        assert_eq!(refused(|channel| channel.header = "ü".repeat(1025)), "header");
        assert_eq!(refused(|channel| channel.purpose = "ü".repeat(251)), "purpose");
        let mut longest = Channel::default();
        longest.name = "a_-".to_owned();
        longest.kind = ChannelType::Private;
        longest.display_name = "ü".repeat(64);
        longest.header = "ü".repeat(1024);
        longest.purpose = "ü".repeat(250);
        assert!(check(&longest).is_ok());
    }

    #[test]
    fn names_are_plain_and_do_not_look_like_messages() {
        for bad in ["", "-a", "_a", "A", "a b", "ü"] {
            assert_eq!(refused(|channel| channel.name = bad.to_owned()), "1_or_more", "{bad}");
        }
        let id = "ybndrfg8ejkmcpqxot1uwisza3";
        assert_eq!(refused(|channel| channel.name = format!("{id}__{id}")), "name");
        assert_eq!(refused(|channel| channel.name = "0a".repeat(20)), "name");
        assert_eq!(refused(|channel| channel.kind = "X".into()), "type");
    }
}
