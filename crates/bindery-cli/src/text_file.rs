//! Files of any kind, whose refs are bound and which else stay as they are.

use std::path::{Path, PathBuf};

use bindery_core::{
    Answer, Binder, BinderError, BoundText, Matcher, Origin, Request, Value, bind_text,
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
    // The first that claims a ref has it, and the last binding of the command line wins.
    let given = bindings.iter().rev().map(Given::new);
    let mut binders: Vec<Box<dyn Binder>> = given.map(|it| Box::new(it) as _).collect();
    binders.extend(answers.binders(cluster, context)?);
    let mut bound = bind_text(&text, &binders);
    bound.answers.retain(|answer| answer.binder != Given::NAME);
    Ok((text, bound))
}

/// A ref that the command line binds, as a binder.
struct Given {
    matcher: Matcher,
    value: Value,
}

impl Given {
    const NAME: &'static str = "--bind";

    fn new(binding: &Binding) -> Self {
        Self {
            matcher: Matcher::exactly(&binding.reference()),
            value: Value::string(binding.text()),
        }
    }
}

impl Binder for Given {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, BinderError>> {
        let answer = |_| {
            Ok(Answer {
                value: self.value.clone(),
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
