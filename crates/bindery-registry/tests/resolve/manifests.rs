//! Digests of references, and the number of requests for them.

use bindery_fake_registry::{Fault, Format, Image, Index, Options, Registry as Fake, digest_of};
use bindery_oci::MediaType;
use bindery_reference::{Digest, Reference};
use bindery_registry::ErrorDetail;

use crate::{anonymous, check, lines, reference, resolve};

#[tokio::test]
async fn a_tag_takes_a_single_head() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    let digest = fake.push("team/web", "1.4", &image);
    let descriptor = resolve(&anonymous(), &fake, "team/web:1.4").await.unwrap();
    assert_eq!(descriptor.digest.as_str(), digest);
    assert_eq!(descriptor.media_type, Some(MediaType::OciManifest));
    assert_eq!(descriptor.size, Some(image.manifest.len() as u64));
    assert_eq!(lines(&fake), ["HEAD /v2/team/web/manifests/1.4"]);
}

#[tokio::test]
async fn all_formats_are_accepted() {
    let fake = Fake::start(Options::anonymous());
    fake.push("web", "1", &Image::oci("hello"));
    resolve(&anonymous(), &fake, "web:1").await.unwrap();
    let request = &fake.requests()[0];
    let accept = request.header("accept").unwrap();
    let asked: Vec<_> = accept
        .split(", ")
        .map(|kind| kind.rsplit('.').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let expected = [
        "v1+json index",
        "v2+json list",
        "v1+json manifest",
        "v2+json manifest",
        "v1+prettyjws manifest",
        "v1+json manifest",
    ];
    assert_eq!(asked, expected, "{accept}");
    assert_eq!(
        request.header("accept-encoding").as_deref(),
        Some("identity")
    );
}

#[tokio::test]
async fn an_index_resolves_to_its_own_digest() {
    let fake = Fake::start(Options::anonymous());
    let client = anonymous();
    for (tag, format) in [("oci", Format::Oci), ("docker", Format::Docker)] {
        let index = Index::two_platforms(format, "hello");
        fake.push_index("multi", tag, &index);
        let descriptor = resolve(&client, &fake, &format!("multi:{tag}"))
            .await
            .unwrap();
        assert_eq!(descriptor.digest.as_str(), index.digest());
        assert!(descriptor.media_type.unwrap().is_index());
    }
}

#[tokio::test]
async fn every_format_resolves() {
    let fake = Fake::start(Options::anonymous());
    let client = anonymous();
    for (tag, image) in [("oci", Image::oci("a")), ("docker", Image::docker("a"))] {
        fake.push("web", tag, &image);
        check(&client, &fake, &format!("web:{tag}"), &image.digest()).await;
    }
}

#[tokio::test]
async fn the_default_tag_is_latest() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "latest", &Image::oci("hello"));
    check(&anonymous(), &fake, "web", &digest).await;
}

#[tokio::test]
async fn a_digest_is_resolved_without_a_request() {
    let digest = digest_of(b"x");
    let reference = Reference::parse(&format!("unknown.invalid/web:1@{digest}")).unwrap();
    let descriptor = anonymous().resolve(&reference).await.unwrap();
    assert_eq!(
        (descriptor.digest.as_str(), descriptor.media_type),
        (digest.as_str(), None)
    );
}

#[tokio::test]
async fn the_bytes_are_hashed_if_the_digest_header_is_missing() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::docker("hello"));
    for fault in [
        Fault::missing_digest(),
        Fault::wrong_digest("sha256:nonsense"),
    ] {
        fake.fault(fault);
        check(&anonymous(), &fake, "web:1", &digest).await;
        assert_eq!(
            lines(&fake),
            ["HEAD /v2/web/manifests/1", "GET /v2/web/manifests/1"]
        );
        fake.heal();
    }
}

#[tokio::test]
async fn get_follows_if_head_is_not_supported() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    for status in [400, 403, 404, 405, 406, 501] {
        fake.fault(Fault::status(status).method("HEAD"));
        check(&anonymous(), &fake, "web:1", &digest).await;
        assert_eq!(
            lines(&fake),
            ["HEAD /v2/web/manifests/1", "GET /v2/web/manifests/1"],
            "{status}"
        );
        fake.heal();
    }
    fake.fault(Fault::cut_in_head(0).method("HEAD"));
    check(&anonymous(), &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake).last().unwrap(), "GET /v2/web/manifests/1");
}

#[tokio::test]
async fn a_digest_mismatch_is_an_error() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let other = digest_of(b"other");
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(&other));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::DigestMismatch { expected, actual } if expected.as_str() == other && actual.as_str() == digest),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_digest_header_may_use_another_algorithm() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    fake.push("web", "1", &image);
    let sha512 = bindery_oci::digest_of("sha512", &image.manifest).unwrap();
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(sha512.as_str()));
    check(&anonymous(), &fake, "web:1", sha512.as_str()).await;
}

#[tokio::test]
async fn a_manifest_is_verified_against_its_digest() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    let digest = fake.push("web", "1", &image);
    let by_digest = reference(&fake, &format!("web@{digest}"));
    let (manifest, found) = anonymous().manifest(&by_digest).await.unwrap();
    assert_eq!(
        (manifest.bytes, found),
        (image.manifest, Digest::parse(&digest).unwrap())
    );

    fake.fault(Fault::missing_digest());
    fake.fault(Fault::corrupt());
    let error = anonymous().manifest(&by_digest).await.unwrap_err();
    assert!(
        matches!(
            error.detail(),
            ErrorDetail::DigestMismatch { .. } | ErrorDetail::InvalidManifest
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn invalid_manifests_are_not_resolved() {
    let fake = Fake::start(Options::anonymous());
    fake.put_manifest("web", Some("page"), "text/html", b"<html>Sign in</html>");
    fake.put_manifest(
        "web",
        Some("both"),
        "application/vnd.oci.image.index.v1+json",
        br#"{"manifests":[],"layers":[]}"#,
    );
    fake.fault(Fault::missing_digest());
    for tag in ["page", "both"] {
        let outcome = resolve(&anonymous(), &fake, &format!("web:{tag}")).await;
        assert!(outcome.is_err(), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_overlong_manifest_is_an_error() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::head_refused());
    fake.fault(Fault::status(200).body(vec![b' '; (8 << 20) + 1]));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(matches!(error.detail(), ErrorDetail::Request), "{error:?}");
}
