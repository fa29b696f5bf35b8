//! The backfill over the fake's REST side; the test itself plays the socket.

mod any;
mod faults;
mod gaps;
mod rig;
