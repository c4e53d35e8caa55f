//! Expanding the templates of one text.

use std::borrow::Cow;
use std::rc::Rc;

use crate::hash::HashMap;
use crate::meter::made;
use crate::scope::{Found, Scopes};
use crate::template::{Piece, may_hold_tags, scan};
use crate::{Error, ErrorKind, Ref, Text};

/// How many times a text is gone through before it counts as endless.
const MAX_PASSES: usize = 100;

/// How long a text may grow, in bytes: a template that doubles with every pass must end in an error while it is small (Q08).
/// A fuzzer finds nothing at the end of a long text that it does not find at the end of a short one.
const MAX_LENGTH: usize = if cfg!(fuzzing) { 1 << 20 } else { 16 << 20 };

/// A text as far as it could be expanded, and the refs that are left, in order, with duplicates.
pub(crate) struct Resolved {
    pub(crate) text: Text,
    pub(crate) unbound: Vec<Ref>,
}

/// Expands `text`: what a ref stands for is asked of `scopes` and scanned again, until a pass resolves no ref.
pub(crate) fn resolve(text: &Text, scopes: &Scopes) -> Result<Resolved, Error> {
    if !may_hold_tags(text) {
        return Ok(Resolved {
            text: text.clone(),
            unbound: Vec::new(),
        });
    }
    let origin = text.origin();
    // Where nothing more may be made, nothing is begun.
    made(text.len()).map_err(|error| error.at(origin))?;
    let mut refs = Refs::default();
    let (text, unbound) = refs
        .expand(text, scopes)
        .and_then(|expanded| match expanded {
            Expanded::Whole(text) => Ok((text, Vec::new())),
            Expanded::Open(text) => refs
                .finish(&text)
                .map(|(text, unbound)| (text.into(), unbound)),
        })
        .map_err(|error| error.at(origin))?;
    Ok(Resolved {
        text: Text::with_origin(text, origin),
        unbound,
    })
}

/// Whether refs are left in a text without any scope.
pub(crate) fn has_refs(text: &str) -> Result<bool, Error> {
    if !may_hold_tags(text) {
        return Ok(false);
    }
    Ok(!Refs::default().finish(text)?.1.is_empty())
}

/// The distinct refs of one text and of what it expands to; each is read, looked up and printed once.
#[derive(Default)]
struct Refs {
    refs: Vec<Known>,
    /// Positions by address, once there are too many to go through.
    by_address: HashMap<Rc<str>, usize>,
}

/// How many refs are found faster by going through them.
const FEW: usize = 12;

struct Known {
    reference: Ref,
    /// What the scopes answered, once they were asked.
    found: Option<Option<Found>>,
    /// What takes the tag's place, once it was needed.
    text: Option<Text>,
}

/// What the passes make of a text.
enum Expanded {
    /// No tag is left.
    Whole(Rc<str>),
    /// Refs or escapes are left.
    Open(String),
}

