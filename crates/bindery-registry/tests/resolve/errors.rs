//! Error messages, causes and hints.

use bindery_diagnostic::{Diagnostic, Kind, Subject};
use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_registry::{Client, ErrorDetail};

use crate::{anonymous, lines, report, resolve, user};

/// Returns kind and text of the error for `web:1` in `fake`.
async fn failure(client: &Client, fake: &Fake) -> (Kind, String) {
    let error = resolve(client, fake, "web:1").await.unwrap_err();
    (error.kind(), report(fake, &error))
}

#[tokio::test]
async fn an_unknown_tag() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "2", &Image::oci("hello"));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::NotFound);
    insta::assert_snapshot!(text, @r"
    no tag `1` in `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 returned 404 MANIFEST_UNKNOWN: manifest unknown
    hint: check the spelling, and that `1` was pushed to `registry:5000/web`
    ");
    assert_eq!(
        lines(&fake),
        ["HEAD /v2/web/manifests/1", "GET /v2/web/manifests/1"]
    );
}

#[tokio::test]
async fn an_unknown_repository() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(404).body(
        r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}"#,
    ));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::NotFound);
    insta::assert_snapshot!(text, @r"
    no repository `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 returned 404 NAME_UNKNOWN: repository name not known to registry
    hint: check the spelling of `web`
    ");
}

#[tokio::test]
async fn an_unknown_format() {
    let fake = Fake::start(Options::anonymous());
    let message = "OCI index found, but accept header does not support OCI indexes";
    fake.fault(Fault::status(404).body(format!(
        r#"{{"errors":[{{"code":"MANIFEST_UNKNOWN","message":"{message}"}}]}}"#
    )));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` has `web:1` only in a format that this client does not support
      cause: GET http://registry:5000/v2/web/manifests/1 returned 404 MANIFEST_UNKNOWN: OCI index found, but accept header does not support OCI indexes
    hint: push the image again as an OCI or Docker schema 2 image
    ");
}

#[tokio::test]
async fn no_credential() {
    let fake = Fake::start(Options::basic("alice", "canary"));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` requires a credential for `web:1`, and none was found
      cause: HEAD http://registry:5000/v2/web/manifests/1 returned 401 Unauthorized
    hint: give a credential for `registry:5000`, for example with an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn a_wrong_password() {
    let fake = Fake::start(Options::basic("alice", "canary"));
    let (kind, text) = failure(&user("alice", "wrong canary").0, &fake).await;
    assert_eq!(kind, Kind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` does not accept the credential of user `alice` for `registry:5000/web:1`
      cause: HEAD http://registry:5000/v2/web/manifests/1 returned 401 Unauthorized
    hint: check user name and password; they may have been changed
    ");
    assert_eq!(lines(&fake).len(), 2);
}

#[tokio::test]
async fn a_wrong_password_at_the_token_server() {
    let fake = Fake::start(Options::token_for("alice", "canary"));
    let (kind, text) = failure(&user("alice", "wrong canary").0, &fake).await;
    assert_eq!(kind, Kind::Denied);
    insta::assert_snapshot!(text, @r"
    `http://registry:5000/token` does not accept the credential of user `alice` for `registry:5000/web:1`
      cause: GET http://registry:5000/token?service=fake-registry&scope=repository%3Aweb%3Apull&client_id=bindery&account=*** returned 401 Unauthorized: incorrect username or password
    hint: check user name and password; they may have been changed
    ");
}

#[tokio::test]
async fn a_private_repository() {
    let fake = Fake::start(Options::token_for("alice", "canary"));
    fake.push("web", "1", &Image::oci("hello"));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` denies access to `web:1` to anonymous users (scope `repository:web:pull`)
      cause: HEAD http://registry:5000/v2/web/manifests/1 returned 401 Unauthorized
    hint: check the spelling; if it is right, give a credential for `registry:5000`, for example with an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn a_forbidden_repository() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(403).body(
        r#"{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}"#,
    ));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` denies access to `web:1` to anonymous users
      cause: GET http://registry:5000/v2/web/manifests/1 returned 403 DENIED: requested access to the resource is denied
    hint: check the spelling; if it is right, give a credential for `registry:5000`, for example with an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn an_unreachable_registry() {
    // The socket is bound, so that no other process gets the port, and does not listen.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let gone = socket.local_addr().unwrap().to_string();
    let reference = format!("{gone}/web:1").parse().unwrap();
    let error = anonymous().resolve(&reference).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NoAnswer);
    let fake = Fake::start(Options::anonymous());
    insta::assert_snapshot!(report(&fake, &error).replace(&gone, "registry:5000"), @r"
    no response from `registry:5000` for `registry:5000/web:1`
      cause: no response to HEAD http://registry:5000/v2/web/manifests/1
      cause: connection refused
    hint: check host and port, and that the server runs
    ");
}

#[tokio::test]
async fn too_many_requests() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(
        Fault::status(429)
            .header("retry-after", "3600")
            .body(r#"{"errors":[{"code":"TOOMANYREQUESTS"}]}"#),
    );
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    too many requests to `registry:5000` for `web:1`; the registry asks to wait 3600 s
      cause: HEAD http://registry:5000/v2/web/manifests/1 returned 429 Too Many Requests
    hint: wait, or give a credential for `registry:5000`: registries allow more requests to known users
    ");
    assert_eq!(lines(&fake).len(), 1);
}

#[tokio::test]
async fn a_retry_after_of_a_server_is_in_the_hint() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(503).header("retry-after", "3600"));
    let (_, text) = failure(&anonymous(), &fake).await;
    assert!(
        text.ends_with("hint: try again later; the server asks to wait 3600 s"),
        "{text}"
    );
    assert_eq!(lines(&fake).len(), 1);
}

#[tokio::test]
async fn temporary_failures_are_retried() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::status(503).times(2));
    fake.fault(Fault::status(429).header("retry-after", "0").times(1));
    fake.fault(Fault::cut_in_head(10).times(1));
    assert!(resolve(&anonymous(), &fake, "web:1").await.is_ok());
}

