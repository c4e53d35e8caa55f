//! Declarations of a plugin: the constants of its parts, as `export_plugin!` collects them.

use crate::{Argument, Definition, Opt, Step, Trait};

/// What a binder's constants say.
pub struct BinderDeclaration {
    /// `Binder::NAME`.
    pub name: &'static str,
    /// `Binder::PATTERN`.
    pub pattern: &'static str,
    /// `Binder::REVIEWS`.
    pub reviews: bool,
}

/// What the constants of a source of credentials say.
pub struct AuthDeclaration {
    /// `AuthSource::NAME`.
    pub name: &'static str,
    /// `AuthSource::MECHANISMS`.
    pub mechanisms: &'static [&'static str],
}

/// What a command's constants say.
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

/// What a hook's constants say.
pub struct HookDeclaration {
    /// `ApiHook::NAME`.
    pub name: &'static str,
    /// `ApiHook::METHODS`.
    pub methods: &'static [&'static str],
}

/// What `export_plugin!` was told.
#[allow(missing_docs, reason = "each is a list of that macro")]
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
