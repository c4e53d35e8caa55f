//! From text to [`crate::ir`]: the only module that knows the parser and its tree.
//!
//! What the tree can hold and this language cannot is refused here, by name and place.

mod expression;
mod statement;

use std::collections::HashSet;
use std::rc::Rc;

use ruff_python_ast::PythonVersion;
use ruff_python_parser::{Mode, ParseOptions, UnsupportedSyntaxErrorKind, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::exception::{Cause, LimitKind, Outcome, Raised};
use crate::ir::{NameId, Names, Program, ScopeNames};
use crate::limits::Budget;
use crate::scan::{LeftoverKind, scan};
use crate::source::{FileId, Sources};
use crate::{limits, resolve};

/// Parses and lowers one text.
pub(crate) fn program(
    text: &str,
    file: FileId,
    names: &mut Names,
    sources: &mut Sources,
    budget: &Budget,
) -> Outcome<Program> {
    if text.len() > budget.limits().source {
        return Err(budget.exceeded(LimitKind::Source).at(file, 0));
    }
    if let Some(at) = text.find('\0') {
        return Err(syntax("source code cannot contain null bytes", None).at(file, offset(at)));
    }
    let found = scan(text, budget.limits());
    if let Some((at, kind)) = found.too_deep {
        return Err(budget.exceeded(kind).at(file, at));
    }
    // 3.13 is the last version in which Python 2's `except E, e` is still an error.
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::PY313);
    let parsed = parse_unchecked(text, options);
    let first = parsed
        .errors()
        .iter()
        .map(|error| (error.location, error.error.to_string()))
        .min_by_key(|(range, _)| range.start());
    // What is newer than that version is refused below, with what to write instead.
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

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn syntax(message: impl Into<String>, hint: Option<&str>) -> Raised {
    Raised::from_cause(Cause::Syntax {
        message: message.into(),
        hint: hint.map(str::to_owned),
    })
}

/// The parser's message, with the cause that people most often find behind it.
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    Top,
    Function,
    Class,
    Comprehension,
}

/// What is being collected about the scope that is being lowered.
struct Scope {
    kind: ScopeKind,
    names: ScopeNames,
    /// The bound ones again, to find them quickly.
    seen: HashSet<NameId>,
    yields: bool,
    loops: u32,
    /// What a function's body begins with, if that is a string.
    doc: Option<Rc<str>>,
}

impl Scope {
    fn new(kind: ScopeKind) -> Self {
        Self {
            kind,
            names: ScopeNames::default(),
            seen: HashSet::new(),
            yields: false,
            loops: 0,
            doc: None,
        }
    }

    fn bind(&mut self, name: NameId) {
        if self.seen.insert(name) {
            self.names.bound.push(name);
        }
    }
}

struct Lowerer<'a> {
    file: FileId,
    names: &'a mut Names,
    sources: &'a mut Sources,
    scopes: Vec<Scope>,
}

impl Lowerer<'_> {
    fn scope(&mut self) -> &mut Scope {
        self.scopes
            .last_mut()
            .expect("the top scope is never popped")
    }

    fn pop_scope(&mut self) -> Scope {
        self.scopes
            .pop()
            .expect("each scope is popped where it was pushed")
    }

    /// The innermost scope of statements: where `:=` binds.
    fn statement_scope(&mut self) -> &mut Scope {
        let index = self
            .scopes
            .iter()
            .rposition(|scope| scope.kind != ScopeKind::Comprehension)
            .unwrap_or(0);
        &mut self.scopes[index]
    }

    fn bind(&mut self, name: &str) -> NameId {
        let id = self.names.id(name);
        self.scope().bind(id);
        id
    }

    fn name(&self, id: NameId) -> Rc<str> {
        self.names.text(id).clone()
    }

    fn refuse(&self, node: impl Ranged, construct: &str, hint: &str) -> Raised {
        Raised::not_supported(construct, hint).at(self.file, node.range().start().to_u32())
    }

    fn syntax_at(&self, node: impl Ranged, message: &str) -> Raised {
        syntax(message, None).at(self.file, node.range().start().to_u32())
    }

    fn deep_enough(&self, node: impl Ranged) -> Outcome<()> {
        limits::check_stack().map_err(|error| error.at(self.file, node.range().start().to_u32()))
    }
}
