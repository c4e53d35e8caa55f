//! Rows of the section table and of the segment table.

use crate::discover::object_file::image::Row;

/// Row of the section table: a part of the file, as the linker wrote it.
pub(super) struct Section {
    pub name: u32,
    pub kind: u32,
    flags: u64,
    pub address: u64,
    pub offset: u64,
    pub size: u64,
}

impl Section {
    /// Size of a row in bytes.
    pub const SIZE: u64 = 64;

    /// Kind: contents for the program.
    pub const CONTENTS: u32 = 1;
    /// Kind: table for the loader.
    pub const DYNAMIC: u32 = 6;
    /// Kind: zeros, which occupy no space in the file.
    pub const ZEROS: u32 = 8;

    /// Flag: part of the loaded library.
    pub const IN_MEMORY: u64 = 2;
    /// Flag: copied for each thread.
    pub const PER_THREAD: u64 = 0x400;

    pub fn read(row: &[u8]) -> Self {
        Self {
            name: row.u32(0),
            kind: row.u32(4),
            flags: row.u64(8),
            address: row.u64(16),
            offset: row.u64(24),
            size: row.u64(32),
        }
    }

    pub fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }
}

/// Row of the segment table: a part of the file, as the loader maps and uses it.
pub(super) struct Segment {
    pub kind: u32,
    pub flags: u32,
    pub offset: u64,
    pub address: u64,
    pub in_file: u64,
    pub in_memory: u64,
    pub align: u64,
}

impl Segment {
    /// Size of a row in bytes.
    pub const SIZE: u64 = 56;

    /// Kind: mapped.
    pub const LOAD: u32 = 1;
    /// Kind: table for the loader.
    pub const DYNAMIC: u32 = 2;
    /// Kind: copied for each thread.
    pub const PER_THREAD: u32 = 7;
    /// Kind: made read-only after loading.
    pub const READ_ONLY_AFTER: u32 = 0x6474_e552;
    /// Kinds that only point to mapped data: interpreter, notes, segment table, unwind tables, properties.
    pub const POINTERS: [u32; 5] = [3, 4, 6, 0x6474_e550, 0x6474_e553];
    /// Kind: no contents; its flags apply to the stack.
    pub const STACK: u32 = 0x6474_e551;

    /// Flag: executable.
    pub const EXECUTABLE: u32 = 1;
    /// Flag: writable.
    pub const WRITABLE: u32 = 2;
    /// Flag: readable.
    pub const READABLE: u32 = 4;

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
}
