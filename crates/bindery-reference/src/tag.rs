//! A tag: a name that a registry may point at another image tomorrow.

use std::fmt;
use std::str::FromStr;

use crate::error::{ParseError, Part, Problem};

/// The most characters that a tag may have (OCI distribution specification 1.1).
const LONGEST: usize = 128;

/// A tag, as in `1.4` or `latest`. Its case matters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Box<str>);

impl Tag {
    /// What no tag means (Docker's practice).
    pub const LATEST: &'static str = "latest";

    /// Parses a tag: up to 128 letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`.
    ///
    /// # Errors
    ///
    /// If the text is empty, too long, or holds another character.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, problem| Err(ParseError::new(Part::Tag, text, at, problem));
        if text.is_empty() {
            return fail(0..0, Problem::Empty(Part::Tag));
        }
        for (position, character) in text.char_indices() {
            let fits = match character {
                'A'..='Z' | 'a'..='z' | '0'..='9' | '_' => true,
                '.' | '-' => position > 0,
                _ => false,
            };
            if !fits {
                let problem = if character.is_whitespace() {
                    Problem::Space
                } else {
                    Problem::Character(character)
                };
                return fail(position..position + character.len_utf8(), problem);
            }
        }
        if text.len() > LONGEST {
            let problem = Problem::Length {
                found: text.len(),
                limit: LONGEST,
                unit: "characters",
            };
            return fail(LONGEST..text.len(), problem);
        }
        Ok(Self(text.into()))
    }

    /// The tag `latest`.
    pub fn latest() -> Self {
        Self(Self::LATEST.into())
    }

    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

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
    fn letters_digits_and_marks_make_a_tag() {
        check("1.4");
        check("_x");
        check("V1.0-rc.1_2");
        check(&"x".repeat(128));
    }

    #[test]
    fn other_texts_are_refused_where_they_go_wrong() {
        refuse("", 0);
        refuse(".x", 0);
        refuse("-x", 0);
        refuse("a b", 1);
        refuse("1.0+b", 3);
        refuse("ä", 0);
        refuse(&"x".repeat(129), 128);
    }
}
