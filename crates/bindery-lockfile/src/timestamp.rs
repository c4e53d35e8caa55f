//! Timestamps in lock files.

use std::fmt;
use std::str::FromStr;

/// Second in UTC (RFC 3339, `2026-11-25T13:00:00Z`), from 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

/// Error for a text or number that is not a valid timestamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time of the form `2026-11-25T13:00:00Z`")]
pub struct TimestampError(String);

/// Last second of the year 9999.
const LAST: u64 = 253_402_300_799;

impl Timestamp {
    /// Creates the timestamp of a number of seconds after the beginning of 1970.
    ///
    /// # Errors
    ///
    /// After the year 9999, which has no form with four digits.
    pub fn from_unix(seconds: u64) -> Result<Self, TimestampError> {
        if seconds > LAST {
            return Err(TimestampError(seconds.to_string()));
        }
        Ok(Self(seconds))
    }
}

/// Days from the first of March of the year 0, the base of the calendar below, to 1970.
const MARCH_OF_YEAR_0: u64 = 719_468;

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / 86_400 + MARCH_OF_YEAR_0, self.0 % 86_400);
        // Years that begin in March have their leap day at the end; 400 of these years always have 146097 days.
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        // The months from March on have 31, 30, 31, 30, 31 days, repeatedly.
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (year, month) = match month {
            0..=9 => (era * 400 + year, month + 3),
            _ => (era * 400 + year + 1, month - 9),
        };
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let fail = || TimestampError(text.to_owned());
        let number = |range: std::ops::Range<usize>| -> Result<u64, TimestampError> {
            let digits = text.get(range).ok_or_else(fail)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(fail());
            }
            digits.parse().map_err(|_| fail())
        };
        if text.len() != 20 {
            return Err(fail());
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let (year, month) = match month {
            1 | 2 if year > 0 => (year - 1, month + 9),
            3..=12 => (year, month - 3),
            _ => return Err(fail()),
        };
        let days = 365 * year + year / 4 - year / 100 + year / 400;
        let days = days + (153 * month + 2) / 5 + day;
        let seconds = days
            .checked_sub(MARCH_OF_YEAR_0 + 1)
            .map(|days| days * 86_400 + hour * 3_600 + minute * 60 + second);
        let time = seconds.filter(|seconds| *seconds <= LAST).map(Self);
        // A time that formats to another text has a nonexistent day or hour, or another form.
        time.filter(|time| time.to_string() == text)
            .ok_or_else(fail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: u64, text: &str) {
        let time = Timestamp::from_unix(seconds).unwrap();
        assert_eq!(time.to_string(), text);
        assert_eq!(text.parse(), Ok(time));
    }

    #[test]
    fn seconds_and_text_are_the_same_time() {
        check(0, "1970-01-01T00:00:00Z");
        check(951_782_399, "2000-02-28T23:59:59Z");
        check(951_782_400, "2000-02-29T00:00:00Z");
        check(951_868_800, "2000-03-01T00:00:00Z");
        check(1_709_164_800, "2024-02-29T00:00:00Z");
        check(4_107_542_400, "2100-03-01T00:00:00Z");
        check(1_795_611_600, "2026-11-25T13:00:00Z");
        check(LAST, "9999-12-31T23:59:59Z");
    }

    #[test]
    fn days_of_all_years_come_back() {
        for day in (0..LAST / 86_400).step_by(11) {
            let time = Timestamp::from_unix(day * 86_400 + 1).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "2026-11-25",
            "2026-11-25 13:00:00Z",
            "2026-11-25T13:00:00z",
            "2026-11-25T13:00:00+00:00",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-11-25T24:00:00Z",
            "2026-11-25T13:60:00Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "+026-11-25T13:00:00Z",
            "2026-11-25T13:00:0é",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
        assert!(Timestamp::from_unix(LAST + 1).is_err());
    }
}
