//! Registry over a socket, with a minimal client.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bindery_fake_registry::{
    Access, Account, Counts, Fault, Format, GeneratedBlob, Image, Index, Options, Registry,
    TokenField, TokenService,
};

/// Response; `body` contains the bytes that arrived before the connection was closed.
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).into_iter().next()
    }

    fn headers(&self, name: &str) -> Vec<&str> {
        let has_name = |line: &&str| {
            line.split(':')
                .next()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        };
        self.head
            .lines()
            .skip(1)
            .filter(has_name)
            .map(|line| line[name.len() + 1..].trim())
            .collect()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Sends a request and reads until the connection closes. Returns `None` if the head is incomplete.
fn try_send(registry: &Registry, request: &str, headers: &[&str]) -> Option<Reply> {
    let mut stream = TcpStream::connect(registry.address()).unwrap();
    let mut text = format!(
        "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        registry.address()
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A cut connection may end with a reset, after the bytes that were read.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply {
        status,
        head,
        body: bytes[end + 4..].to_vec(),
    })
}

#[track_caller]
fn send(registry: &Registry, request: &str, headers: &[&str]) -> Reply {
    try_send(registry, request, headers).expect("the head is complete")
}

const ACCEPT_ALL: &str = "Accept: application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, \
                          application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
const ACCEPT_DOCKER: &str = "Accept: application/vnd.docker.distribution.manifest.v2+json";

fn with_python() -> (Registry, String) {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("library/python", "3.12", &Image::oci("hello"));
    (registry, digest)
}

#[test]
fn head_returns_the_digest_and_get_the_bytes() {
    let (registry, digest) = with_python();
    let head = send(
        &registry,
        "HEAD /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(
        (head.status, head.header("docker-content-digest")),
        (200, Some(digest.as_str()))
    );
    assert_eq!(head.header("content-type"), Some(Format::Oci.manifest()));
    assert_eq!(
        head.header("content-length"),
        Some(Image::oci("hello").manifest.len().to_string().as_str())
    );
    assert_eq!(head.body, b"");

    for reference in ["3.12", &digest] {
        let get = send(
            &registry,
            &format!("GET /v2/library/python/manifests/{reference}"),
            &[ACCEPT_ALL],
        );
        assert_eq!(get.body, Image::oci("hello").manifest);
        assert_eq!(get.header("docker-content-digest"), Some(digest.as_str()));
    }
}

#[test]
fn blobs_of_a_manifest_can_be_read() {
    let (registry, _) = with_python();
    let manifest = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    )
    .json();
    for descriptor in [&manifest["config"], &manifest["layers"][0]] {
        let blob = send(
            &registry,
            &format!(
                "GET /v2/library/python/blobs/{}",
                descriptor["digest"].as_str().unwrap()
            ),
            &[],
        );
        assert_eq!(
            bindery_fake_registry::digest_of(&blob.body),
            descriptor["digest"].as_str().unwrap()
        );
        assert_eq!(blob.body.len() as u64, descriptor["size"].as_u64().unwrap());
    }
}

#[test]
fn missing_content_has_the_codes_of_the_specification() {
    let (registry, _) = with_python();
    let code = |request: &str| {
        let reply = send(&registry, request, &[ACCEPT_ALL]);
        (
            reply.status,
            reply.json()["errors"][0]["code"]
                .as_str()
                .unwrap()
                .to_owned(),
        )
    };
    assert_eq!(
        code("GET /v2/library/python/manifests/9"),
        (404, "MANIFEST_UNKNOWN".to_owned())
    );
    assert_eq!(
        code("GET /v2/no/such/manifests/9"),
        (404, "MANIFEST_UNKNOWN".to_owned())
    );
    assert_eq!(
        code("GET /v2/library/python/blobs/sha256:00"),
        (404, "BLOB_UNKNOWN".to_owned())
    );
    assert_eq!(
        code("GET /v2/no/such/tags/list"),
        (404, "NAME_UNKNOWN".to_owned())
    );
    assert_eq!(
        code("DELETE /v2/library/python/manifests/3.12"),
        (405, "UNSUPPORTED".to_owned())
    );
    assert_eq!(
        send(&registry, "GET /nothing", &[]).body,
        b"404 page not found\n"
    );
}

