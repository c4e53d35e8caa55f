//! Hash tables for short texts. Names and addresses are looked up for every ref; the hash of the standard library, which resists
//! attacks, took a sixth of an interpolation.

pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
pub(crate) type HashSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;
