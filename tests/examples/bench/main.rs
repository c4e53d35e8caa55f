//! `cargo xtask bench [aurora|plugins|registry|templates]`: Bindery beside its peers, as Markdown tables.
//!
//! Runs are interleaved and medians count, since machines are shared and noisy; compare ratios within one table, not figures
//! between machines.

mod aurora;
mod contender;
mod plugins;
mod registry;
mod templates;

use std::process::ExitCode;

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| {
        !matches!(
            name.as_str(),
            "aurora" | "plugins" | "registry" | "templates"
        )
    }) {
        eprintln!(
            "error: there is no benchmark `{unknown}`\nhint: aurora, plugins, registry and templates are there"
        );
        return ExitCode::from(2);
    }
    let wants = |name| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    if wants("templates") {
        templates::run();
    }
    if wants("aurora") {
        aurora::run();
    }
    if wants("plugins") {
        plugins::run();
    }
    if wants("registry") {
        registry::run();
    }
    ExitCode::SUCCESS
}

/// How a figure was measured, as far as the build decides it.
fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "a debug build (which says nothing about speed)"
    } else {
        "a release build"
    }
}

/// The middle one of some figures.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
