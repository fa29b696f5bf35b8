//! The server as a whole, and the connection to it.

use mm_macros::model;

use super::Nested;
use crate::{ConnectionId, Emoji, ProductLimits, RawMap, RecapId, Role, Subscription};

/// The first event of a fresh connection.
#[model]
pub struct Hello {
    /// Names the connection when it is taken up again after a loss.
    pub connection_id: ConnectionId,
    /// Version, build, a hash of the settings and whether it is the enterprise edition, with dots between.
    pub server_version: String,
    /// Not told by old servers, and where the server does not know its own name.
    #[model(omit_empty)]
    pub server_hostname: Option<String>,
}

/// The server has other settings.
#[model]
pub struct ConfigChanged {
    /// What clients may know of them. Every value is text.
    pub config: RawMap,
}

/// The server has another licence.
#[model]
pub struct LicenseChanged {
    /// What clients may know of it. Every value is text.
    pub license: RawMap,
}

/// A role holds other permissions.
#[model]
pub struct RoleUpdated {
    pub role: Nested<Role>,
}

/// There is a new custom emoji.
#[model]
pub struct EmojiAdded {
    pub emoji: Nested<Emoji>,
}

/// A summary of channels that the receiver asked for has come further.
#[model]
pub struct RecapUpdated {
    pub recap_id: RecapId,
}

/// What was bought for the server changed.
#[model]
pub struct CloudSubscriptionChanged {
    #[model(omit_empty)]
    pub limits: Option<Box<ProductLimits>>,
    pub subscription: Box<Subscription>,
}

/// Signing up for a server of one's own has come further.
#[model]
pub struct HostedCustomerSignupProgressUpdated {
    pub progress: String,
}
