//! Plugin with every kind of part, called through its exported tables.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bindery_plugin::{
    Answer, AuthSource, BindError, BindErrorKind, Binder, Credential, CredentialQuery, Error,
    Field, Host, Json, Match, Method, Setup, Trait, export_plugin, json,
    serde::Deserialize,
    testing::{FakeHost, OpenPlugin, breaches, description},
};

/// Answers with its input, or misbehaves on request.
struct Echo;

impl Binder for Echo {
    const NAME: &'static str = "echo";
    const PATTERN: &'static str = "echo[*][*]";

    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError> {
        match (found.index(0), found.index(1)) {
            ("text", text) => {
                Ok(Answer::text(text).with_evidence(json!({"asked": found.address()})))
            }
            ("parts", _) => Ok(Answer::text(found.parts().join(" "))),
            ("key", key) => {
                let cluster = host.cluster(found.cluster().unwrap_or("none"))?;
                Ok(Answer::text(cluster.text(key)?.unwrap_or("absent")))
            }
            ("login", registry) => {
                let found = host.credential(registry, "app", &["pull"])?;
                Ok(Answer::text(
                    found.map_or("anonymous".to_owned(), |it| format!("{it:?}")),
                ))
            }
            ("log", text) => {
                host.warn(text);
                host.print(text);
                Ok(Answer::structure([("done", true)]))
            }
            ("panic", text) => panic!("{text}"),
            (_, kind) => Err(match kind {
                "not found" => BindError::not_found("nothing")
                    .cause("404")
                    .hint("look elsewhere"),
                "denied" => BindError::denied("no"),
                "no answer" => BindError::no_answer("silence"),
                "invalid" => BindError::invalid("nonsense"),
                _ => BindError::failed("broken").because(&std::fmt::Error),
            }),
        }
    }
}

/// Returns too few answers.
struct Short;

impl Binder for Short {
    const NAME: &'static str = "short";
    const PATTERN: &'static str = "short[*]";

    fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
        Ok(Answer::text(""))
    }

    fn bind_batch(&self, host: &Host, found: &[Match]) -> Vec<Result<Answer, BindError>> {
        found[1..]
            .iter()
            .map(|found| self.bind(host, found))
            .collect()
    }
}

/// Created once, although two parts use it.
struct Counter(AtomicUsize);

#[derive(Deserialize)]
#[serde(crate = "bindery_plugin::serde", deny_unknown_fields)]
struct Config {
    #[serde(default)]
    start: usize,
    #[serde(default)]
    rude: bool,
}

impl Counter {
    fn open(setup: &Setup) -> Result<Self, Error> {
        let config: Config = setup.config()?;
        if config.rude {
            panic!("not today");
        }
        Ok(Self(AtomicUsize::new(config.start)))
    }
}

struct Next(Arc<Counter>);

impl Next {
    fn open(setup: &Setup) -> Result<Self, Error> {
        setup.shared(Counter::open).map(Self)
    }
}

impl Binder for Next {
    const NAME: &'static str = "next";
    const PATTERN: &'static str = "next";

    fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
        Ok(Answer::text(
            self.0.0.fetch_add(1, Ordering::Relaxed).to_string(),
        ))
    }
}

struct Count(Arc<Counter>);

impl Count {
    fn open(setup: &Setup) -> Result<Self, Error> {
        setup.shared(Counter::open).map(Self)
    }
}

impl Method for Count {
    const NAME: &'static str = "count";

    fn call(&self, _host: &Host, input: &Json) -> Result<Json, Error> {
        Ok(json!([input, self.0.0.load(Ordering::Relaxed)]))
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        panic!("never close me");
    }
}

struct Door;

impl AuthSource for Door {
    const NAME: &'static str = "door";
    const MECHANISMS: &'static [&'static str] = &["DOOR"];

    fn credential(
        &self,
        _host: &Host,
        query: &CredentialQuery,
    ) -> Result<Option<Credential>, Error> {
        #[derive(Deserialize)]
        #[serde(crate = "bindery_plugin::serde")]
        struct Entry {
            user: String,
        }
        let entry: Entry = query.config()?;
        assert_eq!(
            (query.repository(), query.actions()),
            ("app", &["pull".to_owned()][..])
        );
        Ok(match query.registry() {
            "known:5000" => Some(Credential::new(entry.user, "secret")),
            "identity" => Some(Credential::identity_token("secret")),
            "registry" => Some(Credential::registry_token("secret")),
            _ => None,
        })
    }
}

