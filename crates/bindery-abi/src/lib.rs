//! The only types and function tables that cross the boundary between Bindery and its plugins.
//!
//! A plugin is a dynamic library. What it must hold stands in three places, in the order in which the host looks:
//!
//! 1. a [`Card`]: a section of the file with the [`Meta`] in front and the plugin's description, JSON, behind it. The host
//!    reads it from the file without opening the library, so that a library which cannot work is refused before it runs;
//! 2. the [`PluginModule`], found and checked through [abi_stable]: `describe` and `open`;
//! 3. an [`Instance`], given by `open`: the typed `bind`, and `call` for every other ability, JSON in and out.
//!
//! What the host offers in return is [`HostServices`], again with a `call`. Data that will grow crosses as JSON text, because
//! the tables and records here never change: a field or method more is a new [`ABI_REVISION`]. All of this is revision 1, as it
//! was published; `docs/reference/plugin-versions.md` says what is promised of it.
//!
//! There is no logic here. Authors of plugins want `bindery-plugin`; nobody else but the host has a reason to look.

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

/// The parts of abi_stable that stand in the signatures here.
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
