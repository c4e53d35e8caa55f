//! Exported items of a plugin, and the open plugin that they call.

use std::{collections::BTreeMap, sync::Arc};

use bindery_abi::{
    Answer as AbiAnswer, Failure, HostBox, Instance, Instance_TO, InstanceBox, PluginModule,
    PluginModule_Ref, Request,
    stable::{PrefixTypeTrait, RResult, RStr, RString, RVec, TD_Opaque},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    Answer, ApiCall, ApiHook, Arguments, AuthSource, BindError, Binder, Command, Credential,
    CredentialQuery, Error, Host, Json, Lifecycle, Match, Method, Run, Setup, Step, guard::guard,
};

/// Exports a plugin with its name and its parts.
///
/// ```text
/// export_plugin! {
///     name: "site",                                     // unique among all plugins
///     binders: [Greeting, Artifact => Artifact::open],  // types that implement `Binder`
///     traits: [SCHEDULER],                              // constants of type `Trait`
///     schema: [RELEASE, CHANNELS],                      // constants of type `Definition`
///     auth: [Vault => Vault::open],                     // types that implement `AuthSource`
///     methods: [Purge],                                 // types that implement `Method`
///     options: [Opt::value("site-user", "NAME")],       // constants of type `Opt`
///     commands: [Stage => Stage::open],                 // types that implement `Command`
///     lifecycle: [Audit],                               // types that implement `Lifecycle`
///     hooks: [Freeze],                                  // types that implement `ApiHook`
/// }
/// ```
///
/// Each list except the name is optional; the order is as above. `Type` alone names a unit struct. `Type => function` names a type that
/// `function` creates when the plugin is opened: it takes a [`&Setup`](Setup) and returns a `Result<Type, Error>`.
///
/// The version of the plugin is the version of the package. Use the macro once per library, in a package with `crate-type = ["cdylib"]`.
///
/// The macro also defines a function `plugin()`, which returns the root module that a host finds in the library: pass it to
/// [`testing`](crate::testing) in a test.
#[macro_export]
macro_rules! export_plugin {
    (
        name: $name:expr
        $(, binders: [$($binder:path $(=> $open_binder:expr)?),* $(,)?])?
        $(, traits: [$($trait:expr),* $(,)?])?
        $(, schema: [$($definition:expr),* $(,)?])?
        $(, auth: [$($auth:path $(=> $open_auth:expr)?),* $(,)?])?
        $(, methods: [$($method:path $(=> $open_method:expr)?),* $(,)?])?
        $(, options: [$($option:expr),* $(,)?])?
        $(, commands: [$($command:path $(=> $open_command:expr)?),* $(,)?])?
        $(, lifecycle: [$($lifecycle:path $(=> $open_lifecycle:expr)?),* $(,)?])?
        $(, hooks: [$($hook:path $(=> $open_hook:expr)?),* $(,)?])?
        $(,)?
    ) => {
        /// Returns the root module that a host finds in this library.
        #[doc(hidden)]
        #[allow(dead_code)]
        pub fn plugin() -> $crate::exported::PluginModule_Ref {
            use $crate::exported as seam;

            const DESCRIPTION: seam::Description = seam::Description {
                name: $name,
                version: ::core::env!("CARGO_PKG_VERSION"),
                binders: &[$($(seam::BinderDeclaration {
                    name: <$binder as $crate::Binder>::NAME,
                    pattern: <$binder as $crate::Binder>::PATTERN,
                    reviews: <$binder as $crate::Binder>::REVIEWS,
                }),*)?],
                traits: &[$($($trait),*)?],
                schema: &[$($($definition),*)?],
                auth: &[$($(seam::AuthDeclaration {
                    name: <$auth as $crate::AuthSource>::NAME,
                    mechanisms: <$auth as $crate::AuthSource>::MECHANISMS,
                }),*)?],
                methods: &[$($(<$method as $crate::Method>::NAME),*)?],
                options: &[$($($option),*)?],
                commands: &[$($(seam::CommandDeclaration {
                    name: <$command as $crate::Command>::NAME,
                    about: <$command as $crate::Command>::ABOUT,
                    arguments: <$command as $crate::Command>::ARGUMENTS,
                    options: <$command as $crate::Command>::OPTIONS,
                }),*)?],
                lifecycle: &[$($(<$lifecycle as $crate::Lifecycle>::STEPS),*)?],
                hooks: &[$($(seam::HookDeclaration {
                    name: <$hook as $crate::ApiHook>::NAME,
                    methods: <$hook as $crate::ApiHook>::METHODS,
                }),*)?],
            }
            .checked();

            // The host reads the static from the file; see `bindery_abi::Card`. It is exported so that no linker drops it.
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__bindery"))]
            #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".bindery"))]
            #[unsafe(no_mangle)]
            pub static BINDERY_PLUGIN_META: seam::Card<{ DESCRIPTION.length() }> =
                seam::Card::new(::core::cfg!(panic = "unwind"), DESCRIPTION.json());

            extern "C" fn describe() -> seam::RString {
                seam::describe(&BINDERY_PLUGIN_META.description)
            }

            extern "C" fn open(
                host: seam::HostBox,
                settings: seam::RStr<'_>,
            ) -> seam::RResult<seam::InstanceBox, seam::Failure> {
                seam::open(DESCRIPTION.name(), host, settings, |setup, parts| {
                    $($(parts.binder::<$binder>(
                        $crate::export_plugin!(@open setup, $binder $(, $open_binder)?),
                    );)*)?
                    $($(parts.auth::<$auth>(
                        $crate::export_plugin!(@open setup, $auth $(, $open_auth)?),
                    );)*)?
                    $($(parts.method::<$method>(
                        $crate::export_plugin!(@open setup, $method $(, $open_method)?),
                    );)*)?
                    $($(parts.command::<$command>(
                        $crate::export_plugin!(@open setup, $command $(, $open_command)?),
                    );)*)?
                    $($(parts.lifecycle::<$lifecycle>(
                        $crate::export_plugin!(@open setup, $lifecycle $(, $open_lifecycle)?),
                    );)*)?
                    $($(parts.hook::<$hook>(
                        $crate::export_plugin!(@open setup, $hook $(, $open_hook)?),
                    );)*)?
                    let _ = (setup, parts);
                    ::core::result::Result::Ok(())
                })
            }

            seam::module(describe, open)
        }

        const _: () = {
            use $crate::exported as seam;

            extern "C" fn load() -> seam::RootModuleResult {
                seam::__call_root_module_loader(plugin)
            }

            // abi_stable looks for the header under this name. The attribute of abi_stable is not usable here: it names abi_stable by an absolute
            // path and writes a plain `no_mangle`.
            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            pub static HEADER: seam::LibHeader = {
                // SAFETY: `load` returns a reference to the module type named here, as `plugin` returns it.
                unsafe {
                    seam::LibHeader::from_constructor::<seam::PluginModule_Ref>(
                        load,
                        seam::CheckTypeLayout::Yes,
                    )
                }
            };
        };
    };
    (@open $setup:ident, $part:path) => { $part };
    (@open $setup:ident, $part:path, $open:expr) => { ($open)($setup)? };
}

