//! Trusted certificate authorities, read on first use.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rustls::RootCertStore;
use rustls_native_certs::{CertificateResult, load_certs_from_paths};

use crate::error::CertificateError;
use crate::settings::TrustSettings;

/// Files with all authorities of a system. Reading one file takes a fraction of the time of a folder.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// Folders of systems with one file per authority.
const FOLDERS: &[&str] = &["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// Authorities that are trusted for every origin.
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

    /// Returns the folders that contain a certificate folder per host.
    pub(crate) fn folders(&self) -> &[PathBuf] {
        &self.trust.folders
    }

    /// Returns a store of all authorities and the ones in the files `also`. Reads the authorities if this is the first call.
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

/// Adds the certificates that were read from `path`. No certificate is an error, since the settings name the path.
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

/// Adds the first collection of the system that is not empty, else the list of Mozilla.
fn add_system(store: &mut RootCertStore) {
    let mut add_all = |read: CertificateResult| store.add_parsable_certificates(read.certs).0 > 0;
    // macOS and Windows have a certificate store, which this function reads.
    if cfg!(any(target_os = "macos", windows)) && add_all(rustls_native_certs::load_native_certs())
    {
        return;
    }
    for path in BUNDLES.iter().map(Path::new) {
        if path.is_file() && add_all(load_certs_from_paths(Some(path), None)) {
            return;
        }
    }
    for path in FOLDERS.iter().map(Path::new) {
        if path.is_dir() && add_all(load_certs_from_paths(None, Some(path))) {
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
    fn a_file_replaces_the_authorities_of_the_system() {
        check(file(AUTHORITY), &[], Ok(1));
        check(file(AUTHORITY), &[AUTHORITY.into()], Ok(2));
    }

    #[test]
    fn a_folder_replaces_the_authorities_of_the_system() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(AUTHORITY, folder.path().join("0a1b2c3d.0")).unwrap();
        let trust = TrustSettings {
            directory: Some(folder.path().into()),
            ..TrustSettings::default()
        };
        check(trust, &[], Ok(1));
    }

    #[test]
    fn there_are_always_trusted_authorities() {
        assert!(
            Roots::new(TrustSettings::default())
                .with(&[])
                .unwrap()
                .len()
                > 20
        );
    }

    #[test]
    fn a_file_without_certificates_is_an_error() {
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
