//! The published schema of lock files, and that what is written keeps to it.

use std::{fs, path::Path};

use serde_json::{Map, Value as Json};

use super::{PINNED, lock_text, setup};

/// The schema that is published with the documentation.
fn schema() -> Json {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/bindery.lock.schema.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// What is against the schema, as far as the words that ours uses; any other word is a panic.
fn violations(schema: &Json, value: &Json, path: &str, root: &Json) -> Vec<String> {
    let mut found = Vec::new();
    for (word, rule) in schema.as_object().unwrap() {
        let wrong = |what: String| format!("{path}: {what}");
        let of = |schema: &Json, value: &Json, part: &str| {
            violations(schema, value, &format!("{path}/{part}"), root)
        };
        let empty = Map::new();
        let object = value.as_object().unwrap_or(&empty);
        match word.as_str() {
            "$schema" | "$id" | "title" | "description" | "$defs" | "format" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                found.extend(of(&root["$defs"][name], value, ""));
            }
            "type" => {
                let kind = match value {
                    Json::String(_) => "string",
                    Json::Number(_) => "integer",
                    Json::Array(_) => "array",
                    Json::Object(_) => "object",
                    _ => "other",
                };
                let fits = |name: &Json| name == kind;
                if !(fits(rule) || rule.as_array().is_some_and(|names| names.iter().any(fits))) {
                    found.push(wrong(format!("is {kind}, not {rule}")));
                }
            }
            "const" => {
                if value != rule {
                    found.push(wrong(format!("is {value}, not {rule}")));
                }
            }
            "pattern" => {
                let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    found.push(wrong(format!("{value} is not like {rule}")));
                }
            }
            "required" => {
                let missing = |name: &&Json| !object.contains_key(name.as_str().unwrap());
                found.extend(
                    rule.as_array()
                        .unwrap()
                        .iter()
                        .filter(missing)
                        .map(|name| wrong(format!("has no {name}"))),
                );
            }
            "properties" => {
                for (name, value) in object {
                    if let Some(rule) = rule.get(name) {
                        found.extend(of(rule, value, name));
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(rule, &Json::Bool(false));
                let known = |name: &&String| schema["properties"].get(name.as_str()).is_none();
                found.extend(
                    object
                        .keys()
                        .filter(known)
                        .map(|name| wrong(format!("has {name}"))),
                );
            }
            "items" => {
                for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                    found.extend(of(rule, item, &number.to_string()));
                }
            }
            other => panic!("the schema uses `{other}`, which this test does not know"),
        }
    }
    found
}

fn check(text: &str) -> Vec<String> {
    // Schemas speak of JSON, where a time is a text.
    let table: toml::Table = toml::from_str(text).unwrap();
    let mut json = serde_json::to_value(&table).unwrap();
    for entry in json["ref"].as_array_mut().into_iter().flatten() {
        let time = entry["first_seen"]["$__toml_private_datetime"].take();
        entry["first_seen"] = time;
    }
    let schema = schema();
    violations(&schema, &json, "", &schema)
}

#[test]
fn what_is_written_keeps_to_the_published_schema() {
    let (_registry, bindery) = setup();
    bindery.write("pinned.aurora", PINNED);
    bindery
        .run(["lock", "jobs.aurora", "pinned.aurora"])
        .success();
    let text = lock_text(&bindery);
    assert_eq!(check(&text), Vec::<String>::new());

    for (from, to) in [
        ("version = 1", "version = 2"),
        ("binder = ", "bindr = "),
        ("plugin.sha256 = \"", "plugin.sha256 = \"x"),
        ("check = \"", "check = \"x"),
    ] {
        assert!(!check(&text.replacen(from, to, 1)).is_empty(), "{to}");
    }
}
