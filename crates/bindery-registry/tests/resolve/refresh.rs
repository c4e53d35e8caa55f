//! Identity tokens, and refresh tokens of a token server.

use std::sync::Arc;

use bindery_credentials::Credential;
use bindery_fake_registry::{
    Access, Account, Fault, Image, Options, Registry as Fake, Request, TokenService,
};
use bindery_registry::{Client, ErrorDetail};
use bindery_secret::Secret;

use crate::{CANARY, OneCredential, check, lines, quick, report, resolve, user};

/// Returns a registry with two repositories, whose user `alice` has a password and an identity token.
fn registry(service: TokenService) -> (Fake, String) {
    let account = Account::new("alice", "canary").identity("canary-identity");
    let fake = Fake::start(Options {
        access: Access::Token(TokenService {
            accounts: vec![account],
            anonymous: false,
            ..service
        }),
    });
    fake.push("other", "1", &Image::oci("hello"));
    let digest = fake.push("web", "1", &Image::oci("hello"));
    (fake, digest)
}

fn with_post() -> TokenService {
    TokenService {
        takes_post: true,
        ..TokenService::default()
    }
}

fn identity(token: &'static str) -> Client {
    let token = Secret::new(token);
    Client::new(
        quick(),
        Arc::new(OneCredential(Credential::Identity { token })),
    )
}

fn token_requests(fake: &Fake) -> Vec<Request> {
    let mut requests = fake.requests();
    requests.retain(|request| request.path == "/token");
    requests
}

fn field<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let field = request.form.iter().find(|(known, _)| known == name);
    field.map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn an_identity_token_is_sent_by_post() {
    let (fake, digest) = registry(with_post());
    check(&identity("canary-identity"), &fake, "web:1", &digest).await;
    let asked = token_requests(&fake);
    let [request] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(
        (request.method.as_str(), request.query.as_str()),
        ("POST", "")
    );
    assert_eq!(request.authorization, None);
    for (name, value) in [
        ("grant_type", "refresh_token"),
        ("service", "fake-registry"),
        ("scope", "repository:web:pull"),
        ("client_id", "bindery"),
    ] {
        assert_eq!(field(request, name), Some(value), "{:?}", request.form);
    }
    assert_eq!(
        request.header("content-type").as_deref(),
        Some("application/x-www-form-urlencoded")
    );
}

#[tokio::test]
async fn a_token_server_without_post_receives_get_from_then_on() {
    for status in [404, 405] {
        let (fake, digest) = registry(TokenService::default());
        fake.fault(Fault::status(status).method("POST").path("/token"));
        let client = identity("canary-identity");
        check(&client, &fake, "web:1", &digest).await;
        check(&client, &fake, "other:1", &digest).await;
        let asked: Vec<_> = token_requests(&fake).iter().map(Request::line).collect();
        assert_eq!(asked, ["POST /token", "GET /token", "GET /token"]);
        assert_eq!(
            token_requests(&fake)[1].authorization.as_deref(),
            Some("basic")
        );
        for request in token_requests(&fake) {
            assert!(!format!("{request:?}").contains(CANARY), "{request:?}");
        }
    }
}

#[tokio::test]
async fn an_expired_identity_token_is_an_error() {
    let (fake, _) = registry(with_post());
    let error = resolve(&identity("canary-old"), &fake, "web:1")
        .await
        .unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    `http://registry:5000/token` does not accept the token for `registry:5000/web:1`
      cause: POST http://registry:5000/token returned 401 Unauthorized: unknown refresh token
    hint: log in again: tokens expire and can be revoked
    ");
    assert_eq!(token_requests(&fake).len(), 1);

    fake.fault(
        Fault::status(400)
            .path("/token")
            .body(r#"{"error":"invalid_grant","error_description":"expired"}"#),
    );
    let error = resolve(&identity("canary-old"), &fake, "web:1")
        .await
        .unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::Denied { .. }),
        "{error:?}"
    );
    fake.heal();
    fake.fault(
        Fault::status(400)
            .path("/token")
            .body(r#"{"error":"invalid_request"}"#),
    );
    let error = resolve(&identity("canary-old"), &fake, "web:1")
        .await
        .unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::UnexpectedResponse),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refresh_token_replaces_the_password() {
    let (fake, digest) = registry(TokenService {
        gives_refresh_tokens: true,
        ..with_post()
    });
    let (client, _) = user("alice", "canary");
    check(&client, &fake, "web:1", &digest).await;
    check(&client, &fake, "other:1", &digest).await;
    let asked: Vec<_> = token_requests(&fake).iter().map(Request::line).collect();
    assert_eq!(asked, ["GET /token", "POST /token"]);
    assert_eq!(token_requests(&fake)[1].authorization, None);

    // After the refresh token is revoked, the password is used.
    fake.expire_tokens();
    fake.expire_refresh_tokens();
    lines(&fake);
    check(&client, &fake, "web:1", &digest).await;
    let head = "HEAD /v2/web/manifests/1";
    assert_eq!(lines(&fake), [head, "POST /token", "GET /token", head]);
    // The new refresh token is used from then on.
    check(&client, &fake, "other:1", &digest).await;
    let head = "HEAD /v2/other/manifests/1";
    assert_eq!(lines(&fake), [head, "POST /token", head]);
}

#[tokio::test]
async fn a_refresh_token_is_not_used_without_post() {
    let (fake, digest) = registry(TokenService {
        gives_refresh_tokens: true,
        ..TokenService::default()
    });
    let (client, _) = user("alice", "canary");
    check(&client, &fake, "web:1", &digest).await;
    check(&client, &fake, "other:1", &digest).await;
    let asked: Vec<_> = token_requests(&fake).iter().map(Request::line).collect();
    assert_eq!(asked, ["GET /token", "POST /token", "GET /token"]);
}

#[tokio::test]
async fn a_form_is_only_sent_to_the_token_server() {
    let (elsewhere, _) = registry(with_post());
    let (fake, _) = registry(with_post());
    let location = format!("http://{}/token", elsewhere.address());
    fake.fault(Fault::redirect(307, &location).path("/token"));
    let outcome = resolve(&identity("canary-identity"), &fake, "web:1").await;
    let error = outcome.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::UnexpectedResponse),
        "{error:?}"
    );
    assert!(elsewhere.requests().is_empty());
}
