//! Whole processes that ask registries on loopback, next to their peers.

mod many;
mod one;

use crate::Builds;

pub fn run(builds: &Builds) {
    one::run(builds);
    many::run(builds);
}
