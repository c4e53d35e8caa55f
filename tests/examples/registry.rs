//! A registry on loopback with the tutorial's image in it, until it is ended: it prints its address, and then only serves.

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
