//! One plugin: what its file says, and the library behind it, opened when it is first needed.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bindery_abi::{
    HostServices_TO, Instance_TO, InstanceBox, Request,
    stable::{RResult, RString, RVec, TD_Opaque},
};
use bindery_core::{
    Answer, Environment as Bindings, Evidence, Ref, Request as BindRequest, Value, json::Style,
};
use bindery_diagnostic::Diagnostic;
use once_cell::sync::OnceCell;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::{
    Description, Environment, Level, LibraryError, Program, Reason, Settings,
    discover::inspect::{Inspected, LibraryFile, Origin},
    error::one_line,
    failure,
    provide::credentials as auth,
    runtime::interrupt::Work,
    runtime::library,
    runtime::limit::within,
    runtime::process::Process,
    runtime::protocol::Told,
    services::{Bridge, PrintsOutput},
};

/// A plugin that was found and looks fit.
pub struct Plugin {
    inspected: Inspected,
    settings: Json,
    bridge: Bridge,
    time_limit: Duration,
    longest_answer: usize,
    isolate: Option<Vec<PathBuf>>,
    instance: Arc<OnceCell<InstanceBox>>,
    /// Set when it did not answer in time: it still works on that, and takes nothing else.
    hangs: AtomicBool,
    /// Set while it is opened.
    opening: Arc<AtomicBool>,
    /// Set while it is asked something, if it runs in a process of its own.
    asked: AtomicBool,
}

/// Where a plugin runs.
enum Place<'p> {
    /// In this process, with what its file said.
    Here(&'p LibraryFile),
    /// In one of its own, which this program is started for.
    Process(Program),
}

/// While it lives, this is set.
struct Set<'p>(&'p AtomicBool);

impl<'p> Set<'p> {
    /// `None` if it is set already.
    fn begin(flag: &'p AtomicBool) -> Option<Self> {
        (!flag.swap(true, Ordering::Relaxed)).then_some(Self(flag))
    }
}

impl Drop for Set<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Plugin {
    pub(crate) fn new(inspected: Inspected, settings: &Settings, bridge: Bridge) -> Self {
        let for_plugin = json!({
            "config": settings.plugins.get(&inspected.description.name),
            "registries": settings.registries,
            "limits": settings.limits,
            "network": settings.network,
            "record": settings.record,
            "options": settings.options.get(&inspected.description.name).cloned().unwrap_or_default(),
        });
        Self {
            inspected,
            settings: for_plugin,
            bridge,
            time_limit: settings.time_limit,
            longest_answer: settings.longest_answer,
            isolate: settings.isolate.clone(),
            instance: Arc::default(),
            hangs: AtomicBool::new(false),
            opening: Arc::default(),
            asked: AtomicBool::new(false),
        }
    }

    /// The library's file, absolute and without links.
    pub fn file(&self) -> &Path {
        &self.inspected.file
    }

    /// What it provides.
    pub fn description(&self) -> &Description {
        &self.inspected.description
    }

    /// The compiler that built it, as it names itself, if it is a library.
    pub fn rustc(&self) -> Option<&str> {
        match &self.inspected.origin {
            Origin::Library(library) => Some(&library.rustc),
            Origin::Program(_) => None,
        }
    }

    /// Whether the library was loaded and opened; that happens when something is first asked of it.
    pub fn is_open(&self) -> bool {
        self.instance.get().is_some()
    }

    /// Whether the plugin is being opened at this moment.
    pub(crate) fn is_opening(&self) -> bool {
        self.opening.load(Ordering::Relaxed)
    }

    /// Loads the library and opens the plugin, unless that was done before.
    ///
    /// # Errors
    ///
    /// If the library does not fit or the plugin refuses its settings. The next call tries again.
    pub fn open(&self) -> Result<(), LibraryError> {
        let _work = Work::begin();
        match self.place() {
            Place::Here(library) => {
                let opened = self.here(library, |_| ());
                opened.unwrap_or_else(|error| Err(self.unusable(error)))
            }
            Place::Process(program) => self.process(program).map(|_| ()),
        }
    }

