//! Tests with members of a later version, which this host skips.

use std::collections::BTreeMap;
use std::sync::Arc;

use bindery_abi::{Answer as AbiAnswer, Failure, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::credential_json;
use crate::description::Description;
use crate::failure::WireFailure;
use crate::provide::commands::CommandArguments;
use crate::provide::lifecycle::Run;
use crate::runtime::protocol::{
    Message, WireAnswer, WireAnswers, WireBatch, WireCall, WireRequest,
};
use crate::scripted::{RecordingServices, describe, plugins};
use crate::settings::Settings;

/// Returns the JSON with an additional member in every object.
fn with_more(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| (name, with_more(value)));
            let more = ("of_a_later_version".to_owned(), json!({"a": [1, null]}));
            members.chain([more]).collect()
        }
        Json::Array(items) => items.into_iter().map(with_more).collect(),
        other => other,
    }
}

/// Checks that additional members do not change the value.
#[track_caller]
fn check<T: DeserializeOwned + Serialize>(json: Json) {
    let read = |json: Json| json!(serde_json::from_value::<T>(json).unwrap());
    assert_eq!(read(with_more(json.clone())), read(json));
}

#[test]
fn descriptions() {
    let text = include_str!("../../../tests/abi-v1/src/description.json");
    check::<Description>(serde_json::from_str(text).unwrap());
}

#[test]
fn lines() {
    check::<Message>(json!({"id": 1, "method": "open", "params": null}));
    check::<Message>(json!({"id": 1, "error": {"code": "failed", "message": "m", "hint": "h"}}));
    check::<WireCall>(json!({"method": "echo", "input": null}));
    let asked = json!({"binder": "b", "address": "b[x]", "parts": ["b", "x"], "cluster": null});
    check::<WireBatch>(json!({"requests": [asked]}));
    let answers = json!([{"value": "v", "evidence": 1}, {"error": {"message": "m"}}]);
    check::<WireAnswers>(json!({"answers": answers}));
}

#[test]
fn credentials() {
    for json in [
        json!({"username": "me", "password": "secret"}),
        json!({"identity_token": "secret"}),
        json!({"registry_token": "secret"}),
    ] {
        let credential = credential_json::from_json(with_more(json.clone())).unwrap();
        assert_eq!(credential_json::to_json(&credential), json);
    }
}

#[test]
fn results_of_methods() {
    let parts =
        json!({"lifecycle": ["before_dispatch", "after_execution"], "commands": [{"name": "go"}]});
    let script = |method: &str, input: Json| {
        Ok(with_more(match method {
            "command.run" => json!({"code": 7}),
            "lifecycle.before_dispatch" => json!({"arguments": input["arguments"]}),
            _ => json!({"error": {"code": "denied", "message": "no", "exit": 12}}),
        }))
    };
    let scripts = vec![(describe("p", parts), script)];
    let plugins = plugins(
        scripts,
        Settings::default(),
        Arc::new(RecordingServices::default()),
    );
    let arguments = CommandArguments {
        arguments: BTreeMap::new(),
        options: BTreeMap::new(),
    };
    let plugin = plugins.get("p").unwrap();
    assert_eq!(plugin.run_command("go", &arguments).unwrap(), 7);
    let left = plugins.before_dispatch("bindery", vec!["x".to_owned()]);
    assert_eq!(left.unwrap(), ["x"]);
    let error = &plugins.after_execution(&Run::default(), 0)[0];
    assert_eq!(
        (error.error.message.as_str(), error.exit_code),
        ("no", Some(12))
    );
}

/// Records of the plugin interface and lines of the protocol hold the same data.
#[test]
fn requests_and_answers_survive_the_protocol() {
    let request = Request {
        binder: "b".into(),
        address: "b[x]".into(),
        parts: vec!["b".into(), "x".into()].into(),
        cluster: "".into(),
    };
    assert_eq!(Request::from(WireRequest::from(request.clone())), request);
    let failure = Failure {
        code: "of-a-later-version".into(),
        message: "m".into(),
        causes: vec!["c".into()].into(),
        hint: Some("h".into()).into(),
    };
    let answer = AbiAnswer {
        value: r#"{"a":"b"}"#.into(),
        evidence: Some("[1]".into()).into(),
    };
    for outcome in [Ok(answer), Err(failure)] {
        let line = WireAnswer::from(outcome.clone().map_err(WireFailure::from));
        let read = Result::<AbiAnswer, WireFailure>::from(line);
        assert_eq!(read.map_err(Failure::from), outcome);
    }
}
