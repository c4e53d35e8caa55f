//! Job of a file, before its phases.

use bindery_core::{Error, Object, Origin, Ref, Value};

use crate::phases::invalid::origin_of;
use crate::{Schema, Selection};

/// Job object with its bindings.
#[derive(Clone, Debug)]
pub struct Job {
    object: Object,
}

impl Job {
    pub(crate) fn new(object: Object) -> Self {
        Job { object }
    }

    /// Returns the job object.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// Returns the job with `object`, to which the answers of binders are bound, in place of the object that it has.
    #[must_use]
    pub fn with_object(&self, object: Object) -> Self {
        Job { object }
    }

    /// Returns the job with `pairs` appended to its `metadata`, except for pairs that are there already.
    ///
    /// # Errors
    ///
    /// The errors of interpolating the field.
    pub fn with_metadata(&self, schema: &Schema, pairs: &[(String, String)]) -> Result<Job, Error> {
        if pairs.is_empty() {
            return Ok(self.clone());
        }
        let metadata = self.object.attribute("metadata")?;
        let mut known: Vec<(String, String)> = Vec::new();
        for entry in metadata.iter().flat_map(Object::items) {
            let text = |field| text_of(entry, field);
            if let (Some(key), Some(value)) = (text("key")?, text("value")?) {
                known.push((key, value));
            }
        }
        let ty = schema.own("Metadata");
        let mut added = Vec::new();
        for pair in pairs {
            if known.contains(pair) {
                continue;
            }
            known.push(pair.clone());
            let fields = [("key", &pair.0), ("value", &pair.1)];
            let fields = fields.map(|(name, text)| (name.into(), Value::string(text.as_str())));
            added.push(Value::Object(ty.construct(&[], &fields, None)?));
        }
        if added.is_empty() {
            return Ok(self.clone());
        }
        let list = match self.object.field("metadata") {
            Some(list) => Value::Object(list.extended(&added)?),
            None => Value::List(added.into()),
        };
        Ok(Job::new(self.object.with(&[("metadata".into(), list)])?))
    }

    /// Returns the interpolated cluster; `None` where the job has none.
    ///
    /// # Errors
    ///
    /// The errors of interpolating the field.
    pub fn cluster(&self) -> Result<Option<String>, Error> {
        text_of(&self.object, "cluster")
    }

    /// Returns `cluster/role/environment/name`, with `{MISSING}` for an absent part.
    ///
    /// # Errors
    ///
    /// The errors of interpolating these fields.
    pub fn path(&self) -> Result<String, Error> {
        let mut parts = Vec::with_capacity(4);
        for field in ["cluster", "role", "environment", "name"] {
            parts.push(text_of(&self.object, field)?.unwrap_or_else(|| "{MISSING}".to_owned()));
        }
        Ok(parts.join("/"))
    }

    /// Returns whether a field of the job answers a ref, so that binding the ref has no effect on the job (Q09).
    pub fn shadows(&self, reference: &Ref) -> bool {
        self.object.find(reference).is_ok()
    }

    /// Returns the position of the job's name, otherwise of the call that made the job.
    pub fn origin(&self) -> Option<Origin> {
        let name = self.object.field("name").and_then(origin_of);
        name.or_else(|| origin_of(&self.object))
    }

    pub(crate) fn matches(&self, selection: &Selection) -> Result<bool, Error> {
        for (field, wanted) in [
            ("name", &selection.name),
            ("cluster", &selection.cluster),
            ("role", &selection.role),
            ("environment", &selection.environment),
        ] {
            if wanted.is_some() && text_of(&self.object, field)? != *wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the job with bindings for the refs that older files use in place of the job's own fields: `mesos.role` and
    /// `thermos.user` for `{{role}}`, `mesos.cluster` for `{{cluster}}`.
    ///
    /// # Errors
    ///
    /// None in practice: the bindings are valid.
    pub fn with_compatible_refs(&self) -> Result<Job, Error> {
        let bindings: Vec<Value> = [
            ("mesos.role", "{{role}}"),
            ("mesos.cluster", "{{cluster}}"),
            ("thermos.user", "{{role}}"),
        ]
        .into_iter()
        .map(|(address, text)| Value::map([(address, Value::string(text))]))
        .collect();
        Ok(Job::new(self.object.bind(&bindings, &[])?))
    }
}

/// Returns the interpolated text of a field of a job or of another struct; `None` where the field has no value.
pub(crate) fn text_of(object: &Object, field: &str) -> Result<Option<String>, Error> {
    match object.attribute(field)? {
        Some(value) => Ok(Some(value.display()?)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use bindery_core::Type;

    use super::*;

    #[test]
    fn metadata_is_appended_once() {
        let schema = Schema::new();
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let pairs = pairs.iter();
            pairs
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect()
        };
        let added = [("a", "x"), ("b", "y"), ("b", "y"), ("a", "{{name}}")];
        let check = |metadata: Option<Value>, expected: &[(&str, &str)]| {
            let mut fields = vec![("name".into(), Value::string("job"))];
            fields.extend(metadata.map(|metadata| ("metadata".into(), metadata)));
            let job = Job::new(schema.job().construct(&[], &fields, None).unwrap());
            let job = job.with_metadata(&schema, &pairs(&added)).unwrap();
            let entries = job.object.attribute("metadata").unwrap().unwrap();
            let texts = |entry: &Object| {
                let text = |field| text_of(entry, field).unwrap().unwrap();
                (text("key"), text("value"))
            };
            let entries: Vec<_> = entries.items().iter().map(texts).collect();
            assert_eq!(entries, pairs(expected));
        };
        let all = [("a", "x"), ("b", "y"), ("a", "job")];
        check(None, &all);
        check(Some(Value::Empty), &all);
        let entry =
            |value| Value::map([("key", Value::string("b")), ("value", Value::string(value))]);
        let list = Value::List([entry("{{own}}"), entry("y")].into());
        let own = schema.own("Metadata");
        let bound = Type::list(own).construct(&[list], &[], None).unwrap();
        let bound = bound.bind(&[Value::map([("own", Value::string("z"))])], &[]);
        check(
            Some(Value::Object(bound.unwrap())),
            &[("b", "z"), ("b", "y"), ("a", "x"), ("a", "job")],
        );
    }
}
