//! What a registry asks for before it answers: the `WWW-Authenticate` header, parsed.

use crate::token::scope::ScopeSet;

/// One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme in small letters, as in `bearer`.
    pub scheme: String,
    /// The parameters, their names in small letters, their values without quotes.
    pub parameters: Vec<(String, String)>,
}

/// What the client has to show, taken from the challenge that suits it best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Send account and password with every request.
    Basic,
    /// Fetch a token from `realm` first, for these scopes.
    Bearer {
        /// Where tokens are.
        realm: String,
        /// For whom the token is.
        service: Option<String>,
        /// What the token has to allow; empty if the registry leaves it open.
        scopes: ScopeSet,
    },
}

/// Why a refusal does not tell what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The header is not there.
    #[error("the answer has no WWW-Authenticate header")]
    Missing,
    /// The header does not follow the grammar.
    #[error("{what} at character {} of the WWW-Authenticate header `{header}`", at + 1)]
    Syntax {
        /// What is wrong.
        what: &'static str,
        /// At which byte.
        at: usize,
        /// The header.
        header: String,
    },
    /// Only schemes are offered that this client does not know.
    #[error("the registry asks for `{0}`, not for Bearer or Basic")]
    UnknownSchemes(String),
    /// A Bearer challenge says nothing of where tokens are.
    #[error("the Bearer challenge has no realm")]
    NoRealm,
}

impl Challenge {
    /// Parses one header value, which may hold several challenges.
    ///
    /// More is taken than the grammar allows, since servers send it: unquoted values with any characters but blank and comma,
    /// any number of blanks, empty list elements. A value in token68 form is left out: no scheme known here has one.
    ///
    /// # Errors
    ///
    /// If a quote is not closed, a parameter stands twice or outside a challenge, or a character fits nowhere.
    pub fn parse(header: &str) -> Result<Vec<Self>, ChallengeError> {
        let (challenges, error) = parse(header);
        match error {
            Some(error) => Err(error),
            None => Ok(challenges),
        }
    }

    /// The value of a parameter, whose name is given in small letters.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Demand {
    /// Takes Bearer if it is offered in any of the `headers`, else Basic.
    ///
    /// # Errors
    ///
    /// If neither is offered. A header that breaks off is no error as long as one of the two came before.
    pub fn choose<'a>(headers: impl IntoIterator<Item = &'a str>) -> Result<Self, ChallengeError> {
        let mut offered = Vec::new();
        let mut first_error = None;
        for header in headers {
            let (challenges, error) = parse(header);
            offered.extend(challenges);
            first_error = first_error.or(error);
        }
        if let Some(bearer) = offered
            .iter()
            .find(|challenge| challenge.scheme == "bearer")
        {
            let non_empty = |name| bearer.parameter(name).filter(|value| !value.is_empty());
            return Ok(Demand::Bearer {
                realm: non_empty("realm")
                    .ok_or(ChallengeError::NoRealm)?
                    .to_owned(),
                service: non_empty("service").map(str::to_owned),
                scopes: ScopeSet::parse(bearer.parameter("scope").unwrap_or_default()),
            });
        }
        if offered.iter().any(|challenge| challenge.scheme == "basic") {
            return Ok(Demand::Basic);
        }
        if let Some(error) = first_error {
            return Err(error);
        }
        if offered.is_empty() {
            return Err(ChallengeError::Missing);
        }
        let schemes: Vec<_> = offered
            .into_iter()
            .map(|challenge| challenge.scheme)
            .collect();
        Err(ChallengeError::UnknownSchemes(schemes.join(", ")))
    }
}

