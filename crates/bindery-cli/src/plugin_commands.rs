//! Options and commands of plugins in the parser.

use bindery_host::{ArgumentDescription, CommandDescription, Description, OptionDescription};
use clap::{Arg, ArgAction, Command};

/// Adds the options and commands of `plugin`.
pub fn add_plugin(parser: Command, plugin: &Description) -> Command {
    let heading = format!("Options of plugin `{}`", plugin.name);
    let options = plugin.options.iter().map(|option| {
        option_argument(&plugin.name, option)
            .help_heading(heading.clone())
            .global(true)
    });
    let parser = parser.args(options);
    if plugin.commands.is_empty() {
        return parser;
    }
    parser.subcommand(noun(plugin))
}

/// Returns the commands of a plugin below its name.
fn noun(plugin: &Description) -> Command {
    let argument = |argument: &ArgumentDescription| {
        let parsed = Arg::new(argument_id(&argument.name))
            .value_name(argument.name.clone())
            .help(argument.help.clone())
            .required(argument.required);
        if argument.repeated {
            parsed.num_args(1..)
        } else {
            parsed
        }
    };
    let verb = |verb: &CommandDescription| {
        Command::new(verb.name.clone())
            .about(verb.about.clone())
            .args(verb.arguments.iter().map(argument))
            .args(
                verb.options
                    .iter()
                    .map(|option| option_argument("", option)),
            )
    };
    let has_help = plugin.commands.iter().any(|verb| verb.name == "help");
    Command::new(plugin.name.clone())
        .disable_help_subcommand(has_help)
        .about(format!("Commands of plugin `{}`", plugin.name))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(plugin.commands.iter().map(verb))
}

fn option_argument(plugin: &str, option: &OptionDescription) -> Arg {
    let argument = Arg::new(option_id(plugin, &option.name))
        .long(option.name.clone())
        .help(option.help.clone());
    match &option.value {
        Some(value) => argument.value_name(value.clone()),
        None => argument.action(ArgAction::SetTrue),
    }
}

/// Returns the name of a plugin's option in the parser. For an option of a command, `plugin` is empty.
pub fn option_id(plugin: &str, option: &str) -> String {
    format!("{plugin}:{option}")
}

/// Returns the name of an argument of a plugin's command in the parser. No option and no command of the program has this form.
pub fn argument_id(argument: &str) -> String {
    format!("<{argument}>")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_of_plugins_may_have_names_that_the_parser_has() {
        let argument = |name: &str| json!({"name": name, "required": true});
        let arguments: Vec<_> = ["help", "config", "jobs", "version"].map(argument).into();
        let description = json!({
            "name": "site", "version": "1.0.0", "abi": 1,
            "commands": [{"name": "help", "arguments": arguments}],
        });
        let description: Description = serde_json::from_value(description).unwrap();
        let mut parser = crate::commands::command(&[&description], None);
        let line = ["bindery", "site", "help", "a", "b", "c", "d"];
        let matches = parser.try_get_matches_from_mut(line).unwrap();
        let (_, site) = matches.subcommand().unwrap();
        let (verb, arguments) = site.subcommand().unwrap();
        let config = arguments.get_one::<String>(&argument_id("config"));
        assert_eq!((verb, config.map(String::as_str)), ("help", Some("b")));
    }
}
