use std::fmt;

use http::header::{HeaderMap, HeaderName};

static VERSION_ID: HeaderName = HeaderName::from_static("x-version-id");

/// The version of a server, as far as it tells what the server can do.
///
/// ```
/// use mm_core::ServerVersion;
///
/// let version = ServerVersion::parse("11.6.0.11.6.0.9a8b7c.false").unwrap();
/// assert!(version >= ServerVersion::parse("10.11").unwrap());
/// assert_eq!(version.to_string(), "11.6.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ServerVersion {
    /// 11 of 11.6.0.
    pub major: u16,
    /// 6 of 11.6.0.
    pub minor: u16,
    /// 0 of 11.6.0.
    pub patch: u16,
}

impl ServerVersion {
    /// Reads the numbers that a text begins with; the third may be missing. `None` if these are no numbers.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('.');
        let mut number = || parts.next()?.parse().ok();
        Some(Self { major: number()?, minor: number()?, patch: number().unwrap_or_default() })
    }

    /// What the header `X-Version-Id` says. Mattermost sends it with nearly every answer, but not with the 404 of a path
    /// that it does not know; a fake or a proxy may leave it out.
    #[must_use]
    pub fn read(headers: &HeaderMap) -> Option<Self> {
        Self::parse(headers.get(&VERSION_ID)?.to_str().ok()?)
    }

    /// Whether it is of a later release than the last one that had something.
    pub(crate) fn is_after(self, last: Self) -> bool {
        (self.major, self.minor) > (last.major, last.minor)
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_the_numbers_that_its_text_begins_with() {
        let version = |text| ServerVersion::parse(text).map(|version| version.to_string());
        assert_eq!(version("11.6.0.11.6.0.c3b8.false").as_deref(), Some("11.6.0"));
        assert_eq!(version("5.37.0.5.37.0.c3b8.false").as_deref(), Some("5.37.0"));
        assert_eq!(version("6.2").as_deref(), Some("6.2.0"));
        assert_eq!(version("9.5.dev.1").as_deref(), Some("9.5.0"));
        for odd in ["", "11", "dev", "11.x", "-1.2", "99999.1"] {
            assert_eq!(version(odd), None, "{odd}");
        }
    }

    #[test]
    fn later_versions_are_greater_by_number() {
        let version = |text| ServerVersion::parse(text).unwrap();
        assert!(version("10.11") > version("9.5.12") && version("6.10") > version("6.9"));
        assert!(!version("5.39.3").is_after(version("5.39")) && version("6.0").is_after(version("5.39")));
    }
}
