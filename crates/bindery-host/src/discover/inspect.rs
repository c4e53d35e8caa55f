//! Inspection of a library file: its header, its description, and whether it can work here. Loads nothing.

use std::mem::offset_of;
use std::path::{Path, PathBuf};

use bindery_abi::{ABI_REVISION, Card, ELF_SECTION, KIND, MACH_SECTION, MAGIC, Meta, UNWINDS};
use serde::Deserialize;

use crate::description::Description;
use crate::discover::{object_file, validate};
use crate::error::{LibraryError, Reason};
use crate::runtime::program::Program;

/// Plugin that passed the inspection.
#[derive(Clone, Debug)]
pub(crate) struct Inspected {
    /// Path of the library or program, absolute and without links.
    pub file: PathBuf,
    /// Description.
    pub description: Description,
    /// Code of the plugin.
    pub code: Code,
}

/// Code of a plugin.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    /// Library, which can be loaded into this process.
    Library(PluginHeader),
    /// Program, which runs in a separate process.
    Program(Program),
}

/// Contents of a library's plugin section, apart from the parsed description.
#[derive(Clone, Debug)]
pub(crate) struct PluginHeader {
    /// Bytes of the [`Meta`], as in the file.
    pub meta: [u8; size_of::<Meta>()],
    /// Text of the description.
    pub text: String,
    /// Compiler that built the library.
    pub rustc: String,
}

const SECTION_NAME: &str = if cfg!(target_vendor = "apple") {
    MACH_SECTION
} else {
    ELF_SECTION
};

/// Inspects the library `path` and refuses a library that cannot work.
///
/// `file` is the same path, absolute and without links: the system's loader searches its own folders for a name without a slash.
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

    let fields = HeaderFields::read(meta);
    let text = usize::try_from(fields.description)
        .ok()
        .and_then(|length| rest.get(..length));
    // Another revision may have another layout; the name is only found if the layout is unchanged.
    let name = text.and_then(name_in);
    let name = name.as_deref();
    if fields.abi != ABI_REVISION {
        return Err(fail(name, Reason::Revision { found: fields.abi }));
    }
    if fields.kind != KIND {
        return Err(fail(name, Reason::OtherKind(fields.kind)));
    }
    if fields.flags & UNWINDS == 0 {
        return Err(fail(name, Reason::Aborts));
    }
    let damaged = |detail: String| fail(name, Reason::Damaged(detail));
    let text = text.ok_or_else(|| damaged("its description is cut off".into()))?;
    let text = str::from_utf8(text).map_err(|_| damaged("its description is not UTF-8".into()))?;
    let description: Description = serde_json::from_str(text)
        .map_err(|cause| damaged(format!("its description is not valid: {cause}")))?;
    if description.abi != fields.abi {
        return Err(damaged("its description is for another plugin ABI".into()));
    }
    validate::check(&description).map_err(damaged)?;
    Ok(Inspected {
        file: file.to_owned(),
        description,
        code: Code::Library(PluginHeader {
            meta: *meta,
            text: text.to_owned(),
            rustc: fields.rustc,
        }),
    })
}

/// Fields of a [`Meta`], read from untrusted bytes.
struct HeaderFields {
    abi: u32,
    flags: u32,
    kind: String,
    rustc: String,
    description: u64,
}

impl HeaderFields {
    fn read(bytes: &[u8; size_of::<Meta>()]) -> Self {
        // The description follows without padding.
        const { assert!(offset_of!(Card<0>, description) == size_of::<Meta>()) };
        fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
            bytes[at..at + N]
                .try_into()
                .expect("the fields are within the bytes")
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

/// Returns the name in a description, however incomplete the rest is.
fn name_in(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct OnlyName {
        name: String,
    }
    serde_json::from_slice::<OnlyName>(text)
        .ok()
        .map(|description| description.name)
}
