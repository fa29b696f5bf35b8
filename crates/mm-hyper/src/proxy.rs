//! Which requests go through a proxy.

use std::fmt;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::SetupError;

/// Where the proxy of a transport comes from.
#[derive(Default)]
pub(crate) enum ProxySetting {
    #[default]
    Environment,
    Values(ProxyValues),
    None,
}

/// The values of the proxy variables, or what was set in their place.
#[derive(Default)]
pub(crate) struct ProxyValues {
    all: Option<String>,
    http: Option<String>,
    https: Option<String>,
    no: Option<String>,
    is_explicit: bool,
}

impl ProxyValues {
    /// The values as programs such as curl understand the environment: the lower-case name first.
    ///
    /// A web server that runs a program as CGI hands it the header `Proxy` of any request as
    /// `HTTP_PROXY` (known as httpoxy), so in there only the lower-case spelling counts.
    pub(crate) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let get = |lower: &str, upper: &str| {
            lookup(lower).or_else(|| lookup(upper)).filter(|value| !value.trim().is_empty())
        };
        let http = if lookup("REQUEST_METHOD").is_some() {
            lookup("http_proxy")
        } else {
            get("http_proxy", "HTTP_PROXY")
        };
        Self {
            all: get("all_proxy", "ALL_PROXY"),
            http,
            https: get("https_proxy", "HTTPS_PROXY"),
            no: get("no_proxy", "NO_PROXY"),
            is_explicit: false,
        }
    }

    /// One proxy for everything.
    pub(crate) fn explicit(uri: String) -> Self {
        Self { all: Some(uri), is_explicit: true, ..Self::default() }
    }
}

/// The rules in force.
pub(crate) struct Proxies {
    matcher: Option<Matcher>,
    /// Given apart from the proxy's address; stronger than what stands in there.
    credentials: Option<Credentials>,
}

/// The proxy for one request.
pub(crate) struct Proxy {
    intercept: Intercept,
    credentials: Option<Credentials>,
}

/// A user name and password, and the header made of them.
#[derive(Clone)]
struct Credentials {
    user: String,
    password: String,
    basic: HeaderValue,
}

impl Proxies {
    pub(crate) fn new(
        setting: ProxySetting,
        credentials: Option<(String, String)>,
    ) -> Result<Self, SetupError> {
        let values = match setting {
            ProxySetting::None => ProxyValues::default(),
            ProxySetting::Environment => ProxyValues::from_lookup(|name| std::env::var(name).ok()),
            ProxySetting::Values(values) => values,
        };
        let of_all = if values.is_explicit { "proxy(…)" } else { "ALL_PROXY" };
        for (name, value) in
            [(of_all, &values.all), ("HTTP_PROXY", &values.http), ("HTTPS_PROXY", &values.https)]
        {
            if let Some(value) = value {
                check(name, value)?;
            }
        }
        let credentials = match credentials {
            Some((user, password)) => Some(Credentials::new(user, password)?),
            None => None,
        };
        let nothing_set = values.all.is_none() && values.http.is_none() && values.https.is_none();
        // The matcher takes the star for host names, not for addresses.
        let no = values.no.unwrap_or_default();
        if nothing_set || no.split(',').any(|exception| exception.trim() == "*") {
            return Ok(Self { matcher: None, credentials });
        }
        let matcher = Matcher::builder()
            .all(values.all.unwrap_or_default())
            .http(values.http.unwrap_or_default())
            .https(values.https.unwrap_or_default())
            .no(no)
            .build();
        Ok(Self { matcher: Some(matcher), credentials })
    }

    /// The proxy a request for `uri` is to take, if any.
    pub(crate) fn find(&self, uri: &Uri) -> Option<Proxy> {
        let intercept = self.matcher.as_ref()?.intercept(uri)?;
        Some(Proxy { intercept, credentials: self.credentials.clone() })
    }
}

/// Refuses what the matcher would silently ignore: a request that was meant for a proxy must not go out
/// directly. The address is not repeated, for it may hold a password.
fn check(setting: &str, value: &str) -> Result<(), SetupError> {
    let probe = Matcher::builder().all(value).build();
    match probe.intercept(&Uri::from_static("http://proxy.invalid/")) {
        Some(found) if matches!(found.uri().scheme_str(), Some("http" | "https" | "socks5" | "socks5h")) => {
            Ok(())
        }
        Some(_) => Err(SetupError::new(format!(
            "{setting} names a kind of proxy this transport does not speak: use an http, https or socks5 proxy, or no_proxy()"
        ))),
        None => Err(SetupError::new(format!(
            "{setting} is not the address of a proxy: write it as http://proxy.example.com:3128, or use no_proxy()"
        ))),
    }
}

