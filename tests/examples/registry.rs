//! Registry on loopback with the image of the tutorial. Prints its address, and serves until it is killed.

use std::thread;

use bindery_fake_registry::{Image, Options, Registry};

fn main() {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/web", "1.4", &Image::oci("web"));
    println!("{}", registry.address());
    loop {
        thread::park();
    }
}
