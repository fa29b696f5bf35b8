//! The state of a server, and the rules that more than one operation needs.
//!
//! One file a store. Lookups that can fail return the error the real server answers, so that a
//! handler passes it on with `?`.

mod audits;
mod bots;
mod channels;
mod commands;
mod config;
mod emoji;
mod events;
mod files;
mod hashtags;
mod hooks;
mod joining;
mod links;
mod notes;
mod pending;
mod posting;
mod posts;
mod preferences;
mod reactions;
mod roles;
mod sessions;
mod shown;
mod sight;
mod statuses;
mod table;
mod teams;
mod terms;
mod threads;
mod tokens;
mod triggers;
mod unread;
mod uploads;
mod users;

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use mm_types::Timestamp;

pub use self::config::Config;
pub use self::events::{Audience, Event};
pub use self::links::{LinkKind, Mail};
pub(crate) use self::{
    audits::Audits,
    bots::Bots,
    channels::{Channels, name_taken, no_such_name},
    commands::{Commands, as_user, missing as missing_command},
    emoji::is_emoji,
    files::{Files, StoredFile},
    hashtags::{hashtags, is_hashtag, is_plain, one_sign},
    hooks::Hooks,
    links::{Link, Links},
    notes::Changed,
    pending::Pending,
    posts::Posts,
    preferences::{Preferences, check_preference},
    reactions::Reactions,
    roles::Roles,
    sessions::{Session, Sessions},
    shown::{ATTACHMENTS, list_etag},
    statuses::Statuses,
    table::Table,
    teams::{SCHEME_FLAGS, Teams, check_scheme_roles, role_names},
    terms::Terms,
    threads::{ThreadMember, Threads},
    tokens::{AccessToken, Tokens},
    triggers::Triggers,
    uploads::Uploads,
    users::{
        Account, Users, as_self, check, check_password, is_email, is_in_domains, is_translated, is_username,
    },
};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::socket::Hub;

/// How many events are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 10_000;

/// The state of a server.
pub struct World {
    /// What an administrator could set.
    pub config: Config,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) users: Users,
    pub(crate) bots: Bots,
    pub(crate) sessions: Sessions,
    pub(crate) tokens: Tokens,
    pub(crate) roles: Roles,
    pub(crate) teams: Teams,
    pub(crate) channels: Channels,
    pub(crate) posts: Posts,
    pub(crate) pending: Pending,
    pub(crate) reactions: Reactions,
    pub(crate) files: Files,
    pub(crate) uploads: Uploads,
    pub(crate) hooks: Hooks,
    pub(crate) commands: Commands,
    pub(crate) triggers: Triggers,
    pub(crate) links: Links,
    pub(crate) terms: Terms,
    pub(crate) threads: Threads,
    pub(crate) preferences: Preferences,
    pub(crate) audits: Audits,
    pub(crate) statuses: Statuses,
    pub(crate) sockets: Hub,
    pub(crate) events: VecDeque<(Event, Audience)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            config: Config::default(),
            clock: Clock::new(),
            ids: Ids::default(),
            users: Users::default(),
            bots: Bots::default(),
            sessions: Sessions::default(),
            tokens: Tokens::default(),
            roles: Roles::built_in(),
            teams: Teams::default(),
            channels: Channels::default(),
            posts: Posts::default(),
            pending: Pending::default(),
            reactions: Reactions::default(),
            files: Files::default(),
            uploads: Uploads::default(),
            hooks: Hooks::default(),
            commands: Commands::default(),
            triggers: Triggers::default(),
            links: Links::default(),
            terms: Terms::default(),
            threads: Threads::default(),
            preferences: Preferences::default(),
            audits: Audits::default(),
            statuses: Statuses::default(),
            sockets: Hub::default(),
            events: VecDeque::new(),
        }
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id that nothing has yet, of whatever kind is asked for.
    pub fn new_id<T: FromStr + Default>(&mut self) -> T {
        self.ids.next()
    }

    /// Tells what happened to those who may know.
    pub fn emit(&mut self, event: Event, audience: Audience) {
        let mut sockets = std::mem::take(&mut self.sockets);
        sockets.tell(self, &event, &audience);
        self.sockets = sockets;
        if self.events.len() == REMEMBERED {
            self.events.pop_front();
        }
        self.events.push_back((event, audience));
    }
}

impl fmt::Debug for World {
    /// How much there is, never what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now())
            .field("users", &self.users.rows.len())
            .field("teams", &self.teams.rows.len())
            .field("channels", &self.channels.rows.len())
            .field("posts", &self.posts.len())
            .finish_non_exhaustive()
    }
}
