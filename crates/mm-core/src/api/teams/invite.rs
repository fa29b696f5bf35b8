//! Invitations by mail.

use mm_types::{ChannelId, EmailInvites, TeamId};

use crate::Endpoint;

/// Invites people by mail to be guests of some channels of a team.
///
/// Needs `invite_guest`, guest accounts turned on and mail set up. Sent twice, it mails twice.
#[derive(Debug, Clone, PartialEq, Endpoint)]
#[endpoint(
    POST,
    "/api/v4/teams/{team_id}/invite-guests/email",
    response = EmailInvites,
    since = "5.16",
    licence = "with guest accounts"
)]
#[non_exhaustive]
pub struct InviteGuestsToTeam {
    /// Of which team.
    pub team_id: TeamId,
    /// Tells the outcome for each address, instead of failing at the first that cannot be invited.
    #[endpoint(query, flag)]
    pub graceful: bool,
    /// Lets the guests in through a link in the mail, without a password. Old servers ignore it.
    #[endpoint(query)]
    pub guest_magic_link: Option<bool>,
    /// Mail addresses; at least one.
    pub emails: Vec<String>,
    /// Channels of the team; at least one.
    pub channels: Vec<ChannelId>,
    /// Put into the mail.
    pub message: Option<String>,
}