const STORAGE: Trait = Trait::new("storage", &[Field::string("bucket").required()]);

export_plugin! {
    name: "every",
    binders: [Echo, Short, Next => Next::open],
    traits: [STORAGE],
    auth: [Door],
    methods: [Count => Count::open],
}

fn host() -> FakeHost {
    FakeHost::new()
        .cluster("here", json!({"bucket": "b", "number": 1, "nothing": null}))
        .credential("known:5000", Credential::new("me", "secret"))
        .credential("identity", Credential::identity_token("secret"))
        .credential("registry", Credential::registry_token("secret"))
}

fn open() -> OpenPlugin {
    host().open(plugin(), json!({"start": 3})).unwrap()
}

#[track_caller]
fn check(address: &str, value: Json) {
    let binder = address.split('[').next().unwrap();
    let answer = open().on_cluster("here").bind(binder, address).unwrap();
    assert_eq!(answer.value(), &value, "of {address}");
}

#[track_caller]
fn check_error(address: &str, kind: BindErrorKind, message: &str) -> BindError {
    let error = open().on_cluster("here").bind("echo", address).unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (kind, message),
        "of {address}"
    );
    error
}

#[test]
fn answers_are_texts_or_structs() {
    check("echo[text][a \"quoted\" ü]", json!("a \"quoted\" ü"));
    check("echo[parts][x]", json!("echo parts x"));
    check("echo[log][x]", json!({"done": true}));
    check("next", json!("3"));
}

#[test]
fn evidence_travels_beside_the_answer() {
    let answer = open().bind("echo", "echo[text][x]").unwrap();
    assert_eq!(answer.evidence(), Some(&json!({"asked": "echo[text][x]"})));
}

#[test]
fn errors_keep_kind_causes_and_hint() {
    let error = check_error("echo[fail][not found]", BindErrorKind::NotFound, "nothing");
    assert_eq!(error.causes(), ["404"]);
    assert_eq!(error.hint_text(), Some("look elsewhere"));
    check_error("echo[fail][denied]", BindErrorKind::Denied, "no");
    check_error("echo[fail][no answer]", BindErrorKind::NoAnswer, "silence");
    check_error("echo[fail][invalid]", BindErrorKind::Invalid, "nonsense");
    let error = check_error("echo[fail][x]", BindErrorKind::Failed, "broken");
    assert_eq!(error.causes(), [std::fmt::Error.to_string()]);
}

#[test]
fn the_host_serves_clusters_credentials_and_talk() {
    check("echo[key][bucket]", json!("b"));
    check("echo[key][nothing]", json!("absent"));
    check_error(
        "echo[key][number]",
        BindErrorKind::Invalid,
        "`number` of cluster `here` is not a text",
    );
    check("echo[login][other]", json!("anonymous"));
    check(
        "echo[login][known:5000]",
        json!("Credential { username: \"me\", password: \"***\" }"),
    );
    check(
        "echo[login][identity]",
        json!("Credential { identity_token: \"***\" }"),
    );
    check(
        "echo[login][registry]",
        json!("Credential { registry_token: \"***\" }"),
    );

    let host = host();
    let open = host.open(plugin(), Json::Null).unwrap();
    open.bind("echo", "echo[log][hear]").unwrap();
    assert_eq!(
        (host.log(), host.printed()),
        (vec!["warn: hear".into()], vec!["hear".into()])
    );
    let error = open
        .on_cluster("gone")
        .bind("echo", "echo[key][x]")
        .unwrap_err();
    assert_eq!(error.message(), "unknown cluster `gone`");
}

#[test]
fn a_panic_costs_one_answer_only() {
    let answers = open()
        .bind_batch(
            "echo",
            &["echo[text][a]", "echo[panic][ouch]", "echo[text][b]"],
        )
        .unwrap();
    assert_eq!(answers[0].as_ref().unwrap().value(), "a");
    assert_eq!(answers[2].as_ref().unwrap().value(), "b");
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::PluginPanicked);
    assert_eq!(error.message(), "panicked in `echo`: ouch");
    assert!(error.causes()[0].starts_with("panic at "), "{error:?}");
}

#[test]
fn a_batch_that_comes_back_short_is_an_error() {
    let error = open()
        .bind_batch("short", &["short[a]", "short[b]"])
        .unwrap_err();
    assert_eq!(error.message(), "binder `short` gave 1 answers to 2 refs");
}

