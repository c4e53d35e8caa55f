//! Writer of the fixture format.

use bindery_core::Value;
use bindery_core::json::{self, Style};

use crate::error::{UnkeepableError, VERSION};
use crate::fixture::{Fixture, FixtureKey, RecordedAnswer};

impl Fixture {
    /// Returns the text: first the binders, then one line per request, sorted by address, cluster and binder.
    ///
    /// # Errors
    ///
    /// If an answer is not plain data.
    pub fn to_text(&self) -> Result<String, UnkeepableError> {
        let binder = |(name, pattern): &(String, String)| {
            Value::map([
                ("name", Value::string(name.as_str())),
                ("pattern", Value::string(pattern.as_str())),
            ])
        };
        let head = Value::map([
            ("binders", list(self.binders.iter().map(binder))),
            ("fixture", Value::Integer(VERSION.into())),
        ]);
        let mut text = String::new();
        let mut write = |line: &Value, address: &str| {
            let style = Style {
                indent: None,
                sort_keys: true,
            };
            let line = json::write(line, style).map_err(|_| UnkeepableError {
                address: address.to_owned(),
            })?;
            text.push_str(&line);
            text.push('\n');
            Ok(())
        };
        write(&head, "")?;
        for (key, answer) in &self.answers {
            write(&line(key, answer), &key.address)?;
        }
        Ok(text)
    }
}

fn line(key: &FixtureKey, answer: &RecordedAnswer) -> Value {
    let text = |text: &str| Value::string(text);
    let mut members = vec![
        ("address", text(&key.address)),
        ("binder", text(&key.binder)),
    ];
    if let Some(cluster) = &key.cluster {
        members.push(("cluster", text(cluster)));
    }
    match answer {
        Ok(answer) => {
            members.push(("answer", answer.value.clone()));
            if let Some(evidence) = answer.evidence.value() {
                members.push(("evidence", evidence.clone()));
            }
        }
        Err(error) => {
            let mut entry = vec![
                ("kind", text(error.kind.code())),
                ("message", text(&error.message)),
            ];
            if !error.causes.is_empty() {
                entry.push(("causes", list(error.causes.iter().map(|cause| text(cause)))));
            }
            if let Some(hint) = &error.hint {
                entry.push(("hint", text(hint)));
            }
            members.push(("error", Value::map(entry)));
        }
    }
    Value::map(members)
}

fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::List(items.collect())
}
