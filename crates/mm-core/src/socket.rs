//! The event socket without I/O: its frames, what is asked for over it, and a [`Protocol`] that decides what to do.

mod action;
pub mod actions;
mod event;
mod frame;
mod incoming;
mod protocol;
mod scan;

pub use self::{action::*, event::*, incoming::*, protocol::*};
