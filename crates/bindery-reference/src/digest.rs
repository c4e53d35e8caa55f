//! Digest: the name of a hash algorithm, and a hash in hex.

use std::fmt;
use std::str::FromStr;

use crate::error::{NamePart, ParseError, ParseErrorKind};

/// Algorithms of known length, with their numbers of hex digits.
const KNOWN: &[(&str, usize)] = &[("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// Minimum number of hex digits of a digest by an unknown algorithm.
const MIN_DIGITS: usize = 32;

/// Digest, as in `sha256:9f86…`, which identifies bytes.
///
/// A digest by a known algorithm has the exact number of digits. Digests by unknown algorithms are accepted, since a registry may use
/// them, but cannot be verified.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    text: Box<str>,
    colon: usize,
}

impl Digest {
    /// Parses `algorithm:hex`.
    ///
    /// # Errors
    ///
    /// If the algorithm does not match the grammar, a digit is not one of `0-9a-f`, or the number of digits is not that of the algorithm.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, kind| Err(ParseError::new(NamePart::Digest, text, at, kind));
        if text.is_empty() {
            return fail(0..0, ParseErrorKind::Empty(NamePart::Digest));
        }
        let Some(colon) = text.find(':') else {
            return fail(0..text.len(), ParseErrorKind::Algorithm(text.to_owned()));
        };
        let (algorithm, hex) = (&text[..colon], &text[colon + 1..]);
        let known = |name: &str| {
            KNOWN
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, digits)| *digits)
        };
        let misspelt =
            known(algorithm).is_none() && known(&algorithm.to_ascii_lowercase()).is_some();
        if misspelt || !is_algorithm(algorithm) {
            return fail(0..colon, ParseErrorKind::Algorithm(algorithm.to_owned()));
        }
        let wrong = hex
            .char_indices()
            .find(|(_, c)| !matches!(c, '0'..='9' | 'a'..='f'));
        if let Some((position, character)) = wrong {
            let start = colon + 1 + position;
            let kind = match character {
                'A'..='F' => ParseErrorKind::UpperCase(character),
                c if c.is_whitespace() => ParseErrorKind::Space,
                _ => ParseErrorKind::Character(character),
            };
            return fail(start..start + character.len_utf8(), kind);
        }
        let expected = match known(algorithm) {
            Some(digits) if hex.len() != digits => Some(digits),
            None if hex.len() < MIN_DIGITS => Some(MIN_DIGITS),
            _ => None,
        };
        if let Some(expected) = expected {
            let kind = ParseErrorKind::DigestLength {
                algorithm: algorithm.to_owned(),
                expected,
                found: hex.len(),
            };
            return fail(colon + 1..text.len(), kind);
        }
        Ok(Self {
            text: text.into(),
            colon,
        })
    }

    /// Returns the name of the algorithm, as in `sha256`.
    pub fn algorithm(&self) -> &str {
        &self.text[..self.colon]
    }

    /// Returns the hex digits after the colon.
    pub fn hex(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// Returns the whole digest.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Returns whether `text` consists of components of letters and digits that begin with a letter, joined by single `-`, `_`, `+` or `.`.
fn is_algorithm(text: &str) -> bool {
    text.split(['-', '_', '+', '.']).all(|component| {
        component.starts_with(|c: char| c.is_ascii_alphabetic())
            && component.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

impl FromStr for Digest {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(algorithm: &str, digits: usize) {
        let text = format!("{algorithm}:{}", "0a".repeat(digits / 2));
        let digest = Digest::parse(&text).unwrap();
        assert_eq!(
            (digest.algorithm(), digest.hex().len()),
            (algorithm, digits)
        );
        assert_eq!(digest.to_string(), text);
    }

    #[track_caller]
    fn refuse(text: &str, message: &str) {
        assert_eq!(Digest::parse(text).unwrap_err().to_string(), message);
    }

    #[test]
    fn known_algorithms_have_an_exact_length() {
        check("sha256", 64);
        check("sha384", 96);
        check("sha512", 128);
        let short = format!("sha256:{}", "0".repeat(63));
        refuse(
            &short,
            &format!(
                "`{short}` is not a valid digest: 63 hex digits, but `sha256` has 64, at character 8"
            ),
        );
    }

    #[test]
    fn unknown_algorithms_are_accepted() {
        check("blake3", 32);
        check("sha256+b64u", 44);
        check("multihash.base-x58_y", 64);
        assert!(Digest::parse("blake3:00").is_err());
    }

    #[test]
    fn upper_case_is_refused() {
        let upper_case = format!("sha256:{}A", "0".repeat(63));
        assert_eq!(
            Digest::parse(&upper_case).unwrap_err().hint().unwrap(),
            "write `a`"
        );
        let algorithm = format!("SHA256:{}", "0".repeat(64));
        assert_eq!(
            Digest::parse(&algorithm).unwrap_err().kind(),
            &ParseErrorKind::Algorithm("SHA256".into())
        );
    }

    #[test]
    fn malformed_digests_are_refused() {
        refuse(
            "",
            "`` is not a valid digest: the digest is empty, at character 1",
        );
        refuse(
            "sha256",
            "`sha256` is not a valid digest: invalid algorithm `sha256`, at character 1",
        );
        refuse(
            ":00",
            "`:00` is not a valid digest: invalid algorithm ``, at character 1",
        );
        refuse(
            "a--b:00",
            "`a--b:00` is not a valid digest: invalid algorithm `a--b`, at character 1",
        );
        refuse(
            "1a:00",
            "`1a:00` is not a valid digest: invalid algorithm `1a`, at character 1",
        );
        refuse(
            "sha256:xyz",
            "`sha256:xyz` is not a valid digest: invalid character `x`, at character 8",
        );
        refuse(
            "sha256:ü",
            "`sha256:ü` is not a valid digest: invalid character `ü`, at character 8",
        );
    }
}
