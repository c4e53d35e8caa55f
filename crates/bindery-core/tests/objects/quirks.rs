//! One test per surprising rule of the original. Most rules are kept; the name of a test says which ones are mended.

use std::rc::Rc;

use bindery_core::{Environment, Error, ErrorKind, Field, Object, Ref, Type, Value};

use crate::{bind, check, data, make, outcome, structure, text};

/// Returns the notes about a valid object.
fn notes(object: &Object) -> Vec<String> {
    let notes = object.diagnose().notes;
    notes.into_iter().map(|note| note.message).collect()
}

#[test]
fn q01_open_refs_pass_the_check_of_a_string_and_fail_that_of_a_number() {
    assert!(text("{{x}}").check().unwrap().ok());
    let number = make(&Type::Integer, Value::string("{{x}}"));
    assert_eq!(number.check().unwrap().message(), "'{{x}}' not an integer");
}

#[test]
fn q02_an_invalid_tag_fails_every_operation_with_a_hint() {
    for template in ["{{ x }}", "{{#x}}", "{{x-y}}", "{{&}}", "{{a[b:c]}}"] {
        let error = text(template).interpolate().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRef, "{template}");
        assert!(
            error.hint().unwrap().contains("is not a valid ref"),
            "{template}"
        );
    }
}

#[test]
fn q02_an_open_enum_refuses_an_escape_of_an_invalid_tag() {
    let letters = Type::enumeration(&[Value::string("A")]).unwrap();
    let open = make(&letters, Value::string("{{x}}{{&a b}}"));
    check(&open, "InvalidRefError: Badly formed address .a b");
    assert_eq!(open.check().unwrap_err().kind(), ErrorKind::InvalidRef);
    check(
        &make(&letters, Value::string("{{x}}{{&y}}")),
        r#""{{x}}{{y}}""#,
    );
}

