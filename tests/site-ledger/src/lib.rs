//! Ledger of the releases of a site, in job files and on the command line.

mod commands;
mod store;
#[cfg(test)]
mod tests;

use bindery_plugin::{
    Answer, BindError, Binder, Data, Definition, Field, Host, Match, Member, Trait, Type,
    export_plugin,
};

use crate::store::Store;

/// Ledger of a cluster: a folder or an address `http://…`, and its time limit in seconds.
const LEDGER: Trait = Trait::new(
    "LedgerTrait",
    &[
        Field::string("ledger_uri").required(),
        Field::integer("ledger_timeout").or_integer(10),
    ],
);

/// Release, bound to a job with refs like `{{release.version}}`.
const RELEASE: Definition = Definition::structure(
    "LedgerRelease",
    &[
        Member::new("name", Type::String).required(),
        Member::new("version", Type::String).required(),
        Member::new("file", Type::String).or(Data::Text("{{name}}")),
        Member::new("before", Type::List(&Type::Named("Process"))).or(Data::List(&[])),
    ],
);

/// Default mode of a release.
const MODE: Definition = Definition::constant("LEDGER_MODE", Data::Text("755"));

/// Binds `{{ledger[name][version]}}`.
struct Releases;

impl Binder for Releases {
    const NAME: &'static str = "ledger";
    const PATTERN: &'static str = "ledger[*][*]";

    fn bind(&self, host: &Host, found: &Match) -> Result<Answer, BindError> {
        let no_cluster = || BindError::invalid("the job has no cluster, and so no ledger");
        let store = Store::of(host, found.cluster().ok_or_else(no_cluster)?)?;
        let (name, version) = (found.index(0), found.index(1));
        let entry = store.get(name, version)?;
        if entry["released"] != true {
            let message = format!("`{name}` {version} is staged and not released");
            let hint = format!("`bindery ledger release {name} {version}`");
            return Err(BindError::invalid(message).hint(hint));
        }
        let [uri, sha, mode] = ["uri", "sha", "mode"].map(|it| entry[it].as_str().unwrap_or(""));
        let check = format!("echo '{sha}  {name}' | sha256sum -c -");
        let copy = format!("curl -fsSL {uri} -o {name} && {check} && chmod {mode} {name}");
        let fields = [("uri", uri), ("sha", sha), ("mode", mode), ("copy", &copy)];
        let provenance = format!("{name}/{version} sha:{sha}");
        Ok(Answer::structure(fields).with_metadata("ledger", provenance))
    }
}

export_plugin! {
    name: "ledger",
    binders: [Releases],
    traits: [LEDGER],
    schema: [RELEASE, MODE],
    commands: [commands::Stage, commands::Release, commands::Log],
}
