//! The functions that job files may call, as definitions of the prelude.

use std::rc::Rc;

use bindery_core::{Definition, Error, ErrorKind, Function, Origin, Value};

use crate::Schema;
use crate::schema::{options, tasks};

/// One call of a helper.
pub(crate) struct Call<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) name: &'static str,
    pub(crate) arguments: &'a [Value],
    pub(crate) keywords: &'a [(Rc<str>, Value)],
    pub(crate) origin: Option<Origin>,
}

impl Call<'_> {
    pub(crate) fn type_error(&self, what: &str) -> Error {
        Error::new(ErrorKind::Type, format!("{}() {what}", self.name)).at(self.origin)
    }

    /// The arguments under these names, given by position or keyword; every one must be there.
    pub(crate) fn named<const N: usize>(&self, names: [&str; N]) -> Result<[Value; N], Error> {
        if self.arguments.len() > N {
            return Err(self.type_error(&format!(
                "takes {N} arguments but {} were given",
                self.arguments.len()
            )));
        }
        let mut values: [Option<Value>; N] =
            std::array::from_fn(|at| self.arguments.get(at).cloned());
        for (keyword, value) in self.keywords {
            let at = names
                .iter()
                .position(|name| *name == &**keyword)
                .ok_or_else(|| {
                    self.type_error(&format!("got an unexpected keyword argument '{keyword}'"))
                })?;
            if values[at].replace(value.clone()).is_some() {
                return Err(
                    self.type_error(&format!("got multiple values for argument '{keyword}'"))
                );
            }
        }
        if let Some(at) = values.iter().position(Option::is_none) {
            return Err(self.type_error(&format!("missing argument: '{}'", names[at])));
        }
        Ok(values.map(|value| value.expect("all are there")))
    }

    /// The arguments, where keywords are not taken.
    pub(crate) fn positional(&self) -> Result<&[Value], Error> {
        match self.keywords.first() {
            None => Ok(self.arguments),
            Some((name, _)) => {
                Err(self.type_error(&format!("got an unexpected keyword argument '{name}'")))
            }
        }
    }
}

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
