//! The command line as a reference page: written from the same comments as `--help`, compared on every test run.
//!
//! `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-cli manual` writes the page anew.

use std::{fmt::Write, path::Path};

use clap::{Arg, ArgAction, Command};

use crate::commands;

const HEAD: &str = "# Commands\n\n\
    <!-- Written from the program's own help by `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-cli manual`; do not edit. -->\n";

fn page() -> String {
    let mut root = commands::command(None, None);
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
    // Global options are the same everywhere and stand with the program itself.
    let top = !name.contains(' ');
    let arguments: Vec<String> = command
        .get_arguments()
        .filter(|it| top || !it.is_global_set())
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
        .map(|it| format!("`{}`", it.get_name()))
        .collect();
    if takes_value && !values.is_empty() {
        let _ = write!(line, ". One of {}", values.join(", "));
    }
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|it| it.to_string_lossy())
        .collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(line, ". Default: `{}`", defaults.join(" "));
    }
    line + "\n"
}

#[test]
fn manual_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    let page = page();
    if std::env::var_os("BINDERY_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/reference/cli.md is not what the program says; run `BINDERY_UPDATE_DOCS=1 cargo test -p bindery-cli manual`"
    );
}

#[test]
fn the_command_line_is_well_formed() {
    commands::command(None, None).debug_assert();
}
