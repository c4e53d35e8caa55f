//! Parser of the fixture format.

use bindery_core::json;
use bindery_core::{Answer, Evidence, Matcher, Ref, Value};
use bindery_diagnostic::{Diagnostic, Kind};

use crate::error::{FixtureError, VERSION};
use crate::fixture::{Fixture, FixtureKey, RecordedAnswer};

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
            return Err(wrong("the line is not a JSON object".to_owned()));
        };
        let object = Members(members);
        if has_head {
            let (key, answer) = object.line().map_err(wrong)?;
            let address = key.address.clone();
            if fixture.insert(key, answer).is_some() {
                return Err(wrong(format!("`{address}` is listed twice")));
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

/// Members of a JSON object.
struct Members<'v>(&'v [(Value, Value)]);

impl<'v> Members<'v> {
    fn get(&self, name: &str) -> Option<&'v Value> {
        let has_name = |(key, _): &&(Value, Value)| key.as_str() == Some(name);
        self.0.iter().find(has_name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Result<&'v str, String> {
        let text = self.get(name).and_then(Value::as_str);
        text.ok_or_else(|| format!("`{name}` is missing or not a text"))
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
            _ => Err(format!("`{name}` is missing or not a list")),
        }
    }

    fn object(&self, name: &str) -> Option<Members<'v>> {
        match self.get(name) {
            Some(Value::Map(members)) => Some(Members(members)),
            _ => None,
        }
    }

    /// Parses the first line.
    fn head(&self) -> Result<Vec<(String, String)>, String> {
        match self.get("fixture") {
            Some(Value::Integer(version)) if version.to_string() == VERSION.to_string() => {}
            Some(Value::Integer(version)) => return Err(format!("it has version {version}")),
            _ => return Err("the first line has no version".to_owned()),
        }
        let binder = |item: &Value| {
            let Value::Map(members) = item else {
                return Err("a binder is not an object".to_owned());
            };
            let members = Members(members);
            let pattern = members.text("pattern")?;
            Matcher::parse(pattern).map_err(|error| error.to_string())?;
            Ok((members.text("name")?.to_owned(), pattern.to_owned()))
        };
        self.list("binders")?.iter().map(binder).collect()
    }

    /// Parses any other line.
    fn line(&self) -> Result<(FixtureKey, RecordedAnswer), String> {
        let address = self.text("address")?;
        Ref::from_address(address).map_err(|_| format!("`{address}` is not a valid ref"))?;
        let key = FixtureKey {
            address: address.to_owned(),
            cluster: self.optional("cluster")?,
            binder: self.text("binder")?.to_owned(),
        };
        let answer = match (self.get("answer"), self.object("error")) {
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
        Ok((key, answer))
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
                .map(|item| cause(item).ok_or("a cause is not a text".to_owned()))
                .collect::<Result<_, _>>()?,
            hint: self.optional("hint")?,
            ..Diagnostic::new(Kind::from_code(word), self.text("message")?)
        })
    }
}
