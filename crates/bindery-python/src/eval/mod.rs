//! The evaluator: walks the resolved program.

mod call;
mod class;
mod explain;
mod expression;
mod generator;
mod import;
mod iterate;
mod namespace;
mod operators;
mod run;
mod statement;
mod subscript;
