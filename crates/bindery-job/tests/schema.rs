//! Schema and helper functions, as job files use them.

use std::rc::Rc;

use bindery_core::{Definition, Error, Object, Type, Value, json, repr};
use bindery_job::{JobFile, JobProblem, Schema, SelectError, Selection};

fn schema() -> Rc<Schema> {
    Rc::new(Schema::new())
}

fn call(path: &str, arguments: &[Value], keywords: &[(&str, Value)]) -> Result<Value, Error> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let prelude = schema().prelude();
    let mut definition = prelude
        .into_iter()
        .find(|(name, _)| &**name == first)
        .map(|(_, definition)| definition)
        .unwrap();
    if let Definition::Namespace(members) = &definition {
        let member = members.iter().find(|(name, _)| *name == rest).unwrap();
        definition = member.1.clone();
    }
    let Definition::Function(function) = definition else {
        panic!("{path} is not a function");
    };
    let keywords: Vec<_> = keywords
        .iter()
        .map(|(name, value)| (Rc::from(*name), value.clone()))
        .collect();
    function.call(arguments, &keywords, None)
}

fn construct(ty: &str, data: &str) -> Object {
    let data = json::parse(data).unwrap();
    schema()
        .get(ty)
        .unwrap()
        .construct(&[data], &[], None)
        .unwrap()
}

fn display(value: &Value) -> String {
    let object = match value {
        Value::Object(object) => {
            Value::Tuple(Rc::new([object.interpolate().unwrap().0.get().unwrap()]))
        }
        other => other.clone(),
    };
    repr::value(&object).unwrap()
}

