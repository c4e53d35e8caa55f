//! Job keys: `cluster/role/env/name`.

use std::fmt;
use std::str::FromStr;

/// What names a job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobKey {
    /// Name of the cluster.
    pub cluster: String,
    /// Role: the account the job runs under.
    pub role: String,
    /// Environment, as in `prod`.
    pub environment: String,
    /// Name of the job.
    pub name: String,
}

/// A text that is no job key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not four parts.
    #[error("Invalid path '{0}'. path should be a string in the form CLUSTER/ROLE/ENV/NAME")]
    Shape(String),
    /// A part with characters that names may not have.
    #[error("Invalid {part} '{value}'")]
    Part {
        /// `role`, `env` or `name`.
        part: &'static str,
        /// The part's text.
        value: String,
    },
}

impl FromStr for JobKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let parts: Vec<&str> = text.split('/').collect();
        let [cluster, role, environment, name] = parts[..] else {
            return Err(KeyError::Shape(text.to_owned()));
        };
        for (part, value) in [("role", role), ("env", environment), ("name", name)] {
            if !is_identifier(value) {
                return Err(KeyError::Part {
                    part,
                    value: value.to_owned(),
                });
            }
        }
        Ok(JobKey {
            cluster: cluster.to_owned(),
            role: role.to_owned(),
            environment: environment.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// Letters, digits, `_`, `-` and `.`, all of ASCII; at least one. The scheduler takes no others.
pub(crate) fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl fmt::Display for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JobKey {
            cluster,
            role,
            environment,
            name,
        } = self;
        write!(f, "{cluster}/{role}/{environment}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_four_parts() {
        let key: JobKey = "west/www-data/prod/a.b_c".parse().unwrap();
        assert_eq!(key.to_string(), "west/www-data/prod/a.b_c");
        for (text, message) in [
            (
                "a/b/c",
                "Invalid path 'a/b/c'. path should be a string in the form CLUSTER/ROLE/ENV/NAME",
            ),
            ("a/b c/d/e", "Invalid role 'b c'"),
            ("a/b//e", "Invalid env ''"),
            ("a/b/c/e\n", "Invalid name 'e\n'"),
            ("a/b/c/café", "Invalid name 'café'"),
        ] {
            assert_eq!(text.parse::<JobKey>().unwrap_err().to_string(), message);
        }
    }
}
