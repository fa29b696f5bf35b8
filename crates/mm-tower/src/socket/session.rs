//! What the socket has to know of the client's session.

use mm_core::api::users::{GetUser, Login};
use mm_core::socket::Verdict;
use mm_core::types::Secret;
use mm_core::{Endpoint as _, Error};

use crate::Client;

/// Asks the server for the own user. The client logs in again on the way, if it can, once for all who find out together.
///
/// `token` is the one that the connection was opened with.
pub(super) async fn check(client: Client, token: Option<Secret>) -> Verdict {
    match client.send(GetUser::me()).await {
        Ok(_) if client.session().token().await == token => Verdict::Valid,
        Ok(_) => Verdict::Renewed,
        Err(error) if is_refused(&error) || client.session().credentials().is_err() => Verdict::Lost(error),
        // A network that is down, a server that is busy, a provider of tokens that is in trouble.
        Err(_) => Verdict::Unknown,
    }
}

/// Whether the session is not the one with which the server's list of events began.
///
/// From when a session is revoked until somebody notices, the server queues nothing for it, and does not count what it leaves out.
/// To go on with its list would hide that loss, so it must not be asked for.
pub(super) async fn is_another(client: &Client, before: Option<&Secret>) -> bool {
    match (before, client.session().token().await) {
        (Some(before), Some(now)) => *before != now,
        _ => false,
    }
}

/// Whether the server, and nobody in between, has said no to the token or to the login for another one.
fn is_refused(error: &Error) -> bool {
    let Some(answer) = error.api() else { return false };
    let is_login = error.operation() == Login::INFO.operation;
    match answer.status().as_u16() {
        429 => false,
        401 | 403 => answer.app().is_some(),
        status => is_login && (400..500).contains(&status),
    }
}
