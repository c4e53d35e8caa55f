//! Health checks, shutdown requests and announcement of an instance.

use crate::Text;

/// Health check of an instance. [`BoundJob::health_checker`](crate::BoundJob::health_checker) is the check that runs, if any.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheck {
    /// Check by HTTP.
    pub http: Option<HttpHealthChecker>,
    /// Check by a command line.
    pub shell: Option<ShellHealthChecker>,
    /// Time from the start in which failures do not count, in seconds.
    pub initial_interval_secs: f64,
    /// Time from one check to the next, in seconds.
    pub interval_secs: f64,
    /// Number of failures in sequence that are tolerated: one more and the instance is killed.
    pub max_consecutive_failures: i64,
    /// Number of successes in sequence with which the instance counts as running.
    pub min_consecutive_successes: i64,
    /// Time limit of one check, in seconds.
    pub timeout_secs: f64,
}

/// Health check by HTTP, on the port named `health`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpHealthChecker {
    /// Path and query of the request.
    pub endpoint: Text,
    /// Expected body, compared without regard to case; empty: any body.
    pub expected_response: Text,
    /// Expected status code; 0: any code.
    pub expected_response_code: i64,
}

/// Health check by a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellHealthChecker {
    /// Command line; exit code 0 means healthy.
    pub shell_command: Text,
}

/// Health check that runs for an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthChecker<'j> {
    /// Check by HTTP.
    Http(&'j HttpHealthChecker),
    /// Check by a command line.
    Shell(&'j ShellHealthChecker),
}

/// HTTP requests that ask an instance to end before it is killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpLifecycle {
    /// Name of the port.
    pub port: Text,
    /// Path of the first request.
    pub graceful_shutdown_endpoint: Text,
    /// Path of the second request.
    pub shutdown_endpoint: Text,
    /// Time from the first request to the second, in seconds.
    pub graceful_shutdown_wait_secs: i64,
    /// Time from the second request to the kill, in seconds.
    pub shutdown_wait_secs: i64,
}

/// Announcement of an instance's ports in ZooKeeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcer {
    /// Name of the port that is announced as the instance's endpoint.
    pub primary_port: Option<Text>,
    /// Aliases: a name, and the name or the number of its port; each alias once.
    pub portmap: Vec<(Text, Text)>,
    /// Path in ZooKeeper, where the file has one; otherwise the path is made of the job key.
    pub zk_path: Option<Text>,
}
