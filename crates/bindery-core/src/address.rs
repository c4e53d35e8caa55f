//! Refs: names of template variables, as in `docker.image[library/python][3.12]`.
//!
//! ```text
//! address = [ "." ] name { part }  |  index { part }
//! part    = "." name | index
//! index   = "[" 1*( word | "-" | "." | "/" ) "]"
//! name    = a word character except decimal digits, then word characters
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;
use std::sync::OnceLock;

use bindery_notation::repr;
use regex::Regex;

use crate::{Error, ErrorKind};

/// Component of a ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Component<'a> {
    /// `.name`
    Dereference(&'a str),
    /// `[text]`; always a text, so `[0]` and `[00]` differ.
    Index(&'a str),
}

impl<'a> Component<'a> {
    /// Returns the text of the component without dot or brackets.
    pub fn value(self) -> &'a str {
        match self {
            Component::Dereference(text) | Component::Index(text) => text,
        }
    }
}

/// Template variable. Stored as its address in canonical form, without a leading dot (Q03).
///
/// Two refs are equal if their components are equal, including the kind: `a.b` is not `a[b]`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Ref(Rc<str>);

/// Maximum length of an address in bytes. A lookup takes time proportional to the square of the number of components.
const MAX_LENGTH: usize = 16 << 10;

impl Ref {
    /// Parses an address.
    ///
    /// # Errors
    ///
    /// `InvalidRef` for a text that is not a valid address or longer than 16 KiB.
    pub fn from_address(text: &str) -> Result<Self, Error> {
        Ok(Ref(canonical(text)?.into()))
    }

    /// Returns the canonical address, as in `a.b[c]`.
    pub fn address(&self) -> &str {
        &self.0
    }

    /// Returns the canonical address as a shared text, for tables sorted by address.
    pub(crate) fn key(&self) -> Rc<str> {
        Rc::clone(&self.0)
    }

    /// Iterates over the components from left to right; there is at least one.
    pub fn components(&self) -> impl Iterator<Item = Component<'_>> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let (first, after) = split_first(rest);
            rest = after;
            Some(first)
        })
    }

    /// Returns the texts of the components.
    pub fn parts(&self) -> Vec<String> {
        let parts = self
            .components()
            .map(|component| component.value().to_owned());
        parts.collect()
    }

    /// Returns the ref of the first `count` components; `None` if `count` is 0 or there are fewer components.
    pub fn prefix(&self, count: usize) -> Option<Ref> {
        let mut rest = &*self.0;
        for _ in 0..count {
            if rest.is_empty() {
                return None;
            }
            rest = split_first(rest).1;
        }
        let mut end = self.0.len() - rest.len();
        // The dot between prefix and rest is part of neither.
        if !rest.is_empty() && self.0[..end].ends_with('.') {
            end -= 1;
        }
        (count > 0).then(|| match rest {
            "" => self.clone(),
            _ => Ref(self.0[..end].into()),
        })
    }

    /// Returns the rest of `other` after this ref, if `other` strictly extends it.
    pub fn scoped_to(&self, other: &Ref) -> Option<Ref> {
        let rest = other.0.strip_prefix(&*self.0)?;
        match rest.as_bytes().first()? {
            b'.' => Some(Ref(rest[1..].into())),
            b'[' => Some(Ref(rest.into())),
            _ => None,
        }
    }

    /// Returns this ref followed by the components of `other`.
    #[must_use]
    pub fn join(&self, other: &Ref) -> Ref {
        if other.0.starts_with('[') {
            Ref(format!("{}{}", self.0, other.0).into())
        } else {
            Ref(format!("{}.{}", self.0, other.0).into())
        }
    }
}

/// Sorts refs with fewer components first; for an equal number the first text that differs decides. Refs that differ only in kind
/// (`a.b` and `a[b]`) are neither equal nor ordered.
impl PartialOrd for Ref {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        let by_count = self.components().count().cmp(&other.components().count());
        if by_count != Ordering::Equal {
            return Some(by_count);
        }
        self.components()
            .zip(other.components())
            .map(|(a, b)| a.value().cmp(b.value()))
            .find(|order| *order != Ordering::Equal)
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{{}}}}}", self.0)
    }
}

