//! Types of the values that the bridge adds.

use std::rc::Rc;

use bindery_core::{Environment, Field, Object, Opaque, Ref, Type, TypeCheck};
use bindery_python::{ExcKind, Outcome, Raised, Value};

/// Maximum nesting depth of lists, dicts and objects passed to the core, which processes them by recursion.
pub(super) const DEEPEST: usize = 100;

/// Methods that a subclass of a struct declares.
pub(super) type Methods = Vec<(Rc<str>, Value)>;

/// A template type.
pub(super) struct TypeValue {
    pub(super) ty: Type,
    pub(super) methods: Option<Rc<Methods>>,
    pub(super) depth: usize,
}

impl TypeValue {
    pub(super) fn value(ty: Type, methods: Option<Rc<Methods>>) -> Outcome {
        let depth = ty.depth();
        if depth > DEEPEST {
            return Err(
                Raised::new(ExcKind::Recursion, "maximum recursion depth exceeded")
                    .hint(format!("types may nest {DEEPEST} deep")),
            );
        }
        Ok(Value::native(TypeValue { ty, methods, depth }))
    }
}

/// Makes a value of a type that is known not to nest too deep.
pub(super) fn type_value(ty: Type) -> Value {
    let depth = ty.depth();
    Value::native(TypeValue {
        ty,
        methods: None,
        depth,
    })
}

/// A template object.
pub(super) struct ObjectValue {
    pub(super) object: Object,
    /// Methods of the subclass that made the object.
    pub(super) methods: Option<Rc<Methods>>,
    /// Nesting depth of the object and its bindings.
    pub(super) depth: usize,
    /// Number of bindings.
    pub(super) binds: usize,
}

pub(super) fn object_value(object: Object, depth: usize) -> Value {
    object_with_methods(object, None, depth)
}

pub(super) fn object_with_methods(
    object: Object,
    methods: Option<Rc<Methods>>,
    depth: usize,
) -> Value {
    Value::native(ObjectValue {
        object,
        methods,
        depth,
        binds: 0,
    })
}

impl ObjectValue {
    pub(super) fn changed(&self, object: Object, depth: usize, binds: usize) -> Value {
        Value::native(ObjectValue {
            object,
            methods: self.methods.clone(),
            depth: self.depth.max(depth),
            binds: self.binds + binds,
        })
    }
}

/// Result of `check()`.
pub(super) struct CheckValue(pub(super) TypeCheck);

/// `Required(T)` or `Default(T, value)`.
pub(super) struct FieldValue(pub(super) Field);

/// Makers of types, and classes of pystachio that files may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Struct,
    Enum,
    Choice,
    List,
    Map,
    Required,
    Default,
    TypeFactory,
    Type,
    TypeCheck,
    Namable,
    MustacheParser,
}

/// `Empty`: unsets a field.
pub(super) struct EmptyValue;

/// A ref.
pub(super) struct RefValue(pub(super) Ref);

/// An environment.
pub(super) struct EnvironmentValue {
    pub(super) environment: Rc<Environment>,
    /// Nesting depth of the bound values.
    pub(super) depth: usize,
}

/// A value that passed through the core without being plain data.
pub(super) struct OpaqueValue(pub(super) Rc<Opaque>);
