//! Integration tests, in one binary.

mod bad_input;
mod behaviour;
mod canary;
mod cancel;
mod chance;
mod conformance;
mod events;
mod exactly_once;
mod faults;
mod hyper;
mod layering;
mod refusals;
mod socket;
mod third_party;
mod timeouts;
mod wire;
mod witness;
