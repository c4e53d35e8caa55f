//! Running plugins: in this process, or in a process of their own.

pub(crate) mod guard;
pub(crate) mod interrupt;
pub(crate) mod library;
pub(crate) mod limit;
pub(crate) mod process;
pub(crate) mod protocol;
pub(crate) mod serve;
