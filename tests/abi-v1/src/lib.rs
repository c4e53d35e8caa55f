//! A plugin that uses everything of version 1 of the plugin interface, without the author kit: what stands here has to work in
//! every host that loads version 1.
//!
//! The description is `description.json`, as it stands in the library's file. Answers are written out as JSON, so that what is
//! promised can be read here.

#![allow(
    clippy::result_large_err,
    reason = "failures are those of the boundary, whose layout is fixed, and are rare"
)]

mod calls;

use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery_abi::{
    Answer, Card, Failure, HostBox, Instance, Instance_TO, InstanceBox, PluginModule,
    PluginModule_Ref, Request, code, level,
    stable::{
        __call_root_module_loader, CheckTypeLayout, LibHeader, PrefixTypeTrait, RNone, RResult,
        RSome, RStr, RString, RVec, RootModuleResult, TD_Opaque,
    },
};
use serde_json::Value as Json;

const DESCRIPTION: &str = include_str!("description.json");

/// The description, where a host reads it without loading the library.
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__bindery"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".bindery"))]
#[unsafe(no_mangle)]
pub static BINDERY_PLUGIN_META: Card<{ DESCRIPTION.len() }> =
    Card::new(cfg!(panic = "unwind"), *include_bytes!("description.json"));

/// Where abi_stable finds the tables.
#[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
pub static HEADER: LibHeader = {
    // SAFETY: `load` gives a reference to the module type that is named here, as `module` returns it.
    unsafe { LibHeader::from_constructor::<PluginModule_Ref>(load, CheckTypeLayout::Yes) }
};

extern "C" fn load() -> RootModuleResult {
    __call_root_module_loader(module)
}

fn module() -> PluginModule_Ref {
    PluginModule { describe, open }.leak_into_prefix()
}

extern "C" fn describe() -> RString {
    DESCRIPTION.into()
}

/// `settings` are `{"config", "registries", "limits", "network", "record", "options"}`.
extern "C" fn open(host: HostBox, settings: RStr<'_>) -> RResult<InstanceBox, Failure> {
    guarded(|| {
        let settings: Json = serde_json::from_str(&settings)
            .map_err(|_| failure(code::INVALID, "the settings are not JSON"))?;
        if settings["config"]["open"] == "refuse" {
            return Err(failure(code::INVALID, "no such key `open`"));
        }
        Ok(Instance_TO::from_value(
            Plugin { host, settings },
            TD_Opaque,
        ))
    })
}

/// The open plugin.
struct Plugin {
    host: HostBox,
    settings: Json,
}

impl Instance for Plugin {
    fn bind(&self, requests: RVec<Request>) -> RResult<RVec<RResult<Answer, Failure>>, Failure> {
        guarded(|| {
            let answers = requests.iter().map(|request| self.answer(request).into());
            Ok(answers.collect())
        })
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        guarded(|| {
            let input = serde_json::from_str(&input)
                .map_err(|_| failure(code::INVALID, "the input is not JSON"))?;
            self.called(method.as_str(), &input).map(RString::from)
        })
    }
}

impl Plugin {
    /// `v1[what][word]`: what a binder may answer, and what it may ask of the host.
    fn answer(&self, request: &Request) -> Result<Answer, Failure> {
        let [_, what, word] = &request.parts[..] else {
            return Err(failure(code::INVALID, "the ref has not two indices"));
        };
        let word = word.as_str();
        let text = match what.as_str() {
            "request" => format!(
                "{} asked for {} in {}",
                request.binder, request.address, request.cluster
            ),
            "text" => word.to_owned(),
            "struct" => {
                return Ok(Answer {
                    value: format!(r#"{{"word": "{word}", "length": {}}}"#, word.len()).into(),
                    evidence: RNone,
                });
            }
            "evidence" => {
                let metadata = format!(r#"[{{"key": "v1", "value": "{word}"}}]"#);
                let evidence = format!(r#"{{"seen": "{word}", "metadata": {metadata}}}"#);
                return Ok(Answer {
                    value: text(word),
                    evidence: RSome(evidence.into()),
                });
            }
            "settings" => self.settings.get(word).unwrap_or(&Json::Null).to_string(),
            "failure" => return Err(failure(word, "it is not to be")),
            "panic" => panic!("{word}"),
            service => self.served(service, word, &request.cluster)?,
        };
        Ok(Answer {
            value: self::text(&text),
            evidence: RNone,
        })
    }

    /// One service of the host, as a text.
    fn served(&self, service: &str, word: &str, cluster: &str) -> Result<String, Failure> {
        let host = &self.host;
        match service {
            "log" => {
                host.log(level::DEBUG, "to the author".into());
                host.log(level::INFO, "to who follows".into());
                host.log(level::WARN, word.into());
                host.log(level::ERROR, "it went wrong".into());
                Ok("logged".to_owned())
            }
            "print" => {
                host.print(word.into());
                host.progress("counting".into(), 1, 2);
                host.progress("counting".into(), 2, 2);
                Ok("printed".to_owned())
            }
            "cancelled" => Ok(host.cancelled().to_string()),
            "cluster" => {
                let keys = host.cluster(cluster.into()).into_result()?;
                let keys: Json = serde_json::from_str(&keys)
                    .map_err(|_| failure(code::FAILED, "a cluster is not JSON"))?;
                Ok(keys["v1_place"].as_str().unwrap_or("nowhere").to_owned())
            }
            "credential" => {
                let actions = RVec::from(vec![RString::from("pull")]);
                let found = host.credential(word.into(), "team/app".into(), actions);
                let found = found.into_result()?.into_option();
                let found: Option<Json> = found.and_then(|it| serde_json::from_str(&it).ok());
                let kind = match found {
                    None => "nobody",
                    Some(found) if found["identity_token"].is_string() => "an identity token",
                    Some(found) if found["registry_token"].is_string() => "a registry token",
                    Some(found) => return Ok(found["username"].as_str().unwrap_or("").to_owned()),
                };
                Ok(kind.to_owned())
            }
            "folder" => Ok(host.cache_folder().into_result()?.into()),
            // A method of the host, or the word that there is none.
            "host" => match host.call(word.into(), "null".into()) {
                RResult::ROk(output) => Ok(output.into()),
                RResult::RErr(failure) if failure.code == code::INVALID => Ok("no".to_owned()),
                RResult::RErr(failure) => Err(failure),
            },
            other => Err(failure(code::NOT_FOUND, &format!("there is no `{other}`"))),
        }
    }
}

/// A text as JSON.
fn text(text: &str) -> RString {
    Json::from(text).to_string().into()
}

fn failure(code: &str, message: &str) -> Failure {
    Failure {
        code: code.into(),
        message: message.into(),
        causes: RVec::from(vec!["it was asked for".into()]),
        hint: RSome("ask for something else".into()),
    }
}

/// No panic leaves a function.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> RResult<T, Failure> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(failure(code::PLUGIN_PANICKED, "panicked in v1")))
        .into()
}
