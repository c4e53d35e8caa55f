//! Template objects: creation, scopes, plain data and printed form.

use std::fmt;
use std::rc::Rc;

use crate::interpolate::evaluate;
use crate::meter::{count_text, evaluation};
use crate::model::{Content, Node, Scopes};
use crate::observe::Trace;
use crate::template::may_hold_tags;
use crate::{Error, ErrorKind, Object, Origin, Text, Type, Value, repr};

/// Maximum nesting of objects. Evaluation and drop recurse, and a program can nest objects in a loop.
const MAX_DEPTH: usize = 250;

impl Content {
    fn depth(&self) -> usize {
        let value = |value: &Value| match value {
            Value::Object(object) => object.depth(),
            _ => 0,
        };
        match self {
            Content::Leaf(raw) | Content::Choice(raw) => value(raw),
            Content::List(elements) => elements.iter().map(Object::depth).max().unwrap_or(0),
            Content::Map(entries) => entries
                .iter()
                .map(|(key, value)| key.depth().max(value.depth()))
                .max()
                .unwrap_or(0),
            Content::Struct(values) => {
                let depths = values.iter().flatten().map(Object::depth);
                depths.max().unwrap_or(0)
            }
        }
    }
}

/// Returns whether the content of an object without scopes is complete and of its type.
fn is_settled(ty: &Type, content: &Content) -> bool {
    match (ty, content) {
        (Type::String, Content::Leaf(Value::String(text))) => !may_hold_tags(text),
        (Type::Integer, Content::Leaf(Value::Integer(_)))
        | (Type::Float, Content::Leaf(Value::Float(_)))
        | (Type::Boolean, Content::Leaf(Value::Boolean(_))) => true,
        (_, Content::List(elements)) => elements.iter().all(Object::is_settled),
        (_, Content::Map(entries)) => entries
            .iter()
            .all(|(key, value)| key.is_settled() && value.is_settled()),
        (Type::Struct(ty), Content::Struct(values)) => {
            let fields = ty.fields().iter().zip(values.iter());
            fields.into_iter().all(|((_, field), value)| match value {
                Some(value) => value.is_settled(),
                None => !field.is_required(),
            })
        }
        _ => false,
    }
}

impl Object {
    pub(crate) fn new(ty: Type, content: Content, origin: Option<Origin>) -> Self {
        Object::with_scopes(ty, content, Scopes::default(), origin)
    }

    pub(crate) fn with_scopes(
        ty: Type,
        content: Content,
        scopes: Scopes,
        origin: Option<Origin>,
    ) -> Self {
        let depth = 1 + content.depth().max(scopes.depth());
        let is_closed = match &content {
            Content::Leaf(Value::String(text)) => !may_hold_tags(text),
            Content::Leaf(_) => true,
            _ => false,
        };
        let is_settled = scopes.is_empty() && is_settled(&ty, &content);
        Object(Rc::new(Node {
            ty,
            content,
            scopes,
            origin,
            depth,
            is_closed,
            is_settled,
        }))
    }

    pub(crate) fn depth(&self) -> usize {
        self.0.depth
    }

    /// Returns the object, or an error if it is nested too deeply.
    pub(crate) fn within_depth(self) -> Result<Object, Error> {
        if self.0.depth > MAX_DEPTH {
            return Err(Error::new(
                ErrorKind::Value,
                format!("objects are nested more than {MAX_DEPTH} deep"),
            )
            .at(self.0.origin));
        }
        Ok(self)
    }

    /// Returns the type.
    pub fn ty(&self) -> &Type {
        &self.0.ty
    }

