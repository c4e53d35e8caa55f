//! Reader of `clusters.json`, with its two layouts.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::view::TraitError;

/// Error for a `clusters.json` that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file exists and cannot be read.
    #[error("cannot read `{}`", file.display())]
    Unreadable {
        /// File.
        file: PathBuf,
        /// Error of the operating system.
        source: std::io::Error,
    },
    /// The file is not JSON.
    #[error("Unable to parse {}: {detail}", file.display())]
    Syntax {
        /// File.
        file: PathBuf,
        /// Message of the JSON reader, with line and column.
        detail: String,
        /// Line and column, from 1.
        place: (usize, usize),
    },
    /// The file is neither a list nor an object.
    #[error("Unknown layout in {}", file.display())]
    Layout {
        /// File.
        file: PathBuf,
    },
    /// An entry is not an object.
    #[error("Clusters must be maps of key/value pairs, got {found}")]
    Element {
        /// File.
        file: PathBuf,
        /// Python's name for the type of the entry.
        found: &'static str,
    },
    /// The name of a cluster is not a string, number or boolean.
    #[error(transparent)]
    Name(#[from] TraitError),
}

impl ReadError {
    /// Returns the file, with line and column if they are known.
    pub fn place(&self) -> (&Path, Option<(usize, usize)>) {
        match self {
            Self::Syntax { file, place, .. } => (file, Some(*place)),
            Self::Unreadable { file, .. } | Self::Layout { file } | Self::Element { file, .. } => {
                (file, None)
            }
            Self::Name(error) => (&error.file, None),
        }
    }
}

/// Parses the text of a file to clusters, in order. Skips entries without a name.
///
/// The outer error is about the file, an inner error about an entry.
pub(crate) fn parse(
    text: &[u8],
    file: PathBuf,
) -> Result<Vec<Result<Cluster, ReadError>>, ReadError> {
    let document = serde_json::from_slice(text).map_err(|error| ReadError::Syntax {
        file: file.clone(),
        detail: error.to_string(),
        place: (error.line(), error.column()),
    })?;
    let elements = match document {
        Node::List(elements) => elements,
        // The keys of this layout have no meaning, but the order of its values has.
        Node::Object(members) => members.into_iter().map(|(_, element)| element).collect(),
        Node::Scalar(_) => return Err(ReadError::Layout { file }),
    };
    let clusters = elements.into_iter().filter_map(|element| match element {
        Node::Object(members) if !members.iter().any(|(key, _)| key == "name") => None,
        Node::Object(members) => {
            let keys = members
                .into_iter()
                .map(|(key, value)| (key, value.into_value()))
                .collect();
            Some(Cluster::new(keys, file.clone()).map_err(ReadError::from))
        }
        other => Some(Err(ReadError::Element {
            file: file.clone(),
            found: other.type_name(),
        })),
    });
    Ok(clusters.collect())
}

/// JSON with ordered objects, which the layouts need and [`Value`] does not guarantee.
enum Node {
    List(Vec<Node>),
    /// A repeated key has its last value, at the position of the first.
    Object(Vec<(String, Node)>),
    Scalar(Value),
}

impl Node {
    fn into_value(self) -> Value {
        match self {
            Self::List(elements) => elements.into_iter().map(Self::into_value).collect(),
            Self::Object(members) => members
                .into_iter()
                .map(|(key, value)| (key, value.into_value()))
                .collect(),
            Self::Scalar(value) => value,
        }
    }

    /// Returns Python's name for the type.
    fn type_name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Object(_) => "dict",
            Self::Scalar(Value::String(_)) => "str",
            Self::Scalar(Value::Bool(_)) => "bool",
            Self::Scalar(Value::Number(number)) if number.is_f64() => "float",
            Self::Scalar(Value::Number(_)) => "int",
            Self::Scalar(_) => "NoneType",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Node::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Node>()? {
            match members.iter_mut().find(|(earlier, _)| *earlier == key) {
                Some((_, earlier)) => *earlier = value,
                None => members.push((key, value)),
            }
        }
        Ok(Node::Object(members))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }
}
