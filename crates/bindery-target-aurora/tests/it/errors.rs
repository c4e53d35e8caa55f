//! Values that do not conform to the table.

use std::collections::BTreeMap;

use bindery_target_aurora::thrift::{Message, ShapeError, Struct, table as t};

fn describe(error: &ShapeError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\n  hint: {hint}"),
        None => error.to_string(),
    }
}

#[track_caller]
fn check(result: Result<impl std::fmt::Debug, ShapeError>, expected: &str) {
    assert_eq!(describe(&result.unwrap_err()), expected);
}

#[test]
fn an_unknown_field() {
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
        "expected `string`, found an integer, at `JobKey.role`",
    );
    check(
        Struct::new(&t::JobConfiguration).with("owner", key()),
        "expected `Identity`, found `JobKey`, at `JobConfiguration.owner`",
    );
    check(
        Struct::new(&t::TaskConfig).with("resources", vec![key()]),
        "expected `Resource`, found `JobKey`, at `TaskConfig.resources[0]`",
    );
    check(
        Struct::new(&t::TaskConfig).with("taskLinks", BTreeMap::from([("http", true)])),
        "expected `string`, found a boolean, at `TaskConfig.taskLinks[\"http\"]`",
    );
    check(
        Struct::new(&t::Resource).with("numCpus", 1),
        "expected `double`, found an integer, at `Resource.numCpus`",
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
fn an_unknown_value_of_an_enum() {
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
fn two_fields_of_a_union_or_none() {
    let resource = Struct::new(&t::Resource).with("ramMb", 1).unwrap();
    let again = resource.clone().with("ramMb", 2).unwrap();
    assert_eq!(again.get("ramMb").unwrap().as_i64(), Some(2));
    check(
        resource.with("numCpus", 1.0),
        "union `Resource` already has `ramMb` and cannot have `numCpus`, at `Resource.numCpus`\n  hint: build another value of the union",
    );
    check(
        Struct::new(&t::MesosContainer).with("image", Struct::new(&t::Image)),
        "union `Image` has no field, at `MesosContainer.image`\n  hint: the fields of `Image` are `docker`, `appc`",
    );
}

#[test]
fn arguments_of_another_method() {
    check(
        Message::call(&t::createJob, 1, Struct::new(&t::killTasks.arguments)),
        "expected `createJob_args`, found `killTasks_args`, at `createJob`",
    );
}

#[test]
fn an_error_leaves_the_struct_unchanged() {
    let mut key = Struct::new(&t::JobKey).with("role", "a").unwrap();
    assert!(key.set("role", 1).is_err());
    assert_eq!(key.get("role").unwrap().as_str(), Some("a"));
}
