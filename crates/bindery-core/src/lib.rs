//! Typed template objects, refs, scopes, interpolation, matchers, binders and the bind pass.
//!
//! An [`Object`] is an immutable value of a template [`Type`] together with the scopes it was given. Everything is lazy: what
//! was handed in is kept as it is, and templates are expanded and types coerced only by [`Object::interpolate`],
//! [`Object::check`] and what is built on them. What cannot be resolved is a result (an [`Unbound`] ref), not an error: only
//! the caller knows which refs its scheduler binds at run time.
//!
//! The language is pystachio's (0.8.10), quirk by quirk; a rule is cited by its number where it would surprise.
//! This crate performs no input or output, reads no clock and no environment, and knows nothing of images, clusters or plugins:
//! a [`Binder`] is a trait object to it.
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
pub use diagnose::{Diagnosis, OpenRef, Problem};
pub use document::{BoundText, bind_text};
pub use error::{Error, ErrorKind, Segment};
pub use interpolate::Unbound;
pub use matcher::{Matcher, PatternError, Step};
pub use meter::{parts_looked_at, text_made};
pub use model::{
    ChoiceType, EnumType, Environment, Field, ListType, MapType, Object, Opaque, StructType, Type,
    Value,
};
pub use number::Int;
pub use observe::{BindObserver, FrameKind, RefBinding, ScopeFrame};
pub use outcome::{Outcome, OutcomeError, Phase};
pub use prelude::{Definition, Function};
pub use template::tags;
pub use text::{Origin, Text};
