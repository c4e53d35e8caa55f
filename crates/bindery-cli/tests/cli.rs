//! The built program: output and exit codes.

#[path = "cli/auth.rs"]
mod auth;
#[path = "cli/image.rs"]
mod image;
mod support;

use insta::assert_snapshot;

use crate::support::Site;

const MACHINE: &str = r#"[
    {"name": "west", "zk": "zk.example.org", "zk_port": 2181, "slaves": ["a", "b"], "note": null},
    {"zk": "an entry without a name"},
    {"name": "east", "zk": "other.example.org"}
]"#;
const USER: &str =
    r#"{"mine": {"name": "east", "docker_registry": "http://registry.example.org:5000"}}"#;

fn clusters() -> Site {
    let site = Site::new();
    site.file("aurora/clusters.json", MACHINE)
        .file("home/.aurora/clusters.json", USER);
    site
}

#[test]
fn help_is_on_standard_output() {
    assert_snapshot!(Site::new().session(&["--help", "cluster list --help"]));
}

#[test]
fn usage_errors_have_a_separate_exit_code() {
    let lines = [
        "",
        "clutser",
        "cluster show",
        "cluster list --output yaml",
        "image resolve",
    ];
    assert_snapshot!(Site::new().session(&lines));
}

#[test]
fn clusters_are_listed_with_their_files() {
    assert_snapshot!(clusters().session(&["cluster list", "cluster list --output json"]));
}

#[test]
fn list_without_clusters_is_empty() {
    assert_snapshot!(Site::new().session(&["cluster list", "cluster list --output json"]));
}

#[test]
fn show_prints_every_value_of_a_cluster() {
    assert_snapshot!(clusters().session(&["cluster show west", "cluster show east --output json"]));
}

#[test]
fn error_for_an_unknown_cluster_lists_the_known_clusters() {
    assert_snapshot!(clusters().session(&["cluster show north"]));
}

#[test]
fn error_names_an_invalid_clusters_file() {
    let site = Site::new();
    let session = |text: &str| {
        site.file("aurora/clusters.json", text);
        format!("{text}\n{}", site.session(&["cluster list"]))
    };
    assert_snapshot!(
        ["[{", "5", "[5]", r#"[{"name": null}]"#]
            .map(session)
            .join("\n\n")
    );
}

#[test]
fn commands_that_need_no_clusters_do_not_read_them() {
    let site = Site::new();
    site.file("aurora/clusters.json", "[{");
    assert_snapshot!(site.session(&["plugin list"]));
}

#[test]
fn unusable_library_is_reported_and_skipped() {
    let site = Site::new();
    let name = format!("libbindery_plugin_bad{}", std::env::consts::DLL_SUFFIX);
    site.file(&format!("lib/bindery/plugins/{name}"), "no library")
        .file("lib/bindery/plugins/notes.txt", "no library either")
        .file("work/bad.so", "");
    assert_snapshot!(
        site.session(&[
            "plugin list",
            "plugin list --output json",
            "plugin show bad",
            "plugin check",
            "plugin check bad.so missing.so",
            "plugin check bad.so --output json",
            "plugin list --plugin-dir bad.so",
            "plugin list --plugin-dir missing",
        ])
        .replace(std::env::consts::DLL_SUFFIX, ".so")
    );
}

#[test]
fn invalid_settings_are_refused() {
    let site = Site::new();
    site.file(
        "config/bindery/bindery.toml",
        "[plugins]\npaths = [\"a\"]\n[exec.x]\n",
    )
    .file("work/broken.toml", "[plugins\n");
    assert_snapshot!(site.session(&[
        "plugin list",
        "plugin list --config broken.toml",
        "plugin list --config missing.toml",
    ]));
}

#[test]
fn configuration_next_to_job_files_is_not_read() {
    let site = Site::new();
    site.file("work/bindery.toml", "nonsense")
        .file("bindery.toml", "nonsense");
    assert_snapshot!(site.session(&["plugin list"]));
}

#[test]
fn reader_that_closes_early_is_not_an_error() {
    let site = clusters();
    for arguments in [&["cluster", "list"][..], &["--help"]] {
        let mut command = site.command(arguments);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(
            (output.status.code(), output.stderr.as_slice()),
            (Some(0), &b""[..])
        );
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let site = clusters();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = site
        .command(&["cluster", "list"])
        .stdout(full)
        .output()
        .unwrap();
    assert_snapshot!(site.show("cluster list > /dev/full", &output));
}
