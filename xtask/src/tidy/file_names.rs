//! Names of files: two files of one folder do not differ by an ending only.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::limits;
use crate::tidy::workspace::Source;

/// Endings of one word. The longest that fits is cut off.
const ENDINGS: [&str; 5] = ["ing", "es", "ed", "s", "e"];

/// Returns a complaint per pair once there are more of them than the limit allows.
pub(crate) fn check(sources: &[Source]) -> Result<Vec<Complaint>, Failure> {
    let limit = limits::limit("files whose names differ by an ending")?;
    let mut names: BTreeSet<(&str, &str)> = BTreeSet::new();
    for source in sources {
        let mut path = source.path.strip_suffix(".rs").unwrap_or(&source.path);
        while let Some((folder, name)) = path.rsplit_once('/') {
            names.insert((folder, name));
            path = folder;
        }
    }
    let names: Vec<(&str, &str)> = names.into_iter().collect();
    let mut found = Vec::new();
    for (at, (folder, name)) in names.iter().enumerate() {
        let same_folder = names[at + 1..]
            .iter()
            .take_while(|(other, _)| other == folder);
        for (_, other) in same_folder.filter(|(_, other)| differ_by_ending(name, other)) {
            found.push(Complaint {
                place: (*folder).to_owned(),
                what: format!("`{name}` and `{other}` differ by an ending"),
                advice: "give one of them the name of what it holds".to_owned(),
            });
        }
    }
    Ok(if found.len() as f64 > limit {
        found
    } else {
        Vec::new()
    })
}

fn differ_by_ending(name: &str, other: &str) -> bool {
    name != other && stem(name) == stem(other)
}

fn stem(name: &str) -> &str {
    let cut = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    let stem = cut.filter(|stem| stem.len() > 2).unwrap_or(name);
    // `limit` and `limiting`, but also `plan` and `planning`.
    let mut letters = stem.chars().rev();
    match (letters.next(), letters.next()) {
        (Some(last), Some(before)) if last == before => &stem[..stem.len() - last.len_utf8()],
        _ => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::differ_by_ending;

    #[track_caller]
    fn check(name: &str, other: &str, expected: bool) {
        assert_eq!(differ_by_ending(name, other), expected, "{name} {other}");
    }

    #[test]
    fn endings_of_one_word_are_too_little_of_a_difference() {
        check("lock", "locking", true);
        check("plugin", "plugins", true);
        check("limits", "limited", true);
        check("cache", "caching", true);
        check("plan", "planning", true);
        check("lock", "lock_file", false);
        check("binder", "binding", false);
        check("tag", "tags_page", false);
        check("is", "ised", false);
    }
}