impl fmt::Debug for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ref({})", self.0)
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidRef, message)
}

/// Returns the canonical form of an address: the address without a leading dot.
///
/// # Errors
///
/// As [`Ref::from_address`].
pub(crate) fn canonical(text: &str) -> Result<&str, Error> {
    if text.is_empty() {
        return Err(invalid(format!("Invalid address: {}", repr::string(text))));
    }
    if text.len() > MAX_LENGTH {
        return Err(invalid(format!(
            "Badly formed address: longer than {MAX_LENGTH} bytes"
        )));
    }
    if !text.starts_with(['.', '[']) {
        // Only the first letter of an address without a dot must be ASCII (Q04).
        let first = text.as_bytes()[0];
        if !(first.is_ascii_alphabetic() || first == b'_') {
            return Err(invalid(text.to_owned()));
        }
        if !is_well_formed(text, false) {
            return Err(invalid(format!("Badly formed address .{text}")));
        }
        return Ok(text);
    }
    if !is_well_formed(text, true) {
        return Err(invalid(format!("Badly formed address {text}")));
    }
    Ok(text.strip_prefix('.').unwrap_or(text))
}

/// Splits a canonical, nonempty address into its first component and the canonical rest, which may be empty.
pub(crate) fn split_first(address: &str) -> (Component<'_>, &str) {
    let end_at = |wanted: fn(u8) -> bool| address.bytes().position(wanted);
    let (first, rest) = if address.starts_with('[') {
        let end = end_at(|b| b == b']').expect("an index is closed");
        (Component::Index(&address[1..end]), &address[end + 1..])
    } else {
        let end = end_at(|b| matches!(b, b'.' | b'[')).unwrap_or(address.len());
        (Component::Dereference(&address[..end]), &address[end..])
    };
    (first, rest.strip_prefix('.').unwrap_or(rest))
}

/// Returns the length of a canonical address without its last component; `None` if there is only one component.
pub(crate) fn split_last(address: &str) -> Option<usize> {
    let start = if address.ends_with(']') {
        address.rfind('[').expect("an index is opened")
    } else {
        address.rfind('.')?
    };
    (start > 0).then_some(start)
}

