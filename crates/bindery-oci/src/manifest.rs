//! A manifest as a registry sent it: what kind it is, and what its digest is over.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bindery_reference::Digest;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::oci::hash::{UnknownAlgorithm, digest_of};
use crate::oci::media_type::MediaType;

/// A manifest whose kind is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// What kind it is.
    pub media_type: MediaType,
    /// The bytes, exactly as they were sent.
    pub bytes: Vec<u8>,
}

/// Why bytes are no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestProblem {
    /// They are no JSON object, or one of another shape.
    #[error("the answer is no manifest ({0})")]
    NotOne(String),
    /// The answer's header and the document disagree about its kind.
    #[error("the answer says it is `{told}`, the document says `{written}`")]
    Contradiction {
        /// The `Content-Type`.
        told: MediaType,
        /// The `mediaType` in the document.
        written: MediaType,
    },
    /// It has both `manifests` and `layers`: different readers would take it for different images (CVE-2021-41190).
    #[error("the document is both an index and an image")]
    Ambiguous,
    /// A signed schema 1 manifest whose signature does not tell where its payload ends.
    #[error("the signatures of the schema 1 manifest cannot be told from its payload")]
    Signatures,
    /// Its digest is by an algorithm that cannot be computed here.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
}

/// As much of a manifest as tells its kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    media_type: Option<String>,
    manifests: Option<Vec<IgnoredAny>>,
    layers: Option<Vec<IgnoredAny>>,
    config: Option<IgnoredAny>,
    fs_layers: Option<Vec<IgnoredAny>>,
    signatures: Option<Vec<Signature>>,
}

#[derive(Deserialize)]
struct Signature {
    protected: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Protected {
    format_length: usize,
    format_tail: String,
}

impl Manifest {
    /// Tells what `bytes` are, which came with this `Content-Type`.
    ///
    /// A generic or missing type is made up for by the document's own `mediaType`, else by its shape.
    ///
    /// # Errors
    ///
    /// If the bytes are no manifest, or two different ones at once.
    pub fn read(content_type: Option<&str>, bytes: Vec<u8>) -> Result<Self, ManifestProblem> {
        let told = MediaType::parse(content_type.unwrap_or_default());
        if !told.is_manifest() && !told.is_generic() {
            return Err(ManifestProblem::NotOne(format!("it is `{told}`")));
        }
        let shape: Shape = serde_json::from_slice(&bytes)
            .map_err(|error| ManifestProblem::NotOne(error.to_string()))?;
        if shape.manifests.is_some() && (shape.layers.is_some() || shape.fs_layers.is_some()) {
            return Err(ManifestProblem::Ambiguous);
        }
        let written = shape.media_type.as_deref().map(MediaType::parse);
        let media_type = match (told.is_manifest(), written) {
            (true, Some(written)) if written != told => {
                return Err(ManifestProblem::Contradiction { told, written });
            }
            (true, _) => told,
            (false, Some(written)) => written,
            (false, None) if shape.manifests.is_some() => MediaType::OciIndex,
            (false, None) if shape.layers.is_some() && shape.config.is_some() => {
                MediaType::OciManifest
            }
            (false, None) if shape.fs_layers.is_some() && shape.signatures.is_some() => {
                MediaType::DockerSchema1Signed
            }
            (false, None) if shape.fs_layers.is_some() => MediaType::DockerSchema1,
            (false, None) => {
                return Err(ManifestProblem::NotOne(
                    "it lists neither manifests nor layers".into(),
                ));
            }
        };
        Ok(Self { media_type, bytes })
    }

    /// The manifest's digest by `algorithm`: over its bytes, but for a signed schema 1 manifest over its payload alone.
    ///
    /// # Errors
    ///
    /// If the algorithm is unknown, or the payload cannot be found.
    pub fn digest(&self, algorithm: &str) -> Result<Digest, ManifestProblem> {
        match self.media_type {
            MediaType::DockerSchema1Signed => Ok(digest_of(algorithm, &self.schema1_payload()?)?),
            _ => Ok(digest_of(algorithm, &self.bytes)?),
        }
    }

