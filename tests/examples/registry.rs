//! A registry on loopback with the tutorials' image in it, until standard input ends: `cargo run --example registry`.

use std::io::Read as _;

use bindery_fake_registry::{Image, Options, Registry};

fn main() -> std::io::Result<()> {
    let registry = Registry::start(Options::anonymous());
    registry.push("team/web", "1.4", &Image::oci("web"));
    println!("{} holds team/web:1.4; Ctrl-D ends it", registry.address());
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
