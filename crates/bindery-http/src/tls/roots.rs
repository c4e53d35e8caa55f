//! The certificate authorities that are believed, read when the first is needed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustls::RootCertStore;
use rustls_native_certs::{CertificateResult, load_certs_from_paths};

use crate::error::CertificateError;
use crate::settings::TrustSettings;

/// Where systems keep all authorities in one file. One file is read in a fraction of the time of a folder.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// Where systems keep each authority in a file of its own.
const FOLDERS: &[&str] = &["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// The authorities that every origin believes.
#[derive(Debug)]
pub(crate) struct Roots {
    trust: TrustSettings,
    loaded: OnceLock<Result<RootCertStore, CertificateError>>,
}

impl Roots {
    pub(crate) fn new(trust: TrustSettings) -> Self {
        Self {
            trust,
            loaded: OnceLock::new(),
        }
    }

    /// Where folders of certificates by host are.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.trust.folders
    }

    /// A store of all authorities and those in the files `also`. Reads what has not been read yet.
    pub(crate) fn with(&self, also: &[PathBuf]) -> Result<RootCertStore, CertificateError> {
        let mut store = self.loaded.get_or_init(|| self.load()).clone()?;
        for path in also {
            add_file(&mut store, path)?;
        }
        Ok(store)
    }

    fn load(&self) -> Result<RootCertStore, CertificateError> {
        let TrustSettings {
            file,
            directory,
            extra,
            folders: _,
        } = &self.trust;
        let mut store = RootCertStore::empty();
        if file.is_some() || directory.is_some() {
            if let Some(path) = file {
                add_file(&mut store, path)?;
            }
            if let Some(path) = directory {
                add(&mut store, load_certs_from_paths(None, Some(path)), path)?;
            }
        } else {
            add_system(&mut store);
        }
        for path in extra {
            add_file(&mut store, path)?;
        }
        Ok(store)
    }
}

fn add_file(store: &mut RootCertStore, path: &Path) -> Result<(), CertificateError> {
    add(store, load_certs_from_paths(Some(path), None), path)
}

/// Adds what was read from `path`, which somebody named: finding nothing there is an error.
fn add(
    store: &mut RootCertStore,
    read: CertificateResult,
    path: &Path,
) -> Result<(), CertificateError> {
    let (added, _) = store.add_parsable_certificates(read.certs);
    match read.errors.first() {
        _ if added > 0 => Ok(()),
        Some(error) => Err(CertificateError::Unreadable {
            path: path.to_owned(),
            problem: error.to_string(),
        }),
        None => Err(CertificateError::Empty {
            path: path.to_owned(),
        }),
    }
}

/// Adds the first of the system's collections that holds anything, else Mozilla's list.
fn add_system(store: &mut RootCertStore) {
    let mut found = |read: CertificateResult| store.add_parsable_certificates(read.certs).0 > 0;
    // macOS and Windows keep authorities in a store of their own, which this function asks.
    if cfg!(any(target_os = "macos", windows)) && found(rustls_native_certs::load_native_certs()) {
        return;
    }
    for path in BUNDLES.iter().map(Path::new) {
        if path.is_file() && found(load_certs_from_paths(Some(path), None)) {
            return;
        }
    }
    for path in FOLDERS.iter().map(Path::new) {
        if path.is_dir() && found(load_certs_from_paths(None, Some(path))) {
            return;
        }
    }
    store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/authority.pem");

    #[track_caller]
    fn check(trust: TrustSettings, also: &[PathBuf], expected: Result<usize, CertificateError>) {
        assert_eq!(
            Roots::new(trust).with(also).map(|store| store.len()),
            expected
        );
    }

    fn file(path: &str) -> TrustSettings {
        TrustSettings {
            file: Some(path.into()),
            ..TrustSettings::default()
        }
    }

    #[test]
    fn a_file_stands_in_place_of_the_system() {
        check(file(AUTHORITY), &[], Ok(1));
        check(file(AUTHORITY), &[AUTHORITY.into()], Ok(2));
    }

    #[test]
    fn a_folder_stands_in_place_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(AUTHORITY, folder.path().join("0a1b2c3d.0")).unwrap();
        let trust = TrustSettings {
            directory: Some(folder.path().into()),
            ..TrustSettings::default()
        };
        check(trust, &[], Ok(1));
    }

    #[test]
    fn there_is_always_somebody_to_believe() {
        assert!(
            Roots::new(TrustSettings::default())
                .with(&[])
                .unwrap()
                .len()
                > 20
        );
    }

    #[test]
    fn a_named_file_without_certificates_is_an_error() {
        let empty = tempfile::NamedTempFile::new().unwrap();
        let path = empty.path().to_owned();
        check(
            file(path.to_str().unwrap()),
            &[],
            Err(CertificateError::Empty { path }),
        );
        let error = Roots::new(file("/nowhere/ca.pem")).with(&[]).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot read `/nowhere/ca.pem`"),
            "{error}"
        );
        let extra = TrustSettings {
            extra: vec!["/nowhere/extra.pem".into()],
            ..file(AUTHORITY)
        };
        assert!(Roots::new(extra).with(&[]).is_err());
    }
}
