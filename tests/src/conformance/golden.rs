//! Comparison of outcomes with the goldens of the suite `aurora`.

use super::json::Json;
use super::report::{Difference, below, differences};

/// Returns the differences of a case: every member but `input` and `notes` counts.
pub(super) fn compare(case: &Json, expected: &Json, found: &Json) -> Vec<Difference> {
    members(expected, found)
        .into_iter()
        .filter(|(key, _, _)| !["input", "notes", "jobs"].contains(&key.as_str()))
        .flat_map(|(key, wanted, given)| compare_member(&key, &key, wanted, given))
        .chain(jobs(case, expected, found))
        .collect()
}

/// Compares the jobs, position by position.
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

/// Keys that describe the verdict on a job. They do not count where either verdict is accepted.
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
    // A name may contain every character but a slash, line breaks included.
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
        .flat_map(|(key, wanted, given)| compare_member(&key, &below(path, &key), wanted, given))
        .collect()
}

/// Returns the members of both objects, side by side, by key.
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

fn compare_member(
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

/// Compares the outcomes of selections. The messages of their errors have rules too.
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
                            compare_member(&key, &below(&path, &key), wanted, given)
                        })
                        .collect::<Vec<_>>()
                })
                .collect()
        }
        given => differences(path, expected, given),
    }
}

/// Whether a message is as the golden's `match` requires.
fn message_matches(rule: &str, expected: &str, found: &str) -> bool {
    match rule {
        "class" => true,
        "prefix" => found.starts_with(expected),
        "suffix" => found.ends_with(expected),
        "pattern" => without_ports(found) == without_ports(expected),
        _ => found == expected,
    }
}

/// Replaces every number in brackets by `[PORT]`.
fn without_ports(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::{Json, message_matches, one_job};

    fn json(text: &str) -> Json {
        Json::parse(text).unwrap()
    }

    #[test]
    fn messages_are_compared_by_the_rule_of_the_golden() {
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
    fn every_member_of_a_job_counts() {
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
    fn either_verdict_is_accepted_where_the_case_lists_the_job() {
        let case = json(r#"{"may_accept": ["odd"]}"#);
        let golden = json(r#"{"key": "c/r/e/odd", "error": {"match": "exact", "message": "no"}}"#);
        let accepted = json(r#"{"key": "c/r/e/odd", "job_configuration": {}}"#);
        assert_eq!(one_job(&case, "jobs[0]", &golden, &accepted), []);
        assert_ne!(one_job(&Json::Null, "jobs[0]", &golden, &accepted), []);
    }
}
