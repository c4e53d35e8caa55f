//! Digests of bytes.

use bindery_reference::Digest;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A digest algorithm that this crate does not implement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unsupported digest algorithm `{0}`")]
pub struct UnsupportedAlgorithm(pub String);

/// Returns the digest of `bytes` by `sha256`, `sha384` or `sha512`.
///
/// # Errors
///
/// If `algorithm` is another one.
pub fn digest_of(algorithm: &str, bytes: &[u8]) -> Result<Digest, UnsupportedAlgorithm> {
    let mut hasher = Hasher::new(algorithm)?;
    hasher.update(bytes);
    Ok(hasher.finish())
}

/// Returns the sha256 digest of `bytes`.
pub fn sha256_of(bytes: &[u8]) -> Digest {
    digest("sha256", &Sha256::digest(bytes))
}

/// Computes the digest of a stream.
#[derive(Clone, Debug)]
pub struct Hasher(Algorithm);

#[derive(Clone, Debug)]
enum Algorithm {
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl Hasher {
    /// Creates a hasher for `sha256`, `sha384` or `sha512`.
    ///
    /// # Errors
    ///
    /// If `algorithm` is another one.
    pub fn new(algorithm: &str) -> Result<Self, UnsupportedAlgorithm> {
        match algorithm {
            "sha256" => Ok(Self(Algorithm::Sha256(Sha256::new()))),
            "sha384" => Ok(Self(Algorithm::Sha384(Sha384::new()))),
            "sha512" => Ok(Self(Algorithm::Sha512(Sha512::new()))),
            _ => Err(UnsupportedAlgorithm(algorithm.to_owned())),
        }
    }

    /// Adds the next bytes of the stream.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Algorithm::Sha256(hasher) => hasher.update(bytes),
            Algorithm::Sha384(hasher) => hasher.update(bytes),
            Algorithm::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// Returns the digest of the bytes added so far.
    pub fn finish(self) -> Digest {
        match self.0 {
            Algorithm::Sha256(hasher) => digest("sha256", &hasher.finalize()),
            Algorithm::Sha384(hasher) => digest("sha384", &hasher.finalize()),
            Algorithm::Sha512(hasher) => digest("sha512", &hasher.finalize()),
        }
    }
}

fn digest(algorithm: &str, hash: &[u8]) -> Digest {
    let mut text = String::with_capacity(algorithm.len() + 1 + 2 * hash.len());
    text.push_str(algorithm);
    text.push(':');
    for byte in hash {
        for half in [byte >> 4, byte & 0xf] {
            text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
        }
    }
    Digest::parse(&text).expect("lower-case hex digits of a hash are a valid digest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(algorithm: &str, begin: &str) {
        let digest = digest_of(algorithm, b"abc").unwrap();
        assert_eq!(digest.algorithm(), algorithm);
        assert!(digest.hex().starts_with(begin), "{digest}");
        let mut hasher = Hasher::new(algorithm).unwrap();
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.finish(), digest);
    }

    #[test]
    fn standard_examples_have_their_digests() {
        // FIPS 180-2, appendices B to D.
        check("sha256", "ba7816bf8f01cfea");
        check("sha384", "cb00753f45a35e8b");
        check("sha512", "ddaf35a193617aba");
        assert_eq!(sha256_of(b"abc"), digest_of("sha256", b"abc").unwrap());
    }

    #[test]
    fn an_unsupported_algorithm_is_named_in_the_error() {
        let error = digest_of("blake3", b"").unwrap_err();
        assert_eq!(error.to_string(), "unsupported digest algorithm `blake3`");
    }
}
