//! Plain text documents: binds the refs that binders claim and leaves every other byte unchanged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use bindery_diagnostic::{Diagnostic, Kind};

use crate::bind_pass::ask;
use crate::template::tags;
use crate::{BindError, Binder, BoundRef, Environment, Origin, Ref, Request, Value};

/// Text with its claimed refs bound.
#[derive(Debug)]
pub struct BoundText {
    /// Text.
    pub text: String,
    /// Distinct answered refs, in the order of binders and then of addresses.
    pub answers: Vec<BoundRef>,
    /// Distinct refs that were claimed and not answered. They stay in the text.
    pub errors: Vec<BindError>,
}

/// Asks each binder once, in order, for the refs of the text that it claims. Leaves unchanged: tags that are not valid refs,
/// escapes, and refs that no binder claims. An answer may hold refs of a later binder.
///
/// The origin of a request is the byte offset of the tag in `text`; the origin of a ref inside an answer is the offset of the
/// answered tag.
pub fn bind_text<B: Binder>(text: &str, binders: &[B]) -> BoundText {
    let mut bound = BoundText {
        text: String::new(),
        answers: Vec::new(),
        errors: Vec::new(),
    };
    let mut pieces = Vec::new();
    let offset = |at| u32::try_from(at).ok().map(Origin);
    cut(Cow::Borrowed(text), offset, &mut pieces);
    for binder in binders {
        pieces = bound.ask(binder, pieces);
    }
    bound.text = pieces.iter().map(Piece::text).collect();
    bound
}

/// Part of the text or of an answer. Tags are found within one answer only, so that an answer and the text around it never form a
/// tag.
enum Piece<'t> {
    /// Text that stays unchanged.
    Literal(Cow<'t, str>),
    /// Ref in its braces.
    Tag {
        text: Cow<'t, str>,
        reference: Ref,
        origin: Option<Origin>,
    },
}

impl Piece<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Literal(text) | Self::Tag { text, .. } => text,
        }
    }
}

/// Cuts a text into pieces; `origin` returns the origin of a tag at an offset.
fn cut<'t>(
    text: Cow<'t, str>,
    origin: impl Fn(usize) -> Option<Origin>,
    pieces: &mut Vec<Piece<'t>>,
) {
    let stretch = |range: Range<usize>| match &text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    };
    let mut literal = 0;
    for tag in tags(&text) {
        let Ok(reference) = Ref::from_address(&text[tag.start + 2..tag.end - 2]) else {
            continue;
        };
        if literal < tag.start {
            pieces.push(Piece::Literal(stretch(literal..tag.start)));
        }
        literal = tag.end;
        pieces.push(Piece::Tag {
            text: stretch(tag.clone()),
            reference,
            origin: origin(tag.start),
        });
    }
    if literal == 0 {
        pieces.push(Piece::Literal(text));
    } else if literal < text.len() {
        pieces.push(Piece::Literal(stretch(literal..text.len())));
    }
}

impl BoundText {
    fn ask<'t>(&mut self, binder: &dyn Binder, pieces: Vec<Piece<'t>>) -> Vec<Piece<'t>> {
        let mut requests: BTreeMap<Rc<str>, Request> = BTreeMap::new();
        let claim = |piece: &Piece<'t>| match piece {
            Piece::Literal(_) => None,
            Piece::Tag {
                reference, origin, ..
            } => {
                let address = binder.claims(reference)?;
                requests
                    .entry(address.key())
                    .or_insert_with(|| Request::new(address.clone(), *origin));
                Some(address)
            }
        };
        let claims: Vec<Option<Ref>> = pieces.iter().map(claim).collect();
        if requests.is_empty() {
            return pieces;
        }
        let answers = ask(binder, requests, &mut self.answers, &mut self.errors);
        let mut bound = Vec::with_capacity(pieces.len());
        for (piece, claim) in pieces.into_iter().zip(claims) {
            let answered =
                claim.and_then(|address| Some((answers.get(address.address())?, address)));
            let (
                Some((answer, address)),
                Piece::Tag {
                    reference, origin, ..
                },
            ) = (answered, &piece)
            else {
                bound.push(piece);
                continue;
            };
            match printed(&address, answer, reference) {
                Ok(text) => cut(Cow::Owned(text), |_| *origin, &mut bound),
                Err(source) => {
                    self.errors.push(BindError {
                        binder: binder.name().to_owned(),
                        address: reference.clone(),
                        origin: *origin,
                        source,
                    });
                    bound.push(piece);
                }
            }
        }
        bound
    }
}

