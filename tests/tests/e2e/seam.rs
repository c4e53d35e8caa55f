//! Libraries loaded at run time: answers of good ones, errors of bad ones.

mod bad_libraries;
mod containment;
mod economy;
mod interrupts;
mod programs;
pub(crate) mod services;

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bindery_core::{Binder, Type, Value, bind_all};
use bindery_diagnostic::{Diagnostic, Kind};
use bindery_host::{
    NoServices, PluginInput, PluginProblem, PluginSet, SearchPath, Selection, Services, Settings,
};
use bindery_tests::plugin_folder;

use self::services::Talk;

/// Returns the path of a library of the same build.
pub(crate) fn library(name: &str) -> PathBuf {
    let file = format!("{DLL_PREFIX}bindery_plugin_{name}{DLL_SUFFIX}");
    plugin_folder().join(file)
}

/// Returns the plugin that misbehaves.
pub(crate) fn unruly() -> PathBuf {
    plugin_folder().join(format!("{DLL_PREFIX}bindery_unruly{DLL_SUFFIX}"))
}

/// Returns the plugin with one part of every kind.
pub(crate) fn busy() -> PathBuf {
    plugin_folder().join(format!("{DLL_PREFIX}bindery_busy{DLL_SUFFIX}"))
}

/// Replaces every occurrence of a text in a library by another one of equal length.
pub(crate) fn replace_in(mut library: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<_> = places_of(&library, from).collect();
    assert!(
        !places.is_empty(),
        "no {:?} in the library",
        String::from_utf8_lossy(from)
    );
    for place in places {
        library[place..][..to.len()].copy_from_slice(to);
    }
    library
}

fn places_of<'a>(library: &'a [u8], text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    library
        .windows(text.len())
        .enumerate()
        .filter(move |(_, at)| *at == text)
        .map(|(at, _)| at)
}

fn plugins_of(files: &[PathBuf], settings: Settings, services: Arc<dyn Services>) -> PluginSet {
    let search = SearchPath {
        files: files.to_vec(),
        folders: Vec::new(),
    };
    PluginSet::find(&search, settings, services).unwrap()
}

/// Binds all refs of a text; returns the text and the errors.
fn bind(
    plugins: &PluginSet,
    cluster: Option<&str>,
    text: &str,
) -> (String, Vec<(String, Diagnostic)>) {
    let object = Type::String
        .construct(&[Value::string(text)], &[], None)
        .unwrap();
    let bound = bind_all(&[object], &plugins.binders(cluster));
    let text = bound.objects[0].as_ref().unwrap().display().unwrap();
    let errors = bound.errors.into_iter();
    (
        text,
        errors
            .map(|error| (error.address.address().to_owned(), error.source))
            .collect(),
    )
}

#[track_caller]
fn check(plugins: &PluginSet, text: &str, expected: &str) {
    let (found, errors) = bind(plugins, None, text);
    assert_eq!(
        (found.as_str(), &errors[..]),
        (expected, &[][..]),
        "of {text}"
    );
}

#[track_caller]
fn check_error(plugins: &PluginSet, text: &str) -> Diagnostic {
    let (_, mut errors) = bind(plugins, None, text);
    assert_eq!(errors.len(), 1, "of {text}: {errors:?}");
    errors.remove(0).1
}

#[test]
fn two_plugins_of_one_interface_answer_for_themselves() {
    let plugins = plugins_of(
        &[library("example"), unruly()],
        Settings::default(),
        Arc::new(NoServices),
    );
    check(
        &plugins,
        "{{greeting[en]}} {{unruly[x][you].text}}",
        "hello you",
    );
    check(
        &plugins,
        "{{unruly[x][you].text}} {{greeting[en]}}",
        "you hello",
    );
    let names: Vec<_> = plugins
        .iter()
        .map(|plugin| plugin.description().name.clone())
        .collect();
    assert_eq!(names, ["greeting", "unruly"]);
}

#[test]
fn errors_of_a_binder_keep_kind_and_hint() {
    let plugins = plugins_of(
        &[library("example")],
        Settings::default(),
        Arc::new(NoServices),
    );
    let error = check_error(&plugins, "{{greeting[tlh]}}");
    assert_eq!(error.kind, Kind::NotFound);
    assert_eq!(error.message, "no greeting in `tlh`");
    assert_eq!(error.hint.as_deref(), Some("known languages: en"));
}

