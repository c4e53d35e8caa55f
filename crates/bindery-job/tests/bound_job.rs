//! Fields of bound jobs.

use std::rc::Rc;

use bindery_core::{Value, json};
use bindery_job::{
    BoundJob, Deferred, HealthChecker, JobFile, LoggerDestination, LoggerMode, Origin, Piece,
    Schema, Selection,
};

/// Binds a job whose task has one process; `task` and `job` are further fields.
fn bind(process: &str, task: &str, job: &str) -> BoundJob {
    let text = format!(
        r#"{{"cluster": "c", "role": "r", "environment": "e", {job} "task": {{{task} "processes": [
            {{"name": "p{{{{mesos.instance}}}}", {process} "cmdline": "run {{{{thermos.ports[http]}}}}"}}],
            "resources": {{"cpu": 1, "ram": 3145727, "disk": 1048576}}}}}}"#
    );
    let schema = Schema::new();
    let job = schema.jobs_from_json(&json::parse(&text).unwrap()).unwrap();
    let file = JobFile::new(&schema, Some(&job), &[]).unwrap();
    let (_, job) = file.pick(&Selection::default()).unwrap();
    job.finish(&schema, None).job.unwrap()
}

#[test]
fn a_task_has_the_defaults_of_the_schema() {
    let job = bind("", "", r#""name": "n","#);
    let process = &job.task.processes[0];
    assert!(process.cmdline.deferred().eq([Deferred::Port("http")]));
    assert!(process.name.deferred().eq([Deferred::Instance]));
    assert_eq!((process.max_failures, process.min_duration), (1, 5));
    assert!(!process.daemon && !process.ephemeral && !process.is_final);
    assert_eq!((process.resources, process.logger), (None, None));
    let task = &job.task;
    assert_eq!(task.name.as_ref().unwrap(), "p{{mesos.instance}}");
    assert_eq!((task.max_failures, task.max_concurrency), (1, 0));
    assert_eq!((task.finalization_wait, task.resources.ram_mib()), (30, 2));
    let lifecycle = job.lifecycle.as_ref().unwrap();
    assert_eq!(lifecycle.graceful_shutdown_endpoint, "/quitquitquit");
    assert_eq!(job.health_check.as_ref().unwrap().interval_secs, 10.0);
    assert_eq!((job.announce.is_none(), job.health_checker()), (true, None));
}

#[test]
fn fields_of_the_file_are_typed() {
    let job = bind(
        r#""daemon": true, "max_failures": 1000000000000000000000, "logger": {"destination": "both", "mode": "rotate",
           "rotate": {"log_size": 10}}, "resources": {"cpu": 0.5, "ram": 1, "disk": 2},"#,
        r#""constraints": [{"order": ["p{{mesos.instance}}"]}], "user": "u{{mesos.hostname}}","#,
        r#""name": "n", "announce": {"portmap": {"aurora": "http"}}, "task_links": {"a": "b"}, "enable_hooks": true,
           "health_check_config": {"health_checker": {"shell": {"shell_command": "test {{thermos.task_id}}"}}},"#,
    );
    let process = &job.task.processes[0];
    assert_eq!((process.daemon, process.max_failures), (true, i64::MAX));
    let logger = process.logger.unwrap();
    assert_eq!(logger.destination, LoggerDestination::Both);
    assert_eq!(logger.mode, LoggerMode::Rotate);
    let rotate = logger.rotate.unwrap();
    assert_eq!((rotate.log_size, rotate.backups), (10, 5));
    assert_eq!(process.resources.unwrap().disk, 2);
    assert_eq!(job.task.constraints[0][0], process.name);
    let user = job.task.user.as_ref().unwrap();
    assert!(user.deferred().eq([Deferred::Hostname]));
    let announcer = job.announce.as_ref().unwrap();
    assert_eq!(announcer.primary_port.as_ref().unwrap(), "http");
    assert_eq!(announcer.portmap, [("aurora".into(), "http".into())]);
    assert_eq!(job.task_links, [("a".into(), "b".into())]);
    assert!(job.enable_hooks);
    let Some(HealthChecker::Shell(checker)) = job.health_checker() else {
        panic!("the shell checker runs");
    };
    assert!(checker.shell_command.deferred().eq([Deferred::TaskId]));
}

