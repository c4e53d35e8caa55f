//! Platforms, and how well an image for one platform runs on another.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// Operating system and processor, as in `linux/arm64/v8` or `windows/amd64:10.0.17763`.
///
/// Alternative names are replaced by the usual one: `x86_64` by `amd64`, `aarch64` by `arm64`, `i386` by `386`, `armhf` by `arm/v7` and
/// `armel` by `arm/v6`. A variant is kept as written, although `arm64` and `arm64/v8` are the same platform.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Platform {
    os: Box<str>,
    architecture: Box<str>,
    variant: Option<Box<str>>,
    os_version: Option<Box<str>>,
}

/// Error for a text that is not a platform.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform")]
pub struct PlatformError(String);

impl PlatformError {
    /// Returns advice for the user.
    pub fn hint(&self) -> String {
        "write `os/architecture` or `os/architecture/variant`, as in `linux/amd64` or `linux/arm/v7`"
            .into()
    }
}

/// Members of an index entry or image config that name a platform.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PlatformFields {
    architecture: Option<String>,
    os: Option<String>,
    variant: Option<String>,
    #[serde(rename = "os.version")]
    os_version: Option<String>,
}

impl PlatformFields {
    /// Completes `outer` with the fields of `inner`, and with Linux if neither names an operating system.
    pub(crate) fn linux_unless(outer: Self, inner: Option<Self>) -> Self {
        let inner = inner.unwrap_or_default();
        Self {
            architecture: outer.architecture.or(inner.architecture),
            os: outer.os.or(inner.os).or_else(|| Some("linux".to_owned())),
            variant: outer.variant.or(inner.variant),
            os_version: outer.os_version.or(inner.os_version),
        }
    }
}

impl Platform {
    /// Parses `os/architecture[/variant][:os.version]`.
    ///
    /// # Errors
    ///
    /// If a part is missing or contains characters other than letters, digits, `.`, `_` and `-`.
    pub fn parse(text: &str) -> Result<Self, PlatformError> {
        let (name, os_version) = match text.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let mut parts = name.split('/');
        let (os, architecture, variant) = (parts.next(), parts.next(), parts.next());
        match (os, architecture, parts.next()) {
            (Some(os), Some(architecture), None) => {
                Self::from_parts(os, architecture, variant, os_version)
            }
            _ => None,
        }
        .ok_or_else(|| PlatformError(text.to_owned()))
    }

    /// Returns the platform that `fields` name. Returns `None` if a part is malformed or `unknown`, as in attestations.
    pub(crate) fn from_fields(fields: &PlatformFields) -> Option<Self> {
        let non_empty = |text: &'_ Option<String>| text.clone().filter(|text| !text.is_empty());
        let (os, architecture) = (non_empty(&fields.os)?, non_empty(&fields.architecture)?);
        let (variant, version) = (non_empty(&fields.variant), non_empty(&fields.os_version));
        Self::from_parts(&os, &architecture, variant.as_deref(), version.as_deref())
            .filter(|platform| &*platform.os != "unknown" && &*platform.architecture != "unknown")
    }

    fn from_parts(
        os: &str,
        architecture: &str,
        variant: Option<&str>,
        os_version: Option<&str>,
    ) -> Option<Self> {
        let is_word = |text: &str| {
            let fits =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            !text.is_empty() && text.len() <= 64 && text.bytes().all(fits)
        };
        let parts = [Some(os), Some(architecture), variant, os_version];
        if !parts.into_iter().flatten().all(is_word) {
            return None;
        }
        let os = os.to_ascii_lowercase();
        let architecture = architecture.to_ascii_lowercase();
        let (architecture, implied) = match architecture.as_str() {
            "x86_64" | "x86-64" => ("amd64", None),
            "aarch64" => ("arm64", None),
            "i386" | "i686" | "x86" => ("386", None),
            "armhf" => ("arm", Some("v7")),
            "armel" => ("arm", Some("v6")),
            other => (other, None),
        };
        let variant = variant.or(implied).map(|text| {
            let text = text.to_ascii_lowercase();
            match text.as_bytes()[0] {
                b'0'..=b'9' => format!("v{text}"),
                _ => text,
            }
        });
        Some(Self {
            os: if os == "macos" {
                "darwin".into()
            } else {
                os.into()
            },
            architecture: architecture.into(),
            variant: variant.map(String::into_boxed_str),
            os_version: os_version.map(Box::from),
        })
    }

    /// Returns how well an image for `offered` runs on this platform: 0 for an exact match, `None` if it does not run.
    ///
    /// A processor runs images for its own variant and for lower ones. A platform without a variant means the usual variant: `arm/v7`,
    /// `arm64/v8` and `amd64/v1`. A version of the operating system matches every version that begins with it: `10.0.17763` matches
    /// `10.0.17763.1234`.
    pub fn distance(&self, offered: &Platform) -> Option<u32> {
        if (&self.os, &self.architecture) != (&offered.os, &offered.architecture) {
            return None;
        }
        if let Some(wanted) = &self.os_version {
            let rest = offered.os_version.as_ref()?.strip_prefix(&**wanted)?;
            if !rest.is_empty() && !rest.starts_with('.') {
                return None;
            }
        }
        match (self.level(), offered.level()) {
            (Some(wanted), Some(found)) => wanted.checked_sub(found),
            (None, None) if self.variant == offered.variant => Some(0),
            (None, None) if self.variant.is_none() => Some(1),
            _ => None,
        }
    }

