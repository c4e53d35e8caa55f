//! A digest: an algorithm's name and what it gave for some bytes, in hex.

use std::fmt;
use std::str::FromStr;

use crate::error::{ParseError, Part, Problem};

/// The algorithms whose length is known, with the number of hex digits.
const KNOWN: &[(&str, usize)] = &[("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// The fewest hex digits that a digest of an unknown algorithm may have.
const FEWEST_DIGITS: usize = 32;

/// A digest as in `sha256:9f86…`: it names bytes, whoever holds them.
///
/// Known algorithms have their exact number of digits. Unknown ones are kept, since a registry may use them; whether a digest
/// can be verified is for those to say who hash.
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
    /// If the algorithm does not fit the grammar, a digit is none of `0-9a-f`, or the number of digits is not the algorithm's.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, problem| Err(ParseError::new(Part::Digest, text, at, problem));
        if text.is_empty() {
            return fail(0..0, Problem::Empty(Part::Digest));
        }
        let Some(colon) = text.find(':') else {
            return fail(0..text.len(), Problem::Algorithm(text.to_owned()));
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
            return fail(0..colon, Problem::Algorithm(algorithm.to_owned()));
        }
        let wrong = hex
            .char_indices()
            .find(|(_, c)| !matches!(c, '0'..='9' | 'a'..='f'));
        if let Some((position, character)) = wrong {
            let start = colon + 1 + position;
            let problem = match character {
                'A'..='F' => Problem::Capital(character),
                c if c.is_whitespace() => Problem::Space,
                _ => Problem::Character(character),
            };
            return fail(start..start + character.len_utf8(), problem);
        }
        let expected = match known(algorithm) {
            Some(digits) if hex.len() != digits => Some(digits),
            None if hex.len() < FEWEST_DIGITS => Some(FEWEST_DIGITS),
            _ => None,
        };
        if let Some(expected) = expected {
            let problem = Problem::DigestLength {
                algorithm: algorithm.to_owned(),
                expected,
                found: hex.len(),
            };
            return fail(colon + 1..text.len(), problem);
        }
        Ok(Self {
            text: text.into(),
            colon,
        })
    }

    /// The algorithm's name, as in `sha256`.
    pub fn algorithm(&self) -> &str {
        &self.text[..self.colon]
    }

    /// The hex digits after the colon.
    pub fn hex(&self) -> &str {
        &self.text[self.colon + 1..]
    }

    /// The whole digest.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Components of letters and digits that begin with a letter, joined by single `-`, `_`, `+` or `.`.
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
    fn known_algorithms_have_their_own_length() {
        check("sha256", 64);
        check("sha384", 96);
        check("sha512", 128);
        let short = format!("sha256:{}", "0".repeat(63));
        refuse(
            &short,
            &format!(
                "`{short}` is no digest: 63 hex digits, where `sha256` has 64, at character 8"
            ),
        );
    }

    #[test]
    fn unknown_algorithms_are_kept() {
        check("blake3", 32);
        check("sha256+b64u", 44);
        check("multihash.base-x58_y", 64);
        assert!(Digest::parse("blake3:00").is_err());
    }

    #[test]
    fn capitals_are_refused() {
        let capital = format!("sha256:{}A", "0".repeat(63));
        assert_eq!(
            Digest::parse(&capital).unwrap_err().hint().unwrap(),
            "write `a`"
        );
        let algorithm = format!("SHA256:{}", "0".repeat(64));
        assert_eq!(
            Digest::parse(&algorithm).unwrap_err().problem(),
            &Problem::Algorithm("SHA256".into())
        );
    }

    #[test]
    fn other_texts_are_refused() {
        refuse("", "`` is no digest: the digest is empty, at character 1");
        refuse(
            "sha256",
            "`sha256` is no digest: algorithm `sha256`, at character 1",
        );
        refuse(":00", "`:00` is no digest: algorithm ``, at character 1");
        refuse(
            "a--b:00",
            "`a--b:00` is no digest: algorithm `a--b`, at character 1",
        );
        refuse(
            "1a:00",
            "`1a:00` is no digest: algorithm `1a`, at character 1",
        );
        refuse(
            "sha256:xyz",
            "`sha256:xyz` is no digest: character `x`, at character 8",
        );
        refuse(
            "sha256:ü",
            "`sha256:ü` is no digest: character `ü`, at character 8",
        );
    }
}
