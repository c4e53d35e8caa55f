//! The settings of the source, and what they lead to.

use std::{ffi::OsString, path::PathBuf};

use bindery_plugin::{Credential, Error};
use serde::Deserialize;

use crate::file;

/// Where the account and its password are.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// A variable that holds `user:password`.
    env: Option<String>,
    /// A file that holds `user:password`.
    file: Option<PathBuf>,
    /// The account itself.
    username: Option<String>,
    /// A variable that holds the account.
    username_env: Option<String>,
    /// A variable that holds the password.
    password_env: Option<String>,
    /// A file that holds the password.
    password_file: Option<PathBuf>,
    /// A variable that holds a token for the registry's token server.
    identity_token_env: Option<String>,
    /// A file that holds such a token.
    identity_token_file: Option<PathBuf>,
    /// A variable that holds a token for the registry itself.
    registry_token_env: Option<String>,
    /// A file that holds such a token.
    registry_token_file: Option<PathBuf>,
}

/// Looks up an environment variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;
/// Takes a warning.
type Warn<'a> = &'a dyn Fn(&str);

impl Entry {
    /// Reads what the entry names.
    pub(crate) fn credential(
        self,
        env: Environment<'_>,
        warn: Warn<'_>,
    ) -> Result<Credential, Error> {
        let Self {
            env: both_env,
            file: both_file,
            username,
            username_env,
            ..
        } = self;
        let account = match (username, username_env) {
            (None, None) => None,
            (Some(name), None) => Some(Ok(name)),
            (None, Some(name)) => Some(variable(&name, env)),
            (Some(_), Some(_)) => return Err(unclear()),
        };
        let secret = |variable_name, path: Option<PathBuf>| match (variable_name, path) {
            (None, None) => Ok(None),
            (Some(name), None) => Ok(Some(Place::Variable(name))),
            (None, Some(path)) => Ok(Some(Place::File(path))),
            (Some(_), Some(_)) => Err(unclear()),
        };
        let read = |place: Place| match place {
            Place::Variable(name) => variable(&name, env),
            Place::File(path) => file::read(&path, warn),
        };
        let both = secret(both_env, both_file)?;
        let password = secret(self.password_env, self.password_file)?;
        let identity = secret(self.identity_token_env, self.identity_token_file)?;
        let registry = secret(self.registry_token_env, self.registry_token_file)?;
        match (both, account, password, identity, registry) {
            (Some(place), None, None, None, None) => {
                let name = place.name();
                pair(&read(place)?, &name)
            }
            (None, Some(account), Some(place), None, None) => {
                Ok(Credential::new(account?, read(place)?))
            }
            (None, None, None, Some(place), None) => Ok(Credential::identity_token(read(place)?)),
            (None, None, None, None, Some(place)) => Ok(Credential::registry_token(read(place)?)),
            _ => Err(unclear()),
        }
    }
}

/// Where a secret is.
enum Place {
    Variable(String),
    File(PathBuf),
}

impl Place {
    fn name(&self) -> String {
        match self {
            Place::Variable(name) => format!("environment variable `{name}`"),
            Place::File(path) => format!("file `{}`", path.display()),
        }
    }
}

/// The text of a variable, which must be there.
fn variable(name: &str, env: Environment<'_>) -> Result<String, Error> {
    match env(name).map(OsString::into_string) {
        Some(Ok(text)) if !text.is_empty() => Ok(text),
        Some(Ok(_)) => Err(Error::invalid(format!(
            "environment variable `{name}` is empty"
        ))),
        Some(Err(_)) => Err(Error::invalid(format!(
            "environment variable `{name}` is not UTF-8"
        ))),
        None => Err(Error::invalid(format!(
            "environment variable `{name}` is not set"
        ))),
    }
    .map_err(|error| {
        error.hint(format!(
            "set `{name}`, or change the `[[auth]]` entry that names it"
        ))
    })
}

/// Splits `user:password`; only a password may hold a colon.
fn pair(text: &str, place: &str) -> Result<Credential, Error> {
    match text.split_once(':') {
        Some((account, password)) if !account.is_empty() && !password.is_empty() => {
            Ok(Credential::new(account, password))
        }
        _ => Err(
            Error::invalid(format!("{place} does not hold `user:password`"))
                .hint("put the account, a colon and the password there, on one line"),
        ),
    }
}

