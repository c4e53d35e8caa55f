//! Types and constants for job files, as data.

/// Name that job files use without an import: a struct type or a constant.
///
/// ```
/// use bindery_plugin::{Data, Definition, Member, Type, export_plugin};
///
/// /// `Release(name = 'web', version = '1.4')`; the default of `channel` is `stable`.
/// const RELEASE: Definition = Definition::structure(
///     "Release",
///     &[
///         Member::new("name", Type::String).required(),
///         Member::new("version", Type::String).required(),
///         Member::new("channel", Type::String).or(Data::Text("stable")),
///         Member::new("steps", Type::List(&Type::Named("Process"))).help("Processes that unpack the release"),
///     ],
/// );
/// const CHANNELS: Definition =
///     Definition::constant("CHANNELS", Data::List(&[Data::Text("stable"), Data::Text("beta")]));
///
/// export_plugin! { name: "site", schema: [RELEASE, CHANNELS] }
/// # fn main() {}
/// ```
///
/// A name of the language, of the job schema or of an earlier plugin wins: the host prints a warning and ignores this definition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Definition {
    pub(crate) name: &'static str,
    pub(crate) defined: Defined,
    pub(crate) help: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Defined {
    Structure(&'static [Member]),
    Constant(Data),
}

impl Definition {
    /// Creates a struct type with these fields, in the order in which they are checked and printed.
    pub const fn structure(name: &'static str, fields: &'static [Member]) -> Self {
        Self {
            name,
            defined: Defined::Structure(fields),
            help: "",
        }
    }

    /// Creates a constant.
    pub const fn constant(name: &'static str, value: Data) -> Self {
        Self {
            name,
            defined: Defined::Constant(value),
            help: "",
        }
    }

    /// Sets the description, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// Field of a struct type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) default: Option<Data>,
    pub(crate) help: &'static str,
}

impl Member {
    /// Creates an optional field.
    pub const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            required: false,
            default: None,
            help: "",
        }
    }

    /// Makes the field required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets the default; a text may contain refs to other fields. The host refuses a default that the type cannot hold.
    pub const fn or(mut self, default: Data) -> Self {
        self.default = Some(default);
        self
    }

    /// Sets the description, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// Type of a field, as job files write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// String.
    String,
    /// Integer.
    Integer,
    /// Float.
    Float,
    /// Boolean.
    Boolean,
    /// `List(..)`.
    List(&'static Type),
    /// `Map(.., ..)`.
    Map(&'static Type, &'static Type),
    /// Type of the job schema, such as `Process`, or an earlier type of this plugin.
    Named(&'static str),
}

/// Plain data. A float is written as a text, `Text("1.5")`, which a field of type Float reads as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Data {
    /// String.
    Text(&'static str),
    /// Integer.
    Integer(i64),
    /// Boolean.
    Boolean(bool),
    /// List.
    List(&'static [Data]),
    /// Mapping, or the fields of a struct.
    Map(&'static [(&'static str, Data)]),
}
