//! Services of the host for plugins.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bindery_diagnostic::{Diagnostic, Kind};
use bindery_host::{
    ApiCall, AuthEntry, Level, NoServices, PluginSet, PreHooksStopped, Services, Settings, Trait,
};
use serde_json::{Map, Value as Json, json};

use super::{bind, busy, check, check_error, library, plugins_of, unruly};

/// Services that record their calls, or panic.
#[derive(Default)]
pub(crate) struct Talk {
    lines: Mutex<Vec<String>>,
    panics: bool,
}

impl Talk {
    /// Returns the logged lines, with plugin and level.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Services for Talk {
    fn log(&self, plugin: &str, level: Level, message: &str) {
        self.lines
            .lock()
            .unwrap()
            .push(format!("{plugin} {level:?}: {message}"));
    }

    fn print(&self, plugin: &str, text: &str) {
        self.lines
            .lock()
            .unwrap()
            .push(format!("{plugin} prints: {text}"));
    }

    fn progress(&self, _plugin: &str, _task: &str, _done: u64, _total: u64) {}

    fn cancelled(&self) -> bool {
        false
    }

    fn cluster(&self, name: &str, traits: &[Trait]) -> Result<Map<String, Json>, Diagnostic> {
        if self.panics {
            panic!("no clusters today");
        }
        let default = traits[0].fields[0].default.clone().unwrap();
        match name {
            "default" => Ok([("storage_bucket".to_owned(), default)]
                .into_iter()
                .collect()),
            _ => NoServices.cluster(name, traits),
        }
    }

    fn cache_folder(&self, plugin: &str) -> Result<PathBuf, Diagnostic> {
        Ok(PathBuf::from("/cache").join(plugin))
    }
}

#[test]
fn a_plugin_sees_a_cluster_through_its_own_traits() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(Talk::default()));
    check(&plugins, "{{unruly[cluster][default]}}", "attic");
    let error = check_error(&plugins, "{{unruly[cluster][gone]}}");
    assert_eq!(
        (error.kind, &*error.message),
        (Kind::NotFound, "unknown cluster `gone`")
    );
}

#[test]
fn log_cache_folder_and_cluster_of_the_job_reach_their_plugin() {
    let talk = Arc::new(Talk::default());
    let plugins = plugins_of(&[unruly()], Settings::default(), talk.clone());
    let (text, errors) = bind(&plugins, Some("west"), "{{unruly[folder][x]}}");
    assert_eq!((text.as_str(), errors), ("/cache/unruly", Vec::new()));
    assert_eq!(talk.lines(), ["unruly Warn: line one of west"]);
}

#[test]
fn the_host_describes_itself() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(NoServices));
    let expected = format!("{}: host.about", env!("CARGO_PKG_VERSION"));
    check(&plugins, "{{unruly[about][x]}}", &expected);
}

#[test]
fn a_panic_in_a_service_is_an_error_in_the_plugin() {
    let services = Talk {
        panics: true,
        ..Talk::default()
    };
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(services));
    let error = check_error(&plugins, "{{unruly[cluster][default]}}");
    assert_eq!(error.message, "the host's `cluster` panicked");
    check(&plugins, "{{unruly[x][a].text}}", "a");
}

fn with_auth(entries: Json) -> PluginSet {
    let auth: Vec<AuthEntry> = serde_json::from_value(entries).unwrap();
    let settings = Settings {
        auth,
        ..Settings::default()
    };
    plugins_of(
        &[unruly(), library("auth"), library("example")],
        settings,
        Arc::new(Talk::default()),
    )
}

#[track_caller]
fn check_user(plugins: &PluginSet, registry: &str, expected: Option<&str>) {
    let found = plugins.credential(registry, "team/app", &["pull"]).unwrap();
    let user = found.as_ref().and_then(|found| found.username());
    assert_eq!(user, expected, "for {registry}");
}

#[test]
fn the_auth_plugin_reads_a_file_for_its_registry_only() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "me:hunter2\n").unwrap();
    let entry = json!([{"plugin": "auth", "registry": "r.example.org", "file": file.path()}]);
    let plugins = with_auth(entry);
    let found = plugins
        .credential("r.example.org", "app", &["pull"])
        .unwrap()
        .unwrap();
    assert_eq!((found.username(), found.kind()), (Some("me"), "password"));
    assert!(!format!("{found:?}").contains("hunter2"));
    check_user(&plugins, "r.example.org:5000", None);
    // The binder of another plugin asks through the host.
    check(&plugins, "{{unruly[login][r.example.org]}}", "me");
}

#[test]
fn answers_are_cached_and_errors_are_not() {
    let plugins = with_auth(json!([{"plugin": "unruly", "source": "counting", "registry": "*"}]));
    check_user(&plugins, "a", Some("user1"));
    check_user(&plugins, "a", Some("user1"));
    check_user(&plugins, "A", Some("user1"));
    check_user(&plugins, "b", Some("user2"));
    check_user(&plugins, "none", None);
    check_user(&plugins, "c", Some("user4"));
    for _ in 0..2 {
        let error = plugins.credential("denied", "app", &["pull"]).unwrap_err();
        assert_eq!(
            (error.kind, &*error.message),
            (Kind::Denied, "the vault is locked")
        );
    }
    check_user(&plugins, "d", Some("user7"));
    // A credential for pulling need not be valid for pushing.
    let pusher = plugins
        .credential("a", "team/app", &["push", "pull"])
        .unwrap()
        .unwrap();
    assert_eq!(pusher.username(), Some("user8"));
}

