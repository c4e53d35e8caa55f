//! Regressions found by fuzzing, each reduced to its cause.

use bindery_core::{Type, Value};

#[test]
fn a_choice_leaves_the_open_refs_of_its_alternative() {
    let text = Value::string("{{x}} {{x}}");
    let left = |ty: Type| {
        let object = ty
            .construct(std::slice::from_ref(&text), &[], None)
            .unwrap();
        let (resolved, unbound) = object.interpolate().unwrap();
        assert_eq!(resolved.interpolate().unwrap().1, unbound);
        unbound.len()
    };
    assert_eq!(left(Type::String), 2);
    assert_eq!(left(Type::choice(None, vec![Type::String])), 2);
}
