//! Expansion of the templates in one text.

use std::borrow::Cow;
use std::rc::Rc;

use smallvec::SmallVec;

use crate::address::canonical;
use crate::hash::HashMap;
use crate::meter::count_text;
use crate::model::{BoundValue, Scopes};
use crate::observe::{RefBinding, Trace};
use crate::template::{Piece, may_hold_tags, scan};
use crate::{Error, ErrorKind, Origin, Ref, Text};

/// Maximum number of passes over a text before its expansion counts as endless.
const MAX_PASSES: usize = 100;

/// Maximum length of a text in bytes: a template that doubles with every pass must fail while it is small (Q08). A fuzzer finds the
/// same errors with a lower limit.
const MAX_LENGTH: usize = if cfg!(fuzzing) { 1 << 20 } else { 16 << 20 };

/// Expanded text, and the refs that are left, in order and with duplicates.
pub(crate) struct Resolved {
    pub(crate) text: Text,
    pub(crate) unbound: Vec<Ref>,
}

/// Expands `text`: replaces refs by their values in `scopes` and scans the result again, until a pass resolves no ref.
pub(crate) fn resolve(
    text: &Text,
    scopes: &Scopes,
    outer: Option<Origin>,
    trace: &mut Trace,
) -> Result<Resolved, Error> {
    if !may_hold_tags(text) {
        return Ok(Resolved {
            text: text.clone(),
            unbound: Vec::new(),
        });
    }
    let origin = text.origin();
    // No pass begins if the limit is exceeded already.
    count_text(text.len()).map_err(|error| error.at(origin))?;
    let (text, unbound) = Refs::of(text, origin.or(outer))
        .expand(scopes, trace)
        .and_then(|expanded| match expanded {
            Expanded::Whole(text) => Ok((text, Vec::new())),
            Expanded::Open(text) => finish(&text).map(|(text, unbound)| (text.into(), unbound)),
        })
        .map_err(|error| error.at(origin))?;
    Ok(Resolved {
        text: Text::with_origin(text, origin),
        unbound,
    })
}

/// Returns whether a text without scopes has refs.
pub(crate) fn has_refs(text: &str) -> Result<bool, Error> {
    if !may_hold_tags(text) {
        return Ok(false);
    }
    Ok(!finish(text)?.1.is_empty())
}

/// Replaces escapes by their tags and collects the refs that are left.
fn finish(text: &str) -> Result<(String, Vec<Ref>), Error> {
    let mut out = String::with_capacity(text.len());
    let mut unbound = Vec::new();
    scan(text, |piece| {
        match piece {
            Piece::Literal(literal) => out.push_str(literal),
            Piece::Escape(body) => tag(&mut out, "", body),
            Piece::Tag(body) => {
                let reference = Ref::from_address(body).map_err(|error| no_ref(error, body))?;
                tag(&mut out, "", reference.address());
                unbound.push(reference);
            }
        }
        Ok(())
    })?;
    Ok((out, unbound))
}

/// Distinct refs of one text and of its expansions; each is looked up and printed once.
struct Refs<'t> {
    text: &'t str,
    origin: Option<Origin>,
    refs: SmallVec<[Known<'t>; FEW]>,
    /// Positions by address, if there are more than [`FEW`] refs.
    by_address: Option<HashMap<Cow<'t, str>, usize>>,
}

/// Maximum number of refs that are searched one by one and stored without allocation.
const FEW: usize = 8;

struct Known<'t> {
    /// Canonical address; a slice of the original text where possible.
    address: Cow<'t, str>,
    answer: Answer,
}

/// State of a ref.
enum Answer {
    Unasked,
    /// No scope resolves the ref.
    Absent,
    Found(BoundValue),
    /// Text that replaces the tag.
    Text(Text),
}

/// Result of all passes.
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

type Pieces<'a> = SmallVec<[Parsed<'a>; 2 * FEW]>;

impl<'t> Refs<'t> {
    fn of(text: &'t str, origin: Option<Origin>) -> Self {
        Refs {
            text,
            origin,
            refs: SmallVec::new(),
            by_address: None,
        }
    }

    /// Repeats passes until one resolves nothing.
    fn expand(&mut self, scopes: &Scopes, trace: &mut Trace) -> Result<Expanded, Error> {
        let mut pieces = Pieces::new();
        self.parse(self.text, Cow::Borrowed, &mut pieces)?;
        let mut pass = self.pass(1, self.text, &pieces, scopes, trace)?;
        for number in 2..=MAX_PASSES {
            let current = match pass {
                Pass::Last(expanded) => return Ok(expanded),
                Pass::Next(current) => current,
            };
            let mut pieces = Pieces::new();
            self.parse(
                &current,
                |address| Cow::Owned(address.to_owned()),
                &mut pieces,
            )?;
            pass = self.pass(number, &current, &pieces, scopes, trace)?;
        }
        match pass {
            Pass::Last(expanded) => Ok(expanded),
            Pass::Next(current) => Err(endless(&current, "Maximum replacements reached.")),
        }
    }

