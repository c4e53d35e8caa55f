//! Types and constants that job files find without importing them, as data.

/// A name that job files get from the plugin: a struct type, or a constant.
///
/// ```
/// use bindery_plugin::{Data, Definition, Member, Type, export_plugin};
///
/// /// `Release(name = 'web', version = '1.4')`; a job that gives no channel has the stable one.
/// const RELEASE: Definition = Definition::structure(
///     "Release",
///     &[
///         Member::new("name", Type::String).required(),
///         Member::new("version", Type::String).required(),
///         Member::new("channel", Type::String).or(Data::Text("stable")),
///         Member::new("steps", Type::List(&Type::Named("Process"))).help("What unpacks it"),
///     ],
/// );
/// const CHANNELS: Definition =
///     Definition::constant("CHANNELS", Data::List(&[Data::Text("stable"), Data::Text("beta")]));
///
/// export_plugin! { name: "site", schema: [RELEASE, CHANNELS] }
/// # fn main() {}
/// ```
///
/// A name that job files have already, be it of the language, of the job schema or of a plugin that comes first, is not taken:
/// the host says so and goes on without it.
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
    /// A struct type with these fields, in the order in which they are checked and printed.
    pub const fn structure(name: &'static str, fields: &'static [Member]) -> Self {
        Self {
            name,
            defined: Defined::Structure(fields),
            help: "",
        }
    }

    /// Plain data under a name.
    pub const fn constant(name: &'static str, value: Data) -> Self {
        Self {
            name,
            defined: Defined::Constant(value),
            help: "",
        }
    }

    /// Says what it is for, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// A field of a struct type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) default: Option<Data>,
    pub(crate) help: &'static str,
}

impl Member {
    /// A field that may be absent.
    pub const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            ty,
            required: false,
            default: None,
            help: "",
        }
    }

    /// Makes it a field that has to be given.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Sets what it is where nothing is given; a text may hold refs to other fields. The host refuses what the type cannot hold.
    pub const fn or(mut self, default: Data) -> Self {
        self.default = Some(default);
        self
    }

    /// Says what the field is for, on one line.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// The type of a field, as job files write it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Type {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A truth value.
    Boolean,
    /// `List(..)`.
    List(&'static Type),
    /// `Map(.., ..)`.
    Map(&'static Type, &'static Type),
    /// A type of the job schema, such as `Process`, or one that this plugin lists before.
    Named(&'static str),
}

/// Plain data. A Float is written as a text, `Text("1.5")`, which a field of that type reads as a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Data {
    /// A text.
    Text(&'static str),
    /// A whole number.
    Integer(i64),
    /// A truth value.
    Boolean(bool),
    /// A list.
    List(&'static [Data]),
    /// A mapping, or the fields of a struct.
    Map(&'static [(&'static str, Data)]),
}
