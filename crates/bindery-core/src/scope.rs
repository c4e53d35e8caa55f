//! Scopes: the frames in which the refs of an object are looked up, highest priority first.

use std::cell::RefCell;
use std::rc::Rc;

use crate::address::{Component, split_first};
use crate::model::{Answers, BoundValue, Enclosing, Frame, Layer, Scopes};
use crate::observe::{FrameKind, ScopeFrame, Trace};
use crate::{Environment, Error, ErrorKind, Object, StructType, Text, Type, Value, repr};

impl BoundValue {
    /// Returns the text that replaces the ref: an object is interpolated first, in its own scopes only.
    pub(crate) fn display(&self, trace: &mut Trace) -> Result<Text, Error> {
        match self {
            BoundValue::Text(text) => Ok(text.clone()),
            BoundValue::Object(object) => object.text(trace),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            BoundValue::Text(text) => Value::String(text),
            BoundValue::Object(object) => Value::Object(object),
        }
    }
}

impl Drop for Scopes {
    /// Drops frame by frame: a program can bind in a loop, and a recursive drop of a long list would exhaust the stack.
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut frame) = next.and_then(Rc::into_inner) {
            next = frame.next.0.take();
        }
    }
}

impl Scopes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn push(&self, layer: Layer) -> Scopes {
        let depth = layer.depth().max(self.depth());
        Scopes(Some(Rc::new(Frame {
            layer,
            next: self.clone(),
            depth,
        })))
    }

    pub(crate) fn depth(&self) -> usize {
        self.0.as_ref().map_or(0, |frame| frame.depth)
    }

    /// Returns the scopes for the fields of a struct with the scopes `own`.
    pub(crate) fn inside(
        ty: &Rc<StructType>,
        values: &Rc<[Option<Object>]>,
        own: Scopes,
    ) -> Scopes {
        Scopes::default().push(Layer::Enclosing(Rc::new(Enclosing {
            ty: Rc::clone(ty),
            values: Rc::clone(values),
            own,
            answered: RefCell::default(),
        })))
    }

    /// Returns these scopes followed by `outer`.
    pub(crate) fn then(&self, outer: &Scopes) -> Scopes {
        match &self.0 {
            None => outer.clone(),
            Some(_) if outer.is_empty() => self.clone(),
            Some(_) => {
                let mut layers = Vec::new();
                let mut scopes = self;
                while let Some(frame) = &scopes.0 {
                    layers.push(frame.layer.clone());
                    scopes = &frame.next;
                }
                layers
                    .into_iter()
                    .rev()
                    .fold(outer.clone(), |scopes, layer| scopes.push(layer))
            }
        }
    }

    /// Returns these scopes after the arguments of `bind`: later arguments beat earlier ones, keywords beat all arguments.
    pub(crate) fn bind(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
    ) -> Result<Scopes, Error> {
        let mut scopes = self.clone();
        for argument in arguments {
            scopes = scopes.push(Layer::from_argument(argument)?);
        }
        if !keywords.is_empty() {
            let environment = Environment::new(&[], keywords)?;
            scopes = scopes.push(Layer::Environment(Rc::new(environment)));
        }
        Ok(scopes)
    }

    /// Returns these scopes before the arguments of `in_scope`: earlier arguments beat later ones, keywords are weakest (Q10).
    pub(crate) fn in_scope(
        &self,
        arguments: &[Value],
        keywords: &[(Rc<str>, Value)],
    ) -> Result<Scopes, Error> {
        let mut layers = arguments
            .iter()
            .map(Layer::from_argument)
            .collect::<Result<Vec<_>, _>>()?;
        if !keywords.is_empty() {
            let environment = Environment::new(&[], keywords)?;
            layers.push(Layer::Environment(Rc::new(environment)));
        }
        let outer = layers
            .into_iter()
            .rev()
            .fold(Scopes::default(), |scopes, layer| scopes.push(layer));
        Ok(self.then(&outer))
    }

    /// Returns these scopes with the answers of a binder as the innermost frame.
    pub(crate) fn bind_answers(&self, binder: &str, answers: &Value) -> Result<Scopes, Error> {
        let environment = Environment::new(std::slice::from_ref(answers), &[])?;
        Ok(self.push(Layer::Answers(Rc::new(Answers {
            binder: binder.into(),
            environment,
        }))))
    }

    /// Looks an address up, frame by frame.
    pub(crate) fn find(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        let mut scopes = self;
        while let Some(frame) = &scopes.0 {
            if let Some(found) = frame.layer.find(address)? {
                return Ok(Some(found));
            }
            scopes = &frame.next;
        }
        Ok(None)
    }

    /// Looks an address up for a struct in these scopes; see [`Enclosing::find_from_within`].
    fn find_from_within(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        let mut scopes = self;
        while let Some(frame) = &scopes.0 {
            let found = match &frame.layer {
                Layer::Enclosing(enclosing) => enclosing.find_from_within(address)?,
                layer => layer.find(address)?,
            };
            if found.is_some() {
                return Ok(found);
            }
            scopes = &frame.next;
        }
        Ok(None)
    }

    /// Returns the first scope that is itself an object, the value of a bare `super`. Adds the number of frames before it to `index`.
    fn first_object(&self, index: &mut usize) -> Option<Object> {
        let mut scopes = self;
        while let Some(frame) = &scopes.0 {
            match &frame.layer {
                Layer::Object(object) => return Some(object.clone()),
                Layer::Enclosing(enclosing) => {
                    *index += 1;
                    if let Some(object) = enclosing.own.first_object(index) {
                        return Some(object);
                    }
                }
                Layer::Environment(_) | Layer::Answers(_) => *index += 1,
            }
            scopes = &frame.next;
        }
        None
    }

    /// Returns the frame in which [`Scopes::find`] finds `address`. Only observed interpolations need it.
    pub(crate) fn locate(&self, address: &str) -> Result<Option<ScopeFrame>, Error> {
        self.locate_from(address, &mut 0)
    }

    /// As [`Scopes::locate`], with `index` frames before these scopes. Adds the number of frames that do not have `address`.
    fn locate_from(&self, address: &str, index: &mut usize) -> Result<Option<ScopeFrame>, Error> {
        let mut scopes = self;
        while let Some(frame) = &scopes.0 {
            let kind = match &frame.layer {
                Layer::Enclosing(enclosing) => {
                    if let Some(frame) = enclosing.locate(address, index)? {
                        return Ok(Some(frame));
                    }
                    scopes = &frame.next;
                    continue;
                }
                Layer::Environment(_) => FrameKind::Bindings,
                Layer::Answers(answers) => FrameKind::Answers {
                    binder: Rc::clone(&answers.binder),
                },
                Layer::Object(object) => FrameKind::Object(object.ty().clone()),
            };
            if frame.layer.find(address)?.is_some() {
                return Ok(Some(ScopeFrame {
                    index: *index,
                    kind,
                }));
            }
            *index += 1;
            scopes = &frame.next;
        }
        Ok(None)
    }
}

