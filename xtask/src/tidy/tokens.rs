//! Tokens of Rust code, as far as modules and paths need them.

/// Token of code without comments and literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'c> {
    /// Identifier, keyword or number.
    Word(&'c str),
    /// `::`
    Separator,
    /// Any other character that is not blank.
    Sign(char),
}

/// Splits code whose comments and literals are blank into tokens.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let bytes = code.as_bytes();
    let mut tokens = Vec::with_capacity(code.len() / 6);
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        if at > start {
            tokens.push(Token::Word(&code[start..at]));
        } else if bytes[at..].starts_with(b"::") {
            tokens.push(Token::Separator);
            at += 2;
        } else {
            if !bytes[at].is_ascii_whitespace() {
                tokens.push(Token::Sign(char::from(bytes[at])));
            }
            at += 1;
        }
    }
    tokens
}

/// Bytes beyond ASCII count as letters: outside of comments and literals they occur in names only.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Returns the position after the item, field or statement that begins at `at`, attributes included.
pub(crate) fn after_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    while tokens.get(at) == Some(&Token::Sign('#')) {
        at = after_brackets(tokens, at + 1);
    }
    if tokens.get(at) == Some(&Token::Word("pub")) {
        at += 1;
        if tokens.get(at) == Some(&Token::Sign('(')) {
            at = after_brackets(tokens, at);
        }
    }
    // A field, a variant or a match arm ends at a comma; in an item commas separate parameters.
    let is_item = matches!(tokens.get(at), Some(Token::Word(word)) if ITEMS.contains(word));
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign(';') => return at + 1,
            Token::Sign(',') if !is_item => return at + 1,
            Token::Sign('{') => return after_brackets(tokens, at),
            Token::Sign('(' | '[') => at = after_brackets(tokens, at),
            Token::Sign('}' | ')' | ']') => return at,
            _ => at += 1,
        }
    }
    at
}

/// Keywords that an item or a `let` begins with.
const ITEMS: [&str; 15] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "let",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "type",
    "unsafe",
    "use",
];

/// Returns the position after the bracket that closes the one at `at`.
pub(crate) fn after_brackets(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, token) in tokens[at.min(tokens.len())..].iter().enumerate() {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + offset + 1;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::{Token, after_item, tokens};

    #[test]
    fn code_is_words_separators_and_signs() {
        assert_eq!(
            tokens("a::b_1 .c"),
            [
                Token::Word("a"),
                Token::Separator,
                Token::Word("b_1"),
                Token::Sign('.'),
                Token::Word("c"),
            ]
        );
    }

    #[track_caller]
    fn rest(code: &str, expected: &str) {
        let all = tokens(code);
        assert_eq!(all[after_item(&all, 0)..], tokens(expected), "{code}");
    }

    #[test]
    fn an_item_ends_at_its_semicolon_or_its_braces() {
        rest("#[a] pub(crate) mod x; y", "y");
        rest("fn f<A, B>(x: [A; 2]) -> B { {} } y", "y");
        rest("use a::b; y", "y");
        rest("struct X(u8, u8); y", "y");
    }

    #[test]
    fn a_field_ends_at_its_comma_or_at_the_end_of_the_struct() {
        rest("x: Vec<u8>, y", "y");
        rest("pub x: u8 } y", "} y");
        rest("A => f(x, y), z", "z");
    }
}
