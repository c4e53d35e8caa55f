//! Thrift's binary protocol, in its strict form: big-endian, with a version before each message.
//!
//! A message is the word `8001 00kk` with its kind, the method's name, the sequence id and the body. A struct is a byte for the
//! type, two for the id and the value, field by field, and a zero byte. Texts have their length before them, lists and sets a
//! type and a count, maps two types and a count; enums are integers.

mod read;
mod write;

pub use read::{read, read_message};
pub use write::{write, write_message};

/// The upper half of the word that begins a message.
const VERSION: u32 = 0x8001_0000;
