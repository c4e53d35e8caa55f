//! What registries answered before, and whether this run may use it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::environment::Environment;

/// Options about what is kept between runs.
#[derive(Args, Debug, PartialEq)]
pub struct CacheOptions {
    /// Take what a tag named less than this long ago, as in `90s`, `10m`, `2h` or `1d`, instead of asking the registry; what it answers
    /// is kept for the next run that says so
    #[arg(
        long,
        global = true,
        value_name = "AGE",
        value_parser = age,
        help_heading = "Global options"
    )]
    max_age: Option<Duration>,
    /// Use nothing that an earlier run kept, and keep nothing: neither manifests, nor tokens, nor what tags named
    #[arg(long, global = true, help_heading = "Global options")]
    no_cache: bool,
}

impl CacheOptions {
    /// Where answers of registries are kept, if they are.
    pub fn folder(&self, environment: &Environment) -> Option<PathBuf> {
        let folder = environment.cache_folder().filter(|_| !self.no_cache)?;
        Some(folder.join("bindery").join("registry"))
    }

    /// How old the answer to a tag may be.
    pub fn max_age(&self) -> Option<Duration> {
        self.max_age
    }
}

/// A number with a unit: `s`, `m`, `h` or `d`; seconds if there is none.
fn age(text: &str) -> Result<Duration, String> {
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
        let seconds = |text| age(text).map(|age| age.as_secs()).ok();
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
