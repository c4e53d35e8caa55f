//! Text of values.

pub(crate) mod characters;
pub(crate) mod format;
pub(crate) mod repr;

pub(crate) use characters::{between, decimal_digit, length, position};
pub use repr::repr;
pub(crate) use repr::{ascii, display, display_exception, float_repr, quote};
