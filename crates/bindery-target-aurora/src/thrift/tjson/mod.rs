//! Thrift's JSON protocol: fields by id, and a type with every value.
//!
//! A message is `[1,"killTasks",1,7,{…}]`: version, method, kind, sequence id, body. A struct is `{"4":{"str":"web"}}`, a list
//! or set `["i32",2,0,5]`, a map `["str","i32",1,{"http":31001}]`. Booleans are 1 and 0, enums are integers, keys are strings. A double
//! without a fraction is written without a point. Doubles that JSON cannot write are `"NaN"`, `"Infinity"` and `"-Infinity"`.

mod read;
mod write;

pub use read::{read, read_message};
pub use write::{write, write_message};
