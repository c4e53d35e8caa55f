//! Thrift's JSON protocol: field ids for names, and a type beside every value.
//!
//! A message is `[1,"killTasks",1,7,{…}]`: version, method, kind, sequence id, body. A struct is `{"4":{"str":"web"}}`, a list
//! or set `["i32",2,0,5]`, a map `["str","i32",1,{"http":31001}]`; truth values are 1 and 0, enums are integers, keys are
//! texts. A double without a fraction is written without a point. Doubles that JSON cannot write are `"NaN"`, `"Infinity"`
//! and `"-Infinity"`.

mod read;
mod write;

pub use read::{read, read_message};
pub use write::{write, write_message};
