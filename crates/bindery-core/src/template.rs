//! Mustache scanner: cuts a text into literals, refs and escapes.
//!
//! A tag is `{{`, optionally `&`, one or more characters except braces, optionally `&` again if the tag began with one, then `}}`.
//! Tags are found from left to right; all other text is literal.

use std::ops::Range;

/// Piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Literal text.
    Literal(&'a str),
    /// Body of a tag, which may be an invalid address.
    Tag(&'a str),
    /// Body of an escape, without the `&` at its front and the last `&` at its end.
    Escape(&'a str),
}

/// Returns whether a text may hold a tag.
pub(crate) fn may_hold_tags(text: &str) -> bool {
    next_braces(text, 0).is_some()
}

/// Returns the position of the first `{{` at or after `at`.
fn next_braces(text: &str, mut at: usize) -> Option<usize> {
    loop {
        // A search for one character is much faster than a search for two.
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
            // No tag begins between here and the brace, since a body holds no braces. In `{{{` a tag may begin at the second brace.
            at = if body_len == 0 && text[body_end..].starts_with('{') {
                open + 1
            } else {
                body_end
            };
        }
    })
}

/// Calls `visit` for every piece; skips empty literals.
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
    fn tags_are_separated_from_literals() {
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
    fn invalid_tags_are_literal() {
        for text in [
            "{{}}", "{{x}", "{x}", "{{x", "{{{}}}", "{{a{b}}", "}}{{", "{{x} }",
        ] {
            check(text, &[Piece::Literal(text)]);
        }
    }
}
