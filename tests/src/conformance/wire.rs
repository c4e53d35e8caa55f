//! Case `wire` of the suite `aurora`: sample messages in both protocols, read, written and read back.

use std::path::Path;

use bindery_target_aurora::thrift::{Message, MessageKind, named, table, tbinary, tjson};

use super::json::Json;
use super::report::{Difference, below, differences};

/// File of the samples, and id of the case.
pub(crate) const FILE: &str = "wire.json";
pub(crate) const ID: &str = "wire";

/// Returns the content of each sample in both protocols, and the content read back from our own encoding.
pub(crate) fn run(folder: &Path) -> Result<Json, String> {
    let samples = Json::read(&folder.join(FILE))?;
    let messages = samples.get("messages").map_or(&[][..], Json::items);
    let messages = messages.iter().map(sample).collect::<Result<_, _>>()?;
    Ok(Json::object([("messages", Json::Array(messages))]))
}

fn sample(sample: &Json) -> Result<Json, String> {
    let text = |key: &str| {
        let text = sample.get(key).and_then(Json::as_str);
        text.ok_or_else(|| format!("a sample without `{key}`"))
    };
    let from_tjson = tjson::read_message(text("tjson")?.as_bytes());
    let from_binary = tbinary::read_message(&bytes(text("binary_hex")?)?);
    let from_tjson = from_tjson.map_err(|error| error.to_string())?;
    let from_binary = from_binary.map_err(|error| error.to_string())?;
    let again = [
        tjson::read_message(&tjson::write_message(&from_tjson)),
        tbinary::read_message(&tbinary::write_message(&from_binary)),
    ];
    let [tjson_again, binary_again] = again.map(|read| read.map_err(|error| error.to_string()));
    let kind = match from_tjson.kind() {
        MessageKind::Call => "CALL",
        MessageKind::Reply => "REPLY",
        MessageKind::Exception => "EXCEPTION",
        MessageKind::Oneway => "ONEWAY",
    };
    Ok(Json::object([
        ("method", Json::string(from_tjson.method())),
        ("type", Json::string(kind)),
        ("seqid", Json::Integer(from_tjson.seqid.to_string())),
        ("body", body(&from_tjson)),
        ("body_of_binary", body(&from_binary)),
        ("body_of_tjson_again", body(&tjson_again?)),
        ("body_of_binary_again", body(&binary_again?)),
    ]))
}

fn body(message: &Message) -> Json {
    Json::parse(&named::write(message.body())).expect("the named form is JSON")
}

fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = hex.chars().collect();
    let pairs = digits.chunks(2).map(|pair| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).map_err(|error| format!("`{pair}`: {error}"))
    });
    pairs.collect()
}

/// Compares every body with the sample's.
pub(crate) fn judge(expected: &Json, found: &Json) -> Vec<Difference> {
    let wanted = expected.get("messages").map_or(&[][..], Json::items);
    let given = found.get("messages").map_or(&[][..], Json::items);
    if wanted.len() != given.len() {
        return differences(
            "messages",
            &Json::Array(wanted.into()),
            found.get("messages"),
        );
    }
    let mut all = Vec::new();
    for (at, (wanted, given)) in wanted.iter().zip(given).enumerate() {
        let path = format!("messages[{at}]");
        for key in ["method", "type", "seqid"] {
            let wanted = wanted.get(key).unwrap_or(&Json::Null);
            all.extend(differences(&below(&path, key), wanted, given.get(key)));
        }
        let body = canonical(wanted);
        for key in [
            "body",
            "body_of_binary",
            "body_of_tjson_again",
            "body_of_binary_again",
        ] {
            all.extend(differences(&below(&path, key), &body, given.get(key)));
        }
    }
    all
}

/// Returns the body of a sample with sorted sets and with enums by name, as samples need not have them.
fn canonical(sample: &Json) -> Json {
    let body = sample.get("body").unwrap_or(&Json::Null);
    let method = sample.get("method").and_then(Json::as_str);
    let ty = match sample.get("type").and_then(Json::as_str) {
        Some("REPLY") => Some(&table::Reply),
        _ => method
            .and_then(table::method)
            .map(|method| &method.arguments),
    };
    let read = ty.and_then(|ty| named::read(ty, &body.to_string()).ok());
    let written = read.map(|read| Json::parse(&named::write(&read)));
    match written {
        Some(Ok(written)) => written,
        _ => body.clone(),
    }
}
