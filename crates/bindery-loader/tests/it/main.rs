//! Programs and what becomes of them.

mod corpus;
mod errors;
mod files;
mod found;
mod limits;
mod odd;
mod python;
mod quirks;
mod vectors;
