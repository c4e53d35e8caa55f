//! Source texts of one run, and positions in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::error::Place;

/// Number of a source text within one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(u32);

/// Position of the evaluator: a file, and an offset in bytes.
pub type Spot = (FileId, u32);

/// Number of a position in a source text; [`crate::Vm::place_of`] returns its file, line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin(pub u32);

struct File {
    name: Rc<str>,
    text: Rc<str>,
    /// Byte offsets of line starts; computed on first use, because most texts never need them.
    lines: RefCell<Vec<u32>>,
}

/// Source texts of one run, and the table of origins.
#[derive(Default)]
pub(crate) struct Sources {
    files: Vec<File>,
    /// Index into `places` by file and offset, so that a loop does not grow the table.
    known: BTreeMap<(u32, u32), u32>,
    places: Vec<(u32, u32)>,
}

impl Sources {
    pub(crate) fn add(&mut self, name: Rc<str>, text: Rc<str>) -> FileId {
        self.files.push(File {
            name,
            text,
            lines: RefCell::default(),
        });
        FileId(u32::try_from(self.files.len() - 1).expect("fewer texts than steps"))
    }

    /// Returns the number of a position; equal positions have equal numbers.
    pub(crate) fn origin(&mut self, file: FileId, at: u32) -> Origin {
        let places = &mut self.places;
        Origin(*self.known.entry((file.0, at)).or_insert_with(|| {
            places.push((file.0, at));
            u32::try_from(places.len() - 1).expect("fewer places than bytes of source")
        }))
    }

    pub(crate) fn place_of(&self, origin: Origin) -> Option<Place> {
        let &(file, at) = self.places.get(origin.0 as usize)?;
        Some(self.place(FileId(file), at))
    }

    pub(crate) fn place(&self, file: FileId, at: u32) -> Place {
        let File { name, text, lines } = &self.files[file.0 as usize];
        let mut lines = lines.borrow_mut();
        if lines.is_empty() {
            lines.push(0);
            let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            lines.extend(ends.map(|(index, _)| u32::try_from(index + 1).unwrap_or(u32::MAX)));
        }
        let line = lines.partition_point(|start| *start <= at) - 1;
        let start = lines[line] as usize;
        let rest = &text[start..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let content = rest[..end].trim_end_matches('\r');
        let before = content
            .get(..(at as usize - start).min(content.len()))
            .unwrap_or("");
        Place {
            file: name.to_string(),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
            text: content.to_owned(),
        }
    }
}
