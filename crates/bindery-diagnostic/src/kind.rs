//! Kinds of failure that a caller or a script handles differently.

/// Kind of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The named image, file, plugin or job does not exist.
    NotFound,
    /// The server refused access: a credential is missing, wrong or insufficient (HTTP 401 and 403).
    Denied,
    /// No connection, or no response within the time limit.
    NoAnswer,
    /// A job file, a ref or a setting is invalid.
    Invalid,
    /// The command line is invalid.
    Usage,
    /// A rule of the site forbids the operation: a policy, or a plugin that is not the pinned one.
    Policy,
    /// Received content was refused: wrong digest, malformed archive, over a limit.
    Content,
    /// Any other failure of the requested operation.
    Failed,
    /// A failure of the program or its machine, for example a full disk.
    Internal,
    /// The user interrupted the operation.
    Cancelled,
    /// A plugin panicked.
    PluginPanicked,
    /// A service that the host offers to plugins panicked.
    HostPanicked,
}

impl Kind {
    /// Every kind, in order of declaration.
    pub const ALL: [Self; 12] = [
        Self::NotFound,
        Self::Denied,
        Self::NoAnswer,
        Self::Invalid,
        Self::Usage,
        Self::Policy,
        Self::Content,
        Self::Failed,
        Self::Internal,
        Self::Cancelled,
        Self::PluginPanicked,
        Self::HostPanicked,
    ];

    /// Returns the code of the kind in JSON and in the plugin interface, for example `not-found`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::Denied => "denied",
            Self::NoAnswer => "no-answer",
            Self::Invalid => "invalid",
            Self::Usage => "usage",
            Self::Policy => "policy",
            Self::Content => "content",
            Self::Failed => "failed",
            Self::Internal => "internal",
            Self::Cancelled => "cancelled",
            Self::PluginPanicked => "plugin-panicked",
            Self::HostPanicked => "host-panicked",
        }
    }

    /// Returns the kind with this code, or [`Kind::Failed`] if the code is unknown.
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|kind| kind.code() == code)
            .unwrap_or(Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn each_code_names_its_kind() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), kind);
        }
        assert_eq!(Kind::from_code("of-a-newer-version"), Kind::Failed);
    }
}
