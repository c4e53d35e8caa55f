//! Text of a bound job: literals and deferred refs.

use std::fmt;

use bindery_core::{Origin, tags};

/// Text in which nothing is open except deferred refs. Cheap to clone; compared without regard to origins.
///
/// [`Text::as_str`] is the text as the job file has it, with `{{…}}` for each deferred ref. [`Text::pieces`] splits the text for a
/// target that writes deferred refs in its own way:
///
/// ```
/// use bindery_job::{Deferred, Piece, Text};
///
/// let cmdline = Text::from("serve --port {{thermos.ports[http]}} --id {{mesos.instance}}");
/// let shell: String = cmdline
///     .pieces()
///     .map(|piece| match piece {
///         Piece::Literal(text, _) => text.to_owned(),
///         Piece::Deferred(Deferred::Port(name), _) => format!("$PORT_{}", name.to_uppercase()),
///         Piece::Deferred(other, _) => format!("${{{other:?}}}"),
///     })
///     .collect();
/// assert_eq!(shell, "serve --port $PORT_HTTP --id ${Instance}");
/// ```
#[derive(Clone)]
pub struct Text(bindery_core::Text);

/// Piece of a text, with the origin of the string that the field has in its file. A piece that a binding contributed has the same origin:
/// the bind pass reports the bindings themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Characters that stay as they are; at least one.
    Literal(&'t str, Option<Origin>),
    /// Ref that the scheduler binds.
    Deferred(Deferred<'t>, Option<Origin>),
}

/// Ref that the scheduler binds when it starts an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deferred<'t> {
    /// `thermos.ports[NAME]`: number of the port that is allocated under the name.
    Port(&'t str),
    /// `thermos.task_id`: unique name of the running instance.
    TaskId,
    /// `mesos.instance`: number of the instance, from 0.
    Instance,
    /// `mesos.hostname`: name of the machine.
    Hostname,
    /// Any other ref below `thermos.ports`, by its address, for example `thermos.ports.http`. The original client refuses it in a
    /// process and passes it on elsewhere, where no executor binds it.
    OtherPort(&'t str),
}

impl<'t> Deferred<'t> {
    /// Returns the deferred ref with this canonical address, or `None` if the address has to be bound before the job is encoded.
    pub fn parse(address: &'t str) -> Option<Self> {
        match address {
            "mesos.instance" => Some(Self::Instance),
            "mesos.hostname" => Some(Self::Hostname),
            "thermos.task_id" => Some(Self::TaskId),
            _ => Self::port(address),
        }
    }

    fn port(address: &'t str) -> Option<Self> {
        let steps = address.strip_prefix("thermos.ports")?;
        if !steps.starts_with(['.', '[']) {
            return None;
        }
        let name = steps
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        Some(match name {
            Some(name) if !name.contains(']') => Self::Port(name),
            _ => Self::OtherPort(address),
        })
    }
}

impl Text {
    /// Creates a text from a string of an interpolated job; `origin` applies if the string has none.
    pub(crate) fn new(text: &bindery_core::Text, origin: Option<Origin>) -> Self {
        match (text.origin(), origin) {
            (None, Some(_)) => Self(bindery_core::Text::with_origin(
                text.shared().clone(),
                origin,
            )),
            _ => Self(text.clone()),
        }
    }

    /// Returns the text as the job file has it, with `{{…}}` for each deferred ref.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text if it has no deferred ref.
    pub fn literal(&self) -> Option<&str> {
        let mut pieces = self.pieces();
        pieces
            .all(|piece| matches!(piece, Piece::Literal(..)))
            .then(|| self.as_str())
    }

    /// Returns the position of the text in its source, for the evaluator of the source.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin()
    }

    /// Returns the pieces from left to right. Allocates nothing.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let text = self.as_str();
        let origin = self.origin();
        let mut refs = tags(text)
            .filter_map(|tag| {
                let deferred = Deferred::parse(&text[tag.start + 2..tag.end - 2])?;
                Some((tag, deferred))
            })
            .peekable();
        let mut at = 0;
        std::iter::from_fn(move || {
            let end = refs.peek().map_or(text.len(), |(tag, _)| tag.start);
            if at < end {
                let literal = &text[at..end];
                at = end;
                return Some(Piece::Literal(literal, origin));
            }
            let (tag, deferred) = refs.next()?;
            at = tag.end;
            Some(Piece::Deferred(deferred, origin))
        })
    }

    /// Returns the deferred refs from left to right, with duplicates.
    pub fn deferred(&self) -> impl Iterator<Item = Deferred<'_>> {
        self.pieces().filter_map(|piece| match piece {
            Piece::Deferred(deferred, _) => Some(deferred),
            Piece::Literal(..) => None,
        })
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refs_of_the_scheduler_are_deferred() {
        for (address, expected) in [
            ("mesos.instance", Some(Deferred::Instance)),
            ("mesos.hostname", Some(Deferred::Hostname)),
            ("thermos.task_id", Some(Deferred::TaskId)),
            ("thermos.ports[http]", Some(Deferred::Port("http"))),
            ("thermos.ports[a.b/c]", Some(Deferred::Port("a.b/c"))),
            (
                "thermos.ports.http",
                Some(Deferred::OtherPort("thermos.ports.http")),
            ),
            (
                "thermos.ports[a].b",
                Some(Deferred::OtherPort("thermos.ports[a].b")),
            ),
            (
                "thermos.ports[a][b]",
                Some(Deferred::OtherPort("thermos.ports[a][b]")),
            ),
            ("mesos", None),
            ("mesos.user", None),
            ("mesos.instance.x", None),
            ("thermos.ports", None),
            ("thermos.portsx", None),
            ("thermos[ports]", None),
        ] {
            assert_eq!(Deferred::parse(address), expected, "{address}");
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[Piece<'_>]) {
        let text = Text::new(&bindery_core::Text::new(text), Some(Origin(7)));
        let pieces: Vec<Piece<'_>> = text.pieces().collect();
        assert_eq!(pieces, expected, "from {text:?}");
    }

    #[test]
    fn pieces_have_the_origin_of_their_text() {
        let origin = Some(Origin(7));
        let literal = |text| Piece::Literal(text, origin);
        let deferred = |deferred| Piece::Deferred(deferred, origin);
        check("", &[]);
        check("run {x} {{}}", &[literal("run {x} {{}}")]);
        check(
            "{{mesos.instance}}{{thermos.ports[a]}} b",
            &[
                deferred(Deferred::Instance),
                deferred(Deferred::Port("a")),
                literal(" b"),
            ],
        );
        check(
            "{{{mesos.hostname}}}",
            &[literal("{"), deferred(Deferred::Hostname), literal("}")],
        );
    }

    #[test]
    fn a_text_without_deferred_refs_is_a_literal() {
        assert_eq!(Text::from("a {{}} b").literal(), Some("a {{}} b"));
        assert_eq!(Text::from("a {{mesos.instance}}").literal(), None);
        let both = Text::from("{{mesos.instance}} {{mesos.instance}}");
        assert!(both.deferred().eq([Deferred::Instance, Deferred::Instance]));
    }
}
