//! Blobs: verification, resumption, and redirects.

use std::sync::Arc;

use bindery_diagnostic::Kind;
use bindery_fake_registry::{Fault, Options, Registry as Fake};
use bindery_oci::Descriptor;
use bindery_registry::{BlobReader, Client, Endpoint, Error, ErrorDetail, RegistrySettings};

use crate::{OneUser, anonymous, quick, reference, report, user};

/// Size of the blobs of these tests, which arrive in many pieces.
const SIZE: usize = 3_000_000;

/// Returns bytes without a period.
fn content() -> Vec<u8> {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..SIZE).map(|_| next()).collect()
}

/// Returns an open registry with a blob, and the descriptor of the blob.
fn registry(options: Options) -> (Fake, Descriptor) {
    let fake = Fake::start(options);
    let digest = fake.put_blob("web", &content()).parse().unwrap();
    let descriptor = Descriptor {
        size: Some(SIZE as u64),
        ..Descriptor::new(digest)
    };
    (fake, descriptor)
}

async fn open(client: &Client, fake: &Fake, descriptor: &Descriptor) -> Result<BlobReader, Error> {
    let web = reference(fake, "web");
    client
        .blob(&web.registry, &web.repository, descriptor)
        .await
}

/// Reads a blob to its end. Returns the bytes that arrived, and the error of the last read.
async fn read(client: &Client, fake: &Fake, descriptor: &Descriptor) -> (Vec<u8>, Option<Error>) {
    let mut bytes = Vec::new();
    let mut reader = match open(client, fake, descriptor).await {
        Ok(reader) => reader,
        Err(error) => return (bytes, Some(error)),
    };
    loop {
        match reader.chunk().await {
            Ok(Some(piece)) => bytes.extend_from_slice(&piece),
            Ok(None) => {
                assert!(reader.chunk().await.unwrap().is_none());
                return (bytes, None);
            }
            Err(error) => {
                let again = reader.chunk().await.unwrap_err();
                assert_eq!(again.to_string(), error.to_string());
                return (bytes, Some(error));
            }
        }
    }
}

/// Asserts that a blob is read without an error.
async fn check(client: &Client, fake: &Fake, descriptor: &Descriptor) {
    let (bytes, error) = read(client, fake, descriptor).await;
    if let Some(error) = error {
        panic!("{}", report(fake, &error));
    }
    assert!(bytes == content(), "{} bytes", bytes.len());
}

/// Returns the error of the last read. Asserts that the last byte was not returned.
async fn check_error(fake: &Fake, descriptor: &Descriptor) -> Error {
    let (bytes, error) = read(&anonymous(), fake, descriptor).await;
    assert!(bytes.len() < SIZE, "{} bytes", bytes.len());
    error.expect("the last read is an error")
}

/// Returns the `Range` headers of the requests since the last call.
fn ranges(fake: &Fake) -> Vec<Option<String>> {
    let requests = fake.requests();
    fake.forget_requests();
    requests
        .iter()
        .map(|request| request.header("range"))
        .collect()
}

#[tokio::test]
async fn a_blob_takes_one_request() {
    let (fake, descriptor) = registry(Options::anonymous());
    check(&anonymous(), &fake, &descriptor).await;
    assert_eq!(ranges(&fake), [None]);
    let without_size = Descriptor::new(descriptor.digest);
    check(&anonymous(), &fake, &without_size).await;
}

#[tokio::test]
async fn an_empty_blob_ends_at_once() {
    let fake = Fake::start(Options::anonymous());
    let digest = fake.put_blob("web", b"").parse().unwrap();
    let descriptor = Descriptor {
        size: Some(0),
        ..Descriptor::new(digest)
    };
    let (bytes, error) = read(&anonymous(), &fake, &descriptor).await;
    assert!(bytes.is_empty() && error.is_none(), "{error:?}");
}

#[tokio::test]
async fn a_missing_blob_is_an_error_of_the_first_request() {
    let (fake, descriptor) = registry(Options::anonymous());
    let missing = Descriptor::new(bindery_oci::sha256_of(b"missing"));
    let error = open(&anonymous(), &fake, &missing).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    let unsupported = format!("blake3:{}", descriptor.digest.hex());
    let unsupported = Descriptor::new(unsupported.parse().unwrap());
    let error = open(&anonymous(), &fake, &unsupported).await.unwrap_err();
    assert!(
        matches!(error.detail(), ErrorDetail::UnsupportedDigest),
        "{error:?}"
    );
}

#[tokio::test]
async fn reading_continues_at_the_byte_of_a_cut() {
    let (fake, descriptor) = registry(Options::anonymous());
    for (request, bytes) in [1_000_000, 0, 1, 700_000].into_iter().enumerate() {
        fake.fault(Fault::cut_in_body(bytes).skip(request).times(1));
    }
    check(&anonymous(), &fake, &descriptor).await;
    let start = |bytes: usize| Some(format!("bytes={bytes}-"));
    assert_eq!(
        ranges(&fake),
        [
            None,
            start(1_000_000),
            start(1_000_000),
            start(1_000_001),
            start(1_700_001)
        ]
    );
}

#[tokio::test]
async fn a_server_without_ranges_sends_the_blob_again() {
    let (fake, descriptor) = registry(Options::anonymous());
    fake.fault(Fault::ignore_range());
    fake.fault(Fault::cut_in_body(1_000_000).times(1));
    fake.fault(Fault::cut_in_body(2_000_000).skip(1).times(1));
    check(&anonymous(), &fake, &descriptor).await;
    assert_eq!(ranges(&fake).len(), 3);
}

