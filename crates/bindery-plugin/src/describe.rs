//! Description of a plugin, written as JSON while the plugin is compiled.
//!
//! The description is a constant, because the host reads it from the file of the library; serde cannot write constants.

mod writer;

use crate::declaration::Description;
use crate::schema::{Defined, Member};
use crate::{Argument, HOOKED_METHODS, Opt, Type};

use self::writer::Writer;

/// Runs an expression for each item of a slice, in constant functions, which cannot contain `for`.
macro_rules! each {
    ($items:expr, $item:ident => $work:expr) => {{
        let items = $items;
        let mut at = 0;
        while at < items.len() {
            let $item = &items[at];
            $work;
            at += 1;
        }
    }};
}

impl Description {
    /// Returns the description after a check of all names. In a constant, an invalid name is a compile error.
    pub const fn checked(self) -> Self {
        assert!(
            is_name(self.name),
            "a plugin's name has letters, digits, `_`, `-` and `.` only"
        );
        each!(self.binders, binder => {
            assert!(
                is_name(binder.name),
                "a binder's NAME has letters, digits, `_`, `-` and `.` only"
            );
            assert!(!binder.pattern.is_empty(), "a binder's PATTERN is empty")
        });
        each!(self.traits, group => assert!(
            is_name(group.name),
            "a trait's name has letters, digits, `_`, `-` and `.` only"
        ));
        each!(self.schema, definition => {
            assert!(
                is_identifier(definition.name),
                "a definition's name is one that Python takes"
            );
            if let Defined::Structure(fields) = definition.defined {
                each!(fields, field => check_field(field));
            }
        });
        each!(self.auth, source => {
            assert!(
                is_name(source.name),
                "an auth source's NAME has letters, digits, `_`, `-` and `.` only"
            );
            each!(source.mechanisms, name => assert!(
                is_name(name),
                "a mechanism has letters, digits, `_`, `-` and `.` only"
            ))
        });
        each!(self.methods, name => assert!(
            is_word(name),
            "a method's NAME has letters, digits, `_` and `-` only; dots are Bindery's"
        ));
        each!(self.options, option => check_option(option));
        each!(self.commands, command => {
            assert!(
                is_word(command.name),
                "a command's NAME has letters, digits, `_` and `-` only"
            );
            check_arguments(command.arguments);
            each!(command.options, option => check_option(option))
        });
        each!(self.hooks, hook => {
            assert!(
                is_word(hook.name),
                "a hook's NAME has letters, digits, `_` and `-` only"
            );
            each!(hook.methods, method => assert!(
                is_hooked(method),
                "a hook's METHODS are of HOOKED_METHODS"
            ))
        });
        self
    }

    /// Returns the name of the plugin.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the length of the JSON in bytes.
    pub const fn length(&self) -> usize {
        let mut writer = Writer {
            out: &mut [],
            at: 0,
        };
        writer.description(self);
        writer.at
    }

    /// Returns the JSON, in exactly [`Self::length`] bytes.
    pub const fn json<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        let mut writer = Writer {
            out: &mut out,
            at: 0,
        };
        writer.description(self);
        assert!(writer.at == N, "N is the length of the description");
        out
    }
}

const fn check_field(field: &Member) {
    assert!(
        is_identifier(field.name),
        "a field's name is one that Python takes"
    );
    check_type(&field.ty);
}

const fn check_type(ty: &Type) {
    match ty {
        Type::Named(name) => assert!(
            is_identifier(name),
            "a type's name is one that Python takes"
        ),
        Type::List(element) => check_type(element),
        Type::Map(key, value) => {
            check_type(key);
            check_type(value);
        }
        Type::String | Type::Integer | Type::Float | Type::Boolean => {}
    }
}

const fn check_option(option: &Opt) {
    assert!(
        is_word(option.name) && option.name.as_bytes()[0] != b'-',
        "an option's name has letters, digits, `_` and `-` only, and no `--` in front"
    );
    if let Some(value) = option.value {
        assert!(
            is_word(value),
            "the name of an option's value has letters, digits, `_` and `-` only"
        );
    }
}

const fn check_arguments(arguments: &[Argument]) {
    let mut at = 0;
    while at < arguments.len() {
        assert!(
            is_word(arguments[at].name),
            "an argument's name has letters, digits, `_` and `-` only"
        );
        assert!(
            at == 0 || arguments[at - 1].required || !arguments[at].required,
            "no argument that is required follows one that is not"
        );
        assert!(
            !arguments[at].repeated || at + 1 == arguments.len(),
            "an argument that may be repeated is the last"
        );
        at += 1;
    }
}

const fn is_hooked(method: &str) -> bool {
    let mut known = 0;
    while known < HOOKED_METHODS.len() {
        if is_same(HOOKED_METHODS[known], method) {
            return true;
        }
        known += 1;
    }
    false
}

const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_identifier(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {}
            b'0'..=b'9' if at > 0 => {}
            _ => return false,
        }
        at += 1;
    }
    !bytes.is_empty()
}

const fn is_name(text: &str) -> bool {
    is_made_of(text, true)
}

const fn is_word(text: &str) -> bool {
    is_made_of(text, false)
}

const fn is_made_of(text: &str, dots: bool) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => {}
            b'.' if dots => {}
            _ => return false,
        }
        at += 1;
    }
    !bytes.is_empty()
}

#[cfg(test)]
mod tests {
    use bindery_abi::ABI_REVISION;
    use serde_json::{Value, json};

