//! A text that prints as stars.

use std::fmt;

/// What both `Debug` and `Display` print. It does not tell the length of the text behind it.
const STARS: &str = "***";

/// A password, a token, or another text that no output may hold.
///
/// It has no `PartialEq`: whoever compares secrets decides how, and does so on [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself. Each call is a place to look at when asking where secrets may leak.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty, which tells nothing that an observer could use.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into_boxed_str())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STARS)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(STARS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_printing_gives_stars() {
        let secret = Secret::new("hunter2");
        for text in [
            format!("{secret}"),
            format!("{secret:?}"),
            format!("{secret:#?}"),
            format!("{:?}", Some(&secret)),
            format!("{secret:>20}"),
        ] {
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("***"), "{text}");
        }
    }

    #[test]
    fn the_stars_do_not_tell_the_length() {
        assert_eq!(
            Secret::new("").to_string(),
            Secret::new("a long pass phrase").to_string()
        );
    }

    #[test]
    fn exposing_gives_the_text_back() {
        assert_eq!(Secret::from(String::from("pa:ss")).expose(), "pa:ss");
        assert!(Secret::new("").is_empty());
        assert!(!Secret::new(" ").is_empty());
    }
}
