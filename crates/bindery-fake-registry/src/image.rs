//! Small valid images. Equal arguments give equal bytes and digests.

use bindery_oci::sha256_of;
use serde_json::{Value, json};

/// Returns the sha256 digest of `bytes`.
pub fn digest_of(bytes: &[u8]) -> String {
    sha256_of(bytes).to_string()
}

/// Standard whose media types an image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCI image specification 1.1.
    Oci,
    /// Docker's image manifest, version 2, schema 2.
    Docker,
}

impl Format {
    /// Returns the media type of the manifest of an image.
    pub fn manifest(self) -> &'static str {
        match self {
            Self::Oci => "application/vnd.oci.image.manifest.v1+json",
            Self::Docker => "application/vnd.docker.distribution.manifest.v2+json",
        }
    }

    /// Returns the media type of an index (Docker: manifest list).
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

/// Image for one platform: a config, and one layer with the file `hello.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Standard of the media types.
    pub format: Format,
    /// Architecture, as in `amd64`, or with a variant `arm/v7`; the operating system is `linux`.
    pub architecture: String,
    /// Bytes of the config.
    pub config: Vec<u8>,
    /// Bytes of the layer, a tar archive.
    pub layer: Vec<u8>,
    /// Bytes of the manifest.
    pub manifest: Vec<u8>,
}

impl Image {
    /// Creates an OCI image for `linux/amd64` whose file contains `text`.
    pub fn oci(text: &str) -> Self {
        Self::new(Format::Oci, "amd64", text)
    }

    /// Creates a Docker image for `linux/amd64` whose file contains `text`.
    pub fn docker(text: &str) -> Self {
        Self::new(Format::Docker, "amd64", text)
    }

    /// Creates an image whose file contains `text`.
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

    /// Returns the media type of the manifest.
    pub fn media_type(&self) -> &'static str {
        self.format.manifest()
    }

    /// Returns the digest of the manifest.
    pub fn digest(&self) -> String {
        digest_of(&self.manifest)
    }
}

/// Index of images for several platforms (Docker: manifest list).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Standard of the media type.
    pub format: Format,
    /// Images in the index.
    pub images: Vec<Image>,
    /// Bytes of the index.
    pub manifest: Vec<u8>,
}

impl Index {
    /// Creates an index of these images, in this order.
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

    /// Creates an index of an image for `amd64` and one for `arm64`.
    pub fn two_platforms(format: Format, text: &str) -> Self {
        Self::new(
            format,
            ["amd64", "arm64"]
                .map(|architecture| Image::new(format, architecture, text))
                .to_vec(),
        )
    }

    /// Returns the media type of the index.
    pub fn media_type(&self) -> &'static str {
        self.format.index()
    }

    /// Returns the digest of the index itself.
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

/// Returns a tar archive (POSIX ustar) with one regular file.
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
    fn digests_are_sha256() {
        assert_eq!(
            digest_of(b"{}"),
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }

    #[test]
    fn equal_arguments_give_equal_bytes() {
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
    fn a_layer_ends_with_two_empty_blocks() {
        let layer = Image::oci("hello").layer;
        assert_eq!(layer.len(), 4 * 512);
        assert_eq!(&layer[..9], b"hello.txt");
        assert_eq!(&layer[512..517], b"hello");
    }
}
