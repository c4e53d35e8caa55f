//! Parser for the `Link` header (RFC 8288), as far as it names the next page of a list.

/// Returns the target of the first link with the relation `next`, unchanged.
///
/// Supports several links in one value, several relations in one `rel`, and values with and without quotes. Ignores everything after a
/// syntax error.
pub(crate) fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        rest = after;
        let mut relation = None;
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let (name, value, after) = read_parameter(parameter)?;
            // Only the first `rel` counts (section 3.3).
            if name.eq_ignore_ascii_case("rel") && relation.is_none() {
                relation = Some(value);
            }
            rest = after;
        }
        let mut relations = relation.unwrap_or_default().split_ascii_whitespace();
        if relations.any(|one| one.eq_ignore_ascii_case("next")) {
            return Some(target.trim());
        }
        if rest.trim_start().is_empty() {
            return None;
        }
    }
}

/// Returns name and value of a parameter, and the text after the parameter. Does not resolve escapes, which no relation contains.
fn read_parameter(text: &str) -> Option<(&str, &str, &str)> {
    let end = text.find([';', ',', '=']).unwrap_or(text.len());
    let (name, rest) = (text[..end].trim(), &text[end..]);
    let Some(value) = rest.strip_prefix('=') else {
        return Some((name, "", rest));
    };
    let value = value.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        let end = value.find([';', ',']).unwrap_or(value.len());
        return Some((name, value[..end].trim(), &value[end..]));
    };
    let mut is_escaped = false;
    let end = quoted.find(|character| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    })?;
    Some((name, &quoted[..end], &quoted[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, target: Option<&str>) {
        assert_eq!(next(header), target, "in {header}");
    }

    #[test]
    fn quotes_are_optional_and_case_is_ignored() {
        let target = Some("/v2/a/tags/list?last=b&n=2");
        check(r#"</v2/a/tags/list?last=b&n=2>; rel="next""#, target);
        check("</v2/a/tags/list?last=b&n=2>; rel=next", target);
        check("</v2/a/tags/list?last=b&n=2>;REL=Next", target);
        check(
            r#"< /v2/a/tags/list?last=b&n=2 > ; rel = "prev next""#,
            target,
        );
    }

    #[test]
    fn the_next_page_is_found_among_several_links() {
        check(r#"</a>; rel="prev", </b>; rel="next""#, Some("/b"));
        check(
            r#"</a,b>; title="x, \"y\"; rel=next"; rel=first, , </c>; rel=next"#,
            Some("/c"),
        );
        check("</a>, </b>; rel=next; rel=prev", Some("/b"));
        check("</a>; rel=prev; rel=next", None);
        check("</a>; next; rel=next", Some("/a"));
    }

    #[test]
    fn other_headers_name_no_next_page() {
        check("", None);
        check("</a>", None);
        check("</a>; rel=last", None);
        check("/a; rel=next", None);
        check(r#"</a; rel="next""#, None);
        check(r#"</a>; rel="next"#, None);
    }
}
