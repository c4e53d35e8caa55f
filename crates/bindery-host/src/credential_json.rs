//! A credential as the JSON that crosses the boundary.

use bindery_credentials::Credential;
use bindery_secret::Secret;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// What crosses the boundary: the secret itself is in it.
pub(crate) fn to_json(credential: &Credential) -> Json {
    match credential {
        Credential::Basic { username, password } => {
            json!({"username": username, "password": password.expose()})
        }
        Credential::Identity { token } => json!({"identity_token": token.expose()}),
        Credential::Registry { token } => json!({"registry_token": token.expose()}),
    }
}

/// The credential that a plugin gave; `None` if it is none, or more than one.
pub(crate) fn from_json(json: Json) -> Option<Credential> {
    #[derive(Deserialize)]
    struct Written {
        username: Option<String>,
        password: Option<String>,
        identity_token: Option<String>,
        registry_token: Option<String>,
    }
    let written = Written::deserialize(json).ok()?;
    match (
        (written.username, written.password),
        written.identity_token.map(Secret::from),
        written.registry_token.map(Secret::from),
    ) {
        ((Some(username), Some(password)), None, None) => Some(Credential::Basic {
            username,
            password: Secret::from(password),
        }),
        ((None, None), Some(token), None) => Some(Credential::Identity { token }),
        ((None, None), None, Some(token)) => Some(Credential::Registry { token }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: Json, kind: Option<&str>) {
        let found = from_json(json.clone());
        assert_eq!(found.as_ref().map(Credential::kind), kind, "from {json}");
        if let Some(found) = found {
            assert_eq!(to_json(&found), json);
            assert!(!format!("{found:?}").contains("canary"));
        }
    }

    #[test]
    fn a_credential_is_one_of_three_kinds() {
        check(
            json!({"username": "me", "password": "canary"}),
            Some("password"),
        );
        check(json!({"identity_token": "canary"}), Some("identity token"));
        check(json!({"registry_token": "canary"}), Some("registry token"));
    }

    #[test]
    fn what_could_mean_two_things_is_none() {
        check(json!({}), None);
        check(json!("canary"), None);
        check(json!({"username": "me"}), None);
        check(json!({"password": "canary"}), None);
        check(json!({"username": "me", "identity_token": "canary"}), None);
        check(json!({"username": "me", "password": 5}), None);
        check(
            json!({"identity_token": "canary", "registry_token": "canary"}),
            None,
        );
    }
}
