//! Messages: calls, replies and exceptions.

use crate::thrift::table::{ApplicationException, Reply, method};
use crate::thrift::{Method, Misfit, ShapeError, Struct, StructType};

/// MessageKind of a message; the number is the one on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Call of a method, with its arguments.
    Call = 1,
    /// Response of a method, in the one field of `Reply`.
    Reply = 2,
    /// Failure of the server to handle the call: an `ApplicationException`.
    Exception = 3,
    /// Call without a response. The protocols have this kind; the methods of the table do not use it.
    Oneway = 4,
}

impl MessageKind {
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        let all = [Self::Call, Self::Reply, Self::Exception, Self::Oneway];
        all.into_iter().find(|kind| *kind as i64 == number)
    }

    /// Returns the type of the body for this kind and method; `None` for an unknown method.
    pub(crate) fn body(self, name: &str) -> Option<&'static StructType> {
        match self {
            Self::Call | Self::Oneway => method(name).map(|method| &method.arguments),
            Self::Reply => method(name).map(|_| &Reply),
            // A server that did not understand the call may not know the method.
            Self::Exception => Some(&ApplicationException),
        }
    }
}

/// Message: the body of a request or of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    kind: MessageKind,
    method: String,
    /// Sequence id, chosen by the caller; a reply has the id of its call.
    pub seqid: i32,
    body: Struct,
}

impl Message {
    /// Creates the call of a method.
    ///
    /// # Errors
    ///
    /// Fails if `arguments` belong to another method.
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
        Ok(Self::checked(
            MessageKind::Call,
            method.name,
            seqid,
            arguments,
        ))
    }

    /// Creates the reply to a call.
    ///
    /// # Errors
    ///
    /// Fails if `response` is not a `Response`.
    pub fn reply(
        method: &'static Method,
        seqid: i32,
        response: Struct,
    ) -> Result<Self, ShapeError> {
        let body = Struct::new(&Reply).with("success", response)?;
        Ok(Self::checked(MessageKind::Reply, method.name, seqid, body))
    }

    /// Creates a message whose body has the type for its kind and method.
    pub(crate) fn checked(kind: MessageKind, method: &str, seqid: i32, body: Struct) -> Self {
        Self {
            kind,
            method: method.to_owned(),
            seqid,
            body,
        }
    }

    /// Returns the kind.
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// Returns the name of the method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the body: the arguments, a `Reply` or an `ApplicationException`.
    pub fn body(&self) -> &Struct {
        &self.body
    }

    /// Returns the `Response` of a reply; `None` for other kinds, and for a reply without a response.
    pub fn response(&self) -> Option<&Struct> {
        match self.kind {
            MessageKind::Reply => self.body.get("success")?.as_struct(),
            _ => None,
        }
    }
}
