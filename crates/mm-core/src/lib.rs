//! mm-core
