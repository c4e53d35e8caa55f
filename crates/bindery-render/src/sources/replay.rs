//! `bindery.fixture.jsonl` on disk, and binders that fill it or answer from it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::Binder;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place, Quote};
use bindery_fixture::{Fixture, Recording, replaying};

use crate::answers::Answers;
use crate::context::Context;
use crate::job_file::read_text;
use crate::output;

/// Name of the file in a folder of job files.
pub const FILE_NAME: &str = "bindery.fixture.jsonl";

/// Plugins, whose answers are kept.
#[derive(Default)]
pub struct Recorder {
    fixture: Rc<RefCell<Fixture>>,
}

impl Recorder {
    /// What was kept.
    pub fn fixture(&self) -> std::cell::Ref<'_, Fixture> {
        self.fixture.borrow()
    }

    /// Writes what was kept, whole or not at all; a file with the same text is left alone.
    pub fn write(&self, file: &Path) -> Result<(), Diagnostics> {
        let text = self.fixture().to_text().map_err(|error| {
            Diagnostic::new(Kind::Failed, error.to_string())
                .hint("report it to the author of the binder's plugin")
        })?;
        if std::fs::read(file).is_ok_and(|known| known == text.as_bytes()) {
            return Ok(());
        }
        output::write_file(file, text.as_bytes())
    }
}

impl Answers for Recorder {
    fn binders(
        &self,
        cluster: Option<&str>,
        context: &Context<'_>,
    ) -> Result<Vec<Box<dyn Binder>>, Diagnostics> {
        let live = context.binders(cluster)?;
        let mut fixture = self.fixture.borrow_mut();
        for binder in &live {
            let described = binder.plugin().description().binders.iter();
            for it in described.filter(|it| it.name == binder.name()) {
                fixture.add_binder(&it.name, &it.pattern);
            }
        }
        let recording = |binder| -> Box<dyn Binder> {
            Box::new(Recording::new(binder, cluster, Rc::clone(&self.fixture)))
        };
        Ok(live.into_iter().map(recording).collect())
    }
}

/// What was recorded. No plugin is looked for.
pub struct Replay {
    fixture: Rc<Fixture>,
    place: Rc<str>,
}

impl Replay {
    /// Reads a fixture.
    pub fn open(file: &Path) -> Result<Self, Diagnostics> {
        let text = read_text(file)?;
        let fixture = Fixture::parse(&text).map_err(|error| {
            let line = text.lines().nth(error.line - 1);
            let mut place = Place::new(file, Some((error.line, 1)));
            if let Some(line) = line {
                place = place.with_quote(Quote { line, at: 0 });
            }
            Diagnostic::new(Kind::Invalid, error.to_string())
                .at_place(place)
                .hint("record it again with `bindery plugin record`")
        })?;
        Ok(Self {
            fixture: Rc::new(fixture),
            place: file.display().to_string().into(),
        })
    }

    /// The fixture for a file in `folder`: that of the folder, or of the nearest one above it up to `top`.
    pub fn nearest(folder: &Path, top: &Path) -> Option<PathBuf> {
        let below = folder
            .ancestors()
            .take_while(|above| above.starts_with(top));
        below
            .map(|folder| folder.join(FILE_NAME))
            .find(|file| file.is_file())
    }
}

impl Answers for Replay {
    fn binders(
        &self,
        cluster: Option<&str>,
        _context: &Context<'_>,
    ) -> Result<Vec<Box<dyn Binder>>, Diagnostics> {
        let binders = replaying(&self.fixture, &self.place, cluster).into_iter();
        Ok(binders
            .map(|binder| -> Box<dyn Binder> { Box::new(binder) })
            .collect())
    }
}