impl Credentials {
    fn new(user: String, password: String) -> Result<Self, SetupError> {
        if user.contains(':') {
            return Err(SetupError::new("the user name for the proxy must not contain a colon"));
        }
        // The matcher is the one place in here that knows base64; it wants a URI, so everything but
        // plain letters is escaped on the way in.
        let address = format!("http://{}:{}@proxy.invalid", escape(&user), escape(&password));
        let basic = Matcher::builder()
            .all(address)
            .build()
            .intercept(&Uri::from_static("http://server.invalid/"))
            .and_then(|found| found.basic_auth().cloned())
            .ok_or_else(|| SetupError::new("the credentials for the proxy cannot be sent"))?;
        Ok(Self { user, password, basic })
    }
}

fn escape(text: &str) -> String {
    use fmt::Write as _;
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            // Writing to a String does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

impl Proxy {
    /// Its address, without credentials.
    pub(crate) fn uri(&self) -> &Uri {
        self.intercept.uri()
    }

    /// Whether it speaks HTTP, and so can take a plain request in absolute form.
    pub(crate) fn speaks_http(&self) -> bool {
        matches!(self.uri().scheme_str(), Some("http" | "https"))
    }

    /// The value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        match &self.credentials {
            Some(credentials) => Some(&credentials.basic),
            None => self.intercept.basic_auth(),
        }
    }

    /// User name and password, for a SOCKS proxy.
    pub(crate) fn user_and_password(&self) -> Option<(&str, &str)> {
        match &self.credentials {
            Some(credentials) => Some((&credentials.user, &credentials.password)),
            None => self.intercept.raw_auth(),
        }
    }
}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.matcher {
            // Its own Debug leaves credentials out.
            Some(matcher) => matcher.fmt(f),
            None => f.write_str("None"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        let values = ProxyValues::from_lookup(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        Proxies::new(ProxySetting::Values(values), None).unwrap()
    }

    fn found(proxies: &Proxies, uri: &'static str) -> Option<String> {
        proxies.find(&Uri::from_static(uri)).map(|proxy| proxy.uri().to_string())
    }

    #[test]
    fn each_scheme_has_its_own_variable_and_all_proxy_fills_the_gap() {
        let proxies = proxies(&[("HTTPS_PROXY", "http://secure:1"), ("all_proxy", "http://any:2")]);
        assert_eq!(found(&proxies, "https://chat.example.com/").as_deref(), Some("http://secure:1/"));
        assert_eq!(found(&proxies, "http://chat.example.com/").as_deref(), Some("http://any:2/"));
    }

    #[test]
    fn the_lower_case_variable_wins() {
        let proxies = proxies(&[("HTTP_PROXY", "http://upper:1"), ("http_proxy", "http://lower:1")]);
        assert_eq!(found(&proxies, "http://a.example/").as_deref(), Some("http://lower:1/"));
    }

    #[test]
    fn no_proxy_names_hosts_domains_and_networks() {
        let proxies =
            proxies(&[("http_proxy", "http://p:1"), ("no_proxy", "localhost, .corp.example,10.0.0.0/8")]);
        assert_eq!(found(&proxies, "http://localhost:8065/"), None);
        assert_eq!(found(&proxies, "http://chat.corp.example/"), None);
        assert_eq!(found(&proxies, "http://10.1.2.3/"), None);
        assert_eq!(found(&proxies, "http://chat.example.com/").as_deref(), Some("http://p:1/"));
    }

    #[test]
    fn a_program_run_by_a_web_server_does_not_take_its_proxy_from_a_request_header() {
        let variables = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://evil:1")];
        assert_eq!(found(&proxies(&variables), "http://chat.example.com/"), None);
    }

    #[test]
    fn credentials_are_sent_but_never_shown() {
        let proxies = proxies(&[("http_proxy", "http://ann:s%40fe@p:1")]);
        let proxy = proxies.find(&Uri::from_static("http://chat.example.com/")).unwrap();
        assert_eq!(proxy.authorization().unwrap(), "Basic YW5uOnNAZmU=");
        let shown = format!("{proxies:?} {:?} {}", proxy.authorization(), proxy.uri());
        assert!(!shown.contains("s@fe") && !shown.contains("YW5u") && !shown.contains("s%40fe"), "{shown}");
    }

    #[test]
    fn credentials_given_apart_may_hold_any_character() {
        let setting = ProxySetting::Values(ProxyValues::explicit("http://p:1".to_owned()));
        let credentials = ("ann".to_owned(), "a:b@c/ü%".to_owned());
        let proxies = Proxies::new(setting, Some(credentials)).unwrap();
        let proxy = proxies.find(&Uri::from_static("http://chat.example.com/")).unwrap();
        assert_eq!(proxy.authorization().unwrap(), "Basic YW5uOmE6YkBjL8O8JQ==");
    }

    #[test]
    fn a_value_that_is_no_proxy_is_refused_without_repeating_it() {
        let values = ProxyValues::explicit("ftp://ann:secret@p:1".to_owned());
        let error = Proxies::new(ProxySetting::Values(values), None).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
