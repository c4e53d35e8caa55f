//! Checks of a description that the author's kit makes before a plugin is built, and other kits might not.

use std::collections::BTreeSet;

use bindery_core::Matcher;

use crate::description::{DefinitionContent, Description, OptionDescription};
use crate::type_notation::check_type;

/// Returns whether a plugin, or a part of a plugin, can have this name.
///
/// A name has letters, digits, `_`, `-` and `.`, and not only dots, since the plugin's cache folder has the name of the plugin.
pub fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.chars().all(allowed) && text.chars().any(|c| c != '.')
}

/// Checks names, patterns and types of a description, and that every argument can be given.
pub(crate) fn check(plugin: &Description) -> Result<(), String> {
    if let Some(name) = invalid_name(plugin) {
        return Err(format!("its description has a bad name {name:?}"));
    }
    check_parts(plugin).map_err(|cause| format!("its description is not valid: {cause}"))?;
    for binder in &plugin.binders {
        if let Err(cause) = Matcher::parse(&binder.pattern) {
            return Err(format!(
                "the pattern `{}` of binder `{}` is not valid: {cause}",
                binder.pattern, binder.name
            ));
        }
    }
    for declared in &plugin.traits {
        if let Err(cause) = declared.check() {
            let name = &declared.name;
            return Err(format!("its trait `{name}` is not valid: {cause}"));
        }
    }
    Ok(())
}

/// Returns a name that could not be printed, or that the author's kit would have refused.
fn invalid_name(plugin: &Description) -> Option<&str> {
    let binders = plugin.binders.iter().map(|binder| &binder.name);
    let traits = plugin.traits.iter().map(|declared| &declared.name);
    let mechanisms = plugin.mechanisms.iter().map(|mechanism| &mechanism.name);
    [&plugin.name]
        .into_iter()
        .chain(binders)
        .chain(traits)
        .chain(mechanisms)
        .chain(&plugin.auth)
        .chain(&plugin.methods)
        .map(String::as_str)
        .find(|name| !is_name(name))
}

fn check_parts(plugin: &Description) -> Result<(), String> {
    distinct(
        "definition",
        plugin.schema.iter().map(|defined| &defined.name),
    )?;
    for definition in &plugin.schema {
        let name = &definition.name;
        identifier(name)?;
        if let DefinitionContent::Structure { fields } = &definition.content {
            distinct("field", fields.iter().map(|field| &field.name))
                .map_err(|message| format!("in `{name}`, {message}"))?;
            for field in fields {
                identifier(&field.name)?;
                check_type(&field.kind)
                    .map_err(|message| format!("in `{name}`, field `{}`: {message}", field.name))?;
            }
        }
    }
    for mechanism in &plugin.mechanisms {
        if !plugin.auth.contains(&mechanism.source) {
            let (name, source) = (&mechanism.name, &mechanism.source);
            return Err(format!(
                "mechanism `{name}` has an unknown source {source:?}"
            ));
        }
    }
    options(&plugin.options)?;
    distinct(
        "command",
        plugin.commands.iter().map(|command| &command.name),
    )?;
    for command in &plugin.commands {
        word(&command.name)?;
        options(&command.options)?;
        distinct(
            "argument",
            command.arguments.iter().map(|argument| &argument.name),
        )?;
        let mut optional = false;
        for (at, argument) in command.arguments.iter().enumerate() {
            word(&argument.name)?;
            let is_last = at + 1 == command.arguments.len();
            if (optional && argument.required) || (argument.repeated && !is_last) {
                let (name, command) = (&argument.name, &command.name);
                return Err(format!(
                    "the argument `{name}` of command `{command}` could never be given"
                ));
            }
            optional = !argument.required;
        }
    }
    distinct("hook", plugin.hooks.iter().map(|hook| &hook.name))?;
    plugin.hooks.iter().try_for_each(|hook| word(&hook.name))
}

fn options(options: &[OptionDescription]) -> Result<(), String> {
    distinct("option", options.iter().map(|option| &option.name))?;
    for option in options {
        word(&option.name)?;
        if option.name.starts_with('-') {
            return Err(format!(
                "`{}` is not a valid name of an option",
                option.name
            ));
        }
        option.value.iter().try_for_each(|value| word(value))?;
    }
    Ok(())
}

fn distinct<'n>(kind: &str, names: impl Iterator<Item = &'n String>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{kind} {name:?} is declared twice"));
        }
    }
    Ok(())
}

fn word(name: &str) -> Result<(), String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(format!("{name:?} is not a valid name"));
    }
    Ok(())
}

fn identifier(name: &str) -> Result<(), String> {
    word(name)?;
    if name.contains('-') || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("{name:?} is not a valid name in a job file"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[track_caller]
    fn check_error(parts: Json, expected: &str) {
        let inspected = crate::scripted::describe("p", parts);
        assert_eq!(
            check_parts(&inspected.description),
            Err(expected.to_owned())
        );
    }

    #[test]
    fn unusable_parts_are_refused() {
        let constant = json!({"name": "a", "value": 1});
        check_error(
            json!({"schema": [constant, constant]}),
            "definition \"a\" is declared twice",
        );
        check_error(
            json!({"schema": [{"name": "a-b", "value": 1}]}),
            "\"a-b\" is not a valid name in a job file",
        );
        check_error(
            json!({"schema": [{"name": "T", "fields": [{"name": "f", "type": "List("}]}]}),
            "in `T`, field `f`: expected `)` in a type",
        );
        check_error(
            json!({"options": [{"name": "-x"}]}),
            "`-x` is not a valid name of an option",
        );
        let arguments = json!([{"name": "A"}, {"name": "B", "required": true}]);
        check_error(
            json!({"commands": [{"name": "go", "arguments": arguments}]}),
            "the argument `B` of command `go` could never be given",
        );
        check_error(
            json!({"mechanisms": [{"name": "M", "source": "s"}]}),
            "mechanism `M` has an unknown source \"s\"",
        );
    }
}
