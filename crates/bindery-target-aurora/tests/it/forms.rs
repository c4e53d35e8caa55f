//! Output of the three forms, and input that no writer produces.

use bindery_target_aurora::thrift::{
    Message, MessageKind, Struct, StructType, named, table as t, tbinary, tjson,
};

fn task_config() -> Struct {
    Struct::new(&t::TaskConfig)
        .with("resources", resources())
        .and_then(|task| task.with("metadata", Vec::<Struct>::new()))
        .and_then(|task| {
            task.with(
                "taskLinks",
                std::collections::BTreeMap::from([("http", "%host%")]),
            )
        })
        .and_then(|task| task.with("isService", true))
        .and_then(|task| task.with_some("tier", None::<&str>))
        .and_then(|task| task.with_some("contactEmail", Some("☃@example.org")))
        .unwrap()
}

/// Returns unsorted resources with a duplicate.
fn resources() -> Vec<Struct> {
    let one = |name, value: i64| Struct::new(&t::Resource).with(name, value).unwrap();
    let cpus = Struct::new(&t::Resource).with("numCpus", 1.0).unwrap();
    vec![
        one("ramMb", 128),
        cpus,
        one("diskMb", 1 << 40),
        one("ramMb", 128),
    ]
}

#[test]
fn named_fields_are_for_people() {
    let text = named::write(&task_config());
    insta::assert_snapshot!(text);
}

#[test]
fn json_protocol_has_ids_and_types() {
    let json = String::from_utf8(tjson::write(&task_config())).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"7":{"tf":1},"22":{"map":["str","str",1,{"http":"%host%"}]},"23":{"str":"☃@example.org"},"#,
            r#""27":{"set":["rec",0]},"29":{"rec":{"1":{"rec":{}}}},"#,
            r#""32":{"set":["rec",3,{"3":{"i64":1099511627776}},{"1":{"dbl":1}},{"2":{"i64":128}}]}}"#,
        )
    );
}

/// In the named form `10` comes before `2`, and an enum is sorted by its name.
#[test]
fn sets_are_sorted_by_text_in_the_named_form_and_by_value_on_the_wire() {
    let query = Struct::new(&t::TaskQuery)
        .with("instanceIds", vec![10, 2, 10])
        .and_then(|query| query.with("statuses", vec!["RUNNING", "PENDING", "ASSIGNED"]))
        .unwrap();
    assert_eq!(
        named::to_json(&query).to_string(),
        r#"{"instanceIds":[10,2],"statuses":["ASSIGNED","PENDING","RUNNING"]}"#
    );
    assert_eq!(
        String::from_utf8(tjson::write(&query)).unwrap(),
        r#"{"5":{"set":["i32",3,0,2,9]},"7":{"set":["i32",2,2,10]}}"#
    );
}

#[test]
fn fields_are_written_by_id_and_not_by_declaration() {
    let arguments = Struct::new(&t::restartShards.arguments)
        .with("job", Struct::new(&t::JobKey))
        .and_then(|arguments| arguments.with("shardIds", vec![1]))
        .unwrap();
    assert_eq!(
        String::from_utf8(tjson::write(&arguments)).unwrap(),
        r#"{"3":{"set":["i32",1,1]},"5":{"rec":{}}}"#
    );
    assert_eq!(
        tbinary::write(&arguments),
        b"\x0e\0\x03\x08\0\0\0\x01\0\0\0\x01\x0c\0\x05\0\0"
    );
}

#[track_caller]
fn check_tjson(ty: &'static StructType, input: &str, expected: &str) {
    let read = tjson::read(ty, input.as_bytes()).unwrap();
    assert_eq!(named::to_json(&read).to_string(), expected, "from {input}");
}

