//! Templates: a text as a value of one of the types, with bindings.
//!
//! Input: a letter for the type and the text on the first line, a binding on each further line. `name=text` binds a text and
//! `name:json` a JSON value; a leading `^` adds the binding to the outer scope.

#![no_main]

use std::rc::Rc;

use bindery_core::{Error, ErrorKind, Field, Object, Type, Value, bind_text, json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let plain = !input.contains('&');
    let mut lines = input.split('\n');
    let mut first = lines.next().unwrap_or_default().chars();
    let letter = first.next().unwrap_or('S');
    let text = first.as_str();
    assert_eq!(bind_text(text, &[]).text, text);

    let Ok((ty, value)) = shape(letter, text) else {
        return;
    };
    let Ok(object) = ty.construct(&[value], &[], None) else {
        return;
    };
    use_up(&object, plain);
    let bindings: Vec<Binding> = lines.filter_map(Binding::read).take(16).collect();
    if let Some(bound) = bind(&object, &bindings) {
        use_up(&bound, plain);
    }
});

struct Binding {
    outside: bool,
    name: Rc<str>,
    value: Value,
}

impl Binding {
    fn read(line: &str) -> Option<Self> {
        let (outside, line) = match line.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let at = line.find(['=', ':'])?;
        let (name, rest) = (&line[..at], &line[at + 1..]);
        let value = if line[at..].starts_with('=') {
            Value::string(rest)
        } else {
            json::parse(rest).ok()?
        };
        Some(Self {
            outside,
            name: name.into(),
            value,
        })
    }
}

/// Returns the text as a value of the letter's type.
fn shape(letter: char, text: &str) -> Result<(Type, Value), Error> {
    let value = Value::string(text);
    let structure = || {
        let fields = vec![
            ("a".into(), Field::required(Type::String)),
            ("b".into(), Field::optional(Type::Integer)),
        ];
        Type::structure("Pair", fields)
    };
    Ok(match letter {
        'I' => (Type::Integer, value),
        'F' => (Type::Float, value),
        'B' => (Type::Boolean, value),
        'E' => (
            Type::enumeration(&[value.clone(), Value::string("other")])?,
            value,
        ),
        'C' => {
            let alternatives = vec![Type::Integer, structure(), Type::String];
            (Type::choice(None, alternatives), value)
        }
        'L' => {
            let twice = Value::List(vec![value.clone(), value].into());
            (Type::list(Type::String), twice)
        }
        'M' => {
            let entry = Value::Map(vec![(value.clone(), value)].into());
            (Type::map(Type::String, Type::String), entry)
        }
        'T' => {
            let fields = Value::map([("a", value), ("b", Value::integer(1))]);
            (structure(), fields)
        }
        _ => (Type::String, value),
    })
}

fn bind(object: &Object, bindings: &[Binding]) -> Option<Object> {
    let mut object = object.clone();
    for Binding {
        outside,
        name,
        value,
    } in bindings
    {
        let keywords = [(Rc::clone(name), value.clone())];
        let bound = if *outside {
            object.in_scope(&[], &keywords)
        } else {
            object.bind(&[], &keywords)
        };
        object = bound.ok()?;
    }
    Some(object)
}

/// Calls every operation of the object; `plain` is true for texts without escapes.
fn use_up(object: &Object, plain: bool) {
    match object.check() {
        // An endless template takes a long time; one run is enough.
        Err(error) if error.kind() == ErrorKind::Uninterpolatable => return,
        _ => {}
    }
    let _ = object.get();
    let _ = object.display();
    let _ = object.repr();
    let _ = object.elements();
    let _ = object.unwrap_choice();
    if let Ok(json) = object.json_dumps() {
        assert!(json::parse(&json).is_ok(), "{json}");
        let _ = object.ty().json_loads(&json, true);
    }
    let Ok((resolved, unbound)) = object.interpolate() else {
        return;
    };
    let equal = object.equals(object);
    let again = resolved.interpolate();
    // An escape becomes a tag, which the next pass reads and may not accept as a ref.
    if plain && let Ok((again, left)) = again {
        assert_eq!(equal.ok(), Some(true));
        assert_eq!(left.len(), unbound.len());
        assert_eq!(again.display().ok(), resolved.display().ok());
    }
}
