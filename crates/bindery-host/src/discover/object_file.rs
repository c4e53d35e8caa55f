//! Finds a section in a dynamic library's file, and makes sure that the file is whole, without loading anything.
//!
//! The system's loader maps what the file's tables say and touches it: a file that is cut off ends the process. So the tables
//! are compared with the file's length first. This is no general reader; it refuses what the loader here would not take.

mod elf;
mod mach;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use bindery_abi::{DESCRIPTION_LIMIT, Meta};

use crate::Reason;

/// The contents of the plugin section of the library at `path`.
pub(crate) fn plugin_section(path: &Path) -> Result<Vec<u8>, Reason> {
    // Before it is opened, since opening a pipe waits for a writer.
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

/// A file, or a test's bytes, of known length.
struct Image<R> {
    source: R,
    length: u64,
}

impl<R: Read + Seek> Image<R> {
    /// So many bytes from `offset`, all of which must be there. Ask only for what a table's fields of 16 bit can count, or
    /// for what was limited before.
    fn bytes(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Reason> {
        self.contains(offset, count)?;
        let mut bytes = vec![0; usize::try_from(count).unwrap_or(usize::MAX)];
        self.source
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.source.read_exact(&mut bytes))
            .map_err(Reason::Unreadable)?;
        Ok(bytes)
    }

    /// Refuses a range that does not end within the file.
    fn contains(&self, offset: u64, count: u64) -> Result<(), Reason> {
        let needed = offset.saturating_add(count);
        if needed > self.length {
            return Err(Reason::CutOff {
                needed,
                length: self.length,
            });
        }
        Ok(())
    }

    /// The bytes of the plugin section, of which a table said where it is.
    fn section(&mut self, offset: u64, size: u64) -> Result<Vec<u8>, Reason> {
        let most = (size_of::<Meta>() + DESCRIPTION_LIMIT) as u64;
        if size > most {
            return Err(Reason::Damaged(format!(
                "it has {size} bytes, at most {most} make sense"
            )));
        }
        self.bytes(offset, size)
    }
}

/// Numbers at fixed places of a table's row, in this machine's byte order.
trait Row {
    fn part<const N: usize>(&self, at: usize) -> [u8; N];

    fn u16(&self, at: usize) -> u16 {
        u16::from_ne_bytes(self.part(at))
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_ne_bytes(self.part(at))
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_ne_bytes(self.part(at))
    }
}

impl Row for [u8] {
    fn part<const N: usize>(&self, at: usize) -> [u8; N] {
        self[at..at + N].try_into().expect("rows are read whole")
    }
}
