//! Small valid images: the same arguments always give the same bytes, and so the same digests.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The digest of these bytes, as `sha256:` and 64 hexadecimal digits.
pub fn digest_of(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Whose media types an image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCI image specification 1.1.
    Oci,
    /// Docker's image manifest, version 2, schema 2.
    Docker,
}

impl Format {
    /// The media type of an image's manifest.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.manifest.v1+json",
            Self::Docker => "application/vnd.docker.distribution.manifest.v2+json",
        }
    }

    /// The media type of an index (Docker: manifest list).
    pub fn index(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.index.v1+json",
            Self::Docker => "application/vnd.docker.distribution.manifest.list.v2+json",
        }
    }

    fn config(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.config.v1+json",
            Self::Docker => "application/vnd.docker.container.image.v1+json",
        }
    }

    fn layer(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.layer.v1.tar",
            Self::Docker => "application/vnd.docker.image.rootfs.diff.tar",
        }
    }
}

/// An image for one platform: a config, and one layer that holds the file `hello.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Whose media types it has.
    pub format: Format,
    /// Its processor architecture, as `amd64`, with a variant as `arm/v7`; the operating system is always `linux`.
    pub architecture: String,
    /// The bytes of the config.
    pub config: Vec<u8>,
    /// The bytes of the one layer, a tar archive.
    pub layer: Vec<u8>,
    /// The bytes of the manifest.
    pub manifest: Vec<u8>,
}

impl Image {
    /// An image in OCI's format for `linux/amd64` whose file says `text`.
    pub fn oci(text: &str) -> Self {
        Self::new(Format::Oci, "amd64", text)
    }

    /// An image in Docker's format for `linux/amd64` whose file says `text`.
    pub fn docker(text: &str) -> Self {
        Self::new(Format::Docker, "amd64", text)
    }

    /// An image whose file says `text`.
    pub fn new(format: Format, architecture: &str, text: &str) -> Self {
        let layer = tar("hello.txt", text.as_bytes());
        let mut config = json!({
            "architecture": architecture,
            "os": "linux",
            "created": "2000-01-01T00:00:00Z",
            "config": { "Cmd": ["cat", "/hello.txt"] },
            "rootfs": { "type": "layers", "diff_ids": [digest_of(&layer)] },
            "history": [{ "created": "2000-01-01T00:00:00Z", "created_by": "bindery-fake-registry" }],
        });
        put_platform(&mut config, architecture);
        let config = config.to_string().into_bytes();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": format.manifest(),
            "config": descriptor(format.config(), &config),
            "layers": [descriptor(format.layer(), &layer)],
        })
        .to_string()
        .into_bytes();
        Self {
            format,
            architecture: architecture.to_owned(),
            config,
            layer,
            manifest,
        }
    }

    /// The media type of the manifest.
    pub fn media_type(&self) -> &'static str {
        self.format.manifest()
    }

    /// The digest of the manifest.
    pub fn digest(&self) -> String {
        digest_of(&self.manifest)
    }
}

/// An index over images for several platforms (Docker: manifest list).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Whose media type it has.
    pub format: Format,
    /// What it points at.
    pub images: Vec<Image>,
    /// The bytes of the index.
    pub manifest: Vec<u8>,
}

impl Index {
    /// An index over these images, in this order.
    pub fn new(format: Format, images: Vec<Image>) -> Self {
        let entries: Vec<Value> = images
            .iter()
            .map(|image| {
                let mut entry = descriptor(image.media_type(), &image.manifest);
                entry["platform"] = json!({ "os": "linux" });
                put_platform(&mut entry["platform"], &image.architecture);
                entry
            })
            .collect();
        let manifest =
            json!({ "schemaVersion": 2, "mediaType": format.index(), "manifests": entries })
                .to_string()
                .into_bytes();
        Self {
            format,
            images,
            manifest,
        }
    }

    /// An index over an image for `amd64` and one for `arm64`.
    pub fn two_platforms(format: Format, text: &str) -> Self {
        Self::new(
            format,
            ["amd64", "arm64"]
                .map(|one| Image::new(format, one, text))
                .to_vec(),
        )
    }

    /// The media type of the index.
    pub fn media_type(&self) -> &'static str {
        self.format.index()
    }

    /// The digest of the index itself.
    pub fn digest(&self) -> String {
        digest_of(&self.manifest)
    }
}

fn put_platform(document: &mut Value, architecture: &str) {
    let (architecture, variant) = match architecture.split_once('/') {
        Some((architecture, variant)) => (architecture, Some(variant)),
        None => (architecture, None),
    };
    document["architecture"] = architecture.into();
    if let Some(variant) = variant {
        document["variant"] = variant.into();
    }
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest_of(bytes), "size": bytes.len() })
}

/// A tar archive (POSIX ustar) with one regular file.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let mut header = [0_u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut archive = header.to_vec();
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(BLOCK) + 2 * BLOCK, 0);
    archive
}

#[cfg(test)]
mod tests {
    use super::{Format, Image, Index, digest_of};

    #[test]
    fn digests_are_those_of_the_standard() {
        assert_eq!(
            digest_of(b"{}"),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        assert_eq!(Image::oci("a"), Image::oci("a"));
        assert_ne!(Image::oci("a").digest(), Image::oci("b").digest());
        assert_ne!(Image::oci("a").digest(), Image::docker("a").digest());
    }

    #[test]
    fn an_index_names_its_images_by_digest() {
        let index = Index::two_platforms(Format::Docker, "a");
        let document: serde_json::Value = serde_json::from_slice(&index.manifest).unwrap();
        assert_eq!(
            document["manifests"][1]["digest"],
            Image::new(Format::Docker, "arm64", "a").digest()
        );
        assert_eq!(
            document["manifests"][1]["platform"]["architecture"],
            "arm64"
        );
    }

    #[test]
    fn a_layer_is_whole_blocks_and_ends_with_two_empty_ones() {
        let layer = Image::oci("hello").layer;
        assert_eq!(layer.len(), 4 * 512);
        assert_eq!(&layer[..9], b"hello.txt");
        assert_eq!(&layer[512..517], b"hello");
    }
}
