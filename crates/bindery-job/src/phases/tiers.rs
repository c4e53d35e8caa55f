//! The scheduler's tiers, and what the original fills into a job from them.

use bindery_core::{Value, json};

/// The tiers of a scheduler, in the order of its file.
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

/// A text that is no `tiers.json`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    /// No JSON.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader met.
        message: String,
    },
    /// Something that the form asks for is missing or of another kind.
    #[error("`{key}` is missing or no {expected}")]
    Shape {
        /// Where, as in `tiers.preferred.revocable`.
        key: String,
        /// What it has to be.
        expected: &'static str,
    },
    /// The default is no tier.
    #[error("the default tier `{0}` is none of the tiers")]
    UnknownDefault(String),
}

impl Tiers {
    /// Reads the scheduler's own `tiers.json`: `{"default": NAME, "tiers": {NAME: {"preemptible": …, "revocable": …}}}`.
    ///
    /// # Errors
    ///
    /// If it has another form, or its default is none of its tiers.
    pub fn parse(text: &str) -> Result<Self, TiersError> {
        let document = json::parse(text).map_err(|error| TiersError::Json {
            line: error.line,
            column: error.column,
            message: error.message.to_owned(),
        })?;
        let default = document.entry("default").and_then(Value::as_str);
        let default = default.ok_or_else(|| shape("default", "text"))?;
        let Some(Value::Map(entries)) = document.entry("tiers") else {
            return Err(shape("tiers", "object"));
        };
        let tiers = entries
            .iter()
            .map(|(name, settings)| {
                let name = name.as_str().unwrap_or_default();
                let flag = |key: &str| match settings.entry(key) {
                    Some(Value::Boolean(flag)) => Ok(*flag),
                    _ => Err(shape(&format!("tiers.{name}.{key}"), "truth value")),
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

    /// The tier and the `production` that a job gets which has these.
    ///
    /// Without a tier it is the first that is not revocable and preemptible as the job is no production, else the default. With one,
    /// a job is production unless its tier is preemptible; of a tier that is not known it keeps what it has.
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

    /// Aurora's stock table.
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
    fn a_job_without_a_tier_gets_one_that_is_like_it() {
        check(None, true, ("preferred", true));
        check(None, false, ("preemptible", false));
    }

    #[test]
    fn a_tier_says_whether_a_job_is_production() {
        check(Some("preferred"), false, ("preferred", true));
        check(Some("revocable"), true, ("revocable", false));
        check(Some("other"), true, ("other", true));
    }

    #[test]
    fn another_form_is_refused() {
        let error = |text: &str| Tiers::parse(text).unwrap_err().to_string();
        assert_eq!(error("{}"), "`default` is missing or no text");
        assert_eq!(
            error(r#"{"default": "a", "tiers": {"a": {"preemptible": 1}}}"#),
            "`tiers.a.preemptible` is missing or no truth value"
        );
        assert_eq!(
            error(r#"{"default": "a", "tiers": {}}"#),
            "the default tier `a` is none of the tiers"
        );
    }
}
