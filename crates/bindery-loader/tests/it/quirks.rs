//! Rules of pystachio that show only in programs, by number; rules about objects alone are tested in `bindery-core`.

use bindery_core::repr;
use bindery_loader::{Loader, NoFiles, Options};

/// Returns `result` at the end of a program, or the error's class and message.
fn run(program: &str) -> String {
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    match loader.evaluate("program", program) {
        Ok(namespace) => {
            let result = namespace.get("result").expect("the program sets `result`");
            repr::value(&result).expect("the result can be printed")
        }
        Err(error) => format!("{}: {}", error.class, error.message),
    }
}

#[track_caller]
fn check(program: &str, expected: &str) {
    assert_eq!(run(program), expected, "from {program}");
}

#[test]
fn q20_new_fields_of_a_subclass_are_dropped_with_a_warning() {
    let program = "class A(Struct):\n  x = Integer\nclass B(A):\n  y = Integer\nresult = B(x = 1)";
    check(program, "B(x=1)");
    let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
    loader.evaluate("program", program).unwrap();
    let warnings: Vec<_> = loader.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].message.contains('y'), "{warnings:?}");
}

#[test]
fn q21_members_other_than_fields_are_dropped() {
    let class = "class A(Struct):\n  x = Integer\n  y = 5\n  def double(self):\n    return 1\n";
    check(&format!("{class}result = A(x = 1)"), "A(x=1)");
    check(
        &format!("{class}result = A(y = 1)"),
        "AttributeError: Unknown schema attribute y",
    );
    check(
        &format!("{class}result = A(x = 1).double()"),
        "AttributeError: A has no attribute double",
    );
}

#[test]
fn q25_the_hash_is_the_hash_of_the_plain_data() {
    check(
        "result = [hash(Integer(1)) == hash(Integer(1)), hash(Integer(1)) == hash(Integer('1')), \
         hash(String('{{a}}').bind(a = 1)) == hash(String('1'))]",
        "[True, False, False]",
    );
}

#[test]
fn q26_simple_objects_sort_before_other_types() {
    check(
        "one = Integer(1)\n\
         result = [one < 0, one <= 'x', one > 0, one >= None, 0 < one, 0 > one, one < Float(0), one >= Float(0)]",
        "[True, True, False, False, False, True, True, False]",
    );
    check(
        "l, one = List(Integer)([1]), Integer(1)\n\
         result = [l < one, l > one, Choice([Integer])(1) <= one, one < l, sorted([one, Integer('0')])]",
        "[False, True, False, True, [Integer(0), Integer(1)]]",
    );
    for pair in [
        "List(Integer)([1])",
        "Map(String, String)({})",
        "Choice([Integer])(1)",
    ] {
        let said = run(&format!("sorted([{pair}, {pair}])"));
        assert!(
            said.starts_with("TypeError: '<' not supported between"),
            "{said}"
        );
    }
}

#[test]
fn q35_refs_reach_fields_named_like_methods() {
    check(
        "class A(Struct):\n  find = String\n  name = String\nresult = A(find = 'f', name = '{{find}}').name().get()",
        "'f'",
    );
}

#[test]
fn classes_and_tables_print_as_in_pystachio() {
    check(
        "class P(Struct):\n  a = Integer\n\
         result = '%s %s %s %s' % (Empty, [P], String, List(Enum('A', 'B')))",
        "\"<class 'pystachio.composite.Empty'> [<class 'pystachio.typing.P'>] <class 'pystachio.basic.String'> \
         <class 'pystachio.typing.Enum_A_BList'>\"",
    );
    check(
        "result = str(Environment(a = 1, b = {'c': Integer('2')}))",
        "\"Environment({Ref(a): '1', Ref(b.c): Integer(2)})\"",
    );
    check(
        "result = Choice([String])(Empty).check().message()",
        "\"Choice_String typecheck failed: value <class 'pystachio.composite.Empty'> did not match any of its \
         alternatives\"",
    );
}

#[test]
fn q43_containers_have_no_length() {
    check(
        "result = len(List(Integer)([1]))",
        "TypeError: object of type 'IntegerList' has no len()",
    );
}
