//! Job files with an image, and their rendered jobs.

use serde_json::Value as Json;

/// Parses a document.
#[track_caller]
pub fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

/// Returns the image of the Docker container of a rendered job.
#[track_caller]
pub fn image(rendered: &Json, job: usize) -> &str {
    rendered["jobs"][job]["container"]["image"]
        .as_str()
        .unwrap_or_else(|| panic!("job {job} has no image:\n{rendered:#}"))
}

/// Returns a file with one job whose container is `container`.
pub fn job(container: &str) -> String {
    format!(
        "task = SimpleTask('t', 'run')\n\
         jobs = [Job(cluster = 'devcluster', role = 'r', environment = 'devel', name = 'n', task = task,\n  \
         container = {container})]\n"
    )
}
