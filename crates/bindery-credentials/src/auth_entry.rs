//! Entries of `auths` in a Docker configuration.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bindery_secret::Secret;
use serde::Deserialize;

use crate::credential::Credential;

/// Base64 with optional padding: files contain both forms.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Entry in its JSON form. Ignores unknown fields, since programs add further ones.
#[derive(Deserialize)]
pub(crate) struct AuthEntry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
    #[serde(rename = "registrytoken")]
    registry_token: Option<String>,
}

impl AuthEntry {
    /// Returns the credential of the entry, or `None` if the entry is empty: then a helper stores the credential.
    ///
    /// # Errors
    ///
    /// A description of the invalid part, without its text.
    pub(crate) fn into_credential(self) -> Result<Option<Credential>, &'static str> {
        let token = |text: Option<String>| text.filter(|text| !text.is_empty()).map(Secret::from);
        if let Some(token) = token(self.registry_token) {
            return Ok(Some(Credential::Registry { token }));
        }
        if let Some(token) = token(self.identity_token) {
            return Ok(Some(Credential::Identity { token }));
        }
        if let Some(auth) = self.auth.filter(|auth| !auth.trim().is_empty()) {
            let decoded = BASE64
                .decode(auth.trim())
                .map_err(|_| "`auth` is not valid base64")?;
            let text = String::from_utf8(decoded).map_err(|_| "`auth` is not valid UTF-8")?;
            let (username, password) = text.split_once(':').ok_or("`auth` contains no colon")?;
            if username.is_empty() {
                return Err("`auth` contains no user name");
            }
            return Ok(Some(Credential::Basic {
                username: username.to_owned(),
                password: Secret::new(password.trim_matches('\0')),
            }));
        }
        match (self.username, self.password) {
            (Some(username), Some(password)) if !username.is_empty() => {
                Ok(Some(Credential::Basic {
                    username,
                    password: Secret::from(password),
                }))
            }
            _ => Ok(None),
        }
    }
}
