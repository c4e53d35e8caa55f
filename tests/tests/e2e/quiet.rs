//! Files that are not opened, and servers that are not asked.

use std::ffi::OsStr;
use std::fs;

use bindery_fake_registry::{Image, Options, Registry};
use bindery_tests::{Bindery, Program, Ran, find, run_by};

#[test]
fn a_registry_in_plain_http_costs_no_certificate_and_no_other_connection() {
    let Some(strace) = find(Program::Strace) else {
        return;
    };
    let registry = Registry::start(Options::anonymous());
    let digest = registry.push("team/app", "1", &Image::oci("app"));
    let address = registry.address();
    let bindery = Bindery::new();
    let trace = bindery.home().join("trace");
    let traced = bindery.command(["image", "resolve", &format!("{address}/team/app:1")]);

    let arguments = ["-f", "-e", "trace=%file,connect,sendto", "-o"].map(OsStr::new);
    let command = run_by(
        &strace,
        &[&arguments[..], &[trace.as_os_str()]].concat(),
        &traced,
    );
    assert_eq!(Ran::of(command).success(), format!("{digest}\n"));

    let trace = fs::read_to_string(trace).unwrap();
    let (_, port) = address.split_once(':').unwrap();
    let registry = format!("sin_port=htons({port}), sin_addr=inet_addr(\"127.0.0.1\")");
    let connects: Vec<_> = trace
        .lines()
        .filter(|line| line.contains("connect("))
        .collect();
    assert!(!connects.is_empty(), "no connection was seen:\n{trace}");
    for line in connects {
        assert!(line.contains(&registry), "a connection elsewhere: {line}");
    }
    for word in ["/ssl", "/pki", "cert", ".pem", ".crt", "resolv.conf"] {
        let opened = trace.lines().find(|line| line.contains(word));
        assert_eq!(opened, None, "touched for `{word}`");
    }
}