#[tokio::test]
async fn a_permanent_failure() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(500));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    unexpected response from `registry:5000` for `registry:5000/web:1`
      cause: HEAD http://registry:5000/v2/web/manifests/1 returned 500 Internal Server Error
    hint: try again later, or ask the operator of the server
    ");
    assert_eq!(lines(&fake).len(), 5);
}

#[tokio::test]
async fn a_redirect_loop() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::redirect(302, "/v2/web/manifests/1"));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    request to `registry:5000` for `registry:5000/web:1` failed
      cause: the redirect of HEAD http://registry:5000/v2/web/manifests/1 is not followed
      cause: more than 10 redirects
    hint: check that the address is that of the registry, not of a web page in front of it
    ");
}

#[tokio::test]
async fn a_web_page_in_place_of_a_registry() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(
        Fault::status(200)
            .header("content-type", "text/html")
            .body("<html>Welcome</html>"),
    );
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` sent an invalid manifest for `web:1`
      cause: the response is not a manifest (its media type is `text/html`)
    hint: check that the address is that of a registry, and not of a web page in front of it
    ");
}

#[tokio::test]
async fn a_wrong_digest() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(&format!("sha256:{}", "0".repeat(64))));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Content);
    insta::assert_snapshot!(text, @r"
    `registry:5000/web:1` does not match its digest: expected `sha256:0000000000000000000000000000000000000000000000000000000000000000`, received `sha256:6add79a5ebaa259fdd404d234e49b066ee3e5865652d2fc34a66efb4503a2142`
    hint: do not use the image; ask the operator of the registry, or of the cache in front of it
    ");
}

#[tokio::test]
async fn a_failing_token_server() {
    let fake = Fake::start(Options::token());
    fake.fault(Fault::status(500).path("/token"));
    let (kind, text) = failure(&anonymous(), &fake).await;
    assert_eq!(kind, Kind::Failed);
    insta::assert_snapshot!(text, @r"
    unexpected response from `http://registry:5000/token` for `registry:5000/web:1`
      cause: GET http://registry:5000/token?service=fake-registry&scope=repository%3Aweb%3Apull&client_id=bindery returned 500 Internal Server Error
    hint: try again later, or ask the operator of the server
    ");
}

#[tokio::test]
async fn a_truncated_body() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::missing_digest());
    fake.fault(Fault::cut_in_body(20));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(matches!(error.detail(), ErrorDetail::NoAnswer), "{error:?}");
}

#[tokio::test]
async fn a_diagnostic_names_the_registry() {
    let fake = Fake::start(Options::basic("alice", "canary"));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    let diagnostic = Diagnostic::from(&error);
    assert_eq!(diagnostic.kind, Kind::Denied);
    assert_eq!(diagnostic.message, error.to_string());
    assert_eq!(diagnostic.causes.len(), 1);
    assert_eq!(diagnostic.hint, error.hint());
    assert_eq!(diagnostic.subject, Some(Subject::Registry(fake.address())));
}