impl Layer {
    fn from_argument(argument: &Value) -> Result<Layer, Error> {
        match argument {
            Value::Environment(environment) => Ok(Layer::Environment(Rc::clone(environment))),
            Value::Map(_) => {
                let environment = Environment::new(std::slice::from_ref(argument), &[])?;
                Ok(Layer::Environment(Rc::new(environment)))
            }
            Value::Object(object) if object.is_namable() => Ok(Layer::Object(object.clone())),
            // The original accepts these values and fails at the first lookup in them (Q33).
            Value::String(_) | Value::Boolean(_) | Value::Integer(_) | Value::Float(_) => {
                Err(Error::new(
                    ErrorKind::Type,
                    format!("cannot bind {} as a scope", repr::value(argument)?),
                )
                .with_hint("bind a name to it, as in bind(name=value)"))
            }
            Value::Object(object) => Err(Error::new(
                ErrorKind::Attribute,
                format!("'{}' object has no attribute 'find'", object.ty().name()),
            )
            .with_hint("bind a name to it, as in bind(name=value)")),
            other => Err(Error::new(
                ErrorKind::Value,
                format!(
                    "Scope must be a dict, Environment, List, Map or Struct, got {}",
                    repr::value(other)?
                ),
            )),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Layer::Environment(environment) => environment.depth(),
            Layer::Answers(answers) => answers.environment.depth(),
            Layer::Object(object) => object.depth(),
            Layer::Enclosing(enclosing) => {
                let values = enclosing.values.iter().flatten().map(Object::depth);
                1 + values.max().unwrap_or(0).max(enclosing.own.depth())
            }
        }
    }

