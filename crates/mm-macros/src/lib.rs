//! Derive macros of the Mattermost SDK.
//!
//! Not used directly: `mm-types` has `#[model]` for what the server says, and `mm-core` re-exports
//! `#[derive(Endpoint)]` for the operations.
