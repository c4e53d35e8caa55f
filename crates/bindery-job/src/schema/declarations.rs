//! Declarations of the types, in the original's order of structs and fields.

use bindery_core::{Error, Type, Value};

use crate::schema::types::Unset::{
    Bool, Data, EmptyList, Float, Int, Object, Optional, Required, Text,
};
use crate::schema::types::{AURORA_EXECUTOR_NAME, Schema};

impl Schema {
    pub(super) fn declare(&mut self) -> Result<(), Error> {
        use Type::{Boolean, Integer, String as Str};
        let float = || Type::Float;
        let words = |words: &[&'static str]| -> Result<Type, Error> {
            Type::enumeration(&words.iter().map(|w| Value::string(*w)).collect::<Vec<_>>())
        };

        self.add(
            "Resources",
            vec![
                ("cpu", float(), Required),
                ("ram", Integer, Required),
                ("disk", Integer, Required),
                ("gpu", Integer, Int(0)),
            ],
        )?;
        self.add("Constraint", vec![("order", Type::list(Str), Optional)])?;
        self.add(
            "RotatePolicy",
            vec![
                ("log_size", Integer, Int(100 << 20)),
                ("backups", Integer, Int(5)),
            ],
        )?;
        self.types.push((
            "LoggerDestination",
            words(&["file", "console", "both", "none"])?,
        ));
        self.types
            .push(("LoggerMode", words(&["standard", "rotate"])?));
        self.add(
            "Logger",
            vec![
                ("destination", self.own("LoggerDestination"), Text("file")),
                ("mode", self.own("LoggerMode"), Text("standard")),
                ("rotate", self.own("RotatePolicy"), Optional),
            ],
        )?;
        self.add(
            "Process",
            vec![
                ("cmdline", Str, Required),
                ("name", Str, Required),
                ("resources", self.own("Resources"), Optional),
                ("max_failures", Integer, Int(1)),
                ("daemon", Boolean, Bool(false)),
                ("ephemeral", Boolean, Bool(false)),
                ("min_duration", Integer, Int(5)),
                ("final", Boolean, Bool(false)),
                ("logger", self.own("Logger"), Optional),
            ],
        )?;
        self.add(
            "Task",
            vec![
                ("name", Str, Text("{{processes[0].name}}")),
                ("processes", Type::list(self.own("Process")), Optional),
                ("constraints", Type::list(self.own("Constraint")), EmptyList),
                ("resources", self.own("Resources"), Optional),
                ("max_failures", Integer, Int(1)),
                ("max_concurrency", Integer, Int(0)),
                ("finalization_wait", Integer, Int(30)),
                ("user", Str, Optional),
            ],
        )?;
        self.add(
            "ThermosContext",
            vec![
                ("ports", Type::map(Str, Integer), Optional),
                ("task_id", Str, Optional),
                ("user", Str, Optional),
            ],
        )?;
        self.add(
            "MesosContext",
            vec![("instance", Integer, Required), ("hostname", Str, Required)],
        )?;
        self.add("QueueUpdateStrategy", vec![("batch_size", Integer, Int(1))])?;
        self.add(
            "BatchUpdateStrategy",
            vec![
                ("batch_size", Integer, Int(1)),
                ("autopause_after_batch", Boolean, Bool(false)),
            ],
        )?;
        self.add(
            "VariableBatchUpdateStrategy",
            vec![
                ("batch_sizes", Type::list(Integer), Required),
                ("autopause_after_batch", Boolean, Bool(false)),
            ],
        )?;
        self.add(
            "UpdateConfig",
            vec![
                ("batch_size", Integer, Int(1)),
                ("watch_secs", Integer, Int(45)),
                ("max_per_shard_failures", Integer, Int(0)),
                ("max_total_failures", Integer, Int(0)),
                ("rollback_on_failure", Boolean, Bool(true)),
                ("wait_for_batch_completion", Boolean, Bool(false)),
                ("pulse_interval_secs", Integer, Optional),
                ("sla_aware", Boolean, Bool(false)),
                (
                    "update_strategy",
                    self.choice(&[
                        "QueueUpdateStrategy",
                        "BatchUpdateStrategy",
                        "VariableBatchUpdateStrategy",
                    ]),
                    Optional,
                ),
            ],
        )?;
        self.add(
            "HttpHealthChecker",
            vec![
                ("endpoint", Str, Text("/health")),
                ("expected_response", Str, Text("ok")),
                ("expected_response_code", Integer, Int(0)),
            ],
        )?;
        self.add("ShellHealthChecker", vec![("shell_command", Str, Required)])?;
        self.add(
            "HealthCheckerConfig",
            vec![
                ("http", self.own("HttpHealthChecker"), Optional),
                ("shell", self.own("ShellHealthChecker"), Optional),
            ],
        )?;
        self.add(
            "HealthCheckConfig",
            vec![
                (
                    "health_checker",
                    self.own("HealthCheckerConfig"),
                    Object(self.default_health_checker()?),
                ),
                ("initial_interval_secs", float(), Float(15.0)),
                ("interval_secs", float(), Float(10.0)),
                ("max_consecutive_failures", Integer, Int(0)),
                ("min_consecutive_successes", Integer, Int(1)),
                ("timeout_secs", float(), Float(1.0)),
            ],
        )?;
        self.add(
            "HttpLifecycleConfig",
            vec![
                ("port", Str, Text("health")),
                ("graceful_shutdown_endpoint", Str, Text("/quitquitquit")),
                ("shutdown_endpoint", Str, Text("/abortabortabort")),
                ("graceful_shutdown_wait_secs", Integer, Int(5)),
                ("shutdown_wait_secs", Integer, Int(5)),
            ],
        )?;
        self.add(
            "LifecycleConfig",
            vec![("http", self.own("HttpLifecycleConfig"), Optional)],
        )?;
        self.add(
            "Announcer",
            vec![
                ("primary_port", Str, Text("http")),
                (
                    "portmap",
                    Type::map(Str, Str),
                    Data(Value::map([("aurora", Value::string("{{primary_port}}"))])),
                ),
                ("zk_path", Str, Optional),
            ],
        )?;
        self.add(
            "Parameter",
            vec![("name", Str, Required), ("value", Str, Required)],
        )?;
        self.add(
            "Docker",
            vec![
                ("image", Str, Required),
                ("parameters", Type::list(self.own("Parameter")), EmptyList),
            ],
        )?;
        self.add(
            "AppcImage",
            vec![("name", Str, Required), ("image_id", Str, Required)],
        )?;
        self.add(
            "DockerImage",
            vec![("name", Str, Required), ("tag", Str, Required)],
        )?;
        self.types.push(("Mode", words(&["RO", "RW"])?));
        self.add(
            "Volume",
            vec![
                ("container_path", Str, Required),
                ("host_path", Str, Required),
                ("mode", self.own("Mode"), Required),
            ],
        )?;
        self.add(
            "Mesos",
            vec![
                (
                    "image",
                    self.choice(&["AppcImage", "DockerImage"]),
                    Optional,
                ),
                ("volumes", Type::list(self.own("Volume")), EmptyList),
            ],
        )?;
        self.add("Container", vec![("docker", self.own("Docker"), Optional)])?;
        self.add(
            "PartitionPolicy",
            vec![
                ("reschedule", Boolean, Bool(true)),
                ("delay_secs", Integer, Int(0)),
            ],
        )?;
        self.add(
            "Metadata",
            vec![("key", Str, Required), ("value", Str, Required)],
        )?;
        self.add(
            "ExecutorConfig",
            vec![
                ("name", Str, Text(AURORA_EXECUTOR_NAME)),
                ("data", Str, Text("")),
            ],
        )?;
        self.add(
            "PercentageSlaPolicy",
            vec![
                ("percentage", float(), Required),
                ("duration_secs", Integer, Required),
            ],
        )?;
        self.add(
            "CountSlaPolicy",
            vec![
                ("count", Integer, Required),
                ("duration_secs", Integer, Required),
            ],
        )?;
        self.add(
            "CoordinatorSlaPolicy",
            vec![
                ("coordinator_url", Str, Required),
                ("status_key", Str, Text("drain")),
            ],
        )?;
        self.declare_job()
    }

