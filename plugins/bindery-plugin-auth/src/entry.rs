//! Settings of an `[[auth]]` entry, and the credential they refer to.

use std::ffi::OsString;
use std::path::PathBuf;

use bindery_plugin::{Credential, Error};
use serde::Deserialize;

use crate::file;

/// Settings of an `[[auth]]` entry.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Variable with `user:password`.
    env: Option<String>,
    /// File with `user:password`.
    file: Option<PathBuf>,
    /// Account.
    username: Option<String>,
    /// Variable with the account.
    username_env: Option<String>,
    /// Variable with the password.
    password_env: Option<String>,
    /// File with the password.
    password_file: Option<PathBuf>,
    /// Variable with a token for the registry's token server.
    identity_token_env: Option<String>,
    /// File with a token for the registry's token server.
    identity_token_file: Option<PathBuf>,
    /// Variable with a token for the registry.
    registry_token_env: Option<String>,
    /// File with a token for the registry.
    registry_token_file: Option<PathBuf>,
}

/// Function that looks up an environment variable.
type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;
/// Function that logs a warning.
type Warn<'a> = &'a dyn Fn(&str);

impl Entry {
    /// Reads the credential from the variables and files of the entry.
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
            (Some(_), Some(_)) => return Err(ambiguous()),
        };
        let secret = |variable_name, path: Option<PathBuf>| match (variable_name, path) {
            (None, None) => Ok(None),
            (Some(name), None) => Ok(Some(SecretSource::Variable(name))),
            (None, Some(path)) => Ok(Some(SecretSource::File(path))),
            (Some(_), Some(_)) => Err(ambiguous()),
        };
        let read = |source: SecretSource| match source {
            SecretSource::Variable(name) => variable(&name, env),
            SecretSource::File(path) => file::read(&path, warn),
        };
        let both = secret(both_env, both_file)?;
        let password = secret(self.password_env, self.password_file)?;
        let identity = secret(self.identity_token_env, self.identity_token_file)?;
        let registry = secret(self.registry_token_env, self.registry_token_file)?;
        match (both, account, password, identity, registry) {
            (Some(source), None, None, None, None) => {
                let name = source.name();
                pair(&read(source)?, &name)
            }
            (None, Some(account), Some(source), None, None) => {
                Ok(Credential::new(account?, read(source)?))
            }
            (None, None, None, Some(source), None) => Ok(Credential::identity_token(read(source)?)),
            (None, None, None, None, Some(source)) => Ok(Credential::registry_token(read(source)?)),
            _ => Err(ambiguous()),
        }
    }
}

/// Source of a secret.
enum SecretSource {
    Variable(String),
    File(PathBuf),
}

impl SecretSource {
    fn name(&self) -> String {
        match self {
            SecretSource::Variable(name) => format!("environment variable `{name}`"),
            SecretSource::File(path) => format!("file `{}`", path.display()),
        }
    }
}

/// Returns the text of a variable, which must be set.
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

/// Splits `user:password` at the first colon.
fn pair(text: &str, source: &str) -> Result<Credential, Error> {
    match text.split_once(':') {
        Some((account, password)) if !account.is_empty() && !password.is_empty() => {
            Ok(Credential::new(account, password))
        }
        _ => Err(
            Error::invalid(format!("{source} does not hold `user:password`"))
                .hint("put the account, a colon and the password there, on one line"),
        ),
    }
}

fn ambiguous() -> Error {
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
    fn a_token_needs_no_account() {
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
    fn missing_variables_are_named() {
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
    fn ambiguous_entries_are_refused() {
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
