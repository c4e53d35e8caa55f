//! What a user is told when something goes wrong.

use bindery_fake_registry::{Fault, Image, Options, Registry as Fake};
use bindery_registry::{Client, Error, ErrorKind};

use crate::{anonymous, lines, resolve, told, user};

/// What is told about `web:1` in `fake`, and of which kind it is.
async fn trouble(client: &Client, fake: &Fake) -> (ErrorKind, String) {
    let error = resolve(client, fake, "web:1").await.unwrap_err();
    (error.kind(), told(fake, &error))
}

#[tokio::test]
async fn an_unknown_tag() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "2", &Image::oci("hello"));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::NotFound);
    insta::assert_snapshot!(text, @r"
    no tag `1` in `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 was answered with 404 MANIFEST_UNKNOWN: manifest unknown
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
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::NotFound);
    insta::assert_snapshot!(text, @r"
    no repository `registry:5000/web`
      cause: GET http://registry:5000/v2/web/manifests/1 was answered with 404 NAME_UNKNOWN: repository name not known to registry
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
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` has `web:1` only in a format that this client does not read
      cause: GET http://registry:5000/v2/web/manifests/1 was answered with 404 MANIFEST_UNKNOWN: OCI index found, but accept header does not support OCI indexes
    hint: push the image again as an OCI or Docker schema 2 image
    ");
}

#[tokio::test]
async fn no_credential() {
    let fake = Fake::start(Options::basic("alice", "canary"));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` wants a credential for `web:1`, and none is known
      cause: HEAD http://registry:5000/v2/web/manifests/1 was answered with 401 Unauthorized
    hint: give a credential for `registry:5000`, as through an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn a_wrong_password() {
    let fake = Fake::start(Options::basic("alice", "canary"));
    let (kind, text) = trouble(&user("alice", "wrong canary").0, &fake).await;
    assert_eq!(kind, ErrorKind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` does not accept the credential of user `alice` for `registry:5000/web:1`
      cause: HEAD http://registry:5000/v2/web/manifests/1 was answered with 401 Unauthorized
    hint: check user name and password; they may have been changed
    ");
    assert_eq!(lines(&fake).len(), 2);
}

#[tokio::test]
async fn a_wrong_password_at_the_token_server() {
    let fake = Fake::start(Options::token_for("alice", "canary"));
    let (kind, text) = trouble(&user("alice", "wrong canary").0, &fake).await;
    assert_eq!(kind, ErrorKind::Denied);
    insta::assert_snapshot!(text, @r"
    `http://registry:5000/token` does not accept the credential of user `alice` for `registry:5000/web:1`
      cause: GET http://registry:5000/token?service=fake-registry&scope=repository%3Aweb%3Apull&client_id=bindery&account=*** was answered with 401 Unauthorized: incorrect username or password
    hint: check user name and password; they may have been changed
    ");
}

#[tokio::test]
async fn a_private_repository() {
    let fake = Fake::start(Options::token_for("alice", "canary"));
    fake.push("web", "1", &Image::oci("hello"));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` refuses `web:1` to anonymous users (scope `repository:web:pull`)
      cause: HEAD http://registry:5000/v2/web/manifests/1 was answered with 401 Unauthorized
    hint: check the spelling; if it is right, give a credential for `registry:5000`, as through an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn a_forbidden_repository() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(403).body(
        r#"{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}"#,
    ));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Denied);
    insta::assert_snapshot!(text, @r"
    `registry:5000` refuses `web:1` to anonymous users
      cause: GET http://registry:5000/v2/web/manifests/1 was answered with 403 DENIED: requested access to the resource is denied
    hint: check the spelling; if it is right, give a credential for `registry:5000`, as through an `[[auth]]` entry
    ");
}

#[tokio::test]
async fn a_registry_that_is_not_there() {
    // Bound, so that nobody else gets the port, and not listening.
    let deaf = tokio::net::TcpSocket::new_v4().unwrap();
    deaf.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let gone = deaf.local_addr().unwrap().to_string();
    let reference = format!("{gone}/web:1").parse().unwrap();
    let error = anonymous().resolve(&reference).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoAnswer);
    let fake = Fake::start(Options::anonymous());
    insta::assert_snapshot!(told(&fake, &error).replace(&gone, "registry:5000"), @r"
    `registry:5000` does not answer for `registry:5000/web:1`
      cause: no answer to HEAD http://registry:5000/v2/web/manifests/1
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
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` asks to wait 3600 s before `web:1` is asked for again
      cause: HEAD http://registry:5000/v2/web/manifests/1 was answered with 429 Too Many Requests
    hint: wait, or give a credential for `registry:5000`: registries let known users ask more often
    ");
    assert_eq!(lines(&fake).len(), 1);
}

#[tokio::test]
async fn a_server_at_rest_tells_for_how_long() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(503).header("retry-after", "3600"));
    let (_, text) = trouble(&anonymous(), &fake).await;
    assert!(
        text.ends_with("hint: try again later; the server asks to wait 3600 s"),
        "{text}"
    );
    assert_eq!(lines(&fake).len(), 1);
}

#[tokio::test]
async fn trouble_that_passes_is_not_told() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::status(503).times(2));
    fake.fault(Fault::status(429).header("retry-after", "0").times(1));
    fake.fault(Fault::cut_in_head(10).times(1));
    assert!(resolve(&anonymous(), &fake, "web:1").await.is_ok());
}

#[tokio::test]
async fn trouble_that_stays() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::status(500));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` does not tell what `registry:5000/web:1` is
      cause: HEAD http://registry:5000/v2/web/manifests/1 was answered with 500 Internal Server Error
    hint: try again later, or ask who runs the server
    ");
    assert_eq!(lines(&fake).len(), 5);
}

#[tokio::test]
async fn a_redirect_in_a_circle() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::redirect(302, "/v2/web/manifests/1"));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000/web:1` cannot be asked for at `registry:5000`
      cause: HEAD http://registry:5000/v2/web/manifests/1 is redirected, and that is not followed
      cause: more than 10 redirects
    hint: check whether the address is the registry's own, or only a page in front of it
    ");
}

#[tokio::test]
async fn a_page_in_place_of_a_registry() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(
        Fault::status(200)
            .header("content-type", "text/html")
            .body("<html>Welcome</html>"),
    );
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000` sends no manifest for `web:1`
      cause: the answer is no manifest (it is `text/html`)
    hint: check that the address is a registry's, and not that of a page in front of it
    ");
}

#[tokio::test]
async fn a_lying_registry() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(&format!("sha256:{}", "0".repeat(64))));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `registry:5000/web:1` does not match its digest: `registry:5000` says `sha256:0000000000000000000000000000000000000000000000000000000000000000` and sends `sha256:6add79a5ebaa259fdd404d234e49b066ee3e5865652d2fc34a66efb4503a2142`
    hint: do not use the image; ask who runs the registry, or the cache in front of it
    ");
}

#[tokio::test]
async fn a_token_server_in_trouble() {
    let fake = Fake::start(Options::token());
    fake.fault(Fault::status(500).path("/token"));
    let (kind, text) = trouble(&anonymous(), &fake).await;
    assert_eq!(kind, ErrorKind::Failed);
    insta::assert_snapshot!(text, @r"
    `http://registry:5000/token` does not tell what `registry:5000/web:1` is
      cause: GET http://registry:5000/token?service=fake-registry&scope=repository%3Aweb%3Apull&client_id=bindery was answered with 500 Internal Server Error
    hint: try again later, or ask who runs the server
    ");
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::missing_digest());
    fake.fault(Fault::cut_in_body(20));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { .. }), "{error:?}");
}
