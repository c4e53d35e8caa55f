//! Media types of manifests.

use std::fmt;

/// Media type of a document, with the types of manifests by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaType {
    /// OCI image index, an image for several platforms.
    OciIndex,
    /// Docker manifest list, an image for several platforms.
    DockerList,
    /// OCI image manifest, one image or artifact.
    OciManifest,
    /// Docker image manifest, schema 2, one image.
    DockerManifest,
    /// Docker image manifest, schema 1, with signatures; obsolete.
    DockerSchema1Signed,
    /// Docker image manifest, schema 1; obsolete.
    DockerSchema1,
    /// Any other type, in lower case and without parameters.
    Other(Box<str>),
}

/// Media types of manifests and their texts.
const KNOWN: [(MediaType, &str); 6] = [
    (
        MediaType::OciIndex,
        "application/vnd.oci.image.index.v1+json",
    ),
    (
        MediaType::DockerList,
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ),
    (
        MediaType::OciManifest,
        "application/vnd.oci.image.manifest.v1+json",
    ),
    (
        MediaType::DockerManifest,
        "application/vnd.docker.distribution.manifest.v2+json",
    ),
    (
        MediaType::DockerSchema1Signed,
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    ),
    (
        MediaType::DockerSchema1,
        "application/vnd.docker.distribution.manifest.v1+json",
    ),
];

impl MediaType {
    /// Every media type of a manifest or index.
    pub const MANIFESTS: [Self; 6] = [
        Self::OciIndex,
        Self::DockerList,
        Self::OciManifest,
        Self::DockerManifest,
        Self::DockerSchema1Signed,
        Self::DockerSchema1,
    ];

    /// Parses a `Content-Type` or a `mediaType`. Ignores parameters and case, and drops control characters, since error messages repeat
    /// unknown types.
    pub fn parse(text: &str) -> Self {
        let essence = text.split(';').next().unwrap_or_default().trim();
        let visible = essence.chars().filter(|character| !character.is_control());
        let essence = visible.collect::<String>().to_ascii_lowercase();
        match KNOWN.iter().find(|(_, known)| *known == essence) {
            Some((kind, _)) => kind.clone(),
            None => MediaType::Other(essence.into()),
        }
    }

    /// Returns the text, as in `application/vnd.oci.image.index.v1+json`.
    pub fn as_str(&self) -> &str {
        match self {
            MediaType::Other(text) => text,
            known => KNOWN
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("", |(_, text)| text),
        }
    }

    /// Returns whether this is the type of an index or manifest list.
    pub fn is_index(&self) -> bool {
        matches!(self, MediaType::OciIndex | MediaType::DockerList)
    }

    /// Returns whether this is the type of a manifest or index.
    pub fn is_manifest(&self) -> bool {
        !matches!(self, MediaType::Other(_))
    }

    /// Returns whether a server without a better type could send this for a manifest.
    pub(crate) fn is_generic(&self) -> bool {
        let MediaType::Other(text) = self else {
            return false;
        };
        matches!(
            &**text,
            "" | "application/json"
                | "text/plain"
                | "application/octet-stream"
                | "binary/octet-stream"
        )
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: MediaType) {
        assert_eq!(MediaType::parse(text), expected, "from {text:?}");
    }

    #[test]
    fn parameters_and_case_are_ignored() {
        check(
            "application/vnd.oci.image.index.v1+json",
            MediaType::OciIndex,
        );
        check(
            "Application/VND.oci.image.index.v1+JSON ; charset=utf-8",
            MediaType::OciIndex,
        );
        check(
            "text/HTML;charset=utf-8",
            MediaType::Other("text/html".into()),
        );
        check("", MediaType::Other("".into()));
        check("a/\u{1b}b", MediaType::Other("a/b".into()));
    }

    #[test]
    fn known_types_keep_their_text() {
        for (kind, text) in KNOWN {
            check(text, kind.clone());
            assert_eq!(kind.to_string(), text);
            assert!(kind.is_manifest() && MediaType::MANIFESTS.contains(&kind));
        }
        assert_eq!(MediaType::parse("x/y").as_str(), "x/y");
    }
}
