//! Bindings that an observer of the bind pass sees.

use std::rc::Rc;

use bindery_core::{
    Answer, BindObserver, Binder, Field, FrameKind, Matcher, Object, Origin, Ref, RefBinding,
    Request, Text, Type, Value, bind_all_observed,
};
use bindery_diagnostic::Diagnostic;

/// Answers `image[…]` with the text of the index.
struct Images(Matcher);

impl Binder for Images {
    fn name(&self) -> &str {
        "test.image"
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.0.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answer = |request: &Request| Ok(Answer::new(Value::string(request.parts[1].as_str())));
        requests.iter().map(answer).collect()
    }
}

/// Writes one line per binding: object, ref with position, value with position, frame.
#[derive(Default)]
struct Lines(Vec<String>);

impl BindObserver for Lines {
    fn binding(&mut self, object: usize, binding: &RefBinding) {
        let at = |origin: Option<Origin>| origin.map_or("?".to_owned(), |at| at.0.to_string());
        let kind = match &binding.frame.kind {
            FrameKind::Bindings => "bindings".to_owned(),
            FrameKind::Object(ty) => format!("object {}", ty.name()),
            FrameKind::Enclosing(ty) => format!("field of {}", ty.name()),
            FrameKind::Answers { binder } => format!("binder {binder}"),
            other => format!("{other:?}"),
        };
        self.0.push(format!(
            "{object}: {}@{} = {:?}@{} from {}, {kind}",
            binding.reference.address(),
            at(binding.origin),
            binding.value,
            at(binding.value.origin()),
            binding.frame.index,
        ));
    }
}

fn placed(text: &str, at: u32) -> Value {
    Value::String(Text::with_origin(text, Some(Origin(at))))
}

fn observe(objects: &[Object]) -> Vec<String> {
    let mut lines = Lines::default();
    let binders = [Images(Matcher::parse("image[*]").unwrap())];
    let bound = bind_all_observed(objects, &binders, &mut lines);
    assert!(bound.errors.is_empty(), "{:?}", bound.errors);
    lines.0
}

fn process() -> Type {
    let field = |name: &str| (Rc::from(name), Field::optional(Type::String));
    Type::structure("Process", vec![field("name"), field("cmdline")])
}

fn fields(entries: &[(&str, Value)]) -> Vec<(Rc<str>, Value)> {
    let entries = entries.iter();
    entries
        .map(|(name, value)| (Rc::from(*name), value.clone()))
        .collect()
}

#[test]
fn a_nested_template_reports_literals_scopes_and_answers_in_order() {
    let object = process()
        .construct(
            &[],
            &fields(&[
                ("name", placed("web", 1)),
                (
                    "cmdline",
                    placed("{{greeting}} {{image[redis]}} {{open}}", 2),
                ),
            ]),
            None,
        )
        .unwrap()
        .bind(
            &[],
            &fields(&[("greeting", placed("run {{name}} {{flags}}", 3))]),
        )
        .unwrap()
        .in_scope(&[], &fields(&[("flags", placed("-v", 4))]))
        .unwrap();
    insta::assert_snapshot!(observe(&[object]).join("\n"), @r#"
    0: greeting@2 = String("run {{name}} {{flags}}")@3 from 2, bindings
    0: image[redis]@2 = String("redis")@? from 1, binder test.image
    0: name@2 = Object(String(web))@1 from 0, field of Process
    0: flags@2 = String("-v")@4 from 3, bindings
    "#);
}

#[test]
fn each_object_reports_its_own_bindings() {
    let objects = ["{{image[a]}} {{image[a]}}", "plain", "{{image[b]}}"].map(super::text);
    insta::assert_snapshot!(
        observe(&objects).join("\n"),
        @r#"
    0: image[a]@? = String("a")@? from 0, binder test.image
    2: image[b]@? = String("b")@? from 0, binder test.image
    "#
    );
}

#[test]
fn frames_are_counted_from_the_innermost() {
    let inner = super::text("{{a}} {{b}} {{c}} {{super.b}}");
    let ty = Type::structure(
        "Outer",
        vec![(Rc::from("text"), Field::optional(Type::String))],
    );
    let bound = |object: Object, name: &str| {
        object
            .bind(&[], &fields(&[(name, Value::string(name.to_uppercase()))]))
            .unwrap()
    };
    let object = ty
        .construct(
            &[],
            &fields(&[("text", Value::Object(bound(inner, "a")))]),
            None,
        )
        .unwrap();
    let object = bound(bound(object, "b"), "c");
    insta::assert_snapshot!(observe(&[object]).join("\n"), @r#"
    0: a@? = String("A")@? from 0, bindings
    0: b@? = String("B")@? from 3, bindings
    0: c@? = String("C")@? from 2, bindings
    0: super.b@? = String("B")@? from 3, bindings
    "#);
}

#[test]
fn an_alternative_that_is_not_taken_reports_nothing() {
    let choice = Type::choice(Some("Number"), vec![Type::Integer, Type::String]);
    let object = super::make(&choice, Value::string("{{word}}"))
        .bind(&[], &fields(&[("word", Value::string("many"))]))
        .unwrap();
    insta::assert_snapshot!(observe(&[object]).join("\n"), @r#"0: word@? = String("many")@? from 0, bindings"#);
}

#[test]
fn an_interpolation_that_fails_passes_the_bindings_before_its_error() {
    let object = super::make(&Type::Integer, Value::string("{{word}}"))
        .bind(&[], &fields(&[("word", Value::string("many"))]))
        .unwrap();
    let mut addresses = Vec::new();
    let result = object.interpolate_observed(|binding| addresses.push(binding.reference));
    assert!(result.is_err());
    assert_eq!(addresses, [Ref::from_address("word").unwrap()]);
}
