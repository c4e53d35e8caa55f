//! Matchers: patterns on refs.

use regex::Regex;

use crate::address::is_word;
use crate::{Component, Ref};

/// Pattern on the first components of a ref, step by step. Longer refs match by their first components.
#[derive(Clone, Debug)]
pub struct Matcher {
    steps: Vec<(Kind, Pattern)>,
}

/// Step of a [`Matcher`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Dereference that matches a regular expression; `None` matches any.
    Dereference(Option<String>),
    /// Index that matches a regular expression; `None` matches any.
    Index(Option<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dereference,
    Index,
}

#[derive(Clone, Debug)]
enum Pattern {
    Any,
    /// Pattern without special characters, compared as text.
    Literal(String),
    Regex(Regex),
}

/// Error for an invalid pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pattern `{pattern}` cannot be used: {reason}")]
pub struct PatternError {
    /// Pattern as given.
    pub pattern: String,
    /// Reason.
    pub reason: String,
}

const NO_NAME: &str = "it must begin with a name";

impl Matcher {
    /// Creates a pattern of these steps; the first must be a dereference.
    ///
    /// Anchors an expression with `^` and `$` where they are missing. An alternative therefore needs parentheses: `a|b` becomes
    /// `^a|b$` and matches every text that begins with `a` (Q36).
    ///
    /// # Errors
    ///
    /// If `steps` is empty, the first step is an index, or a regular expression does not compile.
    pub fn new(steps: &[Step]) -> Result<Self, PatternError> {
        if !matches!(steps.first(), Some(Step::Dereference(_))) {
            return Err(PatternError {
                pattern: format!("{steps:?}"),
                reason: NO_NAME.to_owned(),
            });
        }
        let steps = steps
            .iter()
            .map(|step| {
                let (kind, expression) = match step {
                    Step::Dereference(expression) => (Kind::Dereference, expression),
                    Step::Index(expression) => (Kind::Index, expression),
                };
                Ok((kind, Pattern::new(expression.as_deref())?))
            })
            .collect::<Result<_, PatternError>>()?;
        Ok(Matcher { steps })
    }

    /// Parses a pattern in the form of an address in which `*` matches any text: `docker.image[*][*]`.
    ///
    /// # Errors
    ///
    /// If the text is not a valid pattern.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        // An address cannot hold `*`, so a valid name replaces it while the address is parsed.
        const ANY: &str = "__any__";
        let bad = |reason: &str| PatternError {
            pattern: pattern.to_owned(),
            reason: reason.to_owned(),
        };
        if pattern.contains(ANY) {
            return Err(bad("`__any__` cannot be matched; use `*`"));
        }
        let address = Ref::from_address(&pattern.replace('*', ANY)).map_err(|_| {
            bad("write it like a ref, with `*` for any text, as in `docker.image[*][*]`")
        })?;
        if !matches!(address.components().next(), Some(Component::Dereference(_))) {
            return Err(bad(NO_NAME));
        }
        let expression = |text: &str| (text != ANY).then(|| regex::escape(text));
        let steps: Vec<Step> = address
            .components()
            .map(|component| match component {
                Component::Dereference(text) => Step::Dereference(expression(text)),
                Component::Index(text) => Step::Index(expression(text)),
            })
            .collect();
        Matcher::new(&steps)
    }

    /// Returns the number of components that the pattern compares.
    pub fn steps(&self) -> usize {
        self.steps.len()
    }

    /// Returns the part of the ref that matches; `None` if the ref is shorter or differs.
    pub fn matches(&self, reference: &Ref) -> Option<Ref> {
        let mut components = reference.components();
        for (kind, pattern) in &self.steps {
            let component = components.next()?;
            let same_kind = matches!(
                (kind, component),
                (Kind::Dereference, Component::Dereference(_)) | (Kind::Index, Component::Index(_))
            );
            if !same_kind || !pattern.matches(component.value()) {
                return None;
            }
        }
        reference.prefix(self.steps.len())
    }
}

impl Pattern {
    fn new(expression: Option<&str>) -> Result<Self, PatternError> {
        let Some(expression) = expression else {
            return Ok(Pattern::Any);
        };
        // Plain names need no regular expression; most runs match only plain names.
        if !expression.is_empty() && expression.chars().all(is_word) {
            return Ok(Pattern::Literal(expression.to_owned()));
        }
        let start = if expression.starts_with('^') { "" } else { "^" };
        let end = if expression.ends_with('$') { "" } else { "$" };
        // The original matches at the beginning of the text, also for alternatives.
        Regex::new(&format!(r"\A(?:{start}{expression}{end})"))
            .map(Pattern::Regex)
            .map_err(|error| PatternError {
                pattern: expression.to_owned(),
                reason: error.to_string(),
            })
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Any => true,
            Pattern::Literal(literal) => literal == text,
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, address: &str, expected: Option<(&str, &[&str])>) {
        let matcher = Matcher::parse(pattern).unwrap();
        let found = matcher.matches(&Ref::from_address(address).unwrap());
        let found = found.map(|matched| (matched.address().to_owned(), matched.parts()));
        let expected = expected.map(|(matched, parts)| {
            (
                matched.to_owned(),
                parts.iter().map(ToString::to_string).collect(),
            )
        });
        assert_eq!(found, expected, "{pattern} on {address}");
    }

    #[test]
    fn a_pattern_matches_the_first_components_of_a_ref() {
        check(
            "docker.image[*][*]",
            "docker.image[a/b][1.2]",
            Some(("docker.image[a/b][1.2]", &["docker", "image", "a/b", "1.2"])),
        );
        check(
            "docker.pinned[*][*]",
            "docker.pinned[a][b].tag",
            Some(("docker.pinned[a][b]", &["docker", "pinned", "a", "b"])),
        );
        check("docker.image[*][*]", "docker.image[a]", None);
        check("docker.image[*][*]", "docker.image[a].b", None);
        check("docker.image[*][*]", "docker.images[a][b]", None);
        check("p[1.2]", "p[1x2]", None);
    }

    #[test]
    fn q36_alternatives_are_not_grouped_when_an_expression_is_anchored() {
        let matcher = |e: &str| Matcher::new(&[Step::Dereference(Some(e.to_owned()))]).unwrap();
        let hits = |e: &str| -> Vec<&str> {
            let matcher = matcher(e);
            ["axx", "b", "bx", "xb", "a"]
                .into_iter()
                .filter(|a| matcher.matches(&Ref::from_address(a).unwrap()).is_some())
                .collect()
        };
        assert_eq!(hits("a|b"), ["axx", "b", "a"]);
        assert_eq!(hits("(?:a|b)"), ["b", "a"]);
        assert_eq!(hits("^b"), ["b"]);
    }

    #[test]
    fn invalid_patterns_are_refused() {
        for pattern in ["", "[*]", "a b", "docker.image[", "a.*.__any__"] {
            assert!(Matcher::parse(pattern).is_err(), "{pattern:?}");
        }
        let error = Matcher::parse("[*]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "pattern `[*]` cannot be used: it must begin with a name"
        );
        assert!(Matcher::new(&[Step::Dereference(Some("(".to_owned()))]).is_err());
        assert!(Matcher::new(&[Step::Index(None)]).is_err());
    }
}