    /// What the signatures of a schema 1 manifest are over: the first bytes of the document, and an end that each signature
    /// carries, as the document had to be opened to put the signatures in.
    fn schema1_payload(&self) -> Result<Vec<u8>, ManifestProblem> {
        let read = || {
            let shape: Shape = serde_json::from_slice(&self.bytes).ok()?;
            let signatures = shape.signatures.unwrap_or_default();
            let Some(signature) = signatures.first() else {
                return Some(self.bytes.clone());
            };
            let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
            let protected: Protected =
                serde_json::from_slice(&decode(&signature.protected)?).ok()?;
            let mut payload = self.bytes.get(..protected.format_length)?.to_vec();
            payload.extend(decode(&protected.format_tail)?);
            Some(payload)
        };
        read().ok_or(ManifestProblem::Signatures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    const JSON: &str = "application/json; charset=utf-8";

    #[track_caller]
    fn check(content_type: Option<&str>, body: &str, expected: MediaType) {
        let manifest = Manifest::read(content_type, body.into()).unwrap();
        assert_eq!(manifest.media_type, expected);
    }

    #[track_caller]
    fn refuse(content_type: &str, body: &str, message: &str) {
        let problem = Manifest::read(Some(content_type), body.into()).unwrap_err();
        assert!(problem.to_string().contains(message), "{problem}");
    }

    #[test]
    fn the_content_type_tells_the_kind() {
        check(Some(INDEX), r#"{"manifests":[]}"#, MediaType::OciIndex);
        check(Some(INDEX), "{}", MediaType::OciIndex);
    }

    #[test]
    fn a_generic_type_is_made_up_for() {
        let written = format!(r#"{{"mediaType":"{INDEX}"}}"#);
        for generic in [
            None,
            Some(JSON),
            Some("text/plain"),
            Some("application/octet-stream"),
        ] {
            check(generic, &written, MediaType::OciIndex);
            check(generic, r#"{"manifests":[{}]}"#, MediaType::OciIndex);
            check(
                generic,
                r#"{"layers":[],"config":{}}"#,
                MediaType::OciManifest,
            );
            check(generic, r#"{"fsLayers":[]}"#, MediaType::DockerSchema1);
            check(
                generic,
                r#"{"fsLayers":[],"signatures":[]}"#,
                MediaType::DockerSchema1Signed,
            );
        }
        check(
            None,
            r#"{"mediaType":"application/x-new"}"#,
            MediaType::Other("application/x-new".into()),
        );
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        refuse("text/html", "<html>", "it is `text/html`");
        refuse(JSON, "<html>", "no manifest");
        refuse(JSON, "{}", "neither manifests nor layers");
        refuse(JSON, "[]", "no manifest");
        refuse(JSON, r#"{"manifests":3}"#, "no manifest");
    }

    #[test]
    fn documents_that_say_two_things_are_refused() {
        refuse(
            INDEX,
            r#"{"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#,
            "the document says `application/vnd.oci.image.manifest.v1+json`",
        );
        refuse(
            INDEX,
            r#"{"manifests":[],"layers":[]}"#,
            "both an index and an image",
        );
    }

    #[test]
    fn the_digest_is_over_the_exact_bytes() {
        let manifest = Manifest::read(Some(INDEX), b"{ \"manifests\": [] }\n".to_vec()).unwrap();
        assert_eq!(
            manifest.digest("sha256").unwrap(),
            digest_of("sha256", &manifest.bytes).unwrap()
        );
        assert_eq!(manifest.digest("sha512").unwrap().algorithm(), "sha512");
        assert!(matches!(
            manifest.digest("crc32"),
            Err(ManifestProblem::Algorithm(_))
        ));
    }

    #[test]
    fn the_digest_of_schema_1_leaves_the_signatures_out() {
        let payload = "{\n   \"name\": \"a\",\n   \"fsLayers\": []\n}";
        let length = payload.len() - 2;
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let protected = encode(&format!(
            r#"{{"formatLength":{length},"formatTail":"{}"}}"#,
            encode("\n}")
        ));
        let signed = format!(
            "{},\n   \"signatures\": [{{\"protected\": \"{protected}\"}}]\n}}",
            &payload[..length]
        );
        let read = |text: String| {
            let kind = "application/vnd.docker.distribution.manifest.v1+prettyjws";
            Manifest::read(Some(kind), text.into_bytes()).unwrap()
        };
        let expected = digest_of("sha256", payload.as_bytes()).unwrap();
        assert_eq!(read(signed).digest("sha256").unwrap(), expected);
        assert_eq!(read(payload.to_owned()).digest("sha256").unwrap(), expected);

        let broken = r#"{"fsLayers":[],"signatures":[{"protected":"?"}]}"#.to_owned();
        assert_eq!(
            read(broken).digest("sha256"),
            Err(ManifestProblem::Signatures)
        );
        let beyond = encode(r#"{"formatLength":99999,"formatTail":""}"#);
        let beyond = format!(r#"{{"fsLayers":[],"signatures":[{{"protected":"{beyond}"}}]}}"#);
        assert_eq!(
            read(beyond).digest("sha256"),
            Err(ManifestProblem::Signatures)
        );
    }
}
