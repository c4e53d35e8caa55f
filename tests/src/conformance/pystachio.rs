//! Suite `pystachio`: small template programs, and patterns on refs.
//!
//! The outcome fields that the suite's README lists are compared; the text of an exception is advisory.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_core::{Error, Matcher, ProgramOutcome, Step, Type, Value, json};

use super::evaluate::Program;
use super::json::Json;
use super::report::{Difference, differences};
use super::suite::Suite;

/// Programs are `NNN-name.py` with outcomes in `NNN-name.json`; patterns are `matcher/NNN-name.json`.
pub(crate) struct Pystachio;

const MATCHER: &str = "matcher/";

/// Fields that count; absent ones are null.
const OUTCOME: [&str; 9] = [
    "ok",
    "message",
    "value",
    "type",
    "string",
    "unbound",
    "json",
    "error",
    "error_phase",
];

impl Suite for Pystachio {
    fn name(&self) -> &'static str {
        "pystachio"
    }

    fn cases(&self, folder: &Path) -> Result<Vec<String>, String> {
        let mut ids = stems(folder, "py")?;
        let matchers = folder.join(MATCHER);
        if matchers.is_dir() {
            ids.extend(
                stems(&matchers, "json")?
                    .into_iter()
                    .map(|stem| format!("{MATCHER}{stem}")),
            );
        }
        ids.sort();
        Ok(ids)
    }

    fn run(&self, folder: &Path, id: &str) -> Result<Json, String> {
        if id.starts_with(MATCHER) {
            return matches(&Json::read(&folder.join(format!("{id}.json")))?);
        }
        let program = Program {
            folder,
            file: format!("{id}.py"),
            prelude: Vec::new(),
        };
        match program.load().map(|namespace| namespace.get("result")) {
            Ok(Some(Value::Object(object))) => printed(&ProgramOutcome::of(&object)),
            Ok(_) => Err("the program leaves no object in `result`".to_owned()),
            Err(raised) => printed(&ProgramOutcome::failed_build(raised.class, raised.message)),
        }
    }

    fn expected(&self, folder: &Path, id: &str) -> Result<Option<Json>, String> {
        let file = folder.join(format!("{id}.json"));
        if !file.is_file() {
            return Ok(None);
        }
        let expected = Json::read(&file)?;
        // The inputs of a pattern are in the file with its outcome.
        Ok((!id.starts_with(MATCHER) || expected.get("matches").is_some()).then_some(expected))
    }

    fn judge(&self, _folder: &Path, id: &str, expected: &Json, found: &Json) -> Vec<Difference> {
        let fields: &[&str] = if id.starts_with(MATCHER) {
            &["unbound", "matches"]
        } else {
            &OUTCOME
        };
        if found.get(fields[0]).is_none() {
            return differences("", expected, Some(found));
        }
        fields
            .iter()
            .flat_map(|field| {
                let wanted = expected.get(field).unwrap_or(&Json::Null);
                differences(field, wanted, Some(found.get(field).unwrap_or(&Json::Null)))
            })
            .collect()
    }
}

/// Returns the record that `bindery eval` prints, parsed from its text.
fn printed(outcome: &ProgramOutcome) -> Result<Json, String> {
    let text = json::write(&outcome.to_value(), json::Style::default())
        .map_err(|error| error.message().to_owned())?;
    Json::parse(&text)
}

/// Returns the matches of a pattern in a text.
fn matches(case: &Json) -> Result<Json, String> {
    let steps = case
        .get("matcher")
        .map_or(&[][..], Json::items)
        .iter()
        .map(step);
    let steps = steps
        .collect::<Option<Vec<Step>>>()
        .ok_or("a step of the pattern is of no known kind")?;
    let matcher = Matcher::new(&steps).map_err(|error| error.to_string())?;
    let refs: Vec<&str> = case
        .get("refs")
        .map_or(&[][..], Json::items)
        .iter()
        .filter_map(Json::as_str)
        .collect();
    let said = |error: Error| error.message().to_owned();
    let text = Type::String
        .construct(&[Value::string(refs.join(" "))], &[], None)
        .map_err(said)?;
    let (_, unbound) = text.interpolate().map_err(said)?;
    let strings = |parts: Vec<String>| Json::Array(parts.into_iter().map(Json::String).collect());
    let matches = unbound
        .iter()
        .filter_map(|open| matcher.matches(&open.reference))
        .map(|matched| strings(matched.parts()));
    Ok(Json::object([
        ("matches", Json::Array(matches.collect())),
        (
            "unbound",
            strings(
                unbound
                    .iter()
                    .map(|open| open.reference.to_string())
                    .collect(),
            ),
        ),
    ]))
}

fn step(step: &Json) -> Option<Step> {
    let [kind, expression @ ..] = step.items() else {
        return None;
    };
    let expression = expression.first().and_then(Json::as_str).map(str::to_owned);
    match kind.as_str()? {
        "name" | "attr" | "name_any" | "attr_any" => Some(Step::Dereference(expression)),
        "index" | "any" => Some(Step::Index(expression)),
        _ => None,
    }
}

/// Returns the names of the files with this extension, without the extension.
fn stems(folder: &Path, extension: &str) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let named = |file: &PathBuf| file.extension().is_some_and(|found| found == extension);
    let stem = |file: PathBuf| Some(file.file_stem()?.to_str()?.to_owned());
    Ok(files.filter(named).filter_map(stem).collect())
}
