//! Saved tokens.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bindery_credentials::Credential;
use bindery_secret::Secret;
use bindery_token::{ScopeSet, TokenResponse};
use serde::{Deserialize, Serialize};

use crate::cache::clock::now;
use crate::cache::entry_names::LazyEntryNames;
use crate::cache::folder::{Bounds, Folder};

/// Maximum time for which a token is saved, so that a token does not last because the clock was wrong.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Minimum remaining lifetime of a token that is used.
const MIN_LIFETIME: Duration = Duration::from_secs(10);

const BOUNDS: Bounds = Bounds {
    entries: 2_048,
    bytes: 16 << 20,
};

/// Tokens that earlier runs have received.
pub(crate) struct SavedTokens {
    folder: Option<Folder>,
    names: Option<Arc<LazyEntryNames>>,
}

/// Purpose of a token, and the credential it was issued for.
pub(crate) struct TokenPurpose<'a> {
    pub(crate) realm: &'a str,
    pub(crate) service: Option<&'a str>,
    pub(crate) scopes: &'a ScopeSet,
    pub(crate) credential: Option<&'a Credential>,
}

/// File of a token, readable only by this user.
#[derive(Serialize, Deserialize)]
struct SavedToken {
    token: String,
    /// Time when the token expires, in seconds since 1970.
    ends: u64,
}

impl SavedTokens {
    pub(super) fn new(root: Option<&Path>, names: Option<Arc<LazyEntryNames>>) -> Self {
        Self {
            folder: root.map(|root| Folder::new(root.join("tokens"), BOUNDS)),
            names,
        }
    }

    /// Returns the token for this purpose, unless it has expired. Removes an expired token.
    pub(crate) fn load(&self, purpose: &TokenPurpose<'_>) -> Option<TokenResponse> {
        let folder = self.folder.as_ref()?;
        let name = self.file_name(purpose)?;
        let saved: SavedToken = serde_json::from_slice(&folder.read(&name)?).ok()?;
        let lifetime = Duration::from_secs(saved.ends.saturating_sub(now()?));
        if !(MIN_LIFETIME..=MAX_LIFETIME).contains(&lifetime) || saved.token.is_empty() {
            folder.remove(&name);
            return None;
        }
        Some(TokenResponse {
            token: Secret::from(saved.token),
            lifetime,
            refresh_token: None,
        })
    }

    /// Saves a token.
    pub(crate) fn save(&self, purpose: &TokenPurpose<'_>, token: &Secret, lifetime: Duration) {
        let Some(folder) = &self.folder else { return };
        if let (Some(name), Some(now)) = (self.file_name(purpose), now()) {
            let saved = SavedToken {
                token: token.expose().to_owned(),
                ends: now + lifetime.min(MAX_LIFETIME).as_secs(),
            };
            folder.write_json(&name, &saved);
        }
    }

    /// Returns the file name, which reveals neither the credential nor the scopes.
    fn file_name(&self, purpose: &TokenPurpose<'_>) -> Option<String> {
        let (kind, username, secret) = match purpose.credential {
            None => ("anonymous", "", ""),
            Some(Credential::Basic { username, password }) => {
                ("basic", username.as_str(), password.expose())
            }
            Some(Credential::Identity { token }) => ("identity", "", token.expose()),
            // A token that the keychain returns is not fetched.
            Some(_) => return None,
        };
        let has_service = purpose.service.map_or("", |_| "service");
        let fields = [
            "token",
            purpose.realm,
            has_service,
            purpose.service.unwrap_or_default(),
            &purpose.scopes.to_string(),
            kind,
            username,
            secret,
        ];
        Some(self.names.as_ref()?.get()?.name(&fields))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn tokens(root: &Path) -> SavedTokens {
        let names = Arc::new(LazyEntryNames::new(root.into()));
        SavedTokens::new(Some(root), Some(names))
    }

    fn purpose<'a>(scopes: &'a ScopeSet, credential: Option<&'a Credential>) -> TokenPurpose<'a> {
        TokenPurpose {
            realm: "https://h/token",
            service: Some("s"),
            scopes,
            credential,
        }
    }

    fn text(response: Option<TokenResponse>) -> Option<String> {
        response.map(|response| response.token.expose().to_owned())
    }

    #[test]
    fn a_token_is_only_for_its_scope_and_credential() {
        let root = tempfile::tempdir().unwrap();
        let tokens = tokens(root.path());
        let basic = |username: &str, password| Credential::Basic {
            username: username.into(),
            password: Secret::new(password),
        };
        let alice = basic("alice", "a");
        let scopes = ScopeSet::parse("a");
        let minute = Duration::from_secs(60);
        tokens.save(&purpose(&scopes, Some(&alice)), &Secret::new("t"), minute);
        let load = |scope, credential: Option<&Credential>| {
            text(tokens.load(&purpose(&ScopeSet::parse(scope), credential)))
        };
        assert_eq!(load("a", Some(&alice)).as_deref(), Some("t"));
        assert_eq!(load("b", Some(&alice)), None);
        assert_eq!(load("a", Some(&basic("alice", "b"))), None);
        assert_eq!(load("a", Some(&basic("bob", "a"))), None);
        assert_eq!(load("a", None), None);
    }

    #[test]
    fn tokens_expire_and_implausible_times_are_ignored() {
        let root = tempfile::tempdir().unwrap();
        let tokens = tokens(root.path());
        let scopes = ScopeSet::parse("a");
        let purpose = purpose(&scopes, None);
        let file = root.path().join("tokens");
        let file = file.join(tokens.file_name(&purpose).unwrap());
        let load_with_end = |ends: u64| {
            let minute = Duration::from_secs(60);
            tokens.save(&purpose, &Secret::new("t"), minute);
            fs::write(&file, format!(r#"{{"token":"t","ends":{ends}}}"#)).unwrap();
            text(tokens.load(&purpose))
        };
        let now = now().unwrap();
        assert_eq!(load_with_end(now + 100).as_deref(), Some("t"));
        assert_eq!(load_with_end(now + 2), None);
        assert!(!file.exists(), "an expired token is removed");
        assert_eq!(load_with_end(now + 1_000_000), None);
        let longest = Duration::from_secs(u64::MAX);
        tokens.save(&purpose, &Secret::new("t"), longest);
        assert_eq!(text(tokens.load(&purpose)).as_deref(), Some("t"));
        fs::write(&file, "canary").unwrap();
        assert_eq!(text(tokens.load(&purpose)), None);
    }
}