/// Returns the root module of a plugin with these two functions.
pub fn module(
    describe: extern "C" fn() -> RString,
    open: extern "C" fn(HostBox, RStr<'_>) -> RResult<InstanceBox, Failure>,
) -> PluginModule_Ref {
    PluginModule { describe, open }.leak_into_prefix()
}

/// Returns the description in the library as text.
pub fn describe(json: &[u8]) -> RString {
    RString::from(String::from_utf8_lossy(json).as_ref())
}

/// Opens the plugin `name`: `fill` creates its parts.
pub fn open(
    name: &'static str,
    host: HostBox,
    settings: RStr<'_>,
    fill: impl FnOnce(&Setup, &mut Parts) -> Result<(), Error>,
) -> RResult<InstanceBox, Failure> {
    let opened = guard("open", || {
        let host = Host::new(host);
        let setup = Setup::new(name, host.clone(), settings.as_str())?;
        let mut parts = Parts::default();
        fill(&setup, &mut parts)?;
        Ok(Instance_TO::from_value(
            Open {
                host,
                parts: Some(parts),
            },
            TD_Opaque,
        ))
    });
    opened.map_err(Failure::from).into()
}

// The public traits have constants, so `dyn Binder` does not exist; a part is stored as its function.
type Bind = dyn Fn(&Host, &[Match]) -> Vec<Result<Answer, BindError>> + Send + Sync;
type Review = dyn Fn(&Host, &Match, &Answer) -> Result<(), BindError> + Send + Sync;
type FindCredential =
    dyn Fn(&Host, &CredentialQuery) -> Result<Option<Credential>, Error> + Send + Sync;
type CallMethod = dyn Fn(&Host, &Json) -> Result<Json, Error> + Send + Sync;
type RunCommand = dyn Fn(&Host, &Arguments) -> Result<u8, Error> + Send + Sync;
type TakeStep = dyn Fn(&Host, &mut Stage) -> Result<(), Error> + Send + Sync;
type CallHook = dyn Fn(&Host, &HookCall) -> Result<bool, Error> + Send + Sync;

/// Parts of an open plugin, by name.
#[derive(Default)]
pub struct Parts {
    binders: BTreeMap<&'static str, Box<Bind>>,
    reviews: BTreeMap<&'static str, Box<Review>>,
    auth: BTreeMap<&'static str, Box<FindCredential>>,
    methods: BTreeMap<&'static str, Box<CallMethod>>,
    commands: BTreeMap<&'static str, Box<RunCommand>>,
    lifecycle: Vec<Box<TakeStep>>,
    hooks: BTreeMap<&'static str, Box<CallHook>>,
}

/// Step of a run, with its input.
#[derive(Deserialize)]
struct Stage {
    #[serde(skip)]
    step: Option<Step>,
    run: Run,
    /// Before dispatch.
    #[serde(default)]
    arguments: Vec<String>,
    /// After execution.
    #[serde(default)]
    code: u8,
}

/// Event of a call to a scheduler.
#[derive(Deserialize)]
struct HookCall {
    hook: String,
    call: ApiCall,
    event: HookEvent,
    #[serde(default)]
    answer: Json,
    #[serde(default)]
    error: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum HookEvent {
    Pre,
    Post,
    Err,
}

impl Parts {
    /// Adds a binder.
    pub fn binder<T: Binder>(&mut self, part: T) {
        let part = Arc::new(part);
        let binder = Arc::clone(&part);
        let bind = move |host: &Host, found: &[Match]| binder.bind_batch(host, found);
        self.binders.insert(T::NAME, Box::new(bind));
        let review = move |host: &Host, found: &Match, recalled: &Answer| {
            guard(T::NAME, || part.review(host, found, recalled))
        };
        self.reviews.insert(T::NAME, Box::new(review));
    }

    /// Adds a source of credentials.
    pub fn auth<T: AuthSource>(&mut self, part: T) {
        let find = move |host: &Host, query: &CredentialQuery| part.credential(host, query);
        self.auth.insert(T::NAME, Box::new(find));
    }

    /// Adds a method.
    pub fn method<T: Method>(&mut self, part: T) {
        let call = move |host: &Host, input: &Json| part.call(host, input);
        self.methods.insert(T::NAME, Box::new(call));
    }

    /// Adds a command.
    pub fn command<T: Command>(&mut self, part: T) {
        let run = move |host: &Host, arguments: &Arguments| part.run(host, arguments);
        self.commands.insert(T::NAME, Box::new(run));
    }

    /// Adds steps of runs.
    pub fn lifecycle<T: Lifecycle>(&mut self, part: T) {
        let take = move |host: &Host, stage: &mut Stage| match stage.step {
            Some(step) if T::STEPS.contains(&step) => match step {
                Step::BeforeDispatch => {
                    let arguments = std::mem::take(&mut stage.arguments);
                    stage.arguments = part.before_dispatch(host, &stage.run, arguments)?;
                    Ok(())
                }
                Step::BeforeExecution => part.before_execution(host, &stage.run),
                Step::AfterExecution => part.after_execution(host, &stage.run, stage.code),
            },
            _ => Ok(()),
        };
        self.lifecycle.push(Box::new(take));
    }

    /// Adds a hook.
    pub fn hook<T: ApiHook>(&mut self, part: T) {
        let call = move |host: &Host, asked: &HookCall| match asked.event {
            HookEvent::Pre => part.pre(host, &asked.call),
            HookEvent::Post => part.post(host, &asked.call, &asked.answer).map(|()| true),
            HookEvent::Err => part.err(host, &asked.call, &asked.error).map(|()| true),
        };
        self.hooks.insert(T::NAME, Box::new(call));
    }
}

/// Parses the input of the host.
fn read<T: DeserializeOwned>(input: Json, what: &str) -> Result<T, Error> {
    T::deserialize(input).map_err(|cause| {
        Error::invalid(format!(
            "the host asked for {what} in an unknown form: {cause}"
        ))
    })
}

/// Returns the error of a command or a step as a result, because it may have an exit code.
fn stopped(error: &Error) -> Json {
    json!({"error": error.to_json()})
}

/// Returns the function with this name, among functions of one kind.
fn part<'a, T: ?Sized>(
    parts: &'a BTreeMap<&'static str, Box<T>>,
    kind: &str,
    name: &str,
) -> Result<&'a T, Error> {
    match parts.get(name) {
        Some(part) => Ok(part),
        None => Err(Error::invalid(format!("the plugin has no {kind} `{name}`"))),
    }
}

