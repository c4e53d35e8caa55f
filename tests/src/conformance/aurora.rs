//! The suite `aurora`: whole job files, loaded, bound, checked and converted as by the original client.
//!
//! What is found has the form of the goldens, with the parts that exist: an error of loading, and for each job its key, its open
//! refs, and the result of the type check. A case holds only when the whole golden does.

use std::{fs, path::Path, rc::Rc};

use bindery_core::{Error, Object, Ref, Value};
use bindery_job::{JobFile, Schema, SelectError, Selection};

use super::{
    evaluate::{Program, Raised},
    json::Json,
    report::{Difference, below, differences},
    run::Suite,
};

/// `cases.json` lists the cases; `NAME.json` is the golden of one.
pub(crate) struct Aurora;

impl Suite for Aurora {
    fn name(&self) -> &'static str {
        "aurora"
    }

    fn cases(&self, folder: &Path) -> Result<Vec<String>, String> {
        let cases = read(&folder.join("cases.json"))?;
        let name = |case: &Json| case.get("name").and_then(Json::as_str).map(str::to_owned);
        let mut names: Vec<String> = cases.items().iter().filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    fn found(&self, folder: &Path, id: &str) -> Result<Json, String> {
        let case = case(folder, id)?;
        let loaded = Loaded::of(folder, &case)?;
        Ok(match loaded {
            Loaded::Failed(raised) => Json::object([("error", raised_as(&raised, "load"))]),
            Loaded::NoJobs(raised, jobs) => {
                let mut members = vec![("pick_without_name", raised_as(&raised, "pick"))];
                members.extend(jobs);
                object(members)
            }
            Loaded::Jobs(jobs) => Json::object([("jobs", Json::Array(jobs))]),
        })
    }

    fn expected(&self, folder: &Path, id: &str) -> Result<Option<Json>, String> {
        let file = folder.join(format!("{id}.json"));
        if file.is_file() {
            read(&file).map(Some)
        } else {
            Ok(None)
        }
    }

    fn judge(&self, folder: &Path, id: &str, expected: &Json, found: &Json) -> Vec<Difference> {
        let case = case(folder, id).unwrap_or(Json::Null);
        members(expected, found)
            .into_iter()
            .filter(|(key, _, _)| !["input", "notes", "jobs"].contains(&key.as_str()))
            .flat_map(|(key, wanted, given)| compare(&key, &key, wanted, given))
            .chain(jobs(&case, expected, found))
            .collect()
    }

    fn remark(&self, outcomes: &[(Json, Json)]) -> Option<String> {
        let loadable = outcomes
            .iter()
            .filter(|(expected, _)| !fails_to_load(expected));
        let (evaluated, all) = loadable.fold((0, 0), |(evaluated, all), (_, found)| {
            let evaluates = found.get("jobs").is_some() || found.get("pick_without_name").is_some();
            (evaluated + usize::from(evaluates), all + 1)
        });
        Some(format!("{evaluated} of {all} loadable files evaluate"))
    }
}

/// Whether the golden is that the file does not even load.
fn fails_to_load(expected: &Json) -> bool {
    expected
        .get("error")
        .and_then(|error| error.get("phase"))
        .and_then(Json::as_str)
        == Some("load")
}

