//! Loads: from options and files to a namespace.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;
use std::rc::Rc;

use bindery_core::{Definition, Opaque, Origin, Value as Data};
use bindery_python::{Error, ErrorKind, Outcome, Place, ReadError, Value, Vm, Warning};

use crate::reader::SourceReader;
use crate::sandbox::{Inputs, Options, Sandbox, SharedSandbox};
use crate::template::{self, Templates};

/// Evaluates job files. All files of one loader share one namespace, as includes do.
///
/// ```
/// use bindery_loader::{Loader, NoFiles, Options};
///
/// let mut loader = Loader::new(Vec::new(), Options::default(), Box::new(NoFiles));
/// let namespace = loader.evaluate("example", "names = ['job%d' % i for i in range(3)]").unwrap();
/// let names = namespace.get("names").unwrap();
/// assert_eq!(bindery_core::repr::value(&names).unwrap(), "['job0', 'job1', 'job2']");
/// ```
pub struct Loader {
    vm: Rc<RefCell<Vm>>,
    sandbox: Rc<RefCell<Sandbox>>,
}

impl Loader {
    /// Makes a loader whose files find the names of pystachio and of `prelude`; the prelude takes precedence.
    ///
    /// `reader` reads the top file, and the files that the top file includes or opens below its own folder.
    pub fn new(
        prelude: Vec<(Rc<str>, Definition)>,
        options: Options,
        reader: Box<dyn SourceReader>,
    ) -> Self {
        let limits = options.limits.clone();
        let sandbox = Sandbox::new(options, reader, Box::new(|_| {}));
        let sandbox = Rc::new(RefCell::new(sandbox));
        let host = SharedSandbox(sandbox.clone());
        let mut vm = Vm::new(limits, Box::new(host), &Templates);
        for (name, value) in template::names() {
            vm.define_builtin(name, value);
        }
        for (name, definition) in &prelude {
            // A value that exceeds the limits is left out.
            if let Ok(value) = template::definition(&mut vm, definition) {
                vm.define_builtin(name, value);
            }
        }
        Self {
            vm: Rc::new(RefCell::new(vm)),
            sandbox,
        }
    }

    /// Checks whether files find this name without defining or importing it.
    pub fn defines(&self, name: &str) -> bool {
        self.vm.borrow_mut().has_builtin(name)
    }

    /// Returns the names of pystachio and of the prelude.
    pub fn predefined_names(&self) -> Vec<Rc<str>> {
        self.vm.borrow().predefined_names()
    }

    /// Sends the text that files print to `print_to`, one call at a time. It belongs on standard error.
    pub fn on_print(&mut self, print_to: impl FnMut(&str) + 'static) {
        self.sandbox.borrow_mut().print_to = Box::new(print_to);
    }

    /// Runs the file at `path`; its folder becomes the root folder.
    ///
    /// # Errors
    ///
    /// `NotFound` if the file cannot be read, else the error that ended the program.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<Namespace, Error> {
        let path = path.as_ref();
        let mut vm = self.vm.borrow_mut();
        let (top, bytes) = {
            let mut sandbox = self.sandbox.borrow_mut();
            sandbox
                .start(path)
                .and_then(|top| sandbox.reader.read(path).map(|bytes| (top, bytes)))
                .map_err(|error| unreadable(path, &error))?
        };
        let given = path.display().to_string();
        vm.begin();
        let result = vm.measured(|vm| {
            let text = vm.source_text(bytes, &given)?;
            let shown = self.sandbox.borrow_mut().begin(top, &given, text.clone());
            vm.define_builtin("__file__", Value::text(shown.clone()));
            let result = vm.run(shown, text);
            self.sandbox.borrow_mut().running.pop();
            result
        });
        self.finish(&mut vm, result)
    }

    /// Runs a text in memory; `name` is its name in messages. The text cannot include or open files.
    ///
    /// # Errors
    ///
    /// The error that ended the program.
    pub fn evaluate(&mut self, name: &str, text: &str) -> Result<Namespace, Error> {
        let mut vm = self.vm.borrow_mut();
        vm.begin();
        let result = vm.measured(|vm| vm.run(name.into(), text.into()));
        self.finish(&mut vm, result)
    }

    fn finish(&self, vm: &mut Vm, result: Outcome<()>) -> Result<Namespace, Error> {
        match result {
            Ok(()) => Ok(Namespace {
                vm: self.vm.clone(),
            }),
            Err(raised) => Err(vm.measured(|vm| vm.explain(raised))),
        }
    }

    /// Returns the position of the literal or call with this origin.
    pub fn place(&self, origin: Origin) -> Option<Place> {
        self.vm.borrow().place_of(template::to_python(origin))
    }

    /// Returns all that was read so far; together with the program's text it determines the result.
    pub fn inputs(&self) -> Inputs {
        self.sandbox.borrow().inputs.clone()
    }

    /// Returns the warnings about the files that ran, in the order they were found.
    pub fn warnings(&self) -> Vec<Warning> {
        self.vm.borrow().warnings()
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").finish_non_exhaustive()
    }
}

fn unreadable(path: &Path, error: &ReadError) -> Error {
    let (class, message) = match error {
        ReadError::NotFound => (
            "NotFound",
            format!("Could not load resource {}", path.display()),
        ),
        ReadError::IsFolder => ("IsADirectoryError", format!("{}: {error}", path.display())),
        ReadError::Denied => ("PermissionError", format!("{}: {error}", path.display())),
        ReadError::Failed(_) => ("OSError", format!("{}: {error}", path.display())),
    };
    Error {
        kind: ErrorKind::NotFound,
        class: class.to_owned(),
        is_value_error: false,
        message,
        place: None,
        steps: Vec::new(),
        hint: Some("give the path of a job file that can be read".to_owned()),
    }
}

/// Names that files assigned, and their values.
#[derive(Clone)]
pub struct Namespace {
    vm: Rc<RefCell<Vm>>,
}

impl Namespace {
    /// Returns the value of a name that a file assigned, as plain data and objects. Values that are neither, for example
    /// functions, and values that nest too deep are returned as [`Opaque`].
    pub fn get(&self, name: &str) -> Option<Data> {
        let mut vm = self.vm.borrow_mut();
        let value = vm.assigned(name)?;
        let data = vm.measured(|vm| template::to_core(vm, &value));
        Some(data.unwrap_or_else(|raised| {
            let text = vm.explain(raised).message;
            Data::Opaque(Rc::new(Opaque {
                type_name: value.type_name().to_string(),
                text,
            }))
        }))
    }

    /// Returns the names, sorted.
    pub fn names(&self) -> Vec<Rc<str>> {
        let mut names = self.vm.borrow().assigned_names();
        names.sort_unstable();
        names
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
