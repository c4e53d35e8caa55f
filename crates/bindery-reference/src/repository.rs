//! A repository: the path that a registry keeps images under.

use std::fmt;
use std::str::FromStr;

use crate::error::{ParseError, Part, Problem};

/// The most bytes that a repository's path may have.
const LONGEST: usize = 255;

/// A repository's path within its registry, as in `team/app`.
///
/// Each component is small letters and digits with `.`, `_`, `__` or a run of `-` between them (OCI distribution
/// specification 1.1); the whole has at most 255 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository(Box<str>);

impl Repository {
    /// Parses a path. Nothing is added to it: `library/` is a matter of whole references.
    ///
    /// # Errors
    ///
    /// If a component is empty, holds a character or a separator that it cannot hold, or the path is too long.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.is_empty() {
            return Err(ParseError::new(
                Part::Repository,
                text,
                0..0,
                Problem::Empty(Part::Repository),
            ));
        }
        let mut offset = 0;
        for component in text.split('/') {
            check_component(component)
                .map_err(|error| error.within(Part::Repository, text, offset))?;
            offset += component.len() + 1;
        }
        if text.len() > LONGEST {
            let problem = Problem::Length {
                found: text.len(),
                limit: LONGEST,
                unit: "bytes",
            };
            return Err(ParseError::new(
                Part::Repository,
                text,
                LONGEST..text.len(),
                problem,
            ));
        }
        Ok(Self(text.into()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The components between the slashes; there is at least one.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The path `library/<self>`, where Docker Hub keeps the images that are named by one word.
    pub(crate) fn in_library(&self) -> Self {
        Self(format!("library/{}", self.0).into())
    }
}

fn check_component(component: &str) -> Result<(), ParseError> {
    let fail = |at, problem| Err(ParseError::new(Part::Repository, component, at, problem));
    if component.is_empty() {
        return fail(0..0, Problem::Separator("/".into()));
    }
    let wrong = component
        .char_indices()
        .find(|(_, c)| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-'));
    if let Some((position, character)) = wrong {
        let problem = match character {
            'A'..='Z' => Problem::Capital(character),
            c if c.is_whitespace() => Problem::Space,
            _ => Problem::Character(character),
        };
        return fail(position..position + character.len_utf8(), problem);
    }
    let is_separator = |c: char| matches!(c, '.' | '_' | '-');
    let mut start = 0;
    while let Some(found) = component[start..].find(is_separator) {
        let begin = start + found;
        let rest = &component[begin..];
        let run = &rest[..rest.find(|c| !is_separator(c)).unwrap_or(rest.len())];
        let end = begin + run.len();
        let between = begin > 0 && end < component.len();
        let allowed = matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
        if !(between && allowed) {
            return fail(begin..end, Problem::Separator(run.to_owned()));
        }
        start = end;
    }
    Ok(())
}

impl FromStr for Repository {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(Repository::parse(text).unwrap().as_str(), text);
    }

    #[track_caller]
    fn refuse(text: &str, message: &str) {
        assert_eq!(Repository::parse(text).unwrap_err().to_string(), message);
    }

    #[test]
    fn separators_stand_alone_between_letters_or_digits() {
        for text in [
            "a.b",
            "a_b",
            "a__b",
            "a-b",
            "a--b",
            "a---b-c_d.e",
            "0/1/2",
            "a.b/c__d",
        ] {
            check(text);
        }
        refuse(
            "a..b",
            "`a..b` is no repository: separator `..`, at character 2",
        );
        refuse(
            "a._b",
            "`a._b` is no repository: separator `._`, at character 2",
        );
        refuse(
            "x/a___b",
            "`x/a___b` is no repository: separator `___`, at character 4",
        );
        refuse("-a", "`-a` is no repository: separator `-`, at character 1");
        refuse("a-", "`a-` is no repository: separator `-`, at character 2");
        refuse(
            "a//b",
            "`a//b` is no repository: separator `/`, at character 3",
        );
        refuse("/a", "`/a` is no repository: separator `/`, at character 1");
        refuse("a/", "`a/` is no repository: separator `/`, at character 3");
    }

    #[test]
    fn only_small_letters_are_allowed() {
        refuse(
            "team/App",
            "`team/App` is no repository: capital letter `A`, at character 6",
        );
        refuse("a b", "`a b` is no repository: white space, at character 2");
        refuse(
            "a:b",
            "`a:b` is no repository: character `:`, at character 2",
        );
        refuse(
            "größe",
            "`größe` is no repository: character `ö`, at character 3",
        );
    }

    #[test]
    fn a_path_has_at_most_255_bytes() {
        check(&"a".repeat(255));
        let error = Repository::parse(&"a".repeat(256)).unwrap_err();
        assert!(
            error.to_string().contains("256 bytes, where at most 255"),
            "{error}"
        );
    }

    #[test]
    fn an_empty_path_is_none() {
        refuse(
            "",
            "`` is no repository: the repository is empty, at character 1",
        );
    }
}
