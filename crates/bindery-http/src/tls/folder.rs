//! Certificate folders by host, in the layout of Docker and the containers tools (`certs.d`).

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CertificateError;
use crate::origin::Origin;
use crate::settings::{ClientCertificate, OriginSettings};

/// Adds the certificates in the first of `folders` that has a folder for the host of `origin`. Settings already in `own` win.
pub(crate) fn add_to(
    own: &mut OriginSettings,
    folders: &[PathBuf],
    origin: &Origin,
) -> Result<(), CertificateError> {
    let names = origin.authorities();
    let mut of_host = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    let Some(folder) = of_host.find(|folder| folder.is_dir()) else {
        return Ok(());
    };
    let files = files(&folder)?;
    if own.ca.is_empty() {
        let authorities = files.iter().filter(|file| has_extension(file, "crt"));
        own.ca = authorities.cloned().collect();
    }
    let pair = pair(&files)?;
    own.client_certificate = own.client_certificate.take().or(pair);
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, CertificateError> {
    let files = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>, _>>()
        })
        .map_err(|error| CertificateError::Unreadable {
            path: folder.to_owned(),
            problem: error.to_string(),
        });
    let mut files = files?;
    files.sort();
    Ok(files)
}

/// Returns the first pair of `X.cert` and `X.key`, by name.
fn pair(files: &[PathBuf]) -> Result<Option<ClientCertificate>, CertificateError> {
    let mut first = None;
    for file in files {
        let other = match file.extension().and_then(OsStr::to_str) {
            Some("cert") => file.with_extension("key"),
            Some("key") => file.with_extension("cert"),
            _ => continue,
        };
        if !files.contains(&other) {
            return Err(CertificateError::Single {
                existing: file.clone(),
                missing: other,
            });
        }
        if first.is_none() && has_extension(file, "cert") {
            first = Some(ClientCertificate {
                certificate: file.clone(),
                key: other,
            });
        }
    }
    Ok(first)
}

fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|other| other == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// Returns the authorities and the client key in `folders` for `url`.
    fn find(
        folders: &[&tempfile::TempDir],
        url: &str,
    ) -> Result<(Vec<PathBuf>, Option<PathBuf>), CertificateError> {
        let folders: Vec<PathBuf> = folders.iter().map(|folder| folder.path().into()).collect();
        let mut own = OriginSettings::default();
        add_to(&mut own, &folders, &Origin::of(&url.parse().unwrap()))?;
        Ok((own.ca, own.client_certificate.map(|pair| pair.key)))
    }

    #[test]
    fn only_the_first_folder_of_a_host_is_used() {
        let first = folder(&["other.example/a.crt"]);
        let second = folder(&["h.example:5000/b.crt", "h.example:5000/a.crt"]);
        let third = folder(&["h.example:5000/c.crt", "h.example/d.crt", "[::1]/e.crt"]);
        let authorities = |url| find(&[&first, &second, &third], url).unwrap().0;
        let of_host = second.path().join("h.example:5000");
        assert_eq!(
            authorities("https://h.example:5000/v2/"),
            [of_host.join("a.crt"), of_host.join("b.crt")]
        );
        let of_default_port = [third.path().join("h.example/d.crt")];
        assert_eq!(authorities("https://H.example"), of_default_port);
        assert_eq!(
            authorities("https://[::1]"),
            [third.path().join("[::1]/e.crt")]
        );
        assert!(authorities("https://h.example:444").is_empty());
    }

    #[test]
    fn a_certificate_requires_its_key() {
        let both = folder(&["h/a.cert", "h/a.key", "h/b.cert", "h/b.key", "h/notes.txt"]);
        assert_eq!(
            find(&[&both], "https://h").unwrap().1,
            Some(both.path().join("h/a.key"))
        );
        for (file, other) in [("a.cert", "a.key"), ("b.key", "b.cert")] {
            let single = folder(&[&format!("h/{file}")]);
            let error = find(&[&single], "https://h").unwrap_err();
            let of_host = single.path().join("h");
            assert_eq!(
                error.to_string(),
                format!(
                    "`{}` exists without `{}`",
                    of_host.join(file).display(),
                    of_host.join(other).display()
                )
            );
        }
    }
}
