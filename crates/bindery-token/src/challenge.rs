//! Authentication challenge of a registry.

use std::fmt;

use crate::header::{ChallengeError, parse};
use crate::scope::ScopeSet;

/// Authentication challenge of a registry, in one of the supported schemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// The registry accepts user name and password with every request.
    Basic,
    /// The registry accepts a bearer token issued by `realm`.
    Bearer {
        /// Address of the token server.
        realm: String,
        /// Service that the token is for.
        service: Option<String>,
        /// Scopes that the token needs; empty if the registry names none.
        scopes: ScopeSet,
    },
}

impl Challenge {
    /// Chooses the first Bearer challenge of all `WWW-Authenticate` headers, else Basic.
    ///
    /// # Errors
    ///
    /// If the headers offer neither. Ignores a syntax error after a challenge that can be met.
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
            return Ok(Challenge::Bearer {
                realm: non_empty("realm")
                    .ok_or(ChallengeError::NoRealm)?
                    .to_owned(),
                service: non_empty("service").map(str::to_owned),
                scopes: ScopeSet::parse(bearer.parameter("scope").unwrap_or_default()),
            });
        }
        if offered.iter().any(|challenge| challenge.scheme == "basic") {
            return Ok(Challenge::Basic);
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

/// Formats the value of a `WWW-Authenticate` header.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Challenge::Bearer {
            realm,
            service,
            scopes,
        } = self
        else {
            return f.write_str("Basic");
        };
        write!(f, "Bearer realm={}", Quoted(realm))?;
        if let Some(service) = service {
            write!(f, ",service={}", Quoted(service))?;
        }
        if scopes.is_empty() {
            return Ok(());
        }
        write!(f, ",scope={}", Quoted(&scopes.to_string()))
    }
}

/// Quoted string of RFC 9110, section 5.6.4.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn choose(headers: &[&str], expected: Result<&str, &str>) {
        let chosen = Challenge::choose(headers.iter().copied());
        let actual = match &chosen {
            Ok(Challenge::Basic) => Ok("basic".to_owned()),
            Ok(Challenge::Bearer {
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
            actual,
            expected.map(str::to_owned).map_err(str::to_owned),
            "from {headers:?}"
        );
    }

    #[test]
    fn bearer_is_preferred_in_any_order() {
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
    fn a_syntax_error_does_not_hide_earlier_challenges() {
        choose(&["Basic realm=x, Other a=\"b"], Ok("basic"));
        choose(&["Other a=\"b", "Basic realm=x"], Ok("basic"));
    }

    #[test]
    fn challenges_that_cannot_be_met_are_errors() {
        choose(&[], Err("the response has no WWW-Authenticate header"));
        choose(
            &["Negotiate, NTLM"],
            Err("the registry offers the schemes `negotiate, ntlm`, but neither Bearer nor Basic"),
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
    fn a_formatted_challenge_is_parsed_again() {
        let challenge = Challenge::Bearer {
            realm: r#"https://h/t?a="b\c""#.into(),
            service: Some("s".into()),
            scopes: ScopeSet::parse("repository:a:pull repository:b:pull"),
        };
        let header = challenge.to_string();
        assert_eq!(Challenge::choose([header.as_str()]), Ok(challenge));
    }
}
