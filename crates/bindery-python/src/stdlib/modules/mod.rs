//! The modules that job files can import, each as much of its Python namesake as such files use.

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
