//! Search for a credential in several sources.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bindery_credentials::{
    Credential, CredentialFiles, CredentialSource, Helpers, Keychain, Location, SearchOutcome,
};
use bindery_diagnostic::Severity;
use bindery_reference::Registry;
use bindery_secret::Secret;

/// Sources below one folder, and the warnings about them.
struct Case {
    folder: tempfile::TempDir,
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Case {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            warnings: Arc::default(),
        }
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        self
    }

    fn source(&self, name: &str) -> CredentialSource {
        CredentialSource {
            location: Location::File(self.folder.path().join(name)),
            named_by: None,
            is_required: false,
        }
    }

    fn files(&self, sources: Vec<CredentialSource>) -> CredentialFiles {
        let warnings = Arc::clone(&self.warnings);
        CredentialFiles::new(sources, Helpers::new("/no/such/folder"), move |warning| {
            let report = warning.report(Severity::Warning).to_string();
            warnings.lock().unwrap().push(report);
        })
    }

    /// Returns the warnings without the path of the folder.
    fn warnings(&self) -> Vec<String> {
        let warnings = self.warnings.lock().unwrap();
        warnings
            .iter()
            .map(|text| self.without_folder(text))
            .collect()
    }

    fn without_folder(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

fn login(host: &str, user: &str) -> String {
    format!(r#"{{"auths":{{"{host}":{{"username":"{user}","password":"canary"}}}}}}"#)
}

fn variable(text: impl Into<String>) -> CredentialSource {
    CredentialSource {
        location: Location::Text(Secret::from(text.into())),
        named_by: Some("THE_VARIABLE"),
        is_required: false,
    }
}

#[track_caller]
fn check(files: &CredentialFiles, registry: &str, user: Option<&str>) {
    let registry = Registry::parse(registry).unwrap();
    let credential = files.credential(&registry, "team/app", &["pull"]).unwrap();
    assert_eq!(
        credential.as_ref().and_then(Credential::username),
        user,
        "for {registry}"
    );
}

#[test]
fn the_first_source_with_an_entry_wins() {
    let case = Case::new()
        .file("first", &login("a.example", "first"))
        .file("second", &login("a.example", "second"))
        .file("third", &login("b.example", "third"))
        .file(
            "legacy",
            r#"{"c.example":{"username":"old","password":"p"}}"#,
        );
    let legacy = CredentialSource {
        location: Location::LegacyFile(case.folder.path().join("legacy")),
        ..case.source("")
    };
    let files = case.files(vec![
        case.source("none"),
        case.source("first/below a file"),
        case.source("first"),
        variable(login("b.example", "variable")),
        case.source("second"),
        case.source("third"),
        legacy,
    ]);
    check(&files, "a.example", Some("first"));
    check(&files, "b.example", Some("variable"));
    check(&files, "c.example", Some("old"));
    check(&files, "d.example", None);
    assert!(case.warnings().is_empty(), "{:?}", case.warnings());
    assert!(files.failures().is_empty());
}

#[test]
fn an_unusable_source_causes_one_warning_and_is_skipped() {
    let case = Case::new()
        .file("broken", "canary")
        .file("good", &login("a.example", "good"));
    let files = case.files(vec![
        case.source("broken"),
        variable("{\"canary\":1}"),
        case.source("good"),
    ]);
    check(&files, "a.example", Some("good"));
    check(&files, "b.example", None);
    let expected = [
        "`broken` is not a valid Docker configuration: line 1, column 1",
        "`THE_VARIABLE` is not a valid Docker configuration: line 1, column 9",
    ];
    let hint = "hint: correct it, or log in again with the program that wrote it";
    assert_eq!(
        case.warnings(),
        expected.map(|line| format!("warning: {line}\n{hint}\n"))
    );
    let failures = files.failures();
    let hosts: Vec<_> = failures.iter().map(|(host, _)| host.to_string()).collect();
    assert_eq!(hosts, ["a.example", "a.example", "b.example", "b.example"]);
    let lines = failures.iter().map(|(_, error)| error.to_line());
    let lines: Vec<_> = lines.map(|line| case.without_folder(&line)).collect();
    assert_eq!(lines, [expected, expected].concat());
}

#[test]
fn an_unusable_required_source_is_an_error() {
    let case = Case::new()
        .file("broken", "canary")
        .file("good", &login("a.example", "good"));
    for (name, expected) in [
        (
            "none",
            "cannot read `none`: No such file or directory (os error 2)",
        ),
        (
            "broken",
            "`broken` is not a valid Docker configuration: line 1, column 1",
        ),
    ] {
        let required = CredentialSource {
            is_required: true,
            ..case.source(name)
        };
        let files = case.files(vec![required, case.source("good")]);
        let registry = Registry::parse("a.example").unwrap();
        for _ in 0..2 {
            let error = files.credential(&registry, "a", &["pull"]).unwrap_err();
            assert_eq!(case.without_folder(&error.to_line()), expected);
        }
    }
    assert!(case.warnings().is_empty(), "{:?}", case.warnings());
}

#[test]
fn a_file_is_read_once_by_the_first_search() {
    let case = Case::new();
    // The same file twice, as if a variable named the default.
    let files = case.files(vec![case.source("late"), case.source("late")]);
    let case = case.file("late", &login("a.example", "late"));
    let late = case.folder.path().join("late");
    fs::set_permissions(&late, Permissions::from_mode(0o644)).unwrap();
    check(&files, "a.example", Some("late"));
    fs::remove_file(late).unwrap();
    check(&files, "a.example", Some("late"));
    check(&files, "b.example", None);
    assert_eq!(
        case.warnings(),
        [
            "warning: `late` contains credentials and other users can read it\nhint: run `chmod 600 late`\n"
        ]
    );
}

#[test]
fn a_missing_helper_causes_a_warning() {
    let config =
        r#"{"credsStore":"gone","auths":{"b.example":{"username":"plain","password":"p"}}}"#;
    let case = Case::new()
        .file("config", config)
        .file("next", &login("a.example", "next"));
    let required = CredentialSource {
        is_required: true,
        ..case.source("config")
    };
    let files = case.files(vec![required, case.source("next")]);
    check(&files, "a.example", Some("next"));
    check(&files, "b.example", Some("plain"));
    check(&files, "a.example", Some("next"));
    let warning = |host: &str| {
        format!(
            "warning: credential helper `docker-credential-gone` failed for `{host}`: the helper is not in PATH\n\
             hint: install `docker-credential-gone`, or remove it from `credsStore` or `credHelpers`\n"
        )
    };
    assert_eq!(
        case.warnings(),
        [warning("a.example"), warning("b.example")]
    );
    assert_eq!(files.failures().len(), 2, "{:?}", files.failures());
}

#[test]
fn a_search_lists_all_sources_and_their_outcomes() {
    let config = r#"{"credHelpers":{"a.example":"gone"},"auths":{"a.example/team":{"identitytoken":"canary"}}}"#;
    let case = Case::new().file("config", config).file("broken", "[");
    let files = case.files(vec![
        case.source("none"),
        case.source("broken"),
        case.source("config"),
        case.source("later"),
    ]);
    let registry = Registry::parse("a.example").unwrap();
    let steps = files.search(&registry, "team/app");
    let lines: Vec<String> = steps
        .iter()
        .map(|step| {
            let name = Path::new(step.source.name().trim_matches('`'))
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let helper = step.helper.as_deref().unwrap_or("-");
            let outcome = match &step.outcome {
                SearchOutcome::Found { key, credential } => format!("{key}: {}", credential.kind()),
                SearchOutcome::Failed(_) => "failed".to_owned(),
                other => format!("{other:?}"),
            };
            format!("{name} {helper} {outcome}")
        })
        .collect();
    assert_eq!(
        lines,
        [
            "none - Absent",
            "broken - failed",
            "config docker-credential-gone failed",
            "config - a.example/team: identity token",
            "later - NotAsked",
        ]
    );
    assert!(!format!("{steps:?}").contains("canary"));
    assert!(case.warnings().is_empty());
}
