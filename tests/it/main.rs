//! Integration tests, in one binary.

mod conformance;
mod hyper;
mod layering;
mod wire;
