//! Errors for texts that are not valid references.

use std::fmt;
use std::ops::Range;

/// Maximum number of characters of a text in a message.
const MAX_CHARACTERS: usize = 120;

/// Reference, or part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamePart {
    /// Whole reference.
    Reference,
    /// Host and port of a registry.
    Registry,
    /// Path of a repository.
    Repository,
    /// Tag.
    Tag,
    /// Digest.
    Digest,
}

impl NamePart {
    fn word(self) -> &'static str {
        match self {
            NamePart::Reference => "image reference",
            NamePart::Registry => "registry",
            NamePart::Repository => "repository",
            NamePart::Tag => "tag",
            NamePart::Digest => "digest",
        }
    }
}

/// Reason for which a text is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The text is empty.
    #[error("the {} is empty", .0.word())]
    Empty(NamePart),
    /// The text has a scheme, like a URL.
    #[error("it begins with a scheme")]
    Scheme,
    /// The text contains a user name or password.
    #[error("it contains a user name")]
    UserName,
    /// The text contains white space.
    #[error("white space")]
    Space,
    /// An upper-case letter where only lower case is allowed.
    #[error("upper-case letter `{0}`")]
    UpperCase(char),
    /// A character that the part cannot contain.
    #[error("invalid character `{}`", .0.escape_debug())]
    Character(char),
    /// A separator that is not between two letters or digits, or is not one of `.`, `_`, `__` and runs of `-`.
    #[error("invalid separator `{0}`")]
    Separator(String),
    /// The part is longer than the standard allows.
    #[error("{found} {unit}, but at most {limit} are allowed")]
    Length {
        /// Length of the part.
        found: usize,
        /// Maximum length.
        limit: usize,
        /// Unit of the lengths.
        unit: &'static str,
    },
    /// A label of a host name is empty, or begins or ends with `-`.
    #[error("invalid label `{0}` in the host name")]
    Label(String),
    /// The text in brackets is not an IPv6 address, or the brackets are not closed.
    #[error("invalid IPv6 address in brackets")]
    Address,
    /// The port is not a number from 1 to 65535.
    #[error("invalid port `{0}`")]
    Port(String),
    /// The whole text is 64 hex digits, like an image id.
    #[error("it looks like an image id")]
    ImageId,
    /// The algorithm of a digest does not match the grammar.
    #[error("invalid algorithm `{0}`")]
    Algorithm(String),
    /// The digest has another length than digests by its algorithm.
    #[error("{found} hex digits, but `{algorithm}` has {expected}")]
    DigestLength {
        /// Algorithm of the digest.
        algorithm: String,
        /// Number of digits by that algorithm; the minimum for an unknown algorithm.
        expected: usize,
        /// Number of digits in the text.
        found: usize,
    },
}

/// Error for a text that is not a valid reference, registry, repository, tag or digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    part: NamePart,
    text: String,
    at: Range<usize>,
    kind: ParseErrorKind,
}

impl ParseError {
    pub(crate) fn new(part: NamePart, text: &str, at: Range<usize>, kind: ParseErrorKind) -> Self {
        Self {
            part,
            text: text.to_owned(),
            at,
            kind,
        }
    }

    /// Returns the error for the `whole` text, which contains the invalid text from byte `offset` on.
    pub(crate) fn within(self, part: NamePart, whole: &str, offset: usize) -> Self {
        Self {
            part,
            text: whole.to_owned(),
            at: self.at.start + offset..self.at.end + offset,
            kind: self.kind,
        }
    }

    /// Returns the part that was parsed.
    pub fn part(&self) -> NamePart {
        self.part
    }

    /// Returns the invalid text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the range of the invalid bytes in the text.
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// Returns the reason.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// Returns advice for the user.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.kind {
            ParseErrorKind::Empty(NamePart::Reference) => "write an image, as in `quay.io/team/app:1.4`".into(),
            ParseErrorKind::Empty(NamePart::Tag) => "write a tag after `:`, or leave the `:` out".into(),
            ParseErrorKind::Empty(NamePart::Digest) => "write a digest after `@`, or leave the `@` out".into(),
            ParseErrorKind::Empty(NamePart::Registry) => "write a host, as in `registry.example.org:5000`".into(),
            ParseErrorKind::Empty(NamePart::Repository) => "write a path, as in `team/app`".into(),
            ParseErrorKind::Scheme => format!(
                "leave `{}` out; image references have no scheme",
                self.text.get(self.at.clone()).unwrap_or("https://")
            ),
            ParseErrorKind::UserName => "leave the user name out; credentials are configured separately".into(),
            ParseErrorKind::Space => "remove the white space".into(),
            ParseErrorKind::UpperCase(_) if self.text.contains('/') => {
                "repositories are in lower case; only the host before the first `/` may have upper-case letters".into()
            }
            ParseErrorKind::UpperCase(letter) => format!("write `{}`", letter.to_ascii_lowercase()),
            ParseErrorKind::Character(_) => match self.part {
                NamePart::Digest => "write a digest as `sha256:` and 64 of the digits 0-9 and a-f".into(),
                NamePart::Tag => "a tag consists of letters, digits, `_`, `.` and `-`, and does not begin with `.` or `-`".into(),
                _ => "write a reference as `host:port/path/name:tag@digest`".into(),
            },
            ParseErrorKind::Separator(_) => "separators are `.`, `_`, `__` or a run of `-`, between letters or digits".into(),
            ParseErrorKind::Label(_) => "write a host like `registry.example.org:5000`".into(),
            ParseErrorKind::Address => "write an IPv6 address like `[::1]:5000`".into(),
            ParseErrorKind::Port(_) => "a port is a number from 1 to 65535".into(),
            ParseErrorKind::ImageId => "name the image by its repository, like `team/app@sha256:…`".into(),
            ParseErrorKind::Algorithm(_) => "write a digest like `sha256:…`, with the algorithm in lower case".into(),
            ParseErrorKind::Length { .. } | ParseErrorKind::DigestLength { .. } => return None,
        };
        Some(hint)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`")?;
        let mut characters = self.text.chars();
        for character in characters.by_ref().take(MAX_CHARACTERS) {
            write!(f, "{}", character.escape_debug())?;
        }
        if characters.next().is_some() {
            write!(f, "…")?;
        }
        write!(f, "` is not a valid {}: {}", self.part.word(), self.kind)?;
        let characters = self
            .text
            .get(..self.at.start)
            .map_or(0, |before| before.chars().count());
        match self.kind {
            ParseErrorKind::Scheme
            | ParseErrorKind::ImageId
            | ParseErrorKind::Empty(NamePart::Reference) => Ok(()),
            _ => write!(f, ", at character {}", characters + 1),
        }
    }
}

impl std::error::Error for ParseError {}
