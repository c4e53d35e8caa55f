//! Manifest: its media type, its bytes, and the bytes that its digest covers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bindery_reference::Digest;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::digest::{UnsupportedAlgorithm, digest_of};
use crate::media_type::MediaType;

/// Manifest or index of a known media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Media type.
    pub media_type: MediaType,
    /// Bytes, exactly as they were sent.
    pub bytes: Vec<u8>,
}

/// Error for bytes that are not a valid manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The bytes are not a JSON object with the members of a manifest.
    #[error("the response is not a manifest ({0})")]
    Malformed(String),
    /// The `Content-Type` header and the document disagree about the media type.
    #[error("the Content-Type is `{content_type}`, but the document says `{document}`")]
    MediaTypeMismatch {
        /// Media type in the `Content-Type` header.
        content_type: MediaType,
        /// `mediaType` of the document.
        document: MediaType,
    },
    /// The document has both `manifests` and `layers`: two readers could take it for different images (CVE-2021-41190).
    #[error("the document is both an index and an image")]
    Ambiguous,
    /// The signature of a schema 1 manifest does not say where the payload ends.
    #[error("cannot separate the signatures of the schema 1 manifest from its payload")]
    Signatures,
    /// The digest uses an unsupported algorithm.
    #[error(transparent)]
    Algorithm(#[from] UnsupportedAlgorithm),
}

/// Members of a manifest that determine its media type.
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
    /// Determines the media type of `bytes`, which arrived with this `Content-Type`.
    ///
    /// If the header is missing or generic, the `mediaType` of the document decides, then the members it has.
    ///
    /// # Errors
    ///
    /// If the bytes are not a manifest, or could be read as two different ones.
    pub fn parse(content_type: Option<&str>, bytes: Vec<u8>) -> Result<Self, ManifestError> {
        let content_type = MediaType::parse(content_type.unwrap_or_default());
        if !content_type.is_manifest() && !content_type.is_generic() {
            return Err(ManifestError::Malformed(format!(
                "its media type is `{content_type}`"
            )));
        }
        let shape: Shape = parse(&bytes)?;
        if shape.manifests.is_some() && (shape.layers.is_some() || shape.fs_layers.is_some()) {
            return Err(ManifestError::Ambiguous);
        }
        let document = shape.media_type.as_deref().map(MediaType::parse);
        let media_type = match (content_type.is_manifest(), document) {
            (true, Some(document)) if document != content_type => {
                return Err(ManifestError::MediaTypeMismatch {
                    content_type,
                    document,
                });
            }
            (true, _) => content_type,
            (false, Some(document)) => document,
            (false, None) if shape.manifests.is_some() => MediaType::OciIndex,
            (false, None) if shape.layers.is_some() && shape.config.is_some() => {
                MediaType::OciManifest
            }
            (false, None) if shape.fs_layers.is_some() && shape.signatures.is_some() => {
                MediaType::DockerSchema1Signed
            }
            (false, None) if shape.fs_layers.is_some() => MediaType::DockerSchema1,
            (false, None) => {
                return Err(ManifestError::Malformed(
                    "it lists neither manifests nor layers".into(),
                ));
            }
        };
        Ok(Self { media_type, bytes })
    }

    /// Returns the digest by `algorithm`. It covers all bytes, except in a signed schema 1 manifest, where it covers the payload.
    ///
    /// # Errors
    ///
    /// If the algorithm is unsupported, or the payload cannot be found.
    pub fn digest(&self, algorithm: &str) -> Result<Digest, ManifestError> {
        match self.media_type {
            MediaType::DockerSchema1Signed => Ok(digest_of(algorithm, &self.schema1_payload()?)?),
            _ => Ok(digest_of(algorithm, &self.bytes)?),
        }
    }

    /// Returns the signed payload of a schema 1 manifest: the document before the signatures were inserted.
    ///
    /// Each signature holds the length of the part before the insertion, and the tail that the insertion replaced.
    fn schema1_payload(&self) -> Result<Vec<u8>, ManifestError> {
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
        read().ok_or(ManifestError::Signatures)
    }
}

/// Parses the members that `T` needs from a document.
pub(crate) fn parse<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, ManifestError> {
    serde_json::from_slice(bytes).map_err(|error| ManifestError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    const JSON: &str = "application/json; charset=utf-8";

    #[track_caller]
    fn check(content_type: Option<&str>, body: &str, expected: MediaType) {
        let manifest = Manifest::parse(content_type, body.into()).unwrap();
        assert_eq!(manifest.media_type, expected);
    }

    #[track_caller]
    fn refuse(content_type: &str, body: &str, message: &str) {
        let problem = Manifest::parse(Some(content_type), body.into()).unwrap_err();
        assert!(problem.to_string().contains(message), "{problem}");
    }

    #[test]
    fn the_content_type_decides() {
        check(Some(INDEX), r#"{"manifests":[]}"#, MediaType::OciIndex);
        check(Some(INDEX), "{}", MediaType::OciIndex);
    }

    #[test]
    fn a_generic_content_type_defers_to_the_document() {
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
    fn other_documents_are_refused() {
        refuse("text/html", "<html>", "its media type is `text/html`");
        refuse(JSON, "<html>", "not a manifest");
        refuse(JSON, "{}", "neither manifests nor layers");
        refuse(JSON, "[]", "not a manifest");
        refuse(JSON, r#"{"manifests":3}"#, "not a manifest");
    }

    #[test]
    fn ambiguous_documents_are_refused() {
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
    fn the_digest_covers_the_exact_bytes() {
        let manifest = Manifest::parse(Some(INDEX), b"{ \"manifests\": [] }\n".to_vec()).unwrap();
        assert_eq!(
            manifest.digest("sha256").unwrap(),
            digest_of("sha256", &manifest.bytes).unwrap()
        );
        assert_eq!(manifest.digest("sha512").unwrap().algorithm(), "sha512");
        assert!(matches!(
            manifest.digest("crc32"),
            Err(ManifestError::Algorithm(_))
        ));
    }

    #[test]
    fn the_digest_of_schema_1_does_not_cover_the_signatures() {
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
            Manifest::parse(Some(kind), text.into_bytes()).unwrap()
        };
        let expected = digest_of("sha256", payload.as_bytes()).unwrap();
        assert_eq!(read(signed).digest("sha256").unwrap(), expected);
        assert_eq!(read(payload.to_owned()).digest("sha256").unwrap(), expected);

        let broken = r#"{"fsLayers":[],"signatures":[{"protected":"?"}]}"#.to_owned();
        assert_eq!(
            read(broken).digest("sha256"),
            Err(ManifestError::Signatures)
        );
        let beyond = encode(r#"{"formatLength":99999,"formatTail":""}"#);
        let beyond = format!(r#"{{"fsLayers":[],"signatures":[{{"protected":"{beyond}"}}]}}"#);
        assert_eq!(
            read(beyond).digest("sha256"),
            Err(ManifestError::Signatures)
        );
    }
}
