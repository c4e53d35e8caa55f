//! Compares what the loader will do, by the segment table, with what the linker meant, by the section table.
//!
//! The loader believes its table blindly: one wrong bit there makes it write where nothing is. The section table says most of
//! it a second time, so that a damaged table can be told from a whole one.

use super::{Row, Section};

/// A row of the segment table: what the loader maps and uses.
pub(super) struct Segment {
    pub kind: u32,
    flags: u32,
    pub offset: u64,
    address: u64,
    pub in_file: u64,
    in_memory: u64,
    align: u64,
}

/// The smallest page there is.
const PAGE: u64 = 4096;
/// More than any library takes; code as it is usually compiled reaches no further.
const MOST_MEMORY: u64 = 1 << 31;
/// More than a thread's part of any library takes.
const MOST_PER_THREAD: u64 = 1 << 20;

impl Segment {
    /// The size of a row.
    pub const SIZE: u64 = 56;

    /// Mapped.
    pub const LOAD: u32 = 1;
    /// What the loader works by.
    const DYNAMIC: u32 = 2;
    /// Copied for each thread.
    const PER_THREAD: u32 = 7;
    /// Made read-only when the loader is done.
    const READ_ONLY_AFTER: u32 = 0x6474_e552;
    /// Kinds that only say where something mapped is: an interpreter, notes, this table, unwind tables, properties.
    const POINTERS: [u32; 5] = [3, 4, 6, 0x6474_e550, 0x6474_e553];
    /// Holds nothing; its flags are about the stack.
    const STACK: u32 = 0x6474_e551;

    const EXECUTABLE: u32 = 1;
    const WRITABLE: u32 = 2;
    const READABLE: u32 = 4;

    pub fn read(row: &[u8]) -> Self {
        Self {
            kind: row.u32(0),
            flags: row.u32(4),
            offset: row.u64(8),
            address: row.u64(16),
            in_file: row.u64(32),
            in_memory: row.u64(40),
            align: row.u64(48),
        }
    }

    /// Whether so many bytes at `address` are mapped from `offset` by this segment.
    fn maps(&self, address: u64, offset: u64, size: u64) -> bool {
        let Some(skipped) = address.checked_sub(self.address) else {
            return false;
        };
        let end = skipped.checked_add(size);
        end.is_some_and(|end| end <= self.in_file)
            && self.offset.checked_add(skipped) == Some(offset)
    }

    /// Whether so many bytes at `address` belong to this segment in memory, up to the end of its last page.
    fn holds(&self, address: u64, size: u64) -> bool {
        let end = self.address.checked_add(self.in_memory);
        let end = end.and_then(|end| end.checked_next_multiple_of(self.align));
        self.address <= address && ends_before(address, size, end)
    }

    /// Whether so many bytes at `address` are memory of this segment that is not from the file.
    fn clears(&self, address: u64, size: u64) -> bool {
        let starts = self
            .address
            .checked_add(self.in_file)
            .is_some_and(|end| end <= address);
        let end = self.address.checked_add(self.in_memory);
        starts && ends_before(address, size, end)
    }
}

/// Whether so many bytes from `start` end at `end` or before it; a sum that cannot be is nowhere.
fn ends_before(start: u64, size: u64, end: Option<u64>) -> bool {
    end.zip(start.checked_add(size))
        .is_some_and(|(end, own)| own <= end)
}

/// Says what contradicts what.
pub(super) fn check(segments: &[Segment], sections: &[Section]) -> Result<(), &'static str> {
    let loads: Vec<_> = segments
        .iter()
        .filter(|segment| segment.kind == Segment::LOAD)
        .collect();
    check_loads(&loads)?;
    check_others(segments, &loads)?;
    check_sections(sections, segments, &loads)
}

/// What is mapped lies in order, aligned, and is not absurdly large.
fn check_loads(loads: &[&Segment]) -> Result<(), &'static str> {
    let mut end = 0;
    for load in loads {
        let aligned = load.align.is_power_of_two()
            && load.align >= PAGE
            && load.address.wrapping_sub(load.offset) % load.align == 0;
        if !aligned || load.in_file > load.in_memory || load.address < end {
            return Err("its mapped segments do not fit together");
        }
        end = load.address.saturating_add(load.in_memory);
    }
    match end <= MOST_MEMORY {
        true => Ok(()),
        false => Err("its mapped segments are too large"),
    }
}

/// All other segments point into what is mapped.
fn check_others(segments: &[Segment], loads: &[&Segment]) -> Result<(), &'static str> {
    for segment in segments {
        let mapped = || {
            let Segment {
                address,
                offset,
                in_file,
                ..
            } = *segment;
            loads.iter().any(|load| load.maps(address, offset, in_file))
        };
        let fits = match segment.kind {
            Segment::LOAD => true,
            Segment::STACK => segment.flags & Segment::EXECUTABLE == 0,
            Segment::PER_THREAD => {
                mapped()
                    && segment.in_file <= segment.in_memory
                    && segment.in_memory <= MOST_PER_THREAD
                    && segment.align.is_power_of_two()
                    && segment.align <= PAGE
                    && segment.address % segment.align == segment.offset % segment.align
            }
            Segment::READ_ONLY_AFTER => loads
                .iter()
                .filter(|load| load.flags & Segment::WRITABLE != 0)
                .any(|load| load.holds(segment.address, segment.in_memory)),
            Segment::DYNAMIC => mapped() && segment.in_file == segment.in_memory,
            kind if Segment::POINTERS.contains(&kind) => mapped(),
            // Kinds of other systems and processors, which a loader skips if it does not know them.
            kind => kind >= 0x6000_0000,
        };
        if !fits {
            return Err("a segment points to what is not mapped");
        }
    }
    Ok(())
}

/// Whatever the linker put into memory is mapped there, and the loader is pointed to its own sections.
fn check_sections(
    sections: &[Section],
    segments: &[Segment],
    loads: &[&Segment],
) -> Result<(), &'static str> {
    let segment_at = |kind: u32, section: &Section| {
        segments.iter().find(|segment| {
            segment.kind == kind
                && segment.address <= section.address
                && section.address.saturating_add(section.size)
                    <= segment.address.saturating_add(segment.in_memory)
        })
    };
    for section in sections
        .iter()
        .filter(|section| section.has(Section::IN_MEMORY))
    {
        let fits = if section.has(Section::PER_THREAD) {
            segment_at(Segment::PER_THREAD, section).is_some()
        } else if section.kind == Section::DYNAMIC {
            segment_at(Segment::DYNAMIC, section).is_some_and(|segment| {
                (segment.address, segment.in_file) == (section.address, section.size)
            })
        } else {
            true
        };
        let mapped = loads.iter().any(|load| {
            let found = if section.kind == Section::ZEROS {
                section.has(Section::PER_THREAD) || load.clears(section.address, section.size)
            } else {
                load.maps(section.address, section.offset, section.size)
            };
            found && load.flags & section.needs() == section.needs()
        });
        if !fits || !mapped {
            return Err("a section is not mapped to its place");
        }
    }
    Ok(())
}

impl Section {
    /// What must be allowed where it is.
    fn needs(&self) -> u32 {
        const WRITE: u64 = 1;
        const EXECUTE: u64 = 4;

        let flag = |flag, needed| if self.has(flag) { needed } else { 0 };
        let zeros_of_threads = self.kind == Self::ZEROS && self.has(Self::PER_THREAD);
        match zeros_of_threads {
            true => 0,
            false => {
                Segment::READABLE
                    | flag(WRITE, Segment::WRITABLE)
                    | flag(EXECUTE, Segment::EXECUTABLE)
            }
        }
    }
}
