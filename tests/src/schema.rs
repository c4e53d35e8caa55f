//! Validation against the published JSON Schemas.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::{Map, Value as Json};

/// Schema in `docs/reference`.
pub struct Schema(Json);

impl Schema {
    /// Reads the schema in the file `docs/reference/NAME`.
    ///
    /// # Panics
    ///
    /// If the file does not exist, or is not JSON.
    pub fn published(name: &str) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../docs/reference")
            .join(name);
        let text = fs::read_to_string(file).expect("the schema is in the checkout");
        Self(serde_json::from_str(&text).expect("a schema is JSON"))
    }

    /// Returns every violation of the schema.
    ///
    /// # Panics
    ///
    /// If the schema uses a keyword, or a form of one, that is not implemented here.
    pub fn violations(&self, value: &Json) -> Vec<String> {
        self.check(&self.0, value, "")
    }

    /// Returns every violation of the part `name` of the schema's `$defs`.
    ///
    /// # Panics
    ///
    /// As [`Schema::violations`], and if the part does not exist.
    pub fn violations_of(&self, name: &str, value: &Json) -> Vec<String> {
        self.check(&self.0["$defs"][name], value, "")
    }

    fn check(&self, schema: &Json, value: &Json, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (word, rule) in schema.as_object().expect("a schema is an object") {
            let wrong = |what: String| format!("{path}: {what}");
            let of = |schema: &Json, value: &Json, part: &str| {
                self.check(schema, value, &format!("{path}/{part}"))
            };
            let list = || rule.as_array().into_iter().flatten();
            let empty = Map::new();
            let object = value.as_object().unwrap_or(&empty);
            match word.as_str() {
                "$schema" | "$id" | "title" | "description" | "$defs" | "format" => {}
                "$ref" => {
                    let name = rule.as_str().and_then(|name| name.strip_prefix("#/$defs/"));
                    let name = name.expect("a reference is within the schema");
                    found.extend(self.check(&self.0["$defs"][name], value, path));
                }
                "anyOf" => {
                    let tried: Vec<_> = list().map(|one| self.check(one, value, path)).collect();
                    if tried.iter().all(|found| !found.is_empty()) {
                        found.push(wrong(format!("matches none of these: {tried:?}")));
                    }
                }
                "type" => {
                    let kind = match value {
                        Json::String(_) => "string",
                        Json::Number(number) if number.is_f64() => "number",
                        Json::Number(_) => "integer",
                        Json::Array(_) => "array",
                        Json::Object(_) => "object",
                        Json::Bool(_) => "boolean",
                        Json::Null => "null",
                    };
                    if rule != kind && !list().any(|name| name == kind) {
                        found.push(wrong(format!("is {kind}, not {rule}")));
                    }
                }
                "const" => {
                    if value != rule {
                        found.push(wrong(format!("is {value}, not {rule}")));
                    }
                }
                "enum" => {
                    if !list().any(|one| one == value) {
                        found.push(wrong(format!("is {value}, none of {rule}")));
                    }
                }
                "minimum" => {
                    if value.as_f64() < rule.as_f64() {
                        found.push(wrong(format!("is {value}, less than {rule}")));
                    }
                }
                "pattern" => {
                    let pattern = rule.as_str().and_then(|pattern| Regex::new(pattern).ok());
                    let pattern = pattern.expect("a pattern is a regular expression");
                    if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                        found.push(wrong(format!("{value} is not like {rule}")));
                    }
                }
                "required" => {
                    let missing = list().filter(|name| {
                        !object.contains_key(name.as_str().expect("members have names"))
                    });
                    found.extend(missing.map(|name| wrong(format!("has no {name}"))));
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
                    let names = object.keys().filter(known);
                    found.extend(names.map(|name| wrong(format!("has {name}"))));
                }
                "items" => {
                    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
                        found.extend(of(rule, item, &number.to_string()));
                    }
                }
                other => panic!("the keyword `{other}` is not implemented"),
            }
        }
        found
    }
}
