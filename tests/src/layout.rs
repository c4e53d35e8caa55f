//! OCI image layout on disk, as other tools read it.

use std::fs;
use std::io;
use std::path::Path;

use bindery_fake_registry::{Image, digest_of};

/// Writes `image` as an OCI image layout into the empty or absent `folder`, under the name `tag`.
///
/// `skopeo copy oci:FOLDER:TAG …` reads it. The image should be in OCI's format.
///
/// # Errors
///
/// If a file cannot be written.
pub fn write_layout(folder: &Path, tag: &str, image: &Image) -> io::Result<()> {
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs)?;
    for bytes in [&image.config, &image.layer, &image.manifest] {
        let digest = digest_of(bytes);
        fs::write(blobs.join(digest.trim_start_matches("sha256:")), bytes)?;
    }
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"mediaType":"{}","digest":"{}","size":{},"annotations":{{"org.opencontainers.image.ref.name":"{tag}"}}}}]}}"#,
        image.media_type(),
        image.digest(),
        image.manifest.len(),
    );
    fs::write(folder.join("index.json"), index)?;
    fs::write(
        folder.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
}
