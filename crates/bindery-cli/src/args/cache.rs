//! Options of the cache of registry responses.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// Use of the cache of registry responses.
#[derive(Args, Debug, PartialEq)]
pub struct CacheOptions {
    /// Use resolved tags from the cache that are younger than AGE, as in `90s`, `10m`, `2h` or `1d`
    #[arg(
        long,
        global = true,
        value_name = "AGE",
        value_parser = parse_age,
        help_heading = "Global options"
    )]
    pub max_age: Option<Duration>,
    /// Neither read nor write the cache
    #[arg(long, global = true, help_heading = "Global options")]
    no_cache: bool,
}

impl CacheOptions {
    /// Returns the folder of the cache below the user's `caches`; `None` if the cache is disabled.
    pub fn folder(&self, caches: Option<PathBuf>) -> Option<PathBuf> {
        let caches = caches.filter(|_| !self.no_cache)?;
        Some(caches.join("bindery").join("registry"))
    }
}

/// Parses a number with the unit `s`, `m`, `h` or `d`; without a unit, the number is in seconds.
fn parse_age(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(60 * 60),
        "d" => Some(24 * 60 * 60),
        _ => None,
    };
    let seconds = digits.parse::<u64>().ok().zip(unit);
    seconds
        .and_then(|(number, unit)| number.checked_mul(unit))
        .map(Duration::from_secs)
        .ok_or_else(|| "write a number and a unit, as in `90s`, `10m`, `2h` or `1d`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_units() {
        let seconds = |text| parse_age(text).map(|age| age.as_secs()).ok();
        assert_eq!(seconds("90"), Some(90));
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h"), Some(7200));
        assert_eq!(seconds("1d"), Some(86400));
        for text in [
            "",
            "m",
            "-1s",
            "1.5h",
            "1w",
            "10 m",
            "1M",
            "99999999999999999999d",
        ] {
            assert_eq!(seconds(text), None, "{text:?}");
        }
    }
}
