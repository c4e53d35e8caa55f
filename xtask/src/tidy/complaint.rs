//! Complaint of a rule.

/// Place where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Complaint {
    /// File, from the top of the workspace, with a line if there is one.
    pub(crate) place: String,
    /// Description of the fault.
    pub(crate) what: String,
    /// Advice, in the imperative.
    pub(crate) advice: String,
}
