//! RecordingBinder of binders, from a fixture file.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use bindery_core::Binder;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind, Place, Quote};
use bindery_fixture::{Fixture, replay_binders};

use crate::binder_source::BinderSource;
use crate::regular_file::read_text;

/// Name of the fixture file in a folder of job files.
pub const FIXTURE_FILE_NAME: &str = "bindery.fixture.jsonl";

/// Source that answers from a recording. Calls no plugin and makes no connection.
pub struct ReplaySource {
    fixture: Rc<Fixture>,
    /// File name in error messages.
    name: Rc<str>,
}

impl ReplaySource {
    /// Reads a fixture file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is not a valid fixture.
    pub fn read(file: &Path) -> Result<Self, Diagnostics> {
        let text = read_text(file)?;
        let fixture = Fixture::parse(&text).map_err(|error| {
            let mut place = Place::new(file.to_owned(), Some((error.line, 1)));
            if let Some(line) = text.lines().nth(error.line - 1) {
                place = place.with_quote(Quote { line, at: 0 });
            }
            Diagnostic::new(Kind::Invalid, error.to_string())
                .at_place(place)
                .hint("record the fixture again with `bindery plugin record`")
        })?;
        Ok(Self {
            fixture: Rc::new(fixture),
            name: file.display().to_string().into(),
        })
    }

    /// Returns the fixture file for a job file in `folder`: the one in `folder`, or in the nearest folder above, up to `top`.
    pub fn nearest(folder: &Path, top: &Path) -> Option<PathBuf> {
        let folders = folder
            .ancestors()
            .take_while(|above| above.starts_with(top));
        folders
            .map(|folder| folder.join(FIXTURE_FILE_NAME))
            .find(|file| file.is_file())
    }
}

impl BinderSource for ReplaySource {
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let binders = replay_binders(&self.fixture, &self.name, cluster).into_iter();
        Ok(binders
            .map(|binder| -> Box<dyn Binder + '_> { Box::new(binder) })
            .collect())
    }
}
