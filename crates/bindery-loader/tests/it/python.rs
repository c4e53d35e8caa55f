//! Plain Python programs, one feature each: `python/NAME.py`, compared with `python/expected.json` written by CPython 3.11.
//!
//! `corpus` compares `repr()` of results; this test compares the data that callers of the loader receive.

use std::path::Path;
use std::rc::Rc;

use bindery_core::{Value, json, repr};
use bindery_loader::{Loader, NoFiles, Options, on_large_stack};

/// Programs whose result differs on purpose: name, result, reason.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "base64_string",
        r#"{"missing": null}"#,
        "programs written for Python 2 give texts, and what they mean is clear; the result here is bytes",
    ),
    (
        "builtin_isinstance_union",
        r#"{"error": "TypeError", "message": "unsupported operand type(s) for |: 'type' and 'type'"}"#,
        "types have no operators; a tuple of types says the same",
    ),
    (
        "builtin_range_huge",
        r#"{"error": "IndexError", "message": "cannot fit 'int' into an index-sized integer"}"#,
        "the bounds of a range are clamped to 64 bits; nothing gets that far",
    ),
    (
        "closure_free_variable_unassigned",
        r#"{"error": "UnboundLocalError", "message": "cannot access local variable 'x' where it is not associated with a value"}"#,
        "frames do not tell their own variables from shared ones; `UnboundLocalError` is a `NameError`, too",
    ),
    (
        "collections_deque",
        r#"{"error": "NotImplementedError", "message": "not supported: `collections.deque`"}"#,
        "refused by name; a list does the same",
    ),
    (
        "collections_deque_empty",
        r#"{"error": "NotImplementedError", "message": "not supported: `collections.deque`"}"#,
        "refused by name; a list does the same",
    ),
    (
        "datetime_strptime",
        r#"{"error": "AttributeError", "message": "'type' object has no attribute 'strptime'"}"#,
        "dates of a job file are written in ISO form, which `fromisoformat` reads",
    ),
    (
        "datetime_strptime_mismatch",
        r#"{"error": "AttributeError", "message": "'type' object has no attribute 'strptime'"}"#,
        "dates of a job file are written in ISO form, which `fromisoformat` reads",
    ),
    (
        "exc_cause",
        r#"{"error": "AttributeError", "message": "'ValueError' object has no attribute '__cause__'"}"#,
        "the cause is evaluated and forgotten; messages do not show it",
    ),
    (
        "float_exact_forms",
        r#"{"error": "AttributeError", "message": "'float' object has no attribute 'as_integer_ratio'"}"#,
        "not there: a job file has no use for the bits of a number",
    ),
    (
        "func_multiple_values_by_unpacking",
        r#"{"error": "TypeError", "message": "greet() got multiple values for keyword argument 'name'"}"#,
        "functions of a job file are in no module",
    ),
    (
        "func_star_of_number",
        r#"{"error": "TypeError", "message": "f() argument after * must be an iterable, not int"}"#,
        "functions of a job file are in no module",
    ),
    (
        "func_starstar_of_list",
        r#"{"error": "TypeError", "message": "f() argument after ** must be a mapping, not list"}"#,
        "functions of a job file are in no module",
    ),
    (
        "generator_infinite_with_break",
        r#"{"error": "RuntimeError", "message": "the program ran for more than 10000000 steps"}"#,
        "a generator function runs to its end when its first value is asked for",
    ),
    (
        "generator_laziness",
        r#"{"result": [["made", "start", "middle", "end", "between"], 1, 2, "done", "between"]}"#,
        "a generator function runs to its end when its first value is asked for",
    ),
    (
        "int_to_bytes",
        r#"{"error": "AttributeError", "message": "'int' object has no attribute 'to_bytes'"}"#,
        "not there: a job file has no use for the bits of a number",
    ),
    (
        "loop_dict_deleted_and_inserted",
        r#"{"result": [1, 2, 1, 2, 1, 2, 1]}"#,
        "what CPython notices depends on how its tables grow; the limit on steps ends such loops",
    ),
    (
        "re_bad_class",
        r#"{"error": "error", "message": "unclosed character class"}"#,
        "another engine, which words its complaints itself",
    ),
    (
        "re_bad_pattern",
        r#"{"error": "error", "message": "unclosed group"}"#,
        "another engine, which words its complaints itself",
    ),
    (
        "re_bad_repeat",
        r#"{"error": "error", "message": "repetition operator missing expression"}"#,
        "another engine, which words its complaints itself",
    ),
    (
        "re_bad_replacement",
        r#"{"error": "error", "message": "invalid group reference 5"}"#,
        "the group is named, its position in the template is not",
    ),
    (
        "slice_indices",
        r#"{"error": "AttributeError", "message": "'slice' object has no attribute 'indices'"}"#,
        "not there: a slice applied to `range(length)` tells the same",
    ),
    (
        "statement_match_literal",
        r#"{"error": "NotImplementedError", "message": "not supported: the `match` statement"}"#,
        "refused by name; the original client runs on Pythons that do not have it",
    ),
];

