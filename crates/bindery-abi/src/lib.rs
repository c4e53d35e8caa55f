//! Types and function tables that cross the boundary between Bindery and its plugins.
//!
//! A plugin is a dynamic library with three parts, in the order in which the host reads them:
//!
//! 1. a [`Card`]: a section of the file, with a header ([`Meta`]) and the plugin's description as JSON. The host reads it from the
//!    file without opening the library, so that an unusable library is refused before it runs;
//! 2. the [`PluginModule`], found and checked through [abi_stable]: `describe` and `open`;
//! 3. an [`Instance`], returned by `open`: the typed `bind`, and `call` for every other ability, JSON in and out.
//!
//! The host offers [`HostServices`] in return, again with a `call`. Data that may grow crosses as JSON text, because the tables and
//! records never change: one more field or method is a new [`ABI_REVISION`]. All of this is revision 1, as published;
//! `docs/reference/plugin-versions.md` has the promises to authors.
//!
//! This crate has no logic. Authors of plugins use `bindery-plugin`; only the host and the kit use this crate.

// Both come from the expansion of `#[sabi_trait]`.
#![allow(non_local_definitions, non_camel_case_types)]

mod card;
mod message;
mod table;

pub use card::{
    ABI_REVISION, Card, DESCRIPTION_LIMIT, ELF_SECTION, KIND, MACH_SECTION, MACH_SEGMENT, MAGIC,
    META_SYMBOL, Meta, UNWINDS,
};
pub use message::{Answer, Failure, Request, code};
pub use table::{
    HostBox, HostServices, HostServices_TO, Instance, Instance_TO, InstanceBox, PluginModule,
    PluginModule_Ref, level,
};

/// Parts of abi_stable that occur in the signatures of this crate.
pub mod stable {
    pub use abi_stable::{
        library::{
            __call_root_module_loader, CheckTypeLayout, LibHeader, LibraryError,
            ROOT_MODULE_LOADER_NAME, RootModule, RootModuleResult, lib_header_from_path,
        },
        prefix_type::PrefixTypeTrait,
        sabi_trait::TD_Opaque,
        std_types::{RBox, RNone, ROption, RResult, RSome, RStr, RString, RVec},
    };
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod layout;
