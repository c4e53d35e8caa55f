//! Messages: a call, or what came back.

use crate::thrift::{
    Method, Misfit, ShapeError, Struct, StructType,
    table::{ApplicationException, Reply, method},
};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A method with its arguments.
    Call = 1,
    /// What a method answered, in the one field of `Reply`.
    Reply = 2,
    /// Why the other side could not answer: an `ApplicationException`.
    Exception = 3,
    /// A call that nobody answers. The table has none; the protocols do.
    Oneway = 4,
}

impl Kind {
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        let all = [Self::Call, Self::Reply, Self::Exception, Self::Oneway];
        all.into_iter().find(|kind| *kind as i64 == number)
    }

    /// What a message of this kind about this method holds; `None` if there is no such method.
    pub(crate) fn body(self, name: &str) -> Option<&'static StructType> {
        match self {
            Self::Call | Self::Oneway => method(name).map(|method| &method.arguments),
            Self::Reply => method(name).map(|_| &Reply),
            // A server that did not understand the call may not know what was called.
            Self::Exception => Some(&ApplicationException),
        }
    }
}

/// One message, as it is the body of a request or of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    kind: Kind,
    method: String,
    /// Chosen by the caller; an answer has the call's.
    pub seqid: i32,
    body: Struct,
}

impl Message {
    /// Calls a method.
    ///
    /// # Errors
    ///
    /// If `arguments` are those of another method.
    pub fn call(
        method: &'static Method,
        seqid: i32,
        arguments: Struct,
    ) -> Result<Self, ShapeError> {
        if *arguments.ty() != method.arguments {
            let misfit = Misfit::WrongType {
                expected: format!("`{}`", method.arguments.name),
                found: format!("`{}`", arguments.ty().name),
            };
            return Err(ShapeError::from(misfit).within(method.name));
        }
        Ok(Self::checked(Kind::Call, method.name, seqid, arguments))
    }

    /// Answers a call with a `Response`.
    ///
    /// # Errors
    ///
    /// If `response` is another struct.
    pub fn reply(
        method: &'static Method,
        seqid: i32,
        response: Struct,
    ) -> Result<Self, ShapeError> {
        let body = Struct::new(&Reply).with("success", response)?;
        Ok(Self::checked(Kind::Reply, method.name, seqid, body))
    }

    /// A message whose body is of the type that its kind and method ask for.
    pub(crate) fn checked(kind: Kind, method: &str, seqid: i32, body: Struct) -> Self {
        Self {
            kind,
            method: method.to_owned(),
            seqid,
            body,
        }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The method that is called or answered.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Arguments, `Reply` or `ApplicationException`.
    pub fn body(&self) -> &Struct {
        &self.body
    }

    /// The `Response` in a reply; `None` for other kinds, and for a reply without one.
    pub fn response(&self) -> Option<&Struct> {
        match self.kind {
            Kind::Reply => self.body.get("success")?.as_struct(),
            _ => None,
        }
    }
}
