//! Flags of patterns, with the numbers of CPython.

pub(super) const IGNORE_CASE: i64 = 2;
pub(super) const MULTI_LINE: i64 = 8;
pub(super) const DOT_ALL: i64 = 16;
pub(super) const VERBOSE: i64 = 64;
pub(super) const ASCII: i64 = 256;
