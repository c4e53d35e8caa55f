//! Programs and what becomes of them.

mod corpus;
mod errors;
mod files;
mod found;
mod limits;
mod manual;
mod odd;
mod python;
mod quirks;
mod vectors;