#[test]
fn every_type_has_the_fields_and_defaults_of_the_reference() {
    let names: Vec<_> = schema().prelude();
    let types: Vec<String> = names
        .iter()
        .filter_map(|(name, definition)| match definition {
            Definition::Type(Type::Struct(ty)) => {
                let mut lines = vec![format!("{name}")];
                for (field, declared) in ty.fields() {
                    let required = if declared.is_required() {
                        ", required"
                    } else {
                        ""
                    };
                    lines.push(format!("  {field}: {}{required}", declared.ty().name()));
                }
                Some(lines.join("\n"))
            }
            _ => None,
        })
        .collect();
    insta::assert_snapshot!("types", types.join("\n\n"));

    let job = construct("MesosJob", r#"{"task": {"processes": [{"name": "p"}]}}"#);
    let style = json::Style {
        indent: Some(2),
        sort_keys: false,
    };
    let data = job.interpolate().unwrap().0.get().unwrap();
    insta::assert_snapshot!("defaults", json::write(&data, style).unwrap());
}

#[test]
fn options_are_rendered_in_order() {
    let entries = json::parse(r#"{"config": "prod.yml", "v": 3, "dry-run": null}"#).unwrap();
    let java = call(
        "java_options",
        &[
            Value::string("server"),
            json::parse(r#"{"Xmx1g": null}"#).unwrap(),
        ],
        &[("Dfile", Value::string("utf8"))],
    );
    assert_eq!(display(&java.unwrap()), "'-server -Xmx1g -Dfile utf8'");
    let python = call(
        "Options.python",
        &[Value::string("q"), entries],
        &[("w", Value::integer(10))],
    );
    assert_eq!(
        display(&python.unwrap()),
        "'-q --config prod.yml -v 3 --dry-run -w 10'"
    );
    let error = call("java_options", &[Value::integer(1)], &[]).unwrap_err();
    assert_eq!(
        error.message(),
        "Got an unexpected argument to render_options: 1"
    );
}

#[test]
fn combined_tasks_add_resources_and_concatenated_ones_take_the_greatest() {
    let task = |name: &str, cpu: f64, ram: i64| {
        Value::Object(construct(
            "Task",
            &format!(
                r#"{{"name": "{name}", "processes": [{{"name": "{name}1", "cmdline": "x"}}],
                    "resources": {{"cpu": {cpu}, "ram": {ram}, "disk": 1}}, "finalization_wait": {ram}}}"#
            ),
        ))
    };
    let tasks = [task("a", 0.5, 10), task("b", 1.5, 4)];
    let field = |value: &Value, field: &str| match value {
        Value::Object(object) => display(&Value::Object(object.attribute(field).unwrap().unwrap())),
        _ => panic!("not a task"),
    };
    let combined = call("combine_tasks", &tasks, &[]).unwrap();
    let concatenated = call("Tasks.concat", &tasks, &[("name", Value::string("both"))]).unwrap();
    assert_eq!(field(&combined, "name"), "('b',)");
    assert_eq!(
        field(&combined, "resources"),
        "({'cpu': 2.0, 'ram': 14, 'disk': 2, 'gpu': 0},)"
    );
    assert_eq!(field(&combined, "finalization_wait"), "(10,)");
    assert_eq!(field(&combined, "constraints"), "((),)");
    assert_eq!(field(&concatenated, "name"), "('both',)");
    assert_eq!(
        field(&concatenated, "resources"),
        "({'cpu': 1.5, 'ram': 10, 'disk': 1, 'gpu': 0},)"
    );
    assert_eq!(field(&concatenated, "finalization_wait"), "(14,)");
    assert_eq!(
        field(&concatenated, "constraints"),
        "(({'order': ('a1', 'b1')},),)"
    );

    let twice = call("combine_tasks", &tasks, &[("resources", Value::Empty)]).unwrap_err();
    assert_eq!(
        twice.message(),
        "combine_tasks() got multiple values for argument 'resources'"
    );
    let templated = Value::Object(construct(
        "Task",
        r#"{"processes": [], "resources": {"cpu": "{{c}}", "ram": 1, "disk": 1}}"#,
    ));
    let error = call("combine_tasks", &[templated], &[]).unwrap_err();
    assert!(
        error.message().contains("`cpu`, which must be a number"),
        "{error}"
    );
}

#[test]
fn a_sequence_orders_all_processes_and_refuses_other_constraints() {
    let processes =
        json::parse(r#"[{"name": "a", "cmdline": "x"}, {"name": "b", "cmdline": "y"}]"#).unwrap();
    let task = call("SequentialTask", &[], &[("processes", processes.clone())]).unwrap();
    let Value::Object(task) = task else {
        panic!("not a task")
    };
    let constraints = task.attribute("constraints").unwrap().unwrap();
    assert_eq!(
        display(&Value::Object(constraints)),
        "(({'order': ('a', 'b')},),)"
    );
    let ordered = call("order", &[Value::string("a")], &[]).unwrap();
    let error = call(
        "SequentialTask",
        &[],
        &[("processes", processes), ("constraints", ordered)],
    )
    .unwrap_err();
    assert_eq!(
        error.message(),
        "Cannot turn a Task with existing constraints into a SequentialTask!"
    );
    let error = call("Processes.order", &[Value::integer(3)], &[]).unwrap_err();
    assert_eq!(error.message(), "Unknown value for process order: 3");
}

fn jobs(names: &[&str]) -> JobFile {
    let jobs: Vec<Value> = names
        .iter()
        .map(|name| {
            Value::Object(construct(
                "MesosJob",
                &format!(r#"{{"cluster": "west", "role": "r", "environment": "{{{{e}}}}", "name": "{name}"}}"#),
            ))
        })
        .collect();
    let bindings = [Value::map([("e", Value::string("prod"))])];
    JobFile::new(&schema(), Some(&Value::List(jobs.into())), &bindings).unwrap()
}

#[test]
fn jobs_are_selected_by_the_parts_of_their_keys() {
    let file = jobs(&["a", "b"]);
    let by_name = |name: &str| Selection {
        name: Some(name.to_owned()),
        ..Selection::default()
    };
    let selected = file.select(&by_name("b")).unwrap();
    assert_eq!(selected.len(), 1);
    assert_eq!(selected[0].path().unwrap(), "west/r/prod/b");
    assert_eq!(file.select(&Selection::default()).unwrap().len(), 2);
    let error = file.select(&by_name("c")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Could not find job */*/*/c\nCandidates are:\n  west/r/prod/a\n  west/r/prod/b"
    );
}

#[test]
fn other_values_of_jobs_are_errors() {
    let select = |variable: Option<Value>| {
        JobFile::new(&schema(), variable.as_ref(), &[])
            .err()
            .unwrap()
    };
    assert!(matches!(select(None), SelectError::NoJobs));
    assert!(matches!(
        select(Some(Value::List(Rc::new([])))),
        SelectError::NoJobs
    ));
    assert_eq!(
        select(Some(Value::integer(3))).to_string(),
        "`jobs` must be a list of Job objects, not int"
    );
}

#[test]
fn a_job_is_bound_when_only_deferred_refs_are_left() {
    let finish = |fields: &str| {
        let job = construct(
            "MesosJob",
            &format!(
                r#"{{"name": "n", "cluster": "c", "role": "r", "environment": "e", {fields}}}"#
            ),
        );
        let file = JobFile::new(
            &schema(),
            Some(&Value::List(Rc::new([Value::Object(job)]))),
            &[],
        )
        .unwrap();
        let job = file.select(&Selection::default()).unwrap().remove(0);
        job.with_compatible_refs()
            .unwrap()
            .finish(&schema(), None)
            .job
    };
    let task = |cmdline: &str| {
        format!(
            r#""task": {{"processes": [{{"name": "p", "cmdline": "{cmdline}"}}],
                         "resources": {{"cpu": 1, "ram": 1048576, "disk": 1048576}}}}"#
        )
    };
    let bound = finish(&task("run {{thermos.ports[http]}} {{mesos.role}}")).unwrap();
    let data = repr::value(bound.data()).unwrap();
    assert!(data.contains("'run {{thermos.ports[http]}} r'"), "{data}");
    assert!(bound.ports.iter().eq(["http"]), "{:?}", bound.ports);

    let messages = |problems: Vec<JobProblem>| -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        messages(finish(&task("{{one}} {{two}}")).unwrap_err()),
        ["nothing binds ref `one`", "nothing binds ref `two`"]
    );
    assert_eq!(
        messages(finish("\"instances\": 1").unwrap_err()),
        ["MesosJob[task] is required."]
    );
    assert_eq!(
        messages(finish(&format!("{}, \"instances\": \"x\"", task("t"))).unwrap_err()),
        ["Cannot coerce 'x' to Integer"]
    );
    assert_eq!(
        messages(finish(r#""task": {"name": "t", "processes": []}"#).unwrap_err()),
        ["The configuration was invalid: Task must specify resources!"]
    );
}
