//! Comparison of the segment table, which the loader uses, with the section table, which the linker wrote.
//!
//! The loader does not check the segment table: one wrong bit makes it write to unmapped memory. Most of the segment table is repeated
//! in the section table, so a comparison detects damage.

use super::tables::{Section, Segment};

/// Smallest page size of any system.
const PAGE: u64 = 4096;
/// Maximum size of a library in memory; common code models address no more.
const MAX_MEMORY: u64 = 1 << 31;
/// Maximum size of a library's data per thread.
const MAX_PER_THREAD: u64 = 1 << 20;

impl Segment {
    /// Returns whether the segment maps `size` bytes at `offset` of the file to `address`.
    fn maps(&self, address: u64, offset: u64, size: u64) -> bool {
        let Some(skipped) = address.checked_sub(self.address) else {
            return false;
        };
        let end = skipped.checked_add(size);
        end.is_some_and(|end| end <= self.in_file)
            && self.offset.checked_add(skipped) == Some(offset)
    }

    /// Returns whether `size` bytes at `address` are in the memory of the segment, up to the end of its last page.
    fn holds(&self, address: u64, size: u64) -> bool {
        let end = self.address.checked_add(self.in_memory);
        let end = end.and_then(|end| end.checked_next_multiple_of(self.align));
        self.address <= address && ends_before(address, size, end)
    }

    /// Returns whether `size` bytes at `address` are in the memory of the segment that is filled with zeros.
    fn clears(&self, address: u64, size: u64) -> bool {
        let starts = self
            .address
            .checked_add(self.in_file)
            .is_some_and(|end| end <= address);
        let end = self.address.checked_add(self.in_memory);
        starts && ends_before(address, size, end)
    }
}

/// Returns whether `size` bytes at `start` end at or before `end`; `false` on overflow.
fn ends_before(start: u64, size: u64, end: Option<u64>) -> bool {
    end.zip(start.checked_add(size))
        .is_some_and(|(end, own)| own <= end)
}

/// Returns the first contradiction between the tables.
pub(super) fn check(segments: &[Segment], sections: &[Section]) -> Result<(), &'static str> {
    let loads: Vec<_> = segments
        .iter()
        .filter(|segment| segment.kind == Segment::LOAD)
        .collect();
    check_loads(&loads)?;
    check_others(segments, &loads)?;
    check_sections(sections, segments, &loads)
}

/// Checks that mapped segments are in order, aligned and not too large.
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
    if end <= MAX_MEMORY {
        Ok(())
    } else {
        Err("its mapped segments are too large")
    }
}

/// Checks that all other segments point to mapped data.
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
                    && segment.in_memory <= MAX_PER_THREAD
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
            // Kinds of other systems and processors, which the loader skips.
            kind => kind >= 0x6000_0000,
        };
        if !fits {
            return Err("a segment points to data that is not mapped");
        }
    }
    Ok(())
}

/// Checks that the sections of the loaded library are mapped, and that the segments for the loader match their sections.
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
            return Err("a section is not mapped to its address");
        }
    }
    Ok(())
}

impl Section {
    /// Returns the flags that the segment of the section must have.
    fn needs(&self) -> u32 {
        const WRITE: u64 = 1;
        const EXECUTE: u64 = 4;

        let flag = |flag, needed| if self.has(flag) { needed } else { 0 };
        let zeros_of_threads = self.kind == Self::ZEROS && self.has(Self::PER_THREAD);
        if zeros_of_threads {
            0
        } else {
            Segment::READABLE | flag(WRITE, Segment::WRITABLE) | flag(EXECUTE, Segment::EXECUTABLE)
        }
    }
}
