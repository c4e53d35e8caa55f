//! JSON form of credentials at the plugin interface.

use bindery_credentials::Credential;
use bindery_secret::Secret;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Returns the JSON form, which contains the secret.
pub(crate) fn to_json(credential: &Credential) -> Json {
    match credential {
        Credential::Basic { username, password } => {
            json!({"username": username, "password": password.expose()})
        }
        Credential::Identity { token } => json!({"identity_token": token.expose()}),
        Credential::Registry { token } => json!({"registry_token": token.expose()}),
    }
}

/// Reads the credential from a plugin; `None` if the JSON holds no credential, or more than one.
pub(crate) fn from_json(json: Json) -> Option<Credential> {
    #[derive(Deserialize)]
    struct Fields {
        username: Option<String>,
        password: Option<String>,
        identity_token: Option<String>,
        registry_token: Option<String>,
    }
    let fields = Fields::deserialize(json).ok()?;
    match (
        (fields.username, fields.password),
        fields.identity_token.map(Secret::from),
        fields.registry_token.map(Secret::from),
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
    fn a_credential_has_one_of_three_kinds() {
        check(
            json!({"username": "me", "password": "canary"}),
            Some("password"),
        );
        check(json!({"identity_token": "canary"}), Some("identity token"));
        check(json!({"registry_token": "canary"}), Some("registry token"));
    }

    #[test]
    fn ambiguous_json_is_not_a_credential() {
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
