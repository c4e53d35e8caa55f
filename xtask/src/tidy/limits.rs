//! Limits that the tree is measured against, from `limits.txt`.

use crate::failure::Failure;

/// Path of the file, for messages.
pub(crate) const PATH: &str = "xtask/src/tidy/limits.txt";

/// The file itself; its head says how it is written.
const LIMITS: &str = include_str!("limits.txt");

/// Returns the limit of that name.
pub(crate) fn limit(name: &str) -> Result<f64, Failure> {
    find(LIMITS, name).ok_or_else(|| format!("{PATH}: no number for `{name}`").into())
}

/// Reads lines like `dialect in pages: 20`.
fn find(limits: &str, name: &str) -> Option<f64> {
    let lines = limits.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(": "))
        .find(|(found, _)| *found == name)
        .and_then(|(_, number)| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_line_has_a_name_and_a_number() {
        let limits = "# a: 1\na b: 2.5\nc: x\n";
        assert_eq!(find(limits, "a b"), Some(2.5));
        assert_eq!(find(limits, "a"), None);
        assert_eq!(find(limits, "c"), None);
    }
}
