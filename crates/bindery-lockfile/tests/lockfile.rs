//! Lock files: writing, parsing, refused files, changes.

use bindery_core::{Answer, Evidence, Value, json};
use bindery_lockfile::{AnswerSource, LockEntry, LockKey, Lockfile, Timestamp, changes};
use proptest::prelude::*;

fn key(address: &str, cluster: Option<&str>) -> LockKey {
    LockKey {
        address: address.to_owned(),
        cluster: cluster.map(str::to_owned),
        binder: address.split('[').next().unwrap().to_owned(),
    }
}

fn entry(answer: Value, evidence: Option<&str>) -> LockEntry {
    let answer = Answer {
        value: answer,
        evidence: evidence.map_or_else(Evidence::default, |text| Evidence::parse(text).unwrap()),
    };
    let source = AnswerSource {
        plugin: "docker".to_owned(),
        version: "0.1.0".to_owned(),
        sha256: "0123".to_owned(),
    };
    LockEntry::new(
        &answer,
        Some(source),
        "2026-11-25T13:00:00Z".parse().unwrap(),
    )
    .unwrap()
}

fn image(tag: &str, hex: char) -> LockEntry {
    let digest = format!("sha256:{}", hex.to_string().repeat(64));
    let evidence = format!(
        r#"{{"asked":"r.example/web:{tag}","digest":"{digest}","registry":"r.example","media_type":null,"platforms":["linux/amd64","linux/arm64"]}}"#
    );
    entry(
        Value::string(format!("r.example/web@{digest}")),
        Some(&evidence),
    )
}

fn example() -> Lockfile {
    let mut lockfile = Lockfile::default();
    lockfile.keep(
        key("docker.image[web][1.4]", Some("west")),
        image("1.4", 'b'),
    );
    lockfile.keep(
        key("docker.image[web][1.4]", Some("east")),
        image("1.4", 'a'),
    );
    let pinned = Value::map([
        ("tag", Value::string("c")),
        ("name", Value::string("web@sha256")),
    ]);
    lockfile.keep(key("docker.pinned[web][2]", None), entry(pinned, None));
    lockfile
}

#[test]
fn a_file_is_sorted_with_one_member_per_line() {
    insta::assert_snapshot!(example().to_text());
}

#[test]
fn a_written_file_is_parsed_in_any_order_and_layout() {
    let lockfile = example();
    let text = lockfile.to_text();
    let same = |text: &str| {
        let read = Lockfile::parse(text).unwrap();
        assert!(changes(&lockfile, &read).is_empty());
        assert_eq!(read.to_text(), lockfile.to_text());
    };
    same(&text);
    same(&text.replace('\n', "\r\n"));
    same(&text.replace("\n[[ref]]", "\n\n# of the other branch\n[[ref]]"));
    let mut blocks: Vec<_> = text.split("\n[[ref]]\n").collect();
    blocks[1..].reverse();
    same(&blocks.join("\n[[ref]]\n"));
    let none = Lockfile::parse("version = 1\n").unwrap();
    assert!(none.is_empty());
}

#[track_caller]
fn refuse(text: &str, line: usize, message: &str) {
    let error = Lockfile::parse(text).unwrap_err();
    assert_eq!((error.line, error.to_string().as_str()), (line, message));
    assert!(!error.problem.hint().is_empty());
}

#[test]
fn an_edited_entry_is_refused_with_its_line() {
    let text = example().to_text();
    let changed = "the entry for `docker.image[web][1.4]` was edited: its `check` does not match";
    refuse(&text.replace(&"a".repeat(64), &"d".repeat(64)), 4, changed);
    refuse(&text.replace("\"west\"", "\"north\""), 19, changed);
    refuse(&text.replacen("linux/arm64", "linux/arm", 1), 4, changed);
    refuse(&text.replacen("2026-11-25", "2026-11-26", 1), 4, changed);
    refuse(
        &text.replacen("docker.image[web]", "docker.image[bew]", 1),
        4,
        &changed.replace("web", "bew"),
    );
    // Two blocks with lines mixed up by a merge.
    let mixed = text.replacen("cluster = \"east\"\n", "", 1);
    refuse(&mixed, 4, changed);
    let block = text.split("\n[[ref]]\n").nth(2).unwrap();
    refuse(
        &format!("{text}\n[[ref]]\n{block}"),
        45,
        "duplicate entry for `docker.image[web][1.4]`",
    );
}

