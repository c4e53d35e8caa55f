//! Recorder of binders.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use bindery_core::Binder;
use bindery_diagnostic::{Diagnostic, Diagnostics, Kind};
use bindery_fixture::{Fixture, RecordingBinder};

use crate::binder_source::BinderSource;

/// Source that records the answers and errors of the binders of another source.
pub struct RecordSource<'s> {
    fixture: Rc<RefCell<Fixture>>,
    binders: &'s dyn BinderSource,
    patterns: &'s dyn Fn(&str) -> Option<String>,
}

impl<'s> RecordSource<'s> {
    /// Creates a recorder of `binders`. `patterns` returns the pattern of a binder by name; the recording answers the refs that match the
    /// pattern.
    pub fn new(
        binders: &'s dyn BinderSource,
        patterns: &'s dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self {
            fixture: Rc::default(),
            binders,
            patterns,
        }
    }

    /// Returns the recording.
    pub fn fixture(&self) -> Ref<'_, Fixture> {
        self.fixture.borrow()
    }

    /// Returns the recording as the text of a fixture file.
    ///
    /// # Errors
    ///
    /// If an answer has no form in a fixture.
    pub fn to_text(&self) -> Result<String, Diagnostic> {
        self.fixture().to_text().map_err(|error| {
            Diagnostic::new(Kind::Failed, error.to_string())
                .hint("report this error to the author of the binder's plugin")
        })
    }
}

impl BinderSource for RecordSource<'_> {
    fn binders(&self, cluster: Option<&str>) -> Result<Vec<Box<dyn Binder + '_>>, Diagnostics> {
        let live = self.binders.binders(cluster)?;
        let mut fixture = self.fixture.borrow_mut();
        for binder in &live {
            if let Some(pattern) = (self.patterns)(binder.name()) {
                fixture.add_binder(binder.name(), &pattern);
            }
        }
        let recording = |binder| -> Box<dyn Binder + '_> {
            Box::new(RecordingBinder::new(
                binder,
                cluster,
                Rc::clone(&self.fixture),
            ))
        };
        Ok(live.into_iter().map(recording).collect())
    }
}