    use super::*;
    use crate::declaration::{
        AuthDeclaration, BinderDeclaration, CommandDeclaration, HookDeclaration,
    };
    use crate::{Argument, Data, Definition, Field, Step, Trait};

    const EVERYTHING: Description = Description {
        name: "all",
        version: "1.2.3",
        binders: &[
            BinderDeclaration {
                name: "a.b",
                pattern: "a.b[*][[\\w\"]+]",
                reviews: true,
            },
            BinderDeclaration {
                name: "c",
                pattern: "c",
                reviews: false,
            },
        ],
        traits: &[
            Trait::new("empty", &[]),
            Trait::new(
                "full",
                &[
                    Field::string("s")
                        .or("ü \"q\" \\ \n\u{1}")
                        .help("tab\there"),
                    Field::integer("i").or_integer(i64::MIN),
                    Field::integer("z").or_integer(0),
                    Field::float("f").or_integer(120).required(),
                    Field::boolean("b").or_boolean(true),
                    Field::string("n"),
                ],
            ),
        ],
        schema: &[
            Definition::structure(
                "Release",
                &[
                    Member::new("name", Type::String)
                        .required()
                        .help("its name"),
                    Member::new("files", Type::List(&Type::Named("Process"))).or(Data::List(&[])),
                    Member::new("by", Type::Map(&Type::String, &Type::Integer)).or(Data::Map(&[
                        ("a", Data::Integer(-1)),
                        ("b", Data::Integer(0)),
                    ])),
                ],
            )
            .help("a release"),
            Definition::constant(
                "ALL",
                Data::List(&[Data::Text("a\"b"), Data::Boolean(true)]),
            ),
        ],
        auth: &[
            AuthDeclaration {
                name: "env",
                mechanisms: &[],
            },
            AuthDeclaration {
                name: "file",
                mechanisms: &["KERBEROS", "TOKEN"],
            },
        ],
        methods: &["purge"],
        options: &[
            Opt::flag("all-dry").help("do nothing"),
            Opt::value("all-user", "NAME"),
        ],
        commands: &[CommandDeclaration {
            name: "stage",
            about: "Stage it",
            arguments: &[
                Argument::new("NAME").help("which"),
                Argument::new("MORE").optional().repeated(),
            ],
            options: &[Opt::flag("force")],
        }],
        lifecycle: &[
            &[Step::AfterExecution],
            &[Step::BeforeDispatch, Step::AfterExecution],
        ],
        hooks: &[HookDeclaration {
            name: "freeze",
            methods: &["create_job", "restart"],
        }],
    }
    .checked();
    const TEXT: [u8; EVERYTHING.length()] = EVERYTHING.json();

    #[test]
    fn description_is_json_of_the_documented_form() {
        let found: Value = serde_json::from_slice(&TEXT).unwrap();
        let field = |name: &str, kind: &str, required: bool, default: Value, help: &str| json!({"name": name, "type": kind, "required": required, "default": default, "help": help});
        let expected = json!({
            "name": "all",
            "version": "1.2.3",
            "abi": ABI_REVISION,
            "binders": [{"name": "a.b", "pattern": "a.b[*][[\\w\"]+]", "reviews": true}, {"name": "c", "pattern": "c", "reviews": false}],
            "traits": [
                {"name": "empty", "fields": []},
                {"name": "full", "fields": [
                    field("s", "String", false, json!("ü \"q\" \\ \n\u{1}"), "tab\there"),
                    field("i", "Integer", false, json!(i64::MIN), ""),
                    field("z", "Integer", false, json!(0), ""),
                    field("f", "Float", true, json!(120), ""),
                    field("b", "Boolean", false, json!(true), ""),
                    field("n", "String", false, Value::Null, ""),
                ]},
            ],
            "schema": [
                {"name": "Release", "help": "a release", "fields": [
                    field("name", "String", true, Value::Null, "its name"),
                    field("files", "List(Process)", false, json!([]), ""),
                    field("by", "Map(String, Integer)", false, json!({"a": -1, "b": 0}), ""),
                ]},
                {"name": "ALL", "value": ["a\"b", true], "help": ""},
            ],
            "auth": ["env", "file"],
            "mechanisms": [{"name": "KERBEROS", "source": "file"}, {"name": "TOKEN", "source": "file"}],
            "methods": ["purge"],
            "options": [
                {"name": "all-dry", "value": null, "help": "do nothing"},
                {"name": "all-user", "value": "NAME", "help": ""},
            ],
            "commands": [{
                "name": "stage",
                "about": "Stage it",
                "arguments": [
                    {"name": "NAME", "required": true, "repeated": false, "help": "which"},
                    {"name": "MORE", "required": false, "repeated": true, "help": ""},
                ],
                "options": [{"name": "force", "value": null, "help": ""}],
            }],
            "lifecycle": ["before_dispatch", "after_execution"],
            "hooks": [{"name": "freeze", "methods": ["create_job", "restart"]}],
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn names_that_could_not_be_written_anywhere_else_are_refused() {
        for good in ["docker.image", "a", "A-b_3"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a b", "a/b", "ü", "a\n"] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(!is_word("auth.credential"));
        for bad in ["", "1a", "a-b", "a.b"] {
            assert!(!is_identifier(bad), "{bad:?}");
        }
        assert!(is_identifier("Release_2"));
        assert!(is_hooked("restart") && !is_hooked("restarts"));
    }
}
