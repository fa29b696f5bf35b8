//! Tests: the rules of the socket, one by one.

mod acting;
mod connecting;
mod list;
mod session;

use http::{Response, StatusCode};

use super::driver::Driver;
use crate::api::system::{ConnectWebSocket, GetPing};
use crate::socket::{Action, Call, Input, Refusal, Verdict};
use crate::{ApiError, Delivery, Endpoint as _, Error, TransportError, TransportErrorKind};

/// An upgrade that was answered with this status.
fn answered(status: u16, retry_after: Option<&str>) -> Error {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    if let Some(wait) = retry_after {
        response.headers_mut().insert("retry-after", wait.parse().expect("a header"));
    }
    ApiError::read(ConnectWebSocket::INFO, response.into_parts().0, bytes::Bytes::new()).into()
}

fn unreachable() -> Refusal {
    let error = TransportError::new(TransportErrorKind::Connect, Delivery::NotSent);
    Refusal::new(Error::transport(ConnectWebSocket::INFO, error))
}

fn lost_session() -> Verdict {
    Verdict::Lost(Error::local(GetPing::INFO.operation, "the session has ended"))
}

fn act<A: Action>(driver: &mut Driver, ticket: u64, action: &A) {
    let call = Call::new(action).expect("short enough");
    driver.handle(Input::Act { ticket, call });
}
