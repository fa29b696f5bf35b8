//! mm-mock
