//! How long an answer asks to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{AsHeaderName, DATE, HeaderMap, RETRY_AFTER};

/// Numbers from here on are not waits (this one would be 31 years) but seconds since 1970.
const EPOCH: u64 = 1_000_000_000;
/// Numbers from here on are milliseconds since 1970.
const EPOCH_MILLIS: u64 = 1_000_000_000_000;

/// How long an answer asks to wait: the longest `Retry-After`, else the longest `X-Ratelimit-Reset`.
///
/// Each is a number of seconds, a date, or seconds or milliseconds since 1970. What is a time of day is counted from the
/// answer's `Date`; without that it is not understood: see [`retry_after_at`].
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    read(headers, None)
}

/// As [`retry_after`], for an answer that came at `now`: its `Date` still comes first, as that is the server's own clock.
#[must_use]
pub fn retry_after_at(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    read(headers, now.duration_since(UNIX_EPOCH).ok())
}

fn read(headers: &HeaderMap, now: Option<Duration>) -> Option<Duration> {
    let date = || headers.get(DATE).and_then(|value| seconds_of_date(value.to_str().ok()?));
    let longest = |waits: Vec<Wait>| {
        let waits = waits.into_iter().filter_map(|wait| match wait {
            Wait::For(time) => Some(time),
            Wait::Until(time) => {
                let now = date().map(Duration::from_secs).or(now)?;
                Some(time.saturating_sub(now))
            }
        });
        waits.max()
    };
    longest(waits(headers, RETRY_AFTER)).or_else(|| longest(waits(headers, "x-ratelimit-reset")))
}

enum Wait {
    For(Duration),
    /// Since 1970.
    Until(Duration),
}

/// Header lines may repeat, and proxies join them by commas, one of which is part of each date.
fn waits<K: AsHeaderName>(headers: &HeaderMap, name: K) -> Vec<Wait> {
    let mut waits = Vec::new();
    for line in headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok()) {
        let mut weekday = None;
        for part in line.split(',').map(str::trim) {
            let date = match weekday.take() {
                Some(day) => seconds_of_date(&format!("{day}, {part}")),
                None => None,
            };
            match (date, part.parse().ok()) {
                (Some(seconds), _) => waits.push(Wait::Until(Duration::from_secs(seconds))),
                (None, Some(number)) => waits.push(wait_of(number)),
                (None, None) => weekday = Some(part),
            }
        }
    }
    waits
}

fn wait_of(number: u64) -> Wait {
    match number {
        EPOCH_MILLIS.. => Wait::Until(Duration::from_millis(number)),
        EPOCH.. => Wait::Until(Duration::from_secs(number)),
        seconds => Wait::For(Duration::from_secs(seconds)),
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` in seconds since 1970. The two older forms of dates are not sent any more.
fn seconds_of_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, rest) = text.trim().split_once(", ")?;
    let mut words = rest.split(' ');
    let day: u64 = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? as u64;
    let year: u64 = words.next()?.parse().ok()?;
    let mut time = words.next()?.split(':').map(|part| part.parse::<u64>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    if words.next() != Some("GMT") || !(1..=31).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    // Counted in years that begin in March, so that the leap day is the last of them.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    // From the first of March of the year 0 to 1970.
    let days = days.checked_sub(719_468)?;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    /// Ten seconds before.
    const NOW: u64 = 784_111_767;

    fn asked(lines: &[(&'static str, &str)]) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        retry_after_at(&headers, UNIX_EPOCH + Duration::from_secs(NOW)).map(|wait| wait.as_secs())
    }

    #[test]
    fn dates_are_understood() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            (DAY, Some(784_111_777)),
            ("Tue, 29 Feb 2000 23:59:59 GMT", Some(951_868_799)),
            ("Sun, 22 Nov 2026 04:14:52 GMT", Some(1_795_320_892)),
            ("Sun, 22 Nov 2026 04:14:52 CET", None),
            ("Sun, 22 Foo 2026 04:14:52 GMT", None),
            ("22 Nov 2026", None),
        ] {
            assert_eq!(seconds_of_date(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_wait_is_a_number_a_date_or_a_time_since_1970() {
        assert_eq!(asked(&[("retry-after", "7")]), Some(7));
        assert_eq!(asked(&[("retry-after", DAY)]), Some(10));
        assert_eq!(asked(&[("x-ratelimit-reset", "3, 1"), ("x-ratelimit-reset", "2")]), Some(3));
        let later = (2_000_000_000 - NOW).to_string();
        assert_eq!(asked(&[("x-ratelimit-reset", "2000000000")]), later.parse().ok());
        assert_eq!(asked(&[("x-ratelimit-reset", "2000000000000")]), later.parse().ok());
        assert_eq!(asked(&[("retry-after", "soon")]), None);
    }

    #[test]
    fn the_longest_of_several_counts_also_on_one_line() {
        assert_eq!(asked(&[("retry-after", &format!("{DAY}, 7")), ("retry-after", "4")]), Some(10));
        assert_eq!(asked(&[("retry-after", &format!("12, {DAY}"))]), Some(12));
    }

    #[test]
    fn a_time_of_day_counts_from_the_clock_of_the_server() {
        let date = "Sun, 06 Nov 1994 08:49:32 GMT";
        assert_eq!(asked(&[("date", date), ("retry-after", DAY)]), Some(5));
        assert_eq!(asked(&[("date", "Sun, 06 Nov 1994 09:00:00 GMT"), ("retry-after", DAY)]), Some(0));
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, DAY.parse().unwrap());
        assert_eq!(retry_after(&headers), None);
    }
}
