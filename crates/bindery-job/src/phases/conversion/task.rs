//! Conversion of the task, its resources, and the health check, lifecycle and announcer.

use bindery_core::{Object, repr};

use crate::phases::fields::{Fields, display};
use crate::{
    Announcer, HealthCheck, HttpHealthChecker, HttpLifecycle, InvalidJob, Logger,
    LoggerDestination, LoggerMode, Process, Resources, RotatePolicy, ShellHealthChecker, Task,
};

/// Returns the resources of the task, which have to be positive.
pub(super) fn resources(job: &Fields<'_>) -> Result<Resources, InvalidJob> {
    let task = job.required_inner("task")?;
    let Some(fields) = task.inner("resources") else {
        return Err(task
            .refuse("resources", "Task must specify resources!")
            .with_hint("as in `resources = Resources(cpu = 1, ram = 64 * MB, disk = 64 * MB)`"));
    };
    let (ram, disk) = (fields.integer("ram")?, fields.integer("disk")?);
    if ram == 0 || disk == 0 {
        return Err(task.refuse(
            "resources",
            format_args!("Must specify ram and disk resources, got ram:{ram} disk:{disk}"),
        ));
    }
    let cpu = fields.float("cpu")?;
    let resources = Resources {
        cpu,
        ram,
        disk,
        gpu: 0,
    };
    let (ram_mb, disk_mb) = (resources.ram_mib(), resources.disk_mib());
    // NaN is not positive.
    if !(cpu > 0.0 && ram_mb > 0 && disk_mb > 0) {
        let cpu = repr::float(cpu);
        return Err(task.refuse(
            "resources",
            format_args!(
                "Task has invalid resources.  cpu/ramMb/diskMb must all be positive: cpu:{cpu} ramMb:{ram_mb} diskMb:{disk_mb}"
            ),
        ));
    }
    Ok(Resources {
        gpu: fields.integer("gpu")?,
        ..resources
    })
}

/// Returns the task of a job that passed its checks. Fields that the file empties have the schema's defaults.
pub(super) fn task(job: &Fields<'_>, resources: Resources) -> Result<Task, InvalidJob> {
    let task = job.required_inner("task")?;
    Ok(Task {
        name: task.optional_text("name")?,
        processes: task
            .each("processes")
            .map(|process| self::process(&process))
            .collect::<Result<_, _>>()?,
        constraints: task
            .each("constraints")
            .map(|constraint| {
                let names = constraint.get("order").map_or(&[][..], Object::items);
                names.iter().map(display).collect()
            })
            .collect::<Result<_, _>>()?,
        resources,
        max_failures: task.integer_or("max_failures", 1)?,
        max_concurrency: task.integer_or("max_concurrency", 0)?,
        finalization_wait: task.integer_or("finalization_wait", 30)?,
        user: task.optional_text("user")?,
    })
}

fn process(process: &Fields<'_>) -> Result<Process, InvalidJob> {
    let resources = process.inner("resources").map(|resources| {
        Ok::<_, InvalidJob>(Resources {
            cpu: resources.float("cpu")?,
            ram: resources.integer_or("ram", 0)?,
            disk: resources.integer_or("disk", 0)?,
            gpu: resources.integer_or("gpu", 0)?,
        })
    });
    Ok(Process {
        name: process.text("name")?,
        cmdline: process.text("cmdline")?,
        resources: resources.transpose()?,
        max_failures: process.integer_or("max_failures", 1)?,
        daemon: process.boolean("daemon")?,
        ephemeral: process.boolean("ephemeral")?,
        min_duration: process.integer_or("min_duration", 5)?,
        is_final: process.boolean("final")?,
        logger: process
            .inner("logger")
            .map(|logger| self::logger(&logger))
            .transpose()?,
    })
}

fn logger(logger: &Fields<'_>) -> Result<Logger, InvalidJob> {
    let word = |field| match logger.get(field) {
        Some(value) => value.display(),
        None => Ok(String::new()),
    };
    let rotate = logger.inner("rotate").map(|rotate| {
        Ok::<_, InvalidJob>(RotatePolicy {
            log_size: rotate.integer_or("log_size", 100 << 20)?,
            backups: rotate.integer_or("backups", 5)?,
        })
    });
    Ok(Logger {
        destination: match &*word("destination")? {
            "console" => LoggerDestination::Console,
            "both" => LoggerDestination::Both,
            "none" => LoggerDestination::None,
            _ => LoggerDestination::File,
        },
        mode: match &*word("mode")? {
            "rotate" => LoggerMode::Rotate,
            _ => LoggerMode::Standard,
        },
        rotate: rotate.transpose()?,
    })
}

/// Returns the health check of a job that passed its checks.
pub(super) fn health_check(job: &Fields<'_>) -> Result<Option<HealthCheck>, InvalidJob> {
    let Some(check) = job.inner("health_check_config") else {
        return Ok(None);
    };
    let checker = check.inner("health_checker");
    let http = checker.as_ref().and_then(|checker| checker.inner("http"));
    let http = http.map(|http| {
        Ok::<_, InvalidJob>(HttpHealthChecker {
            endpoint: http.text_or("endpoint", "/health")?,
            expected_response: http.text_or("expected_response", "ok")?,
            expected_response_code: http.integer_or("expected_response_code", 0)?,
        })
    });
    let shell = checker.as_ref().and_then(|checker| checker.inner("shell"));
    let shell = shell.map(|shell| {
        Ok::<_, InvalidJob>(ShellHealthChecker {
            shell_command: shell.text("shell_command")?,
        })
    });
    Ok(Some(HealthCheck {
        http: http.transpose()?,
        shell: shell.transpose()?,
        initial_interval_secs: check.float_or("initial_interval_secs", 15.0)?,
        interval_secs: check.float_or("interval_secs", 10.0)?,
        max_consecutive_failures: check.integer_or("max_consecutive_failures", 0)?,
        min_consecutive_successes: check.integer_or("min_consecutive_successes", 1)?,
        timeout_secs: check.float_or("timeout_secs", 1.0)?,
    }))
}

/// Returns the shutdown requests of a job that passed its checks.
pub(super) fn lifecycle(job: &Fields<'_>) -> Result<Option<HttpLifecycle>, InvalidJob> {
    let lifecycle = job.inner("lifecycle");
    let Some(http) = lifecycle
        .as_ref()
        .and_then(|lifecycle| lifecycle.inner("http"))
    else {
        return Ok(None);
    };
    Ok(Some(HttpLifecycle {
        port: http.text_or("port", "health")?,
        graceful_shutdown_endpoint: http.text_or("graceful_shutdown_endpoint", "/quitquitquit")?,
        shutdown_endpoint: http.text_or("shutdown_endpoint", "/abortabortabort")?,
        graceful_shutdown_wait_secs: http.integer_or("graceful_shutdown_wait_secs", 5)?,
        shutdown_wait_secs: http.integer_or("shutdown_wait_secs", 5)?,
    }))
}

/// Returns the announcer of a job that passed its checks.
pub(super) fn announcer(job: &Fields<'_>) -> Result<Option<Announcer>, InvalidJob> {
    let Some(announcer) = job.inner("announce") else {
        return Ok(None);
    };
    Ok(Some(Announcer {
        primary_port: announcer.optional_text("primary_port")?,
        portmap: announcer.texts("portmap")?,
        zk_path: announcer.optional_text("zk_path")?,
    }))
}
