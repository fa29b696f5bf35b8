//! Links sent by mail, and the mails they are in.

use mm_types::{ChannelId, Secret, TeamId, Timestamp, UserId};

use super::{Table, World};

#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By the token in the link.
    pub(crate) rows: Table<String, Link>,
    /// What was sent, the oldest first.
    pub(crate) mails: Vec<Mail>,
}

/// What a link in a mail is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkKind {
    /// To choose a new password.
    PasswordReset,
    /// To prove a mail address.
    EmailVerification,
    /// To come into a team.
    TeamInvitation,
    /// To come into channels as a guest.
    GuestInvitation,
}

/// A mail with a link, as it would have been sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mail {
    /// The address.
    pub to: String,
    /// What the link is for.
    pub kind: LinkKind,
    /// The token in the link, of 64 characters.
    pub token: Secret,
}

/// What the server keeps about a link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) kind: LinkKind,
    pub(crate) create_at: Timestamp,
    /// Whom it is about; who invites, for invitations.
    pub(crate) user: UserId,
    pub(crate) email: String,
    /// Empty unless it is an invitation, as are the channels.
    pub(crate) team: TeamId,
    pub(crate) channels: Vec<ChannelId>,
}

impl Link {
    pub(crate) fn new(kind: LinkKind, user: UserId, email: &str) -> Self {
        Self {
            kind,
            create_at: Timestamp::UNSET,
            user,
            email: email.to_owned(),
            team: TeamId::default(),
            channels: Vec::new(),
        }
    }
}

impl World {
    /// Sends a link. An earlier one of the kind to the same user does not work any more, unless it is an
    /// invitation.
    pub(crate) fn send_link(&mut self, mut link: Link) -> Secret {
        link.create_at = self.now();
        let (kind, user) = (link.kind, link.user);
        if matches!(kind, LinkKind::PasswordReset | LinkKind::EmailVerification) {
            self.links.rows.retain(|other| other.kind != kind || other.user != user);
        }
        let mut text = self.ids.text() + &self.ids.text() + &self.ids.text();
        text.truncate(64);
        let token = Secret::from(text.as_str());
        self.links.mails.push(Mail { to: link.email.clone(), kind, token: token.clone() });
        self.links.rows.insert(text, link);
        token
    }
}