#[test]
fn evidence_crosses_the_seam() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(NoServices));
    let object = Type::String
        .construct(&[Value::string("{{unruly[x][é]}}")], &[], None)
        .unwrap();
    let bound = bind_all(&[object], &plugins.binders(None));
    assert_eq!(
        bound.answers[0].answer.evidence.to_json().as_deref(),
        Some("[\"\\u00e9\"]")
    );
}

#[test]
fn a_library_is_opened_by_the_first_request() {
    let files = [library("example"), library("traits"), unruly()];
    let plugins = plugins_of(&files, Settings::default(), Arc::new(NoServices));
    let open = || -> Vec<_> {
        let open = plugins.iter().filter(|plugin| plugin.is_open());
        open.map(|plugin| plugin.description().name.clone())
            .collect()
    };
    assert_eq!(plugins.trait_declarations().count(), 4);
    check(&plugins, "nothing to bind", "nothing to bind");
    assert_eq!(open(), [""; 0]);
    check(&plugins, "{{greeting[en]}}", "hello");
    assert_eq!(open(), ["greeting"]);
}

#[test]
fn a_panic_fails_its_answer_and_no_other() {
    let plugins = plugins_of(
        &[library("example"), unruly()],
        Settings::default(),
        Arc::new(NoServices),
    );
    let (text, errors) = bind(
        &plugins,
        None,
        "{{unruly[panic][ouch]}} {{unruly[x][a].text}} {{greeting[en]}}",
    );
    assert_eq!(text, "{{unruly[panic][ouch]}} a hello");
    let [(address, error)] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert_eq!(address, "unruly[panic][ouch]");
    assert_eq!(
        error.message,
        "plugin `unruly` panicked in `unruly`: ouch and more"
    );
    assert!(error.causes[0].starts_with("panic at "), "{error:?}");
    assert_eq!(error.causes[1], format!("in `{}`", unruly().display()));
    assert_eq!(
        error.hint.as_deref(),
        Some("this is a fault in the plugin: report it to its author")
    );
}

#[test]
fn fewer_answers_than_refs_is_an_error_for_each() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(NoServices));
    let (text, errors) = bind(&plugins, None, "{{short[a]}} {{short[b]}}");
    assert_eq!(text, "{{short[a]}} {{short[b]}}");
    let messages: Vec<_> = errors
        .iter()
        .map(|(_, error)| error.message.as_str())
        .collect();
    assert_eq!(messages, ["binder `short` gave 1 answers to 2 refs"; 2]);
}

#[test]
fn texts_of_plugins_cannot_write_on_the_terminal() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(NoServices));
    let error = check_error(&plugins, "{{unruly[escape][x]}}");
    assert_eq!(
        (error.message.as_str(), error.hint.as_deref()),
        ("red [31m and more", Some("a b"))
    );
}

#[test]
fn an_error_while_opening_concerns_the_refs_of_the_plugin_only() {
    for (how, expected, hint) in [
        (
            "panic",
            "cannot be opened: panicked in `open`: not today",
            "this is a fault in the plugin: report it to its author",
        ),
        (
            "refuse",
            "cannot be opened: no such key `open`",
            "check the plugin's settings in bindery.toml",
        ),
    ] {
        let section = [("open".to_owned(), how.into())].into_iter().collect();
        let settings = Settings {
            input: PluginInput {
                sections: [("unruly".to_owned(), section)].into(),
                ..PluginInput::default()
            },
            ..Settings::default()
        };
        let plugins = plugins_of(
            &[unruly(), library("example")],
            settings,
            Arc::new(NoServices),
        );
        let (text, errors) = bind(&plugins, None, "{{unruly[x][a]}} {{greeting[en]}}");
        assert_eq!(text, "{{unruly[x][a]}} hello");
        let error = &errors[0].1;
        let file = unruly();
        assert_eq!(
            error.message,
            format!("`{}` (plugin `unruly`) {expected}", file.display())
        );
        assert_eq!(error.hint.as_deref(), Some(hint));
    }
}

