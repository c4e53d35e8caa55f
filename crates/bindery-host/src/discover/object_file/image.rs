//! Reads within the bounds of a library file.

use std::io::{Read, Seek, SeekFrom};

use bindery_abi::{DESCRIPTION_LIMIT, Meta};

use crate::error::Reason;

/// File, or bytes in memory, of known length.
pub(super) struct Image<R> {
    /// Contents.
    pub source: R,
    /// Length in bytes.
    pub length: u64,
}

impl<R: Read + Seek> Image<R> {
    /// Reads `count` bytes at `offset`, which must all exist.
    ///
    /// Allocates `count` bytes, so `count` must have a limit: a product of 16-bit fields, or a checked size.
    pub fn bytes(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Reason> {
        self.contains(offset, count)?;
        let mut bytes = vec![0; usize::try_from(count).unwrap_or(usize::MAX)];
        self.source
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.source.read_exact(&mut bytes))
            .map_err(Reason::Unreadable)?;
        Ok(bytes)
    }

    /// Refuses a range that ends after the end of the file.
    pub fn contains(&self, offset: u64, count: u64) -> Result<(), Reason> {
        let needed = offset.saturating_add(count);
        if needed > self.length {
            return Err(Reason::CutOff {
                needed,
                length: self.length,
            });
        }
        Ok(())
    }

    /// Reads the plugin section at a place from a table.
    pub fn section(&mut self, offset: u64, size: u64) -> Result<Vec<u8>, Reason> {
        let limit = (size_of::<Meta>() + DESCRIPTION_LIMIT) as u64;
        if size > limit {
            return Err(Reason::Damaged(format!(
                "it has {size} bytes, the limit is {limit}"
            )));
        }
        self.bytes(offset, size)
    }
}

/// Numbers at fixed offsets of a table row, in the byte order of this machine.
pub(super) trait Row {
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
        self[at..at + N]
            .try_into()
            .expect("rows are read completely")
    }
}
