//! Tiers of a scheduler, and the fields of a job that depend on them.

use bindery_core::{Value, json};

/// Tiers of a scheduler, in the order of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    default: String,
    tiers: Vec<Tier>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Tier {
    name: String,
    preemptible: bool,
    revocable: bool,
}

/// Error for a text that is not a valid `tiers.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    /// The text is not JSON.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// Message of the JSON reader.
        message: String,
    },
    /// A member is missing or has the wrong type.
    #[error("`{key}` is missing or not {expected}")]
    Shape {
        /// Path of the member, as in `tiers.preferred.revocable`.
        key: String,
        /// Required type, with its article.
        expected: &'static str,
    },
    /// The default is not one of the tiers.
    #[error("the default tier `{0}` is not one of the tiers")]
    UnknownDefault(String),
}

impl Tiers {
    /// Reads the scheduler's own `tiers.json`: `{"default": NAME, "tiers": {NAME: {"preemptible": …, "revocable": …}}}`.
    ///
    /// # Errors
    ///
    /// Fails if the text has another form or its default is not one of its tiers.
    pub fn parse(text: &str) -> Result<Self, TiersError> {
        let document = json::parse(text).map_err(|error| TiersError::Json {
            line: error.line,
            column: error.column,
            message: error.message.to_owned(),
        })?;
        let default = document.entry("default").and_then(Value::as_str);
        let default = default.ok_or_else(|| shape("default", "a string"))?;
        let Some(Value::Map(entries)) = document.entry("tiers") else {
            return Err(shape("tiers", "an object"));
        };
        let tiers = entries
            .iter()
            .map(|(name, settings)| {
                let name = name.as_str().unwrap_or_default();
                let flag = |key: &str| match settings.entry(key) {
                    Some(Value::Boolean(flag)) => Ok(*flag),
                    _ => Err(shape(&format!("tiers.{name}.{key}"), "a boolean")),
                };
                Ok(Tier {
                    name: name.to_owned(),
                    preemptible: flag("preemptible")?,
                    revocable: flag("revocable")?,
                })
            })
            .collect::<Result<Vec<_>, TiersError>>()?;
        if !tiers.iter().any(|tier| tier.name == default) {
            return Err(TiersError::UnknownDefault(default.to_owned()));
        }
        Ok(Tiers {
            default: default.to_owned(),
            tiers,
        })
    }

    /// Returns the tier and the `production` of a job that has `tier` and `production` in its file.
    ///
    /// A job without a tier gets the first tier that is not revocable, and preemptible unless the job is production; or else
    /// the default. A job with a tier is production unless its tier is preemptible; an unknown tier changes nothing.
    pub fn fill_in(&self, tier: Option<&str>, production: bool) -> (String, bool) {
        match tier {
            None => {
                let fits = |tier: &&Tier| !tier.revocable && tier.preemptible != production;
                let tier = self.tiers.iter().find(fits);
                let name = tier.map_or(&self.default, |tier| &tier.name);
                (name.clone(), production)
            }
            Some(name) => {
                let known = self.tiers.iter().find(|tier| tier.name == name);
                let production = known.map_or(production, |tier| !tier.preemptible);
                (name.to_owned(), production)
            }
        }
    }
}

fn shape(key: &str, expected: &'static str) -> TiersError {
    TiersError::Shape {
        key: key.to_owned(),
        expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Aurora's default table.
    const STOCK: &str = r#"{
      "default": "preemptible",
      "tiers": {
        "preferred": {"preemptible": false, "revocable": false},
        "preemptible": {"preemptible": true, "revocable": false},
        "revocable": {"preemptible": true, "revocable": true}
      }
    }"#;

    #[track_caller]
    fn check(tier: Option<&str>, production: bool, expected: (&str, bool)) {
        let filled = Tiers::parse(STOCK).unwrap().fill_in(tier, production);
        assert_eq!((&*filled.0, filled.1), expected);
    }

    #[test]
    fn a_job_without_a_tier_gets_a_fitting_one() {
        check(None, true, ("preferred", true));
        check(None, false, ("preemptible", false));
    }

    #[test]
    fn the_tier_decides_whether_a_job_is_production() {
        check(Some("preferred"), false, ("preferred", true));
        check(Some("revocable"), true, ("revocable", false));
        check(Some("other"), true, ("other", true));
    }

    #[test]
    fn other_forms_are_errors() {
        let error = |text: &str| Tiers::parse(text).unwrap_err().to_string();
        assert_eq!(error("{}"), "`default` is missing or not a string");
        assert_eq!(
            error(r#"{"default": "a", "tiers": {"a": {"preemptible": 1}}}"#),
            "`tiers.a.preemptible` is missing or not a boolean"
        );
        assert_eq!(
            error(r#"{"default": "a", "tiers": {}}"#),
            "the default tier `a` is not one of the tiers"
        );
    }
}
