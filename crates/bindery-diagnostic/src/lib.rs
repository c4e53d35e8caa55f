//! Errors and warnings as values.
//!
//! A [`Diagnostic`] carries a [`Kind`], a message, the [`Place`] it concerns, its causes and a hint. Libraries create diagnostics or
//! convert their own errors to them; each layer adds the place or the causes it knows. Printing happens once, in the program, through
//! [`Diagnostic::report`]:
//!
//! ```text
//! error: message
//!   at file:line:column
//!    | the line, if it is known
//!    |     ^
//!   cause: the nearest cause first
//! hint: the way out
//! ```
//!
//! Exit codes are not part of this crate: a program maps [`Kind`] to its own. Performs no IO and depends on no other crate.
//!
//! Start at [`Diagnostic::new`].

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod cause_chain;
mod diagnostic;
mod kind;
mod list;
mod place;

pub use cause_chain::CauseChain;
pub use diagnostic::{Diagnostic, Report, Severity, Subject};
pub use kind::Kind;
pub use list::Diagnostics;
pub use place::{Place, Quote};