    /// Does something with the library's plugin, within the limit. It is opened in the same go, since to begin on another thread
    /// takes longer than many a plugin takes to answer.
    fn here<T: Send + 'static>(
        &self,
        library: &LibraryFile,
        work: impl FnOnce(&InstanceBox) -> T + Send + 'static,
    ) -> Result<Result<T, LibraryError>, Diagnostic> {
        let instance = Arc::clone(&self.instance);
        let open = instance.get().is_none().then(|| self.opening(library));
        self.within(move || {
            let instance = match open {
                Some(open) => instance.get_or_try_init(open)?,
                None => instance.get().expect("an open plugin stays open"),
            };
            Ok(work(instance))
        })
    }

    /// What loads the library and opens the plugin.
    fn opening(
        &self,
        library: &LibraryFile,
    ) -> impl FnOnce() -> Result<InstanceBox, LibraryError> + Send + 'static {
        let (inspected, library) = (self.inspected.clone(), library.clone());
        let host = HostServices_TO::from_value(self.bridge.clone(), TD_Opaque);
        let settings = self.settings.to_string();
        let opening = Arc::clone(&self.opening);
        move || {
            let _opening = Set::begin(&opening);
            library::open(&inspected, &library, host, &settings)
        }
    }

    /// The open plugin, which runs in a process of its own.
    fn process(&self, program: Program) -> Result<&InstanceBox, LibraryError> {
        self.instance.get_or_try_init(|| {
            let _opening = Set::begin(&self.opening);
            self.start(program)
        })
    }

    fn place(&self) -> Place<'_> {
        match (&self.inspected.origin, &self.isolate) {
            (Origin::Program(program), _) => Place::Process(program.clone()),
            (Origin::Library(_), Some(server)) => {
                let file = std::iter::once(self.file().to_owned());
                Place::Process(Program {
                    command: server.iter().cloned().chain(file).collect(),
                    environment: Environment::Same,
                    time_limit: self.time_limit,
                    longest_line: self.longest_answer,
                })
            }
            (Origin::Library(library), None) => Place::Here(library),
        }
    }

    fn start(&self, program: Program) -> Result<InstanceBox, LibraryError> {
        let name = &self.inspected.description.name;
        let opened = Process::open(name, program, self.bridge.clone(), &self.settings);
        match opened {
            Ok(process) => Ok(Instance_TO::from_value(process, TD_Opaque)),
            Err(failure) => Err(self.unusable(failure::said(&failure))),
        }
    }

    fn unusable(&self, error: Diagnostic) -> LibraryError {
        LibraryError {
            file: self.inspected.file.clone(),
            plugin: Some(self.inspected.description.name.clone()),
            reason: Reason::Open(Box::new(error)),
        }
    }

    /// Does something with the plugin's code, within the limit; whoever asks meanwhile what it is doing already is told.
    fn within<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Diagnostic> {
        if self.hangs.load(Ordering::Relaxed) {
            return Err(self.fault("still has not answered what it was asked before"));
        }
        // A source of credentials may not ask for one; who asks is known by the thread.
        let asking = auth::is_asking();
        within(self.time_limit, move || {
            auth::set_asking(asking);
            work()
        })
        .ok_or_else(|| {
            self.hangs.store(true, Ordering::Relaxed);
            let limit = self.time_limit.as_secs_f32();
            self.fault(&format!("did not answer within {limit} s"))
        })
    }

    /// The same, with the open plugin. One in a process of its own looks after its time itself.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&InstanceBox) -> T + Send + 'static,
    ) -> Result<T, Diagnostic> {
        let _work = Work::begin();
        let unusable = |error| failure::from_library(&error);
        let program = match self.place() {
            Place::Here(library) => return self.here(library, work)?.map_err(unusable),
            Place::Process(program) => program,
        };
        // It takes one question at a time. If its binder waits for a credential that it gives itself, another process does.
        let Some(_asked) = Set::begin(&self.asked) else {
            return Ok(work(&self.start(program).map_err(unusable)?));
        };
        Ok(work(self.process(program).map_err(unusable)?))
    }

    /// The error if so many bytes are more than a plugin may answer.
    fn check_length(&self, bytes: usize) -> Result<(), Diagnostic> {
        if bytes <= self.longest_answer {
            return Ok(());
        }
        let limit = self.longest_answer;
        Err(self.fault(&format!(
            "gave an answer of {bytes} bytes, more than {limit}"
        )))
    }

    /// Calls a method, JSON in and JSON out.
    ///
    /// # Errors
    ///
    /// What the method says; or that the plugin cannot be opened, panicked, or gave something else than JSON.
    pub fn call(&self, method: &str, input: &Json) -> Result<Json, Diagnostic> {
        let (name, input) = (method.to_owned(), input.to_string());
        let called =
            self.with(move |instance| instance.call(name.as_str().into(), input.as_str().into()))?;
        match called {
            RResult::ROk(output) => {
                self.check_length(output.len())?;
                // What the text is stays unsaid: it may hold a password.
                serde_json::from_str(&output)
                    .map_err(|_| self.fault(&format!("gave no JSON as the result of `{method}`")))
            }
            RResult::RErr(failure) => Err(failure::from_plugin(&self.inspected, &failure)),
        }
    }

    /// Has the requests answered, one answer each, in the same order.
    pub(crate) fn bind(
        &self,
        requests: Vec<Request>,
    ) -> Result<Vec<Result<Answer, Diagnostic>>, Diagnostic> {
        let asked = requests.len();
        let bound = self.with(move |instance| instance.bind(RVec::from(requests)))?;
        let answers = match bound {
            RResult::ROk(answers) => answers,
            RResult::RErr(failure) => return Err(failure::from_plugin(&self.inspected, &failure)),
        };
        if answers.len() != asked {
            let did = format!("gave {} answers to {asked} refs", answers.len());
            return Err(self.fault(&did));
        }
        let length = |answer: &RResult<bindery_abi::Answer, _>| match answer {
            RResult::ROk(answer) => {
                answer.value.len() + answer.evidence.as_ref().map_or(0, RString::len)
            }
            RResult::RErr(_) => 0,
        };
        self.check_length(answers.iter().map(length).sum())?;
        let read = |answer| match answer {
            RResult::ROk(answer) => self.answer(answer),
            RResult::RErr(failure) => Err(failure::from_plugin(&self.inspected, &failure)),
        };
        Ok(answers.into_iter().map(read).collect())
    }

    /// Has recalled answers of a binder looked at, one result each, in the same order.
    pub(crate) fn review(
        &self,
        binder: &str,
        cluster: &str,
        recalled: &[(BindRequest, Answer)],
    ) -> Result<Vec<Result<(), Diagnostic>>, Diagnostic> {
        let asked: Vec<_> = recalled
            .iter()
            .map(|(request, answer)| {
                json!({
                    "address": request.address.address(),
                    "parts": request.parts,
                    "cluster": (!cluster.is_empty()).then_some(cluster),
                    "value": to_json(&answer.value),
                    "evidence": answer.evidence.value().map(to_json),
                })
            })
            .collect();
        let input = json!({"binder": binder, "recalled": asked});
        let reviews = self.call("binder.review", &input)?;
        let reviews: Vec<Option<Told>> = Deserialize::deserialize(reviews)
            .map_err(|_| self.fault("gave a review of an unknown form"))?;
        if reviews.len() != recalled.len() {
            let (gave, asked) = (reviews.len(), recalled.len());
            return Err(self.fault(&format!("gave {gave} reviews of {asked} answers")));
        }
        let read = |told: Option<Told>| match told {
            None => Ok(()),
            Some(told) => Err(self.said(told)),
        };
        Ok(reviews.into_iter().map(read).collect())
    }

    /// An answer as a template value.
    fn answer(&self, answer: bindery_abi::Answer) -> Result<Answer, Diagnostic> {
        let value = bindery_core::json::parse(&answer.value)
            .map_err(|_| self.fault("gave an answer that is not JSON"))?;
        if !matches!(value, Value::String(_) | Value::Map(_)) {
            let found = value.type_name();
            let did = format!("gave an answer of type `{found}`, not a text or a struct");
            return Err(self.fault(&did));
        }
        if let Value::Map(_) = value {
            self.check_struct(&value, &answer.value)?;
        }
        let value = sorted(value);
        let evidence = match answer.evidence.into_option() {
            Some(text) => self.evidence(&text)?,
            None => Evidence::default(),
        };
        Ok(Answer { value, evidence })
    }

    /// Parses the evidence for an answer and checks the form of its metadata.
    fn evidence(&self, text: &str) -> Result<Evidence, Diagnostic> {
        let not_json = || self.fault("gave evidence that is not JSON");
        // Templates know numbers that JSON does not, such as NaN.
        let json: Json = serde_json::from_str(text).map_err(|_| not_json())?;
        let metadata = json.get("metadata");
        if metadata.is_some_and(|metadata| Vec::<Metadata>::deserialize(metadata).is_err()) {
            return Err(self.fault("gave metadata that is not a list of keys and values"));
        }
        Evidence::parse(text).map_err(|_| not_json())
    }

    /// Refuses a struct with a part that no ref could name or print, or that no lock file could hold. Told later, it would be an
    /// error of a job that is fine.
    fn check_struct(&self, value: &Value, text: &str) -> Result<(), Diagnostic> {
        // Templates know numbers that JSON does not, such as NaN.
        if serde_json::from_str::<Json>(text).is_err() {
            return Err(self.fault("gave an answer that is not JSON"));
        }
        let address = Ref::from_address("answer").expect("this is a ref");
        Bindings::single(address, value).map(drop).map_err(|error| {
            let error = one_line(&error.to_string());
            self.fault(&format!(
                "gave a struct that refs cannot reach into: {error}"
            ))
        })
    }

    /// What the plugin said, as an error of ours.
    pub(crate) fn said(&self, told: Told) -> Diagnostic {
        failure::from_plugin(&self.inspected, &told.into())
    }

    /// Makes what the plugin prints output, as long as what is given lives.
    pub(crate) fn prints_output(&self) -> PrintsOutput {
        self.bridge.prints_output()
    }

    /// Logs something about the plugin.
    pub(crate) fn log(&self, level: Level, message: &str) {
        self.bridge
            .services()
            .log(&self.inspected.description.name, level, message);
    }

    /// Puts an open plugin in place of the library.
    #[cfg(test)]
    pub(crate) fn set_instance(&self, instance: InstanceBox) {
        assert!(self.instance.set(instance).is_ok());
    }

    pub(crate) fn inspected(&self) -> &Inspected {
        &self.inspected
    }

    pub(crate) fn fault(&self, did: &str) -> Diagnostic {
        failure::fault(&self.inspected, did, Vec::new())
    }
}

