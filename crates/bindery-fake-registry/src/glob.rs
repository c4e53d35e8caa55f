//! Patterns for paths: `*` matches any text, including slashes.

/// Returns whether the whole `text` matches `pattern`.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    (0..=text.len())
        .filter(|&at| text.is_char_boundary(at))
        .any(|at| matches(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_matches_any_text() {
        assert!(matches("*", ""));
        assert!(matches("/v2/*/manifests/*", "/v2/a/b/manifests/1.0"));
        assert!(matches("a*b*c", "aXbYbc"));
        assert!(!matches("a*b", "abc"));
        assert!(!matches("ab", "abc"));
    }
}
