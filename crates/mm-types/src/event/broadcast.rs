//! Who an event is for.

use std::collections::BTreeMap;

use mm_macros::model;

use crate::{ChannelId, ConnectionId, TeamId, UserId};

/// Who the server sent an event to. Everybody, as far as nothing is set.
#[model]
pub struct Broadcast {
    /// Users that were left out.
    pub omit_users: Option<BTreeMap<UserId, bool>>,
    /// To this user alone.
    pub user_id: UserId,
    /// To the members of this channel.
    pub channel_id: ChannelId,
    /// To the members of this team.
    pub team_id: TeamId,
    /// To this connection alone. Not told by old servers, such as 5.37.
    #[model(omit_empty)]
    pub connection_id: Option<ConnectionId>,
    /// The connection that caused the event and was left out. Not told by old servers.
    #[model(omit_empty)]
    pub omit_connection_id: Option<ConnectionId>,
    /// This is the copy for those who may not see everything.
    #[model(omit_empty)]
    pub contains_sanitized_data: bool,
    /// This is the copy for system administrators.
    #[model(omit_empty)]
    pub contains_sensitive_data: bool,
}

impl Broadcast {
    /// Whether a user was left out by name.
    pub fn omits(&self, user: UserId) -> bool {
        self.omit_users.as_ref().and_then(|users| users.get(&user)).is_some_and(|omitted| *omitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_of_servers_are_written_back_as_they_came() {
        for json in [
            r#"{"omit_users":null,"user_id":"","channel_id":"","team_id":"t"}"#,
            r#"{"omit_users":{"u":true},"user_id":"","channel_id":"","team_id":"","connection_id":"","omit_connection_id":"c","contains_sensitive_data":true}"#,
        ] {
            let broadcast: Broadcast = serde_json::from_str(json).expect(json);
            assert_eq!(serde_json::to_string(&broadcast).expect(json), json);
        }
    }

    #[test]
    fn a_user_is_left_out_by_name() {
        let broadcast: Broadcast =
            serde_json::from_str(r#"{"omit_users":{"u":true,"v":false}}"#).expect("read");
        let user = |text: &str| serde_json::from_value(text.into()).expect("an id");
        assert!(broadcast.omits(user("u")));
        assert!(!broadcast.omits(user("v")) && !broadcast.omits(user("w")));
        assert!(!Broadcast::default().omits(user("u")));
    }
}
