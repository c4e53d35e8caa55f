//! Cluster traits: which keys of a cluster a plugin reads, with their types and defaults, as data.

/// A named group of cluster keys. What it requires is required only of clusters that are used through it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trait {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

impl Trait {
    /// A trait with these fields.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields }
    }
}

/// One key of a cluster.
///
/// ```
/// use bindery_plugin::{Field, Trait};
///
/// const SCHEDULER: Trait = Trait::new(
///     "scheduler",
///     &[
///         Field::string("zk").help("Hosts of ZooKeeper, separated by commas, without ports"),
///         Field::integer("zk_port").or_integer(2181),
///     ],
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldType,
    pub(crate) required: bool,
    pub(crate) default: Option<Default>,
    pub(crate) help: &'static str,
}

impl Field {
    /// An optional text.
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, FieldType::String)
    }

    /// An optional whole number.
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, FieldType::Integer)
    }

    /// An optional number.
    pub const fn float(name: &'static str) -> Self {
        Self::new(name, FieldType::Float)
    }

    /// An optional truth value.
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, FieldType::Boolean)
    }

    const fn new(name: &'static str, kind: FieldType) -> Self {
        Self {
            name,
            kind,
            required: false,
            default: None,
            help: "",
        }
    }

    /// Makes it a key that a cluster must have.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the text that counts if a cluster does not have the key; it may hold refs to other keys of the trait.
    ///
    /// The host refuses a plugin with a default that the key's type cannot hold.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(Default::Text(default));
        self
    }

    /// Sets the number that counts if a cluster does not have the key.
    pub const fn or_integer(mut self, default: i64) -> Self {
        self.default = Some(Default::Integer(default));
        self
    }

    /// Sets the truth value that counts if a cluster does not have the key.
    pub const fn or_boolean(mut self, default: bool) -> Self {
        self.default = Some(Default::Boolean(default));
        self
    }

    /// Says what the key is for, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// The type of a key, under the name it has in templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A truth value.
    Boolean,
}

impl FieldType {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Integer => "Integer",
            Self::Float => "Float",
            Self::Boolean => "Boolean",
        }
    }
}

/// What counts if a cluster does not have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
}
