//! Typed template objects, refs, scopes, interpolation, matchers, binders and the bind pass.
//!
//! An [`Object`] is an immutable value of a template [`Type`] together with its scopes. Evaluation is lazy: an object keeps its
//! arguments as given. Only [`Object::interpolate`], [`Object::check`] and the functions that use them expand templates and coerce
//! values. An unresolved ref is a result ([`Unbound`]), not an error: only the caller knows which refs its scheduler binds at run
//! time.
//!
//! The language is that of pystachio 0.8.10, quirk by quirk; surprising rules are cited by number (`Q01`). Performs no input or
//! output, reads no clock and no environment, and has no notion of images, clusters or plugins: a [`Binder`] is a trait object.
//!
//! Start at [`Type::construct`], [`Object::bind`] and [`Object::interpolate`]; then [`bind_all`].

#![deny(missing_docs)]
#![forbid(unsafe_code)]

mod access;
mod address;
mod answer;
mod bind_pass;
mod binder;
mod check;
mod coerce;
mod compare;
mod construct;
mod diagnose;
mod document;
mod environment;
mod error;
mod hash;
mod interpolate;
pub mod json;
mod matcher;
mod meter;
mod model;
mod number;
mod object;
mod observe;
mod outcome;
mod prelude;
pub mod repr;
mod resolve;
mod scope;
mod serialize;
mod template;
mod text;
mod types;
mod value;

pub use address::{Component, Ref};
pub use answer::{Answer, Evidence};
pub use bind_pass::{BindError, Bound, BoundRef, bind_all, bind_all_observed};
pub use binder::{Binder, Request};
pub use check::TypeCheck;
pub use diagnose::{Diagnosis, OpenRef, PartProblem};
pub use document::{BoundText, bind_text};
pub use error::{Error, ErrorKind, Segment};
pub use interpolate::Unbound;
pub use matcher::{Matcher, PatternError, Step};
pub use meter::Usage;
pub use model::{
    ChoiceType, EnumType, Environment, Field, ListType, MapType, Object, Opaque, StructType, Type,
    Value,
};
pub use number::Int;
pub use observe::{BindObserver, FrameKind, RefBinding, ScopeFrame};
pub use outcome::{ProgramError, ProgramOutcome, ProgramPhase};
pub use prelude::{Definition, Function};
pub use template::tags;
pub use text::{Origin, Text};
