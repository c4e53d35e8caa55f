//! What holds for every request of this run, put together from the command line, the configuration and the environment.

use std::collections::BTreeMap;

use bindery_registry::{Network, Timeouts};

/// The keys of `[limits]` that are times.
pub const TIMES: &[&str] = &[
    "answer_seconds",
    "connect_seconds",
    "request_seconds",
    "retry_seconds",
];

/// The times that `[limits]` sets, among others that are for the evaluation of files.
pub fn times(limits: &BTreeMap<String, u64>) -> Timeouts {
    let mut times = Timeouts::default();
    for (name, limit) in limits {
        match name.as_str() {
            "answer_seconds" => times.answer_seconds = *limit,
            "connect_seconds" => times.connect_seconds = *limit,
            "request_seconds" => times.request_seconds = *limit,
            "retry_seconds" => times.retry_seconds = *limit,
            _ => {}
        }
    }
    times
}

/// The settings as plugins are given them.
pub fn to_json(network: &Network) -> serde_json::Value {
    serde_json::to_value(network).expect("they are numbers, texts, and lists of them")
}