#[test]
fn unknown_parts_are_named() {
    let open = open();
    let error = open.bind("gone", "gone").unwrap_err();
    assert_eq!(error.message(), "the plugin has no binder `gone`");
    assert_eq!(
        open.call("gone", Json::Null).unwrap_err().message(),
        "the plugin has no method `gone`"
    );
    let error = open.credential("gone", Json::Null, "r", "app").unwrap_err();
    assert_eq!(
        error.message(),
        "the plugin has no source of credentials `gone`"
    );
}

#[test]
fn parts_share_what_they_ask_for_together() {
    let open = open();
    open.bind("next", "next").unwrap();
    assert_eq!(open.call("count", json!("in")).unwrap(), json!(["in", 4]));
}

#[test]
fn sources_give_a_credential_or_none_or_an_error() {
    let open = open();
    let entry = json!({"user": "me"});
    let find = |registry| {
        open.credential("door", entry.clone(), registry, "app")
            .unwrap()
    };
    let me = Credential::new("me", "secret");
    assert_eq!(find("known:5000"), Some(me));
    assert_eq!(find("identity"), Some(Credential::identity_token("secret")));
    assert_eq!(find("registry"), Some(Credential::registry_token("secret")));
    assert_eq!(find("other"), None);
    let error = open
        .credential("door", json!({}), "known:5000", "app")
        .unwrap_err();
    assert_eq!(
        error.message(),
        "the `[[auth]]` entry for `known:5000` is not valid: missing field `user`"
    );
}

#[test]
fn errors_while_opening_and_closing_are_reported() {
    let error = host().open(plugin(), json!({"stat": 1})).err().unwrap();
    assert_eq!(error.kind(), BindErrorKind::Invalid);
    assert!(error.message().contains("unknown field `stat`"), "{error}");
    let error = host().open(plugin(), json!({"rude": true})).err().unwrap();
    assert_eq!(error.message(), "panicked in `open`: not today");

    let host = host();
    drop(host.open(plugin(), Json::Null).unwrap());
    assert_eq!(host.log(), ["error: panicked in `close`: never close me"]);
}

#[test]
fn nothing_is_asked_after_the_user_cancelled() {
    let host = host();
    let open = host.open(plugin(), Json::Null).unwrap();
    host.cancel();
    let error = open.bind("echo", "echo[text][x]").unwrap_err();
    assert_eq!(error.kind(), BindErrorKind::Cancelled);
}

#[test]
fn the_description_lists_every_part() {
    let field =
        json!({"name": "bucket", "type": "String", "required": true, "default": null, "help": ""});
    assert_eq!(
        description(plugin()),
        json!({
            "name": "every",
            "version": env!("CARGO_PKG_VERSION"),
            "abi": 1,
            "binders": [
                {"name": "echo", "pattern": "echo[*][*]", "reviews": false},
                {"name": "short", "pattern": "short[*]", "reviews": false},
                {"name": "next", "pattern": "next", "reviews": false},
            ],
            "traits": [{"name": "storage", "fields": [field]}],
            "schema": [],
            "auth": ["door"],
            "mechanisms": [{"name": "DOOR", "source": "door"}],
            "methods": ["count"],
            "options": [],
            "commands": [],
            "lifecycle": [],
            "hooks": [],
        })
    );
}

#[test]
fn breaches_of_the_contract_are_found() {
    let examples = [
        ("echo[text][a]", Ok(json!("a"))),
        ("echo[text][b]", Ok(json!("x"))),
        ("echo[panic][ouch]", Err("ouch")),
        ("echo[text]", Ok(json!("short"))),
        ("next", Ok(json!("0"))),
        ("short[a]", Ok(json!(""))),
    ];
    let found = breaches(plugin(), &host(), &Json::Null, &examples);
    let shown: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(
        shown,
        [
            "the plugin has no binder for `echo[text]`",
            "the plugin says \"b\" to `echo[text][b]`",
            "the plugin says the error `panicked in `echo`: ouch` to `echo[panic][ouch]`",
            "the plugin says the error `panicked in `echo`: ouch` to `echo[panic][ouch]` among others",
            "the plugin says \"b\" to `echo[text][b]` among others",
            "the plugin says \"1\" to `next` among others",
            "the plugin says \"2\" to `next` among others",
            "the plugin says the error `binder `short` gave 0 answers to 1 refs` to `short[a]`",
            "the plugin answers no batch of `short`: binder `short` gave 1 answers to 2 refs",
            "the plugin cannot be closed: error: panicked in `close`: never close me",
        ]
    );
}
