//! Loading of a library that passed the inspection.
//!
//! Libraries are never unloaded: the tables and texts of a plugin may be in use as long as the process runs.

use std::mem;
use std::slice;

use bindery_abi::stable::{
    LibraryError as StableError, ROOT_MODULE_LOADER_NAME, RResult, lib_header_from_path,
};
use bindery_abi::{HostBox, InstanceBox, META_SYMBOL, Meta, PluginModule_Ref};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::discover::inspect::{Inspected, PluginHeader};
use crate::error::{LibraryError, Reason};
use crate::failure::WireFailure;

/// Loads a library and opens its plugin with `settings`, JSON text.
pub(crate) fn open(
    plugin: &Inspected,
    header: &PluginHeader,
    host: HostBox,
    settings: &str,
) -> Result<InstanceBox, LibraryError> {
    let fail = |reason| LibraryError {
        file: plugin.file.clone(),
        plugin: Some(plugin.description.name.clone()),
        reason,
    };
    let module = load(plugin, header).map_err(fail)?;
    match (module.open())(host, settings.into()) {
        RResult::ROk(instance) => Ok(instance),
        RResult::RErr(failure) => {
            let error = WireFailure::from(failure).into_diagnostic();
            Err(fail(Reason::Open(Box::new(error))))
        }
    }
}

fn load(plugin: &Inspected, header: &PluginHeader) -> Result<PluginModule_Ref, Reason> {
    // RTLD_NOW resolves all symbols: a missing symbol would otherwise end the process when it is first called.
    // SAFETY: this runs the library's initializers, code that the user installed. `inspect` checked that the file is complete, for this
    // machine, and a plugin.
    let library = unsafe { Library::open(Some(&plugin.file), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| Reason::Load(loader_message(&error, plugin)))?;
    let meta = {
        // SAFETY: only the address is read; the type is a pointer to the exported static.
        let symbol = unsafe { library.get::<*const u8>(META_SYMBOL.as_bytes()) }
            .map_err(|_| Reason::MissingSymbol(META_SYMBOL.into()))?;
        // SAFETY: by the name of the symbol and the inspected section, the static is a `Card`, which begins with a `Meta`; its bytes are
        // initialized. The library is never unloaded.
        unsafe { slice::from_raw_parts(*symbol, size_of::<Meta>()) }
    };
    mem::forget(library);
    if meta != header.meta {
        return Err(Reason::Changed);
    }
    // Not `RootModule::load_from_*`: these functions keep one library per type, so every plugin would be the first one.
    let module = lib_header_from_path(&plugin.file)
        .and_then(|header| header.init_root_module::<PluginModule_Ref>())
        .map_err(interface_reason)?;
    if (module.describe())() != header.text {
        return Err(Reason::Changed);
    }
    Ok(module)
}

/// Returns the message of the system's loader without the path of the file, which the error has already.
fn loader_message(error: &libloading::Error, plugin: &Inspected) -> String {
    let text = match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    };
    let file = plugin.file.to_string_lossy();
    text.strip_prefix(&*file)
        .map_or(&*text, |rest| rest.trim_start_matches([':', ' ']))
        .to_owned()
}

/// Summarizes an error of abi_stable, whose text has dozens of kilobytes, in one line.
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
        StableError::RootModule { .. } => "its tables could not be created".to_owned(),
        _ => "the layout of its tables differs".to_owned(),
    };
    Reason::Incompatible {
        line,
        details: error.to_string(),
    }
}
