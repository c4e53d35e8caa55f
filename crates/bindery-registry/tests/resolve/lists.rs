//! Tags and referrers.

use bindery_diagnostic::Kind;
use bindery_fake_registry::{Fault, Image, Options, Registry as Fake, digest_of};
use bindery_registry::{Error, ErrorDetail};

use crate::{anonymous, lines, reference, report, user};

const LIST: &str = "/v2/web/tags/list";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

async fn tags(fake: &Fake, name: &str) -> Result<Vec<String>, Error> {
    let of = reference(fake, name);
    let found = anonymous().tags(&of.registry, &of.repository).await?;
    Ok(found.iter().map(ToString::to_string).collect())
}

/// Makes request number `at` for the list, counted from 0, return this page with these `Link` headers.
fn page(fake: &Fake, at: usize, tags: &str, links: &[&str]) {
    let fault = Fault::status(200)
        .path(LIST)
        .skip(at)
        .times(1)
        .body(format!(r#"{{"name":"web","tags":{tags}}}"#));
    fake.fault(
        links
            .iter()
            .fold(fault, |fault, link| fault.header("link", link)),
    );
}

#[tokio::test]
async fn tags_are_sorted_and_unique() {
    let fake = Fake::start(Options::anonymous());
    page(&fake, 0, r#"["b","a","B","10","9","a"]"#, &[]);
    assert_eq!(
        tags(&fake, "web").await.unwrap(),
        ["10", "9", "B", "a", "b"]
    );
    assert_eq!(lines(&fake), [format!("GET {LIST}")]);
}

#[tokio::test]
async fn pages_are_followed_to_the_last_one() {
    let fake = Fake::start(Options::anonymous());
    let base = format!("http://{}", fake.address());
    page(
        &fake,
        0,
        r#"["a"]"#,
        &[r#"</v2/web/tags/list?last=a&n=1>; rel="next""#],
    );
    page(
        &fake,
        1,
        "null",
        &["<?last=b>; rel=first, <list?last=b>; rel=next"],
    );
    page(
        &fake,
        2,
        "[]",
        &[
            "<x>; rel=prev",
            &format!("<{base}{LIST}?last=c>; rel=\"next\""),
        ],
    );
    page(&fake, 3, r#"["c","d"]"#, &[r#"</>; rel="prev""#]);
    assert_eq!(tags(&fake, "web").await.unwrap(), ["a", "c", "d"]);
    let queries: Vec<_> = fake
        .requests()
        .into_iter()
        .map(|request| request.query)
        .collect();
    assert_eq!(queries, ["n=1000", "last=a&n=1", "last=b", "last=c"]);
}

#[tokio::test]
async fn a_server_that_rejects_the_page_size_chooses_its_own() {
    let fake = Fake::start(Options::anonymous());
    let refused = r#"{"errors":[{"code":"PAGINATION_NUMBER_INVALID"}]}"#;
    fake.fault(Fault::status(400).path(LIST).times(1).body(refused));
    page(&fake, 1, r#"["a"]"#, &[]);
    assert_eq!(tags(&fake, "web").await.unwrap(), ["a"]);
    let requests = fake.requests();
    assert_eq!(requests[1].query, "");
    fake.fault(Fault::status(400).path(LIST).body(refused));
    let error = tags(&fake, "web").await.unwrap_err();
    assert!(matches!(error.detail(), ErrorDetail::UnexpectedResponse));
}

#[tokio::test]
async fn a_list_may_be_empty() {
    let fake = Fake::start(Options::anonymous());
    for body in [r#"{"tags":null}"#, r#"{"tags":[]}"#, "{}"] {
        fake.fault(Fault::status(200).path(LIST).body(body).times(1));
        assert!(tags(&fake, "web").await.unwrap().is_empty(), "{body}");
    }
}

#[tokio::test]
async fn a_loop_of_pages_is_an_error() {
    let fake = Fake::start(Options::anonymous());
    for links in [
        ["</v2/web/tags/list?n=1000>; rel=next"; 2],
        ["<?last=a>; rel=next", "<?last=a>; rel=next"],
    ] {
        for (at, link) in links.iter().enumerate() {
            page(&fake, at, "[]", &[link]);
        }
        let error = tags(&fake, "web").await.unwrap_err();
        assert!(
            report(&fake, &error).contains("follows itself"),
            "{error:?}"
        );
        fake.heal();
    }
}

#[tokio::test]
async fn no_page_is_requested_from_another_server() {
    let elsewhere = Fake::start(Options::anonymous());
    let fake = Fake::start(Options::basic("alice", "canary"));
    let link = format!("<http://{}{LIST}?last=a>; rel=next", elsewhere.address());
    page(&fake, 0, r#"["a"]"#, &[&link]);
    let of = reference(&fake, "web");
    let error = user("alice", "canary")
        .0
        .tags(&of.registry, &of.repository)
        .await
        .unwrap_err();
    let text = report(&fake, &error).replace(&elsewhere.address(), "elsewhere:5000");
    insta::assert_snapshot!(text, @r"
    `registry:5000` sent an invalid list for `web`
      cause: the next page is at `http://elsewhere:5000/v2/web/tags/list?last=a`, which is not an address of the registry
    hint: check that the address is that of a registry, and not of a web page in front of it
    ");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn malformed_lists_are_errors() {
    let fake = Fake::start(Options::anonymous());
    for body in [
        "<html>",
        r#"{"tags":"a"}"#,
        r#"{"tags":["a b"]}"#,
        r#"{"tags":["\u001b[31m"]}"#,
    ] {
        fake.fault(Fault::status(200).path(LIST).body(body).times(1));
        let error = tags(&fake, "web").await.unwrap_err();
        assert!(
            matches!(error.detail(), ErrorDetail::InvalidList),
            "{error:?}"
        );
        assert!(!report(&fake, &error).contains('\u{1b}'));
    }
}

#[tokio::test]
async fn errors_of_a_list_are_distinguished() {
    let fake = Fake::start(Options::anonymous());
    let error = tags(&fake, "web").await.unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    no repository `registry:5000/web`
      cause: GET http://registry:5000/v2/web/tags/list?n=1000 returned 404 NAME_UNKNOWN: repository name not known to registry
    hint: check the spelling of `web`
    ");
    assert_eq!(error.kind(), Kind::NotFound);

    fake.fault(Fault::status(403).path(LIST).times(1));
    let error = tags(&fake, "web").await.unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    `registry:5000` denies access to `web` to anonymous users
      cause: GET http://registry:5000/v2/web/tags/list?n=1000 returned 403 Forbidden
    hint: check the spelling; if it is right, give a credential for `registry:5000`, for example with an `[[auth]]` entry
    ");
    assert_eq!(error.kind(), Kind::Denied);

    fake.fault(
        Fault::status(429)
            .path(LIST)
            .header("retry-after", "3600")
            .times(1),
    );
    let error = tags(&fake, "web").await.unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    too many requests to `registry:5000` for `web`; the registry asks to wait 3600 s
      cause: GET http://registry:5000/v2/web/tags/list?n=1000 returned 429 Too Many Requests
    hint: wait, or give a credential for `registry:5000`: registries allow more requests to known users
    ");

    let closed = Fake::start(Options::token_for("alice", "canary"));
    closed.push("web", "1", &Image::oci("hello"));
    let error = tags(&closed, "web").await.unwrap_err();
    insta::assert_snapshot!(report(&closed, &error), @r"
    `registry:5000` denies access to `web` to anonymous users (scope `repository:web:pull`)
      cause: GET http://registry:5000/v2/web/tags/list?n=1000 returned 401 UNAUTHORIZED: authentication required
    hint: check the spelling; if it is right, give a credential for `registry:5000`, for example with an `[[auth]]` entry
    ");
    let of = reference(&closed, "web");
    let found = user("alice", "canary")
        .0
        .tags(&of.registry, &of.repository)
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
}

/// Returns an index of one signature and one bill of materials, and their digests.
fn referrers_index() -> (String, [String; 2]) {
    let digests = ["signature", "sbom"].map(|text| digest_of(text.as_bytes()));
    let entry = |digest: &str, kind: &str| {
        format!(
            r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{digest}","size":7,"artifactType":"{kind}","annotations":{{"made":"today"}}}}"#
        )
    };
    let [signature, sbom] = &digests;
    let entries = [
        entry(signature, "application/x-sig"),
        entry(sbom, "application/x-sbom"),
        entry(sbom, "application/x-sbom"),
    ];
    (
        format!(
            r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{}]}}"#,
            entries.join(",")
        ),
        digests,
    )
}

async fn referrers(fake: &Fake, name: &str, kind: Option<&str>) -> Result<Vec<String>, Error> {
    let found = anonymous().referrers(&reference(fake, name), kind).await?;
    Ok(found
        .into_iter()
        .map(|referrer| referrer.descriptor.digest.to_string())
        .collect())
}

#[tokio::test]
async fn the_registry_lists_referrers() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let (index, [signature, sbom]) = referrers_index();
    fake.fault(
        Fault::status(200)
            .path("/v2/web/referrers/*")
            .header("content-type", INDEX)
            .body(index),
    );
    assert_eq!(
        referrers(&fake, "web:1", None).await.unwrap(),
        [signature, sbom.clone()]
    );
    let list = format!("GET /v2/web/referrers/{digest}");
    assert_eq!(lines(&fake), ["HEAD /v2/web/manifests/1", &list]);
    assert_eq!(
        referrers(&fake, &format!("web@{digest}"), Some("application/x-sbom"))
            .await
            .unwrap(),
        [sbom]
    );
    assert_eq!(lines(&fake), [list]);

    let found = anonymous()
        .referrers(&reference(&fake, "web:1"), None)
        .await
        .unwrap();
    assert_eq!(found[0].artifact_type.as_deref(), Some("application/x-sig"));
    assert_eq!(found[0].annotations["made"], "today");
    assert_eq!(found[0].descriptor.size, Some(7));
}

#[tokio::test]
async fn a_tag_stores_referrers_if_the_registry_does_not() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    assert!(referrers(&fake, "web:1", None).await.unwrap().is_empty());
    let (index, [signature, sbom]) = referrers_index();
    let tag = digest.replace(':', "-");
    fake.put_manifest("web", Some(&tag), INDEX, index.as_bytes());
    assert_eq!(
        referrers(&fake, "web:1", None).await.unwrap(),
        [signature, sbom.clone()]
    );
    assert_eq!(
        referrers(&fake, "web:1", Some("application/x-sbom"))
            .await
            .unwrap(),
        [sbom]
    );

    fake.push("web", &tag, &Image::oci("other"));
    let error = referrers(&fake, "web:1", None).await.unwrap_err();
    insta::assert_snapshot!(report(&fake, &error).replace(&tag, "TAG"), @r"
    `registry:5000` sent an invalid list for `web`
      cause: the tag `TAG` is reserved for the list, and is not an index
    hint: ask the person who pushed `TAG` to give it another name
    ");
}

#[tokio::test]
async fn errors_of_referrers_are_distinguished() {
    let fake = Fake::start(Options::anonymous());
    assert_eq!(
        referrers(&fake, "web:1", None).await.unwrap_err().kind(),
        Kind::NotFound
    );
    fake.push("web", "1", &Image::oci("hello"));
    fake.fault(Fault::status(403).path("/v2/web/referrers/*"));
    assert_eq!(
        referrers(&fake, "web:1", None).await.unwrap_err().kind(),
        Kind::Denied
    );
    fake.heal();
    fake.fault(
        Fault::status(200)
            .path("/v2/web/referrers/*")
            .header("content-type", "text/html")
            .body("<html>"),
    );
    assert_eq!(
        referrers(&fake, "web:1", None).await.unwrap_err().kind(),
        Kind::Failed
    );
}
