//! Text that prints as stars.

use std::fmt;

/// Output of `Debug` and `Display`. Does not reveal the length of the secret.
const STARS: &str = "***";

/// Password, token or other text that no output may contain.
///
/// Does not implement `PartialEq`: callers compare the texts from [`Secret::expose`] and choose whether in constant time.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Creates a secret from `text`.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the text. Each call is part of the audit for leaks.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns whether the text is empty. An empty text is not a secret.
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
    fn all_formats_print_stars() {
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
    fn the_output_does_not_reveal_the_length() {
        assert_eq!(
            Secret::new("").to_string(),
            Secret::new("a long pass phrase").to_string()
        );
    }

    #[test]
    fn expose_returns_the_text() {
        assert_eq!(Secret::from(String::from("pa:ss")).expose(), "pa:ss");
        assert!(Secret::new("").is_empty());
        assert!(!Secret::new(" ").is_empty());
    }
}
