//! Writer of the lock file format.

use std::fmt::Write;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::entry::{LockEntry, LockKey};
use crate::lockfile::Lockfile;

const HEAD: &str = "\
# What refs are bound to. Written by `bindery lock` and `bindery update`; keep it under version control.
version = 1
";

/// Number of hexadecimal digits of the check.
const CHECK_DIGITS: usize = 16;

impl Lockfile {
    /// Returns the text of the file: one block per entry, sorted by address, then cluster, then binder.
    pub fn to_text(&self) -> String {
        let mut out = HEAD.to_owned();
        for (key, entry) in self.iter() {
            let lines = lines(key, entry);
            let check = check(&lines);
            write!(out, "\n[[ref]]\n{lines}check = \"{check}\"\n")
                .expect("writing to a String cannot fail");
        }
        out
    }
}

/// Returns the check of an entry: a hash over its lines in the form of this writer, so that spaces and comments do not count.
pub(crate) fn check_of(key: &LockKey, entry: &LockEntry) -> String {
    check(&lines(key, entry))
}

fn check(lines: &str) -> String {
    let hash = Sha256::digest(lines.as_bytes());
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..CHECK_DIGITS].to_owned()
}

fn lines(key: &LockKey, entry: &LockEntry) -> String {
    let mut out = String::new();
    line(&mut out, "address", &text(&key.address));
    if let Some(cluster) = &key.cluster {
        line(&mut out, "cluster", &text(cluster));
    }
    line(&mut out, "binder", &text(&key.binder));
    lines_of(&mut out, "answer", &entry.answer);
    for (name, value) in &entry.evidence {
        lines_of(&mut out, &format!("evidence.{}", bare(name)), value);
    }
    if let Some(source) = &entry.source {
        line(&mut out, "plugin.name", &text(&source.plugin));
        line(&mut out, "plugin.version", &text(&source.version));
        line(&mut out, "plugin.sha256", &text(&source.sha256));
    }
    line(&mut out, "first_seen", &entry.first_seen.to_string());
    out
}

/// Writes an object as one line per member, so that a diff shows the changed member.
fn lines_of(out: &mut String, name: &str, value: &Json) {
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (member, value) in members {
                lines_of(out, &format!("{name}.{}", bare(member)), value);
            }
        }
        other => line(out, name, &inline(other)),
    }
}

fn line(out: &mut String, name: &str, value: &str) {
    writeln!(out, "{name} = {value}").expect("writing to a String cannot fail");
}

fn inline(value: &Json) -> String {
    let joined = |parts: Vec<String>| parts.join(", ");
    match value {
        Json::Null => unreachable!("entries hold no null"),
        Json::Bool(truth) => truth.to_string(),
        // A whole number that was a double has a dot, which TOML requires.
        Json::Number(number) => number.to_string(),
        Json::String(string) => text(string),
        Json::Array(items) => format!("[{}]", joined(items.iter().map(inline).collect())),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{} = {}", bare(name), inline(value)));
            format!("{{{}}}", joined(members.collect()))
        }
    }
}

fn bare(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(is_bare) {
        return name.to_owned();
    }
    text(name)
}

/// Returns a basic string of TOML, on one line.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                write!(out, "\\u{:04X}", u32::from(c)).expect("writing to a String cannot fail");
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
