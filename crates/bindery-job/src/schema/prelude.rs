//! Names that every job file has without an import.

use std::rc::Rc;

use bindery_core::{Definition, Error, Value};

use crate::schema::helpers;
use crate::schema::types::{AURORA_EXECUTOR_NAME, Schema};

impl Schema {
    /// Returns the names that job files have in addition to the names of the template language.
    pub fn prelude(self: &Rc<Self>) -> Vec<(Rc<str>, Definition)> {
        let mut names: Vec<(Rc<str>, Definition)> = self
            .types
            .iter()
            .map(|(name, ty)| (Rc::from(*name), Definition::Type(ty.clone())))
            .collect();
        let mut add = |name: &str, definition| names.push((name.into(), definition));
        add("Job", Definition::Type(self.job()));
        for (name, shift) in [("BYTES", 0), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40)] {
            add(name, Definition::Value(Value::integer(1 << shift)));
        }
        add(
            "AURORA_EXECUTOR_NAME",
            Definition::Value(Value::string(AURORA_EXECUTOR_NAME)),
        );
        let own = |value: Result<Value, Error>| {
            Definition::Value(value.expect("the schema's own defaults fit its types"))
        };
        let service = [("service".into(), Value::Boolean(true))];
        add("Service", own(self.object("MesosJob", &service)));
        add("DefaultHealthChecker", own(self.default_health_checker()));
        add("DefaultLifecycleConfig", own(self.default_lifecycle()));
        add("DisableLifecycle", own(self.object("LifecycleConfig", &[])));
        for (name, definition) in helpers::definitions(self) {
            add(name, definition);
        }
        names
    }
}
