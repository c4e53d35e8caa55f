//! Names that job files use without importing them.

use std::fmt;
use std::rc::Rc;

use bindery_core::{Definition, Type};
use bindery_diagnostic::Diagnostics;
use bindery_job::Schema;
use bindery_loader::{Loader, NoFiles, Options as LoaderOptions};
use once_cell::unsync::OnceCell;

/// Names and their definitions.
pub type Definitions = Vec<(Rc<str>, Definition)>;

type Additions<'r> = dyn Fn(&StockNames<'_>) -> Result<Definitions, Diagnostics> + 'r;

/// Names of the job schema, and names that the caller adds. Built when the first file needs them, and shared by clones.
#[derive(Clone)]
pub struct Prelude<'r>(Rc<State<'r>>);

struct State<'r> {
    schema: OnceCell<Rc<Schema>>,
    definitions: OnceCell<Definitions>,
    additions: Option<Box<Additions<'r>>>,
}

impl Default for Prelude<'_> {
    /// Creates a prelude of the job schema alone.
    fn default() -> Self {
        Self::create(None)
    }
}

impl<'r> Prelude<'r> {
    /// Creates a prelude of the job schema and the names that `additions` returns. `additions` is called at most once, unless it fails.
    pub fn with_additions(
        additions: impl Fn(&StockNames<'_>) -> Result<Definitions, Diagnostics> + 'r,
    ) -> Self {
        Self::create(Some(Box::new(additions)))
    }

    fn create(additions: Option<Box<Additions<'r>>>) -> Self {
        Self(Rc::new(State {
            schema: OnceCell::new(),
            definitions: OnceCell::new(),
            additions,
        }))
    }

    /// Returns the job schema.
    pub fn schema(&self) -> &Rc<Schema> {
        self.0.schema.get_or_init(|| Rc::new(Schema::new()))
    }

    /// Returns every name with its definition.
    pub(crate) fn definitions(&self) -> Result<&Definitions, Diagnostics> {
        self.0.definitions.get_or_try_init(|| {
            let mut definitions = self.schema().prelude();
            if let Some(additions) = &self.0.additions {
                let added = additions(&StockNames {
                    schema: self.schema(),
                    definitions: &definitions,
                    language: OnceCell::new(),
                })?;
                definitions.extend(added);
            }
            Ok(definitions)
        })
    }
}

impl fmt::Debug for Prelude<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prelude").finish_non_exhaustive()
    }
}

/// Names that job files have before any is added: Python, the template language and the job schema.
pub struct StockNames<'p> {
    schema: &'p Schema,
    definitions: &'p [(Rc<str>, Definition)],
    language: OnceCell<Loader>,
}

impl StockNames<'_> {
    /// Returns the type that the job schema declares under `name`.
    pub fn schema_type(&self, name: &str) -> Option<Type> {
        self.schema.get(name).cloned()
    }

    /// Returns true if `name` is in use.
    pub fn contains(&self, name: &str) -> bool {
        let is_in_schema = self.definitions.iter().any(|(known, _)| **known == *name);
        is_in_schema || self.language().defines(name)
    }

    fn language(&self) -> &Loader {
        self.language
            .get_or_init(|| Loader::new(Vec::new(), LoaderOptions::default(), Box::new(NoFiles)))
    }
}
