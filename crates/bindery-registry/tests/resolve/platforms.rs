//! Images for platforms.

use bindery_diagnostic::Kind;
use bindery_fake_registry::{Fault, Format, Image, Index, Options, Registry as Fake, digest_of};
use bindery_oci::Platform;
use bindery_registry::{Error, ErrorDetail, ImageQuery, ResolvedImage};

use crate::{anonymous, lines, reference, report};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn platform(text: &str) -> Platform {
    text.parse().unwrap()
}

fn for_platform(text: &str) -> ImageQuery {
    ImageQuery {
        platform: Some(platform(text)),
        ..ImageQuery::default()
    }
}

fn required(platforms: &[&str]) -> ImageQuery {
    ImageQuery {
        required: platforms.iter().map(|text| platform(text)).collect(),
        ..ImageQuery::default()
    }
}

async fn resolve(fake: &Fake, name: &str, query: &ImageQuery) -> Result<ResolvedImage, Error> {
    anonymous().image(&reference(fake, name), query).await
}

/// Asserts that the image of `name` for a platform is the one with this digest.
async fn check(fake: &Fake, name: &str, platform: &str, digest: &str) {
    match resolve(fake, name, &for_platform(platform)).await {
        Ok(found) => assert_eq!(found.descriptor.digest.as_str(), digest, "{platform}"),
        Err(error) => panic!("{platform}: {}", report(fake, &error)),
    }
}

/// Returns a registry with an index of these architectures under `web:1`, and the digest of each image.
fn registry<const N: usize>(format: Format, architectures: [&str; N]) -> (Fake, [String; N]) {
    let fake = Fake::start(Options::anonymous());
    let images = architectures.map(|architecture| Image::new(format, architecture, "hello"));
    let digests = images.each_ref().map(Image::digest);
    fake.push_index("web", "1", &Index::new(format, images.to_vec()));
    (fake, digests)
}

/// Stores an index of these entries, each a JSON object without its braces.
fn put_index(fake: &Fake, tag: Option<&str>, entries: &[String]) -> String {
    let entries: Vec<_> = entries.iter().map(|entry| format!("{{{entry}}}")).collect();
    let text = format!(
        r#"{{"schemaVersion":2,"manifests":[{}]}}"#,
        entries.join(",")
    );
    fake.put_manifest("web", tag, INDEX, text.as_bytes())
}

