//! Text of values.

pub(crate) mod characters;
pub(crate) mod fields;
mod float_digits;
pub(crate) mod format;
pub(crate) mod percent;
pub(crate) mod repr;
mod spec;

pub(crate) use characters::{between, decimal_digit, length, position};
pub use repr::repr;
pub(crate) use repr::{ascii, display, display_exception, float_repr, quote};
