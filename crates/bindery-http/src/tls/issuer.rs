//! Name of the issuer of a certificate (X.690 DER, RFC 5280 section 4.1).
//!
//! For messages only: an unknown structure gives no name, never an error.

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
const BMP_STRING: u8 = 0x1e;

/// Attributes of a name that identify an authority, best first: common name, organizational unit, organization.
const IDENTIFYING: [&[u8]; 3] = [&[0x55, 4, 3], &[0x55, 4, 11], &[0x55, 4, 10]];

/// Returns the name of the authority that issued `certificate`.
pub(crate) fn issuer_name(certificate: &[u8]) -> Option<String> {
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    if *fields.first()? == VERSION {
        fields = element(fields)?.2;
    }
    let after_serial = element(fields)?.2;
    let after_algorithm = element(after_serial)?.2;
    let (SEQUENCE, mut name, _) = element(after_algorithm)? else {
        return None;
    };
    let mut attributes = Vec::new();
    while !name.is_empty() {
        let (SET, mut set, rest) = element(name)? else {
            return None;
        };
        while !set.is_empty() {
            let (_, attribute, others) = element(set)?;
            let (OBJECT_IDENTIFIER, kind, value) = element(attribute)? else {
                return None;
            };
            let (tag, value, _) = element(value)?;
            attributes.push((kind, text(tag, value)));
            set = others;
        }
        name = rest;
    }
    let by_kind = |kind: &&[u8]| attributes.iter().find(|(other, _)| other == kind);
    IDENTIFYING
        .iter()
        .find_map(by_kind)
        .map(|(_, text)| text.clone())
}

/// Returns tag and content of the first element of `bytes`, and the bytes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            digits
                .iter()
                .fold(0, |length, digit| length << 8 | usize::from(*digit))
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

fn text(tag: u8, value: &[u8]) -> String {
    let text = if tag == BMP_STRING {
        let units: Vec<u16> = value
            .chunks_exact(2)
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(value).into_owned()
    };
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;

    fn server() -> CertificateDer<'static> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/server.pem");
        CertificateDer::from_pem_file(path).unwrap()
    }

    #[test]
    fn the_issuer_is_the_common_name() {
        assert_eq!(
            issuer_name(&server()).as_deref(),
            Some("Example Test Authority")
        );
    }

    #[test]
    fn damaged_certificates_cause_no_panic() {
        let whole = server();
        for end in 0..whole.len() {
            let _ = issuer_name(&whole[..end]);
        }
        for position in 0..whole.len() {
            let mut changed = whole.to_vec();
            changed[position] ^= 0xff;
            let _ = issuer_name(&changed);
        }
        assert_eq!(issuer_name(&[]), None);
        assert_eq!(issuer_name(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
