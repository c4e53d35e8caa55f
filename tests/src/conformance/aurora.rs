//! The suite `aurora`: whole job files, loaded, bound, checked and converted as by the original client.
//!
//! What is found has the form of the goldens. A case holds only when the whole golden does.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use bindery_cluster::Clusters;
use bindery_core::{Binder, Error, Object, Ref, Value, bind_all};
use bindery_job::{InvalidJob, Job, JobFile, Schema, SelectError, Selection, Warning};
use bindery_target_aurora::thrift::{Struct, named};
use bindery_target_aurora::{job_configuration, job_update_settings};

use super::docker::Docker;
use super::evaluate::{Program, Raised};
use super::json::Json;
use super::report::{Difference, below, differences};
use super::run::Suite;
use super::wire;

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
        if folder.join(wire::FILE).is_file() {
            names.push(wire::ID.to_owned());
        }
        names.sort();
        Ok(names)
    }

    fn found(&self, folder: &Path, id: &str) -> Result<Json, String> {
        if id == wire::ID {
            return wire::found(folder);
        }
        let case = case(folder, id)?;
        let loaded = Loaded::of(folder, &case)?;
        Ok(match loaded {
            Loaded::Failed(raised) => Json::object([("error", raised_as(&raised, "load"))]),
            Loaded::NoJobs(raised) => Json::object([
                ("jobs", Json::Array(Vec::new())),
                ("pick_without_name", raised_as(&raised, "pick")),
            ]),
            Loaded::NotJobs(raised, found) => Json::object([
                ("jobs_variable", Json::string(found)),
                ("error", raised_as(&raised, "pick")),
            ]),
            Loaded::Jobs(schema, jobs) => {
                let clusters = Rc::new(clusters(folder)?);
                let all = jobs.select(&Selection::default());
                let all = all.map_err(|error| error.to_string())?;
                let found = all.iter().map(|one| job(&case, &schema, &clusters, one));
                let mut members = vec![("jobs", Json::Array(found.collect()))];
                if let Err(error) = jobs.pick(&Selection::default()) {
                    let raised = Raised::new("ValueError", error.to_string());
                    members.push(("pick_without_name", raised_as(&raised, "pick")));
                }
                members.extend(selections(&case, &jobs));
                object(members)
            }
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
        if id == wire::ID {
            return wire::judge(expected, found);
        }
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
            .filter(|(expected, _)| !fails_to_load(expected) && expected.get("messages").is_none());
        let (evaluated, all) = loadable.fold((0, 0), |(evaluated, all), (_, found)| {
            let evaluates = found.get("jobs").is_some() || found.get("jobs_variable").is_some();
            (evaluated + usize::from(evaluates), all + 1)
        });
        Some(format!("{evaluated} of {all} loadable files evaluate"))
    }
}

/// The clusters that are known in every case.
fn clusters(folder: &Path) -> Result<Clusters, String> {
    let path = folder.join("clusters.json");
    let mut clusters = Clusters::default();
    if path.is_file() {
        let text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        clusters
            .add_file(&text, path)
            .map_err(|error| error.to_string())?;
    }
    Ok(clusters)
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
    /// There is nothing to pick a job from.
    NoJobs(Raised),
    /// `jobs` is no list, or one of something else; with the name of its type.
    NotJobs(Raised, String),
    Jobs(Schema, JobFile),
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
        Ok(
            match JobFile::new(&schema, variable.as_ref(), &bindings(case)?) {
                Ok(jobs) => Self::Jobs(Schema::new(), jobs),
                Err(error @ SelectError::NoJobs) => {
                    Self::NoJobs(Raised::new("ValueError", error.to_string()))
                }
                Err(SelectError::Template(error)) => Self::Failed(error.into()),
                Err(error) => {
                    let found = variable.as_ref().map_or("NoneType", Value::type_name);
                    Self::NotJobs(
                        Raised::new("TypeError", error.to_string()),
                        found.to_owned(),
                    )
                }
            },
        )
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

/// What the phases make of one job, as far as it comes.
struct Phases<'a> {
    case: &'a Json,
    schema: &'a Schema,
    clusters: Rc<Clusters>,
    members: Vec<(&'static str, Json)>,
}

impl Phases<'_> {
    /// Every phase in the order of the reference; the error has the phase in which it came.
    fn run(&mut self, job: &Job) -> Result<(), Json> {
        let key = job.path().map_err(|error| raised_in("bind", error))?;
        self.add("key", Json::String(key));
        job.validate()
            .map_err(|error| raised_in("validate_job", error))?;
        let job = job
            .with_compatible_refs()
            .map_err(|error| raised_in("bind", error))?;
        let refs = open_refs(job.object()).map_err(|error| raised_in("validate_job", error))?;
        self.add("refs_before_helpers", refs);
        let job = self.bind(&job)?;
        let refs = open_refs(job.object()).map_err(|error| raised_in("helpers", error))?;
        self.add("refs_after_helpers", refs);

        let whole = job
            .interpolate()
            .map_err(|error| raised_in("validate_config", error))?;
        let mut warnings = Vec::new();
        let checked = whole.check_configuration(&mut warnings);
        let lines: Vec<Json> = warnings
            .iter()
            .flat_map(Warning::original)
            .map(Json::String)
            .collect();
        if !lines.is_empty() {
            self.add("warnings", Json::Array(lines));
        }
        checked.map_err(|error| raised_in("validate_config", error))?;

        let check = job
            .object()
            .check()
            .map_err(|error| raised_in("check", error))?;
        let result = [
            ("ok", Json::Boolean(check.ok())),
            ("message", Json::string(check.message())),
        ];
        self.add("check", Json::object(result));

        let ports = whole.ports().map_err(|error| raised_in("ports", error))?;
        let ports = ports.into_iter().map(Json::String).collect();
        self.add("ports", Json::Array(ports));

        let bound = whole.convert(self.schema).map_err(|error| {
            // The reference prints what it thinks of a limit, and fails with an error of its language.
            if error
                .message()
                .ends_with("is not a valid limit value, must be integer")
            {
                self.add("stdout", Json::String(format!("{}\n", error.message())));
            }
            raised_in("convert", error)
        })?;
        let configuration = job_configuration(&bound, USER).expect("the numbers are small");
        self.add("job_configuration", shown(&configuration));
        match bound.update.settings(&self.instances()) {
            Ok(settings) => {
                let settings = job_update_settings(&settings).expect("the numbers are small");
                self.add("update_settings", shown(&settings));
            }
            Err(error) => {
                let raised = Raised::new("UpdaterConfig.Error", error.to_string());
                self.add("update_settings_error", raised_as(&raised, "update"));
            }
        }
        Ok(())
    }

    fn add(&mut self, key: &'static str, value: Json) {
        self.members.push((key, value));
    }

    /// Has the case's binders answer.
    fn bind(&mut self, job: &Job) -> Result<Job, Json> {
        let helpers = match self.case.get("helpers") {
            None => vec!["docker"],
            Some(names) => names.items().iter().filter_map(Json::as_str).collect(),
        };
        let cluster = job.cluster().map_err(|error| raised_in("helpers", error))?;
        let binders: Vec<Box<dyn Binder>> = helpers
            .iter()
            .filter(|name| **name == "docker")
            .map(|_| -> Box<dyn Binder> {
                let cluster = cluster.clone().unwrap_or_default();
                Box::new(Docker::of(Rc::clone(&self.clusters), cluster))
            })
            .collect();
        let mut bound = bind_all(&[job.object().clone()], &binders);
        if let Some(error) = bound.errors.first() {
            let raised = Raised::new("DockerClientException", error.source.message.clone());
            return Err(raised_as(&raised, "helpers"));
        }
        let answers: Vec<(String, Json)> = bound
            .answers
            .iter()
            .map(|answer| {
                let parts: Vec<&str> = answer.address.components().map(|c| c.value()).collect();
                let value = answer.answer.value.as_str().unwrap_or_default();
                let shown = [
                    ("source", Json::String(parts[2..].join(":"))),
                    ("value", Json::string(value)),
                ];
                (answer.address.address().to_owned(), Json::object(shown))
            })
            .collect();
        if !answers.is_empty() {
            self.add(
                "bound_by_helpers",
                Json::Object(answers.into_iter().collect()),
            );
        }
        let object = bound.objects.remove(0);
        let object = object.map_err(|error| raised_in("helpers", error))?;
        Ok(job.with_object(object))
    }

    /// The instances that the case updates.
    fn instances(&self) -> Vec<i64> {
        let given = self.case.get("update_instances");
        let numbers = given.map_or(&[][..], Json::items).iter();
        numbers
            .filter_map(|number| match number {
                Json::Integer(digits) => digits.parse().ok(),
                _ => None,
            })
            .collect()
    }
}

/// The user that the reference ran as.
const USER: &str = "vagrant";

fn job(case: &Json, schema: &Schema, clusters: &Rc<Clusters>, job: &Job) -> Json {
    let mut phases = Phases {
        case,
        schema,
        clusters: Rc::clone(clusters),
        members: Vec::new(),
    };
    if let Err(error) = phases.run(job) {
        phases.add("error", error);
    }
    object(phases.members)
}

/// A thrift struct as the goldens show it: what Aurora's executor is told stands there as the JSON that it is.
fn shown(value: &Struct) -> Json {
    let mut json = Json::parse(&named::write(value)).expect("the named form is JSON");
    if let Some(executor) = json.at_mut(&["taskConfig", "executorConfig"])
        && executor.get("name").and_then(Json::as_str) == Some("AuroraExecutor")
        && let Some(data) = executor.get("data").and_then(Json::as_str)
    {
        let data = Json::parse(data).expect("the executor's data is JSON");
        if let Json::Object(members) = executor {
            members.insert("data".to_owned(), data);
        }
    }
    json
}

/// What each wanted key picks.
fn selections(case: &Json, jobs: &JobFile) -> Vec<(&'static str, Json)> {
    let Some(wanted) = case.get("select") else {
        return Vec::new();
    };
    let picked = wanted.items().iter().filter_map(Json::as_str).map(|key| {
        let mut parts = key
            .split('/')
            .map(|part| (part != "*").then(|| part.to_owned()));
        let mut next = || parts.next().flatten();
        let selection = Selection {
            cluster: next(),
            role: next(),
            environment: next(),
            name: next(),
        };
        let outcome = match jobs.pick(&selection) {
            Ok((index, _)) => ("index", Json::Integer(index.to_string())),
            Err(error) => {
                let raised = Raised::new("ValueError", error.to_string());
                ("error", raised_as(&raised, "pick"))
            }
        };
        Json::object([("key", Json::string(key)), outcome])
    });
    vec![("select", Json::Array(picked.collect()))]
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

/// An error as the goldens show it.
fn raised_in(phase: &str, error: impl Into<Raised>) -> Json {
    raised_as(&error.into(), phase)
}

impl From<InvalidJob> for Raised {
    fn from(error: InvalidJob) -> Self {
        Self::new("AuroraConfig.InvalidConfig", error.message())
    }
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

pub(super) fn read(file: &Path) -> Result<Json, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Json::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::run::Suite as _;
    use super::{Aurora, Json, message_matches, one_job};

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
