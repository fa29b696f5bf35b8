//! mm-tower
