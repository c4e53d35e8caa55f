//! Thrift's own compiler and its library for Python, as peers of our encoder and decoder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use bindery_target_aurora::thrift::table::{Response, SERVICES, STRUCTS};
use bindery_target_aurora::thrift::{
    EnumValue, Message, Method, Struct, StructType, Type, Value, idl, tbinary, tjson,
};
use bindery_tests::{Program, find};
use serde_json::{Value as Json, json};

/// Value, alone or in a message.
enum Case {
    Struct(Struct),
    Message(Message),
}

impl Case {
    fn body(&self) -> &Struct {
        match self {
            Self::Struct(value) => value,
            Self::Message(message) => message.body(),
        }
    }

    fn to_peer(&self) -> Json {
        let (ty, tjson, tbinary) = match self {
            Self::Struct(value) => (
                Some(value.ty().name),
                tjson::write(value),
                tbinary::write(value),
            ),
            Self::Message(message) => (
                None,
                tjson::write_message(message),
                tbinary::write_message(message),
            ),
        };
        json!({"type": ty, "tjson": hex(&tjson), "tbinary": hex(&tbinary)})
    }

    /// Compares the value that the peer read in one protocol, and the bytes that it wrote.
    fn judge(&self, protocol: &str, answer: &Json) {
        let what = format!("{protocol}: {:?}", self.body());
        assert_eq!(answer["fields"], with_numbers(self.body()), "{what}");
        let bytes = from_hex(answer["written"].as_str().unwrap());
        match self {
            Self::Struct(value) => {
                let read = match protocol {
                    "tjson" => tjson::read(value.ty(), &bytes),
                    _ => tbinary::read(value.ty(), &bytes),
                };
                assert_eq!(read.unwrap(), *value, "{what}");
            }
            Self::Message(message) => {
                let read = match protocol {
                    "tjson" => tjson::read_message(&bytes),
                    _ => tbinary::read_message(&bytes),
                };
                assert_eq!(read.unwrap(), *message, "{what}");
            }
        }
    }
}

#[test]
fn the_library_of_thrift_agrees_with_ours() {
    let (Some(thrift), Some(python)) = (find(Program::Thrift), find(Program::PythonThrift)) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("aurora.thrift"), idl()).unwrap();
    let mut compiler = Command::new(thrift);
    compiler.args(["-strict", "--gen", "py", "-out", ".", "aurora.thrift"]);
    run(compiler.current_dir(folder.path()));

    let cases = cases();
    let written: Vec<Json> = cases.iter().map(Case::to_peer).collect();
    let file = folder.path().join("cases.json");
    fs::write(file, Json::Array(written).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/thrift/peer.py");
    let mut peer = Command::new(python);
    // `-I`: no packages of the user, no variables of the environment.
    let printed = run(peer.arg("-I").arg(script).arg(folder.path()));
    let answers: Vec<[Json; 2]> = serde_json::from_str(&printed).unwrap();

    assert_eq!(answers.len(), cases.len());
    for (case, [from_tjson, from_tbinary]) in cases.iter().zip(&answers) {
        case.judge("tjson", from_tjson);
        case.judge("tbinary", from_tbinary);
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns every struct with all fields and with none, every alternative of every union, every method with its arguments and
/// results.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for ty in STRUCTS {
        let alternatives = if ty.union { ty.fields.len() } else { 1 };
        cases.extend((0..alternatives).map(|salt| Case::Struct(full(ty, salt))));
        if !ty.union {
            cases.push(Case::Struct(Struct::new(ty)));
        }
    }
    let methods: Vec<&'static Method> = SERVICES
        .iter()
        .flat_map(|service| service.methods)
        .copied()
        .collect();
    for (salt, method) in methods.into_iter().enumerate() {
        let seqid = if salt.is_multiple_of(2) { i32::MAX } else { -1 };
        let arguments = full(&method.arguments, salt);
        let call = Message::call(method, seqid, arguments).unwrap();
        let reply = Message::reply(method, seqid, full(&Response, salt)).unwrap();
        cases.extend([Case::Message(call), Case::Message(reply)]);
    }
    let exception = r#"[1,"unheardOf",3,7,{"1":{"str":"no such method"},"2":{"i32":1}}]"#;
    let exception = tjson::read_message(exception.as_bytes()).unwrap();
    cases.push(Case::Message(exception));
    cases
}

/// Returns a struct with all fields set, or a union with the alternative that `salt` chooses.
fn full(ty: &'static StructType, salt: usize) -> Struct {
    let mut made = Struct::new(ty);
    let fields = match ty.union {
        true => std::slice::from_ref(&ty.fields[salt % ty.fields.len()]),
        false => ty.fields,
    };
    for (index, field) in fields.iter().enumerate() {
        let value = value(&field.ty, salt + index);
        made.set(field.name, value).unwrap();
    }
    made
}

fn value(ty: &Type, salt: usize) -> Value {
    // No other control characters: the peer reads them, but writes them without the escapes that JSON requires.
    const TEXTS: [&str; 5] = [
        "",
        "plain",
        "\" \\ / \n\t\u{8} \u{7f}",
        "é ☃ 🦀",
        "{\"a\": 1}",
    ];
    let number = i64::try_from(salt).unwrap();
    match ty {
        Type::Bool => Value::from(salt.is_multiple_of(2)),
        Type::I32 => Value::from([0, -1, i64::from(i32::MAX), i64::from(i32::MIN)][salt % 4] / 2),
        Type::I64 => Value::from([number, i64::MAX, i64::MIN, (1 << 53) + 1][salt % 4]),
        Type::Double => Value::from([0.0, 1.0, 0.1, -2.5e-300, 1e300][salt % 5]),
        Type::String => Value::from(format!("{}{salt}", TEXTS[salt % TEXTS.len()])),
        Type::Enum(ty) => {
            let (_, number) = ty.values[salt % ty.values.len()];
            Value::Enum(EnumValue { ty, number })
        }
        Type::Struct(ty) => Value::Struct(full(ty, salt)),
        Type::List(of) | Type::Set(of) => {
            Value::List((0..salt % 3).map(|more| value(of, salt + more)).collect())
        }
        Type::Map(key, of) => Value::Map(
            (0..salt % 3)
                .map(|more| (value(key, salt + more), value(of, salt + more)))
                .collect(),
        ),
    }
}

/// Returns the fields as the peer prints them: as the named form, but with numbers for enums, which generated code does not know.
fn with_numbers(value: &Struct) -> Json {
    let fields = value.fields();
    fields
        .map(|(field, value)| (field.name.to_owned(), plain(value)))
        .collect()
}

fn plain(value: &Value) -> Json {
    match value {
        Value::Bool(value) => json!(value),
        Value::I32(value) => json!(value),
        Value::I64(value) => json!(value),
        Value::Double(value) => json!(value),
        Value::String(value) => json!(value),
        Value::Enum(value) => json!(value.number),
        Value::Struct(value) => with_numbers(value),
        Value::List(values) => values.iter().map(plain).collect(),
        Value::Set(values) => {
            let by_text: BTreeMap<String, Json> = values
                .iter()
                .map(plain)
                .map(|one| (one.to_string(), one))
                .collect();
            by_text.into_values().collect()
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            entries
                .map(|(key, value)| (key.as_str().unwrap().to_owned(), plain(value)))
                .collect()
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
