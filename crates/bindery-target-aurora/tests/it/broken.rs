//! Errors of malformed input.

use std::error::Error as _;

use bindery_target_aurora::thrift::{ReadError, StructType, named, table as t, tbinary, tjson};

fn describe(error: &ReadError) -> String {
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text += &format!("\n  cause: {cause}");
    }
    if let Some(hint) = error.hint() {
        text += &format!("\n  hint: {hint}");
    }
    text
}

/// Compares a snapshot without the expression that made the text.
#[track_caller]
fn snapshot(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

/// Returns each input with its error.
fn tjson_errors(ty: &'static StructType, inputs: &[&str]) -> String {
    let errors = inputs.iter().map(|input| {
        let error = tjson::read(ty, input.as_bytes()).unwrap_err();
        format!("{input}\n{}\n\n", describe(&error))
    });
    errors.collect()
}

#[test]
fn json_protocol() {
    let errors = tjson_errors(
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
    snapshot("json_protocol", &errors);
}

#[test]
fn binary_protocol() {
    let inputs: [(&str, &'static StructType, &[u8]); 12] = [
        ("nothing", &t::JobKey, b""),
        ("trailing bytes", &t::JobKey, b"\0\0\0"),
        ("unknown type", &t::JobKey, b"\x07\0\x01\0"),
        (
            "a string that ends early",
            &t::JobKey,
            b"\x0b\0\x01\0\0\0\x05ab",
        ),
        (
            "a length of 2^31 - 1",
            &t::JobKey,
            b"\x0b\0\x01\x7f\xff\xff\xff",
        ),
        (
            "a negative length",
            &t::JobKey,
            b"\x0b\0\x01\xff\xff\xff\xff\0",
        ),
        ("not UTF-8", &t::JobKey, b"\x0b\0\x02\0\0\0\x03a\xff\xfe\0"),
        (
            "too many elements",
            &t::TaskQuery,
            b"\x0e\0\x07\x08\x7f\xff\xff\xff\0\0\0\0",
        ),
        (
            "elements of another type",
            &t::TaskQuery,
            b"\x0e\0\x07\x0b\0\0\0\x01\0\0\0\0\0",
        ),
        (
            "elements of an unknown type",
            &t::TaskQuery,
            b"\x0e\0\x07\x63\0\0\0\x01\0\0\0\0\0",
        ),
        ("a boolean of 2", &t::TaskConfig, b"\x02\0\x07\x02\0"),
        (
            "two fields of a union",
            &t::Resource,
            b"\x04\0\x01\0\0\0\0\0\0\0\0\x0a\0\x02\0\0\0\0\0\0\0\0\0",
        ),
    ];
    let errors = inputs.map(|(input, ty, bytes)| {
        let error = tbinary::read(ty, bytes).unwrap_err();
        format!("{input}: {}\n", describe(&error))
    });
    snapshot("binary_protocol", &errors.concat());
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
        format!("{input}\n{}\n\n", describe(&error))
    });
    let binary: [&[u8]; 4] = [
        b"\0\0\0\x08getQuota\x01\0\0\0\x01\0",
        b"\x80\x01\0\x05\0\0\0\x08getQuota\0\0\0\x01\0",
        b"\x80\x01\0\x01\0\0\0\x08getMoney\0\0\0\x01\0",
        b"\x80\x01\0\x02\0\0\0\x08getQuota\0\0\0\x01\x0c\0\0\x08\0\x01\0",
    ];
    let binary = binary.map(|input| {
        let error = tbinary::read_message(input).unwrap_err();
        format!("{}\n{}\n\n", input.escape_ascii(), describe(&error))
    });
    snapshot("messages", &(json.concat() + &binary.concat()));
}

#[test]
fn the_json_protocol_is_utf_8() {
    let error = tjson::read(&t::JobKey, b"{\"1\":{\"str\":\"a\xff\"}}").unwrap_err();
    assert_eq!(describe(&error), "string that is not UTF-8, at byte 14");
}

#[test]
fn skipped_fields_have_a_greatest_depth() {
    let binary = b"\x0c\0\x63".repeat(1_000_000);
    let error = tbinary::read(&t::JobKey, &binary).unwrap_err();
    assert_eq!(
        describe(&error),
        "fields nested more than 64 deep, at byte 195, in `JobKey`"
    );
    let json = r#"{"99":{"rec":"#.repeat(100_000);
    let error = tjson::read(&t::JobKey, json.as_bytes()).unwrap_err();
    assert_eq!(
        describe(&error),
        "invalid JSON for this form, at byte 1300000, in `JobKey`\n  cause: EOF while parsing a value at line 1 column 1300000"
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
    let errors = inputs.map(|input| {
        let error = named::read(&t::TaskConfig, input).unwrap_err();
        format!("{input}\n{}\n\n", describe(&error))
    });
    snapshot("named_fields", &errors.concat());
}
