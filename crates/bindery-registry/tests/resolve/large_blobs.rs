//! Blobs that are larger than the memory that their reader may use.
//!
//! Server and reader are separate processes: the test binary starts itself again, with one of the tests below as the main function.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use bindery_fake_registry::{Fault, GeneratedBlob, Options, Registry as Fake};
use bindery_oci::Descriptor;
use bindery_reference::Reference;

use crate::{anonymous, report};

/// Variable with the size of the blob, for the process that serves it.
const SERVER: &str = "BINDERY_TEST_BLOB_SERVER";

/// Variable with reference and size of the blob, for the process that reads it.
const READER: &str = "BINDERY_TEST_BLOB_READER";

/// Start of a line that a process prints for the test.
const LINE: &str = "blob: ";

/// Size of the blob, in bytes.
const SIZE: u64 = 2 << 30;

/// Digest of the generated blob of this size, which takes seconds to compute.
const DIGEST: &str = "sha256:fc614c5187e415e567ee3dbe8074c60bad2bfbe6e3adbeaeb94258b61207d0c7";

/// Maximum peak of the memory of the reader, in kilobytes.
const MAX_PEAK: u64 = 32 << 10;

/// Starts the test binary with `test` as its only test.
fn start(test: &str, name: &str, value: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(name, value)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Returns the next line that a process prints for the test.
fn next_line(output: &mut impl BufRead) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "no line");
        if let Some((_, text)) = line.trim_end().split_once(LINE) {
            return text.to_owned();
        }
    }
}

/// Waits for a process, and returns the line that it prints for the test.
fn last_line(process: &mut Child) -> String {
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let line = next_line(&mut output);
    output.read_to_end(&mut Vec::new()).unwrap();
    assert!(process.wait().unwrap().success());
    line
}

/// Main function of the server.
#[test]
fn serve() {
    let Ok(size) = std::env::var(SERVER) else {
        return;
    };
    let length = size.parse().unwrap();
    let fake = Fake::start(Options::anonymous());
    fake.put_generated_blob("web", DIGEST, GeneratedBlob { length });
    // Each of the first requests is cut after a pseudo-random part of the blob.
    let mut state = length;
    for request in 0..8 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let bytes = (state >> 32) % (length / 8);
        fake.fault(Fault::cut_in_body(bytes as usize).skip(request).times(1));
    }
    println!("{LINE}{}/web@{DIGEST}", fake.address());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    println!("{LINE}{}", fake.requests().len());
}

/// Main function of the reader.
#[test]
fn read() {
    let Ok(blob) = std::env::var(READER) else {
        return;
    };
    let (reference, size) = blob.split_once(' ').unwrap();
    let reference: Reference = reference.parse().unwrap();
    let descriptor = Descriptor {
        size: Some(size.parse().unwrap()),
        ..Descriptor::new(reference.digest.clone().unwrap())
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let read = runtime.block_on(async {
        let client = anonymous();
        let (registry, repository) = (&reference.registry, &reference.repository);
        let mut reader = client.blob(registry, repository, &descriptor).await?;
        let mut read = 0;
        while let Some(piece) = reader.chunk().await? {
            read += piece.len() as u64;
        }
        Ok(read)
    });
    let read = read.unwrap_or_else(|error| {
        panic!("{}", report(&Fake::start(Options::anonymous()), &error));
    });
    println!("{LINE}{read} {}", peak());
}

/// Returns the peak of the memory of this process, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let mut words = line.unwrap().split_whitespace();
    words.nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_large_blob_is_read_through_cuts_in_bounded_memory() {
    let mut server = start("large_blobs::serve", SERVER, &SIZE.to_string());
    let mut output = BufReader::new(server.stdout.take().unwrap());
    let reference = next_line(&mut output);
    let mut reader = start("large_blobs::read", READER, &format!("{reference} {SIZE}"));
    let line = last_line(&mut reader);
    // The end of its input ends the server.
    drop(server.stdin.take());
    assert_eq!(next_line(&mut output), "9", "requests");
    output.read_to_end(&mut Vec::new()).unwrap();
    assert!(server.wait().unwrap().success());
    let (read, peak) = line.split_once(' ').unwrap();
    assert_eq!(read.parse(), Ok(SIZE));
    let peak: u64 = peak.parse().unwrap();
    assert!(peak < MAX_PEAK, "peak of {peak} kB");
}