#[test]
fn doubles_of_all_kinds_survive_json() {
    for (value, json, text) in [
        (1.0, "1", "1.0"),
        (0.1, "0.1", "0.1"),
        (-0.0, "-0.0", "-0.0"),
        (f64::NAN, "\"NaN\"", "\"NaN\""),
        (f64::NEG_INFINITY, "\"-Infinity\"", "\"-Infinity\""),
    ] {
        let resource = Struct::new(&t::Resource).with("numCpus", value).unwrap();
        let written = String::from_utf8(tjson::write(&resource)).unwrap();
        assert_eq!(written, format!(r#"{{"1":{{"dbl":{json}}}}}"#));
        check_tjson(&t::Resource, &written, &format!(r#"{{"numCpus":{text}}}"#));
    }
}

#[test]
fn integers_of_64_bits_are_exact() {
    check_tjson(
        &t::Resource,
        r#"{"2":{"i64":9223372036854775807}}"#,
        r#"{"ramMb":9223372036854775807}"#,
    );
}

#[test]
fn fields_that_the_table_does_not_have_are_skipped() {
    check_tjson(
        &t::JobKey,
        r#"{"9":{"rec":{"1":{"lst":["map",1,["str","i8",0,{}]]}}},"1":{"str":"r"},"99999":{"xx":null}}"#,
        r#"{"role":"r"}"#,
    );
    // Field 9 is a map of a struct with bytes that are not UTF-8.
    let bytes = b"\x0d\0\x09\x08\x0c\0\0\0\x01\0\0\0\x07\x0b\0\x01\0\0\0\x02\xff\xfe\0\x0b\0\x01\0\0\0\x01r\0";
    let read = tbinary::read(&t::JobKey, bytes).unwrap();
    assert_eq!(named::to_json(&read).to_string(), r#"{"role":"r"}"#);
}

#[test]
fn fields_of_another_type_than_the_tables_are_skipped() {
    check_tjson(
        &t::JobKey,
        r#"{"1":{"i32":1},"3":{"str":"n"}}"#,
        r#"{"name":"n"}"#,
    );
    let read = tbinary::read(&t::JobKey, b"\x08\0\x01\0\0\0\x01\x0b\0\x03\0\0\0\x01n\0").unwrap();
    assert_eq!(named::to_json(&read).to_string(), r#"{"name":"n"}"#);
}

/// A union of a newer scheduler may have a field that the table does not have.
#[test]
fn a_union_with_a_skipped_field_is_empty() {
    check_tjson(
        &t::Response,
        r#"{"3":{"rec":{"99":{"rec":{}}}}}"#,
        r#"{"result":{}}"#,
    );
}

#[test]
fn the_last_of_equal_keys_applies() {
    check_tjson(
        &t::JobKey,
        r#"{"1":{"str":"a"},"1":{"str":"b"}}"#,
        r#"{"role":"b"}"#,
    );
    check_tjson(
        &t::TierConfig,
        r#"{"2":{"map":["str","str",2,{"k":"a","k":"b"}]}}"#,
        r#"{"settings":{"k":"b"}}"#,
    );
}

#[test]
fn an_unknown_number_of_an_enum_is_kept() {
    check_tjson(&t::HostStatus, r#"{"2":{"i32":77}}"#, r#"{"mode":77}"#);
    let read = tjson::read(&t::HostStatus, br#"{"2":{"i32":77}}"#).unwrap();
    assert_eq!(tbinary::write(&read), b"\x08\0\x02\0\0\0\x4d\0");
}

#[test]
fn the_type_of_an_empty_set_does_not_matter() {
    check_tjson(
        &t::ListBackupsResult,
        r#"{"1":{"set":["i8",0]}}"#,
        r#"{"backups":[]}"#,
    );
    let read = tbinary::read(&t::ListBackupsResult, b"\x0e\0\x01\0\0\0\0\0\0").unwrap();
    assert_eq!(named::to_json(&read).to_string(), r#"{"backups":[]}"#);
}

#[test]
fn an_exception_is_a_message_about_any_method() {
    let json = r#"[1,"unheardOf",3,7,{"1":{"str":"no such method"},"2":{"i32":1}}]"#;
    let message = tjson::read_message(json.as_bytes()).unwrap();
    assert_eq!(message.kind(), MessageKind::Exception);
    assert_eq!(message.method(), "unheardOf");
    assert_eq!(message.seqid, 7);
    assert_eq!(message.response(), None);
    let text = message.body().get("message").unwrap();
    assert_eq!(text.as_str(), Some("no such method"));
    assert_eq!(
        String::from_utf8(tjson::write_message(&message)).unwrap(),
        json
    );
    let binary = tbinary::write_message(&message);
    assert_eq!(tbinary::read_message(&binary).unwrap(), message);
}

#[test]
fn a_oneway_message_is_a_call() {
    let message = tjson::read_message(br#"[1,"getQuota",4,-1,{"1":{"str":"r"}}]"#).unwrap();
    assert_eq!(message.kind(), MessageKind::Oneway);
    let call = Message::call(&t::getQuota, -1, message.body().clone()).unwrap();
    assert_eq!(call.body(), message.body());
}
