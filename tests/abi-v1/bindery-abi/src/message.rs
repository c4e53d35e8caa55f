//! Plain records that cross the boundary. Their fields are fixed for good; what is open-ended in them is JSON text.

use abi_stable::{
    StableAbi,
    std_types::{ROption, RString, RVec},
};

/// One ref that a binder is to bind.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which of the plugin's binders is asked.
    pub binder: RString,
    /// The matched part of the ref, as it stands in a template: `docker.image[web][1.4]`.
    pub address: RString,
    /// The texts of its components, the root included: `docker`, `image`, `web`, `1.4`.
    pub parts: RVec<RString>,
    /// The cluster of the job, or an empty text.
    pub cluster: RString,
}

/// What a ref is bound to.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// JSON: a string is text, an object a struct whose fields the rest of the ref may name.
    pub value: RString,
    /// JSON that the lockfile keeps beside the answer: what was asked, what was seen.
    pub evidence: ROption<RString>,
}

/// Why there is no answer.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of [`code`]; the host takes any other text for [`code::FAILED`].
    pub code: RString,
    /// What happened, and where.
    pub message: RString,
    /// What led to it, the nearest cause first.
    pub causes: RVec<RString>,
    /// What to do about it.
    pub hint: ROption<RString>,
}

/// The values of [`Failure::code`].
pub mod code {
    /// What was asked for does not exist.
    pub const NOT_FOUND: &str = "not-found";
    /// Somebody refused: credentials are missing, wrong or too weak.
    pub const DENIED: &str = "denied";
    /// Nobody answered in time.
    pub const NO_ANSWER: &str = "no-answer";
    /// What was asked makes no sense, or a setting does not.
    pub const INVALID: &str = "invalid";
    /// Anything else.
    pub const FAILED: &str = "failed";
    /// The user ended the program while the plugin was at work.
    pub const CANCELLED: &str = "cancelled";
    /// The plugin panicked, and its guard caught it.
    pub const PLUGIN_PANICKED: &str = "plugin-panicked";
    /// A service of the host panicked, and the host's guard caught it.
    pub const HOST_PANICKED: &str = "host-panicked";
}
