//! Every method that a host of version 1 calls, and one of the plugin's own.

use bindery_abi::{Failure, code};
use serde_json::Value as Json;

use crate::{Plugin, failure};

impl Plugin {
    pub(crate) fn called(&self, method: &str, input: &Json) -> Result<String, Failure> {
        match method {
            "binder.review" => Ok(reviews(input)),
            "auth.credential" => credential(input),
            "command.run" => Ok(self.say(input)),
            "lifecycle.before_dispatch" => Ok(self.before_dispatch(input)),
            "lifecycle.before_execution" => Ok(self.step("before", input, "command")),
            "lifecycle.after_execution" => Ok(self.step("after", input, "command")),
            "hook.call" => self.hook(input),
            "echo" => Ok(input.to_string()),
            other => Err(failure(
                code::INVALID,
                &format!("the plugin has no method `{other}`"),
            )),
        }
    }

    /// Of `{"command", "arguments", "options"}`: gives `{"code"}`, or `{"error"}` with the member `exit`.
    fn say(&self, input: &Json) -> String {
        let words = input["arguments"]["TEXT"].as_array().into_iter().flatten();
        let words: Vec<&str> = words.filter_map(Json::as_str).collect();
        let given = &self.settings["options"];
        let mut said = format!(
            "{}: {}",
            given["v1-word"].as_str().unwrap_or("v1"),
            words.join(" ")
        );
        if given["v1-loud"] == true {
            said = said.to_uppercase();
        }
        self.host.print(said.as_str().into());
        let code = input["options"]["code"].as_str().unwrap_or("0");
        if input["options"]["fail"] == true {
            let texts = r#""causes": ["it was told to"], "hint": "tell it otherwise""#;
            return format!(
                r#"{{"error": {{"code": "denied", "message": "it does not want to", {texts}, "exit": {code}}}}}"#
            );
        }
        format!(r#"{{"code": {code}}}"#)
    }

    /// Of `{"run", "arguments"}`: gives `{"arguments"}`, those to go on with.
    fn before_dispatch(&self, input: &Json) -> String {
        self.step("dispatch", input, "program");
        let arguments = input["arguments"].to_string();
        // Short for something else.
        let arguments = arguments.replace(r#""v1-clusters""#, r#""cluster","list""#);
        format!(r#"{{"arguments": {arguments}}}"#)
    }

    /// Of `{"run", "code"}`: gives anything, or `{"error"}`. What `config` says of this step is told, or ends the run.
    fn step(&self, step: &str, input: &Json, about: &str) -> String {
        let config = &self.settings["config"];
        if config["tell"] == true {
            let (about, code) = (&input["run"][about], &input["code"]);
            self.host
                .print(format!("{step} {about} {code}").as_str().into());
        }
        match config["stop"] == step {
            true => r#"{"error": {"message": "not like this", "exit": 12}}"#.to_owned(),
            false => "{}".to_owned(),
        }
    }

    /// Of `{"hook", "event", "call"}` with `answer` or `error`: gives whether the call may be made.
    fn hook(&self, input: &Json) -> Result<String, Failure> {
        let (event, call) = (&input["event"], &input["call"]);
        let outcome = input.get("answer").or(input.get("error"));
        let outcome = outcome.map(Json::to_string).unwrap_or_default();
        let line = format!("{event} {} {outcome}", call["method"]);
        self.host.print(line.as_str().into());
        match call["job"].as_str() {
            Some("west/www/prod/web") => Err(failure(code::DENIED, "production is frozen")),
            job => Ok(job.is_some().to_string()),
        }
    }
}

/// Of `{"binder", "recalled": [{"address", "parts", "cluster", "value", "evidence"}]}`: gives null or a failure for each.
fn reviews(input: &Json) -> String {
    let recalled = input["recalled"].as_array().into_iter().flatten();
    let reviews: Vec<&str> = recalled
        .map(|recalled| match recalled["parts"][2] == "stale" {
            true => r#"{"code": "failed", "message": "it is stale"}"#,
            false => "null",
        })
        .collect();
    format!("[{}]", reviews.join(","))
}

/// Of `{"source", "config", "registry", "repository", "actions"}`: gives a credential of one of three kinds, or null.
fn credential(input: &Json) -> Result<String, Failure> {
    let registry = &input["registry"];
    match input["config"]["as"].as_str() {
        Some("nobody") => Ok("null".to_owned()),
        Some("identity") => Ok(r#"{"identity_token": "hunter2"}"#.to_owned()),
        Some("registry") => Ok(r#"{"registry_token": "hunter2"}"#.to_owned()),
        Some("locked") => Err(failure(code::DENIED, "the vault is locked")),
        _ => Ok(format!(
            r#"{{"username": {registry}, "password": "hunter2"}}"#
        )),
    }
}
