//! Logins.

use mm_types::{Secret, SessionId, Timestamp, TokenId, UserId};

use super::{Table, World};

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    pub(crate) rows: Table<SessionId, Session>,
}

/// A login, or the use of a personal access token.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) token: Secret,
    pub(crate) user_id: UserId,
    pub(crate) create_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) last_activity_at: Timestamp,
    pub(crate) device_id: Secret,
    /// What a browser repeats in a header to show that a page of the server sent the request.
    pub(crate) csrf: Secret,
    pub(crate) is_mobile: bool,
    pub(crate) is_oauth: bool,
    /// The personal access token it came from.
    pub(crate) access_token: Option<TokenId>,
}

impl Sessions {
    pub(crate) fn by_token(&self, token: &str) -> Option<&Session> {
        self.rows.iter().find(|session| session.token.expose() == token)
    }

    pub(crate) fn of_user(&self, user: UserId) -> impl DoubleEndedIterator<Item = &Session> {
        self.rows.iter().filter(move |session| session.user_id == user)
    }
}

/// How long a session of a personal access token lasts: a hundred years, in milliseconds.
const TOKEN_SESSION: i64 = 100 * 365 * 24 * 3600 * 1000;

impl World {
    /// A new session of a user. Its token is in it.
    pub(crate) fn start_session(&mut self, user: UserId) -> Session {
        let length = i64::try_from(self.config.session_length.as_millis()).unwrap_or(i64::MAX);
        let now = self.now();
        let session = Session {
            id: self.new_id(),
            token: Secret::from(self.ids.text()),
            csrf: Secret::from(self.ids.text()),
            user_id: user,
            create_at: now,
            expires_at: Timestamp::from_millis(now.as_millis().saturating_add(length)),
            last_activity_at: now,
            ..Session::default()
        };
        while self.sessions.of_user(user).count() >= self.config.max_sessions.max(1) {
            let unused = self.sessions.of_user(user).min_by_key(|session| session.last_activity_at);
            let Some(id) = unused.map(|session| session.id) else { break };
            self.sessions.rows.remove(&id);
        }
        self.sessions.rows.insert(session.id, session.clone());
        session
    }

    /// The session that a token stands for, if it still does.
    pub(crate) fn session_of(&mut self, token: &str) -> Option<Session> {
        let now = self.now();
        if let Some(id) = self.sessions.by_token(token).map(|session| session.id) {
            return self.used(id, now);
        }
        let access = self.tokens.by_token(token)?;
        let (id, user) = (access.id, access.user_id);
        let is_bot = self.users.get(user).is_ok_and(|account| account.user.is_bot);
        let allowed = is_bot || self.config.user_access_tokens;
        if !access.is_active || !allowed || !self.is_active(user) {
            return None;
        }
        // The first use makes a session, which later uses find by the token itself.
        let mut session = self.start_session(user);
        session.token = Secret::from(token);
        session.access_token = Some(id);
        session.expires_at = Timestamp::from_millis(now.as_millis() + TOKEN_SESSION);
        self.sessions.rows.insert(session.id, session.clone());
        Some(session)
    }

    /// A session that is used now, unless it has ended.
    fn used(&mut self, id: SessionId, now: Timestamp) -> Option<Session> {
        let idle = i64::try_from(self.config.session_idle.as_millis()).unwrap_or(i64::MAX);
        let session = self.sessions.rows.get(&id)?;
        let may_rest = session.is_oauth || session.is_mobile || session.access_token.is_some();
        let rested = now.as_millis() - session.last_activity_at.as_millis();
        if (!may_rest && rested > idle) || (session.expires_at.is_set() && now >= session.expires_at) {
            self.sessions.rows.remove(&id);
            return None;
        }
        let is_enabled =
            session.access_token.is_none_or(|id| self.tokens.rows.get(&id).is_some_and(|row| row.is_active));
        if !is_enabled || !self.is_active(session.user_id) {
            return None;
        }
        let session = self.sessions.rows.get_mut(&id)?;
        session.last_activity_at = now;
        Some(session.clone())
    }

    /// Whether a session with this token is there and its time is not up.
    pub(crate) fn is_session(&self, token: &str) -> bool {
        if token.is_empty() {
            return false;
        }
        let now = self.now();
        self.sessions.by_token(token).is_some_and(|session| {
            let is_enabled = session
                .access_token
                .is_none_or(|id| self.tokens.rows.get(&id).is_some_and(|row| row.is_active));
            let is_over = session.expires_at.is_set() && now >= session.expires_at;
            is_enabled && !is_over && self.is_active(session.user_id)
        })
    }

    fn is_active(&self, user: UserId) -> bool {
        self.users.get(user).is_ok_and(|account| !account.user.is_deactivated())
    }
}
