//! Messages of the crate, as users read them.
//!
//! The table below produces each message once, and its snapshot shows all of them to the author of a change. A separate test checks
//! that the table is complete: every prose literal in the sources, except in `expect` and `unreachable!`, must be in the snapshot.

use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::sync::OnceLock;

use bindery_core::{
    Answer, Binder, Diagnosis, Environment, Error, Field, Matcher, Object, Opaque, Ref, Request,
    Step, Type, Value, bind_all, bind_text, json,
};
use bindery_diagnostic::Diagnostic;

use crate::{bind, data, make, structure, text};

#[test]
fn messages_match_the_snapshot() {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("messages", document());
    });
}

#[test]
fn every_message_of_the_sources_is_in_the_snapshot() {
    let document = document();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(sources).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        for literal in prose(&source) {
            count += 1;
            if !fixed_parts(&literal).all(|part| document.contains(&*part)) {
                missing.push(format!("{}: {literal}", path.display()));
            }
        }
    }
    assert!(count > 50, "only {count} literals were found");
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
}

fn document() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(write_document)
}

fn write_document() -> String {
    let mut out = String::new();
    let mut line = |name: &str, message: &str, hint: Option<&str>, path: &str| {
        out += &format!("{name}: {message}\n");
        if let Some(hint) = hint {
            out += &format!("  hint: {hint}\n");
        }
        if !path.is_empty() {
            out += &format!("  path: {path}\n");
        }
    };
    for (name, error) in errors() {
        line(name, &format!("{error:?}"), error.hint(), &error.path());
    }
    for (name, object) in checks() {
        let check = object.check().unwrap();
        assert!(!check.ok(), "{name} passes");
        line(name, &format!("check: {}", check.message()), None, "");
    }
    for (
        name,
        Diagnosis {
            problems, notes, ..
        },
    ) in diagnoses()
    {
        for problem in problems {
            let said = format!("problem: {}", problem.message);
            line(name, &said, problem.hint.as_deref(), &problem.path);
        }
        for note in notes {
            let said = format!("note: {}", note.message);
            line(name, &said, note.hint.as_deref(), &note.path);
        }
    }
    for (name, message) in others() {
        line(name, &message, None, "");
    }
    out
}

/// Creates an object of a type from one value.
fn construct(ty: &Type, value: Value) -> Result<Object, Error> {
    ty.construct(&[value], &[], None)
}

fn failed<T>(result: Result<T, Error>) -> Error {
    result.err().expect("it fails")
}

fn evaluated(object: &Object) -> Error {
    failed(object.interpolate())
}

fn keyword(name: &str, value: Value) -> [(Rc<str>, Value); 1] {
    [(Rc::from(name), value)]
}

fn opaque(type_name: &str) -> Value {
    Value::Opaque(Rc::new(Opaque {
        type_name: type_name.to_owned(),
        text: format!("<{type_name} object>"),
    }))
}

fn generator() -> Value {
    opaque("generator")
}

fn numbers() -> Type {
    Type::list(Type::Integer)
}

fn table() -> Type {
    Type::map(Type::String, Type::Integer)
}

