//! Whole processes against registries on loopback, beside their peers.

mod many;
mod one;

pub fn run() {
    one::run();
    many::run();
}
