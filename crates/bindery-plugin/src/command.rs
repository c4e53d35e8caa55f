//! Commands of a plugin with their arguments and options, and options of the whole plugin.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Error, Host};

/// Command: `bindery PLUGIN NAME ARGUMENTS --OPTIONS`.
///
/// ```
/// use bindery_plugin::{Argument, Arguments, Command, Error, Host, Opt, export_plugin};
///
/// /// `bindery site stage web 1.4 --force`
/// struct Stage;
///
/// impl Command for Stage {
///     const NAME: &'static str = "stage";
///     const ABOUT: &'static str = "Stage a release";
///     const ARGUMENTS: &'static [Argument] = &[Argument::new("NAME"), Argument::new("VERSION")];
///     const OPTIONS: &'static [Opt] = &[Opt::flag("force").help("Stage the release again")];
///
///     fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error> {
///         host.print(&format!("staged {} {}", arguments.text("NAME"), arguments.text("VERSION")));
///         Ok(0)
///     }
/// }
///
/// export_plugin! { name: "site", commands: [Stage] }
///
/// # fn main() {
/// # use bindery_plugin::{json, testing::FakeHost};
/// let host = FakeHost::new();
/// let site = host.open(plugin(), json!({})).unwrap();
/// assert_eq!(site.run(&["stage", "web", "1.4", "--force"]), Ok(0));
/// assert_eq!(host.printed(), ["staged web 1.4"]);
/// # }
/// ```
pub trait Command: Send + Sync + 'static {
    /// Name, unique within the plugin.
    const NAME: &'static str;

    /// Description on one line, for `--help`.
    const ABOUT: &'static str;

    /// Arguments after the name, in order.
    const ARGUMENTS: &'static [Argument] = &[];

    /// Options of the command, in addition to the options of the plugin and of Bindery.
    const OPTIONS: &'static [Opt] = &[];

    /// Runs the command and returns the exit code. The text that it [prints](Host::print) is its output.
    ///
    /// # Errors
    ///
    /// If the command fails. The exit code follows from the kind of the error, unless [`Error::exit_with`] sets it.
    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error>;
}

/// Argument of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) repeated: bool,
    pub(crate) help: &'static str,
}

impl Argument {
    /// Creates a required argument; its name is usually in capitals.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            required: true,
            repeated: false,
            help: "",
        }
    }

    /// Makes the argument optional. Every later argument must be optional too.
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Allows several values. The argument must be the last.
    pub const fn repeated(mut self) -> Self {
        self.repeated = true;
        self
    }

    /// Sets the description, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// Option: `--name`, or `--name VALUE`.
///
/// ```
/// # use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Opt, Setup, export_plugin, json, testing::FakeHost};
/// struct Site {
///     user: String,
/// }
///
/// impl Site {
///     fn open(setup: &Setup) -> Result<Self, Error> {
///         Ok(Self { user: setup.option("site-user").unwrap_or("guest").to_owned() })
///     }
/// }
/// # impl Binder for Site {
/// #     const NAME: &'static str = "site.user";
/// #     const PATTERN: &'static str = "site.user";
/// #     fn bind(&self, _host: &Host, _found: &Match) -> Result<Answer, BindError> {
/// #         Ok(Answer::text(self.user.as_str()))
/// #     }
/// # }
///
/// export_plugin! {
///     name: "site",
///     binders: [Site => Site::open],
///     options: [Opt::value("site-user", "NAME").help("User of the request")],
/// }
///
/// # fn main() {
/// let site = FakeHost::new().option("site-user", "me").open(plugin(), json!({})).unwrap();
/// assert_eq!(site.bind("site.user", "site.user").unwrap().value(), "me");
/// # }
/// ```
///
/// Every command of Bindery takes the options that a plugin lists in `options`; the plugin reads them when it is opened, with
/// [`Setup::option`](crate::Setup::option). The options of a [`Command`] belong to this command alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt {
    pub(crate) name: &'static str,
    pub(crate) value: Option<&'static str>,
    pub(crate) help: &'static str,
}

impl Opt {
    /// Creates an option without a value.
    pub const fn flag(name: &'static str) -> Self {
        Self {
            name,
            value: None,
            help: "",
        }
    }

    /// Creates an option with a value, which `--help` calls `value`: `Opt::value("ledger-user", "NAME")`.
    pub const fn value(name: &'static str, value: &'static str) -> Self {
        Self {
            name,
            value: Some(value),
            help: "",
        }
    }

    /// Sets the description, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// Arguments and options of one call of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Arguments {
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) options: Options,
}

impl Arguments {
    /// Returns a required argument.
    ///
    /// # Panics
    ///
    /// If the command does not declare the argument as required.
    pub fn text(&self, name: &str) -> &str {
        match self.optional(name) {
            Some(text) => text,
            None => panic!("`{name}` was not given"),
        }
    }

    /// Returns an argument, if it was given; the first of several.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// Returns all values of an argument.
    pub fn all(&self, name: &str) -> &[String] {
        self.arguments.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the value of an option of the command, if it was given.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.value(name)
    }

    /// Returns whether an option of the command was given.
    pub fn flag(&self, name: &str) -> bool {
        self.options.has(name)
    }
}

/// Options by name, as on the wire: a text, or `true` for an option without a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Options(pub(crate) BTreeMap<String, Given>);

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(untagged)]
pub(crate) enum Given {
    Flag(bool),
    Value(String),
}

impl Options {
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Given::Value(value) => Some(value),
            Given::Flag(_) => None,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|it| *it != Given::Flag(false))
    }
}
