//! Generated reference pages: commands and exit codes.
//!
//! Each test compares a page with the program. `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual` writes the pages.

use std::fmt::Write;
use std::path::Path;

use clap::{Arg, ArgAction, Command};

use crate::{commands, exit};

const HEAD: &str = "# Commands\n\n\
    <!-- Generated from the program's help by `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`. Do not edit. -->\n";

fn page() -> String {
    let mut root = commands::command(&[], None);
    root.build();
    let mut page = HEAD.to_owned();
    describe(&mut root, &mut page);
    page
}

fn describe(command: &mut Command, page: &mut String) {
    let usage = command.render_usage().to_string();
    let name = command
        .get_bin_name()
        .unwrap_or(command.get_name())
        .to_owned();
    let about = command
        .get_long_about()
        .or(command.get_about())
        .map(ToString::to_string)
        .unwrap_or_default();
    let _ = write!(
        page,
        "\n## `{name}`\n\n{about}\n\n```text\n{}\n```\n",
        usage.trim_start_matches("Usage: ")
    );
    // Global options are listed once, with the program.
    let top = !name.contains(' ');
    let arguments: Vec<String> = command
        .get_arguments()
        .filter(|argument| top || !argument.is_global_set())
        .map(argument)
        .collect();
    if !arguments.is_empty() {
        let _ = write!(page, "\n{}", arguments.concat());
    }
    for verb in command
        .get_subcommands_mut()
        .filter(|verb| verb.get_name() != "help")
    {
        describe(verb, page);
    }
}

fn argument(argument: &Arg) -> String {
    let takes_value = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append);
    let value = argument
        .get_value_names()
        .map(|names| names.join(" "))
        .unwrap_or_default();
    let mut name = match (argument.get_short(), argument.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, Some(long)) => format!("--{long}"),
        (None, None) => format!("<{value}>"),
    };
    if takes_value && !argument.is_positional() {
        let _ = write!(name, " <{value}>");
    }
    let help = argument
        .get_long_help()
        .or(argument.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut line = format!(
        "- `{name}`: {}",
        help.replace("\n\n", " ").replace('\n', " ")
    );
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if takes_value && !values.is_empty() {
        let _ = write!(line, ". One of {}", values.join(", "));
    }
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(line, ". Default: `{}`", defaults.join(" "));
    }
    line + "\n"
}

/// Returns the page of exit codes.
fn exit_codes() -> String {
    format!(
        "# Exit codes\n\n\
         <!-- Generated from the program by `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`. Do not edit. -->\n\n\
         The numbers are the Aurora client's, for every case that the Aurora client distinguishes. A command that fails writes nothing to \
         standard output, unless its page says otherwise.\n\n\
         {}\n\
         Under the name `aurora` the codes are the original client's: any error that prevents a configuration from loading is 3, for \
         `config list` 4.\n\n\
         If a command meets several errors of one kind, it reports all of them and ends with the code of that kind.\n\n\
         ## Errors of plugins\n\n\
         A [command of a plugin](plugins.md) ends with the code that the plugin returns, which may be any. A failed command, and a plugin \
         that ends a run, have the code that the plugin sets. Without a code, and for every other error of a plugin, the kind of the \
         error decides:\n\n\
         {}\n\
         ## Format of errors\n\n\
         Errors are written to standard error, one after the other:\n\n\
         ```text\n\
         error: message\n  at file:line:column\n  cause: the nearest cause first\nhint: the way out\n\
         ```\n\n\
         Every line after the first is optional. Passwords and tokens are never part of a message. `NO_COLOR` is respected.\n",
        exit::table(),
        exit::table_of_plugin_errors(),
    )
}

/// Compares the page `name` of the reference with `page`, or writes it.
fn check(name: &str, page: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    let file = folder.join(name);
    if std::env::var_os("BINDERY_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, page).unwrap();
    }
    let current = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        current == page,
        "docs/reference/{name} differs from the program; run `BINDERY_UPDATE_DOCS=1 cargo xtask test -- manual`"
    );
}

#[test]
fn page_of_commands_matches_the_program() {
    check("cli.md", &page());
}

#[test]
fn page_of_exit_codes_matches_the_program() {
    check("exit-codes.md", &exit_codes());
}

#[test]
fn command_line_is_well_formed() {
    commands::command(&[], None).debug_assert();
}
