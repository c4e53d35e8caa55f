//! Hash tables for short texts: names and addresses are looked up for every ref, and the standard library's hash, made to
//! withstand an attacker, took a sixth of an interpolation.

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
pub(crate) type HashSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;
