//! Days of the calendar, as the server writes and reads them.

use mm_types::Timestamp;

const DAY: i64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Days since 1970-01-01 of a date in the Gregorian calendar.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last one.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// A time as headers write it: `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http(time: Timestamp) -> String {
    let seconds = time.as_millis().div_euclid(1000);
    let (day_number, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = civil(day_number);
    let name = |names: &[&'static str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
    };
    let (weekday, month) = (name(&WEEKDAYS, day_number.rem_euclid(7)), name(&MONTHS, month - 1));
    let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{weekday}, {day:02} {month} {year} {hours:02}:{minutes:02}:{seconds:02} GMT")
}

/// Reads what [`http`] writes, in seconds since 1970.
pub(crate) fn read_http(text: &str) -> Option<i64> {
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: i64 = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let year = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|number| number.parse::<i64>().ok());
    let mut next = || clock.next().flatten();
    let seconds = next()? * 3600 + next()? * 60 + next()?;
    Some(days(year, i64::try_from(month).ok()? + 1, day) * DAY + seconds)
}

/// Reads a day such as `2026-01-31`, in days since 1970. Leading zeros may be missing.
pub(crate) fn read_day(text: &str) -> Option<i64> {
    let mut numbers = text.split('-').map(|number| number.parse::<i64>().ok());
    let mut next = || numbers.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let given = days(year, month, day);
    (civil(given) == (year, month, day)).then_some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_as_in_headers() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(http(Timestamp::from_millis(784_111_777_999)), text);
        assert_eq!(read_http(text), Some(784_111_777));
        assert_eq!(http(Timestamp::UNSET), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(read_http("yesterday"), None);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(read_day("2000-02-29"), Some(11_016));
        assert_eq!(read_day("2000-2-29"), Some(11_016));
        for wrong in ["2001-02-29", "2000-13-01", "2000-01", "x", ""] {
            assert_eq!(read_day(wrong), None, "{wrong}");
        }
    }
}
