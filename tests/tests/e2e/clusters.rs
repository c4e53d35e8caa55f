//! Cluster keys that plugins declare: printed by `bindery cluster show`, checked when a binder asks for them.

use bindery_tests::{Bindery, Ran};

use crate::images::json;
use crate::seam::{replace_in, unruly};

/// Returns a user whose only cluster, `west`, has a name and these keys.
fn west(keys: &str) -> Bindery {
    Bindery::new().clusters(&format!("[{{\"name\": \"west\"{keys}}}]"))
}

/// Runs the command with the built plugins and `unruly`, which declares the trait `storage`.
fn run<const N: usize>(bindery: &Bindery, arguments: [&str; N]) -> Ran {
    let mut command = bindery.command(arguments);
    command.arg("--plugin-dir").arg(unruly());
    Ran::of(command)
}

/// Binds a ref of `unruly` to the value of `storage_bucket`.
fn bucket(bindery: &Bindery) -> Ran {
    bindery.write("bucket.txt", "{{unruly[cluster][west]}}");
    run(bindery, ["render", "bucket.txt", "--text"])
}

/// Replaces the user's folder by `HOME`, and removes the line that `unruly` always prints at its end.
fn stable(bindery: &Bindery, text: &str) -> String {
    text.replace(bindery.home().to_str().unwrap(), "HOME")
        .replace(
            "error: plugin `unruly`: panicked in `close`: never close me\n",
            "",
        )
}

#[test]
fn values_of_a_site_trait_are_printed_with_their_source() {
    let bindery = west(r#", "storage_owner": 5, "storage_days": " 7 ", "rack": "r\n1""#);
    let shown = run(&bindery, ["cluster", "show", "west"]).success();
    insta::assert_snapshot!(stable(&bindery, &shown), @r#"
    name             west                          HOME/clusters/clusters.json
    storage_owner    5                             HOME/clusters/clusters.json
    storage_days     7                             HOME/clusters/clusters.json
    rack             "r\n1"                        HOME/clusters/clusters.json
    docker_registry  https://registry-1.docker.io  default of DockerRegistryTrait (plugin `docker`)
    zk_port          2181                          default of SchedulerClientTrait (plugin `traits`)
    auth_mechanism   UNAUTHENTICATED               default of SchedulerClientTrait (plugin `traits`)
    storage_bucket   attic                         default of storage (plugin `unruly`)
    problem: CommandRunnerTrait[slave_root] is required. (plugin `traits`, in `HOME/clusters/clusters.json`)
    "#);

    let shown = run(&bindery, ["cluster", "show", "west", "--output", "json"]).success();
    let sheet = json(&shown);
    let row = |key: &str| {
        let rows = sheet["values"].as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap().clone()
    };
    let file = bindery.home().join("clusters/clusters.json");
    assert_eq!(
        [row("storage_days"), row("storage_bucket")],
        [
            serde_json::json!({"key": "storage_days", "value": 7, "from": {"file": file}}),
            serde_json::json!({
                "key": "storage_bucket", "value": "attic",
                "from": {"trait": "storage", "plugin": "unruly"},
            }),
        ]
    );
    assert_eq!(bucket(&bindery).success(), "attic");
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_with_file_and_key() {
    let bindery = west(r#", "storage_owner": "me", "storage_days": "week""#);
    insta::assert_snapshot!(stable(&bindery, &bucket(&bindery).failure(3)), @r#"
    error: binder `unruly` could not bind `unruly[cluster][west]`
      at bucket.txt:1:1
       | {{unruly[cluster][west]}}
       | ^
      cause: cluster `west` does not match the traits of the plugin
      cause: storage[storage_days] failed: Unable to interpolate: Cannot coerce 'week' to Integer
    hint: correct `HOME/clusters/clusters.json`
    "#);
    let shown = run(&bindery, ["cluster", "show", "west"]).success();
    insta::assert_snapshot!(stable(&bindery, &shown), @r#"
    name             west                          HOME/clusters/clusters.json
    storage_owner    me                            HOME/clusters/clusters.json
    storage_days     week                          HOME/clusters/clusters.json
    docker_registry  https://registry-1.docker.io  default of DockerRegistryTrait (plugin `docker`)
    zk_port          2181                          default of SchedulerClientTrait (plugin `traits`)
    auth_mechanism   UNAUTHENTICATED               default of SchedulerClientTrait (plugin `traits`)
    problem: CommandRunnerTrait[slave_root] is required. (plugin `traits`, in `HOME/clusters/clusters.json`)
    problem: storage[storage_days] failed: Unable to interpolate: Cannot coerce 'week' to Integer (plugin `unruly`, in `HOME/clusters/clusters.json`)
    "#);
}

#[test]
fn a_missing_required_key_is_an_error_when_its_plugin_asks() {
    let bindery = west("");
    insta::assert_snapshot!(stable(&bindery, &bucket(&bindery).failure(3)), @r#"
    error: binder `unruly` could not bind `unruly[cluster][west]`
      at bucket.txt:1:1
       | {{unruly[cluster][west]}}
       | ^
      cause: cluster `west` does not match the traits of the plugin
      cause: storage[storage_owner] is required.
    hint: correct `HOME/clusters/clusters.json`
    "#);
    bindery.write("other.txt", "{{greeting[en]}}");
    let other = run(
        &bindery,
        ["render", "other.txt", "--text", "--cluster", "west"],
    );
    assert_eq!(other.success(), "hello");
}

#[test]
fn each_default_is_printed_with_the_name_of_its_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let twin = std::fs::read(unruly()).unwrap();
    let twin = replace_in(twin, b"{\"name\":\"unruly\"", b"{\"name\":\"unrulz\"");
    let twin = replace_in(twin, b"\"default\":\"attic\"", b"\"default\":\"vault\"");
    let file = folder.path().join("twin.so");
    std::fs::write(&file, twin).unwrap();

    let bindery = west(r#", "storage_owner": "me""#);
    let mut command = bindery.command(["cluster", "show", "west", "--output", "json"]);
    command.arg("--plugin-dir").arg(unruly());
    command.arg("--plugin-dir").arg(file);
    let sheet = json(&Ran::of(command).success());
    let rows = sheet["values"].as_array().unwrap().iter();
    let buckets: Vec<_> = rows
        .filter(|row| row["key"] == "storage_bucket")
        .map(|row| {
            (
                row["value"].as_str().unwrap(),
                row["from"]["plugin"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(buckets, [("attic", "unruly"), ("vault", "unrulz")]);
}

#[test]
fn an_invalid_registry_key_has_the_message_of_the_original() {
    let bindery = west(r#", "docker_registry": null"#);
    bindery.write("image.txt", "{{docker.image[team/web][1]}}");
    let ran = bindery.run(["render", "image.txt", "--text", "--cluster", "west"]);
    insta::assert_snapshot!(stable(&bindery, &ran.failure(3)), @r#"
    error: binder `docker.image` could not bind `docker.image[team/web][1]`
      at image.txt:1:1
       | {{docker.image[team/web][1]}}
       | ^
      cause: cluster `west` does not match the traits of the plugin
      cause: DockerRegistryTrait[docker_registry] failed: Unable to interpolate: Cannot coerce 'None' to String
    hint: correct `HOME/clusters/clusters.json`
    "#);
}
