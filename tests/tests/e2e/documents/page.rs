//! Page as a list of steps. Its fences are read strictly, so that no part of the page goes untested.

use std::iter::Peekable;

/// Step of a reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Saves a text under a name, in the folder of the shell or below `~`.
    Save { file: String, text: String },
    /// Types a command. `shown` are the lines below it on the page; `None` if the page does not show its output.
    Type {
        command: String,
        shown: Option<Vec<String>>,
    },
}

/// Step with its line number.
pub(crate) type NumberedStep = (usize, Step);

/// Placeholder for lines, or a part of a line, that the page leaves out.
pub(crate) const LEFT_OUT: &str = "…";

/// Fence: line number, words after the back quotes, and lines.
pub(crate) struct Fence<'t> {
    pub(crate) line: usize,
    pub(crate) info: &'t str,
    pub(crate) body: Vec<&'t str>,
}

/// Returns the fences of a page in their order. An error has a line number.
pub(crate) fn fences(text: &str) -> Result<Vec<Fence<'_>>, (usize, String)> {
    let mut fences = Vec::new();
    let mut lines = text.lines().zip(1..);
    while let Some((text, line)) = lines.next() {
        let Some(info) = text.strip_prefix("```") else {
            if text.trim_start().starts_with("```") || text.starts_with("~~~") {
                return Err((
                    line,
                    "a fence is made of ``` at the beginning of a line".to_owned(),
                ));
            }
            continue;
        };
        let mut body = Vec::new();
        loop {
            match lines.next() {
                Some(("```", _)) => break,
                Some((text, _)) => body.push(text),
                None => return Err((line, "the fence does not end".to_owned())),
            }
        }
        if body.is_empty() {
            return Err((line, "the fence is empty".to_owned()));
        }
        fences.push(Fence { line, info, body });
    }
    Ok(fences)
}

/// Returns the steps of a page whose fences are all files, `sh` and `console`. An error has a line number.
pub(crate) fn steps(text: &str) -> Result<Vec<NumberedStep>, (usize, String)> {
    let mut steps = Vec::new();
    for Fence { line, info, body } in fences(text)? {
        let mut lines = body.into_iter().zip(line + 1..).peekable();
        match info.split_once(' ') {
            Some((_, file)) => {
                let text = lines.map(|(text, _)| format!("{text}\n")).collect();
                let file = file.to_owned();
                steps.push((line, Step::Save { file, text }));
            }
            None if info == "sh" => {
                while let Some((first, line)) = lines.next() {
                    let command = whole(first, line, &mut lines)?;
                    steps.push((
                        line,
                        Step::Type {
                            command,
                            shown: None,
                        },
                    ));
                }
            }
            None if info == "console" => {
                while let Some((first, line)) = lines.next() {
                    let Some(first) = first.strip_prefix("$ ") else {
                        return Err((line, "a session begins with `$ ` and a command".to_owned()));
                    };
                    let command = whole(first, line, &mut lines)?;
                    let shown = output_lines(line, &mut lines)?;
                    steps.push((
                        line,
                        Step::Type {
                            command,
                            shown: Some(shown),
                        },
                    ));
                }
            }
            None => {
                let what = format!(
                    "a fence is `sh`, `console`, or a language and the name of a file, and not `{info}`"
                );
                return Err((line, what));
            }
        }
    }
    if steps
        .iter()
        .any(|(_, step)| matches!(step, Step::Type { .. }))
    {
        Ok(steps)
    } else {
        Err((1, "the page has no command".to_owned()))
    }
}

/// Returns a command with its continuation lines, after a `\`, or up to the word of a `<<`.
fn whole<'t>(
    first: &str,
    line: usize,
    lines: &mut Peekable<impl Iterator<Item = (&'t str, usize)>>,
) -> Result<String, (usize, String)> {
    let mut command = first.to_owned();
    if command.trim().is_empty() {
        return Err((line, "the line has no command".to_owned()));
    }
    let mut more = || {
        lines
            .next()
            .map(|(text, _)| text)
            .ok_or((line, "the command does not end".to_owned()))
    };
    while command.ends_with('\\') {
        command = format!("{command}\n{}", more()?);
    }
    if let Some((_, end)) = command.split_once("<<") {
        let end = end.split_whitespace().next().unwrap_or_default();
        let end = end.trim_matches('\'').to_owned();
        loop {
            let text = more()?;
            command = format!("{command}\n{text}");
            if text == end {
                break;
            }
        }
    }
    Ok(command)
}

