//! Declarations of a plugin: the constants of its parts, as `export_plugin!` collects them.

use crate::{Argument, Definition, Opt, Step, Trait};

/// Constants of a binder.
pub struct BinderDeclaration {
    /// `Binder::NAME`.
    pub name: &'static str,
    /// `Binder::PATTERN`.
    pub pattern: &'static str,
    /// `Binder::REVIEWS`.
    pub reviews: bool,
}

/// Constants of a source of credentials.
pub struct AuthDeclaration {
    /// `AuthSource::NAME`.
    pub name: &'static str,
    /// `AuthSource::MECHANISMS`.
    pub mechanisms: &'static [&'static str],
}

/// Constants of a command.
pub struct CommandDeclaration {
    /// `Command::NAME`.
    pub name: &'static str,
    /// `Command::ABOUT`.
    pub about: &'static str,
    /// `Command::ARGUMENTS`.
    pub arguments: &'static [Argument],
    /// `Command::OPTIONS`.
    pub options: &'static [Opt],
}

/// Constants of a hook.
pub struct HookDeclaration {
    /// `ApiHook::NAME`.
    pub name: &'static str,
    /// `ApiHook::METHODS`.
    pub methods: &'static [&'static str],
}

/// Lists of `export_plugin!`.
#[allow(missing_docs, reason = "each field is a list of the macro")]
pub struct Description {
    pub name: &'static str,
    pub version: &'static str,
    pub binders: &'static [BinderDeclaration],
    pub traits: &'static [Trait],
    pub schema: &'static [Definition],
    pub auth: &'static [AuthDeclaration],
    pub methods: &'static [&'static str],
    pub options: &'static [Opt],
    pub commands: &'static [CommandDeclaration],
    pub lifecycle: &'static [&'static [Step]],
    pub hooks: &'static [HookDeclaration],
}
