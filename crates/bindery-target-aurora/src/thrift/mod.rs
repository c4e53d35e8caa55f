//! Aurora's thrift interface: one table of its types, values that conform to it, and three written forms.
//!
//! [`table`] has every struct, union, enum and method; all else is driven by it. A [`Struct`] is built field by field, and
//! each value is checked as it is set:
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
//! The forms are [`named`], JSON with the names of the fields; [`tjson`], thrift's JSON protocol; and [`tbinary`], its strict
//! binary protocol. Equal values give equal bytes: fields are written in the order of their ids, as the writers are that
//! the thrift compiler generates, and sets are sorted. Readers of the two protocols skip fields that the table does not have,
//! or has with another type, as generated readers do.

mod error;
mod idl;
mod message;
pub mod named;
mod record;
pub mod table;
pub mod tbinary;
pub mod tjson;
mod types;
mod value;
mod wire;

pub use error::{Fault, Misfit, ReadError, ShapeError};
pub use idl::idl;
pub use message::{Kind, Message};
pub use record::Struct;
pub use types::{EnumType, Field, Literal, Method, Service, StructType, Type};
pub use value::{EnumValue, Value};
