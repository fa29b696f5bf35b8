use std::fmt;

use serde::de::{Error, Expected, Unexpected};

/// Why a text was not read.
#[derive(Debug)]
pub(super) struct Flaw(Box<Inner>);

#[derive(Debug)]
struct Inner {
    text: String,
    /// How many bytes were read before it was found.
    place: Option<usize>,
}

impl Flaw {
    #[cold]
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(Box::new(Inner { text: text.into(), place: None }))
    }

    /// One that `serde_json` found, whose lines and columns are not those of the whole text.
    #[cold]
    pub(super) fn of(error: &serde_json::Error) -> Self {
        let mut text = error.to_string();
        if let Some(end) = text.rfind(" at line ") {
            text.truncate(end);
        }
        Self::new(text)
    }

    /// Notes where it was found, unless that is known.
    #[cold]
    pub(super) fn at(mut self, place: usize) -> Self {
        self.0.place.get_or_insert(place);
        self
    }

    pub(super) fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn place(&self) -> Option<usize> {
        self.0.place
    }
}

/// What stands between text and place, for whoever makes a new error of an old one's text, as models do to say which of their
/// fields it was.
const AT: &str = " at byte ";

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)?;
        self.0.place.map_or(Ok(()), |place| write!(f, "{AT}{place}"))
    }
}

impl std::error::Error for Flaw {}

impl Error for Flaw {
    #[cold]
    fn custom<T: fmt::Display>(text: T) -> Self {
        let text = text.to_string();
        let old = text.rsplit_once(AT).and_then(|(text, place)| Some((text, place.parse().ok()?)));
        match old {
            Some((text, place)) => Self::new(text).at(place),
            None => Self::new(text),
        }
    }

    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        match found {
            Unexpected::Unit => Self::custom(format_args!("invalid type: null, expected {expected}")),
            found => Self::custom(format_args!("invalid type: {found}, expected {expected}")),
        }
    }
}
