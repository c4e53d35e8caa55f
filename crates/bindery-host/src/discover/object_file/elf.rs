//! Reader of 64-bit ELF libraries (System V ABI, "Object files").

mod segments;
mod tables;

use std::io::{Read, Seek};

use bindery_abi::ELF_SECTION;

use self::tables::{Section, Segment};
use super::image::{Image, Row};
use crate::error::Reason;

pub(super) const MAGIC: [u8; 4] = *b"\x7fELF";

const HEADER: u64 = 64;

/// Type of shared objects, and of position-independent programs.
const DYNAMIC: u16 = 3;

/// Number of the processor of this build; `None` if not listed here.
const HERE: Option<u16> = if cfg!(target_arch = "x86_64") {
    Some(62)
} else if cfg!(target_arch = "aarch64") {
    Some(183)
} else if cfg!(target_arch = "riscv64") {
    Some(243)
} else if cfg!(target_arch = "s390x") {
    Some(22)
} else if cfg!(target_arch = "powerpc64") {
    Some(21)
} else if cfg!(target_arch = "loongarch64") {
    Some(258)
} else {
    None
};

pub(super) fn plugin_section<R: Read + Seek>(image: &mut Image<R>) -> Result<Vec<u8>, Reason> {
    let header = image.bytes(0, HEADER)?;
    if header[4] != 2 {
        return Err(Reason::OtherSystem("32 bit"));
    }
    if header[5] != if cfg!(target_endian = "little") { 1 } else { 2 } {
        return Err(Reason::OtherSystem("other byte order"));
    }
    if header.u16(16) != DYNAMIC {
        return Err(Reason::NotALibrary);
    }
    let found = header.u16(18);
    if let Some(here) = HERE.filter(|here| *here != found) {
        return Err(Reason::OtherMachine {
            found: found.into(),
            here: here.into(),
        });
    }

    if u64::from(header.u16(54)) != Segment::SIZE {
        return Err(Reason::Contradictory(
            "its segment table has rows of another size",
        ));
    }
    let table = image.bytes(header.u64(32), Segment::SIZE * u64::from(header.u16(56)))?;
    let segments: Vec<_> = table
        .chunks_exact(Segment::SIZE as usize)
        .map(Segment::read)
        .collect();
    for segment in segments
        .iter()
        .filter(|segment| segment.kind == Segment::LOAD)
    {
        image.contains(segment.offset, segment.in_file)?;
    }

    let (offset, count) = (header.u64(40), header.u16(60));
    if offset == 0 || count == 0 {
        return Err(Reason::Stripped);
    }
    if u64::from(header.u16(58)) != Section::SIZE {
        return Err(Reason::Contradictory(
            "its section table has rows of another size",
        ));
    }
    let table = image.bytes(offset, Section::SIZE * u64::from(count))?;
    let sections: Vec<_> = table
        .chunks_exact(Section::SIZE as usize)
        .map(Section::read)
        .collect();
    segments::check(&segments, &sections).map_err(Reason::Contradictory)?;

    let Some(names) = sections.get(usize::from(header.u16(62))) else {
        return Err(Reason::Stripped);
    };
    // Enough for the names of 65,535 sections.
    let names = image.bytes(names.offset, names.size.min(1 << 22))?;
    let name = |section: &Section| {
        names
            .get(section.name as usize..)?
            .split(|b| *b == 0)
            .next()
    };
    match sections
        .iter()
        .find(|section| name(section) == Some(ELF_SECTION.as_bytes()))
    {
        Some(section) if section.kind == Section::CONTENTS => {
            image.section(section.offset, section.size)
        }
        Some(_) => Err(Reason::Damaged("it has no contents in the file".into())),
        None => Err(Reason::NotAPlugin(ELF_SECTION)),
    }
}
