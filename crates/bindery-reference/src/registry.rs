//! Registry: a host with an optional port.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use crate::error::{NamePart, ParseError, ParseErrorKind};

/// Name of Docker Hub in references.
const HUB: &str = "docker.io";

/// API host of Docker Hub.
const HUB_API: &str = "registry-1.docker.io";

/// Key of the credential for Docker Hub in Docker's configuration files.
const HUB_CREDENTIAL_KEY: &str = "https://index.docker.io/v1/";

/// Host and port of a registry, as in `registry.example.org:5000`.
///
/// Formatted as it was parsed; compared without regard to case.
#[derive(Clone)]
pub struct Registry {
    host: Box<str>,
    port: Option<u16>,
}

impl Registry {
    /// Parses `host` or `host:port`; the host is a name, an IPv4 address, or an IPv6 address in brackets.
    ///
    /// Replaces `index.docker.io` by `docker.io`, like Docker.
    ///
    /// # Errors
    ///
    /// If the host is not a name or address, or the port is not a number from 1 to 65535.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fail = |at, kind| Err(ParseError::new(NamePart::Registry, text, at, kind));
        if text.is_empty() {
            return fail(0..0, ParseErrorKind::Empty(NamePart::Registry));
        }
        if let Some(end) = text.find("://") {
            return fail(0..end + 3, ParseErrorKind::Scheme);
        }
        if let Some(end) = text.find('@') {
            return fail(0..end + 1, ParseErrorKind::UserName);
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let Some(end) = rest.find(']') else {
                    return fail(0..text.len(), ParseErrorKind::Address);
                };
                if rest[..end].parse::<Ipv6Addr>().is_err() {
                    return fail(1..end + 1, ParseErrorKind::Address);
                }
                let after = &rest[end + 1..];
                match after.strip_prefix(':') {
                    Some(port) => (&text[..end + 2], Some(port)),
                    None if after.is_empty() => (text, None),
                    None => return fail(end + 2..text.len(), ParseErrorKind::Address),
                }
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if !host.starts_with('[') {
            check_name(host).map_err(|error| error.within(NamePart::Registry, text, 0))?;
        }
        let port = match port {
            None => None,
            Some(digits) => {
                let number = digits.parse::<u16>().ok().filter(|number| *number > 0);
                if number.is_none() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return fail(
                        host.len() + 1..text.len(),
                        ParseErrorKind::Port(digits.to_owned()),
                    );
                }
                number
            }
        };
        if port.is_none() && host.eq_ignore_ascii_case("index.docker.io") {
            return Ok(Self::docker_hub());
        }
        Ok(Self {
            host: host.into(),
            port,
        })
    }

    /// Returns Docker Hub, `docker.io`.
    pub fn docker_hub() -> Self {
        Self {
            host: HUB.into(),
            port: None,
        }
    }

    /// Returns the host: a name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port, if there is one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns whether this is Docker Hub, under any of its names.
    pub fn is_docker_hub(&self) -> bool {
        self.port.is_none()
            && [HUB, "index.docker.io", HUB_API]
                .iter()
                .any(|name| self.host.eq_ignore_ascii_case(name))
    }

    /// Returns `host[:port]` for requests. The API host of Docker Hub is not its name in references.
    pub fn api_host(&self) -> String {
        if self.is_docker_hub() {
            HUB_API.to_owned()
        } else {
            self.to_string()
        }
    }

    /// Returns the key of the credential for the registry in Docker's configuration files.
    pub fn credential_key(&self) -> String {
        if self.is_docker_hub() {
            HUB_CREDENTIAL_KEY.to_owned()
        } else {
            self.to_string()
        }
    }

    /// Returns whether the registry is on this machine: `localhost`, an address of 127.0.0.0/8, or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']');
        match address.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Returns whether the first part of a reference is a registry and not the first component of a repository, by Docker's rule: it
    /// contains a `.`, a `:` or an upper-case letter, or is `localhost`.
    pub(crate) fn is_written_as_host(part: &str) -> bool {
        part == "localhost"
            || part.contains(['.', ':', '[', '@'])
            || part.contains(|c: char| c.is_ascii_uppercase())
    }

    fn key(&self) -> (String, Option<u16>) {
        (self.host.to_ascii_lowercase(), self.port)
    }
}

fn check_name(host: &str) -> Result<(), ParseError> {
    let fail = |at, kind| Err(ParseError::new(NamePart::Registry, host, at, kind));
    if host.is_empty() {
        return fail(0..0, ParseErrorKind::Empty(NamePart::Registry));
    }
    let mut offset = 0;
    for label in host.split('.') {
        let wrong = label
            .char_indices()
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '-'));
        if let Some((position, character)) = wrong {
            let start = offset + position;
            let kind = if character.is_whitespace() {
                ParseErrorKind::Space
            } else {
                ParseErrorKind::Character(character)
            };
            return fail(start..start + character.len_utf8(), kind);
        }
        if label.is_empty() || label.starts_with('-') || label.ends_with('-') {
            return fail(
                offset..offset + label.len(),
                ParseErrorKind::Label(label.to_owned()),
            );
        }
        offset += label.len() + 1;
    }
    Ok(())
}

