//! What can be wrong with the settings of a transport.

use std::error::Error as StdError;
use std::fmt;

use mm_core::BoxError;

/// A transport could not be built from its settings. The message says which one to change.
///
/// Never shows a key or a password.
pub struct SetupError {
    message: String,
    source: Option<BoxError>,
}

impl SetupError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    #[cfg_attr(not(feature = "_tls"), expect(dead_code, reason = "only TLS settings have causes"))]
    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupError").field("message", &self.message).field("source", &self.source).finish()
    }
}

impl StdError for SetupError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
