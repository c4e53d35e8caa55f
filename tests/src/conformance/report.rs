//! Differences between an outcome and the expected one.

use std::fmt;

use super::json::Json;

/// One place where two outcomes differ.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Keys and positions from the top, as in `jobs[0].key`.
    pub(crate) path: String,
    /// Expected value; `None` if there should be none.
    pub(crate) expected: Option<Json>,
    /// Found value; `None` for a missing one.
    pub(crate) found: Option<Json>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.path,
            line(self.expected.as_ref()),
            line(self.found.as_ref())
        )
    }
}

/// Returns one line of at most 300 characters.
fn line(value: Option<&Json>) -> String {
    const LONGEST: usize = 300;
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Returns every place below `path` where two values differ.
pub(crate) fn differences(path: &str, expected: &Json, found: Option<&Json>) -> Vec<Difference> {
    match (expected, found) {
        (Json::Object(wanted), Some(Json::Object(given))) => {
            let mut all: Vec<Difference> = wanted
                .iter()
                .flat_map(|(key, value)| differences(&below(path, key), value, given.get(key)))
                .collect();
            let surplus = given.iter().filter(|(key, _)| !wanted.contains_key(*key));
            all.extend(surplus.map(|(key, value)| Difference {
                path: below(path, key),
                expected: None,
                found: Some(value.clone()),
            }));
            all
        }
        (Json::Array(wanted), Some(Json::Array(given))) if wanted.len() == given.len() => {
            let pairs = wanted.iter().zip(given).enumerate();
            pairs
                .flat_map(|(at, (wanted, given))| {
                    differences(&format!("{path}[{at}]"), wanted, Some(given))
                })
                .collect()
        }
        (expected, Some(found)) if expected == found => Vec::new(),
        (expected, found) => {
            vec![Difference {
                path: path.to_owned(),
                expected: Some(expected.clone()),
                found: found.cloned(),
            }]
        }
    }
}

/// Returns the path of a member.
pub(crate) fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, differences};

    #[track_caller]
    fn check(expected: &str, found: &str, lines: &[&str]) {
        let (expected, found) = (Json::parse(expected).unwrap(), Json::parse(found).unwrap());
        let given: Vec<String> = differences("", &expected, Some(&found))
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(given, lines);
    }

    #[test]
    fn equal_values_have_no_difference() {
        check(
            r#"{"a": [1, {"b": 2.0}]}"#,
            r#"{"a": [1, {"b": 2.0}]}"#,
            &[],
        );
    }

    #[test]
    fn each_place_is_named() {
        check(
            r#"{"a": [1, {"b": 2.0}], "c": null}"#,
            r#"{"a": [1, {"b": 2}], "d": 0}"#,
            &[
                "a[1].b: expected 2.0, found 2",
                "c: expected null, found nothing",
                "d: expected nothing, found 0",
            ],
        );
        check(
            r#"{"a": [1]}"#,
            r#"{"a": [1, 2]}"#,
            &["a: expected [1], found [1, 2]"],
        );
    }

    #[test]
    fn long_values_are_cut() {
        let long = format!("\"{}\"", "é".repeat(1000));
        let expected = Json::parse(&long).unwrap();
        let line = differences("a", &expected, None)[0].to_string();
        assert_eq!(
            line.chars().count(),
            "a: expected , found nothing".len() + 301
        );
    }
}
