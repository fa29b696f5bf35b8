//! Who was added to a channel.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ChannelMember, list_or::ListOr};

/// Who was added to a channel.
///
/// The answer has the shape of the question: one member for `user_id`, a list for `user_ids`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AddedMembers {
    /// The one that was named.
    One(Box<ChannelMember>),
    /// Those that were added out of a list. Some can be missing: each was tried on its own.
    Many(Vec<ChannelMember>),
}

impl AddedMembers {
    /// The members, however many were asked for.
    pub fn as_slice(&self) -> &[ChannelMember] {
        match self {
            Self::One(member) => std::slice::from_ref(member),
            Self::Many(members) => members,
        }
    }

    /// The members, however many were asked for.
    pub fn into_members(self) -> Vec<ChannelMember> {
        match self {
            Self::One(member) => vec![*member],
            Self::Many(members) => members,
        }
    }

    /// The first member.
    pub fn first(&self) -> Option<&ChannelMember> {
        self.as_slice().first()
    }
}

impl From<ChannelMember> for AddedMembers {
    fn from(member: ChannelMember) -> Self {
        Self::One(Box::new(member))
    }
}

impl From<Vec<ChannelMember>> for AddedMembers {
    fn from(members: Vec<ChannelMember>) -> Self {
        Self::Many(members)
    }
}

impl Serialize for AddedMembers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(member) => member.serialize(serializer),
            Self::Many(members) => members.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AddedMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ListOr::read(deserializer)? {
            ListOr::List(members) => Self::Many(members),
            ListOr::Object(member) => Self::One(member),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_and_a_list_of_members_are_told_apart() {
        let one: AddedMembers = serde_json::from_str(r#"{"roles": "channel_user"}"#).expect("a member");
        assert!(matches!(one, AddedMembers::One(_)));
        assert_eq!(one.first().map(|member| member.roles.as_str()), Some("channel_user"));
        let many: AddedMembers = serde_json::from_str(r#"[{}, {}]"#).expect("members");
        assert_eq!(many.as_slice().len(), 2);
        assert!(serde_json::to_string(&many).expect("text").starts_with('['));
        assert_eq!(one.into_members().len(), 1);
    }
}
