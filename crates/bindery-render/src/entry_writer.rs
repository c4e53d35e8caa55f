//! What the verbs that look after lock files have in common: their files, and what the refs in them are bound to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use bindery_core::{BoundRef, Value};
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_job::{Schema, Selection};
use bindery_lockfile::{Entry, Key, Lockfile, Policy, Source, Timestamp};
use clap::Args;

use crate::answers::Answers;
use crate::binding::Binding;
use crate::context::Context;
use crate::job_file::{Loaded, Sandbox};
use crate::lock::{Lock, LockPlace};
use crate::pass::Pass;
use crate::{plugins, text_file};

/// The files whose refs are meant, and how they are read.
#[derive(Args)]
pub struct Inputs {
    /// Job files in Python syntax; with --text, files of any kind
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Bind a ref before all else; may be repeated, and the last one wins
    #[arg(long = "bind", value_name = "NAME=VALUE")]
    bindings: Vec<Binding>,
    /// The files are JSON: one job, or `{"jobs": [...]}`
    #[arg(long)]
    read_json: bool,
    /// Take the files as plain text
    #[arg(long, conflicts_with = "read_json")]
    text: bool,
    /// With --text, the cluster that binders ask about
    #[arg(long, value_name = "NAME", requires = "text")]
    cluster: Option<String>,
    #[command(flatten)]
    sandbox: Sandbox,
}

/// Such files, and where their lock lies.
#[derive(Args)]
pub struct Files {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    place: LockPlace,
}

/// A lock file, and the files whose lock it is.
pub struct Locked<'f> {
    /// The lock.
    pub lock: Lock,
    /// The files.
    pub files: Vec<&'f Path>,
}

impl Files {
    /// The lock files of all files, each read, to be used as `policy` says.
    pub fn locks(&self, policy: &Policy) -> Result<Vec<Locked<'_>>, Diagnostics> {
        let mut by_lock: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
        for file in &self.inputs.files {
            by_lock.entry(self.place.of(file)).or_default().push(file);
        }
        let locks = by_lock.into_iter().map(|(path, files)| {
            let lock = Lock::open(path, policy.clone())?;
            Ok(Locked { lock, files })
        });
        locks.collect()
    }

    /// What the refs of these files are bound to, as the lock's policy says. All that is wrong with any file is told together.
    pub fn bind(
        &self,
        locked: &Locked<'_>,
        context: &Context<'_>,
    ) -> Result<BTreeMap<Key, BoundRef>, Diagnostics> {
        let mut bound = BTreeMap::new();
        let mut failures = Vec::new();
        for file in &locked.files {
            match self.inputs.bind_file(file, &locked.lock, context) {
                Ok(answers) => bound.extend(answers),
                Err(told) => failures.extend(told.into_vec()),
            }
        }
        Diagnostics::check(failures)?;
        Ok(bound)
    }
}

impl Inputs {
    /// Asks for the refs of all files; what has no answer is no error here. All that is wrong with the files themselves is told
    /// together.
    pub fn ask(&self, answers: &dyn Answers, context: &Context<'_>) -> Result<(), Diagnostics> {
        let ask = |file: &PathBuf| {
            if self.text {
                let cluster = self.cluster.as_deref();
                let asked = text_file::ask(file, cluster, &self.bindings, context, answers);
                return asked.map(|_| ());
            }
            let schema = Rc::new(Schema::new());
            let loaded = self.load(file, &schema, context)?;
            self.pass(&loaded, &schema)?.bind(context, answers)?;
            Ok(())
        };
        let asked = self.files.iter().map(ask).filter_map(Result::err);
        Diagnostics::check(asked.flat_map(Diagnostics::into_vec).collect())
    }

    fn load(
        &self,
        file: &Path,
        schema: &Rc<Schema>,
        context: &Context<'_>,
    ) -> Result<Loaded, Diagnostics> {
        if self.read_json {
            Loaded::read_json(file, schema)
        } else {
            Loaded::evaluate(file, context.prelude(schema)?, &self.sandbox, context)
        }
    }