impl PartialEq for Registry {
    fn eq(&self, other: &Self) -> bool {
        self.port == other.port && self.host.eq_ignore_ascii_case(&other.host)
    }
}

impl Eq for Registry {}

impl Hash for Registry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Registry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Registry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl FromStr for Registry {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(&self.host),
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, host: &str, port: Option<u16>) {
        let registry = Registry::parse(text).unwrap();
        assert_eq!(
            (registry.host(), registry.port()),
            (host, port),
            "from {text:?}"
        );
        assert_eq!(registry.to_string(), text);
    }

    #[track_caller]
    fn refuse(text: &str, message: &str) {
        assert_eq!(Registry::parse(text).unwrap_err().to_string(), message);
    }

    #[test]
    fn names_and_addresses_are_hosts() {
        check("quay.io", "quay.io", None);
        check("localhost:5000", "localhost", Some(5000));
        check("10.0.0.1:80", "10.0.0.1", Some(80));
        check("[::1]:5000", "[::1]", Some(5000));
        check("[2001:db8::1]", "[2001:db8::1]", None);
        check("MyHost", "MyHost", None);
        check("xn--bcher-kva.example", "xn--bcher-kva.example", None);
    }

    #[test]
    fn malformed_registries_are_refused_with_the_place() {
        refuse(
            "",
            "`` is not a valid registry: the registry is empty, at character 1",
        );
        refuse(
            ":5000",
            "`:5000` is not a valid registry: the registry is empty, at character 1",
        );
        refuse(
            "h:",
            "`h:` is not a valid registry: invalid port ``, at character 3",
        );
        refuse(
            "h:0",
            "`h:0` is not a valid registry: invalid port `0`, at character 3",
        );
        refuse(
            "h:+80",
            "`h:+80` is not a valid registry: invalid port `+80`, at character 3",
        );
        refuse(
            "h:65536",
            "`h:65536` is not a valid registry: invalid port `65536`, at character 3",
        );
        refuse(
            "a..b",
            "`a..b` is not a valid registry: invalid label `` in the host name, at character 3",
        );
        refuse(
            "-a.b",
            "`-a.b` is not a valid registry: invalid label `-a` in the host name, at character 1",
        );
        refuse(
            "a_b.c",
            "`a_b.c` is not a valid registry: invalid character `_`, at character 2",
        );
        refuse(
            "[::1",
            "`[::1` is not a valid registry: invalid IPv6 address in brackets, at character 1",
        );
        refuse(
            "[x]:1",
            "`[x]:1` is not a valid registry: invalid IPv6 address in brackets, at character 2",
        );
        refuse(
            "[::1]5000",
            "`[::1]5000` is not a valid registry: invalid IPv6 address in brackets, at character 6",
        );
        refuse(
            "https://h",
            "`https://h` is not a valid registry: it begins with a scheme",
        );
        refuse(
            "u:p@h",
            "`u:p@h` is not a valid registry: it contains a user name, at character 1",
        );
    }

    #[test]
    fn docker_hub_has_several_names() {
        for text in [
            "docker.io",
            "index.docker.io",
            "registry-1.docker.io",
            "Docker.IO",
        ] {
            let hub = Registry::parse(text).unwrap();
            assert!(hub.is_docker_hub(), "{text}");
            assert_eq!(hub.api_host(), "registry-1.docker.io");
            assert_eq!(hub.credential_key(), "https://index.docker.io/v1/");
        }
        assert_eq!(
            Registry::parse("index.docker.io").unwrap().to_string(),
            "docker.io"
        );
        let other = Registry::parse("docker.io:443").unwrap();
        assert!(!other.is_docker_hub());
        assert_eq!(other.api_host(), "docker.io:443");
        assert_eq!(other.credential_key(), "docker.io:443");
    }

    #[test]
    fn comparison_ignores_case_and_includes_the_port() {
        let parse = |text| Registry::parse(text).unwrap();
        assert_eq!(parse("Quay.IO:1"), parse("quay.io:1"));
        assert_ne!(parse("quay.io:1"), parse("quay.io:2"));
        assert_ne!(parse("quay.io"), parse("quay.io:443"));
        let set = std::collections::HashSet::from([parse("QUAY.io"), parse("quay.io")]);
        assert_eq!(set.len(), 1);
    }

    #[test]
    fn loopback_is_recognized_by_name_and_address() {
        for (text, expected) in [
            ("localhost", true),
            ("LOCALHOST:5000", true),
            ("127.0.0.1:5000", true),
            ("127.8.9.1", true),
            ("[::1]:5000", true),
            ("[::2]:5000", false),
            ("localhost.example.org", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(
                Registry::parse(text).unwrap().is_loopback(),
                expected,
                "{text}"
            );
        }
    }
}