/// Returns the lines below a command, up to the next one.
fn output_lines<'t>(
    line: usize,
    lines: &mut Peekable<impl Iterator<Item = (&'t str, usize)>>,
) -> Result<Vec<String>, (usize, String)> {
    let mut shown = Vec::new();
    while let Some((text, _)) = lines.next_if(|(text, _)| !text.starts_with("$ ")) {
        shown.push(text.to_owned());
    }
    if !shown.is_empty() && shown.iter().all(|text| text == LEFT_OUT) {
        let what =
            "the output shown is only `…`; put a command whose output does not matter into `sh`";
        return Err((line, what.to_owned()));
    }
    Ok(shown)
}

/// Whether lines match the page: `…` alone matches any number of lines, and within a line any text.
pub(crate) fn lines_match<S: AsRef<str>>(shown: &[S], found: &[&str]) -> bool {
    match shown.split_first() {
        None => found.is_empty(),
        Some((line, rest)) if line.as_ref() == LEFT_OUT => {
            (0..=found.len()).any(|skipped| lines_match(rest, &found[skipped..]))
        }
        Some((line, rest)) => found.split_first().is_some_and(|(first, found)| {
            line_matches(line.as_ref(), first) && lines_match(rest, found)
        }),
    }
}

/// Whether a line matches the page.
pub(crate) fn line_matches(shown: &str, found: &str) -> bool {
    match shown.split_once(LEFT_OUT) {
        None => shown == found,
        Some((before, after)) => found.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| line_matches(after, &rest[at..]))
        }),
    }
}

/// Asserts that a page cannot be followed, with an error for this line that contains these words.
#[track_caller]
fn refused(page: &str, line: usize, words: &str) {
    let (found, why) = steps(page).unwrap_err();
    assert_eq!((found, why.contains(words)), (line, true), "{page}\n{why}");
}

#[test]
fn steps_that_cannot_be_tested_are_refused() {
    refused("\n```toml\na = 1\n```\n", 2, "and not `toml`");
    refused("```\ntrue\n```\n", 1, "and not ``");
    refused("```console\nbindery\n```\n", 2, "begins with `$ `");
    refused("```console\n$ true\n…\n```\n", 2, "only `…`");
    refused("```sh\n```\n", 1, "empty");
    refused("```sh\ntrue\n\n```\n", 3, "no command");
    refused("```sh\ncat <<END\nx\n```\n", 2, "does not end");
    refused("```sh\ntrue\n", 1, "does not end");
    refused("- ```sh\n  ```sh\n  true\n  ```\n", 2, "at the beginning");
    refused("```text a\nb\n```\n", 1, "the page has no command");
}

#[test]
fn a_command_includes_its_continuation_lines() {
    let page = "```console\n$ cat <<END > a\nx\nEND\n$ echo 1 \\\n  2\n1 2\n```\n";
    let typed = |command: &str, shown: &[&str]| Step::Type {
        command: command.to_owned(),
        shown: Some(shown.iter().map(|&line| line.to_owned()).collect()),
    };
    let expected = [
        (2, typed("cat <<END > a\nx\nEND", &[])),
        (5, typed("echo 1 \\\n  2", &["1 2"])),
    ];
    assert_eq!(steps(page).unwrap(), expected);
}

#[test]
fn expected_output_may_have_placeholders() {
    for (shown, found, matches) in [
        ("a\n…\nd", "a\nb\nc\nd", true),
        ("a\n…\nd", "a\nd", true),
        ("a …: c…", "a b: cd", true),
        ("a", "a\nb", false),
        ("a…c", "ab", false),
        ("…\nx", "a\nb", false),
    ] {
        let lines = |text: &'static str| text.lines().collect::<Vec<_>>();
        assert_eq!(
            lines_match(&lines(shown), &lines(found)),
            matches,
            "{shown} on {found}"
        );
    }
}
