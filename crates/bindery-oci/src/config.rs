//! Image config, as far as it names a platform.

use crate::manifest::{Manifest, parse};
use crate::media_type::MediaType;
use crate::platform::{Platform, PlatformFields};
use serde::Deserialize;

/// Config document of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageConfig {
    /// Bytes, exactly as they were sent.
    pub bytes: Vec<u8>,
}

impl ImageConfig {
    /// Returns whether a config of this media type belongs to an image, and not to an artifact.
    pub fn is_image(media_type: &MediaType) -> bool {
        matches!(
            media_type.as_str(),
            "application/vnd.oci.image.config.v1+json"
                | "application/vnd.docker.container.image.v1+json"
        )
    }

    /// Returns the platform of the image, if the config names a known one.
    pub fn platform(&self) -> Option<Platform> {
        Platform::from_fields(&parse(&self.bytes).ok()?)
    }
}

impl Manifest {
    /// Returns the platform of a schema 1 image, which has no config.
    pub fn schema1_platform(&self) -> Option<Platform> {
        #[derive(Deserialize)]
        struct Schema1 {
            #[serde(default)]
            history: Vec<History>,
        }
        #[derive(Deserialize)]
        struct History {
            #[serde(rename = "v1Compatibility")]
            v1_compatibility: String,
        }
        let outer = parse::<PlatformFields>(&self.bytes).ok()?;
        let document = parse::<Schema1>(&self.bytes).ok()?;
        let newest = document.history.into_iter().next();
        let inner = newest.and_then(|newest| parse(newest.v1_compatibility.as_bytes()).ok());
        Platform::from_fields(&PlatformFields::linux_unless(outer, inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_1_images_name_their_platform_themselves() {
        let platform = |text: &str| {
            let manifest = Manifest::parse(None, text.into()).unwrap();
            manifest
                .schema1_platform()
                .map(|platform| platform.to_string())
        };
        let plain = r#"{"fsLayers":[],"architecture":"amd64"}"#;
        assert_eq!(platform(plain).as_deref(), Some("linux/amd64"));
        let windows = r#"{"fsLayers":[],"architecture":"amd64","history":[{"v1Compatibility":"{\"os\":\"windows\"}"}]}"#;
        assert_eq!(platform(windows).as_deref(), Some("windows/amd64"));
        assert_eq!(platform(r#"{"fsLayers":[]}"#), None);
    }
}
