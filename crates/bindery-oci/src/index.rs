//! Entries of an index, and the config descriptor of an image.

use std::collections::BTreeMap;

use bindery_reference::Digest;
use serde::Deserialize;

use crate::descriptor::Descriptor;
use crate::manifest::{Manifest, ManifestError, parse};
use crate::media_type::MediaType;
use crate::platform::{Platform, PlatformFields};

/// Entry of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Descriptor of the manifest.
    pub descriptor: Descriptor,
    /// Platform, if the entry names a known one.
    pub platform: Option<Platform>,
    /// Artifact type, if the entry has one.
    pub artifact_type: Option<String>,
    /// Annotations whose values are strings.
    pub annotations: BTreeMap<String, String>,
    /// Whether the entry has a platform that is not a known one, as in `unknown/unknown`.
    has_unknown_platform: bool,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<DescriptorFields>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescriptorFields {
    media_type: Option<String>,
    digest: String,
    size: Option<u64>,
    platform: Option<PlatformFields>,
    artifact_type: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Image {
    config: DescriptorFields,
}

/// Annotation with which builders mark manifests that are not images.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";

impl IndexEntry {
    /// Returns whether the entry may be an image that runs, and not an attestation by its builder.
    pub fn may_run(&self) -> bool {
        let is_attestation = self
            .annotations
            .get(REFERENCE_TYPE)
            .is_some_and(|kind| kind == "attestation-manifest");
        !is_attestation && !self.has_unknown_platform
    }
}

impl DescriptorFields {
    fn descriptor(&self) -> Result<Descriptor, ManifestError> {
        Ok(Descriptor {
            media_type: self.media_type.as_deref().map(MediaType::parse),
            digest: Digest::parse(&self.digest)
                .map_err(|error| ManifestError::Malformed(error.to_string()))?,
            size: self.size,
        })
    }
}

impl Manifest {
    /// Returns the entries of an index, in their order.
    ///
    /// # Errors
    ///
    /// If the document is not an index, or an entry has no valid digest.
    pub fn entries(&self) -> Result<Vec<IndexEntry>, ManifestError> {
        let index: Index = parse(&self.bytes)?;
        let entry = |fields: DescriptorFields| {
            let platform = fields.platform.as_ref().and_then(Platform::from_fields);
            Ok(IndexEntry {
                descriptor: fields.descriptor()?,
                has_unknown_platform: fields.platform.is_some() && platform.is_none(),
                platform,
                artifact_type: fields.artifact_type.filter(|kind| is_printable(kind)),
                annotations: fields
                    .annotations
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                    .collect(),
            })
        };
        index.manifests.into_iter().map(entry).collect()
    }

    /// Returns the descriptor of the config of an image or artifact.
    ///
    /// # Errors
    ///
    /// If the manifest has no config, or its descriptor has no valid digest.
    pub fn config(&self) -> Result<Descriptor, ManifestError> {
        parse::<Image>(&self.bytes)?.config.descriptor()
    }
}

/// Returns whether `text` is not empty and safe to print on a terminal.
fn is_printable(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn index(entries: &str) -> Result<Vec<IndexEntry>, ManifestError> {
        let text = format!(r#"{{"manifests":[{entries}]}}"#).replace("DIGEST", DIGEST);
        Manifest::parse(Some("application/vnd.oci.image.index.v1+json"), text.into())
            .unwrap()
            .entries()
    }

    #[track_caller]
    fn check(entry: &str, platform: Option<&str>, may_run: bool) {
        let parsed = index(entry).unwrap().remove(0);
        let found = parsed.platform.as_ref().map(ToString::to_string);
        assert_eq!(
            (found.as_deref(), parsed.may_run()),
            (platform, may_run),
            "{entry}"
        );
    }

    #[test]
    fn attestations_and_unknown_platforms_do_not_run() {
        let amd64 = r#""platform":{"os":"linux","architecture":"amd64"}"#;
        check(
            &format!(r#"{{"digest":"DIGEST",{amd64}}}"#),
            Some("linux/amd64"),
            true,
        );
        check(r#"{"digest":"DIGEST"}"#, None, true);
        check(
            r#"{"digest":"DIGEST","platform":{"os":"unknown","architecture":"unknown"}}"#,
            None,
            false,
        );
        check(
            &format!(
                r#"{{"digest":"DIGEST",{amd64},"annotations":{{"vnd.docker.reference.type":"attestation-manifest","n":1}}}}"#
            ),
            Some("linux/amd64"),
            false,
        );
    }

    #[test]
    fn an_entry_without_a_valid_digest_is_an_error() {
        assert!(matches!(index("{}"), Err(ManifestError::Malformed(_))));
        assert!(matches!(
            index(r#"{"digest":"sha256:12"}"#),
            Err(ManifestError::Malformed(_))
        ));
        assert_eq!(index(""), Ok(Vec::new()));
    }
}
