//! Data model: values, types, objects, scopes and environments.
//!
//! Each of these types holds some of the others, so they share one file. Their behavior is in the modules above: `value`, `types`,
//! `object`, `scope` and `environment`, and in the operations on objects.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::hash::HashMap;
use crate::{Int, Origin, Ref, Text};

/// Plain data and template objects: arguments of a program, and results of [`Object::get`].
#[derive(Clone, Debug)]
pub enum Value {
    /// Python's `None`, JSON's `null`.
    None,
    /// Truth value.
    Boolean(bool),
    /// Integer of any size.
    Integer(Int),
    /// Double.
    Float(f64),
    /// Text.
    String(Text),
    /// List.
    List(Rc<[Value]>),
    /// Tuple; [`Object::get`] returns lists as tuples.
    Tuple(Rc<[Value]>),
    /// Mapping in stored order. The code that builds a mapping keeps its keys unique.
    Map(Rc<[(Value, Value)]>),
    /// Ref, which can be a key of bindings.
    Ref(Ref),
    /// Bindings.
    Environment(Rc<Environment>),
    /// Template object.
    Object(Object),
    /// Pystachio's `Empty`, which unsets a field.
    Empty,
    /// Any other value of the host language.
    Opaque(Rc<Opaque>),
}

/// Value of the host language of which templates know only the name of its type and its printed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Name of the value's type, as in `set`.
    pub type_name: String,
    /// Printed form.
    pub text: String,
}

/// Immutable template object. Cheap to clone; every change creates a new object.
#[derive(Clone)]
pub struct Object(pub(crate) Rc<Node>);

pub(crate) struct Node {
    pub(crate) ty: Type,
    pub(crate) content: Content,
    pub(crate) scopes: Scopes,
    pub(crate) origin: Option<Origin>,
    /// Number of objects nested in one another, by content or by scope.
    pub(crate) depth: usize,
    /// Scopes do not affect the object: a simple object without tags.
    pub(crate) is_closed: bool,
    /// Interpolation returns the object itself and its check passes: complete, without tags, scopes and choices, and already of its
    /// type. Defaults of a schema are settled.
    pub(crate) is_settled: bool,
}

/// Content of an object, as it was given.
#[derive(Clone)]
pub(crate) enum Content {
    /// Content of a simple type; any value until it is coerced.
    Leaf(Value),
    /// Content of a Choice type.
    Choice(Value),
    List(Rc<[Object]>),
    Map(Rc<[(Object, Object)]>),
    /// Values by position of the field in the type; `None` is Empty.
    Struct(Rc<[Option<Object>]>),
}

/// Type of a template object. Cheap to clone.
///
/// Two types are [the same](Type::same) by name and parameters, not by the place of their declaration.
#[derive(Clone)]
pub enum Type {
    /// Text.
    String,
    /// Integer of any size.
    Integer,
    /// Double.
    Float,
    /// Truth value.
    Boolean,
    /// One of the listed texts.
    Enum(Rc<EnumType>),
    /// One of several types, tried in order.
    Choice(Rc<ChoiceType>),
    /// Values of one type.
    List(Rc<ListType>),
    /// Keys of one type to values of another.
    Map(Rc<MapType>),
    /// Named fields.
    Struct(Rc<StructType>),
}

/// Enum type: the texts it accepts.
#[derive(Debug, PartialEq, Eq)]
pub struct EnumType {
    /// Name of the type.
    pub name: Rc<str>,
    /// Accepted texts, in declared order.
    pub values: Vec<Rc<str>>,
}

/// Choice type: the alternatives it offers.
pub struct ChoiceType {
    /// Name of the type.
    pub name: Rc<str>,
    pub(crate) depth: usize,
    /// Types, in the order in which they are tried.
    pub alternatives: Vec<Type>,
}

/// List type.
pub struct ListType {
    pub(crate) name: Rc<str>,
    pub(crate) depth: usize,
    /// Type of the elements.
    pub element: Type,
}

/// Map type.
pub struct MapType {
    pub(crate) name: Rc<str>,
    pub(crate) depth: usize,
    /// Type of the keys.
    pub key: Type,
    /// Type of the values.
    pub value: Type,
}

/// Struct type: its fields in declared order.
pub struct StructType {
    pub(crate) name: Rc<str>,
    /// Name of the schema; differs from `name` for a subclass, which has the schema of its parent (Q20).
    pub(crate) schema_name: Rc<str>,
    pub(crate) fields: Vec<(Rc<str>, Field)>,
    pub(crate) positions: HashMap<Rc<str>, usize>,
    pub(crate) depth: usize,
    pub(crate) sorted: OnceCell<Rc<StructType>>,
}

/// Field of a struct type.
#[derive(Clone)]
pub struct Field {
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) default: Option<FieldDefault>,
}

#[derive(Clone)]
pub(crate) struct FieldDefault {
    /// Plain data, since bindings attached to a default are lost (Q22). Two schemas are the same only if this data is equal.
    pub(crate) raw: Value,
    pub(crate) object: Object,
}

/// Flat table from refs to values. Nested mappings are flattened into it, so tables merge leaf by leaf.
#[derive(Default)]
pub struct Environment {
    pub(crate) entries: HashMap<Rc<str>, BoundValue>,
    /// Addresses in the order in which they were first bound, so that printing is deterministic.
    pub(crate) order: Vec<Rc<str>>,
    /// Largest depth of an object in the table.
    pub(crate) depth: usize,
}

/// Value that a ref is bound to.
#[derive(Clone)]
pub(crate) enum BoundValue {
    Text(Text),
    Object(Object),
}

/// Immutable list of scope frames, highest priority first. Shares its tail with other lists.
#[derive(Clone, Default)]
pub(crate) struct Scopes(pub(crate) Option<Rc<Frame>>);

pub(crate) struct Frame {
    pub(crate) layer: Layer,
    pub(crate) next: Scopes,
    /// Largest depth of an object in this frame and the frames after it.
    pub(crate) depth: usize,
}

#[derive(Clone)]
pub(crate) enum Layer {
    Environment(Rc<Environment>),
    Answers(Rc<Answers>),
    /// List, map or struct that was bound as a scope.
    Object(Object),
    /// Struct around a value.
    Enclosing(Rc<Enclosing>),
}

/// Answers of one binder, bound to the object whose refs they answer.
pub(crate) struct Answers {
    pub(crate) binder: Rc<str>,
    pub(crate) environment: Environment,
}

/// Scope that a struct forms for the values in its fields: `self.x`, its attributes, its own scopes, and these scopes once more as
/// `super.x`.
pub(crate) struct Enclosing {
    pub(crate) ty: Rc<StructType>,
    pub(crate) values: Rc<[Option<Object>]>,
    pub(crate) own: Scopes,
    /// Results of earlier lookups from structs inside this one, which repeat the same addresses.
    pub(crate) answered: RefCell<HashMap<Box<str>, Option<BoundValue>>>,
}
