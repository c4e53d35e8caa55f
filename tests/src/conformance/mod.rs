//! Shared vectors: inputs with the recorded outcomes of the reference implementations.
//!
//! A suite is a folder below DIR. Expectations are read from DIR and never built in. If DIR has only inputs, the outcomes of this
//! build can still be printed. `tests/conformance-pending.txt` lists the cases that do not pass yet.

mod aurora;
mod docker;
mod evaluate;
mod golden;
mod json;
mod pending;
mod phases;
mod pystachio;
mod report;
mod run;
mod suite;
mod wire;

pub use run::{Options, run};