/// The challenges up to the first error. The one in which the error lies is left out.
fn parse(header: &str) -> (Vec<Challenge>, Option<ChallengeError>) {
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

    /// Takes characters as long as they fit.
    fn take(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !fits(c)).unwrap_or(rest.len())];
        self.position += taken.len();
        taken
    }

    fn challenge(&mut self) -> Result<Option<Challenge>, ChallengeError> {
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
        let mut challenge = Challenge {
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
                // No parameter, so it is the next challenge's scheme, or the end.
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

    /// Takes a token68 value: one run of its characters, up to the end or a comma, that is no parameter.
    fn skip_token68(&mut self) -> bool {
        let begin = self.position;
        let run = self.take(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c));
        let padding = self.take(|c| c == '=');
        self.take(is_blank);
        let ends = self.rest().is_empty() || self.rest().starts_with(',');
        // A lone word without padding is rather the next scheme, from which somebody lost the comma.
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

    /// Writes challenges down in one form, to compare them.
    fn show(challenges: &[Challenge]) -> String {
        let one = |challenge: &Challenge| {
            let parameters: Vec<_> = challenge
                .parameters
                .iter()
                .map(|(name, value)| format!("{name}<{value}>"))
                .collect();
            format!("{}[{}]", challenge.scheme, parameters.join(" "))
        };
        challenges.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(header: &str, expected: &str) {
        assert_eq!(
            show(&Challenge::parse(header).unwrap()),
            expected,
            "from {header:?}"
        );
    }

    #[track_caller]
    fn refuse(header: &str, what: &str, at: usize) {
        match Challenge::parse(header) {
            Err(ChallengeError::Syntax {
                what: found,
                at: place,
                ..
            }) => assert_eq!((found, place), (what, at)),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn choose(headers: &[&str], expected: Result<&str, &str>) {
        let found = Demand::choose(headers.iter().copied());
        let shown = match &found {
            Ok(Demand::Basic) => Ok("basic".to_owned()),
            Ok(Demand::Bearer {
                realm,
                service,
                scopes,
            }) => Ok(format!(
                "{realm} {} {scopes}",
                service.as_deref().unwrap_or("-")
            )),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(
            shown,
            expected.map(str::to_owned).map_err(str::to_owned),
            "from {headers:?}"
        );
    }

    #[test]
    fn what_registries_send_is_read() {
        check(
            r#"Bearer realm="https://h/token",service="s",scope="repository:a/b:pull""#,
            "bearer[realm<https://h/token> service<s> scope<repository:a/b:pull>]",
        );
        check(r#"Basic realm="fixture""#, "basic[realm<fixture>]");
    }

    #[test]
    fn quotes_guard_commas_equals_signs_and_blanks() {
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
    fn letter_case_quotes_and_blanks_are_free() {
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
    fn several_challenges_are_told_apart() {
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
    fn what_fits_nowhere_is_told_with_its_place() {
        refuse(r#"Bearer realm="abc"#, "quote that is not closed", 13);
        refuse("Bearer realm=a,realm=b", "repeated parameter", 15);
        refuse("realm=\"x\"", "parameter without a challenge", 5);
        refuse("\"Bearer\"", "unexpected character", 0);
        refuse("Bearer realm=\"a\" service=\"b\"", "missing comma", 17);
    }

    #[test]
    fn bearer_is_taken_before_basic_in_any_order() {
        let bearer = r#"Bearer realm="https://h/t",service="s",scope="repository:a:pull""#;
        let expected = Ok("https://h/t s repository:a:pull");
        choose(&[bearer], expected);
        choose(&[&format!("Basic realm=x, {bearer}")], expected);
        choose(&[&format!("{bearer}, Basic realm=x")], expected);
        choose(&["Basic realm=x", bearer], expected);
        choose(&["Negotiate", "Basic realm=x"], Ok("basic"));
        choose(&["Bearer realm=https://h/t"], Ok("https://h/t - "));
    }

    #[test]
    fn a_broken_end_does_not_spoil_what_came_before() {
        choose(&["Basic realm=x, Other a=\"b"], Ok("basic"));
        choose(&["Other a=\"b", "Basic realm=x"], Ok("basic"));
    }

    #[test]
    fn what_cannot_be_met_is_told() {
        choose(&[], Err("the answer has no WWW-Authenticate header"));
        choose(
            &["Negotiate, NTLM"],
            Err("the registry asks for `negotiate, ntlm`, not for Bearer or Basic"),
        );
        choose(
            &["Bearer service=s"],
            Err("the Bearer challenge has no realm"),
        );
        choose(
            &["Bearer realm=\"\""],
            Err("the Bearer challenge has no realm"),
        );
        choose(
            &["Bearer realm=\"x"],
            Err(
                "quote that is not closed at character 14 of the WWW-Authenticate header `Bearer realm=\"x`",
            ),
        );
    }

    #[test]
    fn any_text_ends_in_an_answer() {
        let pieces = [
            "Bearer", " ", ",", "=", "\"", "\\", "a", "é", "realm=", "\u{1}",
        ];
        for number in 0..pieces.len().pow(5) {
            let text: String = (0..5)
                .map(|place| pieces[number / pieces.len().pow(place) % pieces.len()])
                .collect();
            let _ = Challenge::parse(&text);
        }
    }
}