    /// Returns the position at which the object was created.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0.content
    }

    pub(crate) fn own_scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// Returns the scopes of the object's content, for an object that is evaluated in `scopes`.
    pub(crate) fn inner_scopes(&self, scopes: Scopes) -> Scopes {
        match (&self.0.ty, &self.0.content) {
            (Type::Struct(ty), Content::Struct(values)) => Scopes::inside(ty, values, scopes),
            _ => scopes,
        }
    }

    pub(crate) fn same_node(&self, other: &Object) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Returns whether refs can reach into the object. They cannot reach into simple objects and choices (Q16).
    pub fn is_namable(&self) -> bool {
        matches!(self.0.ty, Type::List(_) | Type::Map(_) | Type::Struct(_))
    }

    /// Returns whether the object is simple and without tags, so that scopes do not affect it.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed
    }

    /// Returns whether interpolation in any scopes returns the object itself and its check passes.
    pub(crate) fn is_settled(&self) -> bool {
        self.0.is_settled
    }

    fn rescoped(&self, scopes: Scopes) -> Object {
        Object::with_scopes(
            self.0.ty.clone(),
            self.0.content.clone(),
            scopes,
            self.0.origin,
        )
    }

    pub(crate) fn in_scopes(&self, outer: &Scopes) -> Object {
        if outer.is_empty() {
            return self.clone();
        }
        self.rescoped(self.0.scopes.then(outer))
    }

    /// Adds inner scopes. Later arguments beat earlier ones, keywords beat all arguments, and newer binds beat older ones.
    ///
    /// # Errors
    ///
    /// If an argument cannot be a scope: scopes are mappings, environments, lists, maps and structs (Q33).
    pub fn bind(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
    ) -> Result<Object, Error> {
        if arguments.is_empty() && keywords.is_empty() {
            return Ok(self.clone());
        }
        self.rescoped(self.0.scopes.bind(arguments, keywords)?)
            .within_depth()
    }

    /// Returns the object with the answers of a binder as its innermost scope.
    pub(crate) fn bind_answers(&self, binder: &str, answers: &Value) -> Result<Object, Error> {
        self.rescoped(self.0.scopes.bind_answers(binder, answers)?)
            .within_depth()
    }

    /// Adds outer scopes. Earlier arguments beat later ones, keywords are the weakest (Q10).
    ///
    /// # Errors
    ///
    /// As [`Object::bind`].
    pub fn in_scope(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
    ) -> Result<Object, Error> {
        self.rescoped(self.0.scopes.in_scope(arguments, keywords)?)
            .within_depth()
    }

    /// Evaluates `object % argument`: binds (does not put in scope, Q11) and interpolates.
    ///
    /// # Errors
    ///
    /// As [`Object::bind`] and [`Object::interpolate`].
    pub fn modulo(&self, argument: &Value) -> Result<Object, Error> {
        let bound = self.bind(std::slice::from_ref(argument), &[])?;
        Ok(bound.interpolate()?.0)
    }

    /// Returns the plain data, neither interpolated nor coerced (Q39): a struct as a mapping of its fields that are not Empty, a
    /// list as a tuple. Interpolates only choices, to find the alternative.
    ///
    /// # Errors
    ///
    /// The errors of interpolating a Choice.
    pub fn get(&self) -> Result<Value, Error> {
        match self.content() {
            Content::Leaf(value) => Ok(value.clone()),
            Content::Choice(_) => self.interpolate()?.0.get(),
            Content::List(elements) => Ok(Value::Tuple(
                elements.iter().map(Object::get).collect::<Result<_, _>>()?,
            )),
            Content::Map(entries) => {
                let mut data: Vec<(Value, Value)> = Vec::with_capacity(entries.len());
                for (key, value) in entries.iter() {
                    let (key, value) = (key.get()?, value.get()?);
                    // Equal keys collapse and the last wins, though refs see the first (Q42).
                    match data.iter_mut().find(|(k, _)| k.python_eq(&key)) {
                        Some(entry) => entry.1 = value,
                        None => data.push((key, value)),
                    }
                }
                Ok(Value::Map(data.into()))
            }
            Content::Struct(values) => {
                let mut data = Vec::with_capacity(values.len());
                for (name, value) in self.named(values) {
                    if let Some(value) = value {
                        data.push((Value::String(Text::new(Rc::clone(name))), value.get()?));
                    }
                }
                Ok(Value::Map(data.into()))
            }
        }
    }

    /// Iterates over the fields of a struct with their values.
    pub(crate) fn named<'a>(
        &'a self,
        values: &'a [Option<Object>],
    ) -> impl Iterator<Item = (&'a Rc<str>, &'a Option<Object>)> {
        let Type::Struct(ty) = self.ty() else {
            unreachable!("only structs hold fields");
        };
        ty.fields().iter().map(|(name, _)| name).zip(values)
    }

    /// Returns `str()`: the text of the interpolated object. A simple object prints its value, others print `Name(…)`.
    ///
    /// # Errors
    ///
    /// As [`Object::interpolate`].
    pub fn display(&self) -> Result<String, Error> {
        let text = self.text(&mut Trace::off())?;
        count_text(text.len())?;
        Ok(text.to_string())
    }

    /// Returns the text of [`Object::display`], without a copy if the value is a text.
    pub(crate) fn text(&self, trace: &mut Trace) -> Result<Text, Error> {
        if let Content::Leaf(raw) = self.content() {
            if self.is_closed()
                && let (Type::String, Value::String(text)) = (self.ty(), raw)
            {
                return Ok(text.clone());
            }
            let evaluated = evaluate(self.ty(), raw, self.own_scopes(), self.origin(), trace)?;
            return match evaluated.value {
                Value::String(text) => Ok(text),
                other => repr::display(&other).map(Text::new),
            };
        }
        evaluation(|| {
            let whole = self.interpolate_in(&Scopes::default(), &mut Vec::new(), trace)?;
            match self.content() {
                // Printing the alternative evaluates it once more, as printing of any object does.
                Content::Choice(_) => whole.text(&mut Trace::off()),
                _ => whole.display_interpolated().map(Text::new),
            }
        })
    }

    /// Returns `repr()`: as [`Object::display`], but a simple object prints `Type(value)`.
    ///
    /// # Errors
    ///
    /// As [`Object::interpolate`].
    pub fn repr(&self) -> Result<String, Error> {
        let wrap = |text: String| format!("{}({text})", self.ty().name());
        match self.content() {
            Content::Leaf(_) => self.display().map(wrap),
            Content::Choice(value) => repr::value(value).map(wrap),
            _ => self.display(),
        }
    }

    /// Returns the text of an object whose parts are interpolated already. Leaves are scanned once more, as `str()` of an
    /// interpolated object does in the original (Q32).
    fn display_interpolated(&self) -> Result<String, Error> {
        let name = self.ty().name();
        match self.content() {
            Content::Leaf(value) => repr::display(value),
            Content::Choice(_) => self.display(),
            Content::List(elements) => {
                let parts: Result<Vec<_>, _> = elements.iter().map(Object::display).collect();
                Ok(format!("{name}({})", parts?.join(", ")))
            }
            Content::Map(entries) => {
                let mut parts = Vec::with_capacity(entries.len());
                for (key, value) in entries.iter() {
                    parts.push(format!("{} => {}", key.display()?, value.display()?));
                }
                Ok(format!("{name}({})", parts.join(", ")))
            }
            Content::Struct(values) => {
                let mut parts = Vec::with_capacity(values.len());
                for (field, value) in self.named(values) {
                    if let Some(value) = value {
                        parts.push(format!("{field}={}", value.display()?));
                    }
                }
                let padding = format!(",\n{}", " ".repeat(name.chars().count() + 1));
                Ok(format!("{name}({})", parts.join(&padding)))
            }
        }
    }

    /// Returns the alternative that a Choice takes, interpolated; any other object interpolated.
    ///
    /// # Errors
    ///
    /// As [`Object::interpolate`].
    pub fn unwrap_choice(&self) -> Result<Object, Error> {
        Ok(self.interpolate()?.0)
    }

    pub(crate) fn wrong_kind(&self, operation: &str) -> Error {
        Error::new(
            ErrorKind::Type,
            format!("'{}' object {operation}", self.ty().name()),
        )
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.repr() {
            Ok(text) => f.write_str(&text),
            Err(error) => write!(f, "{}(<{error}>)", self.ty().name()),
        }
    }
}
