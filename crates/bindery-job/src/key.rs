//! Job keys (`cluster/role/env/name`) and selections of jobs by parts of their keys.

use std::fmt;
use std::str::FromStr;

/// Name of a job: `cluster/role/env/name`.
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

/// Parts of a key that a job must have; an absent part matches every job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Name of the cluster.
    pub cluster: Option<String>,
    /// Role.
    pub role: Option<String>,
    /// Environment.
    pub environment: Option<String>,
    /// Name of the job.
    pub name: Option<String>,
}

/// Error for a text that is not a job key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text does not have four parts.
    #[error("Invalid path '{0}'. path should be a string in the form CLUSTER/ROLE/ENV/NAME")]
    Shape(String),
    /// A part is empty or has a character that names cannot have.
    #[error("Invalid {part} '{value}'")]
    Part {
        /// `role`, `env` or `name`.
        part: &'static str,
        /// Text of the part.
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

/// Returns whether the scheduler accepts the text as a role, environment or name: letters, digits, `_`, `-` and `.` of ASCII, at least
/// one.
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

impl From<JobKey> for Selection {
    fn from(key: JobKey) -> Self {
        Selection {
            cluster: Some(key.cluster),
            role: Some(key.role),
            environment: Some(key.environment),
            name: Some(key.name),
        }
    }
}

/// Writes the parts as in a key, with `*` for an absent one.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |part: &Option<String>| part.as_deref().unwrap_or("*").to_owned();
        let (cluster, role) = (part(&self.cluster), part(&self.role));
        let (environment, name) = (part(&self.environment), part(&self.name));
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

    #[test]
    fn absent_parts_of_a_selection_are_stars() {
        let mut selection = Selection::default();
        assert_eq!(selection.to_string(), "*/*/*/*");
        selection.name = Some("web".to_owned());
        assert_eq!(selection.to_string(), "*/*/*/web");
    }
}
