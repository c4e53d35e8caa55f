//! Kinds of documents that a registry keeps under a tag.

use std::fmt;

/// The media type of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MediaType {
    /// OCI image index: several platforms.
    OciIndex,
    /// Docker manifest list: several platforms.
    DockerList,
    /// OCI image manifest: one image or artifact.
    OciManifest,
    /// Docker image manifest, schema 2: one image.
    DockerManifest,
    /// Docker image manifest, schema 1, with signatures; obsolete.
    DockerSchema1Signed,
    /// Docker image manifest, schema 1; obsolete.
    DockerSchema1,
    /// Something else, without parameters and in small letters.
    Other(Box<str>),
}

/// The `Accept` header of every manifest request: with fewer types, servers convert or deny what they have. They pay no heed to
/// the order.
pub(crate) const ACCEPT_MANIFESTS: &str = concat!(
    "application/vnd.oci.image.index.v1+json, ",
    "application/vnd.docker.distribution.manifest.list.v2+json, ",
    "application/vnd.oci.image.manifest.v1+json, ",
    "application/vnd.docker.distribution.manifest.v2+json, ",
    "application/vnd.docker.distribution.manifest.v1+prettyjws, ",
    "application/vnd.docker.distribution.manifest.v1+json"
);

/// The `Accept` header where only an index can be the answer.
pub(crate) const ACCEPT_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The media types of manifests.
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
    /// Reads a `Content-Type` or a `mediaType`; parameters and case make no difference. Control characters are left out, as messages
    /// repeat what is not known.
    pub fn parse(text: &str) -> Self {
        let essence = text.split(';').next().unwrap_or_default().trim();
        let visible = essence.chars().filter(|character| !character.is_control());
        let essence = visible.collect::<String>().to_ascii_lowercase();
        match KNOWN.iter().find(|(_, known)| *known == essence) {
            Some((kind, _)) => kind.clone(),
            None => MediaType::Other(essence.into()),
        }
    }

    /// The type's text, as in `application/vnd.oci.image.index.v1+json`.
    pub fn as_str(&self) -> &str {
        match self {
            MediaType::Other(text) => text,
            known => KNOWN
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("", |(_, text)| text),
        }
    }

    /// Whether it is an index or list of several manifests.
    pub fn is_index(&self) -> bool {
        matches!(self, MediaType::OciIndex | MediaType::DockerList)
    }

    /// Whether it says what a manifest is, and not merely that it is JSON, text or bytes.
    pub(crate) fn is_manifest(&self) -> bool {
        !matches!(self, MediaType::Other(_))
    }

    /// Whether a server that knows no better would say this of a manifest.
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
    fn parameters_and_case_make_no_difference() {
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
    fn what_is_read_is_written_again() {
        for (kind, text) in KNOWN {
            check(text, kind.clone());
            assert_eq!(kind.to_string(), text);
            assert!(ACCEPT_MANIFESTS.split(", ").any(|one| one == text));
        }
        assert_eq!(MediaType::parse("x/y").as_str(), "x/y");
    }
}