/// Returns the text that replaces `reference`, whose prefix `address` was answered.
fn printed(address: &Ref, answer: &Value, reference: &Ref) -> Result<String, Diagnostic> {
    if let (Value::String(text), true) = (answer, address == reference) {
        return Ok(text.to_string());
    }
    let unusable = |message: String| Diagnostic::new(Kind::Invalid, message);
    let environment = Environment::single(address.clone(), answer)
        .map_err(|error| unusable(error.to_string()))?;
    match environment.get(reference) {
        Ok(value) => crate::repr::display(&value).map_err(|error| unusable(error.to_string())),
        Err(_) => {
            let message = match address.scoped_to(reference) {
                Some(rest) => format!("the answer has no `{}`", rest.address()),
                None => "the answer is a struct; add the name of one of its fields".to_owned(),
            };
            Err(unusable(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Matcher};

    /// Binder that answers its prefix and the last part; a struct for `struct`, an error for `missing`.
    struct Fixed(Matcher, &'static str);

    impl Binder for Fixed {
        fn name(&self) -> &str {
            self.1
        }
        fn claims(&self, reference: &Ref) -> Option<Ref> {
            self.0.matches(reference)
        }
        fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, Diagnostic>> {
            let answer = |request: &Request| match request.parts.last().unwrap().as_str() {
                "missing" => Err(Diagnostic::new(Kind::NotFound, "no such thing".to_owned())),
                "struct" => Ok(Value::map([("part", Value::string("deep"))])),
                last => Ok(Value::string(format!("{}{last}", self.1))),
            };
            requests
                .iter()
                .map(|request| answer(request).map(Answer::new))
                .collect()
        }
    }

    fn bind(text: &str) -> BoundText {
        let binder = |pattern, prefix| -> Box<dyn Binder> {
            Box::new(Fixed(Matcher::parse(pattern).unwrap(), prefix))
        };
        bind_text(text, &[binder("a[*]", "{{b[x]}}:"), binder("b[*]", "B")])
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let bound = bind(text);
        assert_eq!(bound.text, expected, "from {text:?}");
        assert!(bound.errors.is_empty(), "{:?}", bound.errors);
    }

    #[test]
    fn unclaimed_text_is_unchanged() {
        for text in [
            "",
            "plain\r\n\ttext\u{0}",
            "{{ helm .Values }} {{&b[x]}} {{other[x]}} {{b}} {{{{}}}} {{#b[x]}}",
            "{{b[{{name}}]}}",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn claimed_refs_are_replaced_anywhere() {
        check("é {{b[1]}}{{b[2]}}\n{{{b[1]}}}", "é B1B2\n{B1}");
        check("{{a[1]}}", "Bx:1");
        check("{{b[struct].part}}", "deep");
    }

    #[test]
    fn an_answer_and_the_text_around_it_form_no_tag() {
        check("{{b{{a[1]}}", "{{bBx:1");
    }

    #[test]
    fn a_claimed_ref_without_an_answer_is_an_error_with_its_offset() {
        let bound = bind("x {{b[missing]}} {{b[struct].no}} {{b[struct]}}");
        assert_eq!(
            bound.text,
            "x {{b[missing]}} {{b[struct].no}} {{b[struct]}}"
        );
        let errors: Vec<_> = bound
            .errors
            .iter()
            .map(|error| (error.origin.unwrap().0, error.source.message.as_str()))
            .collect();
        assert_eq!(
            errors,
            [
                (2, "no such thing"),
                (17, "the answer has no `no`"),
                (
                    34,
                    "the answer is a struct; add the name of one of its fields"
                ),
            ]
        );
    }
}
