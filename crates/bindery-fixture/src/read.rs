//! The text of a fixture, read.

use bindery_core::json;
use bindery_core::{Answer, Evidence, Matcher, Ref, Value};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::error::{FixtureError, VERSION};
use crate::fixture::{Fixture, Outcome, Question};

impl Fixture {
    /// Parses the text of a fixture.
    ///
    /// # Errors
    ///
    /// With the line: if the text is not a fixture or has another version, and for a second line of the same request.
    pub fn parse(text: &str) -> Result<Self, FixtureError> {
        parse(text)
    }
}

fn parse(text: &str) -> Result<Fixture, FixtureError> {
    let mut fixture = Fixture::default();
    let mut has_head = false;
    for (number, line) in text.lines().enumerate() {
        let wrong = |reason: String| FixtureError {
            line: number + 1,
            reason,
        };
        let value = json::parse(line).map_err(|error| wrong(error.to_string()))?;
        let Value::Map(members) = &value else {
            return Err(wrong("the line is no JSON object".to_owned()));
        };
        let object = Members(members);
        if has_head {
            let (question, outcome) = object.line().map_err(wrong)?;
            let address = question.address.clone();
            if fixture.insert(question, outcome).is_some() {
                return Err(wrong(format!("`{address}` stands there twice")));
            }
        } else {
            fixture.binders = object.head().map_err(wrong)?;
            has_head = true;
        }
    }
    if has_head {
        return Ok(fixture);
    }
    Err(FixtureError {
        line: 1,
        reason: "it is empty".to_owned(),
    })
}

/// The members of an object.
struct Members<'v>(&'v [(Value, Value)]);

impl<'v> Members<'v> {
    fn get(&self, name: &str) -> Option<&'v Value> {
        let is_it = |(key, _): &&(Value, Value)| key.as_str() == Some(name);
        self.0.iter().find(is_it).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Result<&'v str, String> {
        let text = self.get(name).and_then(Value::as_str);
        text.ok_or_else(|| format!("`{name}` is missing or no text"))
    }

    fn optional(&self, name: &str) -> Result<Option<String>, String> {
        match self.get(name) {
            None | Some(Value::None) => Ok(None),
            Some(_) => self.text(name).map(|text| Some(text.to_owned())),
        }
    }

    fn list(&self, name: &str) -> Result<&'v [Value], String> {
        match self.get(name) {
            Some(Value::List(items)) => Ok(items),
            _ => Err(format!("`{name}` is missing or no list")),
        }
    }

    fn object(&self, name: &str) -> Option<Members<'v>> {
        match self.get(name) {
            Some(Value::Map(members)) => Some(Members(members)),
            _ => None,
        }
    }

    /// The first line.
    fn head(&self) -> Result<Vec<(String, String)>, String> {
        match self.get("fixture") {
            Some(Value::Integer(version)) if version.to_string() == VERSION.to_string() => {}
            Some(Value::Integer(version)) => return Err(format!("it has version {version}")),
            _ => return Err("the first line does not tell its version".to_owned()),
        }
        let binder = |item: &Value| {
            let Value::Map(members) = item else {
                return Err("a binder is no object".to_owned());
            };
            let members = Members(members);
            let pattern = members.text("pattern")?;
            Matcher::parse(pattern).map_err(|error| error.to_string())?;
            Ok((members.text("name")?.to_owned(), pattern.to_owned()))
        };
        self.list("binders")?.iter().map(binder).collect()
    }

    /// Any other line.
    fn line(&self) -> Result<(Question, Outcome), String> {
        let address = self.text("address")?;
        Ref::from_address(address).map_err(|_| format!("`{address}` is no ref"))?;
        let question = Question {
            address: address.to_owned(),
            cluster: self.optional("cluster")?,
            binder: self.text("binder")?.to_owned(),
        };
        let outcome = match (self.get("answer"), self.object("error")) {
            (Some(value @ (Value::String(_) | Value::Map(_))), None) => Ok(Answer {
                value: value.clone(),
                evidence: self
                    .get("evidence")
                    .cloned()
                    .map_or_else(Evidence::default, Evidence::from),
            }),
            (None, Some(error)) => Err(error.error()?),
            _ => {
                return Err(format!(
                    "`{address}` has neither an answer, a text or an object, nor an error"
                ));
            }
        };
        Ok((question, outcome))
    }

    fn error(&self) -> Result<Diagnostic, String> {
        let word = self.text("kind")?;
        let causes = match self.get("causes") {
            None => &[],
            Some(_) => self.list("causes")?,
        };
        let cause = |cause: &Value| cause.as_str().map(str::to_owned);
        Ok(Diagnostic {
            causes: causes
                .iter()
                .map(|it| cause(it).ok_or("a cause is no text".to_owned()))
                .collect::<Result<_, _>>()?,
            hint: self.optional("hint")?,
            ..Diagnostic::new(Kind::from_code(word), self.text("message")?)
        })
    }
}
