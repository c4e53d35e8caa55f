//! Lock files, checked against the published schema.

use bindery_tests::Schema;

use super::{PINNED, lock_text, setup};

fn check(text: &str) -> Vec<String> {
    // The schema describes JSON, in which a time is a string.
    let table: toml::Table = toml::from_str(text).unwrap();
    let mut json = serde_json::to_value(&table).unwrap();
    for entry in json["ref"].as_array_mut().into_iter().flatten() {
        let time = entry["first_seen"]["$__toml_private_datetime"].take();
        entry["first_seen"] = time;
    }
    Schema::published("bindery.lock.schema.json").violations(&json)
}

#[test]
fn written_lock_files_match_the_published_schema() {
    let (_registry, bindery) = setup();
    bindery.write("pinned.aurora", PINNED);
    bindery
        .run(["lock", "jobs.aurora", "pinned.aurora"])
        .success();
    let text = lock_text(&bindery);
    assert_eq!(check(&text), Vec::<String>::new());

    for (from, to) in [
        ("version = 1", "version = 2"),
        ("binder = ", "bindr = "),
        ("plugin.sha256 = \"", "plugin.sha256 = \"x"),
        ("check = \"", "check = \"x"),
    ] {
        assert!(!check(&text.replacen(from, to, 1)).is_empty(), "{to}");
    }
}
