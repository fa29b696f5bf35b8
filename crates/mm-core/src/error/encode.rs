use std::fmt;

use crate::EndpointInfo;
use crate::encode::{FieldError, Problem};

/// An operation that cannot be sent, because of one of its fields. Nothing was sent.
#[derive(Debug)]
pub struct EncodeError {
    operation: &'static str,
    error: FieldError,
}

impl EncodeError {
    pub(crate) fn new(info: &EndpointInfo, error: FieldError) -> Self {
        Self { operation: info.operation, error }
    }

    pub(crate) fn invalid_path(info: &EndpointInfo, error: &dyn fmt::Display) -> Self {
        Self::new(info, FieldError::new("path", Problem::Unserializable(error.to_string())))
    }

    /// The operation: `GetUser`.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The field: `user_id`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.error.field
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: not sent: `{}` {}", self.operation, self.error.field, self.error.problem)
    }
}

impl std::error::Error for EncodeError {}
