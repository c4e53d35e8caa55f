//! Properties that hold for every input.

use bindery_core::{Ref, Text, Type, Value};
use proptest::prelude::*;

use crate::{data, make, text};

fn address() -> impl Strategy<Value = String> {
    let part = prop_oneof!["\\.[a-z_][a-z0-9_]{0,3}", "\\[[a-zA-Z0-9_./-]{1,6}\\]"];
    ("[a-z_][a-z0-9_]{0,4}", prop::collection::vec(part, 0..4))
        .prop_map(|(root, parts)| root + &parts.concat())
}

/// Returns texts in which braces, refs and escapes are likely.
fn template() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z {}&.]{0,6}",
        address().prop_map(|a| format!("{{{{{a}}}}}")),
        address().prop_map(|a| format!("{{{{&{a}}}}}")),
        Just("{{a}}".to_owned()),
        Just("{{b}}".to_owned()),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn table(a: &str, b: &str) -> Value {
    Value::map([
        ("a", Value::String(Text::new(a))),
        ("b", Value::String(Text::new(b))),
    ])
}

proptest! {
    #[test]
    fn printing_and_reading_a_ref_gives_the_same_ref(address in address()) {
        let read = Ref::from_address(&address).unwrap();
        prop_assert_eq!(read.address(), &address);
        let components = read.components().count();
        prop_assert_eq!(read.prefix(components).unwrap(), read.clone());
        if components > 1 {
            let front = read.prefix(components - 1).unwrap();
            let rest = front.scoped_to(&read).unwrap();
            prop_assert_eq!(front.join(&rest), read);
        }
    }

    #[test]
    fn any_text_is_an_address_or_an_error(text in "\\PC{0,12}") {
        if let Ok(read) = Ref::from_address(&text) {
            prop_assert_eq!(read.address(), text.strip_prefix('.').unwrap_or(&text));
        }
    }

    #[test]
    fn a_later_bind_beats_an_earlier_one(x in "[a-z]{1,4}", y in "[a-z]{1,4}") {
        let bound = text("{{a}}").bind(&[table(&x, "")], &[]).unwrap().bind(&[table(&y, "")], &[]).unwrap();
        let together = text("{{a}}").bind(&[table(&x, ""), table(&y, "")], &[]).unwrap();
        prop_assert_eq!(bound.display().unwrap(), y.clone());
        prop_assert_eq!(together.display().unwrap(), y);
    }

    #[test]
    fn data_without_tags_comes_back_as_it_went_in(items in prop::collection::vec("[a-z ]{0,5}", 0..5)) {
        let list = Value::List(items.iter().map(|i| Value::string(i.as_str())).collect());
        let object = make(&Type::list(Type::String), list.clone());
        let back = object.interpolate().unwrap().0.get().unwrap();
        let tuple = Value::Tuple(items.iter().map(|i| Value::string(i.as_str())).collect());
        prop_assert!(back.python_eq(&tuple));
    }

    #[test]
    fn json_that_was_written_is_read_as_the_same(n in any::<i64>(), x in any::<f64>(), t in "\\PC{0,8}") {
        prop_assume!(!x.is_nan());
        let value = Value::List(vec![Value::integer(n), Value::Float(x), Value::string(t.as_str())].into());
        let written = bindery_core::json::write(&value, bindery_core::json::Style::default()).unwrap();
        prop_assert!(data(&written).python_eq(&value), "{written}");
    }
}

proptest! {
    // Few cases: a template that doubles itself grows to the limit before it fails.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn interpolation_ends_in_a_text_without_bound_refs_or_an_error(t in template(), a in template(), b in template()) {
        let object = text(&t).bind(&[table(&a, &b)], &[]).unwrap();
        if let Ok((object, unbound)) = object.interpolate() {
            let open: Vec<_> = unbound.iter().map(|u| u.reference.address()).collect();
            prop_assert!(!open.contains(&"a") && !open.contains(&"b"), "{open:?}");
            let left = object.get().unwrap();
            for address in open {
                let tag = format!("{{{{{address}}}}}");
                prop_assert!(left.as_str().unwrap().contains(&tag), "{left:?} lacks {tag}");
            }
        }
    }
}
