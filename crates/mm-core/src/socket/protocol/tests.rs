//! Tests: the rules one by one, and all of them against whatever may happen.

mod any;
mod driver;
mod faults;
mod random;
mod rules;
