//! Users: accounts, profiles, lists, and everything about signing on.

pub(in crate::api) mod account;
pub(in crate::api) mod activity;
pub(in crate::api) mod credentials;
pub(in crate::api) mod list;
pub(in crate::api) mod login;
pub(in crate::api) mod profile;
pub(in crate::api) mod session;
pub(in crate::api) mod token;

pub use self::account::{
    CreateUser, DeleteUser, DemoteUserToGuest, GetUserTermsOfService, PatchUser, PermanentDeleteAllUsers,
    PromoteGuestToUser, RegisterTermsOfServiceAction, UpdateUser, UpdateUserActive, UpdateUserRoles,
};
pub use self::activity::{
    GetChannelMembersWithTeamDataForUser, GetUploadsForUser, GetUserAudits, PublishUserTyping,
};
pub use self::credentials::{
    CheckUserMfa, GenerateMfaSecret, ResetPassword, ResetPasswordFailedAttempts, SendPasswordResetEmail,
    SendVerificationEmail, UpdateUserMfa, UpdateUserPassword, VerifyUserEmail, VerifyUserEmailWithoutToken,
};
pub use self::list::{
    AutocompleteUsers, GetKnownUsers, GetServerLimits, GetTotalUsersStats, GetTotalUsersStatsFiltered,
    GetUsers, GetUsersByGroupChannelIds, GetUsersByIds, GetUsersByUsernames, GetUsersWithInvalidEmails,
    SearchUsers,
};
pub use self::login::{
    Login, LoginByCwsToken, Logout, MigrateAuthToLdap, MigrateAuthToSaml, SwitchAccountType, UpdateUserAuth,
};
pub use self::profile::{
    GetDefaultProfileImage, GetProfileImage, GetUser, GetUserByEmail, GetUserByUsername,
    SetDefaultProfileImage, SetProfileImage,
};
pub use self::session::{GetSessions, RevokeAllSessions, RevokeSession, RevokeSessionsFromAllUsers};
pub use self::token::{
    CreateUserAccessToken, DisableUserAccessToken, EnableUserAccessToken, GetUserAccessToken,
    GetUserAccessTokens, GetUserAccessTokensForUser, RevokeUserAccessToken, SearchUserAccessTokens,
};
