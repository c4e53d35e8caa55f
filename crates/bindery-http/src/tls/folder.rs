//! Folders of certificates by host, as Docker and the containers tools have them (`certs.d`).

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CertificateError;
use crate::origin::Origin;
use crate::settings::{ClientCertificate, OriginSettings};

/// Adds what lies in the first of `places` that has a folder for the host of `origin`; what `own` says already wins.
pub(crate) fn add_to(
    own: &mut OriginSettings,
    places: &[PathBuf],
    origin: &Origin,
) -> Result<(), CertificateError> {
    let names = origin.authorities();
    let folders = places
        .iter()
        .flat_map(|place| names.iter().map(|name| place.join(name)));
    let Some(folder) = folders.into_iter().find(|folder| folder.is_dir()) else {
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
    let listed = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>, _>>()
        })
        .map_err(|error| CertificateError::Unreadable {
            path: folder.to_owned(),
            problem: error.to_string(),
        });
    let mut files = listed?;
    files.sort();
    Ok(files)
}

/// The first pair of `X.cert` and `X.key`, by name.
fn pair(files: &[PathBuf]) -> Result<Option<ClientCertificate>, CertificateError> {
    let mut first = None;
    for file in files {
        let other = match file.extension().and_then(|it| it.to_str()) {
            Some("cert") => file.with_extension("key"),
            Some("key") => file.with_extension("cert"),
            _ => continue,
        };
        if !files.contains(&other) {
            return Err(CertificateError::Single {
                found: file.clone(),
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
    file.extension().is_some_and(|found| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(files: &[&str]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for file in files {
            let path = place.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        place
    }

    fn found(
        places: &[&tempfile::TempDir],
        url: &str,
    ) -> Result<(Vec<PathBuf>, Option<PathBuf>), CertificateError> {
        let places: Vec<PathBuf> = places.iter().map(|place| place.path().into()).collect();
        let mut own = OriginSettings::default();
        add_to(&mut own, &places, &Origin::of(&url.parse().unwrap()))?;
        Ok((own.ca, own.client_certificate.map(|pair| pair.key)))
    }

    #[test]
    fn the_first_folder_of_the_host_is_taken_and_no_other() {
        let first = place(&["other.example/a.crt"]);
        let second = place(&["h.example:5000/b.crt", "h.example:5000/a.crt"]);
        let third = place(&["h.example:5000/c.crt", "h.example/d.crt", "[::1]/e.crt"]);
        let ask = |url| found(&[&first, &second, &third], url).unwrap().0;
        let folder = second.path().join("h.example:5000");
        assert_eq!(
            ask("https://h.example:5000/v2/"),
            [folder.join("a.crt"), folder.join("b.crt")]
        );
        let of_default_port = [third.path().join("h.example/d.crt")];
        assert_eq!(ask("https://H.example"), of_default_port);
        assert_eq!(ask("https://[::1]"), [third.path().join("[::1]/e.crt")]);
        assert!(ask("https://h.example:444").is_empty());
    }

    #[test]
    fn certificate_and_key_belong_together() {
        let both = place(&["h/a.cert", "h/a.key", "h/b.cert", "h/b.key", "h/notes.txt"]);
        assert_eq!(
            found(&[&both], "https://h").unwrap().1,
            Some(both.path().join("h/a.key"))
        );
        for (file, other) in [("a.cert", "a.key"), ("b.key", "b.cert")] {
            let single = place(&[&format!("h/{file}")]);
            let error = found(&[&single], "https://h").unwrap_err();
            let folder = single.path().join("h");
            assert_eq!(
                error.to_string(),
                format!(
                    "`{}` is there without `{}`",
                    folder.join(file).display(),
                    folder.join(other).display()
                )
            );
        }
    }
}
