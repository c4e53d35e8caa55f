//! On-disk cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bindery_fake_registry::{Format, Image, Index, Options, Registry as Fake};
use bindery_registry::{Client, ClientOptions, ImageQuery};

use crate::{OneUser, check, lines, quick, reference};

/// Returns the client of a new run with its cache in `folder`.
fn client(folder: &Path, max_age: Option<Duration>) -> Client {
    client_of(folder, max_age, None)
}

fn client_of(
    folder: &Path,
    max_age: Option<Duration>,
    user: Option<(&'static str, &'static str)>,
) -> Client {
    let options = ClientOptions {
        cache: Some(folder.to_owned()),
        max_age,
        ..quick()
    };
    let keychain = OneUser {
        user,
        ..OneUser::default()
    };
    Client::new(options, Arc::new(keychain))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(files(&path));
        } else {
            paths.push(path);
        }
    }
    paths
}

#[tokio::test]
async fn resolving_a_tag_creates_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("cache");
    let fake = Fake::start(Options::anonymous());
    let digest = fake.push("web", "1", &Image::oci("hello"));
    check(&client(&root, None), &fake, "web:1", &digest).await;
    assert!(!root.exists());
}

#[tokio::test]
async fn a_token_is_reused_by_later_runs_of_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::start(Options::token_for("alice", "canary"));
    let digest = fake.push("web", "1", &Image::oci("hello"));
    let run = || client_of(folder.path(), None, Some(("alice", "canary")));
    check(&run(), &fake, "web:1", &digest).await;
    lines(&fake);
    let head = "HEAD /v2/web/manifests/1";
    check(&run(), &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake), [head, head]);

    let other = client_of(folder.path(), None, Some(("alice", "wrong")));
    assert!(other.resolve(&reference(&fake, "web:1")).await.is_err());
    lines(&fake);

    // A token that the server has revoked is replaced.
    fake.expire_tokens();
    check(&run(), &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake), [head, head, "GET /token", head]);
    check(&run(), &fake, "web:1", &digest).await;
    assert_eq!(lines(&fake), [head, head]);
    for file in files(folder.path()) {
        let text = fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&text).contains("canary"));
        assert!(!file.display().to_string().contains("alice"));
    }
}

#[tokio::test]
async fn documents_are_fetched_once() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::start(Options::anonymous());
    fake.push_index("web", "1", &Index::two_platforms(Format::Oci, "hello"));
    fake.push("web", "single", &Image::oci("hello"));
    let query = ImageQuery {
        platform: Some("linux/amd64".parse().unwrap()),
        ..ImageQuery::default()
    };
    let image = |name: &'static str| {
        let (client, reference, query) = (
            client(folder.path(), None),
            reference(&fake, name),
            query.clone(),
        );
        async move { client.image(&reference, &query).await.unwrap() }
    };
    let first = (image("web:1").await, image("web:single").await);
    assert_eq!(lines(&fake).len(), 5);
    assert_eq!((image("web:1").await, image("web:single").await), first);
    let heads = ["HEAD /v2/web/manifests/1", "HEAD /v2/web/manifests/single"];
    assert_eq!(lines(&fake), heads);

    let documents = files(&folder.path().join("documents"));
    assert_eq!(documents.len(), 3);
    documents
        .iter()
        .for_each(|file| fs::write(file, "damaged").unwrap());
    assert_eq!((image("web:1").await, image("web:single").await), first);
    assert_eq!(lines(&fake).len(), 5);
    assert_eq!((image("web:1").await, image("web:single").await), first);
    assert_eq!(lines(&fake), heads);
}

#[tokio::test]
async fn a_resolved_tag_is_reused_with_a_maximum_age() {
    let folder = tempfile::tempdir().unwrap();
    let fake = Fake::start(Options::anonymous());
    let old = fake.push("web", "1", &Image::oci("old"));
    let hour = Some(Duration::from_secs(3600));
    check(&client(folder.path(), hour), &fake, "web:1", &old).await;
    let new = fake.push("web", "1", &Image::oci("new"));
    lines(&fake);
    check(&client(folder.path(), hour), &fake, "web:1", &old).await;
    assert!(lines(&fake).is_empty());
    check(&client(folder.path(), None), &fake, "web:1", &new).await;
    // A run without a maximum age does not update the saved tag.
    check(&client(folder.path(), hour), &fake, "web:1", &old).await;
    assert_eq!(lines(&fake).len(), 1);
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_is_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let fake = Fake::start(Options::token());
    fake.push_index("web", "1", &Index::two_platforms(Format::Oci, "hello"));
    let query = ImageQuery {
        platform: Some("linux/amd64".parse().unwrap()),
        ..ImageQuery::default()
    };
    let client = client(&file, Some(Duration::from_secs(60)));
    assert!(
        client
            .image(&reference(&fake, "web:1"), &query)
            .await
            .is_ok()
    );
}
