//! Credentials and tokens: receivers and number of requests.

use std::time::Duration;

use bindery_diagnostic::Kind;
use bindery_fake_registry::{
    Access, Account, Fault, Image, Options, Registry as Fake, TokenField, TokenService,
};
use bindery_registry::{Denial, ErrorDetail};

use crate::{anonymous, check, lines, resolve, user};

fn token(service: TokenService) -> Options {
    Options {
        access: Access::Token(service),
    }
}

#[tokio::test]
async fn a_password_is_sent_after_a_challenge_and_with_later_requests() {
    let fake = Fake::start(Options::basic("alice", "canary:with:colons"));
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let (client, keychain) = user("alice", "canary:with:colons");
    check(&client, &fake, "web:1", &digest).await;
    assert_eq!(
        lines(&fake),
        ["HEAD /v2/web/manifests/1", "HEAD /v2/web/manifests/1"]
    );
    check(&client, &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake), ["HEAD /v2/web/manifests/1"]);
    assert_eq!(
        *keychain.calls.lock().unwrap(),
        [format!("{} web pull", fake.address())]
    );
}

#[tokio::test]
async fn the_keychain_is_only_asked_after_a_challenge() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let (client, keychain) = user("alice", "canary");
    check(&client, &fake, "web:1", &digest).await;
    assert!(keychain.calls.lock().unwrap().is_empty());
    assert_eq!(fake.requests()[0].authorization, None);
}

#[tokio::test]
async fn a_token_is_fetched_after_a_challenge() {
    let fake = Fake::start(Options::token());
    let digest = fake.push("team/web", "1", &Image::oci("hello"));
    check(&anonymous(), &fake, "team/web:1", &digest).await;
    let requests = fake.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.line(), request.authorization.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("HEAD /v2/team/web/manifests/1".to_owned(), None),
            ("GET /token".to_owned(), None),
            ("HEAD /v2/team/web/manifests/1".to_owned(), Some("bearer")),
        ]
    );
    let query = &requests[1].query;
    assert!(
        query.contains("service=fake-registry") && query.contains("client_id=bindery"),
        "{query}"
    );
    assert!(
        query.contains("scope=repository%3Ateam%2Fweb%3Apull"),
        "{query}"
    );
}

#[tokio::test]
async fn a_token_is_reused_and_the_next_one_needs_no_challenge() {
    let fake = Fake::start(Options::token());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    fake.push("web", "2", &Image::oci("hello"));
    fake.push("other", "1", &Image::oci("hello"));
    let client = anonymous();
    check(&client, &fake, "web:1", &digest).await;
    lines(&fake);
    check(&client, &fake, "web:2", &digest).await;
    assert_eq!(lines(&fake), ["HEAD /v2/web/manifests/2"]);
    check(&client, &fake, "other:1", &digest).await;
    assert_eq!(lines(&fake), ["GET /token", "HEAD /v2/other/manifests/1"]);
}

#[tokio::test]
async fn a_password_is_only_sent_to_the_token_server() {
    let fake = Fake::start(Options::token_for("alice", "canary"));
    let digest = fake.push("web", "1", &Image::oci("hello"));
    check(&user("alice", "canary").0, &fake, "web:1", &digest).await;
    let requests = fake.requests();
    let sent: Vec<_> = requests
        .iter()
        .map(|request| request.authorization.as_deref())
        .collect();
    assert_eq!(sent, [None, Some("basic"), Some("bearer")]);
    assert!(
        requests[1].query.contains("account=alice"),
        "{}",
        requests[1].query
    );
}

#[tokio::test]
async fn the_token_may_be_in_either_field() {
    for field in [TokenField::Token, TokenField::AccessToken, TokenField::Both] {
        let fake = Fake::start(token(TokenService {
            field,
            tells_lifetime: false,
            service: None,
            ..TokenService::default()
        }));
        let digest = fake.push("web", "1", &Image::oci("hello"));
        check(&anonymous(), &fake, "web:1", &digest).await;
    }
    let fake = Fake::start(token(TokenService {
        field: TokenField::Neither,
        ..TokenService::default()
    }));
    fake.push("web", "1", &Image::oci("hello"));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(matches!(error.detail(), ErrorDetail::NoToken), "{error:?}");
}

#[tokio::test]
async fn an_expired_token_is_replaced() {
    let fake = Fake::start(Options::token());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let client = anonymous();
    check(&client, &fake, "web:1", &digest).await;
    fake.expire_tokens();
    lines(&fake);
    check(&client, &fake, "web:1", &digest).await;
    let head = "HEAD /v2/web/manifests/1";
    assert_eq!(lines(&fake), [head, "GET /token", head]);
}

