//! Why a text is no name of an image: what is wrong, where in the text, and what to write instead.

use std::fmt;
use std::ops::Range;

/// How many characters of a refused text a message repeats.
const SHOWN_CHARACTERS: usize = 120;

/// Which name was to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A whole reference.
    Reference,
    /// A registry's host and port.
    Registry,
    /// A repository's path.
    Repository,
    /// A tag.
    Tag,
    /// A digest.
    Digest,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::Reference => "image reference",
            Part::Registry => "registry",
            Part::Repository => "repository",
            Part::Tag => "tag",
            Part::Digest => "digest",
        }
    }
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing is there.
    #[error("the {} is empty", .0.word())]
    Empty(Part),
    /// It is an address with a scheme.
    #[error("it begins with a scheme")]
    Scheme,
    /// It holds a user name or password.
    #[error("it holds a user name")]
    UserName,
    /// White space stands in it or around it.
    #[error("white space")]
    Space,
    /// A capital letter where only small ones are allowed.
    #[error("capital letter `{0}`")]
    Capital(char),
    /// A character that the part cannot hold.
    #[error("character `{}`", .0.escape_debug())]
    Character(char),
    /// A separator that does not stand between two letters or digits, or is not one of `.`, `_`, `__` and runs of `-`.
    #[error("separator `{0}`")]
    Separator(String),
    /// A part that is longer than the standard lets it be.
    #[error("{found} {unit}, where at most {limit} are allowed")]
    Length {
        /// How long it is.
        found: usize,
        /// How long it may be.
        limit: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// A label of a host name that is empty, or begins or ends with `-`.
    #[error("`{0}` as a part of a host name")]
    Label(String),
    /// A text in brackets that is no IPv6 address, or brackets that are not closed.
    #[error("no IPv6 address in the brackets")]
    Address,
    /// A port that is no number from 1 to 65535.
    #[error("port `{0}`")]
    Port(String),
    /// The whole text is 64 hex digits, as an image's id is.
    #[error("it looks like an image id")]
    ImageId,
    /// A digest's algorithm that does not fit the grammar.
    #[error("algorithm `{0}`")]
    Algorithm(String),
    /// A digest of another length than its algorithm gives.
    #[error("{found} hex digits, where `{algorithm}` has {expected}")]
    DigestLength {
        /// The algorithm named.
        algorithm: String,
        /// How many digits it should have; for an unknown algorithm the least number.
        expected: usize,
        /// How many it has.
        found: usize,
    },
}

/// Why a text is no reference, registry, repository, tag or digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    part: Part,
    text: String,
    at: Range<usize>,
    problem: Problem,
}

impl ParseError {
    pub(crate) fn new(part: Part, text: &str, at: Range<usize>, problem: Problem) -> Self {
        Self {
            part,
            text: text.to_owned(),
            at,
            problem,
        }
    }

    /// The same error, seen in the `whole` text that holds the refused one from byte `offset` on.
    pub(crate) fn within(self, part: Part, whole: &str, offset: usize) -> Self {
        Self {
            part,
            text: whole.to_owned(),
            at: self.at.start + offset..self.at.end + offset,
            problem: self.problem,
        }
    }

    /// What was to be read.
    pub fn part(&self) -> Part {
        self.part
    }

    /// The text that was refused.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Which bytes of the text are wrong.
    pub fn at(&self) -> Range<usize> {
        self.at.clone()
    }

    /// What is wrong with them.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What to write instead, where that can be told.
    pub fn hint(&self) -> Option<String> {
        let hint = match &self.problem {
            Problem::Empty(Part::Reference) => "write an image, as in `quay.io/team/app:1.4`".into(),
            Problem::Empty(Part::Tag) => "write a tag after `:`, or leave the `:` out".into(),
            Problem::Empty(Part::Digest) => "write a digest after `@`, or leave the `@` out".into(),
            Problem::Empty(Part::Registry) => "write a host, as in `registry.example.org:5000`".into(),
            Problem::Empty(Part::Repository) => "write a path, as in `team/app`".into(),
            Problem::Scheme => format!(
                "leave `{}` out; names of images have no scheme",
                self.text.get(self.at.clone()).unwrap_or("https://")
            ),
            Problem::UserName => "leave the user name out; credentials have a place of their own".into(),
            Problem::Space => "remove the white space".into(),
            Problem::Capital(_) if self.text.contains('/') => {
                "repositories are written in small letters; only the host before the first `/` may hold capitals".into()
            }
            Problem::Capital(letter) => format!("write `{}`", letter.to_ascii_lowercase()),
            Problem::Character(_) => match self.part {
                Part::Digest => "a digest is written `sha256:` and 64 of the digits 0-9 and a-f".into(),
                Part::Tag => "a tag holds letters, digits, `_`, `.` and `-`, and does not begin with `.` or `-`".into(),
                _ => "a reference is written `host:port/path/name:tag@digest`".into(),
            },
            Problem::Separator(_) => "separators are `.`, `_`, `__` or a run of `-`, between letters or digits".into(),
            Problem::Label(_) => "a host is written as in `registry.example.org:5000`".into(),
            Problem::Address => "an IPv6 address is written as in `[::1]:5000`".into(),
            Problem::Port(_) => "a port is a number from 1 to 65535".into(),
            Problem::ImageId => "name the image by its repository, as in `team/app@sha256:…`".into(),
            Problem::Algorithm(_) => "a digest is written as in `sha256:…`, with a small algorithm name".into(),
            Problem::Length { .. } | Problem::DigestLength { .. } => return None,
        };
        Some(hint)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`")?;
        let mut characters = self.text.chars();
        for character in characters.by_ref().take(SHOWN_CHARACTERS) {
            write!(f, "{}", character.escape_debug())?;
        }
        if characters.next().is_some() {
            write!(f, "…")?;
        }
        write!(f, "` is no {}: {}", self.part.word(), self.problem)?;
        let place = self
            .text
            .get(..self.at.start)
            .map_or(0, |before| before.chars().count());
        match self.problem {
            Problem::Scheme | Problem::ImageId | Problem::Empty(Part::Reference) => Ok(()),
            _ => write!(f, ", at character {}", place + 1),
        }
    }
}

impl std::error::Error for ParseError {}