fn colors() -> Type {
    Type::enumeration(&[Value::string("Color"), data(r#"["Red", "Blue"]"#)]).unwrap()
}

fn task() -> Type {
    let process = structure("Process", &[("cpu", Type::Float)]);
    structure("Task", &[("processes", Type::list(process))])
}

fn environment() -> Environment {
    Environment::new(&[data(r#"{"a": {"b": 1}}"#)], &[]).unwrap()
}

fn errors() -> Vec<(&'static str, Error)> {
    let mut all = addresses();
    all.extend(templates());
    all.extend(constructions());
    all.extend(bindings());
    all.extend(accesses());
    all.extend(documents());
    all
}

fn addresses() -> Vec<(&'static str, Error)> {
    let address = |text: &str| failed(Ref::from_address(text));
    vec![
        ("address empty", address("")),
        ("address first letter", address("1a")),
        ("address shape", address("a b")),
        ("address shape with dot", address(".a..b")),
        ("address length", address(&"a".repeat(16 * 1024 + 1))),
    ]
}

fn templates() -> Vec<(&'static str, Error)> {
    let chain = |length: usize| {
        let hop = |i| {
            (
                format!("v{i}"),
                Value::string(format!("{{{{v{}}}}}", i + 1)),
            )
        };
        Value::map((0..length).map(hop))
    };
    let padded = text(&format!("{}{{{{v0}}}}", "x".repeat(4 << 20)));
    let deep = data(r#"{"processes": [{}, {"cpu": "fast"}]}"#);
    vec![
        ("invalid tag", evaluated(&text("{{ x }}"))),
        (
            "endless template",
            evaluated(&bind(&text("{{a}}"), r#"{"a": "{{b}}", "b": "{{a}}"}"#)),
        ),
        (
            "growing template",
            evaluated(&bind(&text("{{a}}"), r#"{"a": "{{a}}{{a}}"}"#)),
        ),
        (
            "texts together",
            evaluated(&padded.bind(&[chain(90)], &[]).unwrap()),
        ),
        (
            "coercion",
            evaluated(&make(&Type::Integer, Value::string("x"))),
        ),
        (
            "coercion of an environment",
            evaluated(&make(
                &Type::Integer,
                Value::Environment(Rc::new(environment())),
            )),
        ),
        (
            "coercion of Empty",
            evaluated(&make(&Type::Boolean, Value::Empty)),
        ),
        (
            "coercion to an enum",
            evaluated(&bind(
                &make(&colors(), Value::string("{{c}}")),
                r#"{"c": "red"}"#,
            )),
        ),
        (
            "coercion to a choice",
            evaluated(&make(
                &Type::choice(None, vec![Type::Integer, numbers()]),
                Value::string("x"),
            )),
        ),
        ("coercion deep inside", evaluated(&make(&task(), deep))),
        (
            "coercion in a map",
            evaluated(&make(&table(), data(r#"{"a": "x"}"#))),
        ),
    ]
}

fn constructions() -> Vec<(&'static str, Error)> {
    let none = |ty: &Type| failed(ty.construct(&[], &[], None));
    let named = |ty: &Type| failed(ty.construct(&[], &keyword("x", Value::None), None));
    let map_of = |value: Value| failed(construct(&table(), value));
    let list = Value::Object(make(&numbers(), data("[1]")));
    let mut nested_type = data(r#"["String"]"#);
    for _ in 0..=Type::MAX_DEPTH {
        nested_type = Value::tuple([Value::string("List"), nested_type]);
    }
    let mut nested = text("end");
    let too_deep = loop {
        match text("{{x}}").bind(&[], &keyword("x", Value::Object(nested.clone()))) {
            Ok(object) => nested = object,
            Err(error) => break error,
        }
    };
    let uneven = Value::Map(Rc::new([(Value::integer(1), Value::None)]));
    vec![
        ("no argument", none(&Type::Integer)),
        ("argument by name", named(&Type::Integer)),
        ("argument by name for a map", named(&table())),
        (
            "enum word",
            failed(construct(&colors(), Value::string("red"))),
        ),
        (
            "enum number",
            failed(construct(&colors(), Value::integer(1))),
        ),
        ("enum of nothing", failed(construct(&colors(), Value::None))),
        (
            "enum declared with a number",
            failed(Type::enumeration(&[Value::integer(1)])),
        ),
        (
            "list of a text",
            failed(construct(&numbers(), Value::string("x"))),
        ),
        (
            "list of a generator",
            failed(construct(&numbers(), generator())),
        ),
        (
            "list of a set",
            failed(construct(&numbers(), opaque("set"))),
        ),
        ("map of a number", map_of(Value::integer(1))),
        ("map of a list object", map_of(list.clone())),
        ("map of a generator", map_of(generator())),
        ("struct of a list", failed(construct(&task(), data("[]")))),
        (
            "struct with keys that are not texts",
            failed(construct(&task(), uneven)),
        ),
        (
            "struct with an unknown field",
            failed(construct(&task(), data(r#"{"name": "x"}"#))),
        ),
        (
            "changing a value that is not a struct",
            failed(text("x").with(&keyword("x", Value::None))),
        ),
        (
            "deriving from a type that is not a struct",
            failed(Type::String.subclass("Mine")),
        ),
        ("objects too deep", too_deep),
        ("types too deep", failed(Type::load(&nested_type))),
        (
            "invalid serialized type",
            failed(Type::load(&data(r#"["List"]"#))),
        ),
        (
            "more elements for a value that is not a list",
            failed(
                construct(&Type::Integer, Value::integer(1))
                    .unwrap()
                    .extended(&[]),
            ),
        ),
    ]
}

fn bindings() -> Vec<(&'static str, Error)> {
    let bound = |value: Value| failed(text("{{a}}").bind(&[value], &[]));
    let under_a = |value: Value| failed(Environment::new(&[], &keyword("a", value)));
    let number_key = Value::Map(Rc::new([(Value::integer(1), Value::None)]));
    vec![
        ("scope that is a text", bound(Value::string("a"))),
        (
            "scope that is a simple object",
            bound(Value::Object(text("a"))),
        ),
        ("scope that is None", bound(Value::None)),
        ("key that is not a text", bound(number_key)),
        (
            "environment of a number",
            failed(Environment::new(&[Value::integer(1)], &[])),
        ),
        ("environment value", under_a(data("[1]"))),
        (
            "environment without a ref",
            failed(environment().get(&Ref::from_address("a.c").unwrap())),
        ),
    ]
}

fn accesses() -> Vec<(&'static str, Error)> {
    let list = make(&numbers(), data("[1]"));
    let map = make(&table(), data(r#"{"a": 1}"#));
    let task = make(&task(), data("{}"));
    let x = Ref::from_address("x").unwrap();
    vec![
        ("find without an answer", failed(task.find(&x))),
        ("find in a text", failed(text("a").find(&x))),
        ("attribute", failed(task.attribute("name"))),
        ("iterating a struct", failed(task.elements())),
        ("item of a text", failed(text("a").item(&Value::integer(0)))),
        ("item beyond the end", failed(list.item(&Value::integer(1)))),
        ("item by name", failed(list.item(&Value::string("a")))),
        ("item under a key", failed(map.item(&Value::string("b")))),
        (
            "membership in a text",
            failed(text("a").contains(&Value::None)),
        ),
    ]
}

fn documents() -> Vec<(&'static str, Error)> {
    let written = |value: Value| failed(json::write(&value, json::Style::default()));
    let tuple_key = Value::Map(Rc::new([(Value::tuple([]), Value::None)]));
    vec![
        ("JSON of an object", written(Value::Object(text("a")))),
        ("JSON with a tuple as key", written(tuple_key)),
        ("JSON of a text", failed(text("a").json_dumps())),
        ("JSON for a list", failed(numbers().json_loads("[]", false))),
        (
            "JSON of another shape",
            failed(task().json_loads("1", false)),
        ),
        ("invalid JSON", failed(task().json_loads("{", false))),
    ]
}

fn checks() -> Vec<(&'static str, Object)> {
    let open = |ty: Type| make(&ty, Value::string("{{x}}"));
    let required = Type::structure("Pair", vec![("a".into(), Field::required(Type::Integer))]);
    let choice = Type::choice(Some("Either"), vec![Type::Integer, numbers()]);
    let entry = |key: &str, value: &str| {
        let ty = Type::map(Type::Integer, Type::Integer);
        make(&ty, Value::map([(key.to_owned(), Value::string(value))]))
    };
    vec![
        ("open integer", open(Type::Integer)),
        ("open float", open(Type::Float)),
        ("open boolean", open(Type::Boolean)),
        ("open enum", open(colors())),
        (
            "value of another type",
            make(&Type::Integer, Value::string("x")),
        ),
        ("element", make(&numbers(), data(r#"[1, "x"]"#))),
        ("key", entry("{{x}}", "1")),
        ("value under a key", entry("1", "{{x}}")),
        ("required field", make(&required, data("{}"))),
        ("field", make(&required, data(r#"{"a": "x"}"#))),
        ("choice", make(&choice, Value::string("x"))),
        ("choice of Empty", make(&choice, Value::Empty)),
    ]
}

fn diagnoses() -> Vec<(&'static str, Diagnosis)> {
    let field = Field::required(Type::Integer);
    let pair = Type::structure(
        "Pair",
        vec![("a".into(), field.clone()), ("b".into(), field)],
    );
    let pairs = make(
        &Type::list(pair),
        data(r#"[{"b": "x"}, {"a": 1.5, "b": "{{ }}"}]"#),
    );
    let either = Type::choice(Some("Either"), vec![Type::Integer, Type::Float]);
    vec![
        ("parts", pairs.diagnose()),
        ("a choice", make(&either, Value::string("x")).diagnose()),
        ("a dot", text("docker ps --format {{.Names}}").diagnose()),
    ]
}

fn others() -> Vec<(&'static str, String)> {
    let json = |text: &str| json::parse(text).unwrap_err().to_string();
    let pattern = |text: &str| Matcher::parse(text).unwrap_err().to_string();
    let mut all = vec![
        ("JSON with more behind it", json("1 2")),
        ("JSON without a value", json("[1,\n 2, x]")),
        ("JSON with half a number", json("-")),
        ("JSON with an open text", json(r#""abc"#)),
        ("JSON with a line end in a text", json("\"a\nb\"")),
        ("JSON with an unknown escape", json(r#""\x""#)),
        ("JSON with half an escape", json(r#""\u12""#)),
        ("JSON without a comma", json("[1 2]")),
        ("JSON without a name", json("{1: 2}")),
        ("JSON without a colon", json(r#"{"a" 1}"#)),
        ("JSON too deep", json(&"[".repeat(300))),
        ("pattern that is not a ref", pattern("a b")),
        ("pattern that begins with an index", pattern("[*]")),
        ("pattern with a reserved name", pattern("a.__any__")),
        (
            "pattern that is not an expression",
            first_line(&Matcher::new(&[Step::Dereference(Some("(".to_owned()))]).unwrap_err()),
        ),
    ];
    all.extend(unanswered());
    all
}

fn first_line(error: &impl ToString) -> String {
    error
        .to_string()
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Binder that answers only the first request, with a struct.
struct Lazy(Matcher);

impl Binder for Lazy {
    fn name(&self) -> &str {
        "lazy"
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.0.matches(reference)
    }

    fn bind(&self, _: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        vec![Ok(Answer::new(Value::map([(
            "part",
            Value::string("deep"),
        )])))]
    }
}

fn unanswered() -> Vec<(&'static str, String)> {
    let binders: [Box<dyn Binder>; 1] = [Box::new(Lazy(Matcher::parse("a[*]").unwrap()))];
    let messages = |errors: Vec<bindery_core::BindError>| {
        let chains = errors
            .iter()
            .map(|error| format!("{error}: {}", error.source));
        chains.collect::<Vec<_>>().join("; ")
    };
    vec![
        (
            "binder with too few answers",
            messages(bind_all(&[text("{{a[1]}} {{a[2]}}")], &binders).errors),
        ),
        (
            "answer without the part",
            messages(bind_text("{{a[1].other}}", &binders).errors),
        ),
        (
            "answer that is a struct",
            messages(bind_text("{{a[1]}}", &binders).errors),
        ),
    ]
}

/// Returns the string literals of a source that hold words and spaces, which users may read.
fn prose(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &code[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("'\\") {
            at += 3 + rest[3..].find('\'').expect("a character is closed") + 1;
        } else if rest.starts_with('\'') {
            let mut characters = rest.char_indices().skip(1);
            let second = characters.nth(1);
            // Any other quote begins a lifetime.
            at += match second {
                Some((end, '\'')) => end + 1,
                _ => 1,
            };
        } else if rest.starts_with('"') {
            let mut end = 1;
            while !rest[end..].starts_with('"') {
                end += if rest[end..].starts_with('\\') { 2 } else { 1 };
                while !rest.is_char_boundary(end) {
                    end += 1;
                }
            }
            let before = code[..at].trim_end();
            let literal = &rest[1..end];
            let internal = [".expect(", "unreachable!("];
            if literal.contains(' ') && !internal.iter().any(|call| before.ends_with(call)) {
                found.push(literal.to_owned());
            }
            at += end + 1;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Returns the parts of a format string that do not depend on its arguments; leaves out parts without a word.
fn fixed_parts(literal: &str) -> impl Iterator<Item = String> {
    let mut parts = vec![String::new()];
    let mut rest = literal;
    while let Some(c) = rest.chars().next() {
        let last = parts.last_mut().expect("there is one");
        let mut used = c.len_utf8();
        match c {
            '{' | '}' if rest[1..].starts_with(c) => {
                last.push(c);
                used = 2;
            }
            '{' => {
                used = rest.find('}').expect("a placeholder is closed") + 1;
                parts.push(String::new());
            }
            // A continued line, or an escaped character.
            '\\' if rest[1..].starts_with('\n') => {
                used = 2 + rest[2..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
            }
            '\\' => {
                last.push_str(&rest[1..2]);
                used = 2;
            }
            c => last.push(c),
        }
        rest = &rest[used..];
    }
    let with_words = |part: &String| part.chars().filter(|c| c.is_alphabetic()).count() > 1;
    parts.into_iter().filter(with_words)
}
