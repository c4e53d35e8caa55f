//! Plugin section of a library file, read without loading the library.
//!
//! The system's loader maps the ranges in a library's tables and accesses them, so a truncated file ends the process. The reader
//! therefore compares the tables with the length of the file first. It is not a general reader: it refuses libraries that the loader
//! of this system would refuse.

mod elf;
mod image;
mod mach;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use self::image::{Image, Row};
use crate::error::Reason;

/// Returns the contents of the plugin section of the library at `path`.
pub(crate) fn plugin_section(path: &Path) -> Result<Vec<u8>, Reason> {
    // Checked before opening: opening a pipe would wait for a writer.
    if !path.metadata().map_err(Reason::Unreadable)?.is_file() {
        return Err(Reason::NotAFile);
    }
    let file = File::open(path).map_err(Reason::Unreadable)?;
    let metadata = file.metadata().map_err(Reason::Unreadable)?;
    if !metadata.is_file() {
        return Err(Reason::NotAFile);
    }
    section_of(&mut Image {
        source: file,
        length: metadata.len(),
    })
}

fn section_of<R: Read + Seek>(image: &mut Image<R>) -> Result<Vec<u8>, Reason> {
    if image.length == 0 {
        return Err(Reason::Empty);
    }
    if image.length < 4 {
        return Err(Reason::NotALibrary);
    }
    let start = image.bytes(0, 4)?;
    match start[..].part::<4>(0) {
        elf::MAGIC if cfg!(target_vendor = "apple") => Err(Reason::OtherSystem("ELF")),
        elf::MAGIC => elf::plugin_section(image),
        mach::MAGIC if cfg!(target_vendor = "apple") => mach::plugin_section(image),
        mach::MAGIC | mach::FAT_MAGIC => Err(Reason::OtherSystem("Mach-O")),
        _ => Err(Reason::NotALibrary),
    }
}