/// Open plugin.
struct Open {
    host: Host,
    /// Empty only while the plugin is dropped.
    parts: Option<Parts>,
}

impl Open {
    fn parts(&self) -> &Parts {
        self.parts.as_ref().expect("parts are there until the drop")
    }

    /// Groups the requests by binder, and returns the answers in the order of the requests.
    fn bind_all(&self, requests: Vec<Request>) -> Result<Vec<Result<Answer, BindError>>, Error> {
        let mut batches: BTreeMap<String, (Vec<usize>, Vec<Match>)> = BTreeMap::new();
        let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
        for (place, request) in requests.into_iter().enumerate() {
            let (places, found) = batches.entry(request.binder.to_string()).or_default();
            places.push(place);
            found.push(Match::from(request));
        }
        for (name, (places, found)) in batches {
            let bind = part(&self.parts().binders, "binder", &name)?;
            let batch = bind(&self.host, &found);
            if batch.len() != places.len() {
                return Err(Error::failed(format!(
                    "binder `{name}` gave {} answers to {} refs",
                    batch.len(),
                    places.len()
                )));
            }
            for (place, answer) in places.into_iter().zip(batch) {
                answers[place] = Some(answer);
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    fn call_any(&self, method: &str, input: &str) -> Result<String, Error> {
        let input: Json = serde_json::from_str(input).map_err(|cause| {
            Error::invalid(format!(
                "the input of method `{method}` is not JSON: {cause}"
            ))
        })?;
        let output = match method {
            "auth.credential" => self.credential(input)?,
            "binder.review" => self.review(input)?,
            "command.run" => self.run(input)?,
            "hook.call" => self.hook(input)?,
            step if step.starts_with("lifecycle.") => self.step(step, input)?,
            name => part(&self.parts().methods, "method", name)?(&self.host, &input)?,
        };
        Ok(output.to_string())
    }

    /// Returns null for each accepted answer, and an error for each refused one.
    fn review(&self, input: Json) -> Result<Json, Error> {
        #[derive(Deserialize)]
        struct Input {
            binder: String,
            recalled: Vec<Recalled>,
        }
        #[derive(Deserialize)]
        struct Recalled {
            address: String,
            parts: Vec<String>,
            cluster: Option<String>,
            value: Json,
            evidence: Option<Json>,
        }
        let input: Input = read(input, "a review")?;
        let review = part(&self.parts().reviews, "binder", &input.binder)?;
        let reviews = input.recalled.into_iter().map(|recalled| {
            let found = Match::new(recalled.address, recalled.parts, recalled.cluster);
            let answer = Answer::new(recalled.value, recalled.evidence);
            match review(&self.host, &found, &answer) {
                Ok(()) => Json::Null,
                Err(error) => error.to_json(),
            }
        });
        Ok(reviews.collect())
    }

    /// Returns `{"code": n}`, or the error of the command.
    fn run(&self, input: Json) -> Result<Json, Error> {
        #[derive(Deserialize)]
        struct Input {
            command: String,
            #[serde(flatten)]
            arguments: Arguments,
        }
        let input: Input = read(input, "a command")?;
        let run = part(&self.parts().commands, "command", &input.command)?;
        Ok(match run(&self.host, &input.arguments) {
            Ok(code) => json!({"code": code}),
            Err(error) => stopped(&error),
        })
    }

    /// Returns `{"arguments": [..]}` with the arguments after the step, or the error that ends the run.
    fn step(&self, method: &str, input: Json) -> Result<Json, Error> {
        let mut stage: Stage = read(input, "a step of a run")?;
        let name = method.trim_start_matches("lifecycle.");
        stage.step = Step::ALL.into_iter().find(|step| step.name() == name);
        for take in &self.parts().lifecycle {
            if let Err(error) = take(&self.host, &mut stage) {
                return Ok(stopped(&error));
            }
        }
        Ok(json!({"arguments": stage.arguments}))
    }

    /// Returns whether the hook permits the call.
    fn hook(&self, input: Json) -> Result<Json, Error> {
        let input: HookCall = read(input, "a hook")?;
        let call = part(&self.parts().hooks, "hook", &input.hook)?;
        call(&self.host, &input).map(Json::Bool)
    }

    fn credential(&self, input: Json) -> Result<Json, Error> {
        #[derive(Deserialize)]
        struct Input {
            source: String,
            #[serde(default)]
            config: Json,
            registry: String,
            repository: String,
            actions: Vec<String>,
        }
        let input: Input = read(input, "a credential")?;
        let find = part(&self.parts().auth, "source of credentials", &input.source)?;
        let query = CredentialQuery {
            registry: input.registry,
            repository: input.repository,
            actions: input.actions,
            config: input.config,
        };
        let found = find(&self.host, &query)?;
        Ok(serde_json::to_value(found).expect("texts are always JSON"))
    }
}

impl Instance for Open {
    fn bind(&self, requests: RVec<Request>) -> RResult<RVec<RResult<AbiAnswer, Failure>>, Failure> {
        let bound = guard("bind", || {
            let answers = self.bind_all(requests.into())?;
            Ok(answers
                .into_iter()
                .map(|answer| answer.map(AbiAnswer::from).map_err(Failure::from).into())
                .collect::<RVec<_>>())
        });
        bound.map_err(Failure::from).into()
    }

    fn call(&self, method: RStr<'_>, input: RStr<'_>) -> RResult<RString, Failure> {
        let called = guard(method.as_str(), || {
            self.call_any(method.as_str(), input.as_str())
        });
        called.map(RString::from).map_err(Failure::from).into()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let parts = self.parts.take();
        let closed = guard("close", || {
            drop(parts);
            Ok(())
        });
        if let Err(error) = closed {
            self.host.error(error.message());
        }
    }
}
