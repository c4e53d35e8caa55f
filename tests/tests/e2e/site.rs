//! Plugin of a site, `tests/site-ledger`, built from the author kit alone.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::thread;

use bindery_tests::Bindery;

use crate::apart;
use crate::images::json;

const SHA: &str = "0f343b0931126a20f133d67c2b018a3b1e4c5d3f7a1d0e9c8b7a6f5e4d3c2b1a";

/// Folder with the plugin's library, which has passed its own tests.
static PLUGIN: LazyLock<PathBuf> = LazyLock::new(|| {
    let target = apart::cargo("site-ledger", &["build"]);
    apart::cargo("site-ledger", &["test"]);
    target.join("debug")
});

/// Returns a user whose cluster `west` has its ledger at this place.
fn site(ledger: &str) -> Bindery {
    let plugin = PLUGIN.display().to_string();
    let bindery = Bindery::new()
        .configure_fully(&format!("[plugins]\npath = [{plugin:?}]\n"))
        .clusters(&format!(
            r#"[{{"name": "west", "ledger_uri": {ledger:?}}}]"#
        ))
        .env("SOURCE_DATE_EPOCH", "1795611600");
    bindery.write("web.aurora", JOB);
    bindery
}

const JOB: &str = r#"
web = LedgerRelease(name = 'web', version = '1.4')
unpack = Process(name = 'mode', cmdline = 'test {{ledger[web][1.4].mode}} = %s' % LEDGER_MODE)
jobs = [
  Job(cluster = 'west', role = 'www', environment = 'prod', name = 'web',
      task = SimpleTask('web', '{{ledger[{{release.name}}][{{release.version}}].copy}} && ./{{release.file}}'),
      metadata = [Metadata(key = 'team', value = 'web')]).bind(release = web(before = [unpack]))
]
"#;

/// Arguments that stage the release.
const STAGE: [&str; 10] = [
    "ledger",
    "stage",
    "web",
    "1.4",
    "--cluster",
    "west",
    "--uri",
    "http://files/web",
    "--sha",
    SHA,
];

#[test]
fn a_staged_release_is_bound_in_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let bindery = site(&folder.path().join("ledger").display().to_string());

    let error = bindery.run(["render", "web.aurora"]).failure(4);
    assert!(error.contains("has no `web` 1.4"), "{error}");
    assert_eq!(bindery.run(STAGE).success(), "staged web 1.4\n");
    let error = bindery.run(STAGE).failure(20);
    assert!(error.contains("hint: `--force` replaces"), "{error}");
    let error = bindery.run(["render", "web.aurora"]).failure(3);
    assert!(
        error.contains("hint: `bindery ledger release web 1.4`"),
        "{error}"
    );
    let release = ["ledger", "release", "web", "1.4", "--cluster", "west"];
    assert_eq!(bindery.run(release).success(), "released web 1.4\n");
    let log = bindery.run(["ledger", "log", "web", "--cluster=west"]);
    assert!(log.success().starts_with("1.4 {"));

    let rendered = bindery.run(["render", "web.aurora"]).success();
    let job = &json(&rendered)["jobs"][0];
    let copy = format!(
        "curl -fsSL http://files/web -o web && echo '{SHA}  web' | sha256sum -c - && chmod 755 web && ./web"
    );
    assert_eq!(job["task"]["processes"][0]["cmdline"], copy);
    let entry = |key: &str, value: String| serde_json::json!({"key": key, "value": value});
    let provenance = entry("ledger", format!("web/1.4 sha:{SHA}"));
    let expected = serde_json::json!([entry("team", "web".to_owned()), provenance]);
    assert_eq!(job["metadata"], expected);

    bindery.run(["lock", "web.aurora"]).success();
    std::fs::remove_dir_all(folder.path().join("ledger")).unwrap();
    let frozen = bindery.run(["render", "--frozen", "web.aurora"]);
    assert_eq!(frozen.success(), rendered, "the lock has all of it");
}

#[test]
fn a_ledger_on_a_web_server_is_read_only() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    thread::spawn(move || {
        for stream in server.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            let entry =
                r#"{"uri": "http://files/web", "sha": "5a", "mode": "644", "released": true}"#;
            let answer = match request.starts_with(b"GET /all/web/1.4.json ") {
                true => format!("HTTP/1.0 200 OK\r\n\r\n{entry}"),
                false => "HTTP/1.0 404 Not Found\r\n\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let bindery = site(&format!("http://{address}/all"));
    let rendered = json(&bindery.run(["render", "web.aurora"]).success());
    let provenance = &rendered["jobs"][0]["metadata"][1]["value"];
    assert_eq!(provenance, "web/1.4 sha:5a");
    let mut other = STAGE;
    other[3] = "1.5";
    let error = bindery.run(other).failure(3);
    assert_eq!(error, "error: this ledger can only be read\n");
}

#[test]
fn the_error_for_a_cluster_without_a_ledger_names_the_trait() {
    let bindery = site("/ledger").clusters(r#"[{"name": "west"}]"#);
    let error = bindery.run(["render", "web.aurora"]).failure(3);
    assert!(
        error.contains("LedgerTrait[ledger_uri] is required."),
        "{error}"
    );
    let shown = bindery.run(["cluster", "show", "west"]);
    let stderr = shown.stdout + &shown.stderr;
    assert!(stderr.contains("LedgerTrait"), "{stderr}");
}