#[test]
fn version_and_tags_are_served() {
    let (registry, _) = with_python();
    registry.push("library/python", "3.11", &Image::oci("older"));
    assert_eq!(send(&registry, "GET /v2/", &[]).body, b"{}");
    let tags = || send(&registry, "GET /v2/library/python/tags/list", &[]).json()["tags"].clone();
    assert_eq!(tags(), serde_json::json!(["3.11", "3.12"]));
    registry.untag("library/python", "3.12");
    assert_eq!(tags(), serde_json::json!(["3.11"]));
}

#[test]
fn an_oci_image_that_is_not_accepted_is_not_found() {
    let (registry, _) = with_python();
    let reply = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_DOCKER],
    );
    assert_eq!(reply.status, 404);
    assert!(
        reply.json()["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("accept header does not support")
    );
}

#[test]
fn a_short_accept_list_changes_the_digest_like_distribution_2_8() {
    let registry = Registry::start(Options::anonymous());
    let index = Index::two_platforms(Format::Docker, "hello");
    let digest = registry.push_index("app", "1", &index);
    let resolved = |headers: &[&str]| {
        let reply = send(&registry, "HEAD /v2/app/manifests/1", headers);
        (
            reply.header("content-type").unwrap().to_owned(),
            reply.header("docker-content-digest").unwrap().to_owned(),
        )
    };
    assert_eq!(
        resolved(&[ACCEPT_ALL]),
        (Format::Docker.index().to_owned(), digest.clone())
    );
    assert_eq!(
        resolved(&[ACCEPT_DOCKER]),
        (
            Format::Docker.manifest().to_owned(),
            index.images[0].digest()
        )
    );
    let (media_type, converted) = resolved(&["Accept: */*"]);
    assert_eq!(
        media_type,
        "application/vnd.docker.distribution.manifest.v1+json"
    );
    let by_digest = send(
        &registry,
        &format!("GET /v2/app/manifests/{converted}"),
        &[],
    );
    assert_eq!(
        by_digest.status, 404,
        "a converted manifest cannot be pulled by its digest"
    );
    assert_eq!(
        send(&registry, &format!("GET /v2/app/manifests/{digest}"), &[]).status,
        200
    );
}

#[test]
fn an_unchanged_manifest_is_not_modified() {
    let (registry, digest) = with_python();
    let condition = format!("If-None-Match: \"{digest}\"");
    let reply = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL, &condition],
    );
    assert_eq!((reply.status, reply.body.len()), (304, 0));
}

#[test]
fn basic_distinguishes_401_and_403() {
    let accounts = vec![
        Account::new("alice", "secret"),
        Account::new("bob", "secret").only(["team/*"]),
    ];
    let registry = Registry::start(Options {
        access: Access::Basic(accounts),
    });
    registry.push("app", "1", &Image::oci("hello"));
    let status = |headers: &[&str]| send(&registry, "GET /v2/app/manifests/1", headers).status;
    let refused = send(&registry, "GET /v2/app/manifests/1", &[ACCEPT_ALL]);
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, Some("Basic realm=\"fake-registry\""))
    );
    assert_eq!(
        status(&[ACCEPT_ALL, "Authorization: Basic YWxpY2U6c2VjcmV0"]),
        200
    );
    assert_eq!(
        status(&[ACCEPT_ALL, "Authorization: Basic YWxpY2U6d3Jvbmc="]),
        401
    );
    assert_eq!(
        status(&[ACCEPT_ALL, "Authorization: Basic Ym9iOnNlY3JldA=="]),
        403
    );
}

/// Returns realm, service and scope of a Bearer challenge.
fn challenge(reply: &Reply) -> (String, String, String) {
    let text = reply.header("www-authenticate").unwrap();
    let value = |name: &str| {
        text.split(&format!("{name}=\""))
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    };
    (value("realm"), value("service"), value("scope"))
}