    /// All jobs of a file.
    fn pass<'l>(&self, loaded: &'l Loaded, schema: &Schema) -> Result<Pass<'l>, Diagnostics> {
        let bindings: Vec<Value> = self.bindings.iter().map(Binding::to_value).collect();
        Pass::new(
            loaded,
            loaded.jobs(schema, &bindings, &Selection::default())?,
        )
    }

    fn bind_file(
        &self,
        file: &Path,
        lock: &Lock,
        context: &Context<'_>,
    ) -> Result<Vec<(Key, BoundRef)>, Diagnostics> {
        if self.text {
            let cluster = self.cluster.as_deref();
            let bound = text_file::bind(file, cluster, &self.bindings, context, lock)?;
            return Ok(keyed(cluster, bound.answers));
        }
        let schema = Rc::new(Schema::new());
        let loaded = self.load(file, &schema, context)?;
        let mut pass = self.pass(&loaded, &schema)?.bind(context, lock)?;
        let answers = pass.take_answers();
        // What cannot be rendered is not worth a lock.
        pass.finish(&schema, None)?;
        let keyed = |(cluster, answers): (Option<String>, _)| keyed(cluster.as_deref(), answers);
        Ok(answers.into_iter().flat_map(keyed).collect())
    }
}

fn keyed(cluster: Option<&str>, answers: Vec<BoundRef>) -> Vec<(Key, BoundRef)> {
    let key = |bound: &BoundRef| Key {
        address: bound.address.address().to_owned(),
        cluster: cluster.map(str::to_owned),
        binder: bound.binder.clone(),
    };
    let answers = answers.into_iter();
    answers.map(|bound| (key(&bound), bound)).collect()
}

/// Makes entries of what binders answered.
pub struct Clerk<'c> {
    context: &'c Context<'c>,
    now: Timestamp,
    sources: BTreeMap<String, Option<Source>>,
}

impl<'c> Clerk<'c> {
    /// A clerk for this run, which began now: at `SOURCE_DATE_EPOCH`, if it is set.
    pub fn new(context: &'c Context<'c>) -> Result<Self, Diagnostics> {
        let told = context.environment().source_date_epoch().map_err(|text| {
            Diagnostic::new(
                Kind::Invalid,
                format!("SOURCE_DATE_EPOCH is `{text}`, which is no number of seconds"),
            )
        })?;
        let seconds = told.and_then(|told| u64::try_from(told).ok()).or_else(|| {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            now.ok().map(|now| now.as_secs())
        });
        let now = Timestamp::from_unix(seconds.unwrap_or_default())
            .map_err(|error| Diagnostic::new(Kind::Invalid, error.to_string()))?;
        Ok(Self {
            context,
            now,
            sources: BTreeMap::new(),
        })
    }

    /// The time that new answers are first seen at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// `lockfile` with what was answered just now; entries whose answers are the same stay.
    pub fn keep(
        &mut self,
        lockfile: &Lockfile,
        answered: &BTreeMap<Key, BoundRef>,
    ) -> Result<Lockfile, Diagnostics> {
        let mut kept = lockfile.clone();
        for (key, bound) in answered {
            let source = self.source(&bound.binder)?;
            let entry = Entry::new(&bound.answer, source, self.now).map_err(|error| {
                let message = format!("the answer to `{}` cannot be locked", key.address);
                Diagnostic::new(Kind::Failed, message)
                    .cause(error)
                    .hint("report it to the author of the binder's plugin")
            })?;
            kept.keep(key.clone(), entry);
        }
        Ok(kept)
    }

    /// The plugin whose binder this is.
    fn source(&mut self, binder: &str) -> Result<Option<Source>, Diagnostics> {
        if let Some(known) = self.sources.get(binder) {
            return Ok(known.clone());
        }
        let has_it = |plugin: &&bindery_host::Plugin| {
            let mut binders = plugin.description().binders.iter();
            binders.any(|it| it.name == binder)
        };
        let source = match self.context.plugins()?.iter().find(has_it) {
            None => None,
            Some(plugin) => Some(Source {
                plugin: plugin.description().name.clone(),
                version: plugin.description().version.clone(),
                sha256: plugins::sha256(plugin.file()).map_err(|error| {
                    let message = format!("cannot read plugin `{}`", plugin.file().display());
                    Diagnostic::new(Kind::Internal, message).cause(error)
                })?,
            }),
        };
        self.sources.insert(binder.to_owned(), source.clone());
        Ok(source)
    }
}

/// The entries of `lockfile` that none of `answered` uses.
pub fn unused(lockfile: &Lockfile, answered: &BTreeMap<Key, BoundRef>) -> BTreeSet<Key> {
    let keys = lockfile.iter().map(|(key, _)| key);
    keys.filter(|key| !answered.contains_key(key))
        .cloned()
        .collect()
}