#[tokio::test]
async fn a_fresh_token_that_is_rejected_is_not_replaced() {
    let fake = Fake::start(token(TokenService {
        lifetime: Duration::ZERO,
        ..TokenService::default()
    }));
    fake.push("web", "1", &Image::oci("hello"));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
    let head = "HEAD /v2/web/manifests/1";
    assert_eq!(lines(&fake), [head, "GET /token", head]);
}

#[tokio::test]
async fn missing_rights_are_requested_once() {
    let fake = Fake::start(token(TokenService {
        accounts: vec![Account::new("alice", "canary").only(["mine/*"])],
        ..TokenService::default()
    }));
    let digest = fake.push("mine/web", "1", &Image::oci("hello"));
    fake.push("theirs/web", "1", &Image::oci("hello"));
    let (client, _) = user("alice", "canary");
    check(&client, &fake, "mine/web:1", &digest).await;
    lines(&fake);
    let error = resolve(&client, &fake, "theirs/web:1").await.unwrap_err();
    let ErrorDetail::Denied {
        reason: Denial::NotAuthorized { scope },
        user,
    } = error.detail()
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (scope.as_deref(), user.as_deref()),
        (Some("repository:theirs/web:pull"), Some("alice"))
    );
    assert_eq!(
        lines(&fake),
        ["GET /token", "HEAD /v2/theirs/web/manifests/1"]
    );
}

#[tokio::test]
async fn bearer_is_preferred_to_basic() {
    let fake = Fake::start(Options::token());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let bearer = format!(
        "Bearer realm=\"http://{}/token?a=b,c\",service=\"fake-registry\",scope=\"repository:web:pull\"",
        fake.address()
    );
    for challenges in [
        ["Basic realm=\"a, b\"", &bearer],
        [&bearer, "Negotiate oRQwEg=="],
    ] {
        fake.fault(Fault::challenges(challenges).times(1));
        check(&anonymous(), &fake, "web:1", &digest).await;
        let token = &fake.requests()[1];
        assert!(
            token.query.starts_with("a=b,c&service=fake-registry"),
            "{}",
            token.query
        );
        fake.forget_requests();
    }
}

#[tokio::test]
async fn malformed_challenges_are_errors() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    for challenge in ["Bearer service=\"s\"", "NTLM", "Bearer realm=\"x"] {
        fake.fault(Fault::challenges([challenge]));
        let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
        assert!(
            matches!(error.detail(), ErrorDetail::InvalidChallenge),
            "{error:?}"
        );
        fake.heal();
    }
    fake.fault(Fault::status(401));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::InvalidChallenge),
        "{error:?}"
    );
    fake.heal();
    fake.fault(Fault::challenges(["Bearer realm=\"ftp://h/token\""]));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::InvalidRealm { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_to_another_server_does_not_carry_the_password() {
    let elsewhere = Fake::start(Options::anonymous());
    let digest = elsewhere.push("web", "1", &Image::oci("hello"));
    let fake = Fake::start(Options::basic("alice", "canary"));
    fake.push("web", "1", &Image::oci("hello"));
    let location = format!("http://{}/v2/web/manifests/1", elsewhere.address());
    fake.fault(Fault::redirect(307, &location).skip(1));
    check(&user("alice", "canary").0, &fake, "web:1", &digest).await;
    assert_eq!(fake.requests()[1].authorization.as_deref(), Some("basic"));
    assert_eq!(elsewhere.requests()[0].authorization, None);
}

#[tokio::test]
async fn a_redirect_of_the_token_server_does_not_carry_the_password() {
    let elsewhere = Fake::start(Options::token_for("alice", "canary"));
    let fake = Fake::start(Options::token_for("alice", "canary"));
    fake.push("web", "1", &Image::oci("hello"));
    let location = format!("http://{}/token?service=fake-registry", elsewhere.address());
    fake.fault(Fault::redirect(307, &location).path("/token"));
    let outcome = resolve(&user("alice", "canary").0, &fake, "web:1").await;
    assert_eq!(outcome.unwrap_err().kind(), Kind::Denied);
    assert_eq!(fake.requests()[1].authorization.as_deref(), Some("basic"));
    let seen = elsewhere.requests();
    assert_eq!((seen.len(), seen[0].authorization.as_deref()), (1, None));
}
