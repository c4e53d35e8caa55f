//! Text from plugins and foreign files, made safe to print.

/// Returns `text` on one line, without control characters, and cut after 500 characters.
pub(crate) fn one_line(text: &str) -> String {
    const LIMIT: usize = 500;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let mut line = words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if let Some((end, _)) = line.char_indices().nth(LIMIT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// Returns `text` without characters that control a terminal; line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_plugins_is_printed_on_one_line() {
        assert_eq!(one_line("a\n  b\u{1b}[31m c\r"), "a b [31m c");
        assert_eq!(one_line(&"ü".repeat(600)).chars().count(), 501);
    }

    #[test]
    fn printed_text_keeps_line_breaks_and_tabs() {
        assert_eq!(printable("a\n\tb\u{1b}[31m\r\u{9b}c"), "a\n\tb[31mc");
    }
}
