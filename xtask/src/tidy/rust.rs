//! Lexical view of a Rust source: code, comments and literals.

/// Kind of a piece of source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything that is not a comment or a literal.
    Code,
    /// Line or block comment, doc comments included.
    Comment,
    /// String, byte string or character, with its quotes.
    Literal,
}

/// Splits a source into pieces, in order and without gaps.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text }
}

/// Iterator over the pieces of a source.
pub(crate) struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = (Kind, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (kind, length) = match comment_or_literal(self.rest) {
            Some(length) if self.rest.starts_with('/') => (Kind::Comment, length),
            Some(length) => (Kind::Literal, length),
            None => (Kind::Code, code(self.rest)),
        };
        let (piece, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some((kind, piece))
    }
}

/// Returns the text, line for line, with comments and literals replaced by blanks.
pub(crate) fn code_only(text: &str) -> String {
    blank_out(text, |kind| kind != Kind::Code)
}

/// Returns the text, line for line, with comments replaced by blanks.
pub(crate) fn without_comments(text: &str) -> String {
    blank_out(text, |kind| kind == Kind::Comment)
}

/// Replaces the pieces of some kinds by blanks.
fn blank_out(text: &str, is_blank: impl Fn(Kind) -> bool) -> String {
    let mut blanked = String::with_capacity(text.len());
    for (kind, piece) in pieces(text) {
        if is_blank(kind) {
            blanked.extend(
                piece
                    .chars()
                    .map(|one| if one == '\n' { '\n' } else { ' ' }),
            );
        } else {
            blanked.push_str(piece);
        }
    }
    blanked
}

/// Returns the length of the code at the start of `rest`, up to the next comment or literal.
fn code(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        if is_word(bytes[at]) {
            // Only a whole word can be the prefix of a literal: the `r` of `for` begins no raw string.
            if at > 0
                && matches!(bytes[at], b'b' | b'c' | b'r')
                && comment_or_literal(&rest[at..]).is_some()
            {
                return at;
            }
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
        } else {
            let may_begin = matches!(bytes[at], b'/' | b'"' | b'\'');
            if at > 0 && may_begin && comment_or_literal(&rest[at..]).is_some() {
                return at;
            }
            at += 1;
        }
    }
    bytes.len()
}

/// Returns the length of the comment or literal at the start of `rest`.
fn comment_or_literal(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(block_comment(rest));
    }
    if rest.starts_with('\'') {
        return character(rest);
    }
    let unprefixed = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    let prefix = rest.len() - unprefixed.len();
    if unprefixed.starts_with('"') {
        return Some(prefix + string(unprefixed));
    }
    if let Some(length) = unprefixed.strip_prefix('r').and_then(raw_string) {
        return Some(prefix + 1 + length);
    }
    if rest.starts_with("b'") {
        return character(unprefixed).map(|length| 1 + length);
    }
    None
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Returns the length of a string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, one) in text.char_indices().skip(1) {
        match one {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of `#"…"#` with any number of `#`.
fn raw_string(text: &str) -> Option<usize> {
    let inner = text.trim_start_matches('#');
    let hashes = text.len() - inner.len();
    let inner = inner.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

/// Returns the length of a character literal; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first == '\\' {
        chars.next();
        return chars.find(|(_, one)| *one == '\'').map(|(at, _)| at + 1);
    }
    chars
        .next()
        .filter(|(_, one)| *one == '\'')
        .map(|(at, _)| at + 1)
}

/// Returns the lines before the unit tests, which are last in a file.
pub(crate) fn without_tests(code: &str) -> &str {
    code.find("#[cfg(test)]").map_or(code, |at| &code[..at])
}

/// Whether `line` contains `pattern`, not as a part of longer words.
pub(crate) fn names(line: &str, pattern: &str) -> bool {
    let is_word = |one: char| one.is_alphanumeric() || one == '_';
    line.match_indices(pattern).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + pattern.len()..].chars().next();
        let open = |edge: Option<char>, neighbour: Option<char>| {
            !(edge.is_some_and(is_word) && neighbour.is_some_and(is_word))
        };
        open(pattern.chars().next(), before) && open(pattern.chars().next_back(), after)
    })
}

#[cfg(test)]
mod tests {
    use super::{code_only, names, without_comments, without_tests};

    #[track_caller]
    fn check(text: &str, code: &str) {
        assert_eq!(code_only(text), code);
    }

    #[test]
    fn comments_are_blank() {
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
    }

    #[test]
    fn literals_are_blank() {
        check(
            r#"a("x\"y", 'c', b'\'', 'd')"#,
            "a(      ,    ,      ,    )",
        );
        check("a(r#\"x\"y\"#, b\"z\")", "a(        ,     )");
        check("for\"x\"", "for   ");
    }

    #[test]
    fn literals_can_stay() {
        assert_eq!(
            without_comments("a(\"//\", 'c') /* b */ // d"),
            "a(\"//\", 'c')             "
        );
    }

    #[test]
    fn lifetimes_and_lines_stay() {
        check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)");
        check("\"a\nb\"c", "  \n  c");
    }

    #[test]
    fn a_pattern_is_found_as_whole_words() {
        assert!(names("x.unsafe {", "unsafe"));
        assert!(!names("unsafe_code", "unsafe"));
        assert!(names("std::env::var(", "env::var("));
        assert!(!names("my_env::var(", "env::var("));
    }

    #[test]
    fn unit_tests_are_last() {
        assert_eq!(without_tests("a\n#[cfg(test)]\nmod tests"), "a\n");
    }
}