#[test]
fn q03_a_leading_dot_is_dropped_even_from_open_refs() {
    check(
        &text("docker ps --format {{.Names}}"),
        r#""docker ps --format {{Names}}""#,
    );
    check(&bind(&text("{{.x}}"), r#"{"x": 1}"#), r#""1""#);
    assert_eq!(
        notes(&text("docker ps --format {{.Names}}")),
        ["`{{.Names}}` stays as `{{Names}}`, without its dot"]
    );
    assert_eq!(notes(&bind(&text("{{.x}}"), r#"{"x": 1}"#)), [""; 0]);
}

#[test]
fn q04_only_the_first_letter_must_be_ascii() {
    check(&bind(&text("{{a.é}}"), r#"{"a.é": "hit"}"#), r#""hit""#);
    check(&text("{{.é}}"), "InvalidRefError: é");
}

#[test]
fn q05_every_scan_removes_one_ampersand_from_the_end_of_an_escape() {
    check(
        &text("{{&x}} {{&x&}} {{&x&&}} {{&x&&&}} {{&&x}} {{&&}}"),
        r#""{{x}} {{x}} {{x}} {{x&}} {{&x}} {{&}}""#,
    );
}

#[test]
fn q06_an_escape_in_an_object_is_resolved_and_one_in_a_text_is_kept() {
    check(
        &bind(&text("{{a}}"), r#"{"a": "{{&b}}", "b": "no"}"#),
        r#""{{b}}""#,
    );
    let inner = [
        (Rc::from("a"), Value::Object(text("{{&b}}"))),
        (Rc::from("b"), Value::string("yes")),
    ];
    check(&text("{{a}}").bind(&[], &inner).unwrap(), r#""yes""#);
}

#[test]
fn q07_fragments_can_form_a_tag() {
    check(
        &bind(&text("{{{x}}}"), r#"{"x": "{foo}", "foo": "bar"}"#),
        r#""bar""#,
    );
    check(
        &bind(
            &text("{{l}}foo{{r}}"),
            r#"{"l": "{{", "r": "}}", "foo": "joined"}"#,
        ),
        r#""joined""#,
    );
}

#[test]
fn q08_a_chain_of_99_refs_resolves_and_an_endless_one_fails() {
    let chain = |length: usize| {
        let entries: Vec<_> = (0..length)
            .map(|i| {
                (
                    format!("v{i}"),
                    Value::string(format!("{{{{v{}}}}}", i + 1)),
                )
            })
            .chain([(format!("v{length}"), Value::string("end"))])
            .collect();
        text("{{v0}}").bind(&[Value::map(entries)], &[]).unwrap()
    };
    check(&chain(98), r#""end""#);
    check(
        &chain(99),
        "Uninterpolatable: Unable to interpolate end!  Maximum replacements reached.",
    );
    check(
        &bind(&text("{{a}}"), r#"{"a": "{{b}}", "b": "{{a}}"}"#),
        "Uninterpolatable: Unable to interpolate {{a}}!  Maximum replacements reached.",
    );
    let doubling = bind(&text("{{a}}"), r#"{"a": "{{a}}{{a}}"}"#);
    let error = doubling.interpolate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uninterpolatable);
    assert_eq!(
        error.message(),
        "Unable to interpolate {{a}}!  The text grows beyond 16 MiB."
    );
}

#[test]
fn q09_attributes_shadow_binds_and_their_own_name() {
    let ty = structure("P", &[("name", Type::String), ("cmd", Type::String)]);
    let p = make(&ty, data(r#"{"name": "attr", "cmd": "run {{name}}"}"#));
    check(
        &bind(&p, r#"{"name": "bound"}"#),
        r#"{"name": "attr", "cmd": "run attr"}"#,
    );
    let own = make(&ty, data(r#"{"name": "{{name}}"}"#));
    let error = bind(&own, r#"{"name": "x"}"#).interpolate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Uninterpolatable);
    assert_eq!(error.path(), "name");
}

#[test]
fn q10_in_scope_prefers_its_first_argument_and_bind_its_last() {
    let (first, second) = (data(r#"{"a": "first"}"#), data(r#"{"a": "second"}"#));
    let both = [first, second];
    let keyword = [(Rc::from("a"), Value::string("keyword"))];
    check(&text("{{a}}").bind(&both, &[]).unwrap(), r#""second""#);
    check(
        &text("{{a}}").bind(&both, &keyword).unwrap(),
        r#""keyword""#,
    );
    check(
        &text("{{a}}").in_scope(&both, &keyword).unwrap(),
        r#""first""#,
    );
    check(
        &text("{{a}}")
            .in_scope(&[], &keyword)
            .unwrap()
            .in_scope(&both, &[])
            .unwrap(),
        r#""keyword""#,
    );
}

#[test]
fn q11_modulo_binds() {
    let bound = bind(&text("{{a}}"), r#"{"a": "bound"}"#);
    check(&bound.modulo(&data(r#"{"a": "mod"}"#)).unwrap(), r#""mod""#);
}

fn nested(leaf: &str, outer: &str, bindings: &str) -> Object {
    let child = structure(
        "C",
        &[("v", Type::String), ("kids", Type::list(Type::String))],
    );
    let parent = structure(
        "P",
        &[("v", Type::String), ("child", child), ("cmd", Type::String)],
    );
    bind(
        &make(
            &parent,
            data(&format!(r#"{{"child": {{"v": "{leaf}"}}, {outer}}}"#)),
        ),
        bindings,
    )
}

#[test]
fn q12_super_is_the_enclosing_struct_and_its_bindings() {
    check(
        &nested("{{super.v}}", r#""v": "outer""#, "{}"),
        r#"{"v": "outer", "child": {"v": "outer"}}"#,
    );
    check(
        &nested("{{super.x}}", r#""v": "outer""#, r#"{"x": "b"}"#),
        r#"{"v": "outer", "child": {"v": "b"}}"#,
    );
    check(
        &nested("{{self.cmd}}", r#""cmd": "c""#, "{}"),
        r#"{"child": {"v": "c"}, "cmd": "c"}"#,
    );
    let own = structure("C", &[("v", Type::String)]);
    check(
        &bind(
            &make(&own, data(r#"{"v": "{{super.x}}"}"#)),
            r#"{"x": "own bind"}"#,
        ),
        r#"{"v": "own bind"}"#,
    );
}

#[test]
fn children_see_their_parents_and_parents_reach_children_by_path() {
    check(
        &nested("as {{cmd}}", r#""cmd": "attr""#, r#"{"cmd": "bound"}"#),
        r#"{"child": {"v": "as attr"}, "cmd": "attr"}"#,
    );
    check(
        &nested("x", r#""cmd": "{{child.v}} {{kids}}""#, "{}"),
        r#"{"child": {"v": "x"}, "cmd": "x {{kids}}"}"#,
    );
}

fn list_of(items: &str) -> [(Rc<str>, Value); 1] {
    let list = make(&Type::list(Type::String), data(items));
    [(Rc::from("l"), Value::Object(list))]
}

#[test]
fn q13_negative_indexes_count_from_the_end_and_stay_open_out_of_range() {
    let bound =
        text("{{l[-1]}} {{l[01]}} {{l[-3]}} {{l[x]}} {{l.a}}").bind(&[], &list_of(r#"["a", "b"]"#));
    check(&bound.unwrap(), r#""b b {{l[-3]}} {{l[x]}} {{l.a}}""#);
}

fn map_of(key: Type, entries: &[(Value, &str)]) -> [(Rc<str>, Value); 1] {
    let entries: Vec<_> = entries
        .iter()
        .map(|(k, v)| (k.clone(), Value::string(*v)))
        .collect();
    let map = make(&Type::map(key, Type::String), Value::Map(entries.into()));
    [(Rc::from("m"), Value::Object(map))]
}

#[test]
fn q14_a_key_of_the_wrong_type_has_no_entry() {
    let ints = map_of(Type::Integer, &[(Value::integer(7), "seven")]);
    check(
        &text("{{m[007]}} {{m[x]}}").bind(&[], &ints).unwrap(),
        r#""seven {{m[x]}}""#,
    );
    let templated = map_of(Type::Integer, &[(Value::string("{{k}}"), "x")]);
    check(
        &text("{{m[1]}}").bind(&[], &templated).unwrap(),
        r#""{{m[1]}}""#,
    );
    let letters = Type::enumeration(&[Value::string("A"), Value::string("B")]).unwrap();
    let words = map_of(letters, &[(Value::string("A"), "aa")]);
    check(
        &text("{{m[A]}} {{m[Z]}}").bind(&[], &words).unwrap(),
        r#""aa {{m[Z]}}""#,
    );
    let flags = map_of(Type::Boolean, &[(Value::Boolean(true), "yes")]);
    check(
        &text("{{m[TRUE]}} {{m[1]}} {{m[0]}}")
            .bind(&[], &flags)
            .unwrap(),
        r#""yes yes {{m[0]}}""#,
    );
}

#[test]
fn q15_a_stored_key_is_resolved_in_its_own_scopes_only() {
    let key = bind(&text("{{k}}"), r#"{"k": "foo"}"#);
    let own = map_of(Type::String, &[(Value::Object(key), "hit")]);
    check(&text("{{m[foo]}}").bind(&[], &own).unwrap(), r#""hit""#);
    let around = map_of(Type::String, &[(Value::string("{{k}}"), "hit")]);
    check(
        &bind(
            &text("{{m[foo]}}").bind(&[], &around).unwrap(),
            r#"{"k": "foo"}"#,
        ),
        r#""{{m[foo]}}""#,
    );
}

#[test]
fn q16_refs_do_not_reach_into_choices() {
    let inner = structure("A", &[("x", Type::String)]);
    let outer = structure("B", &[("c", Type::choice(None, vec![inner, Type::String]))]);
    let b = make(&outer, data(r#"{"c": {"x": "deep"}}"#));
    let bound = text("{{b.c}} {{b.c.x}}").bind(&[], &[(Rc::from("b"), Value::Object(b))]);
    check(&bound.unwrap(), r#""A(x=deep) {{b.c.x}}""#);
}

#[test]
fn q17_an_alternative_that_raises_does_not_match() {
    let a = structure("A", &[("x", Type::Integer)]);
    let b = structure("B", &[("y", Type::Integer)]);
    let choice = Type::choice(None, vec![a, b]);
    check(&make(&choice, data(r#"{"y": 1}"#)), r#"{"y": 1}"#);
    assert!(make(&choice, data(r#"{"y": 1}"#)).check().unwrap().ok());
    let numbers = Type::choice(None, vec![Type::Integer, Type::String]);
    let given = make(
        &numbers,
        Value::Object(make(&Type::Integer, Value::string("{{x}}"))),
    );
    assert_eq!(given.check().unwrap().message(), "'{{x}}' not an integer");
    let containers = Type::choice(
        None,
        vec![
            Type::map(Type::String, Type::String),
            Type::list(Type::String),
        ],
    );
    let list = make(&Type::list(Type::String), data(r#"["a"]"#));
    check(&make(&containers, Value::Object(list)), r#"["a"]"#);
}

#[test]
fn q17_a_given_object_reports_its_own_error() {
    let endless = structure("A", &[("a", Type::String)]);
    let ty = structure("C", &[("i", Type::Integer), ("s", Type::String)]);
    let fields = [
        ("i", Value::string("{{x}}")),
        (
            "s",
            Value::map([(
                "k",
                Value::Object(make(&endless, data(r#"{"a": "{{a}}"}"#))),
            )]),
        ),
    ];
    let object = make(&ty, Value::map(fields));
    let choice = make(&Type::choice(None, vec![ty]), Value::Object(object));
    // Printing the whole object would fail with the error of its other field.
    check(
        &bind(&choice, r#"{"x": "none"}"#),
        "CoercionError: Cannot coerce 'none' to Integer",
    );
}

#[test]
fn q18_check_and_interpolation_may_take_different_alternatives() {
    let choice = Type::choice(None, vec![Type::Integer, Type::String]);
    let open = make(&choice, Value::string("{{x}}"));
    assert!(open.check().unwrap().ok());
    assert_eq!(open.interpolate().unwrap().0.ty().name(), "Integer");
}

#[test]
fn q19_the_first_alternative_wins_even_if_it_loses_precision() {
    check(
        &make(
            &Type::choice(None, vec![Type::Integer, Type::Float]),
            Value::Float(1.75),
        ),
        "1",
    );
    let numbers = Type::choice(None, vec![Type::Integer, Type::Float]);
    assert_eq!(
        notes(&make(&numbers, Value::Float(1.75))),
        ["1.75 is truncated to 1"]
    );
    assert_eq!(notes(&make(&numbers, Value::Float(2.0))), [""; 0]);
    check(
        &make(
            &Type::choice(None, vec![Type::Boolean, Type::Integer]),
            Value::integer(5),
        ),
        "true",
    );
}

#[test]
fn q20_a_subclass_is_the_parents_schema_under_another_name() {
    let parent = structure("A", &[("x", Type::Integer)]);
    let child = parent.subclass("B").unwrap();
    let b = make(&child, data(r#"{"x": 1}"#));
    assert_eq!(b.repr().unwrap(), "B(x=1)");
    let holder = structure("P", &[("a", parent.clone()), ("b", child)]);
    let set = |field: &str, object: &Object| {
        holder.construct(
            &[],
            &[(Rc::from(field), Value::Object(object.clone()))],
            None,
        )
    };
    let a = make(&parent, data("{}"));
    assert!(set("a", &a).is_ok() && set("b", &a).is_ok());
    assert_eq!(set("a", &b).unwrap_err().kind(), ErrorKind::NotMapping);
    assert_eq!(set("b", &b).unwrap_err().kind(), ErrorKind::NotMapping);
}

#[test]
fn q22_a_default_loses_its_bindings() {
    let inner = structure("In", &[("v", Type::String)]);
    let bound = bind(
        &make(&inner, data(r#"{"v": "{{x}}"}"#)),
        r#"{"x": "bound"}"#,
    );
    let field = Field::default(inner, &Value::Object(bound)).unwrap();
    let ty = Type::structure("P", vec![(Rc::from("i"), field)]);
    check(
        &ty.construct(&[], &[], None).unwrap(),
        r#"{"i": {"v": "{{x}}"}}"#,
    );
}

#[test]
fn q22_a_default_choice_is_evaluated_twice_with_its_escapes() {
    let choice = Type::choice(None, vec![Type::String]);
    let field = |text| Field::default(choice.clone(), &Value::string(text));
    let error = field("{{&a b}}").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRef);
    assert!(field("{{&&a b}}").is_ok());
}

#[test]
fn q22_a_default_object_within_an_object_fails_on_use() {
    let twice = make(&Type::String, Value::Object(text("x")));
    let field = Field::default(Type::String, &Value::Object(twice)).unwrap();
    let ty = Type::structure("P", vec![(Rc::from("s"), field)]);
    check(
        &ty.construct(&[], &[], None).unwrap(),
        "CoercionError: Cannot coerce 'x' to String",
    );
}

#[test]
fn q23_plain_data_becomes_structs_with_sorted_fields() {
    let fields = [("z", Type::Integer), ("a", Type::Integer)];
    let inner = structure("Inner", &fields);
    let outer = structure("Outer", &[("inner", inner.clone())]);
    let shown = |value: Value| make(&outer, Value::map([("inner", value)])).repr().unwrap();
    assert_eq!(
        shown(data(r#"{"z": 1, "a": 2}"#)),
        "Outer(inner=Inner(a=2,\n      z=1))"
    );
    let given = Value::Object(make(&inner, data(r#"{"z": 1, "a": 2}"#)));
    assert_eq!(shown(given), "Outer(inner=Inner(z=1,\n      a=2))");
}

#[test]
fn q24_structs_are_equal_by_schema_and_enums_by_value() {
    let equal = |a: &Object, b: &Object| a.equals(b).unwrap();
    let fields = [("x", Type::Integer), ("y", Type::String)];
    let a = structure("A", &fields);
    let b = structure("B", &[("y", Type::String), ("x", Type::Integer)]);
    assert!(equal(
        &make(&a, data(r#"{"x": 1}"#)),
        &make(&b, data(r#"{"x": "1"}"#))
    ));
    let c = structure("A", &[("x", Type::Integer)]);
    assert!(!equal(
        &make(&a, data(r#"{"x": 1}"#)),
        &make(&c, data(r#"{"x": 1}"#))
    ));
    let mode = || {
        Type::enumeration(&[Value::string("Mode"), Value::tuple([Value::string("RO")])]).unwrap()
    };
    assert!(equal(
        &make(&mode(), Value::string("RO")),
        &make(&mode(), Value::string("RO"))
    ));
}

#[test]
fn q26_types_are_never_equal_to_each_other_and_sort_before_each_other() {
    let (one, text) = (make(&Type::Integer, Value::integer(1)), text("1"));
    assert!(!one.equals(&text).unwrap());
    assert_eq!(one.less(&text).unwrap(), Some(true));
    assert_eq!(text.less(&one).unwrap(), Some(true));
    let open = make(&Type::Integer, Value::string("{{x}}"));
    assert!(
        !one.equals(&open).unwrap(),
        "a resolved number is not equal to an open one"
    );
    let nan = || make(&Type::Float, Value::Float(f64::NAN));
    assert!(nan().equals(&nan()).unwrap());
    assert!(
        !nan()
            .equals(&make(&Type::Float, Value::integer(1)))
            .unwrap()
    );
}

#[test]
fn q27_numbers_follow_python_and_overflow_is_a_coercion_error() {
    check(&make(&Type::Integer, Value::string(" 1_000 ")), "1000");
    check(&make(&Type::Integer, Value::Float(-1.9)), "-1");
    check(
        &make(&Type::Integer, Value::Float(f64::INFINITY)),
        "CoercionError: Cannot coerce 'inf' to Integer",
    );
    let huge = data(&format!("1{}", "0".repeat(400)));
    assert!(outcome(&make(&Type::Float, huge)).starts_with("CoercionError"));
}

#[test]
fn q28_an_enum_accepts_its_values_as_a_list() {
    let ty = Type::enumeration(&[Value::string("Color"), data(r#"["Red"]"#)]).unwrap();
    assert_eq!(ty.name(), "Color");
    let error = ty
        .construct(&[Value::string("red")], &[], None)
        .unwrap_err();
    assert_eq!(
        error.message(),
        "Color only accepts the following values: Red"
    );
}

#[test]
fn q29_a_map_reads_pairs_from_any_two_element_sequence() {
    let ty = Type::map(Type::String, Type::String);
    check(&make(&ty, Value::string("ab")), r#"{"a": "b"}"#);
    let pairs = [data(r#"["a", "1"]"#), data(r#"["b", "2"]"#)];
    check(
        &ty.construct(&pairs, &[], None).unwrap(),
        r#"{"a": "1", "b": "2"}"#,
    );
    let misread = ty
        .construct(&[Value::List(Rc::new(pairs))], &[], None)
        .unwrap();
    assert!(outcome(&misread).starts_with("CoercionError: Cannot coerce '['a', '1']' to String"));
}

#[test]
fn q30_an_object_of_another_type_fails_on_use() {
    let number = make(&Type::Integer, Value::Object(text("5")));
    check(&number, "CoercionError: Cannot coerce '5' to Integer");
    let ty = structure("A", &[("x", Type::Integer)]);
    let error = ty
        .construct(&[Value::Object(make(&ty, data("{}")))], &[], None)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotMapping);
}

#[test]
fn q30_an_object_fails_for_its_type_even_if_it_cannot_be_printed() {
    let number = || Value::Object(make(&Type::Integer, Value::string("x")));
    let ty = structure("A", &[("x", Type::Integer)]);
    let error = ty.construct(&[number()], &[], None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotMapping);
    assert_eq!(error.message(), "Expected dictionary argument, got Integer");
    let list = make(
        &Type::list(Type::Integer),
        Value::List(Rc::new([number(), number()])),
    );
    let map = Type::map(Type::String, Type::String);
    let error = map
        .construct(&[Value::Object(list)], &[], None)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Type);
    assert_eq!(error.message(), "a Map cannot be made from IntegerList");
}

#[test]
fn q31_each_text_looks_its_refs_up_again() {
    let template = text("{{a}} {{s.v}}");
    let inner = structure("In", &[("v", Type::String)]);
    let holder = structure("Out", &[("i", inner.clone()), ("w", Type::String)]);
    let held = make(
        &holder,
        data(r#"{"i": {"v": "{{a}} {{w}}"}, "w": "{{a}}"}"#),
    );
    for a in ["1", "2"] {
        let s = make(&inner, Value::map([("v", Value::string(format!("v{a}")))]));
        let bindings = [
            (Rc::from("a"), Value::string(a)),
            (Rc::from("s"), Value::Object(s)),
        ];
        check(
            &template.bind(&[], &bindings).unwrap(),
            &format!("\"{a} v{a}\""),
        );
        // The results of a struct's lookups are kept only for the structs inside it.
        check(
            &held.bind(&[], &bindings).unwrap(),
            &format!(r#"{{"i": {{"v": "{a} {a}"}}, "w": "{a}"}}"#),
        );
    }
    check(&template, r#""{{a}} {{s.v}}""#);
    check(&held, r#"{"i": {"v": "{{a}} {{a}}"}, "w": "{{a}}"}"#);
}

#[test]
fn q32_interpolating_twice_resolves_escapes() {
    let bound = bind(&text("{{&x}}"), r#"{"x": 1}"#);
    let once = bound.interpolate().unwrap().0;
    check(&bound, r#""{{x}}""#);
    check(&once, r#""1""#);
}

#[test]
fn q32_a_choice_in_a_text_is_evaluated_twice() {
    let escapes = Value::string("{{&x}} {{&&x}} {{&&&x}} {{&&&&x}}");
    let shown = |ty: Type, value: Value| {
        let bound = [
            (Rc::from("c"), Value::Object(make(&ty, value))),
            (Rc::from("x"), Value::integer(1)),
        ];
        outcome(&text("{{c}}").bind(&[], &bound).unwrap())
    };
    let choice = Type::choice(None, vec![Type::String]);
    assert_eq!(
        shown(Type::String, escapes.clone()),
        r#""1 {{x}} {{&x}} {{&&x}}""#
    );
    assert_eq!(
        shown(choice.clone(), escapes.clone()),
        r#""1 1 {{x}} {{&x}}""#
    );
    assert_eq!(
        shown(Type::list(choice), Value::List(Rc::new([escapes]))),
        r#""Choice_StringList(1 1 1 {{x}})""#
    );
}

#[test]
fn q33_an_invalid_scope_is_refused_at_once() {
    let kind = |value: Value| text("{{a}}").bind(&[value], &[]).unwrap_err().kind();
    assert_eq!(kind(Value::string("a")), ErrorKind::Type);
    assert_eq!(kind(Value::Object(text("a"))), ErrorKind::Attribute);
    assert_eq!(kind(Value::None), ErrorKind::Value);
}

#[test]
fn q34_a_key_of_the_wrong_type_is_a_missing_key() {
    let map = make(
        &Type::map(Type::Integer, Type::String),
        Value::Map(Rc::new([])),
    );
    assert_eq!(
        map.item(&Value::string("x")).unwrap_err().kind(),
        ErrorKind::Key
    );
    assert!(!map.contains(&Value::string("x")).unwrap());
}

#[test]
fn q34_keys_are_compared_after_the_map_is_interpolated() {
    let map = make(
        &Type::map(Type::String, Type::String),
        data(r#"{"{{k}}": "v{{k}}"}"#),
    );
    let map = bind(&map, r#"{"k": "z"}"#);
    check(&map.item(&Value::string("z")).unwrap(), r#""vz""#);
    assert!(map.contains(&Value::string("z")).unwrap());
    assert!(!map.contains(&Value::string("{{k}}")).unwrap());
}

#[test]
fn access_to_a_part_of_a_container_evaluates_the_whole() {
    let list = make(&Type::list(Type::Integer), data(r#"[1, "x"]"#));
    let map = make(
        &Type::map(Type::String, Type::Integer),
        data(r#"{"a": 1, "b": "x"}"#),
    );
    for (container, key) in [(list, Value::integer(0)), (map, Value::string("a"))] {
        let kind = |error: Error| error.kind();
        assert_eq!(
            container.item(&key).map_err(kind).unwrap_err(),
            ErrorKind::Coercion
        );
        assert_eq!(
            container.contains(&key).map_err(kind),
            Err(ErrorKind::Coercion)
        );
        assert_eq!(
            container.elements().map_err(kind).unwrap_err(),
            ErrorKind::Coercion
        );
    }
}

#[test]
fn q39_plain_data_is_neither_interpolated_nor_coerced() {
    let number = bind(&make(&Type::Integer, Value::string("{{x}}")), r#"{"x": 1}"#);
    assert_eq!(number.get().unwrap().as_str(), Some("{{x}}"));
}

#[test]
fn q40_an_empty_table_binds_nothing() {
    check(
        &bind(&text("{{a}} {{a.b}}"), r#"{"a": {}}"#),
        r#""{{a}} {{a.b}}""#,
    );
}

#[test]
fn q41_a_map_prints_its_entries_without_its_scopes() {
    let map = make(
        &Type::map(Type::String, Type::Integer),
        data(r#"{"a": "{{n}}"}"#),
    );
    let expected = "StringIntegerMap[a] value {{n}} failed check: Unable to interpolate: Cannot coerce 'x' to Integer";
    assert_eq!(
        bind(&map, r#"{"n": "x"}"#).check().unwrap().message(),
        expected
    );
}

#[test]
fn q42_equal_keys_collapse_to_the_last_and_refs_see_the_first() {
    let ty = Type::map(Type::String, Type::Integer);
    let map = ty
        .construct(&[data(r#"["a", 1]"#), data(r#"["a", 2]"#)], &[], None)
        .unwrap();
    check(&map, r#"{"a": 2}"#);
    let bound = text("{{m[a]}}").bind(&[], &[(Rc::from("m"), Value::Object(map))]);
    check(&bound.unwrap(), r#""1""#);
}

#[test]
fn environments_merge_leaf_by_leaf_and_fall_through_ref_by_ref() {
    let merged = [data(r#"{"a": {"b": 1}}"#), data(r#"{"a": {"c": 2}}"#)];
    check(
        &text("{{a.b}} {{a.c}} {{a}}").bind(&merged, &[]).unwrap(),
        r#""1 2 {{a}}""#,
    );
    let environment = Environment::new(&merged, &[]).unwrap();
    let found = environment.get(&Ref::from_address("a.c").unwrap()).unwrap();
    assert_eq!(found.as_str(), Some("2"));
    let kinds = |value: Value| -> ErrorKind {
        let failed: Result<Environment, Error> =
            Environment::new(&[Value::map([("a", value)])], &[]);
        failed.unwrap_err().kind()
    };
    assert_eq!(kinds(Value::None), ErrorKind::Value);
    assert_eq!(kinds(data("[1]")), ErrorKind::Value);
}

#[test]
fn an_exact_binding_beats_the_object_bound_to_a_prefix() {
    let ports = make(
        &Type::map(Type::String, Type::Integer),
        data(r#"{"http": 80, "health": 8888}"#),
    );
    let table = Value::map([
        ("c.ports", Value::Object(ports)),
        ("c.ports[http]", Value::integer(5000)),
    ]);
    check(
        &text("{{c.ports[http]}} {{c.ports[health]}}")
            .bind(&[table], &[])
            .unwrap(),
        r#""5000 8888""#,
    );
}

#[test]
fn types_survive_serialization() {
    let inner = Type::structure(
        "In",
        vec![
            (
                Rc::from("z"),
                Field::default(Type::Integer, &Value::integer(5)).unwrap(),
            ),
            (
                Rc::from("a"),
                Field::required(Type::enumeration(&[Value::string("E")]).unwrap()),
            ),
        ],
    );
    let outer = Type::structure(
        "Out",
        vec![(Rc::from("l"), Field::optional(Type::list(inner)))],
    );
    let loaded = Type::load(&outer.serialize()).unwrap();
    let names: Vec<_> = loaded.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["Enum_E", "Integer", "In", "InList", "Out"]);
    assert!(loaded.last().unwrap().1.same(&outer));
    assert!(Type::load(&data(r#"["List"]"#)).is_err());
}

#[test]
fn json_drops_unknown_keys_unless_strict() {
    let inner = structure("I", &[("a", Type::Integer)]);
    let outer = structure("P", &[("i", inner.clone()), ("l", Type::list(inner))]);
    let lenient = outer
        .json_loads(r#"{"i": {"a": "4", "extra": 1}, "other": [1]}"#, false)
        .unwrap();
    assert_eq!(lenient.json_dumps().unwrap(), r#"{"i": {"a": 4}}"#);
    for (document, strict) in [(r#"{"other": 1}"#, true), (r#"{"l": [{"b": 1}]}"#, false)] {
        assert_eq!(
            outer.json_loads(document, strict).unwrap_err().kind(),
            ErrorKind::Attribute
        );
    }
}

#[test]
fn objects_can_be_bound_in_a_loop_but_not_nested_in_a_loop() {
    let mut long = text("{{x}}");
    for _ in 0..200_000 {
        long = bind(&long, r#"{"x": 1}"#);
    }
    check(&long, r#""1""#);
    drop(long);

    let mut nested = text("end");
    let error = loop {
        let binding = [(Rc::from("x"), Value::Object(nested.clone()))];
        match text("{{x}}").bind(&[], &binding) {
            Ok(object) => nested = object,
            Err(error) => break error,
        }
    };
    assert_eq!(error.message(), "objects are nested more than 250 deep");
    check(&nested, r#""end""#);
}
