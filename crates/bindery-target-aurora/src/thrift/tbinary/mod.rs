//! Thrift's binary protocol in its strict form: big-endian, with a version before each message.
//!
//! A message is the word `8001 00kk` with its kind, the name of the method, the sequence id and the body. A struct is, for each
//! field, a byte for the type, two bytes for the id and the value, then a zero byte. A string begins with its length, a list or set
//! with a type and a count, a map with two types and a count. An enum is an integer.

mod read;
mod write;

pub use read::{read, read_message};
pub use write::{write, write_message};

/// Upper half of the first word of a message.
const VERSION: u32 = 0x8001_0000;
