//! Commands of a plugin's own, the arguments and options they take, and options of the plugin as a whole.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Error, Host};

/// A command: `bindery PLUGIN NAME ARGUMENTS --OPTIONS`.
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
///     const OPTIONS: &'static [Opt] = &[Opt::flag("force").help("Also if it is staged already")];
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
    /// The name, unique within the plugin.
    const NAME: &'static str;

    /// What it does, on one line, as `--help` shows it.
    const ABOUT: &'static str;

    /// What stands behind its name, in this order.
    const ARGUMENTS: &'static [Argument] = &[];

    /// Options of its own, besides those of the plugin and of Bindery.
    const OPTIONS: &'static [Opt] = &[];

    /// Does it, and gives the exit code. What it [prints](Host::print) is its output.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being done. The exit code follows from the kind of the error, unless [`Error::exit_with`] sets it.
    fn run(&self, host: &Host, arguments: &Arguments) -> Result<u8, Error>;
}

/// Something that stands behind a command's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) repeated: bool,
    pub(crate) help: &'static str,
}

impl Argument {
    /// An argument that has to be given; the name is usually in capitals.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            required: true,
            repeated: false,
            help: "",
        }
    }

    /// Makes it one that may be left out. None that is required may follow.
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Makes it one that may be given more than once. It has to be the last.
    pub const fn repeated(mut self) -> Self {
        self.repeated = true;
        self
    }

    /// Says what it is, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// An option: `--name`, or `--name VALUE`.
///
/// ```
/// # use bindery_plugin::{Answer, BindError, Binder, Error, Host, Match, Opt, Setup, export_plugin, json, testing::FakeHost};
/// struct Site {
///     user: String,
/// }
///
/// impl Site {
///     fn open(setup: &Setup) -> Result<Self, Error> {
///         Ok(Self { user: setup.option("site-user").unwrap_or("nobody").to_owned() })
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
///     options: [Opt::value("site-user", "NAME").help("Who asks")],
/// }
///
/// # fn main() {
/// let site = FakeHost::new().option("site-user", "me").open(plugin(), json!({})).unwrap();
/// assert_eq!(site.bind("site.user", "site.user").unwrap().value(), "me");
/// # }
/// ```
///
/// Those that a plugin lists in `options` are taken by every command of Bindery, and reach the plugin when it is opened:
/// [`Setup::option`](crate::Setup::option). Those of a [`Command`] are taken by it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt {
    pub(crate) name: &'static str,
    pub(crate) value: Option<&'static str>,
    pub(crate) help: &'static str,
}

impl Opt {
    /// An option without a value.
    pub const fn flag(name: &'static str) -> Self {
        Self {
            name,
            value: None,
            help: "",
        }
    }

    /// An option with a value, which `--help` calls `value`: `Opt::value("ledger-user", "NAME")`.
    pub const fn value(name: &'static str, value: &'static str) -> Self {
        Self {
            name,
            value: Some(value),
            help: "",
        }
    }

    /// Says what it is for, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// What a command was called with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Arguments {
    #[serde(default)]
    pub(crate) arguments: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) options: Options,
}

impl Arguments {
    /// An argument that is required.
    ///
    /// # Panics
    ///
    /// If the command does not declare it as one: a host does not call it without.
    pub fn text(&self, name: &str) -> &str {
        match self.optional(name) {
            Some(text) => text,
            None => panic!("`{name}` was not given"),
        }
    }

    /// An argument, if it was given; of several the first.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    /// An argument that may be given more than once.
    pub fn all(&self, name: &str) -> &[String] {
        self.arguments.get(name).map_or(&[], Vec::as_slice)
    }

    /// The value of an option of the command, if it was given.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.value(name)
    }

    /// Whether an option of the command was given.
    pub fn flag(&self, name: &str) -> bool {
        self.options.has(name)
    }
}

/// Options by name, as they cross: a text, or `true` for one without a value.
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
