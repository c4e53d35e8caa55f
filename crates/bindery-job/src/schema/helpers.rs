//! Helper functions that job files call, as definitions of the prelude.

use std::rc::Rc;

use bindery_core::{Definition, Error, Function, Origin, Value};

use crate::schema::call::Call;
use crate::schema::types::Schema;
use crate::schema::{options, tasks};

type Body = fn(&Call<'_>) -> Result<Value, Error>;

struct Helper {
    schema: Rc<Schema>,
    name: &'static str,
    body: Body,
}

impl Function for Helper {
    fn name(&self) -> &str {
        self.name
    }

    fn call(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
        origin: Option<Origin>,
    ) -> Result<Value, Error> {
        (self.body)(&Call {
            schema: &self.schema,
            name: self.name,
            arguments,
            keywords,
            origin,
        })
    }
}

pub(crate) fn definitions(schema: &Rc<Schema>) -> Vec<(&'static str, Definition)> {
    let function = |name, body: Body| {
        Definition::Function(Rc::new(Helper {
            schema: Rc::clone(schema),
            name,
            body,
        }))
    };
    let namespace = |members: Vec<(&'static str, Body)>| {
        let members: Vec<_> = members
            .into_iter()
            .map(|(name, body)| (name, function(name, body)))
            .collect();
        Definition::Namespace(members.into())
    };
    vec![
        ("order", function("order", tasks::order)),
        ("SimpleTask", function("SimpleTask", tasks::simple)),
        (
            "SequentialTask",
            function("SequentialTask", tasks::sequential),
        ),
        ("combine_tasks", function("combine_tasks", tasks::combine)),
        ("concat_tasks", function("concat_tasks", tasks::concat)),
        ("java_options", function("java_options", options::java)),
        (
            "python_options",
            function("python_options", options::python),
        ),
        ("Processes", namespace(vec![("order", tasks::order)])),
        (
            "Tasks",
            namespace(vec![
                ("simple", tasks::simple),
                ("sequential", tasks::sequential_of),
                ("combine", tasks::combine),
                ("concat", tasks::concat),
            ]),
        ),
        (
            "Options",
            namespace(vec![
                ("java", options::java),
                ("python", options::python),
                ("render_option", options::render_option),
                ("render_options", options::render_options),
            ]),
        ),
        (
            "Units",
            namespace(vec![
                ("resources_sum", tasks::resources_sum),
                ("resources_max", tasks::resources_max),
                ("finalization_wait_sum", tasks::finalization_wait_sum),
                ("finalization_wait_max", tasks::finalization_wait_max),
                ("processes_merge", tasks::processes_merge),
                ("constraints_merge", tasks::constraints_merge),
            ]),
        ),
    ]
}