#[test]
fn a_panic_while_closing_is_logged() {
    let talk = Arc::new(Talk::default());
    let plugins = plugins_of(&[unruly()], Settings::default(), talk.clone());
    check(&plugins, "{{unruly[x][a].text}}", "a");
    drop(plugins);
    assert_eq!(
        talk.lines(),
        ["unruly Error: panicked in `close`: never close me"]
    );
}

#[test]
fn methods_accept_and_return_json() {
    let plugins = plugins_of(&[unruly()], Settings::default(), Arc::new(NoServices));
    let plugin = plugins.get("unruly").unwrap();
    let input = serde_json::json!({"a": [1, null, "ü"]});
    assert_eq!(plugin.call("echo", &input).unwrap(), input);
    let error = plugin.call("gone", &input).unwrap_err();
    assert_eq!(error.message, "the plugin has no method `gone`");
}

/// Creates a folder with copies of libraries.
fn folder_with(root: &Path, name: &str, libraries: &[(&Path, &str)]) -> PathBuf {
    let folder = root.join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (library, name) in libraries {
        std::fs::copy(library, folder.join(name)).unwrap();
    }
    folder
}

#[test]
fn the_first_plugin_of_a_name_hides_the_others() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    let file = format!("{DLL_PREFIX}bindery_plugin_example{DLL_SUFFIX}");
    let one = folder_with(&root, "one", &[(&library("example"), &file)]);
    let two = folder_with(
        &root,
        "two",
        &[
            (&library("example"), &file),
            (&library("example"), "any.so"),
        ],
    );
    let search = SearchPath {
        files: Vec::new(),
        folders: vec![one.clone(), two.clone(), one.clone()],
    };
    let plugins = PluginSet::find(&search, Settings::default(), Arc::new(NoServices)).unwrap();

    let files: Vec<_> = plugins
        .iter()
        .map(|plugin| plugin.file().to_owned())
        .collect();
    assert_eq!(files, [one.join(&file)]);
    let problems: Vec<_> = plugins.problems().iter().map(ToString::to_string).collect();
    let (hidden, by) = (two.join(&file), one.join(&file));
    assert_eq!(
        problems,
        [format!(
            "plugin `greeting` of `{}` is hidden by the one of `{}`",
            hidden.display(),
            by.display()
        )]
    );
}

#[test]
fn a_bad_library_on_the_path_is_a_warning_and_a_named_one_an_error() {
    let root = tempfile::tempdir().unwrap();
    let file = format!("{DLL_PREFIX}bindery_plugin_text{DLL_SUFFIX}");
    let folder = folder_with(
        root.path(),
        "plugins",
        &[(&library("example"), "named.plugin")],
    );
    std::fs::write(folder.join(&file), "not a library").unwrap();

    let named = SearchPath {
        files: vec![folder.join("named.plugin")],
        folders: vec![folder.clone()],
    };
    let plugins = PluginSet::find(&named, Settings::default(), Arc::new(NoServices)).unwrap();
    check(&plugins, "{{greeting[en]}}", "hello");
    let [problem @ PluginProblem::Unusable(_)] = plugins.problems() else {
        panic!()
    };
    assert!(
        problem.to_string().ends_with("is not a dynamic library"),
        "{problem}"
    );

    let named = SearchPath {
        files: vec![folder.join(&file)],
        folders: Vec::new(),
    };
    let error = PluginSet::find(&named, Settings::default(), Arc::new(NoServices))
        .err()
        .unwrap();
    assert!(error.line().ends_with(
        "is not a dynamic library; name a library that was built with `bindery-plugin`"
    ));
}

#[test]
fn binders_are_asked_in_the_configured_order_then_by_name() {
    let order = |first: &[&str]| -> Vec<String> {
        let settings = Settings {
            selection: Selection {
                order: first.iter().map(|&name| name.to_owned()).collect(),
                ..Selection::default()
            },
            ..Settings::default()
        };
        let files = [unruly(), library("traits"), library("example")];
        let plugins = plugins_of(&files, settings, Arc::new(NoServices));
        plugins
            .binders(None)
            .iter()
            .map(|binder| binder.name().to_owned())
            .collect()
    };
    assert_eq!(order(&[]), ["greeting", "unruly", "short"]);
    assert_eq!(
        order(&["unruly", "missing"]),
        ["unruly", "short", "greeting"]
    );
}
