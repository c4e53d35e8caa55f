//! The contract as a reference page: written from the sources of this crate, compared on every test run.
//!
//! `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-abi contract` writes the page anew.

use std::fmt::Write;

const HEAD: &str = "# The plugin contract\n\n\
    <!-- Written from the sources of bindery-abi by `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-abi contract`; do not edit. -->\n\n\
    What crosses between Bindery and a library, version 1 of the plugin interface: the tables of functions, the records, and the card in \
    the library's file. [Versions](plugin-versions.md) says how long it stays as it is, [plugins](plugins.md) what can be done with it, and \
    [the plugin protocol](plugin-protocol.md) how the same is said in lines of JSON. Authors in Rust have the kit `bindery-plugin` around \
    all of it; whoever writes another kit finds here what it has to do.\n";

/// The items of the page, in its order: a heading, a source, and how the item begins there.
const ITEMS: [(&str, &str, &str); 9] = [
    ("What a library exports", TABLE, "pub struct PluginModule {"),
    ("An open plugin", TABLE, "pub trait Instance:"),
    ("What the host offers", TABLE, "pub trait HostServices:"),
    ("A request", MESSAGE, "pub struct Request {"),
    ("An answer", MESSAGE, "pub struct Answer {"),
    ("A failure", MESSAGE, "pub struct Failure {"),
    ("Codes of failures", MESSAGE, "pub mod code {"),
    ("Levels of the log", TABLE, "pub mod level {"),
    ("The card in the file", CARD, "pub struct Meta {"),
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
    let _ = write!(page, "\n## Names and numbers of the card\n");
    for line in CARD.lines().filter(|line| line.starts_with("pub const ")) {
        let (before, _) = CARD.split_once(line).expect("it is a line of it");
        let about = comment_before(before);
        let _ = write!(page, "\n- `{}`\n\n  {about}\n", shown(line));
    }
    page
}

/// What stands before an item, and its members, each with what stands before it.
fn item(source: &str, start: &str) -> (String, Vec<(String, String)>) {
    let at = source.find(start).expect("the item is there");
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
                    members.push((shown(&member), plain(&comment)));
                    (comment, member) = (Vec::new(), String::new());
                }
            }
        }
    }
    (about, members)
}

/// The comment that ends here, attributes apart.
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

/// A declaration on one line, without what only Rust wants to know.
fn shown(member: &str) -> String {
    let member = member.trim_end_matches([',', ';']);
    let member = member.strip_prefix("pub ").unwrap_or(member);
    member.replace("( ", "(").replace(", )", ")")
}

/// The paragraphs of a comment, each on a line, without the links of the documentation of Rust.
fn plain(comment: &[&str]) -> String {
    let paragraphs = comment.split(|line| line.is_empty());
    let text = paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>();
    let mut plain = String::new();
    for (at, part) in text.join("\n\n").split("[`").enumerate() {
        // Behind the name stands where it leads, if that is not the name itself.
        match part.split_once("`]").filter(|_| at > 0) {
            Some((name, rest)) => {
                let rest = match rest.strip_prefix('(').and_then(|it| it.split_once(')')) {
                    Some((_, behind)) => behind,
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
    fn contract_of_the_reference_is_that_of_the_sources() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/plugin-contract.md");
        if std::env::var_os("BINDERY_UPDATE_DOCS").is_some() {
            fs::write(&path, page()).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == page(),
            "`{}` is not what the sources say; `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-abi contract` writes it anew",
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
