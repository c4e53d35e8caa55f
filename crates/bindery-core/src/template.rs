//! The mustache scanner: cuts a text into literals, refs and escapes.
//!
//! A tag is `{{`, optionally `&`, one or more characters that are no braces, then `&` again if the tag began with one
//! (optional), then `}}`. Tags are found from left to right; everything else is literal.

use std::ops::Range;

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text that stays as it is.
    Literal(&'a str),
    /// The body of a tag; not yet known to be an address.
    Tag(&'a str),
    /// The body of an escape, without the `&` at its front and, if there is one, the last `&` at its end.
    Escape(&'a str),
}

/// Whether a text can hold a tag at all.
pub(crate) fn may_hold_tags(text: &str) -> bool {
    next_braces(text, 0).is_some()
}

/// Where the first `{{` at or after a byte begins.
fn next_braces(text: &str, mut at: usize) -> Option<usize> {
    loop {
        // A search for one character is much faster than one for two.
        let open = at + text[at..].find('{')?;
        if text.as_bytes().get(open + 1) == Some(&b'{') {
            return Some(open);
        }
        at = open + 1;
    }
}

/// Returns the byte ranges of the tags of a text, from left to right, braces included.
pub fn tags(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = next_braces(text, at)?;
            let body_start = open + 2;
            let body_len = text[body_start..].find(['{', '}'])?;
            let body_end = body_start + body_len;
            if body_len > 0 && text[body_end..].starts_with("}}") {
                at = body_end + 2;
                return Some(open..at);
            }
            // No tag begins between here and the brace: a body holds none. `{{{` may begin one later by a single brace.
            at = if body_len == 0 && text[body_end..].starts_with('{') {
                open + 1
            } else {
                body_end
            };
        }
    })
}

/// Calls `visit` for every piece, literals of no length excluded.
pub(crate) fn scan<'a, E>(
    text: &'a str,
    mut visit: impl FnMut(Piece<'a>) -> Result<(), E>,
) -> Result<(), E> {
    let mut literal_start = 0;
    for tag in tags(text) {
        if literal_start < tag.start {
            visit(Piece::Literal(&text[literal_start..tag.start]))?;
        }
        visit(piece(&text[tag.start + 2..tag.end - 2]))?;
        literal_start = tag.end;
    }
    if literal_start < text.len() {
        visit(Piece::Literal(&text[literal_start..]))?;
    }
    Ok(())
}

fn piece(body: &str) -> Piece<'_> {
    match body.strip_prefix('&') {
        Some(escaped) if !escaped.is_empty() => match escaped.strip_suffix('&') {
            Some(shorter) if !shorter.is_empty() => Piece::Escape(shorter),
            _ => Piece::Escape(escaped),
        },
        _ => Piece::Tag(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[Piece<'_>]) {
        let mut found = Vec::new();
        scan(text, |piece| {
            found.push(piece);
            Ok::<(), ()>(())
        })
        .unwrap();
        assert_eq!(found, expected, "from {text:?}");
    }

    #[test]
    fn tags_are_cut_out() {
        use Piece::{Escape, Literal, Tag};
        check("plain", &[Literal("plain")]);
        check("a {{x}} b", &[Literal("a "), Tag("x"), Literal(" b")]);
        check("{{x}}{{y}}", &[Tag("x"), Tag("y")]);
        check("{{{x}}}", &[Literal("{"), Tag("x"), Literal("}")]);
        check("{{{{x}}}}", &[Literal("{{"), Tag("x"), Literal("}}")]);
        check("{{a[{{b}}]}}", &[Literal("{{a["), Tag("b"), Literal("]}}")]);
        check("{{ x }}", &[Tag(" x ")]);
        check("{{a\nb}}", &[Tag("a\nb")]);
        check("{{&x}}{{&y&}}", &[Escape("x"), Escape("y")]);
        check("{{&x&&}}{{&&}}", &[Escape("x&"), Escape("&")]);
        check("{{&}}", &[Tag("&")]);
    }

    #[test]
    fn what_is_no_tag_is_literal() {
        for text in [
            "{{}}", "{{x}", "{x}", "{{x", "{{{}}}", "{{a{b}}", "}}{{", "{{x} }",
        ] {
            check(text, &[Piece::Literal(text)]);
        }
    }
}
