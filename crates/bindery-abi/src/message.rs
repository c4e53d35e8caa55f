//! Plain records that cross the boundary. Their fields are frozen; open-ended content is JSON text.

use abi_stable::{
    StableAbi,
    std_types::{ROption, RString, RVec},
};

/// Ref that a binder should bind.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Name of the plugin's binder.
    pub binder: RString,
    /// Matched part of the ref, as written in a template: `docker.image[web][1.4]`.
    pub address: RString,
    /// Texts of the components, the root included: `docker`, `image`, `web`, `1.4`.
    pub parts: RVec<RString>,
    /// Cluster of the job, or an empty string.
    pub cluster: RString,
}

/// Value that a ref is bound to.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// JSON: a string is a text, an object is a struct whose fields the rest of the ref may name.
    pub value: RString,
    /// JSON that the lock file keeps with the answer: the request, and the observations of the binder.
    pub evidence: ROption<RString>,
}

/// Reason for a missing answer.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of [`code`]; any other value counts as [`code::FAILED`].
    pub code: RString,
    /// The failure, and its place.
    pub message: RString,
    /// Causes, the nearest cause first.
    pub causes: RVec<RString>,
    /// Advice for the user.
    pub hint: ROption<RString>,
}

/// Values of [`Failure::code`].
pub mod code {
    /// The requested object does not exist.
    pub const NOT_FOUND: &str = "not-found";
    /// Access was refused: credentials are missing, wrong or insufficient.
    pub const DENIED: &str = "denied";
    /// No response in time.
    pub const NO_ANSWER: &str = "no-answer";
    /// The request or a setting is invalid.
    pub const INVALID: &str = "invalid";
    /// Any other failure.
    pub const FAILED: &str = "failed";
    /// The user ended the program while the plugin was at work.
    pub const CANCELLED: &str = "cancelled";
    /// The plugin panicked, and its guard caught the panic.
    pub const PLUGIN_PANICKED: &str = "plugin-panicked";
    /// A service of the host panicked, and the host's guard caught the panic.
    pub const HOST_PANICKED: &str = "host-panicked";
}
