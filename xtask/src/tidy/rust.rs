//! Rust sources without what is no code: comments, and the insides of literals.

/// The same text, line for line, with comments and the contents of strings and characters replaced by blanks.
pub(crate) fn code_only(text: &str) -> String {
    blanked(text, |_| true)
}

/// The same text, line for line, with comments replaced by blanks.
pub(crate) fn without_comments(text: &str) -> String {
    blanked(text, |part| {
        part.starts_with("//") || part.starts_with("/*")
    })
}

/// The text with those comments and literals replaced by blanks of which `is_blank` says so.
fn blanked(text: &str, is_blank: impl Fn(&str) -> bool) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        // The `r` of `for` begins no raw string.
        let inside_word = after_word && first.is_alphanumeric();
        let length = if inside_word {
            first.len_utf8()
        } else {
            skipped(rest)
        };
        let (taken, tail) = rest.split_at(length);
        if length > first.len_utf8() && !is_blank(taken) {
            code.push_str(taken);
            after_word = false;
        } else if length > first.len_utf8() {
            code.extend(
                taken
                    .chars()
                    .map(|one| if one == '\n' { '\n' } else { ' ' }),
            );
            after_word = false;
        } else {
            code.push(first);
            after_word = first.is_alphanumeric() || first == '_';
        }
        rest = tail;
    }
    code
}

/// How many bytes at the start of `rest` are a comment or a literal; if there is none, the length of one character.
fn skipped(rest: &str) -> usize {
    let one = rest.chars().next().map_or(0, char::len_utf8);
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('\'') {
        return character(rest).unwrap_or(one);
    }
    let unprefixed = rest.trim_start_matches(['b', 'c']);
    let prefix = rest.len() - unprefixed.len();
    if prefix <= 1 {
        if unprefixed.starts_with('"') {
            return prefix + string(unprefixed);
        }
        if let Some(raw) = unprefixed.strip_prefix('r')
            && let Some(length) = raw_string(raw)
        {
            return prefix + 1 + length;
        }
        if prefix == 1 && rest.starts_with("b'") {
            return character(unprefixed).map_or(one, |length| 1 + length);
        }
    }
    one
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

/// The length of a string with its quotes.
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

/// The length of `#"…"#` with any number of `#`.
fn raw_string(text: &str) -> Option<usize> {
    let inner = text.trim_start_matches('#');
    let hashes = text.len() - inner.len();
    let inner = inner.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inner.find(&end).map_or(inner.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

/// The length of a character literal; `None` for a lifetime.
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

/// The lines before the unit tests, which stand last in a file.
pub(crate) fn without_tests(code: &str) -> &str {
    code.find("#[cfg(test)]").map_or(code, |at| &code[..at])
}

/// Whether `line` has `pattern` in it, not as a part of longer words.
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
