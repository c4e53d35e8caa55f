//! Sample messages of the reference client, in both protocols.
//!
//! The folder is `BINDERY_CONFORMANCE`, or `../shared/conformance` next to the workspace. Without the folder the tests print a note
//! and pass.

use std::path::PathBuf;

use bindery_target_aurora::thrift::table::{Reply, method};
use bindery_target_aurora::thrift::{Message, MessageKind, Struct, named, tbinary, tjson};
use serde_json::Value as Json;

struct Sample {
    name: String,
    kind: MessageKind,
    /// Arguments or reply.
    body: Struct,
    tjson: String,
    binary: Vec<u8>,
}

fn samples() -> Vec<Sample> {
    let root = match std::env::var_os("BINDERY_CONFORMANCE") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    };
    let file = root.join("aurora/wire.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        eprintln!("skipped: no sample messages");
        return Vec::new();
    };
    let document: Json = serde_json::from_str(&text).unwrap();
    let messages = document["messages"].as_array().unwrap();
    assert!(!messages.is_empty(), "the file has no messages");
    messages.iter().map(sample).collect()
}

fn sample(message: &Json) -> Sample {
    let text = |key: &str| message[key].as_str().unwrap().to_owned();
    let name = text("method");
    let (kind, ty) = match message["type"].as_str() {
        Some("CALL") => (MessageKind::Call, &method(&name).unwrap().arguments),
        Some("REPLY") => (MessageKind::Reply, &Reply),
        other => panic!("a message of type {other:?}"),
    };
    let hex = text("binary_hex");
    let bytes = hex.as_bytes().chunks(2);
    Sample {
        kind,
        body: named::from_json(ty, message["body"].clone()).unwrap(),
        tjson: text("tjson"),
        binary: bytes
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect(),
        name,
    }
}

fn message(sample: &Sample) -> Message {
    let method = method(&sample.name).unwrap();
    let body = sample.body.clone();
    match sample.kind {
        MessageKind::Call => Message::call(method, 1, body).unwrap(),
        _ => {
            let response = body.get("success").unwrap().as_struct().unwrap();
            Message::reply(method, 1, response.clone()).unwrap()
        }
    }
}

#[test]
fn samples_are_read() {
    for sample in samples() {
        let expected = message(&sample);
        let from_tjson = tjson::read_message(sample.tjson.as_bytes()).unwrap();
        let from_binary = tbinary::read_message(&sample.binary).unwrap();
        assert_eq!(from_tjson, expected, "{}", sample.name);
        assert_eq!(from_binary, expected, "{}", sample.name);
        let named = named::to_json(&sample.body);
        assert_eq!(named::to_json(from_tjson.body()), named, "{}", sample.name);
    }
}

#[test]
fn samples_are_written_byte_for_byte() {
    for sample in samples() {
        let message = message(&sample);
        let tjson = String::from_utf8(tjson::write_message(&message)).unwrap();
        assert_eq!(tjson, sample.tjson, "{}", sample.name);
        let binary = tbinary::write_message(&message);
        assert_eq!(binary, sample.binary, "{}", sample.name);
    }
}

#[test]
fn named_fields_are_read_back() {
    for sample in samples() {
        let text = named::write(&sample.body);
        let read = named::read(sample.body.ty(), &text).unwrap();
        assert_eq!(read, sample.body, "{}", sample.name);
    }
}

#[test]
fn samples_cut_anywhere_are_errors() {
    for sample in samples() {
        for length in 0..sample.tjson.len() {
            let cut = &sample.tjson.as_bytes()[..length];
            let error = tjson::read_message(cut).unwrap_err();
            assert!(error.offset.is_some_and(|at| at <= length), "{error}");
        }
        for length in 0..sample.binary.len() {
            let error = tbinary::read_message(&sample.binary[..length]).unwrap_err();
            assert!(error.offset.is_some_and(|at| at <= length), "{error}");
        }
    }
}

#[test]
fn samples_with_one_byte_changed_never_panic() {
    for sample in samples() {
        for index in 0..sample.binary.len() {
            for byte in [0, 0x7f, 0x80, 0xff, sample.binary[index] ^ 1] {
                let mut bytes = sample.binary.clone();
                bytes[index] = byte;
                // Some of the results are valid messages.
                let _ = tbinary::read_message(&bytes);
            }
        }
        for index in 0..sample.tjson.len() {
            let mut bytes = sample.tjson.clone().into_bytes();
            for byte in *b"\"0[{9" {
                bytes[index] = byte;
                let _ = tjson::read_message(&bytes);
            }
        }
    }
}
