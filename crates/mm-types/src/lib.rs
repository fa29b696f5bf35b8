//! mm-types
