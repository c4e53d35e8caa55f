//! Programs and their results.

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
