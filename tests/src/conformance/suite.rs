//! Interface of a suite of vectors.

use std::path::Path;

use super::json::Json;
use super::report::Difference;

/// Suite of vectors, in one folder.
pub(crate) trait Suite: Sync {
    /// Returns the folder's name, which is also the first part of each id.
    fn name(&self) -> &'static str;

    /// Returns the ids of all cases in `folder`, in order.
    fn cases(&self, folder: &Path) -> Result<Vec<String>, String>;

    /// Runs a case and returns its outcome; may panic.
    fn run(&self, folder: &Path, id: &str) -> Result<Json, String>;

    /// Returns the expected outcome; `None` if the folder has none.
    fn expected(&self, folder: &Path, id: &str) -> Result<Option<Json>, String>;

    /// Returns the differences of two outcomes, by the rules of the suite.
    fn judge(&self, folder: &Path, id: &str, expected: &Json, found: &Json) -> Vec<Difference>;

    /// Returns a remark for the end of the suite's line, from the expected and found outcomes of all cases.
    fn remark(&self, _outcomes: &[(Json, Json)]) -> Option<String> {
        None
    }
}
