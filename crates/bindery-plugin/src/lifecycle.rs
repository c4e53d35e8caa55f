//! Steps of a run in which a plugin takes part.

use serde::Deserialize;

use crate::{Error, Host};

/// Part of a plugin that is called in every run of Bindery, whatever the command. Plugins are called in their order.
///
/// ```
/// use bindery_plugin::{Error, Host, Lifecycle, Run, Step, export_plugin};
///
/// /// Ends every run while the site is frozen.
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
/// The host calls only the steps in [`STEPS`](Lifecycle::STEPS), and does not load the plugin for other steps.
pub trait Lifecycle: Send + Sync + 'static {
    /// Steps that the host calls.
    const STEPS: &'static [Step];

    /// Receives the arguments as typed, without the program's name, before they are parsed. Returns the arguments for the next plugin and
    /// for the parser.
    ///
    /// The plugin is opened for this step alone, before options are known, and opened again for later steps.
    ///
    /// # Errors
    ///
    /// Ends the run. The message is printed after `Error in configuration plugin before dispatch`.
    fn before_dispatch(
        &self,
        _host: &Host,
        _run: &Run,
        arguments: Vec<String>,
    ) -> Result<Vec<String>, Error> {
        Ok(arguments)
    }

    /// Receives the run after the arguments are parsed, before the command starts.
    ///
    /// # Errors
    ///
    /// Ends the run. The message is printed after `Error in configuration plugin before execution`.
    fn before_execution(&self, _host: &Host, _run: &Run) -> Result<(), Error> {
        Ok(())
    }

    /// Receives the exit code after the command, also after a failed one.
    ///
    /// # Errors
    ///
    /// Is printed as a warning; the exit code stays.
    fn after_execution(&self, _host: &Host, _run: &Run, _code: u8) -> Result<(), Error> {
        Ok(())
    }
}

/// Step of a run.
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
    /// All steps, in order.
    pub(crate) const ALL: [Self; 3] = [
        Self::BeforeDispatch,
        Self::BeforeExecution,
        Self::AfterExecution,
    ];

    /// Returns the name of the step in a description.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BeforeDispatch => "before_dispatch",
            Self::BeforeExecution => "before_execution",
            Self::AfterExecution => "after_execution",
        }
    }
}

/// Run of Bindery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Run {
    program: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    arguments: Vec<String>,
}

impl Run {
    /// Returns the program whose syntax the command line has: `bindery` or `aurora`.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Returns the command, as in `render` or `job inspect`; empty before the arguments are parsed.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// Returns the arguments, without the program's name; empty before they are parsed.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
}
