//! The shared vectors: inputs with the outcomes that the reference implementations gave.
//!
//! A suite is a folder below DIR. Expectations are read from there and never built in; where DIR holds inputs alone, what we
//! give for them can still be printed. `tests/conformance-pending.txt` lists the cases that do not hold yet.

mod aurora;
mod docker;
mod evaluate;
mod json;
mod pending;
mod pystachio;
mod report;
mod run;
mod wire;

pub use run::{Options, run};