#[test]
fn emptied_fields_have_the_defaults_of_the_schema() {
    let schema = Schema::new();
    let object = |ty: &str, fields: &[(&str, Value)]| {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (Rc::from(*name), value.clone()))
            .collect();
        Value::Object(
            schema
                .get(ty)
                .unwrap()
                .construct(&[], &fields, None)
                .unwrap(),
        )
    };
    let text = Value::string("x");
    let process = [
        ("name", text.clone()),
        ("cmdline", text.clone()),
        ("max_failures", Value::Empty),
    ];
    let mib = Value::integer(1 << 20);
    let resources = [
        ("cpu", Value::Float(1.0)),
        ("ram", mib.clone()),
        ("disk", mib),
    ];
    let task = [
        (
            "processes",
            Value::List([object("Process", &process)].into()),
        ),
        ("resources", object("Resources", &resources)),
        ("finalization_wait", Value::Empty),
    ];
    let job = [
        ("cluster", text.clone()),
        ("role", text.clone()),
        ("environment", text),
        ("task", object("Task", &task)),
        ("health_check_config", Value::Empty),
        ("lifecycle", Value::Empty),
    ];
    let jobs = Value::List([object("MesosJob", &job)].into());
    let file = JobFile::new(&schema, Some(&jobs), &[]).unwrap();
    let (_, job) = file.pick(&Selection::default()).unwrap();
    let job = job.finish(&schema, None).job.unwrap();
    assert_eq!(job.task.processes[0].max_failures, 1);
    assert_eq!(job.task.finalization_wait, 30);
    assert_eq!((job.health_check, job.lifecycle), (None, None));
}

#[test]
fn pieces_have_the_origin_of_the_string_in_the_file() {
    let schema = Schema::new();
    let string = |text: &str, origin| {
        Value::String(bindery_core::Text::with_origin(text, Some(Origin(origin))))
    };
    let cmdline = string("run {{mesos.instance}} {{flags}}", 7);
    let process = Value::map([("name", string("p", 5)), ("cmdline", cmdline)]);
    let resources = json::parse(r#"{"cpu": 1, "ram": 1048576, "disk": 1048576}"#).unwrap();
    let task = Value::map([
        ("processes", Value::List([process].into())),
        ("resources", resources),
    ]);
    let text = |text: &str| Value::string(text);
    let job = Value::map([
        ("cluster", text("c")),
        ("role", text("r")),
        ("environment", text("e")),
        ("task", task),
    ]);
    let jobs = schema.jobs_from_json(&job).unwrap();
    let bindings = [Value::map([("flags", string("-v", 9))])];
    let file = JobFile::new(&schema, Some(&jobs), &bindings).unwrap();
    let (_, job) = file.pick(&Selection::default()).unwrap();
    let job = job.finish(&schema, None).job.unwrap();
    let cmdline = &job.task.processes[0].cmdline;
    let origin = Some(Origin(7));
    let pieces = [
        Piece::Literal("run ", origin),
        Piece::Deferred(Deferred::Instance, origin),
        Piece::Literal(" -v", origin),
    ];
    assert!(cmdline.pieces().eq(pieces), "{cmdline:?}");
}

#[test]
fn values_are_found_by_their_paths() {
    let job = bind(
        "",
        "",
        r#""name": "n", "constraints": {"host.name": "limit:1"}, "priority": 7,"#,
    );
    for (path, value) in [
        ("priority", Some("7")),
        ("task.processes[0].max_failures", Some("1")),
        (
            "task.processes[0].cmdline",
            Some(r#""run {{thermos.ports[http]}}""#),
        ),
        ("task.processes[1].cmdline", None),
        ("constraints[host.name]", Some(r#""limit:1""#)),
        ("tier", None),
        ("task.processes[", None),
    ] {
        assert_eq!(job.value(path).as_deref(), value, "{path}");
    }
}

#[test]
fn json_omits_fields_and_keeps_the_order_of_the_schema() {
    let job = bind("", "", r#""name": "n", "priority": 7,"#);
    let whole = job.to_json(&[]).unwrap();
    assert!(
        whole.starts_with(r#"{"name": "n", "role": "r", "cluster": "c""#),
        "{whole}"
    );
    let omitted = job.to_json(&["priority", "task"]).unwrap();
    assert!(!omitted.contains("priority") && !omitted.contains("processes"));
}
