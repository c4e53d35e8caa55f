//! Plugins for tests, whose calls are answered by a function.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bindery_abi::stable::{RNone, RResult, RStr, RString, RVec, TD_Opaque};
use bindery_abi::{Answer, Failure, Instance, Instance_TO, Meta, Request, code};
use bindery_cluster::Trait;
use bindery_diagnostic::Diagnostic;
use serde_json::{Map, Value as Json};

use crate::description::Description;
use crate::discover::find::Discovered;
use crate::discover::inspect::{Code, Inspected, PluginHeader};
use crate::plugin_set::PluginSet;
use crate::services::{Level, Services};
use crate::settings::Settings;

type Script = dyn Fn(&str, Json) -> Result<Json, &'static str> + Send + Sync;

/// Open plugin that returns the results of a function.
struct Scripted(Box<Script>);

impl Instance for Scripted {
    fn bind(&self, _requests: RVec<Request>) -> RResult<RVec<RResult<Answer, Failure>>, Failure> {
        RResult::ROk(RVec::new())
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let input = serde_json::from_str(input.as_str()).unwrap();
        match (self.0)(method.as_str(), input) {
            Ok(output) => RResult::ROk(output.to_string().into()),
            Err(message) => RResult::RErr(Failure {
                code: code::DENIED.into(),
                message: message.into(),
                causes: RVec::new(),
                hint: RNone,
            }),
        }
    }
}

/// Services that record log lines.
#[derive(Default)]
pub(crate) struct RecordingServices(pub Mutex<Vec<String>>);

impl Services for RecordingServices {
    fn log(&self, plugin: &str, level: Level, message: &str) {
        let line = format!("{plugin} {level:?} {message}");
        self.0.lock().unwrap().push(line);
    }

    fn print(&self, _plugin: &str, _text: &str) {}

    fn progress(&self, _plugin: &str, _task: &str, _done: u64, _total: u64) {}

    fn cancelled(&self) -> bool {
        false
    }

    fn cluster(&self, _name: &str, _traits: &[Trait]) -> Result<Map<String, Json>, Diagnostic> {
        unreachable!("no script requests a cluster")
    }

    fn cache_folder(&self, _plugin: &str) -> Result<PathBuf, Diagnostic> {
        unreachable!("no script requests a folder")
    }
}

/// Creates a plugin with this name and these parts.
pub(crate) fn describe(name: &str, mut parts: Json) -> Inspected {
    parts["name"] = name.into();
    parts["version"] = "1.0.0".into();
    parts["abi"] = 1.into();
    Inspected {
        file: format!("/{name}.so").into(),
        description: serde_json::from_value::<Description>(parts).unwrap(),
        code: Code::Library(PluginHeader {
            meta: [0; size_of::<Meta>()],
            text: String::new(),
            rustc: String::new(),
        }),
    }
}

/// Creates open plugins, each with the function that answers its calls.
pub(crate) fn plugins<F>(
    scripts: Vec<(Inspected, F)>,
    settings: Settings,
    services: Arc<dyn Services>,
) -> PluginSet
where
    F: Fn(&str, Json) -> Result<Json, &'static str> + Send + Sync + 'static,
{
    let (plugins, scripts): (Vec<_>, Vec<_>) = scripts.into_iter().unzip();
    let discovered = Discovered {
        plugins,
        problems: Vec::new(),
    };
    let set = PluginSet::new(discovered, settings, services);
    for (plugin, script) in set.iter().zip(scripts) {
        let instance = Instance_TO::from_value(Scripted(Box::new(script)), TD_Opaque);
        plugin.set_instance(instance);
    }
    set
}
