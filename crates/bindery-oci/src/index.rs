//! What an index lists, and what an image says of its platform.

use std::collections::BTreeMap;

use bindery_reference::Digest;
use serde::Deserialize;

use crate::oci::platform::{Platform, Written};
use crate::oci::{Descriptor, Manifest, ManifestProblem, MediaType};

/// One line of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The manifest that it names.
    pub descriptor: Descriptor,
    /// Its platform, if the index says one that is known.
    pub platform: Option<Platform>,
    /// Its type as an artifact, if the index says one.
    pub artifact_type: Option<String>,
    /// What else is said of it.
    pub annotations: BTreeMap<String, String>,
    /// Whether the index says that it does not know the platform.
    is_unknown: bool,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    media_type: Option<String>,
    digest: String,
    size: Option<u64>,
    platform: Option<Written>,
    artifact_type: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Image {
    config: Line,
}

/// The annotation by which builders mark what is no image.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";

impl Entry {
    /// Whether it may be an image that runs, and not what a builder says of one.
    pub(crate) fn may_run(&self) -> bool {
        let is_attestation = self
            .annotations
            .get(REFERENCE_TYPE)
            .is_some_and(|kind| kind == "attestation-manifest");
        !is_attestation && !self.is_unknown
    }
}

impl Line {
    fn descriptor(&self) -> Result<Descriptor, ManifestProblem> {
        Ok(Descriptor {
            media_type: self.media_type.as_deref().map(MediaType::parse),
            digest: Digest::parse(&self.digest)
                .map_err(|error| ManifestProblem::NotOne(error.to_string()))?,
            size: self.size,
        })
    }
}

impl Manifest {
    /// What an index lists, in its order.
    ///
    /// # Errors
    ///
    /// If an entry is none.
    pub fn entries(&self) -> Result<Vec<Entry>, ManifestProblem> {
        let index: Index = read(&self.bytes)?;
        let entry = |line: Line| {
            let platform = line.platform.as_ref().and_then(Platform::from_written);
            Ok(Entry {
                descriptor: line.descriptor()?,
                is_unknown: line.platform.is_some() && platform.is_none(),
                platform,
                artifact_type: line.artifact_type.filter(|kind| is_printable(kind)),
                annotations: line
                    .annotations
                    .unwrap_or_default()
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
                    .collect(),
            })
        };
        index.manifests.into_iter().map(entry).collect()
    }

    /// The config of an image or artifact.
    ///
    /// # Errors
    ///
    /// If it names none.
    pub fn config(&self) -> Result<Descriptor, ManifestProblem> {
        read::<Image>(&self.bytes)?.config.descriptor()
    }

    /// The platform of a schema 1 image, which has no config.
    pub(crate) fn schema1_platform(&self) -> Option<Platform> {
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
        let written = read::<Written>(&self.bytes).ok()?;
        let newest = read::<Schema1>(&self.bytes)
            .ok()?
            .history
            .into_iter()
            .next();
        let inner = newest.and_then(|newest| read(newest.v1_compatibility.as_bytes()).ok());
        Platform::from_written(&Written::linux_unless(written, inner))
    }
}

/// The platform that an image's config names, if it names one.
pub(crate) fn config_platform(config: &[u8]) -> Option<Platform> {
    Platform::from_written(&read(config).ok()?)
}

/// Whether a text says something and may go to a terminal.
fn is_printable(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_control)
}

fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, ManifestProblem> {
    serde_json::from_slice(bytes).map_err(|error| ManifestProblem::NotOne(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn index(lines: &str) -> Result<Vec<Entry>, ManifestProblem> {
        let text = format!(r#"{{"manifests":[{lines}]}}"#).replace("DIGEST", DIGEST);
        Manifest::read(Some("application/vnd.oci.image.index.v1+json"), text.into())
            .unwrap()
            .entries()
    }

    #[track_caller]
    fn check(line: &str, platform: Option<&str>, may_run: bool) {
        let entry = index(line).unwrap().remove(0);
        let found = entry.platform.as_ref().map(ToString::to_string);
        assert_eq!(
            (found.as_deref(), entry.may_run()),
            (platform, may_run),
            "{line}"
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
    fn an_entry_without_a_digest_is_told() {
        assert!(matches!(index("{}"), Err(ManifestProblem::NotOne(_))));
        assert!(matches!(
            index(r#"{"digest":"sha256:12"}"#),
            Err(ManifestProblem::NotOne(_))
        ));
        assert_eq!(index(""), Ok(Vec::new()));
    }

    #[test]
    fn schema_1_names_its_platform_itself() {
        let read = |text: &str| {
            let manifest = Manifest::read(None, text.into()).unwrap();
            manifest
                .schema1_platform()
                .map(|platform| platform.to_string())
        };
        let plain = r#"{"fsLayers":[],"architecture":"amd64"}"#;
        assert_eq!(read(plain).as_deref(), Some("linux/amd64"));
        let windows = r#"{"fsLayers":[],"architecture":"amd64","history":[{"v1Compatibility":"{\"os\":\"windows\"}"}]}"#;
        assert_eq!(read(windows).as_deref(), Some("windows/amd64"));
        assert_eq!(read(r#"{"fsLayers":[]}"#), None);
    }
}
