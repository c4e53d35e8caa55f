//! Outcome of a template program as one record: type check, value, open refs, or error.

use std::rc::Rc;

use crate::{Error, Object, Text, Value, json};

/// Outcome of a program that returns one object.
#[derive(Clone, Debug, Default)]
pub struct ProgramOutcome {
    /// Result of the type check; `None` if the check was not reached.
    pub ok: Option<bool>,
    /// Message of a failed check.
    pub message: Option<String>,
    /// Plain data of the interpolated object.
    pub value: Option<Value>,
    /// Type of the interpolated object; for a Choice the type of its alternative.
    pub type_name: Option<String>,
    /// Printed form; only for simple objects.
    pub string: Option<String>,
    /// Refs left after interpolation, sorted by text, without duplicates.
    pub unbound: Option<Vec<String>>,
    /// JSON text of a struct.
    pub json: Option<String>,
    /// Error that ended the program.
    pub error: Option<ProgramError>,
}

/// Error in an [`ProgramOutcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramError {
    /// Name of the error class.
    pub class: String,
    /// Phase that raised the error.
    pub phase: ProgramPhase,
    /// Message.
    pub message: String,
}

/// Phase of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramPhase {
    /// Run of the program.
    Build,
    /// Type check.
    Check,
    /// Interpolation, or reading of its result.
    Interpolate,
}

impl ProgramPhase {
    /// Returns the name: `build`, `check` or `interpolate`.
    pub fn name(self) -> &'static str {
        match self {
            ProgramPhase::Build => "build",
            ProgramPhase::Check => "check",
            ProgramPhase::Interpolate => "interpolate",
        }
    }
}

impl ProgramOutcome {
    /// Checks and interpolates an object.
    pub fn of(object: &Object) -> Self {
        let mut outcome = ProgramOutcome::default();
        match object.check() {
            Ok(check) => {
                outcome.ok = Some(check.ok());
                outcome.message = (!check.ok()).then(|| check.message().to_owned());
            }
            Err(error) => {
                outcome.fail(&error, ProgramPhase::Check);
                return outcome;
            }
        }
        if let Err(error) = outcome.read(object) {
            outcome = ProgramOutcome {
                ok: outcome.ok,
                message: outcome.message,
                ..ProgramOutcome::default()
            };
            outcome.fail(&error, ProgramPhase::Interpolate);
        }
        outcome
    }

    /// Creates the outcome of a program that failed before it returned an object.
    pub fn failed_build(class: impl Into<String>, message: impl Into<String>) -> Self {
        ProgramOutcome {
            error: Some(ProgramError {
                class: class.into(),
                phase: ProgramPhase::Build,
                message: message.into(),
            }),
            ..ProgramOutcome::default()
        }
    }

    fn fail(&mut self, error: &Error, phase: ProgramPhase) {
        self.error = Some(ProgramError {
            class: error.kind().class_name().to_owned(),
            phase,
            message: error.message().to_owned(),
        });
    }

    fn read(&mut self, object: &Object) -> Result<(), Error> {
        let (interpolated, unbound) = object.interpolate()?;
        let mut refs: Vec<String> = unbound
            .iter()
            .map(|open| open.reference.to_string())
            .collect();
        refs.sort();
        refs.dedup();
        self.unbound = Some(refs);
        self.value = Some(interpolated.get()?);
        self.type_name = Some(interpolated.ty().name().to_owned());
        if object.ty().is_simple() {
            self.string = Some(object.display()?);
        }
        self.json = object.json_dumps().ok();
        Ok(())
    }

    /// Returns the record as plain data, with the fields `ok`, `message`, `value`, `type`, `unbound`, `json`, `error`,
    /// `error_phase`, `error_message`, and `string` for simple objects. A map with a key that is not a text becomes `{"$pairs":
    /// [[key, value], …]}`; numbers that JSON cannot hold become `{"$float": "nan"}`, `"inf"` or `"-inf"`.
    pub fn to_value(&self) -> Value {
        let text = |text: &Option<String>| match text {
            Some(text) => Value::string(text.as_str()),
            None => Value::None,
        };
        let json = self.json.as_deref().and_then(|text| json::parse(text).ok());
        let unbound = match &self.unbound {
            Some(refs) => Value::List(refs.iter().map(|r| Value::string(r.as_str())).collect()),
            None => Value::None,
        };
        let error = self.error.as_ref();
        let mut fields = vec![
            ("ok", self.ok.map_or(Value::None, Value::Boolean)),
            ("message", text(&self.message)),
            ("value", self.value.as_ref().map_or(Value::None, plain)),
            ("type", text(&self.type_name)),
            ("unbound", unbound),
            ("json", json.as_ref().map_or(Value::None, plain)),
            ("error", text(&error.map(|e| e.class.clone()))),
            (
                "error_phase",
                text(&error.map(|e| e.phase.name().to_owned())),
            ),
            ("error_message", text(&error.map(|e| e.message.clone()))),
        ];
        if self.string.is_some() {
            fields.insert(4, ("string", text(&self.string)));
        }
        Value::map(fields)
    }
}

/// Returns data that plain JSON can hold.
fn plain(value: &Value) -> Value {
    match value {
        Value::Float(x) if x.is_nan() => Value::map([("$float", Value::string("nan"))]),
        Value::Float(x) if x.is_infinite() => {
            let word = if *x > 0.0 { "inf" } else { "-inf" };
            Value::map([("$float", Value::string(word))])
        }
        Value::List(items) | Value::Tuple(items) => Value::List(items.iter().map(plain).collect()),
        Value::Map(entries) if entries.iter().all(|(key, _)| key.as_str().is_some()) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect(),
        ),
        Value::Map(entries) => {
            let pairs = entries
                .iter()
                .map(|(key, value)| Value::List(Rc::new([plain(key), plain(value)])));
            Value::map([("$pairs", Value::List(pairs.collect()))])
        }
        Value::Object(object) => Value::String(Text::new(
            object.display().unwrap_or_else(|e| e.to_string()),
        )),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Type;

    fn json_of(ty: &Type, value: Value) -> String {
        let object = ty.construct(&[value], &[], None).unwrap();
        json::write(
            &ProgramOutcome::of(&object).to_value(),
            json::Style::default(),
        )
        .unwrap()
    }

    #[test]
    fn the_record_holds_the_results_of_each_phase() {
        assert_eq!(
            json_of(&Type::Float, Value::string("{{x}}")),
            "{\"ok\": false, \"message\": \"'{{x}}' not a float\", \"value\": \"{{x}}\", \"type\": \"Float\", \
             \"string\": \"{{x}}\", \"unbound\": [\"{{x}}\"], \"json\": null, \"error\": null, \
             \"error_phase\": null, \"error_message\": null}"
        );
        let failed = json_of(&Type::Integer, Value::string("x"));
        assert!(
            failed.starts_with("{\"ok\": false, \"message\": \"Unable"),
            "{failed}"
        );
        assert!(
            failed.contains("\"value\": null")
                && failed.contains("\"error_phase\": \"interpolate\""),
            "{failed}"
        );
    }

    #[test]
    fn values_that_json_cannot_hold_are_marked() {
        let map = Type::map(Type::Integer, Type::Float);
        let entries = [(Value::integer(1), Value::Float(f64::NAN))];
        let text = json_of(&map, Value::Map(Rc::new(entries)));
        assert!(
            text.contains("\"value\": {\"$pairs\": [[1, {\"$float\": \"nan\"}]]}"),
            "{text}"
        );
    }
}
