//! Accounts, who sees what of them, lists, sessions, tokens.

mod account;
mod activity;
mod list;
mod profile;
mod search;
mod sign_on;

use mm_core::BoxError;
use mm_core::api::users::CreateUser;
use mm_core::types::{User, UserId};

use super::Town;

const FORBIDDEN: &str = "api.context.permissions.app_error";
const INVALID_BODY: &str = "api.context.invalid_body_param.app_error";
const MISSING: &str = "app.user.missing_account.const";
const NOBODY: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzz";
const PASSWORD: &str = "Pass-word-one-two";

/// An id that nobody has.
fn nobody() -> UserId {
    NOBODY.parse().unwrap_or_default()
}

fn error(status: u16, id: &str) -> (u16, String) {
    (status, id.to_owned())
}

/// An account that only this test has.
async fn somebody(t: &Town, prefix: &str) -> Result<User, BoxError> {
    let name = format!("{prefix}{}", t.alice.name);
    let op = CreateUser::new(format!("{name}@town.example"), &name).password(PASSWORD);
    Ok(t.admin.send(op).await?)
}
