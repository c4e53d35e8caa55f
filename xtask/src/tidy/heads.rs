//! First lines of files: a head names its subject, so it does not begin with a relative clause.

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::limits;
use crate::tidy::workspace::Source;

/// Beginnings that have no noun, in lower case.
const BEGINNINGS: [&str; 8] = [
    "how",
    "that which",
    "what",
    "where",
    "whether",
    "who",
    "whom",
    "whose",
];

/// Returns a complaint per head once there are more of them than the limit allows.
pub(crate) fn check(sources: &[Source]) -> Result<Vec<Complaint>, Failure> {
    let limit = limits::limit("heads that begin with a relative clause")?;
    let found: Vec<Complaint> = sources
        .iter()
        .filter(|source| is_relative(&source.text))
        .map(|source| Complaint {
            place: format!("{}:1", source.path),
            what: "the head begins with a relative clause".to_owned(),
            advice: "name the thing: `//! Lock file on disk.`, `//! Token cache.`".to_owned(),
        })
        .collect();
    Ok(if found.len() as f64 > limit {
        found
    } else {
        Vec::new()
    })
}

fn is_relative(text: &str) -> bool {
    let Some(head) = text.strip_prefix("//!") else {
        return false;
    };
    let head = head.lines().next().unwrap_or_default();
    let words: Vec<String> = head
        .split_whitespace()
        .take(2)
        .map(str::to_lowercase)
        .collect();
    BEGINNINGS.iter().any(|beginning| {
        let mut words = words
            .iter()
            .map(|word| word.trim_matches(['*', ',', ':', '_', '`']));
        beginning.split(' ').all(|word| words.next() == Some(word))
    })
}

#[cfg(test)]
mod tests {
    use super::is_relative;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_relative(text), expected, "{text}");
    }

    #[test]
    fn a_head_names_its_subject() {
        check("//! Lock file on disk.", false);
        check("//! Whatever", false);
        check("// What", false);
        check("//! That package", false);
        check("//! What is kept", true);
        check("//! WHO is asked", true);
        check("//! That which is kept", true);
        check("//! *How*: quickly", true);
    }
}
