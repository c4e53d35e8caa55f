//! Files of any kind, whose refs are bound and which else stay as they are.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bindery_core::{
    Answer, Binder, BinderError, BoundText, Origin, Ref, Request, Value, bind_text,
};

use crate::{
    answers::Answers,
    binding::Binding,
    context::Context,
    job_file::read_text,
    report::{Failures, Place},
    unbound,
};

/// Binds the refs of `file` that the command line binds, and then those that binders claim, for `cluster`.
pub fn bind(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    context: &Context<'_>,
    answers: &dyn Answers,
) -> Result<BoundText, Failures> {
    let (text, bound) = ask(file, cluster, bindings, context, answers)?;
    let place = |origin| Some(place(file.to_owned(), &text, origin));
    Failures::check(unbound::failures(&bound.errors, place))?;
    Ok(bound)
}

/// The text of `file`, and what becomes of it; what has no answer is no error here.
pub fn ask(
    file: &Path,
    cluster: Option<&str>,
    bindings: &[Binding],
    context: &Context<'_>,
    answers: &dyn Answers,
) -> Result<(String, BoundText), Failures> {
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

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, BinderError>> {
        let answer = |request: &Request| {
            let binding = &self.bindings[self.places[&request.address]];
            Ok(Answer {
                value: Value::string(binding.text()),
                evidence: None,
            })
        };
        requests.iter().map(answer).collect()
    }
}

/// The origin of a ref in a text is the byte at which its tag begins.
fn place(file: PathBuf, text: &str, origin: Origin) -> Place {
    let before = &text[..text.floor_char_boundary(origin.0 as usize)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Place {
        file,
        position: Some((line, column)),
        line: text[line_start..].lines().next().map(str::to_owned),
    }
}