#[test]
fn a_token_is_valid_for_its_repository() {
    let registry = Registry::start(Options::token());
    registry.push("app", "1", &Image::oci("hello"));
    let refused = send(&registry, "HEAD /v2/app/manifests/1", &[ACCEPT_ALL]);
    assert_eq!(refused.status, 401);
    let (realm, service, scope) = challenge(&refused);
    assert_eq!(realm, format!("http://{}/token", registry.address()));
    assert_eq!(scope, "repository:app:pull");

    let given = send(
        &registry,
        &format!("GET /token?service={service}&scope={scope}"),
        &[],
    )
    .json();
    assert_eq!(
        (&given["token"], &given["expires_in"]),
        (&given["access_token"], &serde_json::json!(300))
    );
    let bearer = format!("Authorization: Bearer {}", given["token"].as_str().unwrap());
    let status =
        |path: &str| send(&registry, &format!("GET {path}"), &[ACCEPT_ALL, &bearer]).status;
    assert_eq!(status("/v2/app/manifests/1"), 200);
    assert_eq!(status("/v2/"), 200);
    let other = send(
        &registry,
        "GET /v2/other/manifests/1",
        &[ACCEPT_ALL, &bearer],
    );
    assert!(
        other
            .header("www-authenticate")
            .unwrap()
            .ends_with("error=\"insufficient_scope\"")
    );

    registry.expire_tokens();
    let ended = send(&registry, "GET /v2/app/manifests/1", &[ACCEPT_ALL, &bearer]);
    assert!(
        ended
            .header("www-authenticate")
            .unwrap()
            .ends_with("error=\"invalid_token\"")
    );
}

#[test]
fn the_token_endpoint_has_options() {
    let service = TokenService {
        service: None,
        realm: Some("http://localhost:1/elsewhere".to_owned()),
        field: TokenField::AccessToken,
        tells_lifetime: false,
        ..TokenService::default()
    };
    let registry = Registry::start(Options {
        access: Access::Token(service),
    });
    let refused = send(&registry, "GET /v2/", &[]);
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Bearer realm=\"http://localhost:1/elsewhere\"")
    );
    let given = send(&registry, "GET /token", &[]).json();
    assert_eq!(
        given.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["access_token"]
    );
    assert_eq!(send(&registry, "POST /token", &[]).status, 405);
}

#[test]
fn the_token_endpoint_rejects_a_wrong_password() {
    let registry = Registry::start(Options::token_for("alice", "secret"));
    let path = "GET /token?service=fake-registry&scope=repository:app:pull";
    assert_eq!(
        send(&registry, path, &["Authorization: Basic YWxpY2U6c2VjcmV0"]).status,
        200
    );
    assert_eq!(
        send(&registry, path, &["Authorization: Basic YWxpY2U6d3Jvbmc="]).status,
        401
    );
}

#[test]
fn a_fault_applies_to_a_limited_number_of_requests() {
    let (registry, _) = with_python();
    registry.fault(
        Fault::status(429)
            .header("Retry-After", "1")
            .body("slow down")
            .times(1),
    );
    let reply = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(
        (
            reply.status,
            reply.header("retry-after"),
            reply.body.as_slice()
        ),
        (429, Some("1"), &b"slow down"[..])
    );
    assert_eq!(
        send(
            &registry,
            "GET /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL]
        )
        .status,
        200
    );
}

#[test]
fn digests_and_bytes_may_be_wrong() {
    let (registry, digest) = with_python();
    let get = || {
        send(
            &registry,
            "GET /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL],
        )
    };
    registry.fault(Fault::missing_digest().times(1));
    assert_eq!(get().header("docker-content-digest"), None);
    registry.fault(Fault::wrong_digest("sha256:0").times(1));
    assert_eq!(get().headers("docker-content-digest"), ["sha256:0"]);
    registry.fault(Fault::corrupt());
    assert_ne!(bindery_fake_registry::digest_of(&get().body), digest);
    registry.heal();
    assert_eq!(bindery_fake_registry::digest_of(&get().body), digest);
}

#[test]
fn a_fault_may_apply_to_head_only() {
    let (registry, _) = with_python();
    registry.fault(Fault::head_refused());
    assert_eq!(
        send(
            &registry,
            "HEAD /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL]
        )
        .status,
        405
    );
    assert_eq!(
        send(
            &registry,
            "GET /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL]
        )
        .status,
        200
    );
}

