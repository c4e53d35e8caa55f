//! One entry of `auths`, as it is written and as what it says.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bindery_secret::Secret;
use serde::Deserialize;

use crate::credential::Credential;

/// Base64 with or without padding: files have either.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An entry as it is written. Programs add fields of their own, so unknown ones are passed over.
#[derive(Deserialize)]
pub(crate) struct Written {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    #[serde(rename = "identitytoken")]
    identity_token: Option<String>,
    #[serde(rename = "registrytoken")]
    registry_token: Option<String>,
}

impl Written {
    /// What the entry says; `None` if it is empty, which tells that a helper has the credential.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without the text that is wrong.
    pub(crate) fn read(self) -> Result<Option<Credential>, &'static str> {
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
                .map_err(|_| "`auth` is no base64")?;
            let text = String::from_utf8(decoded).map_err(|_| "`auth` holds no text")?;
            let (username, password) = text.split_once(':').ok_or("`auth` holds no colon")?;
            if username.is_empty() {
                return Err("`auth` holds no user name");
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
