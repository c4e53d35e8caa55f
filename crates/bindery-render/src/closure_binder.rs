//! Binders made of closures.

use bindery_core::{Answer, Binder, Matcher, PatternError, Ref, Request, Value};
use bindery_diagnostic::Diagnostic;

/// Binder that calls a closure for each ref that matches its pattern.
#[derive(Clone, Debug)]
pub struct ClosureBinder<F> {
    name: String,
    matcher: Matcher,
    answer: F,
}

/// Creates a binder: `answer` returns the value of each ref that matches `pattern`, as in `image[*][*]`.
///
/// # Errors
///
/// If `pattern` is invalid.
pub fn binder_fn<F>(name: &str, pattern: &str, answer: F) -> Result<ClosureBinder<F>, PatternError>
where
    F: Fn(&Request) -> Result<Value, Diagnostic>,
{
    Ok(ClosureBinder {
        name: name.to_owned(),
        matcher: Matcher::parse(pattern)?,
        answer,
    })
}

impl<F> Binder for ClosureBinder<F>
where
    F: Fn(&Request) -> Result<Value, Diagnostic>,
{
    fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self, reference: &Ref) -> Option<Ref> {
        self.matcher.matches(reference)
    }

    fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
        let answer = |request: &Request| Ok(Answer::new((self.answer)(request)?));
        requests.iter().map(answer).collect()
    }
}
