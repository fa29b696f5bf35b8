//! Where a request carries its token.

use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderMap, Uri};

/// How much of a token the server looks at, in bytes.
const LOOKED_AT: usize = 50;

/// A token and the way it came.
#[derive(Debug, PartialEq)]
pub(crate) enum Token {
    Cookie(String),
    Header(String),
    Query(String),
}

impl Token {
    pub(crate) fn as_str(&self) -> &str {
        let (Self::Cookie(text) | Self::Header(text) | Self::Query(text)) = self;
        text
    }
}

/// The token that counts: the cookie's before the header's before the query's.
pub(crate) fn find(headers: &HeaderMap, uri: &Uri) -> Option<Token> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    if let Some(token) = cookie(headers, "MMAUTHTOKEN") {
        return Some(Token::Cookie(cut(token)));
    }
    if let Some(header) = text(AUTHORIZATION) {
        // In any case of letters.
        match header.split_once(' ') {
            Some((scheme, token))
                if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token") =>
            {
                return Some(Token::Header(cut(token)));
            }
            _ => {}
        }
    }
    let query = uri.query().unwrap_or_default().split('&');
    if let Some(token) = query.filter_map(|pair| pair.strip_prefix("access_token=")).next() {
        return Some(Token::Query(cut(token)));
    }
    None
}

/// The value of a cookie; `None` if it is missing or empty.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
}

fn cut(token: &str) -> String {
    token.get(..LOOKED_AT).unwrap_or(token).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_wins_over_a_header_and_that_over_the_query() {
        let uri: Uri = "/x?access_token=q".parse().unwrap();
        let bearer = ("authorization", "BEARER h");
        let both = headers(&[bearer, ("cookie", "a=b; MMAUTHTOKEN=c")]);
        assert_eq!(find(&both, &uri), Some(Token::Cookie("c".to_owned())));
        assert_eq!(find(&headers(&[bearer]), &uri), Some(Token::Header("h".to_owned())));
        assert_eq!(find(&headers(&[]), &uri), Some(Token::Query("q".to_owned())));
        assert_eq!(find(&headers(&[("authorization", "Basic x")]), &"/x".parse().unwrap()), None);
    }
}
