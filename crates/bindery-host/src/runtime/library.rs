//! Loads a library that was found fit. Once loaded it stays: its tables and texts have no owner that could tell when it is
//! free to go.

use std::{mem, slice};

use bindery_abi::{
    HostBox, InstanceBox, META_SYMBOL, Meta, PluginModule_Ref,
    stable::{LibraryError as StableError, ROOT_MODULE_LOADER_NAME, RResult, lib_header_from_path},
};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::{
    LibraryError, Reason,
    discover::inspect::{Inspected, LibraryFile},
    failure,
};

/// Loads the library and opens the plugin in it with `settings`, JSON text.
pub(crate) fn open(
    plugin: &Inspected,
    library: &LibraryFile,
    host: HostBox,
    settings: &str,
) -> Result<InstanceBox, LibraryError> {
    let fail = |reason| LibraryError {
        file: plugin.file.clone(),
        plugin: Some(plugin.description.name.clone()),
        reason,
    };
    let module = load(plugin, library).map_err(fail)?;
    match (module.open())(host, settings.into()) {
        RResult::ROk(instance) => Ok(instance),
        RResult::RErr(failure) => Err(fail(Reason::Open(Box::new(failure::said(&failure))))),
    }
}

fn load(plugin: &Inspected, read: &LibraryFile) -> Result<PluginModule_Ref, Reason> {
    // With all its symbols now: one that is missing would otherwise end the process when it is first called.
    // SAFETY: this runs the library's initializers, code that the user put on the plugin path. That the file is whole, for
    // this machine and a plugin of ours was checked by `inspect`.
    let library = unsafe { Library::open(Some(&plugin.file), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| Reason::Load(loader_says(&error, plugin)))?;
    let meta = {
        // SAFETY: only the address is taken here; the type is that of a pointer to the exported static.
        let symbol = unsafe { library.get::<*const u8>(META_SYMBOL.as_bytes()) }
            .map_err(|_| Reason::MissingSymbol(META_SYMBOL.into()))?;
        // SAFETY: the address of a static that, by the symbol's name and the section just read, is a `Card`, which begins
        // with a `Meta`; bytes may be read whatever they are. The library is never unloaded.
        unsafe { slice::from_raw_parts(*symbol, size_of::<Meta>()) }
    };
    mem::forget(library);
    if meta != read.meta {
        return Err(Reason::Changed);
    }
    // Never `RootModule::load_from_*`: they keep one library per type, so that every plugin would be the first one.
    let module = lib_header_from_path(&plugin.file)
        .and_then(|header| header.init_root_module::<PluginModule_Ref>())
        .map_err(interface_reason)?;
    if (module.describe())() != read.text {
        return Err(Reason::Changed);
    }
    Ok(module)
}

/// What the system's loader says, without the file's name, which is told anyway.
fn loader_says(error: &libloading::Error, plugin: &Inspected) -> String {
    let text = match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    };
    let file = plugin.file.to_string_lossy();
    text.strip_prefix(&*file)
        .map_or(&*text, |rest| rest.trim_start_matches([':', ' ']))
        .to_owned()
}

/// abi_stable explains itself in dozens of kilobytes; a user needs one line of it.
fn interface_reason(error: StableError) -> Reason {
    let line = match &error {
        StableError::GetSymbolError { .. } => {
            return Reason::MissingSymbol(ROOT_MODULE_LOADER_NAME.into());
        }
        StableError::OpenError { err, .. } => return Reason::Load(err.to_string()),
        StableError::IncompatibleVersionNumber {
            expected_version,
            actual_version,
            ..
        } => {
            format!("its version is {actual_version}, {expected_version} is needed")
        }
        StableError::InvalidAbiHeader(_) | StableError::InvalidCAbi { .. } => {
            "it uses another version of abi_stable".to_owned()
        }
        StableError::RootModule { .. } => "its tables could not be made".to_owned(),
        _ => "the layout of its tables differs".to_owned(),
    };
    Reason::Incompatible {
        line,
        details: error.to_string(),
    }
}
