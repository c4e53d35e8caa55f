//! Values that do not conform to the table.

use std::collections::BTreeMap;

use bindery_target_aurora::thrift::{Message, ShapeError, Struct, table as t};

fn told(error: &ShapeError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    }
}

#[track_caller]
fn check(built: Result<impl std::fmt::Debug, ShapeError>, expected: &str) {
    assert_eq!(told(&built.unwrap_err()), expected);
}

#[test]
fn a_field_that_is_none() {
    check(
        Struct::new(&t::JobKey).with("rol", "www-data"),
        "`JobKey` has no field `rol`, at `JobKey`\n  hint: the fields of `JobKey` are `role`, `environment`, `name`",
    );
}

#[test]
fn a_value_of_another_type() {
    let key = || Struct::new(&t::JobKey);
    check(
        key().with("role", 1),
        "an integer where `string` belongs, at `JobKey.role`",
    );
    check(
        Struct::new(&t::JobConfiguration).with("owner", key()),
        "`JobKey` where `Identity` belongs, at `JobConfiguration.owner`",
    );
    check(
        Struct::new(&t::TaskConfig).with("resources", vec![key()]),
        "`JobKey` where `Resource` belongs, at `TaskConfig.resources[0]`",
    );
    check(
        Struct::new(&t::TaskConfig).with("taskLinks", BTreeMap::from([("http", true)])),
        "a truth value where `string` belongs, at `TaskConfig.taskLinks[\"http\"]`",
    );
    check(
        Struct::new(&t::Resource).with("numCpus", 1),
        "an integer where `double` belongs, at `Resource.numCpus`",
    );
}

#[test]
fn an_integer_that_is_too_large() {
    check(
        Struct::new(&t::Range).with("first", 1_i64 << 31),
        "2147483648 does not fit into i32, at `Range.first`",
    );
    let narrow = Struct::new(&t::Range).with("first", 7_i64).unwrap();
    assert_eq!(narrow.get("first").unwrap().as_i64(), Some(7));
}

#[test]
fn a_value_that_the_enum_does_not_have() {
    for mode in ["rw", ""] {
        let volume = Struct::new(&t::Volume).with("mode", mode);
        check(
            volume,
            &format!(
                "`Mode` has no value `{mode}`, at `Volume.mode`\n  hint: the values of `Mode` are `RW`, `RO`"
            ),
        );
    }
    check(
        Struct::new(&t::Volume).with("mode", 3),
        "`Mode` has no value `3`, at `Volume.mode`\n  hint: the values of `Mode` are `RW`, `RO`",
    );
}

#[test]
fn two_fields_of_a_union_and_none() {
    let resource = Struct::new(&t::Resource).with("ramMb", 1).unwrap();
    let again = resource.clone().with("ramMb", 2).unwrap();
    assert_eq!(again.get("ramMb").unwrap().as_i64(), Some(2));
    check(
        resource.with("numCpus", 1.0),
        "union `Resource` holds `ramMb` and cannot hold `numCpus` beside it, at `Resource.numCpus`\n  hint: build another value of the union",
    );
    check(
        Struct::new(&t::MesosContainer).with("image", Struct::new(&t::Image)),
        "union `Image` holds nothing, at `MesosContainer.image`\n  hint: the fields of `Image` are `docker`, `appc`",
    );
}

#[test]
fn arguments_of_another_method() {
    check(
        Message::call(&t::createJob, 1, Struct::new(&t::killTasks.arguments)),
        "`killTasks_args` where `createJob_args` belongs, at `createJob`",
    );
}

#[test]
fn a_struct_is_as_before_after_an_error() {
    let mut key = Struct::new(&t::JobKey).with("role", "a").unwrap();
    assert!(key.set("role", 1).is_err());
    assert_eq!(key.get("role").unwrap().as_str(), Some("a"));
}
