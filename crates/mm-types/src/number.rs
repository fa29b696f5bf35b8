//! Numbers with a fraction.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decode::{Field, read};

/// A number that may have a fraction. Written without one where it is whole, as the server does.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Number(f64);

impl Number {
    /// The number itself.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self(number)
    }
}

impl From<Number> for f64 {
    fn from(number: Number) -> Self {
        number.0
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Every whole float below 2^53 is exact.
        if self.0.fract() == 0.0 && self.0.abs() <= 9_007_199_254_740_992.0 {
            return serializer.serialize_i64(self.0 as i64);
        }
        serializer.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

impl Field for Number {
    fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.0.fill(deserializer)
    }

    fn is_empty_field(&self) -> bool {
        self.0 == 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_back_as_it_came() {
        for json in ["0", "3", "-2", "1.5"] {
            let number: Number = serde_json::from_str(json).expect(json);
            assert_eq!(serde_json::to_string(&number).expect(json), json);
        }
        assert_eq!(serde_json::from_str::<Number>("null").expect("null"), Number::default());
    }
}
