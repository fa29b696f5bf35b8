//! Teams and who is in them.

mod invites;
mod list;

use mm_macros::model;

pub use self::{invites::EmailInvites, list::TeamList};
use crate::{
    AppError, ChannelId, Patch, PolicyId, SchemeId, Secret, TeamId, Timestamp, UserId, open_enum::open_enum,
};

open_enum! {
    /// Who may join a team.
    pub enum TeamType {
        /// Whoever has an account, when `allow_open_invite` is set as well.
        Open = "O",
        /// Invited people only.
        Invite = "I",
    }

    /// What the members of a team are sorted by.
    pub enum TeamMemberSort {
        /// The users' ids.
        UserId = "",
        /// The users' names.
        Username = "Username",
    }
}

/// A team: a set of channels and people.
#[model]
pub struct Team {
    pub id: TeamId,
    pub create_at: Timestamp,
    pub update_at: Timestamp,
    /// When it was archived. 0 while it is in use.
    pub delete_at: Timestamp,
    pub display_name: String,
    /// The part of the address that names it.
    pub name: String,
    pub description: String,
    /// Empty for those who do not run the team.
    pub email: String,
    #[model(rename = "type")]
    pub kind: TeamType,
    pub company_name: String,
    /// Mail domains whose people may join, separated by commas. Empty means any.
    pub allowed_domains: String,
    /// Whoever knows it can join. Empty for those who may not invite.
    pub invite_id: Secret,
    pub allow_open_invite: bool,
    /// 0 without a picture.
    #[model(omit_empty)]
    pub last_team_icon_update: Timestamp,
    pub scheme_id: Option<SchemeId>,
    /// Whether groups decide who is in.
    pub group_constrained: Option<bool>,
    pub policy_id: Option<PolicyId>,
    pub cloud_limits_archived: bool,
}

impl Team {
    /// Whether it is archived.
    pub const fn is_deleted(&self) -> bool {
        self.delete_at.is_set()
    }
}

/// A user's place in a team.
#[model]
pub struct TeamMember {
    pub team_id: TeamId,
    pub user_id: UserId,
    /// Names of all roles in the team, separated by spaces.
    pub roles: String,
    /// When the user left. 0 while in.
    pub delete_at: Timestamp,
    pub scheme_guest: bool,
    pub scheme_user: bool,
    pub scheme_admin: bool,
    /// Names of the roles that the scheme flags do not stand for.
    pub explicit_roles: String,
}

/// A page of teams, and how many there are.
#[model]
pub struct TeamsWithCount {
    pub teams: Vec<Team>,
    /// Of all pages.
    pub total_count: i64,
}

/// How many people a team has.
#[model]
pub struct TeamStats {
    pub team_id: TeamId,
    pub total_member_count: i64,
    /// Without deactivated accounts.
    pub active_member_count: i64,
}

/// What a user has not read in a team.
#[model]
pub struct TeamUnread {
    pub team_id: TeamId,
    pub msg_count: i64,
    pub mention_count: i64,
    pub mention_count_root: i64,
    pub msg_count_root: i64,
    pub thread_count: i64,
    pub thread_mention_count: i64,
    pub thread_urgent_mention_count: i64,
}

/// What became of one invitation by mail.
#[model]
pub struct EmailInviteWithError {
    pub email: String,
    /// None when the mail went out.
    pub error: Option<Box<AppError>>,
}

/// What became of adding one of many users to a team.
#[model]
pub struct TeamMemberWithError {
    pub user_id: UserId,
    /// None when it failed.
    pub member: Option<TeamMember>,
    /// None when it worked.
    pub error: Option<Box<AppError>>,
}

/// Who is to become a guest, and of which channels.
#[model]
pub struct GuestsInvite {
    pub emails: Vec<String>,
    /// At least one.
    pub channels: Vec<ChannelId>,
    /// Put into the mail. May be empty.
    pub message: String,
}

/// Changes to a team. A field that is left alone stays as it is.
#[model]
pub struct TeamPatch {
    pub display_name: Patch<String>,
    pub description: Patch<String>,
    pub company_name: Patch<String>,
    pub allowed_domains: Patch<String>,
    pub allow_open_invite: Patch<bool>,
    pub group_constrained: Patch<bool>,
    pub cloud_limits_archived: Patch<bool>,
}
