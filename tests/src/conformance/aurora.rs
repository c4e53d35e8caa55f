//! Suite `aurora`: whole job files, which are loaded, bound, checked and converted in the order of the original client.
//!
//! An outcome has the form of the goldens. A case passes only if the whole golden is equal.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use bindery_cluster::Clusters;
use bindery_core::{Ref, Value};
use bindery_job::{JobFile, Schema, SelectError, Selection};

use super::evaluate::{Program, Raised};
use super::json::Json;
use super::phases::{job, object, raised_as};
use super::report::Difference;
use super::suite::Suite;
use super::{golden, wire};

/// `cases.json` lists the cases; `NAME.json` is the golden of a case.
pub(crate) struct Aurora;

impl Suite for Aurora {
    fn name(&self) -> &'static str {
        "aurora"
    }

    fn cases(&self, folder: &Path) -> Result<Vec<String>, String> {
        let cases = Json::read(&folder.join("cases.json"))?;
        let name = |case: &Json| case.get("name").and_then(Json::as_str).map(str::to_owned);
        let mut names: Vec<String> = cases.items().iter().filter_map(name).collect();
        if folder.join(wire::FILE).is_file() {
            names.push(wire::ID.to_owned());
        }
        names.sort();
        Ok(names)
    }

    fn run(&self, folder: &Path, id: &str) -> Result<Json, String> {
        if id == wire::ID {
            return wire::run(folder);
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
            Json::read(&file).map(Some)
        } else {
            Ok(None)
        }
    }

    fn judge(&self, folder: &Path, id: &str, expected: &Json, found: &Json) -> Vec<Difference> {
        if id == wire::ID {
            return wire::judge(expected, found);
        }
        let case = case(folder, id).unwrap_or(Json::Null);
        golden::compare(&case, expected, found)
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

/// Reads the clusters, which all cases share.
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

/// Whether loading the file fails in the golden.
fn fails_to_load(expected: &Json) -> bool {
    expected
        .get("error")
        .and_then(|error| error.get("phase"))
        .and_then(Json::as_str)
        == Some("load")
}

/// Result of loading a file.
enum Loaded {
    Failed(Raised),
    /// The file has no jobs.
    NoJobs(Raised),
    /// `jobs` is not a list of jobs; with the name of its type.
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

/// Returns the bindings of the command line, in order.
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

/// Returns the outcome of each selection of the case.
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

fn case(folder: &Path, id: &str) -> Result<Json, String> {
    let cases = Json::read(&folder.join("cases.json"))?;
    let named = |case: &&Json| case.get("name").and_then(Json::as_str) == Some(id);
    cases
        .items()
        .iter()
        .find(named)
        .cloned()
        .ok_or_else(|| format!("cases.json has no case `{id}`"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Aurora, Json, Suite as _};

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
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