#[test]
fn tokens_cross_the_seam_in_both_directions() {
    let plugins = with_auth(json!([{"plugin": "unruly", "source": "counting", "registry": "*"}]));
    for (registry, kind) in [
        ("identity", "identity token"),
        ("registry", "registry token"),
    ] {
        let found = plugins.credential(registry, "app", &["pull"]).unwrap();
        assert_eq!(found.unwrap().kind(), kind);
    }
    // For the binder of another plugin, which asks the host.
    check(
        &plugins,
        "{{unruly[login][identity]}}",
        "Credential { identity_token: \"***\" }",
    );
    check(
        &plugins,
        "{{unruly[login][registry]}}",
        "Credential { registry_token: \"***\" }",
    );
}

#[test]
fn entries_are_asked_in_order_until_one_has_a_credential() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "me:hunter2\n").unwrap();
    let plugins = with_auth(json!([
        {"plugin": "unruly", "source": "counting", "registry": "none"},
        {"plugin": "auth", "registry": "*", "file": file.path()},
        {"plugin": "unruly", "source": "counting", "registry": "*"},
    ]));
    check_user(&plugins, "none", Some("me"));
    check_user(&plugins, "other", Some("me"));
}

#[test]
fn a_credential_source_that_asks_the_host_is_stopped() {
    let plugins = with_auth(json!([{"plugin": "unruly", "source": "circular", "registry": "*"}]));
    for _ in 0..2 {
        let error = plugins.credential("a", "app", &["pull"]).unwrap_err();
        assert_eq!(
            error.message,
            "a source of credentials asked for a credential"
        );
    }
}

#[test]
fn entries_for_unknown_plugins_are_reported_at_once_and_when_they_matter() {
    #[track_caller]
    fn check(entry: Json, message: &str, hint: &str) {
        let plugins = with_auth(json!([entry]));
        let [problem] = plugins.problems() else {
            panic!("{:?}", plugins.problems())
        };
        assert_eq!(
            (problem.to_string().as_str(), problem.hint().as_str()),
            (message, hint)
        );
        let error = plugins.credential("r", "app", &["pull"]).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (Kind::Invalid, message)
        );
    }
    check(
        json!({"plugin": "gone", "registry": "r"}),
        "the `[[auth]]` entry for `r` names the plugin `gone`, which was not found",
        "`bindery plugin list` shows all plugins",
    );
    check(
        json!({"plugin": "greeting", "registry": "r"}),
        "the `[[auth]]` entry for `r` names the plugin `greeting`, which has no credentials",
        "`bindery plugin show` lists the parts of a plugin",
    );
    check(
        json!({"plugin": "unruly", "registry": "r"}),
        "the `[[auth]]` entry for `r` does not name a source of plugin `unruly`",
        "add `source`, one of: counting, circular",
    );
    check(
        json!({"plugin": "auth", "source": "vault", "registry": "r"}),
        "the `[[auth]]` entry for `r` names `vault`, which plugin `auth` does not have",
        "known sources: account",
    );
}

#[test]
fn hooks_are_called_before_and_after() {
    let talk = Arc::new(Talk::default());
    let plugins = plugins_of(&[busy()], Settings::default(), talk.clone());
    let call = |method: &str, job: &str, answer: Result<Json, String>| {
        let call = ApiCall {
            method: method.to_owned(),
            job: Some(job.to_owned()),
            config: Json::Null,
            arguments: json!({"instances": [1]}),
        };
        let ended = plugins.with_hooks(&call, || answer, Clone::clone);
        let refusal = |stopped: PreHooksStopped| {
            let mut refusals = stopped.refusals.iter();
            let error = refusals.next().unwrap().error.as_ref().unwrap();
            format!("{stopped}: {error}")
        };
        ended.map_err(refusal)
    };
    let made = call("create_job", "west/www/devel/web", Ok(json!({"ok": 1})));
    assert_eq!(made, Ok(Ok(json!({"ok": 1}))));
    let failed = call(
        "kill_job",
        "west/www/devel/web",
        Err("LOCK_ERROR: busy".into()),
    );
    assert_eq!(failed, Ok(Err("LOCK_ERROR: busy".into())));
    assert_eq!(
        call("create_job", "west/www/prod/web", Ok(Json::Null)),
        Err("Pre hooks stopped call to create_job: production is frozen".into())
    );
    assert_eq!(
        call("restart", "west/www/prod/web", Ok(Json::Null)),
        Ok(Ok(Json::Null))
    );
    assert_eq!(
        talk.lines(),
        [
            r#"busy Warn: pre create_job {"instances":[1]}"#,
            r#"busy Warn: post create_job {"ok":1}"#,
            r#"busy Warn: pre kill_job {"instances":[1]}"#,
            "busy Warn: hook `freeze`: err kill_job LOCK_ERROR: busy",
            r#"busy Warn: pre create_job {"instances":[1]}"#,
        ]
    );
}

#[test]
fn a_library_answers_for_the_mechanism_of_a_cluster() {
    let plugins = plugins_of(&[busy()], Settings::default(), Arc::new(NoServices));
    let module = plugins.auth_module("TICKET").unwrap().unwrap();
    let found = module.credential("scheduler:8081").unwrap().unwrap();
    assert_eq!(found.username(), Some("scheduler:8081"));
}
