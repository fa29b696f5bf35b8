//! Groups of users, and the teams and channels that they decide about.

use mm_macros::model;

use super::Nested;
use crate::{Group, GroupId, GroupMember};

/// A group is new or changed.
#[model]
pub struct ReceivedGroup {
    pub group: Nested<Group>,
}

/// The receiver came into a group.
#[model]
pub struct GroupMemberAdd {
    pub group_member: Nested<GroupMember>,
}

/// The receiver was taken out of a group.
#[model]
pub struct GroupMemberDeleted {
    pub group_member: Nested<GroupMember>,
}

/// A group belongs to a channel now: the one that the event was broadcast to.
#[model]
pub struct ReceivedGroupAssociatedToChannel {
    pub group_id: GroupId,
}

/// A group belongs to a channel no more: the one that the event was broadcast to.
#[model]
pub struct ReceivedGroupNotAssociatedToChannel {
    pub group_id: GroupId,
}

/// A group belongs to a team now: the one that the event was broadcast to.
#[model]
pub struct ReceivedGroupAssociatedToTeam {
    pub group_id: GroupId,
}

/// A group belongs to a team no more: the one that the event was broadcast to.
#[model]
pub struct ReceivedGroupNotAssociatedToTeam {
    pub group_id: GroupId,
}