fn entry(media_type: &str, digest: &str) -> String {
    format!(r#""mediaType":"{media_type}","digest":"{digest}","size":5"#)
}

#[tokio::test]
async fn the_image_for_a_platform_is_chosen() {
    for format in [Format::Oci, Format::Docker] {
        let (fake, [amd64, arm64, v6, v7]) =
            registry(format, ["amd64", "arm64/v8", "arm/v6", "arm/v7"]);
        check(&fake, "web:1", "linux/x86_64", &amd64).await;
        check(&fake, "web:1", "linux/arm64", &arm64).await;
        check(&fake, "web:1", "linux/arm", &v7).await;
        check(&fake, "web:1", "linux/arm/v6", &v6).await;
        let found = resolve(&fake, "web:1", &for_platform("linux/amd64"))
            .await
            .unwrap();
        assert!(!found.descriptor.media_type.unwrap().is_index());
    }
}

#[tokio::test]
async fn choosing_an_image_fetches_only_the_index() {
    let (fake, _) = registry(Format::Oci, ["amd64", "arm64"]);
    let index = fake.digest("web", "1").unwrap();
    resolve(&fake, "web:1", &for_platform("linux/amd64"))
        .await
        .unwrap();
    let by_digest = format!("GET /v2/web/manifests/{index}");
    assert_eq!(
        lines(&fake),
        ["HEAD /v2/web/manifests/1", by_digest.as_str()]
    );
    resolve(&fake, &format!("web@{index}"), &for_platform("linux/amd64"))
        .await
        .unwrap();
    assert_eq!(lines(&fake), [by_digest]);
}

#[tokio::test]
async fn the_first_of_equal_images_is_chosen() {
    let fake = Fake::start(Options::anonymous());
    let [first, second] = ["a", "b"].map(Image::oci);
    let index = Index::new(Format::Oci, vec![first.clone(), second]);
    fake.push_index("web", "1", &index);
    check(&fake, "web:1", "linux/amd64", &first.digest()).await;
}

#[tokio::test]
async fn a_missing_platform_is_reported_with_the_available_ones() {
    let (fake, _) = registry(Format::Oci, ["amd64", "arm64/v8"]);
    let error = resolve(&fake, "web:1", &for_platform("linux/s390x"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    insta::assert_snapshot!(report(&fake, &error), @r"
    `registry:5000/web:1` has no image for `linux/s390x`
    hint: there is one for `linux/amd64`, `linux/arm64/v8`
    ");
    let query = required(&[
        "linux/amd64",
        "linux/s390x",
        "linux/arm64",
        "windows/amd64",
        "linux/s390x",
    ]);
    let error = resolve(&fake, "web:1", &query).await.unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    `registry:5000/web:1` has no image for `linux/s390x`, `windows/amd64`
    hint: there is one for `linux/amd64`, `linux/arm64/v8`
    ");
}

#[tokio::test]
async fn required_platforms_do_not_change_the_result() {
    let (fake, _) = registry(Format::Oci, ["amd64", "arm64"]);
    let found = resolve(&fake, "web:1", &required(&["linux/amd64", "linux/arm64"]))
        .await
        .unwrap();
    assert_eq!(
        Some(found.descriptor.digest.to_string()),
        fake.digest("web", "1")
    );
}

#[tokio::test]
async fn attestations_are_not_images() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    fake.push("web", "image", &image);
    let unknown = r#""platform":{"os":"unknown","architecture":"unknown"}"#;
    let amd64 = r#""platform":{"os":"linux","architecture":"amd64"}"#;
    let other = digest_of(b"attestation");
    let marked = r#""annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#;
    put_index(
        &fake,
        Some("1"),
        &[
            format!("{},{unknown}", entry(image.media_type(), &other)),
            format!("{},{amd64},{marked}", entry(image.media_type(), &other)),
            format!("{},{amd64}", entry(image.media_type(), &image.digest())),
        ],
    );
    check(&fake, "web:1", "linux/amd64", &image.digest()).await;
    let error = resolve(&fake, "web:1", &for_platform("linux/arm64"))
        .await
        .unwrap_err();
    assert_eq!(
        error.hint().as_deref(),
        Some("there is one for `linux/amd64`")
    );
}

#[tokio::test]
async fn nested_indexes_are_searched_in_order() {
    let fake = Fake::start(Options::anonymous());
    let inner = Index::new(Format::Oci, vec![Image::new(Format::Oci, "arm64", "inner")]);
    fake.push_index("web", "inner", &inner);
    let outer = Image::new(Format::Oci, "arm64", "outer");
    fake.push("web", "outer", &outer);
    let arm64 = r#""platform":{"os":"linux","architecture":"arm64"}"#;
    put_index(
        &fake,
        Some("1"),
        &[
            entry(INDEX, &inner.digest()),
            format!("{},{arm64}", entry(outer.media_type(), &outer.digest())),
        ],
    );
    check(&fake, "web:1", "linux/arm64", &inner.images[0].digest()).await;
}

#[tokio::test]
async fn too_many_nested_indexes_are_an_error() {
    let fake = Fake::start(Options::anonymous());
    let mut digest = put_index(&fake, None, &[]);
    for _ in 0..5 {
        digest = put_index(&fake, Some("deep"), &[entry(INDEX, &digest)]);
    }
    let wide: Vec<_> = (0..20)
        .map(|n| {
            let padded = format!(r#"{{"manifests":[]{}}}"#, " ".repeat(n));
            entry(
                INDEX,
                &fake.put_manifest("web", None, INDEX, padded.as_bytes()),
            )
        })
        .collect();
    put_index(&fake, Some("wide"), &wide);
    for tag in ["deep", "wide"] {
        let error = resolve(&fake, &format!("web:{tag}"), &for_platform("linux/amd64"))
            .await
            .unwrap_err();
        assert!(
            matches!(error.detail(), ErrorDetail::NestedIndexes),
            "{error:?}"
        );
        assert!(lines(&fake).len() <= 20);
    }
}

#[tokio::test]
async fn a_single_image_is_judged_by_its_config() {
    let fake = Fake::start(Options::anonymous());
    for (tag, image) in [
        ("oci", Image::new(Format::Oci, "arm64/v8", "hello")),
        ("docker", Image::new(Format::Docker, "arm64", "hello")),
    ] {
        fake.push("web", tag, &image);
        let name = format!("web:{tag}");
        check(&fake, &name, "linux/arm64", &image.digest()).await;
        assert!(
            resolve(&fake, &name, &required(&["linux/arm64"]))
                .await
                .is_ok()
        );
        let error = resolve(&fake, &name, &for_platform("linux/amd64"))
            .await
            .unwrap_err();
        assert!(
            matches!(error.detail(), ErrorDetail::NoPlatform { .. }),
            "{error:?}"
        );
    }
    fake.fault(Fault::corrupt().path("/v2/web/blobs/*"));
    let error = resolve(&fake, "web:oci", &for_platform("linux/arm64"))
        .await
        .unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::DigestMismatch { .. }),
        "{error:?}"
    );
    fake.heal();
    fake.fault(Fault::status(404).path("/v2/web/blobs/*"));
    let error = resolve(&fake, "web:oci", &for_platform("linux/arm64"))
        .await
        .unwrap_err();
    assert!(error.to_string().starts_with("no blob `sha256:"), "{error}");
}

#[tokio::test]
async fn entries_without_a_platform_are_searched_last() {
    let fake = Fake::start(Options::anonymous());
    let [silent, artifact] = [
        Image::new(Format::Oci, "riscv64", "silent"),
        Image::oci("x"),
    ];
    fake.push("web", "silent", &silent);
    let text = r#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;
    let artifact_digest = fake.put_manifest(
        "web",
        Some("artifact"),
        artifact.media_type(),
        text.as_bytes(),
    );
    put_index(
        &fake,
        Some("1"),
        &[
            entry(silent.media_type(), &artifact_digest),
            entry(silent.media_type(), &silent.digest()),
        ],
    );
    check(&fake, "web:1", "linux/riscv64", &silent.digest()).await;

    let error = resolve(&fake, "web:artifact", &for_platform("linux/amd64"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(report(&fake, &error), @r"
    cannot determine the platform of `registry:5000/web:artifact`: its config has the type `application/vnd.oci.empty.v1+json`, which is not that of an image
    hint: leave the platform out
    ");
}

#[tokio::test]
async fn a_message_names_at_most_forty_platforms() {
    let fake = Fake::start(Options::anonymous());
    let image = Image::oci("hello");
    let entries: Vec<_> = (0..100)
        .map(|n| {
            let platform = format!(r#""platform":{{"os":"linux","architecture":"a{n}"}}"#);
            format!("{},{platform}", entry(image.media_type(), &image.digest()))
        })
        .collect();
    put_index(&fake, Some("1"), &entries);
    let error = resolve(&fake, "web:1", &for_platform("linux/amd64"))
        .await
        .unwrap_err();
    let hint = error.hint().unwrap();
    assert!(hint.contains("`linux/a39` and 60 more"), "{hint}");
}

#[tokio::test]
async fn the_result_may_contain_the_platforms_of_an_index() {
    let (fake, _) = registry(Format::Oci, ["amd64", "arm64/v8", "amd64"]);
    fake.push("web", "single", &Image::oci("hello"));
    let query = ImageQuery {
        platforms: true,
        ..ImageQuery::default()
    };
    let found = resolve(&fake, "web:1", &query).await.unwrap();
    let platforms: Vec<_> = found
        .platforms
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64/v8"]);
    assert_eq!(
        Some(found.descriptor.digest.to_string()),
        fake.digest("web", "1")
    );
    lines(&fake);
    let found = resolve(&fake, "web:single", &query).await.unwrap();
    assert_eq!(found.platforms, None);
    assert_eq!(lines(&fake), ["HEAD /v2/web/manifests/single"]);
}

#[tokio::test]
async fn a_query_may_verify_a_digest() {
    let (fake, [amd64, _]) = registry(Format::Oci, ["amd64", "arm64"]);
    let verify = ImageQuery {
        verify: true,
        ..ImageQuery::default()
    };
    let name = format!("web:gone@{amd64}");
    let found = resolve(&fake, &name, &verify).await.unwrap();
    assert_eq!(found.descriptor.digest.as_str(), amd64);
    assert_eq!(lines(&fake), [format!("HEAD /v2/web/manifests/{amd64}")]);

    let missing = digest_of(b"missing");
    let error = resolve(&fake, &format!("web@{missing}"), &verify)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    fake.fault(Fault::wrong_digest(&missing));
    let error = resolve(&fake, &name, &verify).await.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::DigestMismatch { .. }),
        "{error:?}"
    );
    fake.heal();
    fake.fault(Fault::missing_digest());
    assert!(resolve(&fake, &name, &verify).await.is_ok());
    fake.fault(Fault::corrupt());
    assert!(resolve(&fake, &name, &verify).await.is_err());
}

#[tokio::test]
async fn schema_1_has_its_own_platform_and_the_digest_of_its_payload() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let fake = Fake::start(Options::anonymous());
    let payload = "{\n   \"architecture\": \"amd64\",\n   \"fsLayers\": []\n}";
    let length = payload.len() - 2;
    let tail = URL_SAFE_NO_PAD.encode("\n}");
    let protected = URL_SAFE_NO_PAD.encode(format!(
        r#"{{"formatLength":{length},"formatTail":"{tail}"}}"#
    ));
    let signed = format!(
        "{},\n   \"signatures\": [{{\"protected\": \"{protected}\"}}]\n}}",
        &payload[..length]
    );
    let kind = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    fake.put_manifest("web", Some("1"), kind, signed.as_bytes());
    // A registry stores the manifest under the digest of the payload.
    let digest = digest_of(payload.as_bytes());
    fake.fault(Fault::missing_digest());
    let found = resolve(&fake, "web:1", &ImageQuery::default())
        .await
        .unwrap();
    assert_eq!(found.descriptor.digest.as_str(), digest);
    fake.heal();
    fake.fault(
        Fault::status(200)
            .header("content-type", kind)
            .header("docker-content-digest", &digest)
            .body(signed),
    );
    check(&fake, "web:1", "linux/amd64", &digest).await;
    assert!(
        resolve(&fake, "web:1", &for_platform("linux/arm64"))
            .await
            .is_err()
    );
}
