//! Reader of 64-bit Mach-O libraries for one processor (Apple's `mach-o/loader.h`).

use std::io::{Read, Seek};

use bindery_abi::{MACH_SECTION, MACH_SEGMENT};

use super::image::{Image, Row};
use crate::error::Reason;

pub(super) const MAGIC: [u8; 4] = 0xfeed_facf_u32.to_le_bytes();
/// First bytes of a file for several processors, which is not supported.
pub(super) const FAT_MAGIC: [u8; 4] = 0xcafe_babe_u32.to_be_bytes();

const HEADER: u64 = 32;
const DYLIB: u32 = 6;
const SEGMENT_COMMAND: u32 = 0x19;
const SEGMENT: usize = 72;
const SECTION: usize = 80;

/// Number of the processor of this build.
const HERE: u32 = if cfg!(target_arch = "aarch64") {
    0x0100_000c
} else {
    0x0100_0007
};

pub(super) fn plugin_section<R: Read + Seek>(image: &mut Image<R>) -> Result<Vec<u8>, Reason> {
    let header = image.bytes(0, HEADER)?;
    let (found, kind, count, size) = (
        header.u32(4),
        header.u32(12),
        header.u32(16),
        header.u32(20),
    );
    if found != HERE {
        return Err(Reason::OtherMachine { found, here: HERE });
    }
    if kind != DYLIB {
        return Err(Reason::NotALibrary);
    }
    // More than any linker writes: a damaged file must not determine the size of the allocation.
    if size > 1 << 22 {
        return Err(Reason::Damaged(format!(
            "its load commands have {size} bytes"
        )));
    }
    let commands = image.bytes(HEADER, size.into())?;
    let mut rest = &commands[..];
    let mut found = None;
    for _ in 0..count {
        if rest.len() < 8 {
            return Err(damaged());
        }
        let size = rest.u32(4) as usize;
        let command = rest.get(..size).filter(|_| size >= 8).ok_or_else(damaged)?;
        if command.u32(0) == SEGMENT_COMMAND {
            if size < SEGMENT {
                return Err(damaged());
            }
            image.contains(command.u64(40), command.u64(48))?;
            found = found.or(section_in(command));
        }
        rest = &rest[size..];
    }
    match found {
        Some((offset, size)) => image.section(offset, size),
        None => Err(Reason::NotAPlugin(MACH_SECTION)),
    }
}

/// Returns offset and size of the plugin section, if the segment contains it.
fn section_in(segment: &[u8]) -> Option<(u64, u64)> {
    segment[SEGMENT..]
        .chunks_exact(SECTION)
        .find_map(|section| {
            let is_plugin =
                is_name(&section[..16], MACH_SECTION) && is_name(&section[16..32], MACH_SEGMENT);
            is_plugin.then(|| (section.u32(48).into(), section.u64(40)))
        })
}

fn is_name(field: &[u8], name: &str) -> bool {
    field.split(|byte| *byte == 0).next() == Some(name.as_bytes())
}

fn damaged() -> Reason {
    Reason::Damaged("its load commands are inconsistent".into())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const CONTENTS: &[u8] = b"the card";

    /// Builds a library of one segment with one section.
    fn library(segment: &str, section: &str) -> Vec<u8> {
        let mut command = vec![0; SEGMENT + SECTION];
        let end = HEADER as usize + command.len();
        let put = |bytes: &mut [u8], at: usize, value: &[u8]| {
            bytes[at..at + value.len()].copy_from_slice(value);
        };
        put(&mut command, 0, &SEGMENT_COMMAND.to_ne_bytes());
        put(&mut command, 4, &((SEGMENT + SECTION) as u32).to_ne_bytes());
        put(&mut command, 40, &(end as u64).to_ne_bytes());
        put(&mut command, 48, &(CONTENTS.len() as u64).to_ne_bytes());
        put(&mut command, SEGMENT, section.as_bytes());
        put(&mut command, SEGMENT + 16, segment.as_bytes());
        put(
            &mut command,
            SEGMENT + 40,
            &(CONTENTS.len() as u64).to_ne_bytes(),
        );
        put(&mut command, SEGMENT + 48, &(end as u32).to_ne_bytes());

        let mut file = vec![0; HEADER as usize];
        put(&mut file, 0, &MAGIC);
        put(&mut file, 4, &HERE.to_ne_bytes());
        put(&mut file, 12, &DYLIB.to_ne_bytes());
        put(&mut file, 16, &1_u32.to_ne_bytes());
        put(&mut file, 20, &(command.len() as u32).to_ne_bytes());
        file.extend(command);
        file.extend(CONTENTS);
        file
    }

    fn read(file: Vec<u8>) -> Result<Vec<u8>, String> {
        let length = file.len() as u64;
        plugin_section(&mut Image {
            source: Cursor::new(file),
            length,
        })
        .map_err(|reason| reason.to_string())
    }

    #[test]
    fn segment_and_name_identify_the_section() {
        assert_eq!(read(library("__DATA", "__bindery")), Ok(CONTENTS.to_vec()));
        let none = Err("is not a Bindery plugin: it has no section `__bindery`".to_owned());
        assert_eq!(read(library("__TEXT", "__bindery")), none);
        assert_eq!(read(library("__DATA", "__binder")), none);
    }

    #[test]
    fn truncated_files_are_refused() {
        let whole = library("__DATA", "__bindery");
        for length in 0..whole.len() {
            let error = read(whole[..length].to_vec()).unwrap_err();
            assert!(error.starts_with("is cut off"), "{length} bytes: {error}");
        }
    }

    #[test]
    fn inconsistent_commands_are_refused() {
        for (at, value) in [(16, 2_u32), (36, 4), (36, 1 << 30), (36, 71)] {
            let mut file = library("__DATA", "__bindery");
            file[at..at + 4].copy_from_slice(&value.to_ne_bytes());
            assert!(
                read(file)
                    .unwrap_err()
                    .starts_with("has a damaged plugin section"),
                "{at}"
            );
        }
    }

    #[test]
    fn libraries_for_other_processors_and_programs_are_refused() {
        for (at, value, start) in [
            (4, 7_u32, "is a dynamic library for another"),
            (12, 2, "is not a dyn"),
        ] {
            let mut file = library("__DATA", "__bindery");
            file[at..at + 4].copy_from_slice(&value.to_ne_bytes());
            assert!(read(file).unwrap_err().starts_with(start), "{at}");
        }
    }
}
