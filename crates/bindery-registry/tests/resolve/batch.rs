//! Batches of references.

use std::collections::HashSet;

use bindery_fake_registry::{Image, Options, Registry as Fake};
use bindery_reference::Reference;
use bindery_registry::ImageQuery;

use crate::{anonymous, lines, reference};

#[tokio::test]
async fn results_are_in_order_and_each_reference_is_resolved_once() {
    let fake = Fake::start(Options::anonymous());
    let digests: Vec<_> = (0..20)
        .map(|n| fake.push("web", &n.to_string(), &Image::oci(&n.to_string())))
        .collect();
    let order: Vec<usize> = (0..200).map(|n| n * 8 % 21).collect();
    let references: Vec<Reference> = order
        .iter()
        .map(|n| reference(&fake, &format!("web:{n}")))
        .collect();
    let answers = anonymous()
        .resolve_all(&references, &ImageQuery::default(), 4)
        .await;
    for (answer, n) in answers.iter().zip(&order) {
        match digests.get(*n) {
            Some(digest) => assert_eq!(answer.as_ref().unwrap().descriptor.digest.as_str(), digest),
            None => assert!(answer.is_err()),
        }
    }
    assert_eq!(answers.len(), order.len());
    // The missing tag takes a `GET` too.
    assert_eq!(lines(&fake).len(), 22);
}

#[tokio::test]
async fn at_most_jobs_references_are_resolved_at_the_same_time() {
    let fake = Fake::start(Options::anonymous());
    let references: Vec<_> = (0..40)
        .map(|n| {
            fake.push("web", &n.to_string(), &Image::oci("hello"));
            reference(&fake, &format!("web:{n}"))
        })
        .collect();
    let answers = anonymous()
        .resolve_all(&references, &ImageQuery::default(), 3)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    let connections: HashSet<u64> = fake
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert!(connections.len() <= 3, "{connections:?}");
    assert!(
        anonymous()
            .resolve_all(&references[..2], &ImageQuery::default(), 0)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert!(
        anonymous()
            .resolve_all(&[], &ImageQuery::default(), 3)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn waiting_references_share_one_token() {
    let fake = Fake::start(Options::token());
    let references: Vec<_> = (0..100)
        .map(|n| {
            fake.push("web", &n.to_string(), &Image::oci("hello"));
            reference(&fake, &format!("web:{n}"))
        })
        .collect();
    let answers = anonymous()
        .resolve_all(&references, &ImageQuery::default(), 16)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    let asked = lines(&fake);
    assert_eq!(asked.iter().filter(|line| *line == "GET /token").count(), 1);
    assert!(asked.len() <= 1 + 100 + 16, "{}", asked.len());
}

#[tokio::test]
async fn a_hundred_concurrent_references_fetch_one_token() {
    let fake = Fake::start(Options::token());
    let references: Vec<_> = (0..100)
        .map(|n| {
            fake.push("web", &n.to_string(), &Image::oci("hello"));
            reference(&fake, &format!("web:{n}"))
        })
        .collect();
    let client = anonymous();
    let is_token = |line: &String| line == "GET /token";
    let answers = client
        .resolve_all(&references, &ImageQuery::default(), 100)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(lines(&fake).iter().filter(|line| is_token(line)).count(), 1);
    // The expired token is rejected for all references, and replaced once.
    fake.expire_tokens();
    let answers = client
        .resolve_all(&references, &ImageQuery::default(), 100)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    let asked = lines(&fake);
    assert_eq!(asked.iter().filter(|line| is_token(line)).count(), 1);
    assert!(asked.len() <= 1 + 200, "{}", asked.len());
}

#[tokio::test]
async fn a_thousand_references_take_the_minimum_of_requests() {
    let references = |fake: &Fake| {
        let name = |n: usize| (format!("team/app-{}", n / 5), (n % 5).to_string());
        let mut references = Vec::new();
        for (repository, tag) in (0..1000).map(name) {
            fake.push(&repository, &tag, &Image::oci("hello"));
            references.push(reference(fake, &format!("{repository}:{tag}")));
        }
        references
    };
    let open = Fake::start(Options::anonymous());
    let answers = anonymous()
        .resolve_all(&references(&open), &ImageQuery::default(), 16)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(lines(&open).len(), 1000);

    let closed = Fake::start(Options::token());
    let answers = anonymous()
        .resolve_all(&references(&closed), &ImageQuery::default(), 16)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    let asked = lines(&closed);
    let tokens = asked.iter().filter(|line| *line == "GET /token").count();
    assert_eq!(tokens, 200);
    assert!(asked.len() - tokens <= 1016, "{}", asked.len());
}

#[tokio::test]
async fn one_token_for_each_repository() {
    let fake = Fake::start(Options::token());
    let references: Vec<_> = (0..60)
        .map(|n| {
            let repository = format!("app-{}", n % 12);
            fake.push(&repository, &n.to_string(), &Image::oci("hello"));
            reference(&fake, &format!("{repository}:{n}"))
        })
        .collect();
    let answers = anonymous()
        .resolve_all(&references, &ImageQuery::default(), 4)
        .await;
    assert!(answers.iter().all(Result::is_ok));
    let asked = lines(&fake);
    assert_eq!(
        asked.iter().filter(|line| *line == "GET /token").count(),
        12
    );
    assert!(asked.len() <= 12 + 60 + 4, "{}", asked.len());
}
