//! Files of any kind, whose refs are bound and which else stay as they are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bindery_core::{Answer, Binder, BoundText, Origin, Ref, Request, Value, bind_text};
use bindery_diagnostic::{Diagnostic, Diagnostics, Place, Quote};

use crate::answers::Answers;
use crate::binding::Binding;
use crate::context::Context;
use crate::job_file::read_text;
use crate::unbound;

/// Binds the refs of `file` that the command line binds, and then those that binders claim, for `cluster`.
pub fn bind(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    context: &Context<'_>,
    answers: &dyn Answers,
) -> Result<BoundText, Diagnostics> {
    let (text, bound) = ask(file, cluster, bindings, context, answers)?;
    let lines = Lines::of(&text);
    let place = |origin| Some(lines.place(file.to_owned(), origin));
    Diagnostics::check(unbound::failures(&bound.errors, place))?;
    Ok(bound)
}

/// The text of `file`, and what becomes of it; what has no answer is no error here.
pub fn ask(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    context: &Context<'_>,
    answers: &dyn Answers,
) -> Result<(String, BoundText), Diagnostics> {
    let text = read_text(file)?;
    // The first that claims a ref has it.
    let mut binders: Vec<Box<dyn Binder>> = vec![Box::new(Given::new(bindings))];
    binders.extend(answers.binders(cluster, context)?);
    let mut bound = bind_text(&text, &binders);
    bound.answers.retain(|answer| answer.binder != Given::NAME);
    Ok((text, bound))
}

/// What the command line binds, as a binder.
struct Given<'b> {
    /// Where each ref stands in the list of bindings; the last one wins.
    places: HashMap<Ref, usize>,
    bindings: &'b [Binding],
}

impl<'b> Given<'b> {
    const NAME: &'static str = "--bind";

    fn new(bindings: &'b [Binding]) -> Self {
        let places = bindings.iter().enumerate();
        Self {
            places: places.map(|(at, it)| (it.reference(), at)).collect(),
            bindings,
        }
    }
}

impl Binder for Given<'_> {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        if self.places.is_empty() {
            return None;
        }
        let prefixes = (1..).map_while(|count| reference.prefix(count));
        let bound = prefixes.filter_map(|it| Some((*self.places.get(&it)?, it)));
        bound.max_by_key(|(at, _)| *at).map(|(_, prefix)| prefix)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answer = |request: &Request| {
            let binding = &self.bindings[self.places[&request.address]];
            Ok(Answer::new(Value::string(binding.text())))
        };
        requests.iter().map(answer).collect()
    }
}

/// A text, and where its lines begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The origin of a ref in a text is the byte at which its tag begins.
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
