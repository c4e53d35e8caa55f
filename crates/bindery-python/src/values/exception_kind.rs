//! Classes of exceptions.

/// Class of exceptions that the embedding program defines.
#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ForeignException {
    /// Name of the class.
    pub name: &'static str,
    /// Class it derives from.
    pub parent: ExcKind,
}

macro_rules! exceptions {
    ($($kind:ident $name:literal < $parent:ident,)*) => {
        /// Classes of exceptions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ExcKind { $(
            #[doc = concat!("Python's `", $name, "`.")]
            $kind,
        )*
            /// A class that the embedding program defines.
            Foreign(&'static ForeignException),
        }

        impl ExcKind {
            /// All built-in classes.
            pub const ALL: &[ExcKind] = &[$(ExcKind::$kind),*];

            /// Returns the name of the class.
            pub fn name(self) -> &'static str {
                match self {
                    $(ExcKind::$kind => $name,)*
                    ExcKind::Foreign(class) => class.name,
                }
            }

            fn parent(self) -> ExcKind {
                match self {
                    $(ExcKind::$kind => ExcKind::$parent,)*
                    ExcKind::Foreign(class) => class.parent,
                }
            }
        }
    };
}

exceptions! {
    Base "BaseException" < Base,
    Exception "Exception" < Base,
    SystemExit "SystemExit" < Base,
    KeyboardInterrupt "KeyboardInterrupt" < Base,
    Arithmetic "ArithmeticError" < Exception,
    Overflow "OverflowError" < Arithmetic,
    ZeroDivision "ZeroDivisionError" < Arithmetic,
    FloatingPoint "FloatingPointError" < Arithmetic,
    Assertion "AssertionError" < Exception,
    Attribute "AttributeError" < Exception,
    Eof "EOFError" < Exception,
    Import "ImportError" < Exception,
    ModuleNotFound "ModuleNotFoundError" < Import,
    Lookup "LookupError" < Exception,
    Index "IndexError" < Lookup,
    Key "KeyError" < Lookup,
    Memory "MemoryError" < Exception,
    Name "NameError" < Exception,
    UnboundLocal "UnboundLocalError" < Name,
    Os "OSError" < Exception,
    FileNotFound "FileNotFoundError" < Os,
    FileExists "FileExistsError" < Os,
    IsADirectory "IsADirectoryError" < Os,
    NotADirectory "NotADirectoryError" < Os,
    Permission "PermissionError" < Os,
    Timeout "TimeoutError" < Os,
    Runtime "RuntimeError" < Exception,
    NotImplemented "NotImplementedError" < Runtime,
    Recursion "RecursionError" < Runtime,
    StopIteration "StopIteration" < Exception,
    Syntax "SyntaxError" < Exception,
    Type "TypeError" < Exception,
    Value "ValueError" < Exception,
    Unicode "UnicodeError" < Value,
    UnicodeDecode "UnicodeDecodeError" < Unicode,
    UnicodeEncode "UnicodeEncodeError" < Unicode,
    Warning "Warning" < Exception,
    UserWarning "UserWarning" < Warning,
    DeprecationWarning "DeprecationWarning" < Warning,
    JsonDecode "JSONDecodeError" < Value,
    Regex "error" < Exception,
    Base64 "Error" < Value,
}

impl ExcKind {
    /// Checks whether `self` is `class` or derives from it.
    pub fn is(self, class: ExcKind) -> bool {
        let mut kind = self;
        loop {
            if kind == class {
                return true;
            }
            if kind == ExcKind::Base {
                return false;
            }
            kind = kind.parent();
        }
    }

    /// Checks whether files see the class without an import.
    pub fn is_builtin(self) -> bool {
        self < ExcKind::JsonDecode
    }
}