#[test]
fn an_invalid_file_is_refused_with_its_line() {
    let text = example().to_text();
    refuse("", 1, "this is not a valid lock file: `version` is missing");
    refuse(
        "\nversion = 2\n[other]\n",
        2,
        "the lock file has version 2, but this program supports version 1",
    );
    refuse(
        &format!("{text}<<<<<<< HEAD\n"),
        text.lines().count() + 1,
        "the lock file has unresolved merge conflicts",
    );
    refuse(
        &text.replacen("first_seen", "last_seen", 1),
        16,
        "this is not a valid lock file: unknown field `last_seen`, expected one of `address`, `cluster`, `binder`, `answer`, `evidence`, `plugin`, `first_seen`, `check`",
    );
    refuse(
        "version = 1\nref = 5\n",
        2,
        "this is not a valid lock file: invalid type: integer `5`, expected a sequence",
    );
    refuse(
        "{\"a\": 1}",
        1,
        "this is not a valid lock file: invalid key-value pair, expected key",
    );
    let part = |from: &str, to: &str, message: &str| {
        let text = text.replacen(from, to, 1);
        refuse(
            &text,
            4,
            &format!("the entry for `docker.image[web][1.4]` has an invalid {message}"),
        );
    };
    part(
        "2026-11-25T13:00:00Z",
        "2026-11-25",
        "`first_seen`: `2026-11-25` is not a time of the form `2026-11-25T13:00:00Z`",
    );
    part(
        &format!("\"r.example/web@sha256:{}\"", "a".repeat(64)),
        "[1]",
        "`answer`: it is neither a text nor a table",
    );
    part(
        "[\"linux/amd64\", \"linux/arm64\"]",
        "1979-05-27",
        "`evidence`: dates are not supported",
    );
}

#[test]
fn an_unchanged_answer_keeps_its_entry() {
    let mut lockfile = example();
    let before = lockfile.to_text();
    let again = image("1.4", 'a').recall();
    let again = LockEntry::new(&again, None, Timestamp::from_unix(0).unwrap()).unwrap();
    lockfile.keep(key("docker.image[web][1.4]", Some("east")), again);
    assert_eq!(lockfile.to_text(), before);
}

#[test]
fn changes_are_described_in_words() {
    let before = example();
    let mut after = example();
    after.keep(
        key("docker.image[web][1.4]", Some("west")),
        image("1.4", 'f'),
    );
    after.retain(|key| key.cluster.as_deref() != Some("east"));
    after.keep(
        key("greeting[en]", None),
        entry(Value::string("hello"), None),
    );
    let lines: Vec<_> = changes(&before, &after)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "r.example/web:1.4 is dropped; it was sha256:aaaaaaaaaaaa… (docker.image, east)",
            "r.example/web:1.4 moved from sha256:bbbbbbbbbbbb… to sha256:ffffffffffff… (docker.image, west)",
            "greeting[en] is `hello` (greeting)",
        ]
    );
}

#[test]
fn an_equal_digest_in_another_form_is_described_by_its_answers() {
    let (mut before, mut after) = (Lockfile::default(), Lockfile::default());
    let evidence = r#"{"asked":"web:1","digest":"sha256:aa"}"#;
    let of = |answer| entry(Value::string(answer), Some(evidence));
    before.keep(key("docker.image[web][1]", None), of("web@sha256:aa"));
    after.keep(key("docker.image[web][1]", None), of("web:1@sha256:aa"));
    assert_eq!(
        changes(&before, &after)[0].to_string(),
        "web:1 moved from `web@sha256:aa` to `web:1@sha256:aa` (docker.image)"
    );
}

#[test]
fn a_digest_is_replaced_in_answer_and_evidence() {
    let now = Timestamp::from_unix(0).unwrap();
    let new = format!("sha256:{}", "e".repeat(64));
    let moved = image("1.4", 'a').with_digest(&new, now).unwrap();
    let answer = moved.recall();
    assert_eq!(
        answer.value.as_str(),
        Some(format!("r.example/web@{new}").as_str())
    );
    assert_eq!(moved.evidence("digest"), Some(new.as_str()));
    assert_eq!(moved.evidence("asked"), Some("r.example/web:1.4"));
    assert!(!answer.evidence.to_json().unwrap().contains("platforms"));
    assert!(
        entry(Value::string("hello"), None)
            .with_digest(&new, now)
            .is_none()
    );
}

#[test]
fn an_answer_that_toml_cannot_hold_is_refused() {
    let refuse = |value: Value, message: &str| {
        let answer = Answer::new(value);
        let error = LockEntry::new(&answer, None, Timestamp::from_unix(0).unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("a lock file cannot hold the answer: it contains {message}")
        );
    };
    refuse(Value::map([("a", Value::None)]), "null");
    let big = json::parse("{\"a\": 99999999999999999999}").unwrap();
    refuse(big, "an integer of more than 64 bits");
}

/// Returns JSON that a binder may answer.
fn answers() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        prop::num::f64::NORMAL.prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    let any_value = leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![
        any::<String>().prop_map(serde_json::Value::from),
        prop::collection::btree_map(any::<String>(), any_value, 0..5)
            .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
    ]
}

proptest! {
    #[test]
    fn every_answer_survives_a_round_trip(answer in answers(), evidence in answers(), cluster in any::<Option<String>>()) {
        let value = json::parse(&answer.to_string()).unwrap();
        let mut lockfile = Lockfile::default();
        let key = key("docker.image[a][b]", cluster.as_deref());
        lockfile.keep(key.clone(), entry(value.clone(), Some(&evidence.to_string())));
        let text = lockfile.to_text();
        let read = Lockfile::parse(&text).unwrap();
        prop_assert!(read.get(&key).unwrap().value().python_eq(&value));
        prop_assert_eq!(read.to_text(), text);
    }

    #[test]
    fn any_text_ends_in_an_answer(text in "(version = 1\n)?(\\[\\[ref\\]\\]\n)?[a-z\\[\\]=\" .{}\n]{0,80}") {
        let _ = Lockfile::parse(&text);
    }
}