fn is_well_formed(text: &str, marked: bool) -> bool {
    let mut rest = text;
    if !marked {
        match name(rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    while !rest.is_empty() {
        let after = match rest.as_bytes()[0] {
            b'.' => name(&rest[1..]),
            b'[' => index(&rest[1..]),
            _ => None,
        };
        match after {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// Returns the rest of `text` after the name at its start; `None` without a name.
fn name(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    if !is_word(first) || is_decimal(first) {
        return None;
    }
    Some(skip(text, &WORD, is_word))
}

/// Returns the rest of `text` after its leading characters of a kind. `ascii` marks the ASCII characters of the kind.
fn skip<'a>(text: &'a str, ascii: &[bool; 128], kind: impl Fn(char) -> bool) -> &'a str {
    let of_kind = |b: &u8| ascii.get(usize::from(*b)) == Some(&true);
    let end = text.bytes().position(|b| !of_kind(&b));
    let rest = end.map_or("", |end| &text[end..]);
    match rest.as_bytes().first() {
        Some(first) if !first.is_ascii() => rest.trim_start_matches(kind),
        _ => rest,
    }
}

/// Returns the rest of `text` after an index; the opening bracket is before `text`.
fn index(text: &str) -> Option<&str> {
    let after = skip(text, &INDEX, |c| is_word(c) || matches!(c, '-' | '.' | '/'));
    if after.len() == text.len() {
        return None;
    }
    after.strip_prefix(']')
}

/// ASCII word characters.
const WORD: [bool; 128] = ascii(b"");

/// ASCII characters of an index.
const INDEX: [bool; 128] = ascii(b"-./");

/// Returns a table of letters, digits, `_` and the characters of `more`.
const fn ascii(more: &[u8]) -> [bool; 128] {
    let mut table = [false; 128];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    let mut at = 0;
    while at < more.len() {
        table[more[at] as usize] = true;
        at += 1;
    }
    table
}

/// Returns whether `c` is a word character in Python's regular expressions: a letter or number of any script, or `_`, but not a
/// combining mark.
pub(crate) fn is_word(c: char) -> bool {
    static WORD: OnceLock<Regex> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    one_of(&WORD, r"^[\p{L}\p{N}]", c)
}

/// Returns whether `c` is a decimal digit of any script (Unicode category Nd).
pub(crate) fn is_decimal(c: char) -> bool {
    static DECIMAL: OnceLock<Regex> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    one_of(&DECIMAL, r"^\p{Nd}", c)
}

fn one_of(class: &'static OnceLock<Regex>, pattern: &str, c: char) -> bool {
    class
        .get_or_init(|| Regex::new(pattern).expect("the pattern is valid"))
        .is_match(c.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, canonical: &str) {
        assert_eq!(
            Ref::from_address(input).unwrap().address(),
            canonical,
            "from {input:?}"
        );
    }

    #[test]
    fn an_address_loses_its_leading_dot() {
        for address in [
            "a",
            "_",
            "__x9",
            "a.b",
            "a[b]",
            "[a]",
            "[0].a",
            "[0][a]",
            "a[-]",
            "a[.]",
            "a[/]",
            "a[1.2-rc/4]",
            "a._1",
            "a.é",
            "a[été]",
        ] {
            check(address, address);
        }
        check(".a", "a");
        check(".é", "é");
    }

    #[test]
    fn an_invalid_address_is_refused() {
        for address in [
            "",
            "1a",
            "0",
            "a-b",
            "-b",
            "a.",
            ".",
            "a..b",
            "a.1",
            "a[]",
            "a[b]c",
            "a[b c]",
            "a[b:c]",
            "[[a]",
            "a[b[c]]",
            ".[a]",
            "a b",
            "a[",
            "é",
            "a.e\u{301}",
            "٣",
        ] {
            let error = Ref::from_address(address).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRef, "from {address:?}");
        }
    }

    #[test]
    fn an_address_has_a_maximum_length() {
        let address = |parts| format!("a{}", "[b]".repeat(parts));
        assert!(Ref::from_address(&address(5_000)).is_ok());
        let error = Ref::from_address(&address(50_000)).unwrap_err();
        assert_eq!(
            error.message(),
            "Badly formed address: longer than 16384 bytes"
        );
    }

    #[test]
    fn prefixes_end_at_components() {
        let r = Ref::from_address("docker.image[a.b/c][1.2].tag").unwrap();
        let prefixes: Vec<_> = (0..7)
            .map(|n| r.prefix(n).map(|p| p.address().to_owned()))
            .collect();
        assert_eq!(
            prefixes,
            [
                None,
                Some("docker".into()),
                Some("docker.image".into()),
                Some("docker.image[a.b/c]".into()),
                Some("docker.image[a.b/c][1.2]".into()),
                Some("docker.image[a.b/c][1.2].tag".into()),
                None
            ]
        );
        let last: Vec<_> = ["a[b.c].d", "a[b.c]", "a.b", "a", "[a]"]
            .iter()
            .map(|a| split_last(a))
            .collect();
        assert_eq!(last, [Some(6), Some(1), Some(1), None, None]);
    }

    #[test]
    fn scoping_needs_a_strict_extension() {
        let scoped = |a: &str, b: &str| {
            Ref::from_address(a)
                .unwrap()
                .scoped_to(&Ref::from_address(b).unwrap())
                .map(|r| r.address().to_owned())
        };
        assert_eq!(
            scoped("thermos.ports", "thermos.ports[http]"),
            Some("[http]".into())
        );
        assert_eq!(scoped("a", "a.b.c"), Some("b.c".into()));
        assert_eq!(scoped("a", "a"), None);
        assert_eq!(scoped("a", "ab"), None);
    }

    #[test]
    fn order_counts_components_first() {
        let r = |a| Ref::from_address(a).unwrap();
        assert!(r("z") < r("a.b"));
        assert!(r("a.c") > r("a.b"));
        assert_eq!(r("a.b").partial_cmp(&r("a[b]")), None);
    }
}
