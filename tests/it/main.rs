//! Integration tests, in one binary.

mod behaviour;
mod conformance;
mod hyper;
mod layering;
mod wire;
