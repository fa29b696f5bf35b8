//! mm-hyper
