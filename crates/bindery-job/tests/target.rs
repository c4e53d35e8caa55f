//! Target that writes a shell script.

use bindery_core::json;
use bindery_job::*;

struct Script;

impl Target for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn encode(&self, jobs: &[BoundJob], _: &EncodeOptions) -> Result<Document, Unsupported> {
        let (mut script, mut losses) = (String::new(), Vec::new());
        for job in jobs {
            script += &format!("# {}, ports: {:?}\n", job.key, job.ports);
            for (index, process) in job.task.processes.iter().enumerate() {
                script += &format!("{}: {}\n", process.name, shell(&process.cmdline));
                if process.max_failures != 1 {
                    let why = "a script runs a process once".to_owned();
                    let verdict = Verdict::Impossible { why, instead: None };
                    let field = format!("task.processes[{index}].max_failures");
                    losses.push(Loss::new(job, field, verdict));
                }
            }
            match job.health_checker() {
                Some(HealthChecker::Http(check)) => script += &format!("GET {}\n", check.endpoint),
                Some(HealthChecker::Shell(check)) => script += &shell(&check.shell_command),
                None => {}
            }
        }
        let bytes = script.into_bytes();
        Ok(Document { bytes, losses })
    }
}

fn shell(text: &Text) -> String {
    let pieces = text.pieces().map(|piece| match piece {
        Piece::Literal(text, _) => text.to_owned(),
        Piece::Deferred(Deferred::Port(name), _) => format!("$PORT_{name}"),
        Piece::Deferred(other, _) => format!("${other:?}"),
    });
    pieces.collect()
}

#[test]
fn a_script_has_processes_ports_and_health_checks() {
    let file = r#"{"cluster": "c", "role": "r", "environment": "e", "task": {"processes": [{"name": "web",
        "cmdline": "serve {{thermos.ports[health]}}", "max_failures": 3}], "resources": {"cpu": 1, "ram": 1048576, "disk": 1048576}}}"#;
    let schema = Schema::new();
    let jobs = schema.jobs_from_json(&json::parse(file).unwrap()).unwrap();
    let jobs = JobFile::new(&schema, Some(&jobs), &[]).unwrap();
    let (_, job) = jobs.pick(&Selection::default()).unwrap();
    let job = job.finish(&schema, None).job.unwrap();
    let document = Script.encode(&[job], &EncodeOptions::default()).unwrap();
    let expected = "# c/r/e/web, ports: {\"health\"}\nweb: serve $PORT_health\nGET /health\n";
    assert_eq!(String::from_utf8(document.bytes).unwrap(), expected);
    assert_eq!(document.losses[0].value.as_deref(), Some("3"));
}
