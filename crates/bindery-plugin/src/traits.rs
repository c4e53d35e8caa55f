//! Cluster traits: the cluster keys that a plugin reads, with types and defaults, as data.

/// Named group of cluster keys. A required key is required only of clusters that the plugin reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trait {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

impl Trait {
    /// Creates a trait with these fields.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields }
    }
}

/// Key of a cluster.
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
    /// Creates an optional string.
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, FieldType::String)
    }

    /// Creates an optional integer.
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, FieldType::Integer)
    }

    /// Creates an optional float.
    pub const fn float(name: &'static str) -> Self {
        Self::new(name, FieldType::Float)
    }

    /// Creates an optional boolean.
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

    /// Makes the key required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the default for clusters without the key; it may contain refs to other keys of the trait.
    ///
    /// The host refuses a plugin with a default that the type of the key cannot hold.
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(Default::Text(default));
        self
    }

    /// Sets a number as the default for clusters without the key.
    pub const fn or_integer(mut self, default: i64) -> Self {
        self.default = Some(Default::Integer(default));
        self
    }

    /// Sets a boolean as the default for clusters without the key.
    pub const fn or_boolean(mut self, default: bool) -> Self {
        self.default = Some(Default::Boolean(default));
        self
    }

    /// Sets the description, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// Type of a key, by its name in templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldType {
    /// String.
    String,
    /// Integer.
    Integer,
    /// Float.
    Float,
    /// Boolean.
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

/// Default of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    /// String.
    Text(&'static str),
    /// Integer.
    Integer(i64),
    /// Boolean.
    Boolean(bool),
}
