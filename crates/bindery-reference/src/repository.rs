//! Repository: the path of images in a registry.

use crate::error::{NamePart, ParseError, ParseErrorKind};
use crate::text::text_impls;

/// Maximum length of a path, in bytes.
const MAX_LENGTH: usize = 255;

/// Path of a repository in its registry, as in `team/app`.
///
/// Each component consists of lower-case letters and digits with `.`, `_`, `__` or a run of `-` between them (OCI distribution
/// specification 1.1); the whole has at most 255 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository(Box<str>);

impl Repository {
    /// Parses a path. Does not add `library/`, which only applies to whole references.
    ///
    /// # Errors
    ///
    /// If a component is empty or has an invalid character or separator, or the path is too long.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.is_empty() {
            return Err(ParseError::new(
                NamePart::Repository,
                text,
                0..0,
                ParseErrorKind::Empty(NamePart::Repository),
            ));
        }
        let mut offset = 0;
        for component in text.split('/') {
            check_component(component)
                .map_err(|error| error.within(NamePart::Repository, text, offset))?;
            offset += component.len() + 1;
        }
        if text.len() > MAX_LENGTH {
            let kind = ParseErrorKind::Length {
                found: text.len(),
                limit: MAX_LENGTH,
                unit: "bytes",
            };
            return Err(ParseError::new(
                NamePart::Repository,
                text,
                MAX_LENGTH..text.len(),
                kind,
            ));
        }
        Ok(Self(text.into()))
    }

    /// Returns the path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Iterates over the components between the slashes; there is at least one.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Returns the path `library/<self>`, where Docker Hub keeps images with one-part names.
    pub(crate) fn in_library(&self) -> Self {
        Self(format!("library/{}", self.0).into())
    }
}

fn check_component(component: &str) -> Result<(), ParseError> {
    let fail = |at, kind| Err(ParseError::new(NamePart::Repository, component, at, kind));
    if component.is_empty() {
        return fail(0..0, ParseErrorKind::Separator("/".into()));
    }
    let wrong = component
        .char_indices()
        .find(|(_, c)| !matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-'));
    if let Some((position, character)) = wrong {
        let kind = match character {
            'A'..='Z' => ParseErrorKind::UpperCase(character),
            c if c.is_whitespace() => ParseErrorKind::Space,
            _ => ParseErrorKind::Character(character),
        };
        return fail(position..position + character.len_utf8(), kind);
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
            return fail(begin..end, ParseErrorKind::Separator(run.to_owned()));
        }
        start = end;
    }
    Ok(())
}

text_impls!(Repository);

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
    fn separators_are_between_letters_or_digits() {
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
            "`a..b` is not a valid repository: invalid separator `..`, at character 2",
        );
        refuse(
            "a._b",
            "`a._b` is not a valid repository: invalid separator `._`, at character 2",
        );
        refuse(
            "x/a___b",
            "`x/a___b` is not a valid repository: invalid separator `___`, at character 4",
        );
        refuse(
            "-a",
            "`-a` is not a valid repository: invalid separator `-`, at character 1",
        );
        refuse(
            "a-",
            "`a-` is not a valid repository: invalid separator `-`, at character 2",
        );
        refuse(
            "a//b",
            "`a//b` is not a valid repository: invalid separator `/`, at character 3",
        );
        refuse(
            "/a",
            "`/a` is not a valid repository: invalid separator `/`, at character 1",
        );
        refuse(
            "a/",
            "`a/` is not a valid repository: invalid separator `/`, at character 3",
        );
    }

    #[test]
    fn only_lower_case_is_allowed() {
        refuse(
            "team/App",
            "`team/App` is not a valid repository: upper-case letter `A`, at character 6",
        );
        refuse(
            "a b",
            "`a b` is not a valid repository: white space, at character 2",
        );
        refuse(
            "a:b",
            "`a:b` is not a valid repository: invalid character `:`, at character 2",
        );
        refuse(
            "größe",
            "`größe` is not a valid repository: invalid character `ö`, at character 3",
        );
    }

    #[test]
    fn a_path_has_at_most_255_bytes() {
        check(&"a".repeat(255));
        let error = Repository::parse(&"a".repeat(256)).unwrap_err();
        assert!(
            error.to_string().contains("256 bytes, but at most 255"),
            "{error}"
        );
    }

    #[test]
    fn an_empty_path_is_refused() {
        refuse(
            "",
            "`` is not a valid repository: the repository is empty, at character 1",
        );
    }
}
