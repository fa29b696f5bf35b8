//! The stand-in for TLS in a build without it: https fails, and says how to get it.

use std::sync::Arc;

use http::Uri;
use mm_core::TransportErrorKind;
use tower_service::Service;

use crate::connect::Place;
use crate::error::ConnectError;
use crate::wire::Wire;

/// A connection; without TLS it is what lies below.
pub(crate) type Stream<T = Wire> = T;

/// A connection as it comes out of the socket.
pub(crate) fn bare(wire: Wire) -> Stream<Wire> {
    wire
}

/// Nothing to set.
#[derive(Default)]
pub(crate) struct TlsSetting {}

/// Refuses https.
#[derive(Clone)]
pub(crate) struct Tls;

impl Tls {
    pub(crate) fn new(_: Arc<TlsSetting>, _: &'static [&'static [u8]]) -> Self {
        Self
    }

    pub(crate) async fn connect<C>(self, mut route: C, to: Uri) -> Result<C::Response, ConnectError>
    where
        C: Service<Uri, Error = ConnectError>,
    {
        if to.scheme() == Some(&http::uri::Scheme::HTTPS) {
            return Err(ConnectError::new(
                TransportErrorKind::Tls,
                format!(
                    "no https in this program, so no connection to {}: turn on the feature `ring` or \
                     `aws-lc-rs` of mm-hyper",
                    Place(to)
                ),
            ));
        }
        route.call(to).await
    }
}
