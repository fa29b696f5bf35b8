//! Where the server is.

use std::fmt;
use std::str::FromStr;

use bytes::{Bytes, BytesMut};
use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

/// The address of a Mattermost server: scheme, host, perhaps a port and a subpath.
///
/// ```
/// use mm_tower::BaseUrl;
///
/// let base: BaseUrl = "https://chat.example.com/company/".parse()?;
/// let uri = base.join(&"/api/v4/users/me".parse()?)?;
/// assert_eq!(uri, "https://chat.example.com/company/api/v4/users/me");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/company`: never with a slash at its end.
    subpath: Box<str>,
}

/// Why a text is no base URL, or why a URI cannot be joined to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseUrlError(&'static str);

impl BaseUrl {
    /// The absolute URI of a relative one.
    ///
    /// One that is absolute already stays as it is if it leads to the same server.
    ///
    /// # Errors
    ///
    /// If the URI leads to another server, or would be too long.
    pub fn join(&self, uri: &Uri) -> Result<Uri, BaseUrlError> {
        if uri.authority().is_some() {
            return if self.is_origin_of(uri) { Ok(uri.clone()) } else { Err(BaseUrlError(OTHER_SERVER)) };
        }
        let Some(path) = uri.path_and_query() else {
            return Err(BaseUrlError("the request has no path"));
        };
        let path = if self.subpath.is_empty() {
            path.clone()
        } else {
            let mut joined = BytesMut::with_capacity(self.subpath.len() + path.as_str().len());
            joined.extend_from_slice(self.subpath.as_bytes());
            joined.extend_from_slice(path.as_str().as_bytes());
            PathAndQuery::from_maybe_shared(joined.freeze())
                .map_err(|_| BaseUrlError("the request's path is too long"))?
        };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(path);
        Uri::from_parts(parts).map_err(|_| BaseUrlError("the request's path does not begin with `/`"))
    }

    /// Whether a URI leads to this server: same scheme, host and port, or relative.
    #[must_use]
    pub fn is_origin_of(&self, uri: &Uri) -> bool {
        let Some(authority) = uri.authority() else {
            return true;
        };
        let default_port = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        uri.scheme() == Some(&self.scheme)
            && authority.host().eq_ignore_ascii_case(self.authority.host())
            && authority.port_u16().unwrap_or(default_port)
                == self.authority.port_u16().unwrap_or(default_port)
            && !authority.as_str().contains('@')
    }
}

const OTHER_SERVER: &str =
    "the request leads to another server than this client's; build a client for that one";

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        // The parser drops fragments without a word.
        if text.contains('#') {
            return Err(BaseUrlError("it has a fragment; leave off `#` and what follows"));
        }
        if !text.contains("://") {
            return Err(BaseUrlError("it has no scheme; write it like `https://chat.example.com`"));
        }
        let uri = Uri::from_maybe_shared(Bytes::copy_from_slice(text.as_bytes())).map_err(|_| {
            BaseUrlError(
                "it is not a URL; write it like `https://chat.example.com`, non-ASCII names in punycode",
            )
        })?;
        if uri.query().is_some() {
            return Err(BaseUrlError("it has a query; leave off `?` and what follows"));
        }
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(BaseUrlError("it has no host; write it like `https://chat.example.com`"));
        };
        if scheme != Scheme::HTTPS && scheme != Scheme::HTTP {
            return Err(BaseUrlError("its scheme is neither `https` nor `http`"));
        }
        if authority.as_str().contains('@') {
            return Err(BaseUrlError("it holds a user name or password; give the client a token or a login"));
        }
        if authority.host().is_empty() {
            return Err(BaseUrlError("it has no host; write it like `https://chat.example.com`"));
        }
        let port = authority.as_str()[authority.host().len()..].strip_prefix(':');
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(BaseUrlError("its port is not a number from 0 to 65535"));
        }
        let path = parts.path_and_query.as_ref().map_or("", PathAndQuery::as_str).trim_end_matches('/');
        if path.ends_with("/api/v4") {
            return Err(BaseUrlError("it ends in `/api/v4`; leave that off, the operations bring it"));
        }
        if path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
            return Err(BaseUrlError("its subpath has empty or dot segments"));
        }
        Ok(Self { scheme, authority, subpath: path.into() })
    }
}

impl TryFrom<&str> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: &str) -> Result<Self, BaseUrlError> {
        text.parse()
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: String) -> Result<Self, BaseUrlError> {
        text.parse()
    }
}

impl TryFrom<&String> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: &String) -> Result<Self, BaseUrlError> {
        text.parse()
    }
}

impl TryFrom<Uri> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(uri: Uri) -> Result<Self, BaseUrlError> {
        uri.to_string().parse()
    }
}

impl From<std::convert::Infallible> for BaseUrlError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.subpath)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

impl fmt::Display for BaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "base URL: {}", self.0)
    }
}

impl std::error::Error for BaseUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, uri: &str) -> Result<String, BaseUrlError> {
        base.parse::<BaseUrl>()?.join(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn a_subpath_is_kept_whatever_its_slashes() {
        for (base, expected) in [
            ("https://a.example", "https://a.example/api/v4/x?y=1"),
            ("https://a.example/", "https://a.example/api/v4/x?y=1"),
            ("http://a.example:8065/b/c", "http://a.example:8065/b/c/api/v4/x?y=1"),
            ("http://[::1]:80/b/c/", "http://[::1]:80/b/c/api/v4/x?y=1"),
        ] {
            assert_eq!(joined(base, "/api/v4/x?y=1"), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn what_is_wrong_with_a_base_url_is_said() {
        for (base, word) in [
            ("", "scheme"),
            ("chat.example.com", "scheme"),
            ("localhost:8065", "scheme"),
            ("https://", "URL"),
            ("https:///x", "URL"),
            ("https://:80", "host"),
            ("ftp://a.example", "scheme"),
            ("https://a.example/?x=1", "query"),
            ("https://a.example/#x", "fragment"),
            ("https://me:secret@a.example", "token"),
            ("https://a.example:99999", "port"),
            ("https://a.example/x//y", "subpath"),
            ("https://a.example/../y", "subpath"),
            ("https://a.example/api/v4/", "/api/v4"),
            ("https://ä.example", "punycode"),
        ] {
            let error = base.parse::<BaseUrl>().unwrap_err().to_string();
            assert!(error.contains(word), "{base}: {error}");
            assert!(!error.contains("secret"));
        }
    }

    #[test]
    fn no_request_leaves_for_another_server() {
        assert!(joined("https://a.example", "https://A.example:443/x").is_ok());
        for other in ["https://b.example/x", "http://a.example/x", "https://a.example:444/x"] {
            assert!(joined("https://a.example", other).is_err(), "{other}");
        }
    }
}
