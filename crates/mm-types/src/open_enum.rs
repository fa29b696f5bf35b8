//! Sets of values that a newer server may have more of.

use std::fmt;

/// A text that this version of the crate has no name for. Read it with the enum's `as_str`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownText(pub(crate) Box<str>);

impl fmt::Debug for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A number that this version of the crate has no name for. Read it with the enum's `as_i64`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownNumber(pub(crate) i64);

impl fmt::Debug for UnknownNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Makes enums over text: named values, and `Unknown` for every other, which is written back as it came.
macro_rules! open_enum {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        ///
        /// Absent and `null` read as the empty text, which is also the default.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[doc = concat!("`\"", $text, "\"` on the wire.")] $variant,)*
            /// A value this version has no name for; `as_str` reads it. Compare with text, not with this variant.
            Unknown($crate::UnknownText),
        }

        impl $name {
            fn from_text(text: std::borrow::Cow<'_, str>) -> Self {
                match &*text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown($crate::UnknownText(text.into())),
                }
            }

            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => &text.0,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::from_text("".into())
            }
        }

        $crate::text::from_text!($name);
        $crate::text::like_text!($name);
    )*};
}

/// Makes enums over whole numbers.
macro_rules! open_number {
    ($($(#[$doc:meta])* pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal,)* })*) => {$(
        $(#[$doc])*
        ///
        /// Absent and `null` read as 0, which is also the default.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[doc = concat!("`", $number, "` on the wire.")] $variant,)*
            /// A value this version has no name for; `as_i64` reads it.
            Unknown($crate::UnknownNumber),
        }

        impl $name {
            /// The value as it is on the wire.
            pub const fn as_i64(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Unknown(number) => number.0,
                }
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    _ => Self::Unknown($crate::UnknownNumber(number)),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::from(0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.as_i64().fmt(f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.as_i64())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::decode::read::<i64, D>(deserializer).map(Self::from)
            }
        }

        impl $crate::decode::Field for $name {
            fn fill<'de, D: serde::Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
                *self = serde::Deserialize::deserialize(deserializer)?;
                Ok(())
            }

            fn is_empty_field(&self) -> bool {
                self.as_i64() == 0
            }
        }
    )*};
}

pub(crate) use {open_enum, open_number};

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros make public types")]
mod tests {
    open_enum! {
        /// Colours.
        pub enum Colour {
            /// None yet.
            None = "",
            /// Like grass.
            Green = "G",
        }
        /// Sizes.
        pub enum Size {
            /// Wide.
            Wide = "wide",
        }
    }

    open_number! {
        /// Steps.
        pub enum Step {
            /// The first.
            First = 0,
        }
    }

    #[test]
    fn an_unknown_value_is_kept_and_written_back() {
        let known: Colour = serde_json::from_str("\"G\"").expect("known");
        assert_eq!(known, Colour::Green);
        let unknown: Colour = serde_json::from_str("\"\\u0042x\"").expect("unknown");
        assert_eq!(unknown, "Bx");
        assert!(matches!(unknown, Colour::Unknown(_)));
        assert_eq!(serde_json::to_string(&unknown).expect("text"), "\"Bx\"");
        let step: Step = serde_json::from_str("7").expect("unknown");
        assert_eq!(serde_json::to_string(&step).expect("number"), "7");
    }

    #[test]
    fn an_absent_value_is_the_empty_one() {
        assert_eq!(Colour::default(), Colour::None);
        assert_eq!(Size::default(), "");
        assert_eq!(serde_json::from_str::<Size>("null").expect("null"), Size::default());
        assert_eq!(serde_json::from_str::<Step>("null").expect("null"), Step::First);
    }
}