    fn find(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        match self {
            Layer::Environment(environment) => environment.find(address),
            Layer::Answers(answers) => answers.environment.find(address),
            Layer::Object(object) => object.find_address(address),
            Layer::Enclosing(enclosing) => enclosing.find(address),
        }
    }
}

impl Enclosing {
    /// Looks an address up as [`Enclosing::find`] does, for a struct inside this one, and keeps the result for its siblings.
    fn find_from_within(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        if let Some(answer) = self.answered.borrow().get(address) {
            return Ok(answer.clone());
        }
        let answer = self.find(address)?;
        let mut answered = self.answered.borrow_mut();
        answered.insert(address.into(), answer.clone());
        Ok(answer)
    }

    fn find(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        if let Some(found) = self.field(address)? {
            return Ok(Some(found));
        }
        if let Some(found) = self.own.find_from_within(address)? {
            return Ok(Some(found));
        }
        match split_first(address) {
            (Component::Dereference("super"), "") => {
                Ok(self.own.first_object(&mut 0).map(BoundValue::Object))
            }
            (Component::Dereference("super"), rest) => self.own.find_from_within(rest),
            _ => Ok(None),
        }
    }

    /// Returns the frame in which [`Enclosing::find`] finds `address`; see [`Scopes::locate_from`].
    fn locate(&self, address: &str, index: &mut usize) -> Result<Option<ScopeFrame>, Error> {
        if self.field(address)?.is_some() {
            return Ok(Some(ScopeFrame {
                index: *index,
                kind: FrameKind::Enclosing(Type::Struct(Rc::clone(&self.ty))),
            }));
        }
        *index += 1;
        let mut own = *index;
        if let Some(frame) = self.own.locate_from(address, index)? {
            return Ok(Some(frame));
        }
        match split_first(address) {
            (Component::Dereference("super"), "") => {
                let object = self.own.first_object(&mut own);
                Ok(object.map(|object| ScopeFrame {
                    index: own,
                    kind: FrameKind::Object(object.ty().clone()),
                }))
            }
            (Component::Dereference("super"), rest) => self.own.locate_from(rest, &mut own),
            _ => Ok(None),
        }
    }

    /// Returns the field at `address`, with or without `self` before it.
    fn field(&self, address: &str) -> Result<Option<BoundValue>, Error> {
        let (Component::Dereference(name), rest) = split_first(address) else {
            return Ok(None);
        };
        if name == "self"
            && !rest.is_empty()
            && let (Component::Dereference(name), rest) = split_first(rest)
            && let Some(found) = self.attribute(name, rest)?
        {
            return Ok(Some(found));
        }
        self.attribute(name, rest)
    }

    /// Returns a field without the scopes of the struct. The scopes of the asking text resolve the refs that it leaves open.
    fn attribute(&self, name: &str, rest: &str) -> Result<Option<BoundValue>, Error> {
        let Some(value) = self
            .ty
            .position(name)
            .and_then(|position| self.values[position].as_ref())
        else {
            return Ok(None);
        };
        if rest.is_empty() {
            Ok(Some(BoundValue::Object(value.clone())))
        } else {
            value.find_address(rest)
        }
    }
}
