//! Parser for the `WWW-Authenticate` header (RFC 9110, section 11.6.1).

/// One challenge of a header, of any scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawChallenge {
    /// Scheme in lower case, as in `bearer`.
    pub(crate) scheme: String,
    /// Parameters: names in lower case, values without quotes.
    parameters: Vec<(String, String)>,
}

/// Error for a response whose challenge this client cannot meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The response has no challenge.
    #[error("the response has no WWW-Authenticate header")]
    Missing,
    /// The header does not follow the grammar.
    #[error("{what} at character {} of the WWW-Authenticate header `{header}`", at + 1)]
    Syntax {
        /// Violation of the grammar.
        what: &'static str,
        /// Byte offset of the violation.
        at: usize,
        /// Header value.
        header: String,
    },
    /// The registry offers only schemes that this client does not support.
    #[error("the registry offers the schemes `{0}`, but neither Bearer nor Basic")]
    UnknownSchemes(String),
    /// A Bearer challenge does not name its token server.
    #[error("the Bearer challenge has no realm")]
    NoRealm,
}

impl RawChallenge {
    /// Returns the value of a parameter; `name` is in lower case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Parses one header value, which may hold several challenges. Returns the challenges before the first error, and the error.
///
/// Accepts more than the grammar, since servers send more: unquoted values with any characters except blanks and commas, any number of
/// blanks, empty list elements. Drops values in token68 form, which no supported scheme has.
pub(crate) fn parse(header: &str) -> (Vec<RawChallenge>, Option<ChallengeError>) {
    let mut reader = Reader {
        text: header,
        position: 0,
    };
    let mut challenges = Vec::new();
    loop {
        match reader.challenge() {
            Ok(Some(challenge)) => challenges.push(challenge),
            Ok(None) => return (challenges, None),
            Err(error) => return (challenges, Some(error)),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn fail<T>(&self, what: &'static str) -> Result<T, ChallengeError> {
        Err(ChallengeError::Syntax {
            what,
            at: self.position,
            header: self
                .text
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
        })
    }

    /// Consumes characters while `fits` accepts them.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !fits(c)).unwrap_or(rest.len())];
        self.position += taken.len();
        taken
    }

    fn challenge(&mut self) -> Result<Option<RawChallenge>, ChallengeError> {
        self.take(|c| c == ',' || is_blank(c));
        if self.rest().is_empty() {
            return Ok(None);
        }
        let scheme = self.take(is_token);
        match self.rest().chars().next() {
            _ if scheme.is_empty() => return self.fail("unexpected character"),
            None | Some(',' | ' ' | '\t') => {}
            Some('=') => return self.fail("parameter without a challenge"),
            Some(_) => return self.fail("unexpected character"),
        }
        let mut challenge = RawChallenge {
            scheme: scheme.to_ascii_lowercase(),
            parameters: Vec::new(),
        };
        self.take(is_blank);
        if self.skip_token68() {
            return Ok(Some(challenge));
        }
        loop {
            let before = self.position;
            self.take(|c| c == ',' || is_blank(c));
            let at_list_element =
                challenge.parameters.is_empty() || self.text[before..self.position].contains(',');
            let begin = self.position;
            let name = self.take(is_token);
            self.take(is_blank);
            if name.is_empty() || !self.rest().starts_with('=') {
                // Without `=` the name is the scheme of the next challenge, or the header ends.
                self.position = begin;
                return Ok(Some(challenge));
            }
            if !at_list_element {
                self.position = begin;
                return self.fail("missing comma");
            }
            self.position += 1;
            self.take(is_blank);
            let name = name.to_ascii_lowercase();
            if challenge.parameter(&name).is_some() {
                self.position = begin;
                return self.fail("repeated parameter");
            }
            let value = self.value()?;
            challenge.parameters.push((name, value));
        }
    }

    fn value(&mut self) -> Result<String, ChallengeError> {
        if !self.rest().starts_with('"') {
            return Ok(self.take(|c| c != ',' && !is_blank(c)).to_owned());
        }
        let mut value = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.position += offset + 1;
                    return Ok(value);
                }
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                _ => value.push(character),
            }
        }
        self.fail("quote that is not closed")
    }

    /// Consumes a token68 value: one run of its characters up to the end or a comma.
    fn skip_token68(&mut self) -> bool {
        let begin = self.position;
        let run = self.take(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c));
        let padding = self.take(|c| c == '=');
        self.take(is_blank);
        let ends = self.rest().is_empty() || self.rest().starts_with(',');
        // A single word without padding is more likely the next scheme, with its comma missing.
        if ends && !run.is_empty() && (!padding.is_empty() || run.contains(['/', '+'])) {
            return true;
        }
        self.position = begin;
        false
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formats challenges for comparison.
    fn format(challenges: &[RawChallenge]) -> String {
        let format_one = |challenge: &RawChallenge| {
            let parameters: Vec<_> = challenge
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}<{value}>"))
                .collect();
            format!("{}[{}]", challenge.scheme, parameters.join(" "))
        };
        challenges
            .iter()
            .map(format_one)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[track_caller]
    fn check(header: &str, expected: &str) {
        let (challenges, error) = parse(header);
        assert_eq!(
            (format(&challenges).as_str(), error),
            (expected, None),
            "from {header:?}"
        );
    }

    #[track_caller]
    fn refuse(header: &str, what: &str, at: usize) {
        match parse(header).1 {
            Some(ChallengeError::Syntax {
                what: actual,
                at: offset,
                ..
            }) => assert_eq!((actual, offset), (what, at)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn headers_of_registries_are_parsed() {
        check(
            r#"Bearer realm="https://h/token",service="s",scope="repository:a/b:pull""#,
            "bearer[realm<https://h/token> service<s> scope<repository:a/b:pull>]",
        );
        check(r#"Basic realm="fixture""#, "basic[realm<fixture>]");
    }

    #[test]
    fn quoted_values_may_contain_commas_equals_signs_and_blanks() {
        check(
            r#"Bearer realm="https://h/t?a=b,c", scope="repository:a/b:pull,push repository:c/d:pull""#,
            "bearer[realm<https://h/t?a=b,c> scope<repository:a/b:pull,push repository:c/d:pull>]",
        );
        check(
            r#"Bearer realm="a \"b\" \\ c",service="Docker registry""#,
            r#"bearer[realm<a "b" \ c> service<Docker registry>]"#,
        );
        check(r#"Basic realm="""#, "basic[realm<>]");
    }

    #[test]
    fn case_quotes_and_blanks_are_free() {
        check(
            "bEaReR Realm=https://h/token,SERVICE=s",
            "bearer[realm<https://h/token> service<s>]",
        );
        check(
            "Bearer   realm = \"r\" ,\t service\t=s",
            "bearer[realm<r> service<s>]",
        );
        check(", ,Basic realm=x, ,a=b,,", "basic[realm<x> a<b>]");
        check("Basic", "basic[]");
        check("", "");
    }

    #[test]
    fn one_header_may_hold_several_challenges() {
        check(
            r#"Basic realm="a, b", Bearer realm="r",service=s, Negotiate"#,
            "basic[realm<a, b>] bearer[realm<r> service<s>] negotiate[]",
        );
        check("Negotiate, Basic realm=x", "negotiate[] basic[realm<x>]");
        check(
            "Negotiate oRQwEg/+==, Bearer realm=r",
            "negotiate[] bearer[realm<r>]",
        );
        check(
            "NTLM TlRMTVNTUAAC=, Basic realm=x",
            "ntlm[] basic[realm<x>]",
        );
    }

    #[test]
    fn syntax_errors_have_an_offset() {
        refuse(r#"Bearer realm="abc"#, "quote that is not closed", 13);
        refuse("Bearer realm=a,realm=b", "repeated parameter", 15);
        refuse("realm=\"x\"", "parameter without a challenge", 5);
        refuse("\"Bearer\"", "unexpected character", 0);
        refuse("Bearer realm=\"a\" service=\"b\"", "missing comma", 17);
    }

    #[test]
    fn any_text_is_parsed_in_finite_time() {
        let pieces = [
            "Bearer", " ", ",", "=", "\"", "\\", "a", "é", "realm=", "\u{1}",
        ];
        for number in 0..pieces.len().pow(5) {
            let text: String = (0..5)
                .map(|place| pieces[number / pieces.len().pow(place) % pieces.len()])
                .collect();
            let _ = parse(&text);
        }
    }
}
