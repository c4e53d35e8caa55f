//! Normalization of paths by their text alone.

use std::path::{Component, Path, PathBuf};

/// Returns `path` without `.`, and without `..` if the text shows which component it removes.
pub fn normalize(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => match parts.components().next_back() {
                Some(Component::Normal(_)) => {
                    parts.pop();
                }
                Some(Component::RootDir) => {}
                _ => parts.push(".."),
            },
            other => parts.push(other),
        }
    }
    parts
}