    fn declare_job(&mut self) -> Result<(), Error> {
        use Type::{Boolean, Integer, String as Str};
        self.add(
            "MesosJob",
            vec![
                ("name", Str, Text("{{task.name}}")),
                ("role", Str, Required),
                ("contact", Str, Optional),
                ("cluster", Str, Required),
                ("environment", Str, Required),
                ("instances", Integer, Int(1)),
                ("task", self.own("Task"), Required),
                ("announce", self.own("Announcer"), Optional),
                ("tier", Str, Optional),
                ("cron_schedule", Str, Optional),
                ("cron_collision_policy", Str, Text("KILL_EXISTING")),
                (
                    "update_config",
                    self.own("UpdateConfig"),
                    Object(self.object("UpdateConfig", &[])?),
                ),
                ("constraints", Type::map(Str, Str), Optional),
                ("metadata", Type::list(self.own("Metadata")), EmptyList),
                ("service", Boolean, Bool(false)),
                ("max_task_failures", Integer, Int(1)),
                ("production", Boolean, Bool(false)),
                ("priority", Integer, Int(0)),
                (
                    "health_check_config",
                    self.own("HealthCheckConfig"),
                    Object(self.object("HealthCheckConfig", &[])?),
                ),
                (
                    "lifecycle",
                    self.own("LifecycleConfig"),
                    Object(self.default_lifecycle()?),
                ),
                ("task_links", Type::map(Str, Str), Optional),
                (
                    "executor_config",
                    self.own("ExecutorConfig"),
                    Object(self.object("ExecutorConfig", &[])?),
                ),
                ("enable_hooks", Boolean, Bool(false)),
                ("partition_policy", self.own("PartitionPolicy"), Optional),
                (
                    "sla_policy",
                    self.choice(&[
                        "CoordinatorSlaPolicy",
                        "CountSlaPolicy",
                        "PercentageSlaPolicy",
                    ]),
                    Optional,
                ),
                (
                    "container",
                    self.choice(&["Container", "Docker", "Mesos"]),
                    Optional,
                ),
            ],
        )?;
        self.add(
            "MesosTaskInstance",
            vec![
                ("task", self.own("Task"), Required),
                ("instance", Integer, Required),
                ("role", Str, Required),
                ("announce", self.own("Announcer"), Optional),
                ("environment", Str, Required),
                (
                    "health_check_config",
                    self.own("HealthCheckConfig"),
                    Object(self.object("HealthCheckConfig", &[])?),
                ),
                ("lifecycle", self.own("LifecycleConfig"), Optional),
            ],
        )
    }
}
