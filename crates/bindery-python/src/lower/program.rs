//! From text to [`Program`].

use ruff_python_ast::PythonVersion;
use ruff_python_parser::{Mode, ParseOptions, UnsupportedSyntaxErrorKind, parse_unchecked};
use ruff_text_size::TextRange;

use crate::ir::Program;
use crate::limits::{Budget, LimitKind};
use crate::lower::lowerer::{Lowerer, Scope, ScopeKind, offset, syntax};
use crate::lower::resolve;
use crate::lower::scan::{LeftoverKind, scan};
use crate::names::Names;
use crate::source::{FileId, Sources};
use crate::values::{Outcome, Raised};

/// Parses and lowers one text.
pub(crate) fn program(
    text: &str,
    file: FileId,
    names: &mut Names,
    sources: &mut Sources,
    budget: &Budget,
) -> Outcome<Program> {
    if text.len() > budget.limits().source {
        return Err(Raised::from(budget.exceeded(LimitKind::Source)).at(file, 0));
    }
    if let Some(at) = text.find('\0') {
        return Err(syntax("source code cannot contain null bytes", None).at(file, offset(at)));
    }
    let found = scan(text, budget.limits());
    if let Some((at, kind)) = found.too_deep {
        return Err(Raised::from(budget.exceeded(kind)).at(file, at));
    }
    // 3.13 is the last version for which Python 2's `except E, e` is an error.
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    let parsed = parse_unchecked(text, options);
    let first = parsed
        .errors()
        .iter()
        .map(|error| (error.location, error.error.to_string()))
        .min_by_key(|(range, _)| range.start());
    // Newer syntax is refused below, with advice.
    let unsupported = parsed
        .unsupported_syntax_errors()
        .iter()
        .find(|error| {
            !matches!(
                error.kind,
                UnsupportedSyntaxErrorKind::TemplateStrings
                    | UnsupportedSyntaxErrorKind::UnpackingInComprehension(_)
            )
        })
        .map(|error| (error.range, error.to_string()));
    if let Some((range, message)) = first.or(unsupported) {
        let line_end = text[range.start().to_usize().min(text.len())..]
            .find('\n')
            .map_or(text.len(), |end| range.start().to_usize() + end);
        if let Some(old) = found
            .leftovers
            .iter()
            .find(|leftover| (leftover.at as usize) <= line_end)
        {
            return Err(syntax(old.kind.message(), Some(old.kind.hint())).at(file, old.at));
        }
        return Err(explain(text, range, &message).at(file, range.start().to_u32()));
    }
    if let Some(old) = found
        .leftovers
        .iter()
        .find(|leftover| leftover.kind == LeftoverKind::ExceptComma)
    {
        return Err(syntax(old.kind.message(), Some(old.kind.hint())).at(file, old.at));
    }
    let Some(module) = parsed.syntax().as_module() else {
        return Err(syntax("invalid syntax", None).at(file, 0));
    };
    let mut lowerer = Lowerer {
        file,
        names,
        sources,
        scopes: vec![Scope::new(ScopeKind::Top)],
    };
    let body = lowerer.block(&module.body)?;
    let mut program = Program {
        file,
        body,
        slots: 0,
    };
    resolve::resolve(&mut program)?;
    Ok(program)
}

/// Makes the parser's error, with a hint at its most frequent cause.
fn explain(text: &str, range: TextRange, message: &str) -> Raised {
    let start = range.start().to_usize().min(text.len());
    let before = text[..start].trim_end();
    let lowered: String = {
        let mut letters = message.chars();
        letters
            .next()
            .map(|first| first.to_lowercase().chain(letters).collect())
            .unwrap_or_default()
    };
    let line = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let hint = if text[start..].starts_with('(')
        && (before.ends_with("lambda") || (line.starts_with("def ") && line.ends_with(['(', ','])))
    {
        Some("tuples as parameters are Python 2; take one parameter and unpack it: `a, b = pair`")
    } else if lowered.contains("unindent") || lowered.contains("indentation") {
        Some("lines of one block begin in the same column; do not mix tabs and blanks")
    } else if lowered.contains("string")
        && (lowered.contains("missing closing") || lowered.contains("unterminated"))
    {
        Some("close the string on its line, or use three quotes for a text of several lines")
    } else if lowered.contains("expected ','")
        || lowered.contains("expected `,`")
        || before.ends_with(['\'', '"', ')', ']', '}'])
    {
        Some("is a comma missing just before?")
    } else if start >= text.trim_end().len() {
        Some("is a bracket or quote left open above?")
    } else {
        None
    };
    syntax(lowered, hint)
}
