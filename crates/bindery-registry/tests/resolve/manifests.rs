//! Which digest a reference has, and how many requests that takes.

use bindery_fake_registry::{Fault, Format, Image, Index, Options, Registry as Fake, digest_of};
use bindery_reference::{Digest, Reference};
use bindery_registry::{Error, MediaType};

use crate::{anonymous, check, lines, reference, resolve};

#[tokio::test]
async fn one_head_is_enough() {
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
async fn all_formats_are_asked_for_at_once() {
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
async fn an_index_gives_the_digest_of_the_index() {
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
async fn no_tag_means_latest() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "latest", &Image::oci("hello"));
    check(&anonymous(), &fake, "web", &digest).await;
}

#[tokio::test]
async fn a_digest_is_answered_without_asking_anybody() {
    let digest = digest_of(b"x");
    let reference = Reference::parse(&format!("unknown.invalid/web:1@{digest}")).unwrap();
    let descriptor = anonymous().resolve(&reference).await.unwrap();
    assert_eq!(
        (descriptor.digest.as_str(), descriptor.media_type),
        (digest.as_str(), None)
    );
}

#[tokio::test]
async fn without_the_header_the_bytes_are_hashed() {
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
async fn servers_that_dislike_head_are_asked_by_get() {
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
async fn bytes_that_do_not_match_are_refused() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let other = digest_of(b"other");
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(&other));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(
        matches!(&error, Error::Mismatch { told, found, .. } if told.as_str() == other && found.as_str() == digest),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_header_in_another_algorithm_is_verified_in_that_one() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    fake.push("web", "1", &image);
    let sha512 = bindery_registry::oci::digest_of("sha512", &image.manifest).unwrap();
    fake.fault(Fault::head_refused());
    fake.fault(Fault::wrong_digest(sha512.as_str()));
    check(&anonymous(), &fake, "web:1", sha512.as_str()).await;
}

#[tokio::test]
async fn a_manifest_by_digest_is_verified_against_it() {
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
        matches!(error, Error::Mismatch { .. } | Error::NoManifest { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_no_manifest_is_not_pinned() {
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
async fn a_manifest_without_end_is_not_read() {
    let fake = Fake::start(Options::anonymous());
    fake.fault(Fault::head_refused());
    fake.fault(Fault::status(200).body(vec![b' '; (8 << 20) + 1]));
    let error = resolve(&anonymous(), &fake, "web:1").await.unwrap_err();
    assert!(matches!(error, Error::Exchange { .. }), "{error:?}");
}