#[test]
fn each_challenge_has_its_own_header() {
    let (registry, _) = with_python();
    registry.fault(Fault::challenges([
        "Negotiate",
        "Basic realm=\"x\", Bearer realm=\"http://localhost:1/t\"",
    ]));
    let reply = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(reply.headers("www-authenticate").len(), 2);
}

#[test]
fn redirects_have_the_given_location() {
    let (registry, _) = with_python();
    registry.fault(Fault::redirect(307, "http://localhost:1/blob").path("/v2/*/blobs/*"));
    let reply = send(&registry, "GET /v2/library/python/blobs/sha256:00", &[]);
    assert_eq!(
        (reply.status, reply.header("location")),
        (307, Some("http://localhost:1/blob"))
    );
}

#[test]
fn connections_are_cut_at_the_given_byte() {
    let (registry, _) = with_python();
    let get = || {
        try_send(
            &registry,
            "GET /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL],
        )
    };
    registry.fault(Fault::cut_in_head(0).times(1));
    registry.fault(Fault::cut_in_head(12).skip(1).times(1));
    registry.fault(Fault::cut_in_body(7).skip(2).times(1));
    assert!(get().is_none(), "no answer at all");
    assert!(get().is_none(), "half a head");
    let cut = get().unwrap();
    assert_eq!((cut.status, cut.body.len()), (200, 7));
    assert_ne!(cut.header("content-length"), Some("7"));
    assert_eq!(get().unwrap().body, Image::oci("hello").manifest);
    let statuses: Vec<_> = registry
        .requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [None, None, Some(200), Some(200)]);
}

#[test]
fn a_response_may_be_delayed() {
    let (registry, _) = with_python();
    registry.fault(Fault::delay(Duration::from_millis(50)));
    let before = Instant::now();
    assert_eq!(
        send(
            &registry,
            "GET /v2/library/python/manifests/3.12",
            &[ACCEPT_ALL]
        )
        .status,
        200
    );
    assert!(before.elapsed() >= Duration::from_millis(50));
}

#[test]
fn requests_are_recorded_without_credentials() {
    let (registry, _) = with_python();
    send(
        &registry,
        "HEAD /v2/library/python/manifests/3.12?ns=docker.io",
        &[ACCEPT_ALL, "Authorization: Basic YWxpY2U6c2VjcmV0"],
    );
    send(&registry, "GET /v2/", &[]);
    let requests = registry.requests();
    assert_eq!(requests[0].line(), "HEAD /v2/library/python/manifests/3.12");
    assert_eq!(
        (requests[0].query.as_str(), requests[0].status),
        ("ns=docker.io", Some(200))
    );
    assert_eq!(requests[0].authorization.as_deref(), Some("basic"));
    assert_eq!(
        requests[0].header("Accept").as_deref(),
        ACCEPT_ALL.strip_prefix("Accept: ")
    );
    assert!(!format!("{requests:?}").contains("YWxpY2U6c2VjcmV0"));
    assert_eq!(requests[1].authorization, None);
    assert_ne!(requests[0].connection, requests[1].connection);
    registry.forget_requests();
    assert!(registry.requests().is_empty());
}

#[test]
fn a_connection_is_reused_and_ends_with_the_registry() {
    let (registry, _) = with_python();
    let mut stream = TcpStream::connect(registry.address()).unwrap();
    for _ in 0..2 {
        stream
            .write_all(b"HEAD /v2/ HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let mut one = [0];
            stream.read_exact(&mut one).unwrap();
            bytes.push(one[0]);
        }
    }
    let connections: Vec<u64> = registry
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(connections, [1, 1]);
    drop(registry);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0, "closed by the registry");
}

