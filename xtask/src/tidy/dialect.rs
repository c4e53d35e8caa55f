//! Dialect: words that the project once used about ten times as often as other code does, counted in comments and pages.
//!
//! Most of the words are good English. A large number of them shows texts whose subjects are not nouns.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::limits;
use crate::tidy::report::Report;
use crate::tidy::rust::{self, Kind};
use crate::tidy::workspace::Source;

/// Counted words in lower case, each with plainer words.
const WORDS: [(&str, &str); 25] = [
    ("anew", "again"),
    ("anybody", "the user, every client"),
    ("are no", "are not, have no"),
    ("are none", "do not exist"),
    ("behind", "after"),
    ("beside", "next to, besides"),
    ("is no", "is not a valid"),
    ("is none", "does not exist"),
    ("lie", "are, are stored"),
    ("lies", "is, is stored"),
    ("nobody", "no plugin, no caller"),
    ("of its own", "separate, or delete"),
    ("of their own", "separate, or delete"),
    ("so long", "for this time"),
    ("so many", "this number of"),
    ("somebody", "the user, the caller"),
    ("stand", "are, are written"),
    ("stands", "is, is written"),
    ("stood", "was, was written"),
    ("such", "like these, of this kind"),
    ("tell", "report, return, print"),
    ("tells", "reports, returns, prints"),
    ("those", "the noun"),
    ("told", "reported, returned, printed"),
    ("whoever", "every user, the caller"),
];

/// Line and counted word.
type Hit = (usize, &'static str);

/// Counts of one file or group of files.
#[derive(Default)]
struct Count {
    lines: usize,
    hits: Vec<Hit>,
}

/// Measures comments and pages, and compares them with the limits.
pub(crate) fn check(
    sources: &[Source],
    pages: &[Source],
    report: &mut Report,
) -> Result<Vec<Complaint>, Failure> {
    let comments = counts(sources, |source| in_comments(&source.text));
    let pages = counts(pages, |page| in_page(&page.text));
    let mut complaints = Vec::new();
    complaints.extend(measure(
        "dialect in comments",
        "comment lines",
        &comments,
        report,
    )?);
    complaints.extend(measure(
        "dialect in pages",
        "lines of pages",
        &pages,
        report,
    )?);
    Ok(complaints)
}

fn counts(files: &[Source], count: impl Fn(&Source) -> Count) -> Vec<(&str, Count)> {
    let count = |source| (source, count(source));
    let counted = files.iter().map(count);
    counted
        .map(|(source, count)| (source.path.as_str(), count))
        .collect()
}

fn measure(
    name: &str,
    unit: &str,
    files: &[(&str, Count)],
    report: &mut Report,
) -> Result<Option<Complaint>, Failure> {
    let limit = limits::limit(name)?;
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (path, count) in files {
        for group in [group_of(path), "all"] {
            let sum = groups.entry(group).or_default();
            sum.0 += count.hits.len();
            sum.1 += count.lines;
        }
    }
    let rate = |(hits, lines): (usize, usize)| 1000.0 * hits as f64 / lines.max(1) as f64;
    let found = rate(groups.get("all").copied().unwrap_or_default());
    let mut table = format!("{name}: {found:.1} words per 1,000 {unit}, limit {limit}\n");
    for (group, sum) in &groups {
        let (hits, lines) = sum;
        table.push_str(&format!(
            "{:7.1}  {hits:5} in {lines:6}  {group}\n",
            rate(*sum)
        ));
    }
    let mut worst: Vec<&(&str, Count)> = files
        .iter()
        .filter(|(_, one)| !one.hits.is_empty())
        .collect();
    worst.sort_by_key(|(path, count)| (usize::MAX - count.hits.len(), *path));
    let summary: Vec<String> = worst
        .iter()
        .take(20)
        .map(|(path, count)| format!("{:5}  {path}", count.hits.len()))
        .collect();
    let hits: Vec<String> = worst
        .iter()
        .flat_map(|(path, count)| {
            let line =
                move |(line, word): &Hit| format!("{path}:{line}: {word} ({})", plainer(word));
            count.hits.iter().map(line)
        })
        .collect();
    let complaint = (found > limit).then(|| Complaint {
        place: limits::PATH.to_owned(),
        what: format!("{table}most in\n{}", summary.join("\n")),
        advice:
            "write plain English: xtask/src/tidy/dialect.rs has the words with their replacements; \
                 `cargo xtask tidy -v` shows every place"
                .to_owned(),
    });
    report.add(format!("{table}{}", hits.join("\n")));
    Ok(complaint)
}

/// Returns plainer words for a counted one.
fn plainer(word: &str) -> &'static str {
    let found = WORDS.iter().find(|(counted, _)| *counted == word);
    found.map_or("", |(_, plainer)| plainer)
}

