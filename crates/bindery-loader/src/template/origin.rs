//! Positions of literals, which the core and the evaluator number alike.

use bindery_core::Origin;

/// Number of a position, for the core.
pub(crate) fn to_core_origin(origin: bindery_python::Origin) -> Origin {
    Origin(origin.0)
}

/// Number of a position, for the evaluator.
pub(crate) fn to_python(origin: Origin) -> bindery_python::Origin {
    bindery_python::Origin(origin.0)
}