/// How far a file came.
enum Loaded {
    Failed(Raised),
    /// There is nothing to pick a job from; with an empty list of jobs if `jobs` was one.
    NoJobs(Raised, Option<(&'static str, Json)>),
    Jobs(Vec<Json>),
}

impl Loaded {
    fn of(folder: &Path, case: &Json) -> Result<Self, String> {
        let schema = Rc::new(Schema::new());
        let file = case
            .get("file")
            .and_then(Json::as_str)
            .ok_or("the case names no file")?
            .to_owned();
        let variable = if matches!(case.get("read_json"), Some(Json::Boolean(true))) {
            from_json(&schema, &folder.join(&file))
        } else {
            let program = Program {
                folder,
                file,
                prelude: schema.prelude(),
            };
            program.load().map(|namespace| namespace.get("jobs"))
        };
        let variable = match variable {
            Ok(variable) => variable,
            Err(raised) => return Ok(Self::Failed(raised)),
        };
        let selected = JobFile::new(&schema, variable.as_ref(), &bindings(case)?)
            .and_then(|jobs| jobs.select(&Selection::default()));
        Ok(match selected {
            Ok(jobs) => Self::Jobs(jobs.iter().map(job).collect()),
            Err(SelectError::NoJobs) => {
                let none = variable.map(|_| ("jobs", Json::Array(Vec::new())));
                Self::NoJobs(
                    Raised::new("ValueError", SelectError::NoJobs.to_string()),
                    none,
                )
            }
            Err(SelectError::Template(error)) => Self::Failed(error.into()),
            Err(error) => Self::NoJobs(Raised::new("TypeError", error.to_string()), None),
        })
    }
}

fn from_json(schema: &Schema, file: &Path) -> Result<Option<Value>, Raised> {
    let text =
        fs::read_to_string(file).map_err(|error| Raised::new("IOError", error.to_string()))?;
    let document = bindery_core::json::parse(&text)
        .map_err(|error| Raised::new("ValueError", error.to_string()))?;
    Ok(Some(schema.jobs_from_json(&document)?))
}

/// What was given on the command line, in order.
fn bindings(case: &Json) -> Result<Vec<Value>, String> {
    let pairs = case.get("bindings").map_or(&[][..], Json::items).iter();
    pairs
        .map(|pair| match pair.items() {
            [Json::String(address), Json::String(text)] => {
                let reference =
                    Ref::from_address(address).map_err(|error| error.message().to_owned())?;
                Ok(Value::Map(
                    [(Value::Ref(reference), Value::string(text.as_str()))].into(),
                ))
            }
            _ => Err("a binding is a ref and a text".to_owned()),
        })
        .collect()
}

fn job(job: &bindery_job::Job) -> Json {
    let mut members = Vec::new();
    match job.path() {
        Ok(path) => members.push(("key", Json::String(path))),
        Err(error) => members.push(("error", raised_as(&error.into(), "bind"))),
    }
    let object_of = job.with_compatible_refs().map(|job| job.object().clone());
    match object_of.and_then(|whole| Ok((open_refs(&whole)?, whole))) {
        Ok((refs, whole)) => {
            members.push(("refs_before_helpers", refs));
            match whole.check() {
                Ok(check) => {
                    let result = [
                        ("ok", Json::Boolean(check.ok())),
                        ("message", Json::string(check.message())),
                    ];
                    members.push(("check", Json::object(result)));
                }
                Err(error) => members.push(("error", raised_as(&error.into(), "check"))),
            }
        }
        Err(error) => members.push(("error", raised_as(&error.into(), "bind"))),
    }
    object(members)
}

/// The unbound refs of the whole job, sorted.
fn open_refs(whole: &Object) -> Result<Json, Error> {
    let (_, unbound) = whole.interpolate()?;
    let mut refs: Vec<String> = unbound
        .iter()
        .map(|open| open.reference.to_string())
        .collect();
    refs.sort();
    refs.dedup();
    Ok(Json::Array(refs.into_iter().map(Json::String).collect()))
}

fn raised_as(raised: &Raised, phase: &str) -> Json {
    Json::object([
        ("class", Json::string(&*raised.class)),
        ("message", Json::string(&*raised.message)),
        ("phase", Json::string(phase)),
    ])
}

fn object(members: Vec<(&str, Json)>) -> Json {
    Json::Object(
        members
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// The jobs of both sides, position by position.
fn jobs(case: &Json, expected: &Json, found: &Json) -> Vec<Difference> {
    let (Some(Json::Array(wanted)), Some(Json::Array(given))) =
        (expected.get("jobs"), found.get("jobs"))
    else {
        return match expected.get("jobs") {
            Some(wanted) => differences("jobs", wanted, found.get("jobs")),
            None => found.get("jobs").map_or(Vec::new(), |given| {
                vec![Difference {
                    path: "jobs".to_owned(),
                    expected: None,
                    found: Some(given.clone()),
                }]
            }),
        };
    };
    if wanted.len() != given.len() {
        return differences("jobs", &Json::Array(wanted.clone()), found.get("jobs"));
    }
    let pairs = wanted.iter().zip(given).enumerate();
    pairs
        .flat_map(|(at, (wanted, given))| one_job(case, &format!("jobs[{at}]"), wanted, given))
        .collect()
}

/// Keys that describe the verdict on a job: where either verdict is fine, so are they.
const VERDICT: [&str; 9] = [
    "bound_by_helpers",
    "check",
    "error",
    "job_configuration",
    "ports",
    "refs_after_helpers",
    "refs_before_helpers",
    "update_settings",
    "warnings",
];

fn one_job(case: &Json, path: &str, expected: &Json, found: &Json) -> Vec<Difference> {
    let key = expected
        .get("key")
        .and_then(Json::as_str)
        .unwrap_or_default();
    // A name may hold anything but a slash, a line's end included.
    let name = key.rsplit('/').next().unwrap_or_default().trim_end();
    let listed = |list: &str| {
        case.get(list)
            .map_or(&[][..], Json::items)
            .iter()
            .filter_map(Json::as_str)
            .any(|one| one.trim_end() == name)
    };
    let is_error = |job: &Json| job.get("error").is_some();
    let either = (is_error(expected) && !is_error(found) && listed("may_accept"))
        || (!is_error(expected) && is_error(found) && listed("may_reject"));
    members(expected, found)
        .into_iter()
        .filter(|(key, _, _)| !["accidental", "update_settings_deviation"].contains(&key.as_str()))
        .filter(|(key, _, _)| !(either && VERDICT.contains(&key.as_str())))
        .flat_map(|(key, wanted, given)| compare(&key, &below(path, &key), wanted, given))
        .collect()
}

/// The members of both objects, side by side, by key.
fn members<'a>(
    expected: &'a Json,
    found: &'a Json,
) -> Vec<(String, Option<&'a Json>, Option<&'a Json>)> {
    let (Json::Object(wanted), Json::Object(given)) = (expected, found) else {
        return Vec::new();
    };
    let mut keys: Vec<&String> = wanted.keys().chain(given.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .map(|key| (key.clone(), wanted.get(key), given.get(key)))
        .collect()
}

fn compare(
    key: &str,
    path: &str,
    expected: Option<&Json>,
    found: Option<&Json>,
) -> Vec<Difference> {
    match (expected, found) {
        (Some(wanted), Some(given)) if wanted.get("match").is_some() => {
            let text = |json: &Json| {
                json.get("message")
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let rule = wanted
                .get("match")
                .and_then(Json::as_str)
                .unwrap_or_default();
            if message_matches(rule, &text(wanted), &text(given)) {
                return Vec::new();
            }
            vec![Difference {
                path: path.to_owned(),
                expected: Some(wanted.clone()),
                found: Some(given.clone()),
            }]
        }
        (Some(wanted), given) if key == "select" => select(path, wanted, given),
        (Some(wanted), given) => differences(path, wanted, given),
        (None, Some(given)) => {
            vec![Difference {
                path: path.to_owned(),
                expected: None,
                found: Some(given.clone()),
            }]
        }
        (None, None) => Vec::new(),
    }
}

/// What each selection gave, whose errors have rules like others.
fn select(path: &str, expected: &Json, found: Option<&Json>) -> Vec<Difference> {
    match found {
        Some(given) if given.items().len() == expected.items().len() => {
            let pairs = expected.items().iter().zip(given.items()).enumerate();
            pairs
                .flat_map(|(at, (wanted, given))| {
                    let path = format!("{path}[{at}]");
                    let sides = members(wanted, given);
                    sides
                        .into_iter()
                        .flat_map(|(key, wanted, given)| {
                            compare(&key, &below(&path, &key), wanted, given)
                        })
                        .collect::<Vec<_>>()
                })
                .collect()
        }
        given => differences(path, expected, given),
    }
}

/// Whether a message is the one that a golden asks for, by the golden's `match`.
fn message_matches(rule: &str, expected: &str, found: &str) -> bool {
    match rule {
        "class" => true,
        "prefix" => found.starts_with(expected),
        "suffix" => found.ends_with(expected),
        "pattern" => ports_hidden(found) == ports_hidden(expected),
        _ => found == expected,
    }
}

/// `[PORT]` for every number in brackets.
fn ports_hidden(text: &str) -> String {
    let mut hidden = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, bracket) = rest.split_at(at);
        hidden.push_str(before);
        let inner = &bracket[1..];
        let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 && inner[digits..].starts_with(']') {
            hidden.push_str("[PORT]");
            rest = &inner[digits + 1..];
        } else {
            hidden.push('[');
            rest = inner;
        }
    }
    hidden.push_str(rest);
    hidden
}

fn case(folder: &Path, id: &str) -> Result<Json, String> {
    let cases = read(&folder.join("cases.json"))?;
    let named = |case: &&Json| case.get("name").and_then(Json::as_str) == Some(id);
    cases
        .items()
        .iter()
        .find(named)
        .cloned()
        .ok_or_else(|| format!("cases.json has no case `{id}`"))
}

fn read(file: &Path) -> Result<Json, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Json::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{super::run::Suite as _, Aurora, Json, message_matches, one_job};

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    #[test]
    fn messages_are_compared_as_the_golden_says() {
        assert!(message_matches("class", "a", "b"));
        assert!(message_matches("prefix", "a", "ab") && !message_matches("prefix", "b", "ab"));
        assert!(message_matches("suffix", "b", "ab") && !message_matches("suffix", "a", "ab"));
        assert!(
            message_matches("pattern", "x[PORT][y]", "x[31337][y]")
                && !message_matches("pattern", "x[PORT]", "x[y]")
        );
        assert!(message_matches("exact", "a", "a") && !message_matches("exact", "a", "ab"));
    }

    #[test]
    fn a_job_holds_only_as_a_whole() {
        let golden = json(r#"{"key": "c/r/e/n", "ports": [], "accidental": "x"}"#);
        let differing = |found: &str| one_job(&Json::Null, "jobs[0]", &golden, &json(found)).len();
        assert_eq!(differing(r#"{"key": "c/r/e/n", "ports": []}"#), 0);
        assert_eq!(differing(r#"{"key": "c/r/e/n"}"#), 1);
        assert_eq!(
            differing(r#"{"key": "c/r/e/n", "ports": [], "error": {"message": "x"}}"#),
            1
        );
    }

    #[test]
    fn an_accidental_verdict_may_be_either() {
        let case = json(r#"{"may_accept": ["odd"]}"#);
        let golden = json(r#"{"key": "c/r/e/odd", "error": {"match": "exact", "message": "no"}}"#);
        let accepted = json(r#"{"key": "c/r/e/odd", "job_configuration": {}}"#);
        assert_eq!(one_job(&case, "jobs[0]", &golden, &accepted), []);
        assert_ne!(one_job(&Json::Null, "jobs[0]", &golden, &accepted), []);
    }

    #[test]
    fn files_that_cannot_load_do_not_count_as_loadable() {
        let outcomes = [
            (
                json(r#"{"error": {"phase": "load"}}"#),
                json(r#"{"error": {}}"#),
            ),
            (json(r#"{"jobs": []}"#), json(r#"{"jobs": []}"#)),
            (
                json(r#"{"error": {"phase": "pick"}}"#),
                json(r#"{"error": {}}"#),
            ),
        ];
        assert_eq!(
            Aurora.remark(&outcomes).unwrap(),
            "1 of 2 loadable files evaluate"
        );
    }

    #[test]
    fn an_error_is_compared_by_its_rule() {
        let judged = |expected: &str, found: &str| {
            Aurora
                .judge(
                    Path::new("/nonexistent"),
                    "x",
                    &json(expected),
                    &json(found),
                )
                .len()
        };
        let golden = r#"{"input": {}, "error": {"match": "class", "message": "a", "class": "A", "phase": "load"}}"#;
        assert_eq!(
            judged(
                golden,
                r#"{"error": {"message": "b", "class": "B", "phase": "load"}}"#
            ),
            0
        );
        assert_eq!(judged(golden, r#"{"jobs": []}"#), 2);
    }
}