fn unclear() -> Error {
    Error::invalid("the `[[auth]]` entry does not say clearly where account and password are").hint(
        "use `env`, or `file`, or one of `username` and `username_env` with one of `password_env` and `password_file`, or \
         `identity_token_env`, `identity_token_file`, `registry_token_env` or `registry_token_file` alone",
    )
}

#[cfg(test)]
mod tests {
    use bindery_plugin::{Json, json};

    use super::*;

    fn find(entry: Json) -> Result<Credential, Error> {
        let env = |name: &str| match name {
            "BOTH" => Some("me:hun:ter".into()),
            "USER" => Some("me".into()),
            "PASS" => Some("hun ter".into()),
            "EMPTY" => Some("".into()),
            _ => None,
        };
        let entry = Entry::deserialize(entry).map_err(|error| Error::invalid(error.to_string()))?;
        entry.credential(&env, &|warning| panic!("{warning}"))
    }

    #[track_caller]
    fn check(entry: Json, username: &str, password: &str) {
        assert_eq!(find(entry).unwrap(), Credential::new(username, password));
    }

    #[track_caller]
    fn check_error(entry: Json, message: &str) {
        let error = find(entry).unwrap_err();
        assert_eq!(error.message(), message);
        let all = format!("{error:?}");
        assert!(!all.contains("hun"), "a secret got into {all}");
        assert!(error.hint_text().is_some());
    }

    #[test]
    fn variables_hold_the_pair_or_its_halves() {
        check(json!({"env": "BOTH"}), "me", "hun:ter");
        check(
            json!({"username_env": "USER", "password_env": "PASS"}),
            "me",
            "hun ter",
        );
        check(
            json!({"username": "robot$ci", "password_env": "PASS"}),
            "robot$ci",
            "hun ter",
        );
    }

    #[test]
    fn a_token_stands_alone() {
        assert_eq!(
            find(json!({"identity_token_env": "PASS"})).unwrap(),
            Credential::identity_token("hun ter")
        );
        assert_eq!(
            find(json!({"registry_token_env": "PASS"})).unwrap(),
            Credential::registry_token("hun ter")
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "hun ter\n").unwrap();
        assert_eq!(
            find(json!({"identity_token_file": file.path()})).unwrap(),
            Credential::identity_token("hun ter")
        );
        check_error(
            json!({"registry_token_env": "GONE"}),
            "environment variable `GONE` is not set",
        );
    }

    #[test]
    fn what_is_not_there_is_named() {
        check_error(
            json!({"env": "GONE"}),
            "environment variable `GONE` is not set",
        );
        check_error(
            json!({"env": "EMPTY"}),
            "environment variable `EMPTY` is empty",
        );
        check_error(
            json!({"env": "USER"}),
            "environment variable `USER` does not hold `user:password`",
        );
        check_error(
            json!({"env": "PASS"}),
            "environment variable `PASS` does not hold `user:password`",
        );
    }

    #[test]
    fn entries_that_could_mean_two_things_are_refused() {
        for entry in [
            json!({}),
            json!({"env": "BOTH", "file": "/f"}),
            json!({"env": "BOTH", "username": "me"}),
            json!({"username": "me"}),
            json!({"password_env": "PASS"}),
            json!({"username": "me", "username_env": "USER", "password_env": "PASS"}),
            json!({"username": "me", "password_env": "PASS", "password_file": "/f"}),
            json!({"username": "me", "identity_token_env": "PASS"}),
            json!({"identity_token_env": "PASS", "identity_token_file": "/f"}),
            json!({"identity_token_env": "PASS", "registry_token_env": "PASS"}),
            json!({"env": "BOTH", "registry_token_env": "PASS"}),
        ] {
            let error = find(entry.clone()).unwrap_err();
            assert!(
                error.message().contains("does not say clearly"),
                "{entry}: {error}"
            );
        }
        let error = find(json!({"enw": "BOTH"})).unwrap_err();
        assert!(
            error.message().starts_with("unknown field `enw`"),
            "{error}"
        );
    }
}
