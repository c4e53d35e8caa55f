//! Global options, and their early reading.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::{ArgAction, Args, FromArgMatches};

use crate::args::cache::CacheOptions;
use crate::args::plugin_option::PluginOption;

/// Options of every command.
#[derive(Args, Debug, PartialEq)]
pub struct Options {
    /// Use this configuration file instead of /etc/bindery/bindery.toml and ~/.config/bindery/bindery.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub config: Option<PathBuf>,
    /// Search this folder for plugins first, or use this file as a plugin; repeatable
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Global options"
    )]
    pub plugin_dir: Vec<PathBuf>,
    /// Resolve up to N references at a time, over up to N connections to a host [default: 16]
    #[arg(long, global = true, value_name = "N", help_heading = "Global options")]
    pub jobs: Option<NonZeroUsize>,
    /// Log each request on standard error; repeat to log debug messages of plugins
    #[arg(
        short,
        long,
        global = true,
        action = ArgAction::Count,
        help_heading = "Global options"
    )]
    pub verbose: u8,
    /// Set a key of `[plugin.NAME]` to a TOML value or a text; repeatable
    #[arg(
        long,
        global = true,
        value_name = "NAME.KEY=VALUE",
        help_heading = "Global options"
    )]
    pub plugin_option: Vec<PluginOption>,
    #[command(flatten)]
    pub cache: CacheOptions,
    /// Look for credentials in this file first, in the format of Docker's config.json; `-` for standard input
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Global options"
    )]
    pub auth_file: Option<PathBuf>,
    /// Use only these plugins, separated by commas
    #[arg(
        long,
        global = true,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Global options"
    )]
    pub only_plugins: Option<Vec<String>>,
    /// Do not use these plugins, separated by commas
    #[arg(
        long,
        global = true,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Global options"
    )]
    pub deny_plugins: Vec<String>,
    /// Run each plugin in a separate process
    #[arg(long, global = true, help_heading = "Global options")]
    pub isolate: bool,
}

/// Parts of a command line that can be read before the plugins are known whose options may be in the line.
pub struct EarlyArguments {
    /// Global options.
    pub options: Options,
    /// First word that is not an option.
    pub noun: Option<OsString>,
}

impl EarlyArguments {
    /// Reads the global options that are spelled out. Ignores every other argument; errors are reported when the whole line is parsed.
    pub fn read(arguments: &[OsString]) -> Self {
        let mut command = Options::augment_args(clap::Command::new("bindery"))
            .no_binary_name(true)
            .disable_help_flag(true);
        let takes_value = |word: &OsStr| {
            let name = word.to_str()?.strip_prefix("--")?;
            let (name, has_value) = match name.split_once('=') {
                Some((name, _)) => (name, true),
                None => (name, false),
            };
            let mut options = command.get_arguments();
            let option = options.find(|option| option.get_long() == Some(name))?;
            Some(option.get_action().takes_values() && !has_value)
        };
        let is_short = |word: &OsStr| {
            let flags = word.to_str().and_then(|word| word.strip_prefix('-'));
            let is_flag = |short| {
                let mut options = command.get_arguments();
                options.any(|option| {
                    option.get_short() == Some(short) && !option.get_action().takes_values()
                })
            };
            flags.is_some_and(|flags| !flags.is_empty() && flags.chars().all(is_flag))
        };
        let mut global = Vec::new();
        let mut noun = None;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                break;
            }
            match takes_value(argument) {
                Some(takes_value) => {
                    global.push(argument);
                    global.extend(takes_value.then(|| arguments.next()).flatten());
                }
                None if is_short(argument) => global.push(argument),
                None if argument.as_bytes().starts_with(b"-") => {}
                None => {
                    noun.get_or_insert(argument);
                }
            }
        }
        let mut parse = |words: Vec<&OsString>| {
            let matches = command.try_get_matches_from_mut(words).ok()?;
            Options::from_arg_matches(&matches).ok()
        };
        let options = parse(global)
            .or_else(|| parse(Vec::new()))
            .expect("no global option is required");
        Self {
            options,
            noun: noun.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn global_options_are_read_before_the_rest_of_the_line() {
        let check = |line: &str, config: Option<&str>, folders: &[&str], noun: Option<&str>| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let early = EarlyArguments::read(&words);
            assert_eq!(early.options.config, config.map(PathBuf::from), "{line}");
            let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
            assert_eq!(early.options.plugin_dir, folders, "{line}");
            assert_eq!(early.noun, noun.map(OsString::from), "{line}");
        };
        check("render f", None, &[], Some("render"));
        check(
            "--config c plugin list --plugin-dir=a --plugin-dir b",
            Some("c"),
            &["a", "b"],
            Some("plugin"),
        );
        check("--other render --config", None, &[], Some("render"));
        check(
            "render --configure x -- --config c",
            None,
            &[],
            Some("render"),
        );
    }
}
