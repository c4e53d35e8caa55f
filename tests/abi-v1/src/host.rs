//! A host as of version 1: loads a library and asks it one thing, for today's plugins that have to work in yesterday's hosts.
//!
//! `host-v1 LIBRARY bind BINDER PART..` or `host-v1 LIBRARY call METHOD INPUT`. What the plugin gives, and what it tells the
//! host meanwhile, are lines on standard output; a failure, its code in front, is one on standard error, and the exit code 1.

#![allow(
    clippy::result_large_err,
    reason = "failures are those of the boundary, whose layout is fixed, and are rare"
)]

use std::{path::Path, process::ExitCode};

use bindery_abi::{
    ABI_REVISION, Answer, Failure, HostServices, HostServices_TO, InstanceBox, PluginModule_Ref,
    Request, code,
    stable::{RNone, ROption, RResult, RStr, RString, RVec, TD_Opaque, lib_header_from_path},
};
use serde_json::Value as Json;

const SETTINGS: &str = r#"{"config": null, "registries": {}, "limits": null, "network": null, "record": false, "options": {}}"#;

/// What this host does for a plugin.
#[derive(Clone)]
struct Services;

impl HostServices for Services {
    fn log(&self, level: u8, message: RStr<'_>) {
        println!("log {level}: {message}");
    }

    fn print(&self, text: RStr<'_>) {
        println!("print: {text}");
    }

    fn progress(&self, task: RStr<'_>, done: u64, total: u64) {
        println!("progress: {task} {done}/{total}");
    }

    fn cancelled(&self) -> bool {
        false
    }

    fn cluster(&self, name: RStr<'_>) -> RResult<RString, Failure> {
        match name.as_str() {
            "west" => RResult::ROk(r#"{"v1_place": "there"}"#.into()),
            _ => RResult::RErr(failure(code::NOT_FOUND, "unknown cluster")),
        }
    }

    fn credential(
        &self,
        registry: RStr<'_>,
        _repository: RStr<'_>,
        _actions: RVec<RString>,
    ) -> RResult<ROption<RString>, Failure> {
        let account = format!(r#"{{"username": "{registry}", "password": "hunter2"}}"#);
        RResult::ROk(ROption::RSome(account.into()))
    }

    fn cache_folder(&self) -> RResult<RString, Failure> {
        RResult::RErr(failure(code::FAILED, "there is no cache folder"))
    }

    fn call(&self, method: RStr<'_>, _input: RStr<'_>) -> RResult<RString, Failure> {
        match method.as_str() {
            "host.about" => RResult::ROk(r#"{"version":"v1","methods":["host.about"]}"#.into()),
            _ => RResult::RErr(failure(code::INVALID, "the host has no such method")),
        }
    }
}

fn failure(code: &str, message: &str) -> Failure {
    Failure {
        code: code.into(),
        message: message.into(),
        causes: RVec::new(),
        hint: RNone,
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let asked = match arguments[..] {
        [library, "bind", binder, ref parts @ ..] => {
            open(library).and_then(|plugin| bind(&plugin, binder, parts))
        }
        [library, "call", method, input] => open(library)
            .and_then(|plugin| plugin.call(method.into(), input.into()).into_result())
            .map(String::from),
        _ => Err(failure(code::INVALID, "LIBRARY bind|call ..")),
    };
    match asked {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{}: {}", failure.code, failure.message);
            ExitCode::FAILURE
        }
    }
}

/// Loads the library as hosts do, its tables checked, and opens the plugin.
fn open(library: &str) -> Result<InstanceBox, Failure> {
    let module: PluginModule_Ref = lib_header_from_path(Path::new(library))
        .and_then(|header| header.init_root_module())
        .map_err(|error| failure(code::FAILED, &error.to_string()))?;
    let description: Json = serde_json::from_str(&(module.describe())())
        .map_err(|_| failure(code::FAILED, "the description is not JSON"))?;
    if description["abi"] != ABI_REVISION {
        return Err(failure(code::FAILED, "the plugin is of another revision"));
    }
    let host = HostServices_TO::from_value(Services, TD_Opaque);
    (module.open())(host, SETTINGS.into()).into_result()
}

/// Has one ref of a job for the cluster `west` answered: its value, and its evidence on a line of its own.
fn bind(plugin: &InstanceBox, binder: &str, parts: &[&str]) -> Result<String, Failure> {
    let component = |(at, part): (usize, &&str)| match at {
        0 => (*part).to_owned(),
        _ => format!("[{part}]"),
    };
    let address: String = parts.iter().enumerate().map(component).collect();
    let request = Request {
        binder: binder.into(),
        address: address.into(),
        parts: parts.iter().map(|&part| part.into()).collect(),
        cluster: "west".into(),
    };
    let answers = plugin.bind(RVec::from(vec![request])).into_result()?;
    let Some(answer) = answers.into_iter().next() else {
        return Err(failure(code::FAILED, "the plugin gave no answer"));
    };
    let Answer { value, evidence } = answer.into_result()?;
    let evidence = evidence.into_option().map(|it| format!("\n{it}"));
    Ok(value.into_string() + &evidence.unwrap_or_default())
}
