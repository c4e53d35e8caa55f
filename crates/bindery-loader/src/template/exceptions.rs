//! Exceptions of pystachio.

use bindery_python::{ExcKind, ForeignException};

macro_rules! exceptions {
    ($($kind:ident = $name:literal < $parent:expr;)*) => {
        $(
            #[doc = concat!("The class `", $name, "`.")]
            pub(super) const $kind: ExcKind = ExcKind::Foreign(&ForeignException {
                name: $name,
                parent: $parent,
            });
        )*
    };
}

exceptions! {
    COERCION = "CoercionError" < ExcKind::Value;
    IS_NOT_MAPPING = "IsNotMappingError" < ExcKind::Value;
    INVALID_REF = "InvalidRefError" < ExcKind::Exception;
    MUSTACHE = "MustacheParser.Error" < ExcKind::Exception;
    UNINTERPOLATABLE = "Uninterpolatable" < MUSTACHE;
    NAMABLE = "Namable.Error" < ExcKind::Exception;
    NOT_FOUND = "NotFound" < NAMABLE;
    NAMING = "NamingError" < NAMABLE;
    UNNAMABLE = "Unnamable" < NAMABLE;
}
