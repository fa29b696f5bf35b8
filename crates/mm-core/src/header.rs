//! The header map as every call uses it, once for all crates.
//!
//! Each crate that uses a map of headers has a copy of the map's code. A call goes through three of ours, and between two calls
//! the processor forgets most of what it ran, so that each copy has to be fetched anew.

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The first value of a header.
#[inline(never)]
#[must_use]
pub fn get(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    headers.get(name)
}

/// Sets a header, in place of what it was before.
#[inline(never)]
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.insert(name, value);
}