    /// Returns the variant as a number that grows with the abilities of the processor, for architectures with ordered variants.
    fn level(&self) -> Option<u32> {
        let usual = match &*self.architecture {
            "amd64" => "v1",
            "arm" => "v7",
            "arm64" => "v8",
            _ => return None,
        };
        let text = self.variant.as_deref().unwrap_or(usual).strip_prefix('v')?;
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Some(
            u32::from(major.parse::<u16>().ok()?) * 0x1_0000
                + u32::from(minor.parse::<u16>().ok()?),
        )
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Self, PlatformError> {
        Self::parse(text)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if let Some(variant) = &self.variant {
            write!(f, "/{variant}")?;
        }
        match &self.os_version {
            Some(version) => write!(f, ":{version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Platform {
        Platform::parse(text).unwrap()
    }

    #[track_caller]
    fn check(text: &str, canonical: &str) {
        assert_eq!(platform(text).to_string(), canonical, "from {text:?}");
    }

    /// Asserts that exactly `fitting` of `offered` run on `wanted`, best first.
    #[track_caller]
    fn check_order(wanted: &str, offered: &[&str], fitting: &[&str]) {
        let wanted = platform(wanted);
        let mut found: Vec<_> = offered
            .iter()
            .filter_map(|text| Some((wanted.distance(&platform(text))?, *text)))
            .collect();
        found.sort_by_key(|(distance, _)| *distance);
        let found: Vec<_> = found.into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, fitting, "for {wanted}");
    }

    #[test]
    fn alternative_names_are_replaced_by_the_usual_ones() {
        check("linux/amd64", "linux/amd64");
        check("Linux/x86_64", "linux/amd64");
        check("linux/aarch64", "linux/arm64");
        check("linux/i386", "linux/386");
        check("linux/armhf", "linux/arm/v7");
        check("linux/armel", "linux/arm/v6");
        check("linux/arm/6", "linux/arm/v6");
        check("macos/arm64", "darwin/arm64");
        check("windows/amd64:10.0.17763", "windows/amd64:10.0.17763");
    }

    #[test]
    fn malformed_platforms_are_refused() {
        for text in [
            "",
            "linux",
            "linux/",
            "/amd64",
            "linux/arm/v7/x",
            "linux/a b",
            "linux/\u{1b}",
        ] {
            assert!(Platform::parse(text).is_err(), "{text:?}");
        }
        let error = Platform::parse("amd64").unwrap_err();
        assert_eq!(error.to_string(), "`amd64` is not a platform");
        assert!(error.hint().contains("linux/amd64"));
    }

    #[test]
    fn lower_variants_of_arm_run_and_higher_ones_do_not() {
        let offered = [
            "linux/arm/v5",
            "linux/arm/v8",
            "linux/arm/v7",
            "linux/arm/v6",
            "linux/arm64",
        ];
        check_order(
            "linux/arm",
            &offered,
            &["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"],
        );
        check_order("linux/arm/v6", &offered, &["linux/arm/v6", "linux/arm/v5"]);
        check_order("linux/arm", &["linux/arm"], &["linux/arm"]);
    }

    #[test]
    fn arm64_and_arm64_v8_are_the_same() {
        check_order("linux/arm64", &["linux/arm64/v8"], &["linux/arm64/v8"]);
        check_order("linux/arm64/v8", &["linux/arm64"], &["linux/arm64"]);
        check_order("linux/arm64", &["linux/arm64/v9"], &[]);
    }

    #[test]
    fn variants_of_amd64_run_only_where_asked_for() {
        let offered = ["linux/amd64/v3", "linux/amd64", "linux/amd64/v2"];
        check_order("linux/amd64", &offered, &["linux/amd64"]);
        check_order(
            "linux/amd64/v2",
            &offered,
            &["linux/amd64/v2", "linux/amd64"],
        );
    }

    #[test]
    fn variants_without_an_order_must_be_equal() {
        check_order(
            "linux/ppc64le",
            &["linux/ppc64le/power9", "linux/ppc64le"],
            &["linux/ppc64le", "linux/ppc64le/power9"],
        );
        check_order(
            "linux/ppc64le/power9",
            &["linux/ppc64le", "linux/ppc64le/power9"],
            &["linux/ppc64le/power9"],
        );
    }

    #[test]
    fn an_unknown_variant_runs_only_where_asked_for() {
        let offered = ["linux/amd64/new", "linux/amd64"];
        check_order("linux/amd64", &offered, &["linux/amd64"]);
        check_order("linux/amd64/new", &offered, &["linux/amd64/new"]);
    }

    #[test]
    fn a_version_of_windows_matches_its_builds() {
        let offered = [
            "windows/amd64:10.0.17763.1234",
            "windows/amd64:10.0.177631",
            "windows/amd64",
        ];
        check_order("windows/amd64:10.0.17763", &offered, &offered[..1]);
        check_order("windows/amd64", &offered, &offered);
        check_order("linux/amd64", &offered, &[]);
    }

    #[test]
    fn documents_may_name_an_unknown_platform() {
        let read = |text| Platform::from_fields(&serde_json::from_str(text).unwrap());
        assert_eq!(read(r#"{"os":"unknown","architecture":"unknown"}"#), None);
        assert_eq!(read(r#"{"os":"linux"}"#), None);
        assert_eq!(read(r#"{"os":"linux","architecture":"a\u001b"}"#), None);
        assert_eq!(
            read(r#"{"os":"linux","architecture":"arm64","variant":"v8","features":["x"]}"#),
            Some(platform("linux/arm64/v8"))
        );
        assert_eq!(
            read(r#"{"os":"windows","architecture":"amd64","variant":"","os.version":"10.0"}"#),
            Some(platform("windows/amd64:10.0"))
        );
    }
}
