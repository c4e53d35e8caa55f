//! URLs for messages.

use std::fmt;

/// Query keys of registries and token servers whose values identify a request, never a person.
const HARMLESS_KEYS: &[&str] = &[
    "artifactType",
    "client_id",
    "digest",
    "from",
    "grant_type",
    "last",
    "mount",
    "n",
    "ns",
    "offline_token",
    "scope",
    "service",
    "tag",
];

/// URL without user name and password, without the fragment, and without the values of query keys that are not known to be harmless. (The
/// signed URL of a storage service grants access like a password.)
///
/// For output only: the original URL cannot be recovered.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedactedUrl(Box<str>);

impl RedactedUrl {
    /// Redacts `url`. Also removes the text before an `@` if `url` is not a valid URL.
    pub fn new(url: &str) -> Self {
        Self::showing(url, &[])
    }

    /// Redacts `url` like [`RedactedUrl::new`], but keeps the values of the query keys `also`.
    pub fn showing(url: &str, also: &[&str]) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let (base, query) = match url.split_once('?') {
            Some((base, query)) => (base, Some(query)),
            None => (url, None),
        };
        let mut redacted = String::with_capacity(url.len());
        // URL parsers accept any number and kind of slashes after the scheme.
        let is_slash = |c: char| matches!(c, '/' | '\\');
        let scheme = base
            .find(':')
            .filter(|colon| base[colon + 1..].starts_with(is_slash));
        let begin = scheme.map_or(0, |colon| colon + 1);
        let slashes = base[begin..]
            .find(|c| !is_slash(c))
            .unwrap_or(base.len() - begin);
        let begin = if scheme.is_some() || slashes > 1 {
            begin + slashes
        } else {
            begin
        };
        redacted.push_str(&base[..begin]);
        let rest = &base[begin..];
        let (authority, path) = rest.split_at(rest.find(is_slash).unwrap_or(rest.len()));
        redacted.push_str(authority.rsplit('@').next().unwrap_or_default());
        redacted.push_str(path);
        if let Some(query) = query {
            let is_harmless = |key: &str| HARMLESS_KEYS.contains(&key) || also.contains(&key);
            for (position, pair) in query.split(['&', ';']).enumerate() {
                redacted.push(if position == 0 { '?' } else { '&' });
                match pair.split_once('=') {
                    Some((key, value)) if is_harmless(key) || value.is_empty() => {
                        redacted.push_str(pair)
                    }
                    Some((key, _)) => {
                        redacted.push_str(key);
                        redacted.push_str("=***");
                    }
                    // A value without a key may be a token.
                    None if pair.is_empty() || is_harmless(pair) => redacted.push_str(pair),
                    None => redacted.push_str("***"),
                }
            }
        }
        Self(redacted.into())
    }

    /// Returns the redacted text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RedactedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RedactedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, redacted: &str) {
        assert_eq!(RedactedUrl::new(url).to_string(), redacted, "from {url:?}");
    }

    #[test]
    fn user_and_password_are_removed() {
        check(
            "https://alice:secret@example.org/v2/",
            "https://example.org/v2/",
        );
        check("https://alice@example.org", "https://example.org");
        check(
            "https://al@ice:s@cret@example.org:5000/a@b",
            "https://example.org:5000/a@b",
        );
        check("alice:secret@example.org/a", "example.org/a");
        check(
            "https://alice:secret@example.org\\a",
            "https://example.org\\a",
        );
    }

    #[test]
    fn unusual_slashes_do_not_keep_a_password() {
        check("//alice:secret@example.org/a", "//example.org/a");
        check("https:/alice:secret@example.org/a", "https:/example.org/a");
        check(
            "https:\\\\alice:secret@example.org",
            "https:\\\\example.org",
        );
        check("https:///alice:secret@example.org", "https:///example.org");
        check("/a@b/c", "/a@b/c");
    }

    #[test]
    fn only_harmless_query_values_are_kept() {
        check(
            "https://example.org/token?service=s&scope=repository:a:pull&account=alice&token=abc",
            "https://example.org/token?service=s&scope=repository:a:pull&account=***&token=***",
        );
        check(
            "https://s3.example.org/b?X-Amz-Signature=abc;sig=d",
            "https://s3.example.org/b?X-Amz-Signature=***&sig=***",
        );
        check(
            "https://example.org/?bare-token",
            "https://example.org/?***",
        );
        check(
            "https://example.org/?empty=&n=5",
            "https://example.org/?empty=&n=5",
        );
    }

    #[test]
    fn a_caller_may_keep_more_query_values() {
        let url = RedactedUrl::showing("http://h/x?page=2&key=k", &["page"]);
        assert_eq!(url.as_str(), "http://h/x?page=2&key=***");
    }

    #[test]
    fn the_fragment_is_removed() {
        check(
            "https://example.org/a?n=1#access_token=abc",
            "https://example.org/a?n=1",
        );
        check(
            "https://example.org/a#access_token=abc",
            "https://example.org/a",
        );
    }

    #[test]
    fn a_url_without_secrets_is_unchanged() {
        check(
            "http://[::1]:5000/v2/app/manifests/1.0",
            "http://[::1]:5000/v2/app/manifests/1.0",
        );
        check("", "");
    }

    #[test]
    fn debug_output_is_redacted() {
        assert_eq!(
            format!("{:?}", RedactedUrl::new("https://u:p@h/")),
            "\"https://h/\""
        );
    }
}
