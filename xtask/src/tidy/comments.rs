//! Amount of comments: lines that hold only a comment, per line of code.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::tidy::complaint::Complaint;
use crate::tidy::limits;
use crate::tidy::report::Report;
use crate::tidy::rust;
use crate::tidy::workspace::Source;

/// Lines of one file or group of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lines {
    comment: usize,
    code: usize,
}

impl Lines {
    fn of(text: &str) -> Self {
        let without = rust::without_comments(text);
        let mut lines = Lines::default();
        for (line, code) in text.lines().zip(without.lines()) {
            if !code.trim().is_empty() {
                lines.code += 1;
            } else if !line.trim().is_empty() {
                lines.comment += 1;
            }
        }
        lines
    }

    fn ratio(self) -> f64 {
        self.comment as f64 / self.code.max(1) as f64
    }
}

/// Compares the ratio of all sources with the limit.
pub(crate) fn check(sources: &[Source], report: &mut Report) -> Result<Vec<Complaint>, Failure> {
    let limit = limits::limit("comment lines per line of code")?;
    let mut groups: BTreeMap<&str, Lines> = BTreeMap::new();
    for source in sources {
        let lines = Lines::of(&source.text);
        let package = source.path.split("/src/").next().unwrap_or_default();
        for group in [package, "all"] {
            let sum = groups.entry(group).or_default();
            sum.comment += lines.comment;
            sum.code += lines.code;
        }
    }
    let found = groups.get("all").copied().unwrap_or_default();
    let mut table = format!(
        "comment lines per line of code: {:.4} ({} / {}), at least {limit}\n",
        found.ratio(),
        found.comment,
        found.code
    );
    for (group, lines) in groups.iter().filter(|(group, _)| !group.ends_with(".rs")) {
        table.push_str(&format!("{:8.3}  {group}\n", lines.ratio()));
    }
    let complaint = (found.ratio() < limit).then(|| Complaint {
        place: limits::PATH.to_owned(),
        what: table.clone(),
        advice:
            "explain what the code cannot say: why, units, order, failures, the standard's corner"
                .to_owned(),
    });
    report.add(table);
    Ok(complaint.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_line_is_code_if_it_holds_any() {
        let text = "//! Head.\n\n/* a\n\nb */\nf(); // c\n\"//\"\n";
        assert_eq!(
            Lines::of(text),
            Lines {
                comment: 3,
                code: 2
            }
        );
    }
}