    /// Replaces the refs that scopes resolve.
    fn pass(
        &mut self,
        number: usize,
        text: &str,
        pieces: &[Parsed<'_>],
        scopes: &Scopes,
        trace: &mut Trace,
    ) -> Result<Pass, Error> {
        let mut resolved = false;
        // All refs of a pass are looked up before any of them is printed: the order decides which of two errors is raised.
        for piece in pieces {
            if let Parsed::Ref(at) = piece {
                resolved |= self.refs[*at].look_up(scopes, self.origin, trace)?;
            }
        }
        // The text after the last pass is not scanned again, complete or not.
        let is_last = number == MAX_PASSES;
        if let [Parsed::Ref(at)] = pieces
            && !is_last
            && let Some(text) = self.refs[*at].text(trace)?
            && !may_hold_tags(text)
        {
            return Ok(Pass::Last(Expanded::Whole(Rc::clone(text.shared()))));
        }
        let mut next = String::with_capacity(2 * text.len());
        for piece in pieces {
            match piece {
                Parsed::Literal(literal) => next.push_str(literal),
                Parsed::Ref(at) => match self.refs[*at].text(trace)? {
                    Some(text) => next.push_str(text),
                    None => tag(&mut next, "", &self.refs[*at].address),
                },
                // Without the `&` at the end of the escape.
                Parsed::Escape(body) => tag(&mut next, "&", body),
            }
            if next.len() > MAX_LENGTH {
                return Err(endless(self.text, "The text grows beyond 16 MiB."));
            }
        }
        count_text(next.len())?;
        Ok(if !is_last && !may_hold_tags(&next) {
            Pass::Last(Expanded::Whole(next.into()))
        } else if resolved {
            Pass::Next(next)
        } else {
            // A pass that resolves nothing still rewrites: it drops leading dots and the `&` at the end of escapes.
            Pass::Last(Expanded::Open(next))
        })
    }

    /// Cuts a text into pieces; `keep` stores an address that is new.
    fn parse<'a>(
        &mut self,
        text: &'a str,
        keep: impl Fn(&'a str) -> Cow<'t, str>,
        pieces: &mut Pieces<'a>,
    ) -> Result<(), Error> {
        scan(text, |piece| {
            pieces.push(match piece {
                Piece::Literal(literal) => Parsed::Literal(literal),
                Piece::Escape(body) => Parsed::Escape(body),
                Piece::Tag(body) => {
                    let address = canonical(body).map_err(|error| no_ref(error, body))?;
                    Parsed::Ref(self.position(address, &keep))
                }
            });
            Ok(())
        })
    }

    fn position<'a>(&mut self, address: &'a str, keep: impl Fn(&'a str) -> Cow<'t, str>) -> usize {
        let known = match &self.by_address {
            None => self.refs.iter().position(|known| known.address == address),
            Some(by_address) => by_address.get(address).copied(),
        };
        if let Some(at) = known {
            return at;
        }
        let at = self.refs.len();
        let address = keep(address);
        if at == FEW {
            let listed = self.refs.iter().enumerate();
            self.by_address = Some(
                listed
                    .map(|(at, known)| (known.address.clone(), at))
                    .collect(),
            );
        }
        if let Some(by_address) = &mut self.by_address {
            by_address.insert(address.clone(), at);
        }
        self.refs.push(Known {
            address,
            answer: Answer::Unasked,
        });
        at
    }
}

/// Result of one pass.
enum Pass {
    /// Text that no further pass would change.
    Last(Expanded),
    /// Text in which a further pass may resolve refs.
    Next(String),
}

impl Known<'_> {
    /// Looks the ref up and returns whether a scope resolves it.
    fn look_up(
        &mut self,
        scopes: &Scopes,
        origin: Option<Origin>,
        trace: &mut Trace,
    ) -> Result<bool, Error> {
        if let Answer::Unasked = self.answer {
            self.answer = match scopes.find(&self.address)? {
                Some(found) => {
                    trace.record(|| binding(&self.address, origin, &found, scopes))?;
                    Answer::Found(found)
                }
                None => Answer::Absent,
            };
        }
        Ok(!matches!(self.answer, Answer::Absent))
    }

    /// Returns the text that replaces the tag, if a scope resolves the ref.
    fn text(&mut self, trace: &mut Trace) -> Result<Option<&Text>, Error> {
        if let Answer::Found(found) = &self.answer {
            self.answer = Answer::Text(found.display(trace)?);
        }
        Ok(match &self.answer {
            Answer::Text(text) => Some(text),
            _ => None,
        })
    }
}

/// Returns the binding of `address`, which `scopes` resolve to `found`.
#[cold]
fn binding(
    address: &str,
    origin: Option<Origin>,
    found: &BoundValue,
    scopes: &Scopes,
) -> Result<Option<RefBinding>, Error> {
    let reference = Ref::from_address(address)?;
    Ok(scopes.locate(address)?.map(|frame| RefBinding {
        reference,
        origin,
        value: found.clone().into_value(),
        frame,
    }))
}

fn tag(out: &mut String, mark: &str, body: &str) {
    for part in ["{{", mark, body, "}}"] {
        out.push_str(part);
    }
}

/// Returns the advice for a tag whose braces are meant as text. A second interpolation takes the marked tag for a ref (Q32).
pub(crate) fn as_text(body: &str) -> String {
    format!(
        "write `{{{{&{body}}}}}` if the braces are meant as text; if the text is interpolated twice, as in jobs, separate the \
         braces: `'{{''{{{body}}}}}'` in a shell command"
    )
}

fn no_ref(error: Error, body: &str) -> Error {
    error.with_hint(format!(
        "`{{{{{body}}}}}` is not a valid ref; {}",
        as_text(body)
    ))
}

fn endless(text: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Uninterpolatable,
        format!("Unable to interpolate {text}!  {why}"),
    )
    .with_hint(
        "a value refers to itself, directly or through others; the fields of a struct take precedence over its bindings",
    )
}
