//! Modules that job files can import, each with the parts of its Python original that job files use.

mod base64;
pub(crate) mod collections;
mod copy;
mod datetime;
pub(crate) mod functools;
mod getpass;
mod hashlib;
pub(crate) mod itertools;
mod json;
mod math;
mod operator;
pub(crate) mod os;
pub(crate) mod re;
mod registry;
mod string;
mod sys;
mod table;
mod textwrap;
mod time;

pub(crate) use registry::{NAMES, load, missing_hint, names};
