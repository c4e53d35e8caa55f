//! What a plugin says of itself, read from its file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use bindery_abi::{ABI_REVISION, Card, ELF_SECTION, KIND, MACH_SECTION, MAGIC, Meta, UNWINDS};
use bindery_cluster::Trait;
use bindery_core::Matcher;
use serde::{Deserialize, Serialize};

use crate::{
    CommandDescription, DefinitionDescription, HookDescription, LibraryError, MechanismDescription,
    OptionDescription, Reason, description as provision, discover::object_file,
    runtime::process::Program,
};

/// What a plugin provides. Kinds of provision that this program does not know are skipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The plugin's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The revision of the boundary that it was built for.
    pub abi: u32,
    /// Its binders.
    #[serde(default)]
    pub binders: Vec<BinderDescription>,
    /// The cluster traits it declares.
    #[serde(default)]
    pub traits: Vec<Trait>,
    /// The names of its sources of credentials.
    #[serde(default)]
    pub auth: Vec<String>,
    /// The names of its methods.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The names that job files find.
    #[serde(default)]
    pub schema: Vec<DefinitionDescription>,
    /// The mechanisms that its sources of credentials answer for.
    #[serde(default)]
    pub mechanisms: Vec<MechanismDescription>,
    /// The options that every command takes for it.
    #[serde(default)]
    pub options: Vec<OptionDescription>,
    /// Its commands.
    #[serde(default)]
    pub commands: Vec<CommandDescription>,
    /// The steps of a run that it takes part in: `before_dispatch`, `before_execution`, `after_execution`.
    #[serde(default)]
    pub lifecycle: Vec<String>,
    /// Its hooks around calls to a scheduler.
    #[serde(default)]
    pub hooks: Vec<HookDescription>,
}

/// A binder, as its plugin describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinderDescription {
    /// The name, which also stands in lockfiles.
    pub name: String,
    /// Which refs it binds, in the form that [`Matcher::parse`] reads.
    pub pattern: String,
    /// Whether it looks at recalled answers before they are used.
    #[serde(default)]
    pub reviews: bool,
}

/// A plugin that looks fit to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Inspected {
    /// Absolute, without links.
    pub file: PathBuf,
    /// The description.
    pub description: Description,
    /// What is behind it.
    pub origin: Origin,
}

/// How a plugin is run.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// It is loaded into this process.
    Library(LibraryFile),
    /// It is started as a process of its own.
    Program(Program),
}

/// What the file of a library says beside the description.
#[derive(Clone, Debug)]
pub(crate) struct LibraryFile {
    /// The first part of the card, as it stands in the file.
    pub meta: [u8; size_of::<Meta>()],
    /// The description's text.
    pub text: String,
    /// The compiler that built it.
    pub rustc: String,
}

const SECTION_NAME: &str = if cfg!(target_vendor = "apple") {
    MACH_SECTION
} else {
    ELF_SECTION
};

