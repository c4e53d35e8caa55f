//! Tag: a name that may refer to another image later.

use crate::error::{NamePart, ParseError, ParseErrorKind};
use crate::text::text_impls;

/// Maximum number of characters of a tag (OCI distribution specification 1.1).
const MAX_LENGTH: usize = 128;

/// Tag, as in `1.4` or `latest`. Case-sensitive.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Box<str>);

impl Tag {
    /// Default tag, by Docker's convention.
    pub const LATEST: &'static str = "latest";

    /// Parses a tag: up to 128 letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`.
    ///
    /// # Errors
    ///
    /// If the text is empty, too long, or contains another character.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, kind| Err(ParseError::new(NamePart::Tag, text, at, kind));
        if text.is_empty() {
            return fail(0..0, ParseErrorKind::Empty(NamePart::Tag));
        }
        for (position, character) in text.char_indices() {
            let fits = match character {
                'A'..='Z' | 'a'..='z' | '0'..='9' | '_' => true,
                '.' | '-' => position > 0,
                _ => false,
            };
            if !fits {
                let kind = if character.is_whitespace() {
                    ParseErrorKind::Space
                } else {
                    ParseErrorKind::Character(character)
                };
                return fail(position..position + character.len_utf8(), kind);
            }
        }
        if text.len() > MAX_LENGTH {
            let kind = ParseErrorKind::Length {
                found: text.len(),
                limit: MAX_LENGTH,
                unit: "characters",
            };
            return fail(MAX_LENGTH..text.len(), kind);
        }
        Ok(Self(text.into()))
    }

    /// Returns the tag `latest`.
    pub fn latest() -> Self {
        Self(Self::LATEST.into())
    }

    /// Returns the text of the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text_impls!(Tag);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(Tag::parse(text).unwrap().as_str(), text);
    }

    #[track_caller]
    fn refuse(text: &str, at: usize) {
        assert_eq!(Tag::parse(text).unwrap_err().at().start, at, "in {text:?}");
    }

    #[test]
    fn tags_consist_of_letters_digits_and_marks() {
        check("1.4");
        check("_x");
        check("V1.0-rc.1_2");
        check(&"x".repeat(128));
    }

    #[test]
    fn malformed_tags_are_refused_with_the_place() {
        refuse("", 0);
        refuse(".x", 0);
        refuse("-x", 0);
        refuse("a b", 1);
        refuse("1.0+b", 3);
        refuse("ä", 0);
        refuse(&"x".repeat(129), 128);
    }
}
