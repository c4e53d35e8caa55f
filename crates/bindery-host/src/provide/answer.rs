//! Answers of binders at the plugin interface: from JSON to template values, and back for a review.

use bindery_core::json::Style;
use bindery_core::{Answer, Environment, Evidence, Ref, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::text::one_line;

/// Parses an answer of a plugin. An error continues the sentence "plugin `x`".
pub(crate) fn read_answer(answer: bindery_abi::Answer) -> Result<Answer, String> {
    let value =
        bindery_core::json::parse(&answer.value).map_err(|_| "gave an answer that is not JSON")?;
    if !matches!(value, Value::String(_) | Value::Map(_)) {
        let found = value.type_name();
        return Err(format!(
            "gave an answer of type `{found}`, not a text or a struct"
        ));
    }
    if let Value::Map(_) = value {
        check_struct(&value, &answer.value)?;
    }
    let evidence = answer.evidence.into_option();
    let evidence = evidence.map(|text| read_evidence(&text)).transpose()?;
    Ok(Answer {
        value: sorted(value),
        evidence: evidence.unwrap_or_default(),
    })
}

/// Parses the evidence for an answer and checks the form of its metadata.
fn read_evidence(text: &str) -> Result<Evidence, String> {
    let not_json = "gave evidence that is not JSON";
    // Parsed as JSON too, since template values include numbers that JSON does not have, such as NaN.
    let json: Json = serde_json::from_str(text).map_err(|_| not_json)?;
    let metadata = json.get("metadata");
    if metadata.is_some_and(|metadata| Vec::<Metadata>::deserialize(metadata).is_err()) {
        return Err("gave metadata that is not a list of keys and values".to_owned());
    }
    Evidence::parse(text).map_err(|_| not_json.to_owned())
}

/// Entry of the metadata in the evidence for an answer.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "key")]
    _key: String,
    #[serde(rename = "value")]
    _value: String,
}

/// Refuses a struct with a part that refs cannot reach or print, or that a lock file cannot hold.
///
/// Without this check the part would become an error of a valid job.
fn check_struct(value: &Value, text: &str) -> Result<(), String> {
    // Parsed as JSON too, since template values include numbers that JSON does not have, such as NaN.
    if serde_json::from_str::<Json>(text).is_err() {
        return Err("gave an answer that is not JSON".to_owned());
    }
    let address = Ref::from_address("answer").expect("`answer` is a valid ref");
    Environment::single(address, value)
        .map(drop)
        .map_err(|error| {
            let error = one_line(&error.to_string());
            format!("gave a struct that refs cannot reach into: {error}")
        })
}

/// Returns the value with the fields of every struct sorted by name, as in a lock file.
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| (name.clone(), sorted(value.clone())))
                .collect();
            fields.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
            Value::Map(fields.into())
        }
        Value::List(items) => Value::List(items.iter().cloned().map(sorted).collect()),
        other => other,
    }
}

/// Returns the JSON form of a recalled value; values in lock files always have one.
pub(crate) fn to_json(value: &Value) -> Json {
    let text = bindery_core::json::write(value, Style::default());
    text.ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bindery_abi::stable::{RNone, RSome};
    use serde_json::json;

    use super::*;

    fn read(value: &str, evidence: Option<&str>) -> Result<Answer, String> {
        read_answer(bindery_abi::Answer {
            value: value.into(),
            evidence: evidence.map_or(RNone, |text| RSome(text.into())),
        })
    }

    #[track_caller]
    fn check(value: &str, evidence: Option<&str>, fault: &str) {
        let error = read(value, evidence).unwrap_err();
        assert_eq!(error, fault, "of {value}");
    }

    #[test]
    fn answers_of_another_form_are_refused() {
        let not_json = "gave an answer that is not JSON";
        for value in ["", "{", "text"] {
            check(value, None, not_json);
        }
        for (value, of_type) in [("1", "int"), ("null", "NoneType"), ("[\"a\"]", "list")] {
            let fault = format!("gave an answer of type `{of_type}`, not a text or a struct");
            check(value, None, &fault);
        }
        check("\"a\"", Some("{"), "gave evidence that is not JSON");
        check(
            "\"a\"",
            Some(r#"{"metadata": [{"key": "k", "value": 1}]}"#),
            "gave metadata that is not a list of keys and values",
        );
    }

    #[test]
    fn answers_that_overload_a_parser_are_refused() {
        let deep = |open: &str, close: &str| {
            let levels = 100_000;
            format!("{}1{}", open.repeat(levels), close.repeat(levels))
        };
        let not_json = "gave an answer that is not JSON";
        check(&deep("[", "]"), None, not_json);
        check(&deep("{\"a\":", "}"), None, not_json);
        for bad in ["\"a\" \"b\"", "\"\u{0}\"", "{\"a\": NaN}", "{\"a\": 1e999}"] {
            check(bad, None, not_json);
        }
        let evidence = deep("[", "]");
        check("\"a\"", Some(&evidence), "gave evidence that is not JSON");
    }

    #[test]
    fn structs_that_refs_cannot_reach_into_are_refused() {
        let cannot = "gave a struct that refs cannot reach into: ";
        for key in ["", "]", "[", "a b", "-", "1", "\u{fc}", "{{a}}"] {
            let value = json!({"fine": "x", "in": {key: "y"}}).to_string();
            let error = read(&value, None).unwrap_err();
            assert!(error.starts_with(cannot), "{key:?}: {error:?}");
        }
        for value in [json!({"a": null}), json!({"a": ["b"]})] {
            let error = read(&value.to_string(), None).unwrap_err();
            assert!(error.starts_with(cannot), "{value}: {error:?}");
        }
        let valid = json!({"a.b": "x", "c[1]": {"d": 1, "e": true, "f": 0.5}, "g": {}});
        assert!(read(&valid.to_string(), None).is_ok());
    }

    #[test]
    fn texts_and_structs_keep_their_evidence() {
        let answer = read("\"a\"", Some("[1]")).unwrap();
        assert_eq!(answer.value.as_str(), Some("a"));
        assert_eq!(answer.evidence.to_json().as_deref(), Some("[1]"));
        let answer = read("{\"digest\": \"d\"}", None).unwrap();
        assert_eq!(
            answer.value.entry("digest").and_then(Value::as_str),
            Some("d")
        );
    }
}