/// Reads the library that the user calls `path` and refuses whatever cannot work. Nothing is loaded.
///
/// `file` is the same, absolute and without links. Absolute, because the system's loader searches its own folders for a name
/// without a slash.
pub(crate) fn inspect(path: &Path, file: &Path) -> Result<Inspected, LibraryError> {
    let fail = |plugin: Option<&str>, reason| LibraryError {
        file: path.to_owned(),
        plugin: plugin.map(str::to_owned),
        reason,
    };
    let section = object_file::plugin_section(file).map_err(|reason| fail(None, reason))?;
    let (meta, rest) = section
        .split_first_chunk::<{ size_of::<Meta>() }>()
        .filter(|(meta, _)| meta.starts_with(&MAGIC))
        .ok_or_else(|| fail(None, Reason::NotAPlugin(SECTION_NAME)))?;

    let facts = Facts::read(meta);
    let text = usize::try_from(facts.description)
        .ok()
        .and_then(|length| rest.get(..length));
    // In another revision the rest of the card may look different; then the name is a lucky guess.
    let name = text.and_then(name_in);
    let name = name.as_deref();
    if facts.abi != ABI_REVISION {
        return Err(fail(name, Reason::Revision { found: facts.abi }));
    }
    if facts.kind != KIND {
        return Err(fail(name, Reason::OtherKind(facts.kind)));
    }
    if facts.flags & UNWINDS == 0 {
        return Err(fail(name, Reason::Aborts));
    }
    let damaged = |detail: String| fail(name, Reason::Damaged(detail));
    let text = text.ok_or_else(|| damaged("its description is cut off".into()))?;
    let text = str::from_utf8(text).map_err(|_| damaged("its description is not UTF-8".into()))?;
    let description: Description = serde_json::from_str(text)
        .map_err(|cause| damaged(format!("its description is not valid: {cause}")))?;
    if description.abi != facts.abi {
        return Err(damaged("its description is for another plugin ABI".into()));
    }
    if let Some(wrong) = description.wrong_name() {
        return Err(damaged(format!("its description has a bad name {wrong:?}")));
    }
    if let Err(cause) = provision::check(&description) {
        return Err(damaged(format!("its description is not valid: {cause}")));
    }
    for binder in &description.binders {
        if let Err(cause) = Matcher::parse(&binder.pattern) {
            return Err(damaged(format!(
                "the pattern `{}` of binder `{}` is not valid: {cause}",
                binder.pattern, binder.name
            )));
        }
    }
    for group in &description.traits {
        if let Err(cause) = group.check() {
            let name = &group.name;
            return Err(damaged(format!("its trait `{name}` is not valid: {cause}")));
        }
    }
    Ok(Inspected {
        file: file.to_owned(),
        description,
        origin: Origin::Library(LibraryFile {
            meta: *meta,
            text: text.to_owned(),
            rustc: facts.rustc,
        }),
    })
}

/// Whether a plugin, or a part of one, can have this name: letters, digits, `_`, `-` and `.`, and not dots alone, since a folder is
/// called like the plugin.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.chars().all(fits) && text.chars().any(|c| c != '.')
}

impl Description {
    /// The description of a program that has these binders, each with its pattern.
    pub fn of_program(name: &str, binders: &BTreeMap<String, String>) -> Self {
        let binder = |(name, pattern): (&String, &String)| BinderDescription {
            name: name.clone(),
            pattern: pattern.clone(),
            reviews: false,
        };
        Self {
            name: name.to_owned(),
            version: "0".to_owned(),
            abi: ABI_REVISION,
            binders: binders.iter().map(binder).collect(),
            ..Self::default()
        }
    }

    /// A name that would not print well, or that the author's kit would have refused.
    fn wrong_name(&self) -> Option<&str> {
        let binders = self.binders.iter().map(|binder| &binder.name);
        let traits = self.traits.iter().map(|group| &group.name);
        let mechanisms = self.mechanisms.iter().map(|mechanism| &mechanism.name);
        [&self.name]
            .into_iter()
            .chain(binders)
            .chain(traits)
            .chain(mechanisms)
            .chain(&self.auth)
            .chain(&self.methods)
            .map(String::as_str)
            .find(|name| !is_name(name))
    }
}

/// The fields of a [`Meta`], from bytes that may be anything.
struct Facts {
    abi: u32,
    flags: u32,
    kind: String,
    rustc: String,
    description: u64,
}

impl Facts {
    fn read(bytes: &[u8; size_of::<Meta>()]) -> Self {
        use std::mem::offset_of;

        // The description follows at once.
        const { assert!(offset_of!(Card<0>, description) == size_of::<Meta>()) };
        fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
            bytes[at..at + N].try_into().expect("the fields lie within")
        }
        let text = |bytes: &[u8]| {
            let end = bytes
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(bytes.len());
            String::from_utf8_lossy(&bytes[..end]).into_owned()
        };
        Self {
            abi: u32::from_ne_bytes(part(bytes, offset_of!(Meta, abi))),
            flags: u32::from_ne_bytes(part(bytes, offset_of!(Meta, flags))),
            kind: text(&part::<32>(bytes, offset_of!(Meta, kind))),
            rustc: text(&part::<64>(bytes, offset_of!(Meta, rustc))),
            description: u64::from_ne_bytes(part(bytes, offset_of!(Meta, description))),
        }
    }
}

/// The plugin's name, if `text` is a description at all.
fn name_in(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_slice::<Named>(text)
        .ok()
        .map(|named| named.name)
}
