//! Digests of bytes.

use bindery_reference::Digest;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// A digest names an algorithm that cannot be computed here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unsupported digest algorithm `{0}`")]
pub struct UnknownAlgorithm(pub String);

/// The digest of `bytes` by an algorithm's name: `sha256`, `sha384` or `sha512`.
///
/// # Errors
///
/// If the algorithm is another one.
pub fn digest_of(algorithm: &str, bytes: &[u8]) -> Result<Digest, UnknownAlgorithm> {
    match algorithm {
        "sha256" => Ok(digest(algorithm, &Sha256::digest(bytes))),
        "sha384" => Ok(digest(algorithm, &Sha384::digest(bytes))),
        "sha512" => Ok(digest(algorithm, &Sha512::digest(bytes))),
        _ => Err(UnknownAlgorithm(algorithm.to_owned())),
    }
}

/// The sha256 digest of `bytes`.
pub fn sha256_of(bytes: &[u8]) -> Digest {
    digest("sha256", &Sha256::digest(bytes))
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
    Digest::parse(&text).expect("a hash in small hex digits is a digest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(algorithm: &str, begin: &str) {
        let digest = digest_of(algorithm, b"abc").unwrap();
        assert_eq!(digest.algorithm(), algorithm);
        assert!(digest.hex().starts_with(begin), "{digest}");
    }

    #[test]
    fn the_standard_examples_hold() {
        // FIPS 180-2, appendices B to D.
        check("sha256", "ba7816bf8f01cfea");
        check("sha384", "cb00753f45a35e8b");
        check("sha512", "ddaf35a193617aba");
        assert_eq!(sha256_of(b"abc"), digest_of("sha256", b"abc").unwrap());
    }

    #[test]
    fn other_algorithms_are_named() {
        let error = digest_of("blake3", b"").unwrap_err();
        assert_eq!(error.to_string(), "unsupported digest algorithm `blake3`");
    }
}
