//! The `Link` header (RFC 8288), as far as lists have it: where the next page is.

/// The target of the first link with the relation `next`, as it was written.
///
/// Several links in one value, several relations in one `rel`, and values with and without quotes are understood; what follows an
/// error in the grammar is not.
pub(crate) fn next(header: &str) -> Option<&str> {
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (target, after) = rest.strip_prefix('<')?.split_once('>')?;
        rest = after;
        let mut relation = None;
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let (name, value, after) = read_parameter(parameter)?;
            // The first one counts (section 3.3).
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

/// Name and value of a parameter, and what follows it. An escaped quote does not end a value; no relation holds one.
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
    fn quotes_are_optional_and_case_makes_no_difference() {
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
    fn the_right_one_of_several_links_is_taken() {
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
    fn without_a_next_page_there_is_none() {
        check("", None);
        check("</a>", None);
        check("</a>; rel=last", None);
        check("/a; rel=next", None);
        check(r#"</a; rel="next""#, None);
        check(r#"</a>; rel="next"#, None);
    }
}
