//! What fuzzing found, each cut down to its cause.

use bindery_core::{Type, Value};

#[test]
fn a_choice_leaves_the_refs_that_what_it_takes_leaves() {
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
