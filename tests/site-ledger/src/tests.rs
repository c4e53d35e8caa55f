//! Calls to the plugin as a host makes them.

use bindery_plugin::{BindErrorKind, json, testing::FakeHost};

#[test]
fn what_is_released_is_bound_and_stays() {
    let folder = std::env::temp_dir().join(format!("site-ledger-{}", std::process::id()));
    let host = FakeHost::new().cluster("west", json!({"ledger_uri": folder}));
    let ledger = host.open(super::plugin(), json!({})).unwrap();
    let ledger = ledger.on_cluster("west");
    let bind = |address| ledger.bind("ledger", address);
    let kind = |address| bind(address).unwrap_err().kind();
    let run = |line: &str, more: &[&str]| {
        let line: Vec<_> = line.split(' ').chain(["--cluster", "west"]).collect();
        let ran = ledger.run(&[&line, more].concat());
        ran.map_err(|error| error.exit_code())
    };
    let sha = "0f".repeat(32);
    let stage = format!("stage web 1.4 --uri http://f/web --sha {sha}");
    assert_eq!(kind("ledger[web][1.4]"), BindErrorKind::NotFound);
    assert_eq!(kind("ledger[..][$(x)]"), BindErrorKind::Invalid);
    assert_eq!(run(&stage, &[]), Ok(0));
    assert_eq!(run(&stage, &[]), Err(Some(20)));
    assert_eq!(run(&stage, &["--force", "--mode", "644"]), Ok(0));
    assert_eq!(kind("ledger[web][1.4]"), BindErrorKind::Invalid);
    assert_eq!(run("release web 1.4", &[]), Ok(0));
    assert_eq!(run(&stage, &["--force"]), Err(Some(20)));
    assert_eq!(run("log web", &[]), Ok(0));
    assert!(host.printed().pop().unwrap().starts_with("1.4 {"));
    let answer = bind("ledger[web][1.4]").unwrap();
    assert_eq!(answer.value()["mode"], "644");
    let provenance = json!({"key": "ledger", "value": format!("web/1.4 sha:{sha}")});
    assert_eq!(answer.evidence().unwrap()["metadata"], json!([provenance]));
    std::fs::remove_dir_all(folder).unwrap();
}
