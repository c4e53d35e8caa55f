//! `bindery ledger stage|release|log`.

use bindery_plugin::{Argument, Arguments, Command, Error, Host, Opt, json};

use crate::store::Store;

const WHICH: &[Argument] = &[Argument::new("NAME"), Argument::new("VERSION")];
const CLUSTER: Opt = Opt::value("cluster", "NAME").help("Whose ledger it is");

fn needed<'a>(arguments: &'a Arguments, option: &str) -> Result<&'a str, Error> {
    let missing = || Error::invalid(format!("`--{option}` is missing"));
    arguments.option(option).ok_or_else(missing)
}

pub struct Stage;

impl Command for Stage {
    const NAME: &'static str = "stage";
    const ABOUT: &'static str = "Write down where a release lies, before jobs may use it";
    const ARGUMENTS: &'static [Argument] = WHICH;
    const OPTIONS: &'static [Opt] = &[
        CLUSTER,
        Opt::value("uri", "URI").help("Where it lies"),
        Opt::value("sha", "SHA").help("The SHA-256 of it"),
        Opt::value("mode", "MODE").help("Its mode, 755 if not said otherwise"),
        Opt::flag("force").help("Stage the release again"),
    ];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        let store = Store::of(host, needed(arguments, "cluster")?)?;
        let (name, version) = (arguments.text("NAME"), arguments.text("VERSION"));
        let (uri, sha) = (needed(arguments, "uri")?, needed(arguments, "sha")?);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ":/._-~%+".contains(c);
        let is_sha = sha.len() == 64 && sha.chars().all(|c| c.is_ascii_hexdigit());
        if !is_sha || !uri.chars().all(is_plain) {
            return Err(Error::invalid("no SHA-256, or no plain address"));
        }
        let known = store.find(name, version)?;
        if known.is_some_and(|it| it["released"] == true || !arguments.flag("force")) {
            let message = format!("the ledger has `{name}` {version} already");
            let hint = "`--force` replaces what was staged, and nothing what was released";
            return Err(Error::invalid(message).hint(hint).exit_with(20));
        }
        let mode = arguments.option("mode").unwrap_or("755");
        let entry = json!({"uri": uri, "sha": sha, "mode": mode, "released": false});
        store.put(name, version, &entry)?;
        host.print(&format!("staged {name} {version}"));
        Ok(0)
    }
}

pub struct Release;

impl Command for Release {
    const NAME: &'static str = "release";
    const ABOUT: &'static str = "Let jobs use what was staged";
    const ARGUMENTS: &'static [Argument] = WHICH;
    const OPTIONS: &'static [Opt] = &[CLUSTER];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        let store = Store::of(host, needed(arguments, "cluster")?)?;
        let (name, version) = (arguments.text("NAME"), arguments.text("VERSION"));
        let mut entry = store.get(name, version)?;
        entry["released"] = json!(true);
        store.put(name, version, &entry)?;
        host.print(&format!("released {name} {version}"));
        Ok(0)
    }
}

pub struct Log;

impl Command for Log {
    const NAME: &'static str = "log";
    const ABOUT: &'static str = "Print the versions there are, one a line";
    const ARGUMENTS: &'static [Argument] = &[Argument::new("NAME")];
    const OPTIONS: &'static [Opt] = &[CLUSTER];

    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
        let store = Store::of(host, needed(arguments, "cluster")?)?;
        for version in store.versions(arguments.text("NAME"))? {
            let entry = store.get(arguments.text("NAME"), &version)?;
            host.print(&format!("{version} {entry}"));
        }
        Ok(0)
    }
}
