//! Names that servers give to reasons of failure, for those that programs act upon.
//!
//! The set is open: [`AppError::id`](crate::AppError::id) is the text that came, known here or not, and these are for
//! comparing. Servers rename ids now and then, so where a reason has several, or a pattern of them, the errors of
//! mm-core have a question that knows them all (`needs_licence`, `already_exists` …): ask that first.
//!
//! ```
//! use mm_types::{AppError, error_id};
//!
//! let mut error = AppError::default();
//! error.id = "api.context.permissions.app_error".to_owned();
//! let advice = match error.id.as_str() {
//!     error_id::NO_PERMISSION => "ask an administrator",
//!     error_id::SESSION_EXPIRED => "log in",
//!     other => other,
//! };
//! assert_eq!(advice, "ask an administrator");
//! ```

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal;)*) => {
        $($(#[doc = $doc])* #[doc = concat!("\n\n`", $id, "`")] pub const $name: &str = $id;)*

        #[cfg(test)]
        const ALL: &[&str] = &[$($id),*];
    };
}

ids! {
    /// The token is unknown, expired or revoked (401).
    SESSION_EXPIRED = "api.context.session_expired.app_error";
    /// The account lacks a permission (403).
    NO_PERMISSION = "api.context.permissions.app_error";
    /// Multi-factor authentication is demanded, but the account has not set it up (403).
    MFA_SETUP_REQUIRED = "api.context.mfa_required.app_error";
    /// The login lacks a one-time code (401).
    MFA_REQUIRED = "mfa.validate_token.authenticate.app_error";
    /// The one-time code is wrong or was used before (401).
    MFA_INVALID = "api.user.check_user_mfa.bad_code.app_error";
    /// The one-time code that was to turn multi-factor authentication on is wrong (401).
    MFA_INVALID_AT_SETUP = "mfa.activate.bad_token.app_error";
    /// The server wants no multi-factor authentication (501).
    MFA_DISABLED = "mfa.mfa_disabled.app_error";
    /// No such account, or the wrong password (401); servers with other ways to log in have others, with the same beginning.
    WRONG_CREDENTIALS = "api.user.login.invalid_credentials_email_username";
    /// A login with an empty password (400).
    NO_PASSWORD = "api.user.login.blank_pwd.app_error";
    /// The account is deactivated (401).
    ACCOUNT_INACTIVE = "api.user.login.inactive.app_error";
    /// The account's mail address is not verified yet (401).
    EMAIL_NOT_VERIFIED = "api.user.login.not_verified.app_error";
    /// Too many wrong passwords; an administrator can unlock the account (401).
    ACCOUNT_LOCKED = "api.user.check_user_login_attempts.too_many.app_error";
    /// Bots have tokens, not passwords (401).
    BOT_LOGIN = "api.user.login.bot_login_forbidden.app_error";
    /// The server has no such path and method (404).
    NO_SUCH_ROUTE = "api.context.404.app_error";
    /// A body key is missing, or its value is of the wrong kind (400).
    INVALID_BODY = "api.context.invalid_body_param.app_error";
    /// A part of the path or query is not of the right kind (400).
    INVALID_URL = "api.context.invalid_url_param.app_error";
    /// A body that is a list cannot be read (400).
    INVALID_LIST = "api.payload.parse.error";
    /// No such account (404).
    NO_SUCH_USER = "app.user.missing_account.const";
    /// No such channel (404).
    NO_SUCH_CHANNEL = "app.channel.get.existing.app_error";
    /// No channel of this name (404).
    NO_SUCH_CHANNEL_NAME = "app.channel.get_by_name.missing.app_error";
    /// Not a member of the channel (404).
    NO_SUCH_CHANNEL_MEMBER = "app.channel.get_member.missing.app_error";
    /// No such team (404).
    NO_SUCH_TEAM = "app.team.get.find.app_error";
    /// No team of this name (404).
    NO_SUCH_TEAM_NAME = "app.team.get_by_name.missing.app_error";
    /// Not a member of the team (404).
    NO_SUCH_TEAM_MEMBER = "app.team.get_member.missing.app_error";
    /// No such post, or it was deleted (404).
    NO_SUCH_POST = "app.post.get.app_error";
    /// No such file (404).
    NO_SUCH_FILE = "app.file_info.get.app_error";
    /// No custom emoji of this name (404).
    NO_SUCH_EMOJI_NAME = "app.emoji.get_by_name.no_result";
    /// The mail address belongs to another account (400).
    EMAIL_EXISTS = "app.user.save.email_exists.app_error";
    /// As [`EMAIL_EXISTS`], from servers older than 5.37 (400).
    EMAIL_EXISTS_OLD = "store.sql_user.save.email_exists.app_error";
    /// The user name is taken (400).
    USERNAME_EXISTS = "app.user.save.username_exists.app_error";
    /// As [`USERNAME_EXISTS`], from servers older than 5.37 (400).
    USERNAME_EXISTS_OLD = "store.sql_user.save.username_exists.app_error";
    /// The team has a channel of this name already (400).
    CHANNEL_EXISTS = "store.sql_channel.save_channel.exists.app_error";
    /// There is a team of this name already (400).
    TEAM_EXISTS = "store.sql_team.save_team.existing.app_error";
    /// As [`TEAM_EXISTS`], from older servers such as 5.37 (400).
    TEAM_EXISTS_OLD = "app.team.save.existing.app_error";
    /// There is an emoji of this name already (400).
    EMOJI_EXISTS = "api.emoji.create.duplicate.app_error";
    /// The team has a command with this word already (400).
    COMMAND_EXISTS = "api.command.duplicate_trigger.app_error";
    /// The channel is archived (400).
    CHANNEL_ARCHIVED = "api.post.create_post.can_not_post_to_deleted.error";
    /// The message has more characters than the server allows (400).
    MESSAGE_TOO_LONG = "model.post.is_valid.message_length.app_error";
    /// As [`MESSAGE_TOO_LONG`], from older servers such as 5.37 (400).
    MESSAGE_TOO_LONG_OLD = "model.post.is_valid.msg.app_error";
    /// The body is larger than the server allows; on file routes, the file (413).
    BODY_TOO_LARGE = "api.context.request_body_too_large.app_error";
    /// A file that is to be uploaded in parts is larger than the server allows (413).
    UPLOAD_TOO_LARGE = "api.upload.create.upload_too_large.app_error";
    /// Path and query together are too long (414).
    URL_TOO_LONG = "basic_security_check.url.too_long_error";
    /// An earlier request with the same `pending_post_id` is not done yet: wait and repeat it (500).
    POST_PENDING = "api.post.deduplicate_create_post.pending";
    /// The server has no licence (501).
    NO_LICENCE = "api.license_error";
    /// Only with a larger edition of the server (403 or 501).
    UPGRADE_NEEDED = "api.license.upgrade_needed.app_error";
    /// Not with this edition of the server (400).
    NEEDS_ENTERPRISE_EDITION = "api.server.cws.needs_enterprise_edition";
    /// The server's licence lacks the feature (501).
    FEATURE_NOT_LICENSED = "license_error.feature_unavailable";
    /// Plugins are turned off (501).
    PLUGINS_DISABLED = "app.plugin.disabled.app_error";
    /// Personal access tokens are turned off (501).
    ACCESS_TOKENS_DISABLED = "app.user_access_token.disabled";
    /// An administrator has marked the server as busy (503).
    SERVER_BUSY = "api.context.server_busy.app_error";
    /// What some servers write, as id and as message, when they have forgotten to name the reason.
    UNTRANSLATED = "<untranslated>";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_one_name() {
        let different: std::collections::HashSet<_> = ALL.iter().collect();
        assert_eq!(different.len(), ALL.len());
    }
}
