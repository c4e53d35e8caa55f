//! Plugins of a later day say more than this host knows: whatever has a name that it does not know, it passes over.

use std::{collections::BTreeMap, sync::Arc};

use bindery_abi::{Answer as AbiAnswer, Failure, Request};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

use crate::{
    CommandArguments, Description, Run, Settings, credential_json as credential,
    runtime::protocol::{Answered, Answers, Asked, Batch, Call, Message},
    scripted::{Heard, described, plugins},
};

/// The same with a member more in every object.
fn with_more(json: Json) -> Json {
    match json {
        Json::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| (name, with_more(value)));
            let more = ("of_tomorrow".to_owned(), json!({"a": [1, null]}));
            members.chain([more]).collect()
        }
        Json::Array(items) => items.into_iter().map(with_more).collect(),
        other => other,
    }
}

/// It is read as if there were no more in it.
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
    check::<Call>(json!({"method": "echo", "input": null}));
    let asked = json!({"binder": "b", "address": "b[x]", "parts": ["b", "x"], "cluster": null});
    check::<Batch>(json!({"requests": [asked]}));
    let answers = json!([{"value": "v", "evidence": 1}, {"error": {"message": "m"}}]);
    check::<Answers>(json!({"answers": answers}));
}

#[test]
fn credentials() {
    for json in [
        json!({"username": "me", "password": "secret"}),
        json!({"identity_token": "secret"}),
        json!({"registry_token": "secret"}),
    ] {
        let found = credential::from_json(with_more(json.clone())).unwrap();
        assert_eq!(credential::to_json(&found), json);
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
    let scripts = vec![(described("p", parts), script)];
    let plugins = plugins(scripts, Settings::default(), Arc::new(Heard::default()));
    let called = CommandArguments {
        arguments: BTreeMap::new(),
        options: BTreeMap::new(),
    };
    let plugin = plugins.get("p").unwrap();
    assert_eq!(plugin.run_command("go", &called).unwrap(), 7);
    let left = plugins.before_dispatch("bindery", vec!["x".to_owned()]);
    assert_eq!(left.unwrap(), ["x"]);
    let stopped = &plugins.after_execution(&Run::default(), 0)[0];
    assert_eq!(
        (stopped.error.message.as_str(), stopped.code),
        ("no", Some(12))
    );
}

/// What lines hold is what the tables hold: nothing is lost between the two.
#[test]
fn requests_and_answers_cross_lines_whole() {
    let request = Request {
        binder: "b".into(),
        address: "b[x]".into(),
        parts: vec!["b".into(), "x".into()].into(),
        cluster: "".into(),
    };
    assert_eq!(Request::from(Asked::from(request.clone())), request);
    let failure = Failure {
        code: "of-tomorrow".into(),
        message: "m".into(),
        causes: vec!["c".into()].into(),
        hint: Some("h".into()).into(),
    };
    let answer = AbiAnswer {
        value: r#"{"a":"b"}"#.into(),
        evidence: Some("[1]".into()).into(),
    };
    for outcome in [Ok(answer), Err(failure)] {
        let crossed = Result::<AbiAnswer, Failure>::from(Answered::from(outcome.clone()));
        assert_eq!(crossed, outcome);
    }
}