#[tokio::test]
async fn the_reader_gives_up_without_progress() {
    let (fake, descriptor) = registry(Options::anonymous());
    fake.fault(Fault::cut_in_body(1_000_000).times(1));
    fake.fault(Fault::cut_in_body(0).skip(1));
    let error = check_error(&fake, &descriptor).await;
    assert_eq!(error.kind(), Kind::NoAnswer);
    assert_eq!(ranges(&fake).len(), 6);
    fake.heal();
    fake.fault(Fault::ignore_range());
    fake.fault(Fault::cut_in_body(1_000_000));
    let error = check_error(&fake, &descriptor).await;
    assert_eq!(error.kind(), Kind::NoAnswer);
    assert_eq!(ranges(&fake).len(), 6);
}

#[tokio::test]
async fn a_wrong_byte_is_an_error_of_the_last_read() {
    let (fake, descriptor) = registry(Options::anonymous());
    fake.fault(Fault::corrupt());
    for descriptor in [&descriptor, &Descriptor::new(descriptor.digest.clone())] {
        let error = check_error(&fake, descriptor).await;
        assert_eq!(error.kind(), Kind::Content);
        assert!(
            matches!(error.detail(), ErrorDetail::DigestMismatch { .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_size_is_an_error_of_the_last_read() {
    let (fake, descriptor) = registry(Options::anonymous());
    let size = SIZE as u64;
    for (fault, expected) in [
        (Fault::shorten(1), "received 2999999"),
        (Fault::shorten(size), "received 0"),
        (Fault::lengthen(1), "received more"),
        (Fault::lengthen(size), "received more"),
    ] {
        fake.fault(fault);
        let error = check_error(&fake, &descriptor).await;
        assert_eq!(error.kind(), Kind::Content);
        let text = report(&fake, &error);
        assert!(text.contains(expected), "{text}");
        fake.heal();
    }
    // Without a size the digest decides.
    fake.fault(Fault::shorten(1));
    let error = check_error(&fake, &Descriptor::new(descriptor.digest)).await;
    assert!(
        matches!(error.detail(), ErrorDetail::DigestMismatch { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn content_that_changes_after_a_cut_is_an_error() {
    let (fake, descriptor) = registry(Options::anonymous());
    fake.fault(Fault::cut_in_body(1_000_000).times(1));
    let range = format!("bytes 1000000-{}/{SIZE}", SIZE - 1);
    fake.fault(
        Fault::status(206)
            .header("content-range", &range)
            .body(vec![b' '; 2_000_000])
            .skip(1),
    );
    let error = check_error(&fake, &descriptor).await;
    assert!(
        matches!(error.detail(), ErrorDetail::DigestMismatch { .. }),
        "{error:?}"
    );
    fake.heal();
    fake.forget_requests();
    fake.fault(Fault::cut_in_body(1_000_000).times(1));
    fake.fault(
        Fault::status(206)
            .header("content-range", "bytes 5-9/10")
            .body("01234")
            .skip(1),
    );
    let error = check_error(&fake, &descriptor).await;
    assert!(
        matches!(error.detail(), ErrorDetail::UnexpectedResponse),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_does_not_carry_the_password() {
    let (storage, descriptor) = registry(Options::anonymous());
    let (fake, _) = registry(Options::basic("alice", "canary"));
    let location = format!(
        "http://{}/v2/web/blobs/{}?signature=canary",
        storage.address(),
        descriptor.digest
    );
    fake.fault(Fault::redirect(307, &location).skip(1));
    storage.fault(Fault::cut_in_body(1_000_000).times(1));
    check(&user("alice", "canary").0, &fake, &descriptor).await;
    // The rest is requested from the registry, whose redirect may have expired.
    let authorizations: Vec<_> = fake
        .requests()
        .into_iter()
        .map(|request| request.authorization)
        .collect();
    let basic = || Some("basic".to_owned());
    assert_eq!(authorizations, [None, basic(), basic()]);
    let requests = storage.requests();
    assert_eq!(requests.len(), 2);
    for request in &requests {
        assert_eq!(request.authorization, None);
    }
    assert_eq!(
        requests[1].header("range").as_deref(),
        Some("bytes=1000000-")
    );
}

#[tokio::test]
async fn a_token_that_expires_before_a_cut_is_replaced() {
    let (fake, descriptor) = registry(Options::token());
    fake.fault(Fault::cut_in_body(1_000_000).skip(1).times(1));
    let client = anonymous();
    let mut reader = open(&client, &fake, &descriptor).await.unwrap();
    fake.expire_tokens();
    let mut size = 0;
    while let Some(piece) = reader.chunk().await.unwrap() {
        size += piece.len();
    }
    assert_eq!(size, SIZE);
}

#[tokio::test]
async fn the_registry_completes_the_blob_of_a_failing_mirror() {
    let (mirror, descriptor) = registry(Options::anonymous());
    let (fake, _) = registry(Options::anonymous());
    mirror.fault(Fault::cut_in_body(1_000_000).times(1));
    mirror.fault(Fault::cut_in_body(0).skip(1));
    let mut options = quick();
    let settings = RegistrySettings {
        mirrors: vec![Endpoint::parse(&format!("http://{}", mirror.address())).unwrap()],
        ..RegistrySettings::default()
    };
    let name = fake.address().parse().unwrap();
    options.registries.insert(name, settings);
    let client = Client::new(options, Arc::new(OneUser::default()));
    check(&client, &fake, &descriptor).await;
    assert_eq!(mirror.requests().len(), 2);
    assert_eq!(ranges(&fake), [Some("bytes=1000000-".to_owned())]);
}
