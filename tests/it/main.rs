//! Integration tests.

mod hyper;
mod wire;
