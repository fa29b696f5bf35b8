//! What became of invitations by mail.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{EmailInviteWithError, StatusOk, list_or::ListOr};

/// What became of invitations by mail.
///
/// A server that was asked to be graceful tells the outcome for each address. Without that, one
/// address that fails makes the whole request fail, and success says nothing but "done".
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EmailInvites {
    /// All mails went out.
    Sent(StatusOk),
    /// The outcome for each address.
    Each(Vec<EmailInviteWithError>),
}

impl EmailInvites {
    /// The addresses that were not invited, each with its error.
    pub fn failures(&self) -> impl Iterator<Item = &EmailInviteWithError> {
        let each = match self {
            Self::Sent(_) => &[],
            Self::Each(each) => each.as_slice(),
        };
        each.iter().filter(|invite| invite.error.is_some())
    }
}

impl Serialize for EmailInvites {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Sent(status) => status.serialize(serializer),
            Self::Each(each) => each.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for EmailInvites {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ListOr::read(deserializer)? {
            ListOr::List(each) => Self::Each(each),
            ListOr::Object(status) => Self::Sent(status),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_tell_which_addresses_failed() {
        let json = r#"[{"email":"a@x","error":null},{"email":"b@x","error":{"id":"api.error"}}]"#;
        let invites: EmailInvites = serde_json::from_str(json).expect("outcomes");
        let failed: Vec<_> = invites.failures().map(|invite| invite.email.as_str()).collect();
        assert_eq!(failed, ["b@x"]);
        let done: EmailInvites = serde_json::from_str(r#"{"status":"OK"}"#).expect("done");
        assert_eq!(done, EmailInvites::Sent(StatusOk::ok()));
        assert_eq!(done.failures().count(), 0);
        assert_eq!(serde_json::to_string(&done).expect("text"), r#"{"status":"OK"}"#);
    }
}
