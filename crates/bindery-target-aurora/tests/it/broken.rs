//! Input that is none: every error says where and what.

use std::error::Error as _;

use bindery_target_aurora::thrift::{ReadError, StructType, named, table as t, tbinary, tjson};

fn told(error: &ReadError) -> String {
    let mut told = error.to_string();
    if let Some(cause) = error.source() {
        told += &format!("\n  cause: {cause}");
    }
    if let Some(hint) = error.hint() {
        told += &format!("\n  hint: {hint}");
    }
    told
}

/// As it is, without the expression that made it.
#[track_caller]
fn snapshot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

/// Each input with what becomes of it.
fn tjson_errors(ty: &'static StructType, inputs: &[&str]) -> String {
    let told = inputs.iter().map(|input| {
        let error = tjson::read(ty, input.as_bytes()).unwrap_err();
        format!("{input}\n{}\n\n", told(&error))
    });
    told.collect()
}

#[test]
fn json_protocol() {
    let told = tjson_errors(
        &t::TaskConfig,
        &[
            "",
            "[]",
            "{} {}",
            r#"{"a":{"str":"x"}}"#,
            r#"{"30":"x"}"#,
            r#"{"30":{}}"#,
            r#"{"30":{"str":"a","str":"b"}}"#,
            r#"{"30":{"str":1}}"#,
            r#"{"11":{"i32":2147483648}}"#,
            r#"{"11":{"i32":1.0}}"#,
            r#"{"32":{"set":["rec",2,{"1":{"dbl":1}},{"1":{"dbl":"many"}}]}}"#,
            r#"{"32":{"set":["rec",2,{"1":{"dbl":1}}]}}"#,
            r#"{"32":{"set":["rec",99999999999,{"1":{"dbl":1}}]}}"#,
            r#"{"32":{"set":["str",1,"x"]}}"#,
            r#"{"32":{"set":["rec",1,{"1":{"dbl":1},"2":{"i64":1}}]}}"#,
            r#"{"22":{"map":["str","str",1,{"a":"b"},{}]}}"#,
            r#"{"22":{"map":["str","str",2,{"a":"b"}]}}"#,
            r#"{"22":{"map":["i32","str",1,{"1":"b"}]}}"#,
        ],
    );
    snapshot("json_protocol", &told);
}

#[test]
fn binary_protocol() {
    let inputs: [(&str, &'static StructType, &[u8]); 12] = [
        ("nothing", &t::JobKey, b""),
        ("bytes after it", &t::JobKey, b"\0\0\0"),
        ("no such type", &t::JobKey, b"\x07\0\x01\0"),
        (
            "a text that ends early",
            &t::JobKey,
            b"\x0b\0\x01\0\0\0\x05ab",
        ),
        (
            "a length of 2^31 - 1",
            &t::JobKey,
            b"\x0b\0\x01\x7f\xff\xff\xff",
        ),
        (
            "a length below zero",
            &t::JobKey,
            b"\x0b\0\x01\xff\xff\xff\xff\0",
        ),
        ("no UTF-8", &t::JobKey, b"\x0b\0\x02\0\0\0\x03a\xff\xfe\0"),
        (
            "too many elements",
            &t::TaskQuery,
            b"\x0e\0\x07\x08\x7f\xff\xff\xff\0\0\0\0",
        ),
        (
            "other elements",
            &t::TaskQuery,
            b"\x0e\0\x07\x0b\0\0\0\x01\0\0\0\0\0",
        ),
        (
            "elements of no type",
            &t::TaskQuery,
            b"\x0e\0\x07\x63\0\0\0\x01\0\0\0\0\0",
        ),
        ("a truth value of 2", &t::TaskConfig, b"\x02\0\x07\x02\0"),
        (
            "two fields of a union",
            &t::Resource,
            b"\x04\0\x01\0\0\0\0\0\0\0\0\x0a\0\x02\0\0\0\0\0\0\0\0\0",
        ),
    ];
    let told = inputs.map(|(what, ty, bytes)| {
        let error = tbinary::read(ty, bytes).unwrap_err();
        format!("{what}: {}\n", told(&error))
    });
    snapshot("binary_protocol", &told.concat());
}

#[test]
fn messages() {
    let json = [
        "[]",
        r#"[2,"getQuota",1,1,{}]"#,
        r#"[1,"getQuota",9,1,{}]"#,
        r#"[1,"getMoney",1,1,{}]"#,
        r#"[1,"getQuota",1,1]"#,
        r#"[1,"getQuota",1,1,{},{}]"#,
        r#"[1,"getQuota",2,1,{"0":{"rec":{"1":{"i32":"x"}}}}]"#,
    ];
    let json = json.map(|input| {
        let error = tjson::read_message(input.as_bytes()).unwrap_err();
        format!("{input}\n{}\n\n", told(&error))
    });
    let binary: [&[u8]; 4] = [
        b"\0\0\0\x08getQuota\x01\0\0\0\x01\0",
        b"\x80\x01\0\x05\0\0\0\x08getQuota\0\0\0\x01\0",
        b"\x80\x01\0\x01\0\0\0\x08getMoney\0\0\0\x01\0",
        b"\x80\x01\0\x02\0\0\0\x08getQuota\0\0\0\x01\x0c\0\0\x08\0\x01\0",
    ];
    let binary = binary.map(|input| {
        let error = tbinary::read_message(input).unwrap_err();
        format!("{}\n{}\n\n", input.escape_ascii(), told(&error))
    });
    snapshot("messages", &(json.concat() + &binary.concat()));
}

#[test]
fn text_in_json_protocol_has_to_be_utf_8() {
    let error = tjson::read(&t::JobKey, b"{\"1\":{\"str\":\"a\xff\"}}").unwrap_err();
    assert_eq!(told(&error), "text that is not UTF-8, at byte 14");
}

#[test]
fn skipping_ends_somewhere() {
    let binary = b"\x0c\0\x63".repeat(1_000_000);
    let error = tbinary::read(&t::JobKey, &binary).unwrap_err();
    assert_eq!(
        told(&error),
        "fields nested more than 64 deep, at byte 195, in `JobKey`"
    );
    let json = r#"{"99":{"rec":"#.repeat(100_000);
    let error = tjson::read(&t::JobKey, json.as_bytes()).unwrap_err();
    assert_eq!(
        told(&error),
        "not the JSON of this form, at byte 1300000, in `JobKey`\n  cause: EOF while parsing a value at line 1 column 1300000"
    );
}

#[test]
fn named_fields() {
    let inputs = [
        "{",
        "[]",
        r#"{"teir": "preferred"}"#,
        r#"{"tier": 1}"#,
        r#"{"priority": 2147483648}"#,
        r#"{"priority": 1.5}"#,
        r#"{"resources": [{"numCpus": 1}, {"numCpus": "many"}]}"#,
        r#"{"resources": [{"numCpus": 1.0, "ramMb": 1}]}"#,
        r#"{"resources": [{}]}"#,
        r#"{"container": {"mesos": {"volumes": [{"mode": "rw"}]}}}"#,
        r#"{"taskLinks": {"a": null}}"#,
    ];
    let told = inputs.map(|input| {
        let error = named::read(&t::TaskConfig, input).unwrap_err();
        format!("{input}\n{}\n\n", told(&error))
    });
    snapshot("named_fields", &told.concat());
}
