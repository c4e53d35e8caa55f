//! An address as it may stand in a message.

use std::fmt;

/// Query keys whose values identify a request and never a person: what registries and token servers use.
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

/// A URL without what must not be printed: user name and password, the fragment, and the values of query keys that are not
/// known to be harmless (a signed address of a storage service is a password of its own).
///
/// It is for people to read; it cannot be turned back into the address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RedactedUrl(Box<str>);

impl RedactedUrl {
    /// Redacts `url`. The text need not be a valid URL: what comes before an `@` in front of the path is hidden all the same.
    pub fn new(url: &str) -> Self {
        Self::showing(url, &[])
    }

    /// As [`RedactedUrl::new`], and shows the values of the query keys `also` as well.
    pub fn showing(url: &str, also: &[&str]) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let (place, query) = match url.split_once('?') {
            Some((place, query)) => (place, Some(query)),
            None => (url, None),
        };
        let mut shown = String::with_capacity(url.len());
        // Readers of URLs take any number and kind of slashes for the two that belong there.
        let is_slash = |c: char| matches!(c, '/' | '\\');
        let scheme = place
            .find(':')
            .filter(|colon| place[colon + 1..].starts_with(is_slash));
        let begin = scheme.map_or(0, |colon| colon + 1);
        let slashes = place[begin..]
            .find(|c| !is_slash(c))
            .unwrap_or(place.len() - begin);
        let begin = if scheme.is_some() || slashes > 1 {
            begin + slashes
        } else {
            begin
        };
        shown.push_str(&place[..begin]);
        let rest = &place[begin..];
        let (authority, path) = rest.split_at(rest.find(is_slash).unwrap_or(rest.len()));
        shown.push_str(authority.rsplit('@').next().unwrap_or_default());
        shown.push_str(path);
        if let Some(query) = query {
            let listed = |key: &str| HARMLESS_KEYS.contains(&key) || also.contains(&key);
            for (position, pair) in query.split(['&', ';']).enumerate() {
                shown.push(if position == 0 { '?' } else { '&' });
                match pair.split_once('=') {
                    Some((key, value)) if listed(key) || value.is_empty() => shown.push_str(pair),
                    Some((key, _)) => {
                        shown.push_str(key);
                        shown.push_str("=***");
                    }
                    // A value without a key can be a token as well.
                    None if pair.is_empty() || listed(pair) => shown.push_str(pair),
                    None => shown.push_str("***"),
                }
            }
        }
        Self(shown.into())
    }

    /// The redacted text.
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
    fn check(url: &str, shown: &str) {
        assert_eq!(RedactedUrl::new(url).to_string(), shown, "from {url:?}");
    }

    #[test]
    fn user_and_password_are_left_out() {
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
    fn odd_slashes_hide_no_password() {
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
    fn only_listed_query_values_are_shown() {
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
    fn a_caller_may_list_more_keys() {
        let shown = RedactedUrl::showing("http://h/x?page=2&key=k", &["page"]);
        assert_eq!(shown.as_str(), "http://h/x?page=2&key=***");
    }

    #[test]
    fn the_fragment_is_left_out() {
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
    fn plain_addresses_stay_as_they_are() {
        check(
            "http://[::1]:5000/v2/app/manifests/1.0",
            "http://[::1]:5000/v2/app/manifests/1.0",
        );
        check("", "");
    }

    #[test]
    fn debugging_shows_no_more() {
        assert_eq!(
            format!("{:?}", RedactedUrl::new("https://u:p@h/")),
            "\"https://h/\""
        );
    }
}
