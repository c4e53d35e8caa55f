//! Steps of a run that a plugin takes part in.

use serde::Deserialize;

use crate::{Error, Host};

/// Takes part in every run of Bindery, whatever the command. Plugins are called in their order.
///
/// ```
/// use bindery_plugin::{Error, Host, Lifecycle, Run, Step, export_plugin};
///
/// /// No run on a day when the site is frozen.
/// struct Frozen;
///
/// impl Lifecycle for Frozen {
///     const STEPS: &'static [Step] = &[Step::BeforeExecution];
///
///     fn before_execution(&self, host: &Host, run: &Run) -> Result<(), Error> {
///         if run.command().starts_with("job") {
///             return Err(Error::denied("the site is frozen").exit_with(8));
///         }
///         Ok(())
///     }
/// }
///
/// export_plugin! { name: "frozen", lifecycle: [Frozen] }
///
/// # fn main() {
/// # use bindery_plugin::{json, testing::FakeHost};
/// let frozen = FakeHost::new().open(plugin(), json!({})).unwrap();
/// assert!(frozen.step("before_execution", &["render"], 0).is_ok());
/// let error = frozen.step("before_execution", &["job"], 0).unwrap_err();
/// assert_eq!(error.exit_code(), Some(8));
/// # }
/// ```
///
/// Only the steps that [`STEPS`](Lifecycle::STEPS) names are called, so a plugin is not opened for the others.
pub trait Lifecycle: Send + Sync + 'static {
    /// The steps it takes part in.
    const STEPS: &'static [Step];

    /// Looks at the arguments as they were typed, without the program's name, before they are parsed, and gives those to go on
    /// with; the next plugin gets these.
    ///
    /// The plugin is opened for this step alone, before options are known, and anew for all that follows.
    ///
    /// # Errors
    ///
    /// If the run is to end; `Error in configuration plugin before dispatch` stands before the message.
    fn before_dispatch(
        &self,
        _host: &Host,
        _run: &Run,
        arguments: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        Ok(arguments)
    }

    /// Is called when the arguments are parsed, before the command runs.
    ///
    /// # Errors
    ///
    /// If the command is not to run; `Error in configuration plugin before execution` stands before the message.
    fn before_execution(&self, _host: &Host, _run: &Run) -> Result<(), Error> {
        Ok(())
    }

    /// Is called after the command, however it ended, with its exit code.
    ///
    /// # Errors
    ///
    /// If something is worth telling; the exit code stays.
    fn after_execution(&self, _host: &Host, _run: &Run, _code: u8) -> Result<(), Error> {
        Ok(())
    }
}

/// A step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// [`Lifecycle::before_dispatch`].
    BeforeDispatch,
    /// [`Lifecycle::before_execution`].
    BeforeExecution,
    /// [`Lifecycle::after_execution`].
    AfterExecution,
}

impl Step {
    /// In the order in which they come.
    pub(crate) const ALL: [Self; 3] = [
        Self::BeforeDispatch,
        Self::BeforeExecution,
        Self::AfterExecution,
    ];

    /// The name in a description.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BeforeDispatch => "before_dispatch",
            Self::BeforeExecution => "before_execution",
            Self::AfterExecution => "after_execution",
        }
    }
}

/// A run of Bindery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Run {
    program: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    arguments: Vec<String>,
}

impl Run {
    /// Whose command line it is: `bindery` or `aurora`.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// The command, as in `render` or `job inspect`; empty before it is parsed.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The arguments, without the program's name; empty before they are parsed.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
}
