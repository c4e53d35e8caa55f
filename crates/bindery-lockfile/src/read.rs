//! Parser of the lock file format.

use bindery_core::Ref;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use toml::{Spanned, Table, Value as Toml};

use crate::entry::{AnswerSource, LockEntry, LockKey};
use crate::error::{LockfileError, LockfileProblem};
use crate::lockfile::Lockfile;
use crate::write;

/// Part that files of every version have.
#[derive(Deserialize)]
struct Head {
    version: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default, rename = "ref")]
    refs: Vec<Spanned<EntryTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryTable {
    address: String,
    cluster: Option<String>,
    binder: String,
    answer: Toml,
    #[serde(default)]
    evidence: Table,
    plugin: Option<PluginTable>,
    first_seen: toml::value::Datetime,
    check: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginTable {
    name: String,
    version: String,
    sha256: String,
}

impl Lockfile {
    /// Parses the text of a lock file. Entries may be in any order, so that merges succeed.
    ///
    /// # Errors
    ///
    /// With the line: if the text is not a lock file or has another version, if an entry was edited, and for a second entry of the
    /// same key.
    pub fn parse(text: &str) -> Result<Self, LockfileError> {
        parse(text)
    }
}

fn parse(text: &str) -> Result<Lockfile, LockfileError> {
    let line_at = |offset: usize| {
        text.as_bytes()[..offset]
            .iter()
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1
    };
    let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
    let mark = text
        .lines()
        .position(|line| marks.iter().any(|mark| line.starts_with(mark)));
    if let Some(mark) = mark {
        return Err(LockfileProblem::Merge.at(mark + 1));
    }
    let form = |error: toml::de::Error| {
        let line = error
            .span()
            .map_or(1, |span| line_at(span.start.min(text.len())));
        // The parser puts its advice on further lines.
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        LockfileProblem::Form(reason).at(line)
    };
    let head: Head = toml::from_str(text).map_err(form)?;
    match head.version {
        Some(version) if *version.get_ref() == 1 => {}
        Some(version) => {
            let line = line_at(version.span().start);
            return Err(LockfileProblem::Version(*version.get_ref()).at(line));
        }
        None => return Err(LockfileProblem::Form("`version` is missing".to_owned()).at(1)),
    }
    let document: Document = toml::from_str(text).map_err(form)?;
    let mut lockfile = Lockfile::default();
    for table in document.refs {
        let line = line_at(table.span().start);
        let (key, entry) = read(table.into_inner()).map_err(|problem| problem.at(line))?;
        let address = key.address.clone();
        if lockfile.read(key, entry, line).is_some() {
            return Err(LockfileProblem::Duplicate(address).at(line));
        }
    }
    Ok(lockfile)
}

fn read(table: EntryTable) -> Result<(LockKey, LockEntry), LockfileProblem> {
    let bad = |part, reason: String| LockfileProblem::Part {
        address: table.address.clone(),
        part,
        reason,
    };
    Ref::from_address(&table.address).map_err(|error| bad("address", error.to_string()))?;
    let date = |_| "dates are not supported".to_owned();
    let answer = json(table.answer).map_err(|error| bad("answer", date(error)))?;
    if !matches!(answer, Json::String(_) | Json::Object(_)) {
        return Err(bad("answer", "it is neither a text nor a table".to_owned()));
    }
    let evidence = object(table.evidence).map_err(|error| bad("evidence", date(error)))?;
    let first_seen = table.first_seen.to_string();
    let first_seen = first_seen
        .parse()
        .map_err(|error: crate::TimestampError| bad("first_seen", error.to_string()))?;
    let key = LockKey {
        address: table.address.clone(),
        cluster: table.cluster,
        binder: table.binder,
    };
    let entry = LockEntry {
        answer,
        evidence,
        source: table.plugin.map(|source| AnswerSource {
            plugin: source.name,
            version: source.version,
            sha256: source.sha256,
        }),
        first_seen,
    };
    if write::check_of(&key, &entry) != table.check {
        return Err(LockfileProblem::Edited(table.address));
    }
    Ok((key, entry))
}

/// Date, which JSON cannot hold.
struct Date;

fn json(value: Toml) -> Result<Json, Date> {
    Ok(match value {
        Toml::String(text) => text.into(),
        Toml::Integer(number) => number.into(),
        Toml::Float(number) => number.into(),
        Toml::Boolean(truth) => truth.into(),
        Toml::Array(items) => items.into_iter().map(json).collect::<Result<_, _>>()?,
        Toml::Table(table) => Json::Object(object(table)?),
        Toml::Datetime(_) => return Err(Date),
    })
}

fn object(table: Table) -> Result<Map<String, Json>, Date> {
    let members = table.into_iter();
    members
        .map(|(name, value)| Ok((name, json(value)?)))
        .collect()
}