enum Parsed<'a> {
    Literal(&'a str),
    /// Position in [`Refs::refs`].
    Ref(usize),
    Escape(&'a str),
}

impl Refs {
    /// Repeats passes until one resolves nothing.
    fn expand(&mut self, text: &str, scopes: &Scopes) -> Result<Expanded, Error> {
        let mut current = Cow::Borrowed(text);
        for pass in 1..=MAX_PASSES {
            let pieces = self.parse(&current)?;
            let mut resolved = false;
            // All refs of a pass are looked up before any of them is printed: it decides which of two errors is seen.
            for piece in &pieces {
                if let Parsed::Ref(at) = piece {
                    resolved |= self.refs[*at].look_up(scopes)?;
                }
            }
            // The text that a last pass leaves is not looked at any more, whole or not.
            let is_last = pass == MAX_PASSES;
            if let [Parsed::Ref(at)] = pieces[..]
                && !is_last
                && let Some(text) = self.refs[at].text()?
                && !may_hold_tags(text)
            {
                return Ok(Expanded::Whole(Rc::clone(text.shared())));
            }
            let mut next = String::with_capacity(2 * current.len());
            for piece in &pieces {
                match piece {
                    Parsed::Literal(literal) => next.push_str(literal),
                    Parsed::Ref(at) => match self.refs[*at].text()? {
                        Some(text) => next.push_str(text),
                        None => tag(&mut next, "", self.refs[*at].reference.address()),
                    },
                    // Without the `&` at its end, if it had one.
                    Parsed::Escape(body) => tag(&mut next, "&", body),
                }
                if next.len() > MAX_LENGTH {
                    return Err(endless(text, "The text grows beyond 16 MiB."));
                }
            }
            made(next.len())?;
            if !is_last && !may_hold_tags(&next) {
                return Ok(Expanded::Whole(next.into()));
            }
            // A pass that resolves nothing still rewrites: leading dots and the `&` at the end of escapes go.
            if !resolved {
                return Ok(Expanded::Open(next));
            }
            current = Cow::Owned(next);
        }
        Err(endless(&current, "Maximum replacements reached."))
    }

    /// Turns escapes into what they stand for and collects the refs that are left.
    fn finish(&mut self, text: &str) -> Result<(String, Vec<Ref>), Error> {
        let mut out = String::with_capacity(text.len());
        let mut unbound = Vec::new();
        for piece in self.parse(text)? {
            match piece {
                Parsed::Literal(literal) => out.push_str(literal),
                Parsed::Escape(body) => tag(&mut out, "", body),
                Parsed::Ref(at) => {
                    let reference = &self.refs[at].reference;
                    tag(&mut out, "", reference.address());
                    unbound.push(reference.clone());
                }
            }
        }
        Ok((out, unbound))
    }

    fn parse<'a>(&mut self, text: &'a str) -> Result<Vec<Parsed<'a>>, Error> {
        let mut pieces = Vec::new();
        scan(text, |piece| {
            pieces.push(match piece {
                Piece::Literal(literal) => Parsed::Literal(literal),
                Piece::Escape(body) => Parsed::Escape(body),
                Piece::Tag(body) => Parsed::Ref(self.position(body)?),
            });
            Ok::<(), Error>(())
        })?;
        Ok(pieces)
    }

    fn position(&mut self, body: &str) -> Result<usize, Error> {
        // What is known under this address was read from it or from it and a dot; only behind a dot may it begin beyond ASCII.
        let address = match body.strip_prefix('.') {
            Some(rest) if !rest.starts_with('[') => rest,
            _ => body,
        };
        let known = if !body.as_bytes()[0].is_ascii() {
            None
        } else if self.refs.len() <= FEW {
            let mut refs = self.refs.iter();
            refs.position(|known| known.reference.address() == address)
        } else {
            self.by_address.get(address).copied()
        };
        if let Some(at) = known {
            return Ok(at);
        }
        let reference = Ref::from_address(body).map_err(|error| {
            error.with_hint(format!(
                "`{{{{{body}}}}}` is no ref; write `{{{{&{body}}}}}` if the braces are meant as text"
            ))
        })?;
        self.refs.push(Known {
            reference,
            found: None,
            text: None,
        });
        let at = self.refs.len() - 1;
        if self.refs.len() > FEW {
            let unlisted = self.refs.iter().enumerate().skip(self.by_address.len());
            self.by_address
                .extend(unlisted.map(|(at, known)| (known.reference.shared(), at)));
        }
        Ok(at)
    }
}

impl Known {
    /// Whether a scope answers the ref.
    fn look_up(&mut self, scopes: &Scopes) -> Result<bool, Error> {
        if self.found.is_none() {
            self.found = Some(scopes.find(self.reference.address())?);
        }
        Ok(matches!(self.found, Some(Some(_))))
    }

    /// What takes the tag's place, if a scope answered.
    fn text(&mut self) -> Result<Option<&Text>, Error> {
        let Some(Some(found)) = &self.found else {
            return Ok(None);
        };
        if self.text.is_none() {
            self.text = Some(found.display()?);
        }
        Ok(self.text.as_ref())
    }
}

fn tag(out: &mut String, mark: &str, body: &str) {
    for part in ["{{", mark, body, "}}"] {
        out.push_str(part);
    }
}

fn endless(text: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Uninterpolatable,
        format!("Unable to interpolate {text}!  {why}"),
    )
    .with_hint(
        "a value refers to itself, perhaps through others; the attributes of a struct come before what is bound to it",
    )
}