/// Returns the package or folder of a path: `crates/bindery-http`, `tests`, `docs`; the top folder for a page at the top.
fn group_of(path: &str) -> &str {
    let depth = if path.starts_with("crates/") || path.starts_with("plugins/") {
        2
    } else {
        1
    };
    match path.match_indices('/').nth(depth - 1) {
        Some((end, _)) => &path[..end],
        None => "top",
    }
}

/// Counts in the comments of a Rust source.
fn in_comments(text: &str) -> Count {
    let mut count = Count::default();
    let mut search = Search::default();
    let mut line = 1;
    let mut is_start = true;
    for (kind, piece) in rust::pieces(text) {
        if kind == Kind::Comment {
            count.lines += piece.lines().count() - usize::from(!is_start);
            for (offset, part) in piece.lines().enumerate() {
                search.read(line + offset, part, &mut count.hits);
            }
        } else if !piece.trim().is_empty() {
            search = Search::default();
        }
        line += piece.matches('\n').count();
        // A comment after code has no line to itself.
        is_start = match piece.rsplit_once('\n') {
            Some((_, last)) => last.trim().is_empty(),
            None => is_start && piece.trim().is_empty(),
        };
    }
    count
}

/// Counts in a page, outside of its fences.
fn in_page(text: &str) -> Count {
    let mut count = Count::default();
    let mut search = Search::default();
    let mut is_fence = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_fence = !is_fence;
        } else if !is_fence {
            count.lines += usize::from(!line.trim().is_empty());
            search.read(at + 1, line, &mut count.hits);
        }
    }
    count
}

/// Search through consecutive lines; a phrase may continue on the next one.
#[derive(Default)]
struct Search {
    /// The last two words.
    before: [String; 2],
}

impl Search {
    fn read(&mut self, line: usize, text: &str, hits: &mut Vec<Hit>) {
        let is_word = |one: char| one.is_alphanumeric() || one == '_' || one == '\'';
        let words = text
            .split(|one| !is_word(one))
            .filter(|word| !word.is_empty());
        for word in words {
            let word = word.to_lowercase();
            let [first, second] = &self.before;
            let two = format!("{second} {word}");
            let three = format!("{first} {two}");
            let found = WORDS
                .iter()
                .map(|(counted, _)| *counted)
                .filter(|counted| [&word, &two, &three].iter().any(|text| *text == counted));
            hits.extend(found.map(|counted| (line, counted)));
            self.before = [std::mem::take(&mut self.before[1]), word];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, group_of, in_comments, in_page};

    #[track_caller]
    fn check(count: &Count, lines: usize, hits: &[(usize, &str)]) {
        assert_eq!(count.lines, lines);
        assert_eq!(count.hits, hits);
    }

    #[test]
    fn words_are_whole_and_may_span_lines() {
        check(
            &in_comments(
                "/// It stands. Nothing is\n/// no understanding: `is_told`.\nfn such() {}\n",
            ),
            2,
            &[(1, "stands"), (2, "is no")],
        );
        check(&in_comments("// is\nfn f() {}\n// no\n"), 2, &[]);
    }

    #[test]
    fn comments_after_code_have_words_and_no_line() {
        check(
            &in_comments("f(); // told\n\"// told\"\n"),
            0,
            &[(1, "told")],
        );
        check(&in_comments("/* a\n   such */\n"), 2, &[(2, "such")]);
    }

    #[test]
    fn fences_of_a_page_do_not_count() {
        check(
            &in_page("# Those\n\n```sh\nnobody\n```\nOf its own.\n"),
            2,
            &[(1, "those"), (6, "of its own")],
        );
    }

    #[test]
    fn files_are_grouped_by_package() {
        assert_eq!(
            group_of("crates/bindery-http/src/lib.rs"),
            "crates/bindery-http"
        );
        assert_eq!(group_of("tests/src/lib.rs"), "tests");
        assert_eq!(group_of("README.md"), "top");
    }
}
