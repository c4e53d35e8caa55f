//! Reference page of the contract, generated from the sources of this crate and compared on every test run.
//!
//! `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual` writes the page.

use std::fmt::Write;

const HEAD: &str = "# The plugin contract\n\n\
    <!-- Written from the sources of bindery-abi by `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`; do not edit. -->\n\n\
    Version 1 of the interface between Bindery and a library: the function tables, the records, and the header in the library's file. \
    [Versions](plugin-versions.md) has the promises for it, [plugins](plugins.md) the abilities of plugins, and [the plugin \
    protocol](plugin-protocol.md) the equivalent lines of JSON. Authors in Rust use the kit `bindery-plugin`; this page is for authors of \
    other kits.\n";

/// Items of the page, in its order: a heading, a source, and the beginning of the item.
const ITEMS: [(&str, &str, &str); 9] = [
    ("What a library exports", TABLE, "pub struct PluginModule {"),
    ("An open plugin", TABLE, "pub trait Instance:"),
    ("The services of the host", TABLE, "pub trait HostServices:"),
    ("A request", MESSAGE, "pub struct Request {"),
    ("An answer", MESSAGE, "pub struct Answer {"),
    ("A failure", MESSAGE, "pub struct Failure {"),
    ("Codes of failures", MESSAGE, "pub mod code {"),
    ("Levels of the log", TABLE, "pub mod level {"),
    ("The header in the file", CARD, "pub struct Meta {"),
];

const CARD: &str = include_str!("card.rs");
const MESSAGE: &str = include_str!("message.rs");
const TABLE: &str = include_str!("table.rs");

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (heading, source, start) in ITEMS {
        let (about, members) = item(source, start);
        let name = start.split([' ', ':', '{']).nth(2).unwrap_or_default();
        let _ = write!(page, "\n## {heading}\n\n`{name}`. {about}\n");
        for (member, about) in members {
            let about = about.replace("\n\n", "\n\n  ");
            let _ = write!(page, "\n- `{member}`\n\n  {about}\n");
        }
    }
    let _ = write!(page, "\n## Constants of the header\n");
    for line in CARD.lines().filter(|line| line.starts_with("pub const ")) {
        let (before, _) = CARD
            .split_once(line)
            .expect("the line is part of the source");
        let about = comment_before(before);
        let _ = write!(page, "\n- `{}`\n\n  {about}\n", declaration(line));
    }
    page
}

/// Returns the comment of an item, and its members, each with its comment.
fn item(source: &str, start: &str) -> (String, Vec<(String, String)>) {
    let at = source.find(start).expect("the source has the item");
    let about = comment_before(&source[..at]);
    let (_, body) = source[at..].split_once('{').expect("an item has a body");
    let body = body.split("\n}").next().unwrap_or_default();
    let mut members = Vec::new();
    let (mut comment, mut member) = (Vec::new(), String::new());
    for line in body.lines().map(str::trim) {
        match line.strip_prefix("///") {
            Some(text) => comment.push(text.trim()),
            None if line.is_empty() || line.starts_with("#[") => {}
            None => {
                let _ = write!(member, "{}{line}", if member.is_empty() { "" } else { " " });
                let is_function = member.contains("fn ") && !member.starts_with("pub ");
                if line.ends_with(';') || !is_function && line.ends_with(',') {
                    members.push((declaration(&member), plain(&comment)));
                    (comment, member) = (Vec::new(), String::new());
                }
            }
        }
    }
    (about, members)
}

/// Returns the comment at the end of the text, without attributes.
fn comment_before(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().map(str::trim).collect();
    let comment = lines
        .iter()
        .skip_while(|line| line.starts_with("#["))
        .map_while(|line| line.strip_prefix("///"));
    let mut comment: Vec<&str> = comment.map(str::trim).collect();
    comment.reverse();
    plain(&comment)
}

/// Returns a declaration on one line, without details of Rust.
fn declaration(member: &str) -> String {
    let member = member.trim_end_matches([',', ';']);
    let member = member.strip_prefix("pub ").unwrap_or(member);
    member.replace("( ", "(").replace(", )", ")")
}

/// Returns the paragraphs of a comment, one per line, without links of Rust's documentation.
fn plain(comment: &[&str]) -> String {
    let paragraphs = comment.split(|line| line.is_empty());
    let text = paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>();
    let mut plain = String::new();
    for (at, part) in text.join("\n\n").split("[`").enumerate() {
        // A link target follows the name if the two differ.
        match part.split_once("`]").filter(|_| at > 0) {
            Some((name, rest)) => {
                let rest = match rest
                    .strip_prefix('(')
                    .and_then(|target| target.split_once(')'))
                {
                    Some((_, rest)) => rest,
                    None => rest,
                };
                let _ = write!(plain, "`{name}`{rest}");
            }
            None => plain.push_str(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::{item, page};

    #[test]
    fn manual_of_the_contract_is_that_of_the_sources() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/plugin-contract.md");
        if std::env::var_os("BINDERY_UPDATE_DOCS").is_some() {
            fs::write(&path, page()).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page(),
            "`{}` differs from the sources; `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual` writes it",
            path.display()
        );
    }

    #[test]
    fn items_are_read_with_all_their_members() {
        let source = "/// Of no interest.\nuse x;\n\n/// A [`Thing`](crate::Thing)\n/// of two lines.\n///\n/// More.\n#[repr(C)]\npub trait Thing: Send {\n    /// Does it.\n    fn does(\n        \
                      &self,\n        what: u8,\n    ) -> u8;\n    /// Is it.\n    #[sabi(last)]\n    fn is(&self);\n}\n";
        let (about, members) = item(source, "pub trait Thing:");
        assert_eq!(about, "A `Thing` of two lines.\n\nMore.");
        let expected = [
            ("fn does(&self, what: u8) -> u8", "Does it."),
            ("fn is(&self)", "Is it."),
        ];
        assert_eq!(members, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
