//! Refs in plain text files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bindery_core::{Answer, Binder, BoundText, Origin, Ref, Request, Value, bind_text};
use bindery_diagnostic::{Diagnostic, Diagnostics, Place, Quote};

use crate::binder_source::BinderSource;
use crate::binding::Binding;
use crate::regular_file::read_text;
use crate::unbound::bind_errors;

/// Binds the refs of `file` to `bindings` and then to the answers of binders for `cluster`. Every other byte is unchanged.
///
/// # Errors
///
/// If the file cannot be read, or a binder could not answer a ref.
pub(crate) fn bind(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    source: &dyn BinderSource,
) -> Result<BoundText, Diagnostics> {
    let (text, bound) = ask(file, cluster, bindings, source)?;
    let lines = Lines::new(&text);
    let place = |origin| Some(lines.place(file.to_owned(), origin));
    Diagnostics::check(bind_errors(&bound.errors, place))?;
    Ok(bound)
}

/// Returns the text of `file` and the result of binding it. A ref without an answer is not an error of this function.
pub(crate) fn ask(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    source: &dyn BinderSource,
) -> Result<(String, BoundText), Diagnostics> {
    let text = read_text(file)?;
    // The first binder that claims a ref answers it.
    let mut binders: Vec<Box<dyn Binder + '_>> = vec![Box::new(BindingBinder::new(bindings))];
    binders.extend(source.binders(cluster)?);
    let mut bound = bind_text(&text, &binders);
    bound
        .answers
        .retain(|answer| answer.binder != BindingBinder::NAME);
    Ok((text, bound))
}

/// Binder that answers from the bindings of the user.
struct BindingBinder<'b> {
    /// Position of each ref in `bindings`; the last binding of a ref wins.
    positions: HashMap<Ref, usize>,
    bindings: &'b [Binding],
}

impl<'b> BindingBinder<'b> {
    const NAME: &'static str = "--bind";

    fn new(bindings: &'b [Binding]) -> Self {
        let positions = bindings.iter().enumerate();
        Self {
            positions: positions
                .map(|(at, binding)| (binding.reference(), at))
                .collect(),
            bindings,
        }
    }
}

impl Binder for BindingBinder<'_> {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        if self.positions.is_empty() {
            return None;
        }
        let prefixes = (1..).map_while(|count| reference.prefix(count));
        let bound = prefixes.filter_map(|prefix| Some((*self.positions.get(&prefix)?, prefix)));
        bound.max_by_key(|(at, _)| *at).map(|(_, prefix)| prefix)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answer = |request: &Request| {
            let binding = &self.bindings[self.positions[&request.address]];
            Ok(Answer::new(Value::string(binding.text())))
        };
        requests.iter().map(answer).collect()
    }
}

/// Text with an index of its lines.
struct Lines<'t> {
    text: &'t str,
    /// Byte offset of each line.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// Returns the place of a ref; the origin of a ref in a text is the byte offset of its tag.
    fn place(&self, file: PathBuf, origin: Origin) -> Place {
        let at = self.text.floor_char_boundary(origin.0 as usize);
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let column = self.text[start..at].chars().count() + 1;
        let end = self
            .starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        let text = &self.text[start..end];
        let quote = Quote {
            line: text.strip_suffix('\r').unwrap_or(text),
            at: at - start,
        };
        Place::new(file, Some((line, column))).with_quote(quote)
    }
}
