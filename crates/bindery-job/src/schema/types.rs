//! Types of Aurora's configuration reference.

use std::rc::Rc;

use bindery_core::{Error, Field, Type, Value};

/// Name of the executor that runs Thermos tasks.
pub(crate) const AURORA_EXECUTOR_NAME: &str = "AuroraExecutor";

/// Types of the schema, by the names that job files use.
pub struct Schema {
    pub(super) types: Vec<(&'static str, Type)>,
}

/// Value of a field that the job file does not set.
pub(super) enum Unset {
    Optional,
    Required,
    Text(&'static str),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// Empty list.
    EmptyList,
    /// Struct with its own defaults.
    Object(Value),
    /// Other plain data.
    Data(Value),
}

impl Schema {
    /// Builds the types with their fields in the original's order, which decides the order of checks.
    pub fn new() -> Self {
        let mut schema = Schema { types: Vec::new() };
        schema
            .declare()
            .expect("the schema's own defaults fit its types");
        schema
    }

    /// Returns the type with this name.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.types
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, ty)| ty)
    }

    /// Returns a type that the schema is known to have.
    pub(crate) fn own(&self, name: &str) -> Type {
        self.get(name).expect("the schema declares it").clone()
    }

    /// Returns the type of jobs.
    pub fn job(&self) -> Type {
        self.own("MesosJob")
    }

    pub(super) fn add(
        &mut self,
        name: &'static str,
        fields: Vec<(&'static str, Type, Unset)>,
    ) -> Result<(), Error> {
        let fields = fields
            .into_iter()
            .map(|(name, ty, unset)| {
                let field = match unset {
                    Unset::Optional => Field::optional(ty),
                    Unset::Required => Field::required(ty),
                    Unset::Text(text) => Field::default(ty, &Value::string(text))?,
                    Unset::Int(n) => Field::default(ty, &Value::integer(n))?,
                    Unset::Float(x) => Field::default(ty, &Value::Float(x))?,
                    Unset::Bool(b) => Field::default(ty, &Value::Boolean(b))?,
                    Unset::EmptyList => Field::default(ty, &Value::List(Rc::new([])))?,
                    Unset::Object(value) | Unset::Data(value) => Field::default(ty, &value)?,
                };
                Ok((Rc::from(name), field))
            })
            .collect::<Result<_, Error>>()?;
        self.types.push((name, Type::structure(name, fields)));
        Ok(())
    }

    /// Creates an object of an earlier type with its defaults and these fields.
    pub(super) fn object(&self, name: &str, fields: &[(Rc<str>, Value)]) -> Result<Value, Error> {
        Ok(Value::Object(self.own(name).construct(
            &[],
            fields,
            None,
        )?))
    }

    pub(super) fn choice(&self, alternatives: &[&str]) -> Type {
        let alternatives = alternatives.iter().map(|name| self.own(name)).collect();
        Type::choice(None, alternatives)
    }

    pub(super) fn default_health_checker(&self) -> Result<Value, Error> {
        let http = self.object("HttpHealthChecker", &[])?;
        self.object("HealthCheckerConfig", &[("http".into(), http)])
    }

    pub(super) fn default_lifecycle(&self) -> Result<Value, Error> {
        let http = self.object("HttpLifecycleConfig", &[])?;
        self.object("LifecycleConfig", &[("http".into(), http)])
    }
}

impl Default for Schema {
    fn default() -> Self {
        Schema::new()
    }
}
