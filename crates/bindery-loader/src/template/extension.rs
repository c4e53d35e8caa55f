//! Extension of the language by templates: the module `pystachio`, class statements, and the work that the limits count.

use std::rc::Rc;

use bindery_python::{
    ExcKind, Extension, Meter, ModuleItems, Outcome, Raised, Spot, Usage, Value, Vm,
};

use super::prelude::names;
use super::structs;

/// Extension of the language by templates.
pub(crate) struct Templates;

impl Meter for Templates {
    fn usage(&self) -> Usage {
        let bindery_core::Usage { text, parts } = bindery_core::Usage::on_this_thread();
        Usage { text, parts }
    }
}

impl Extension for Templates {
    fn module_names(&self) -> &'static [&'static str] {
        &["pystachio"]
    }

    fn module(&self, _vm: &mut Vm, name: &str) -> Outcome<Option<ModuleItems>> {
        match name.split('.').next().unwrap_or_default() {
            "pystachio" => Ok(Some(("pystachio", names()))),
            "apache" | "twitter" | "gen" => {
                let error =
                    Raised::new(ExcKind::ModuleNotFound, format!("No module named '{name}'"));
                Err(error.hint(
                    "the names of the job schema are there without an import; leave the line out",
                ))
            }
            _ => Ok(None),
        }
    }

    /// Checks for modules of the Aurora client, or of its predecessor, if the prelude has the job schema.
    fn is_predefined(&self, vm: &Vm, name: &str) -> bool {
        is_schema(name) && vm.predefined("MesosJob").is_some()
    }

    fn base(&self, vm: &mut Vm, name: &str, bases: &[Value]) -> Outcome {
        structs::base(vm, name, bases)
    }

    fn declare(
        &self,
        vm: &mut Vm,
        name: &Rc<str>,
        base: &Value,
        members: Vec<(Rc<str>, Value)>,
        spot: Spot,
    ) -> Outcome {
        structs::declare(vm, name, base, members, spot)
    }
}

fn is_schema(name: &str) -> bool {
    matches!(
        name,
        "apache.aurora.config.schema"
            | "apache.aurora.config.schema.base"
            | "apache.thermos.config.schema"
            | "apache.thermos.config.schema_base"
            | "apache.thermos.config.schema_helpers"
            | "twitter.aurora.config.schema"
            | "twitter.aurora.config.schema.base"
            | "twitter.mesos.config.schema"
            | "twitter.thermos.config.schema"
    )
}
