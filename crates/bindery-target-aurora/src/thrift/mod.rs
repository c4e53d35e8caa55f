//! Aurora's thrift interface: a table of its types, values that conform to the table, and three written forms.
//!
//! [`table`] has every struct, union, enum and method; checks, writers and readers use it. A [`Struct`] is built field by field, and
//! each value is checked when it is set:
//!
//! ```
//! # use bindery_target_aurora::thrift::{Message, ShapeError, Struct, named, table as t, tbinary};
//! let key = Struct::new(&t::JobKey)
//!     .with("role", "www-data")?
//!     .with("environment", "prod")?
//!     .with("name", "web")?;
//! let arguments = Struct::new(&t::killTasks.arguments)
//!     .with("job", key)?
//!     .with("instances", vec![2, 0])?;
//! assert_eq!(named::to_json(&arguments)["instances"].to_string(), "[0,2]");
//!
//! let call = Message::call(&t::killTasks, 1, arguments)?;
//! let bytes = tbinary::write_message(&call);
//! assert_eq!(tbinary::read_message(&bytes).unwrap(), call);
//! # Ok::<(), ShapeError>(())
//! ```
//!
//! The forms are [`named`], JSON with the names of the fields; [`tjson`], thrift's JSON protocol; and [`tbinary`], thrift's strict
//! binary protocol. Equal values give equal bytes: fields are in the order of their ids, as in the output of generated writers, and
//! sets are sorted. Like generated readers, the readers of the two protocols skip a field that the table does not have or has with
//! another type.

mod compare;
mod error;
mod fit;
mod idl;
mod message;
pub mod named;
mod record;
pub mod table;
pub mod tbinary;
mod text;
pub mod tjson;
mod types;
mod value;
mod wire;

pub use error::{Fault, Misfit, ReadError, ShapeError};
pub use idl::idl;
pub use message::{Message, MessageKind};
pub use types::{EnumType, Field, Literal, Method, Service, StructType, Type};
pub use value::{EnumValue, Struct, Value};