/// Runs a program and returns its result in the recorded form. Some programs need a larger stack than a test's thread has.
fn outcome(program: &str) -> String {
    on_large_stack(|| json::write(&run(program), Default::default()).unwrap()).unwrap()
}

fn run(program: &str) -> Value {
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    loader.on_print(|_| {});
    match loader.evaluate("program", program) {
        Ok(namespace) => match namespace.get("result") {
            Some(result) => object([("result", encode(&result))]),
            None => object([("missing", Value::None)]),
        },
        Err(error) => object([
            ("error", Value::string(error.class)),
            ("message", Value::string(error.message)),
        ]),
    }
}

/// Encodes `value` like `record.py`: types that JSON cannot distinguish become objects with one key.
fn encode(value: &Value) -> Value {
    let all = |items: &[Value]| Value::List(items.iter().map(encode).collect());
    match value {
        Value::Float(number) => object([("float", Value::string(repr::float(*number)))]),
        Value::List(items) => all(items),
        Value::Tuple(items) => object([("tuple", all(items))]),
        Value::Map(entries) => {
            let pairs = entries
                .iter()
                .map(|(key, value)| Value::List([encode(key), encode(value)].into()));
            object([("dict", Value::List(pairs.collect()))])
        }
        Value::Opaque(opaque) => object([(&opaque.type_name, Value::string(opaque.text.as_str()))]),
        plain => plain.clone(),
    }
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(Rc::new(
        entries.map(|(key, value)| (Value::string(key), value)),
    ))
}

#[test]
fn programs_end_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python");
    let recorded = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let Value::Map(recorded) = json::parse(&recorded).unwrap() else {
        panic!("expected.json is no object")
    };
    let mut programs: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|name| name != "record")
        .collect();
    programs.sort();
    let mut failures = Vec::new();
    for name in &programs {
        let program = std::fs::read_to_string(folder.join(format!("{name}.py"))).unwrap();
        let Some((_, expected)) = recorded
            .iter()
            .find(|(key, _)| matches!(key, Value::String(key) if key.as_str() == name))
        else {
            failures.push(format!("{name}: not recorded"));
            continue;
        };
        let expected = json::write(expected, Default::default()).unwrap();
        let found = outcome(&program);
        match DIFFERENCES.iter().find(|(other, ..)| other == name) {
            None if found != expected => {
                failures.push(format!("{name}\nexpected {expected}\nfound    {found}"));
            }
            Some((_, ours, reason)) if found != *ours => {
                failures.push(format!(
                    "{name} ({reason})\nexpected {ours}\nfound    {found}"
                ));
            }
            Some(_) if found == expected => {
                failures.push(format!("{name}: listed as different, but is not"));
            }
            _ => {}
        }
    }
    assert_eq!(recorded.len(), programs.len(), "record anew");
    for (name, ..) in DIFFERENCES {
        assert!(programs.iter().any(|other| other == name), "no {name}");
    }
    assert!(
        failures.is_empty(),
        "{} of {} differ:\n{}",
        failures.len(),
        programs.len(),
        failures.join("\n")
    );
}