#[test]
fn a_body_may_be_endless() {
    let (registry, _) = with_python();
    registry.fault(Fault::filler(10 << 30).method("HEAD"));
    registry.fault(Fault::filler(100_000).method("GET"));
    let head = send(
        &registry,
        "HEAD /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(head.header("content-length"), Some("10737418240"));
    let get = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(get.header("content-length"), Some("100000"));
    assert_eq!(get.body, vec![b' '; 100_000]);

    registry.heal();
    registry.fault(Fault::endless());
    registry.fault(Fault::cut_in_body(1_000_000));
    let endless = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(endless.header("content-length"), None);
    assert_eq!(endless.header("transfer-encoding"), Some("chunked"));
    assert_eq!(endless.body.len(), 1_000_000);
}

#[test]
fn a_body_may_be_slow() {
    let (registry, _) = with_python();
    let pause = Duration::from_millis(2);
    registry.fault(Fault::drip(pause));
    let start = Instant::now();
    let get = send(
        &registry,
        "GET /v2/library/python/manifests/3.12",
        &[ACCEPT_ALL],
    );
    assert_eq!(get.body, Image::oci("hello").manifest);
    assert!(start.elapsed() >= pause * u32::try_from(get.body.len()).unwrap());
}

#[test]
fn delayed_requests_wait_concurrently() {
    let latency = Duration::from_millis(100);
    let registry = Registry::start(Options::anonymous());
    registry.fault(Fault::delay(latency).path("*"));
    registry.push("app", "1", &Image::oci("app"));
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                assert_eq!(
                    send(&registry, "HEAD /v2/app/manifests/1", &[ACCEPT_ALL]).status,
                    200
                )
            });
        }
    });
    let time = start.elapsed();
    assert!(time >= latency, "{time:?}");
    assert!(time < latency * 8, "one after the other: {time:?}");
}

#[test]
fn requests_and_connections_are_counted_by_kind() {
    let registry = Registry::start(Options::token());
    registry.push("app", "1", &Image::oci("app"));
    let token = send(
        &registry,
        "GET /token?service=fake-registry&scope=repository:app:pull",
        &[],
    );
    let token = token.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(registry.tokens().join(" "), token);
    let bearer = format!("Authorization: Bearer {token}");
    send(&registry, "HEAD /v2/app/manifests/1", &[ACCEPT_ALL]);
    send(&registry, "GET /v2/app/manifests/1", &[ACCEPT_ALL, &bearer]);
    send(&registry, "GET /v2/", &[]);
    let counts = Counts {
        manifests: 2,
        tokens: 1,
        others: 1,
        connections: 4,
    };
    assert_eq!(registry.counts(), counts);
    registry.forget_requests();
    assert_eq!(registry.counts(), Counts::default());
}

#[test]
fn a_range_of_a_blob_is_served() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.put_blob("web", b"0123456789");
    let blob = GeneratedBlob { length: 2_000_000 };
    let generated = blob.digest("sha256").to_string();
    registry.put_generated_blob("web", &generated, blob);
    let get = |digest: &str, range: &str| {
        let request = format!("GET /v2/web/blobs/{digest}");
        send(&registry, &request, &[&format!("Range: bytes={range}")])
    };
    let reply = get(&digest, "3-");
    assert_eq!((reply.status, &reply.body[..]), (206, &b"3456789"[..]));
    assert_eq!(reply.header("content-range"), Some("bytes 3-9/10"));
    let reply = get(&digest, "10-");
    assert_eq!(reply.status, 416);
    assert_eq!(reply.header("content-range"), Some("bytes */10"));

    let whole = send(&registry, &format!("GET /v2/web/blobs/{generated}"), &[]).body;
    assert_eq!(bindery_fake_registry::digest_of(&whole), generated);
    assert_eq!(get(&generated, "1500000-").body, whole[1_500_000..]);

    registry.fault(Fault::ignore_range());
    let reply = get(&digest, "3-");
    assert_eq!((reply.status, &reply.body[..]), (200, &b"0123456789"[..]));
}

#[test]
fn a_body_may_have_another_length() {
    let registry = Registry::start(Options::anonymous());
    let digest = registry.put_blob("web", b"0123456789");
    let get = || send(&registry, &format!("GET /v2/web/blobs/{digest}"), &[]);
    registry.fault(Fault::shorten(3).times(1));
    let reply = get();
    assert_eq!(
        (&reply.body[..], reply.header("content-length")),
        (&b"0123456"[..], Some("7"))
    );
    registry.fault(Fault::lengthen(2).times(1));
    let reply = get();
    assert_eq!(
        (&reply.body[..], reply.header("content-length")),
        (&b"0123456789  "[..], Some("12"))
    );
}