/// What an answer says of the jobs that use it.
#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "key")]
    _key: String,
    #[serde(rename = "value")]
    _value: String,
}

/// The same with the fields of every struct in the order of their names, as a lock file gives them back.
fn sorted(value: Value) -> Value {
    match value {
        Value::Map(fields) => {
            let mut fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| (name.clone(), sorted(value.clone())))
                .collect();
            fields.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
            Value::Map(fields.into())
        }
        Value::List(items) => Value::List(items.iter().cloned().map(sorted).collect()),
        other => other,
    }
}

/// A recalled answer as JSON; what a lock file holds always is.
fn to_json(value: &Value) -> Json {
    let text = bindery_core::json::write(value, Style::default());
    text.ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use bindery_diagnostic::Kind;
    use std::sync::Weak;

    use bindery_abi::{
        Answer as AbiAnswer, Failure, Instance, Meta, code,
        stable::{RNone, ROption, RSome, RStr},
    };

    use super::*;
    use crate::NoServices;

    /// What a plugin that does not use the author's kit might answer.
    struct Raw {
        answers: Vec<RResult<AbiAnswer, Failure>>,
        output: RResult<RString, Failure>,
    }

    impl Instance for Raw {
        fn bind(
            &self,
            _requests: RVec<Request>,
        ) -> RResult<RVec<RResult<AbiAnswer, Failure>>, Failure> {
            RResult::ROk(self.answers.clone().into())
        }

        fn call(&self, _method: RStr<'_>, _input: RStr<'_>) -> RResult<RString, Failure> {
            self.output.clone()
        }
    }

    fn plugin(raw: Raw) -> Plugin {
        let description = Description {
            name: "raw".into(),
            version: "1.0.0".into(),
            abi: 1,
            ..Description::default()
        };
        let bridge = Bridge::new(&description, Arc::new(NoServices), Weak::new());
        let inspected = Inspected {
            file: PathBuf::from("/raw.so"),
            description,
            origin: Origin::Library(LibraryFile {
                meta: [0; size_of::<Meta>()],
                text: String::new(),
                rustc: String::new(),
            }),
        };
        let plugin = Plugin::new(inspected, &Settings::default(), bridge);
        plugin.set_instance(Instance_TO::from_value(raw, TD_Opaque));
        plugin
    }

    fn answered(value: &str, evidence: Option<&str>) -> Result<Answer, Diagnostic> {
        let answer = AbiAnswer {
            value: value.into(),
            evidence: evidence.map_or(RNone, |text| RSome(text.into())),
        };
        let plugin = plugin(Raw {
            answers: vec![RResult::ROk(answer)],
            output: RResult::ROk(RString::new()),
        });
        let request = Request {
            binder: "b".into(),
            address: "b[x]".into(),
            parts: RVec::new(),
            cluster: RString::new(),
        };
        plugin.bind(vec![request]).unwrap().remove(0)
    }

    #[track_caller]
    fn check(value: &str, evidence: Option<&str>, fault: &str) {
        let error = answered(value, evidence).unwrap_err();
        assert_eq!(error.message, format!("plugin `raw` {fault}"), "of {value}");
        assert_eq!(error.causes, ["in `/raw.so`"]);
        assert!(error.hint.is_some());
    }

    #[test]
    fn answers_of_another_form_are_faults() {
        check("", None, "gave an answer that is not JSON");
        check("{", None, "gave an answer that is not JSON");
        check("text", None, "gave an answer that is not JSON");
        check(
            "1",
            None,
            "gave an answer of type `int`, not a text or a struct",
        );
        check(
            "null",
            None,
            "gave an answer of type `NoneType`, not a text or a struct",
        );
        check(
            "[\"a\"]",
            None,
            "gave an answer of type `list`, not a text or a struct",
        );
        check("\"a\"", Some("{"), "gave evidence that is not JSON");
        check(
            "\"a\"",
            Some(r#"{"metadata": [{"key": "k", "value": 1}]}"#),
            "gave metadata that is not a list of keys and values",
        );
    }

    #[test]
    fn answers_that_no_reader_is_made_for_are_faults_too() {
        let deep = |open: &str, close: &str| {
            let levels = 100_000;
            format!("{}1{}", open.repeat(levels), close.repeat(levels))
        };
        let no_json = "gave an answer that is not JSON";
        check(&deep("[", "]"), None, no_json);
        check(&deep("{\"a\":", "}"), None, no_json);
        for bad in ["\"a\" \"b\"", "\"\u{0}\"", "{\"a\": NaN}", "{\"a\": 1e999}"] {
            check(bad, None, no_json);
        }
        let evidence = deep("[", "]");
        check("\"a\"", Some(&evidence), "gave evidence that is not JSON");
    }

    #[test]
    fn a_struct_into_which_no_ref_reaches_is_a_fault() {
        let cannot = "gave a struct that refs cannot reach into";
        for key in ["", "]", "[", "a b", "-", "1", "\u{fc}", "{{a}}"] {
            let value = json!({"fine": "x", "in": {key: "y"}}).to_string();
            let error = answered(&value, None).unwrap_err();
            let expected = format!("plugin `raw` {cannot}: ");
            assert!(error.message.starts_with(&expected), "{key:?}: {error:?}");
        }
        for value in [json!({"a": null}), json!({"a": ["b"]})] {
            let error = answered(&value.to_string(), None).unwrap_err();
            assert!(error.message.contains(cannot), "{value}: {error:?}");
        }
        let fine = json!({"a.b": "x", "c[1]": {"d": 1, "e": true, "f": 0.5}, "g": {}});
        assert!(answered(&fine.to_string(), None).is_ok());
    }

    #[test]
    fn texts_and_structs_pass_with_their_evidence() {
        let answer = answered("\"a\"", Some("[1]")).unwrap();
        assert_eq!(answer.value.as_str(), Some("a"));
        assert_eq!(answer.evidence.to_json().as_deref(), Some("[1]"));
        let answer = answered("{\"digest\": \"d\"}", None).unwrap();
        assert_eq!(
            answer.value.entry("digest").and_then(Value::as_str),
            Some("d")
        );
    }

    #[test]
    fn answers_that_nobody_asked_for_are_a_fault() {
        let plugin = plugin(Raw {
            answers: Vec::new(),
            output: RResult::ROk(RString::new()),
        });
        assert!(plugin.bind(Vec::new()).unwrap().is_empty());
        let request = Request {
            binder: "b".into(),
            address: "b".into(),
            parts: RVec::new(),
            cluster: RString::new(),
        };
        let error = plugin.bind(vec![request]).unwrap_err();
        assert_eq!(error.message, "plugin `raw` gave 0 answers to 1 refs");
    }

    #[test]
    fn results_that_are_no_json_stay_unsaid() {
        let plugin = plugin(Raw {
            answers: Vec::new(),
            output: RResult::ROk("hunter2".into()),
        });
        let error = plugin.call("auth.credential", &Json::Null).unwrap_err();
        assert_eq!(
            error.message,
            "plugin `raw` gave no JSON as the result of `auth.credential`"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn failures_keep_their_kind_and_unknown_ones_count_as_failed() {
        for (code, kind) in [
            (code::NOT_FOUND, Kind::NotFound),
            (code::DENIED, Kind::Denied),
            (code::NO_ANSWER, Kind::NoAnswer),
            (code::INVALID, Kind::Invalid),
            (code::FAILED, Kind::Failed),
            (code::CANCELLED, Kind::Failed),
            ("from-the-future", Kind::Failed),
        ] {
            let failure = Failure {
                code: code.into(),
                message: "no".into(),
                causes: RVec::new(),
                hint: ROption::RNone,
            };
            let plugin = plugin(Raw {
                answers: Vec::new(),
                output: RResult::RErr(failure),
            });
            assert_eq!(
                plugin.call("any", &Json::Null).unwrap_err().kind,
                kind,
                "{code}"
            );
        }
    }
}
