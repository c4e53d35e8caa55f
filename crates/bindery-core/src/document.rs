//! Binding refs in a text of any kind, which is no template: what no binder claims stays byte for byte.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::binder::ask;
use crate::template::tags;
use crate::{
    Answer, BindError, Binder, BinderError, BinderErrorKind, BoundRef, Environment, Origin, Ref,
    Request,
};

/// A text with the refs bound that binders claim.
#[derive(Debug)]
pub struct BoundText {
    /// The text.
    pub text: String,
    /// Every distinct ref that was answered, in the order of binders and then of addresses.
    pub answers: Vec<BoundRef>,
    /// Every distinct ref that was claimed and not answered; such refs stay in the text.
    pub errors: Vec<BindError>,
}

/// Asks each binder once, in order, for the refs of the text that it claims. A tag that is no ref, an escape, and a ref that no
/// binder claims are text like any other. An answer may hold refs of a later binder.
///
/// The origin of a request is the byte offset of the tag in `text`; that of a ref inside an answer is the answered tag's.
pub fn bind_text<B: Binder>(text: &str, binders: &[B]) -> BoundText {
    let mut bound = BoundText {
        text: String::new(),
        answers: Vec::new(),
        errors: Vec::new(),
    };
    let mut chunks = vec![Chunk {
        text: text.to_owned(),
        at: 0,
        is_answer: false,
    }];
    for binder in binders {
        chunks = bound.ask(binder, chunks);
    }
    bound.text = chunks.into_iter().map(|chunk| chunk.text).collect();
    bound
}

/// A stretch of the text, or what took a tag's place. Refs are looked for within chunks, so that an answer never grows together
/// with what stands around it.
struct Chunk {
    text: String,
    at: usize,
    is_answer: bool,
}

impl Chunk {
    fn origin(&self, offset: usize) -> Option<Origin> {
        let at = if self.is_answer {
            self.at
        } else {
            self.at + offset
        };
        u32::try_from(at).ok().map(Origin)
    }
}

impl BoundText {
    fn ask(&mut self, binder: &dyn Binder, chunks: Vec<Chunk>) -> Vec<Chunk> {
        let mut requests: BTreeMap<Rc<str>, Request> = BTreeMap::new();
        for chunk in &chunks {
            for tag in tags(&chunk.text) {
                let Some((_, address, parts)) = claimed(binder, &chunk.text[tag.clone()]) else {
                    continue;
                };
                requests
                    .entry(address.address().into())
                    .or_insert_with(|| Request {
                        address,
                        parts,
                        origin: chunk.origin(tag.start),
                    });
            }
        }
        if requests.is_empty() {
            return chunks;
        }
        let answers = ask(binder, requests, &mut self.answers, &mut self.errors);
        let mut bound = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            self.replace(binder, chunk, &answers, &mut bound);
        }
        bound
    }

    fn replace(
        &mut self,
        binder: &dyn Binder,
        chunk: Chunk,
        answers: &BTreeMap<Rc<str>, Answer>,
        bound: &mut Vec<Chunk>,
    ) {
        let mut kept_from = 0;
        for tag in tags(&chunk.text) {
            let Some((reference, address, _)) = claimed(binder, &chunk.text[tag.clone()]) else {
                continue;
            };
            let Some(answer) = answers.get(address.address()) else {
                continue;
            };
            let origin = chunk.origin(tag.start);
            match printed(&address, answer, &reference) {
                Ok(text) => {
                    bound.push(Chunk {
                        text: chunk.text[kept_from..tag.start].to_owned(),
                        at: chunk.at + if chunk.is_answer { 0 } else { kept_from },
                        is_answer: chunk.is_answer,
                    });
                    bound.push(Chunk {
                        text,
                        at: origin.map_or(0, |origin| origin.0 as usize),
                        is_answer: true,
                    });
                    kept_from = tag.end;
                }
                Err(source) => self.errors.push(BindError {
                    binder: binder.name().to_owned(),
                    address: reference,
                    origin,
                    source,
                }),
            }
        }
        bound.push(Chunk {
            text: chunk.text[kept_from..].to_owned(),
            at: chunk.at + if chunk.is_answer { 0 } else { kept_from },
            is_answer: chunk.is_answer,
        });
    }
}

/// The ref in a tag, the part of it that the binder claims, and that part's texts.
fn claimed(binder: &dyn Binder, tag: &str) -> Option<(Ref, Ref, Vec<String>)> {
    let reference = Ref::from_address(&tag[2..tag.len() - 2]).ok()?;
    let (address, parts) = binder.matcher().matches(&reference)?;
    Some((reference, address, parts))
}

/// What takes the place of `reference`, whose part `address` was answered.
fn printed(address: &Ref, answer: &Answer, reference: &Ref) -> Result<String, BinderError> {
    let unusable = |message: String| BinderError {
        kind: BinderErrorKind::Invalid,
        message,
        causes: Vec::new(),
        hint: None,
    };
    let environment = Environment::single(address.clone(), &answer.value)
        .map_err(|error| unusable(error.to_string()))?;
    match environment.get(reference) {
        Ok(value) => crate::repr::display(&value).map_err(|error| unusable(error.to_string())),
        Err(_) => {
            let message = match address.scoped_to(reference) {
                Some(rest) => format!("the answer has no `{}`", rest.address()),
                None => "the answer is a struct; name the part of it that is meant".to_owned(),
            };
            Err(unusable(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matcher, Value};

    /// Answers its prefix and the last part; `struct` with a struct, `missing` with an error.
    struct Fixed(Matcher, &'static str);

    impl Binder for Fixed {
        fn name(&self) -> &str {
            self.1
        }
        fn matcher(&self) -> &Matcher {
            &self.0
        }
        fn bind(&self, requests: &[Request]) -> Vec<Result<Answer, BinderError>> {
            let answer = |request: &Request| match request.parts.last().unwrap().as_str() {
                "missing" => Err(BinderError {
                    kind: BinderErrorKind::NotFound,
                    message: "no such thing".to_owned(),
                    causes: Vec::new(),
                    hint: None,
                }),
                "struct" => Ok(Value::map([("part", Value::string("deep"))])),
                last => Ok(Value::string(format!("{}{last}", self.1))),
            };
            requests
                .iter()
                .map(|request| {
                    answer(request).map(|value| Answer {
                        value,
                        evidence: None,
                    })
                })
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
    fn what_no_binder_claims_stays_byte_for_byte() {
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
    fn claimed_refs_are_replaced_wherever_they_stand() {
        check("é {{b[1]}}{{b[2]}}\n{{{b[1]}}}", "é B1B2\n{B1}");
        check("{{a[1]}}", "Bx:1");
        check("{{b[struct].part}}", "deep");
    }

    #[test]
    fn an_answer_does_not_grow_together_with_its_surroundings() {
        check("{{b{{a[1]}}", "{{bBx:1");
    }

    #[test]
    fn what_was_claimed_and_not_answered_is_an_error_at_its_place() {
        let bound = bind("x {{b[missing]}} {{b[struct].no}} {{b[struct]}}");
        assert_eq!(
            bound.text,
            "x {{b[missing]}} {{b[struct].no}} {{b[struct]}}"
        );
        let told: Vec<_> = bound
            .errors
            .iter()
            .map(|error| (error.origin.unwrap().0, error.source.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (2, "no such thing"),
                (17, "the answer has no `no`"),
                (
                    34,
                    "the answer is a struct; name the part of it that is meant"
                ),
            ]
        );
    }
}
