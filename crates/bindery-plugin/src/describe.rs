//! The description of a plugin, written as JSON while the plugin is compiled.
//!
//! It has to be a constant, because it stands in the library's file for the host to read; hence no serde here.

use bindery_abi::ABI_REVISION;

use crate::{
    Trait,
    traits::{Default, Field},
};

/// What a binder's constants say.
pub struct BinderCard {
    /// `Binder::NAME`.
    pub name: &'static str,
    /// `Binder::PATTERN`.
    pub pattern: &'static str,
    /// `Binder::REVIEWS`.
    pub reviews: bool,
}

/// What `export_plugin!` was told.
pub struct Description {
    name: &'static str,
    version: &'static str,
    binders: &'static [BinderCard],
    traits: &'static [Trait],
    auth: &'static [&'static str],
    methods: &'static [&'static str],
}

impl Description {
    /// Checks all names. As this is called in a constant, a bad one is an error of the compiler.
    pub const fn new(
        name: &'static str,
        version: &'static str,
        binders: &'static [BinderCard],
        traits: &'static [Trait],
        auth: &'static [&'static str],
        methods: &'static [&'static str],
    ) -> Self {
        assert!(
            is_name(name),
            "a plugin's name has letters, digits, `_`, `-` and `.` only"
        );
        let mut at = 0;
        while at < binders.len() {
            assert!(
                is_name(binders[at].name),
                "a binder's NAME has letters, digits, `_`, `-` and `.` only"
            );
            assert!(
                !binders[at].pattern.is_empty(),
                "a binder's PATTERN is empty"
            );
            at += 1;
        }
        let mut at = 0;
        while at < auth.len() {
            assert!(
                is_name(auth[at]),
                "an auth source's NAME has letters, digits, `_`, `-` and `.` only"
            );
            at += 1;
        }
        let mut at = 0;
        while at < methods.len() {
            assert!(
                is_word(methods[at]),
                "a method's NAME has letters, digits, `_` and `-` only; dots are Bindery's"
            );
            at += 1;
        }
        let mut at = 0;
        while at < traits.len() {
            assert!(
                is_name(traits[at].name),
                "a trait's name has letters, digits, `_`, `-` and `.` only"
            );
            at += 1;
        }
        Self {
            name,
            version,
            binders,
            traits,
            auth,
            methods,
        }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many bytes the JSON has.
    pub const fn length(&self) -> usize {
        let mut writer = Writer {
            out: &mut [],
            at: 0,
        };
        writer.description(self);
        writer.at
    }

    /// The JSON, in exactly [`Self::length`] bytes.
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

/// Writes as far as there is room, and counts everything.
struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    const fn description(&mut self, plugin: &Description) {
        self.raw("{\"name\":");
        self.text(plugin.name);
        self.raw(",\"version\":");
        self.text(plugin.version);
        self.raw(",\"abi\":");
        self.integer(ABI_REVISION as i64);
        self.raw(",\"binders\":[");
        let mut at = 0;
        while at < plugin.binders.len() {
            self.comma(at);
            self.raw("{\"name\":");
            self.text(plugin.binders[at].name);
            self.raw(",\"pattern\":");
            self.text(plugin.binders[at].pattern);
            self.raw(",\"reviews\":");
            self.boolean(plugin.binders[at].reviews);
            self.raw("}");
            at += 1;
        }
        self.raw("],\"traits\":[");
        let mut at = 0;
        while at < plugin.traits.len() {
            self.comma(at);
            self.group(&plugin.traits[at]);
            at += 1;
        }
        self.raw("],\"auth\":[");
        self.names(plugin.auth);
        self.raw("],\"methods\":[");
        self.names(plugin.methods);
        self.raw("]}");
    }

    const fn group(&mut self, group: &Trait) {
        self.raw("{\"name\":");
        self.text(group.name);
        self.raw(",\"fields\":[");
        let mut at = 0;
        while at < group.fields.len() {
            self.comma(at);
            self.field(&group.fields[at]);
            at += 1;
        }
        self.raw("]}");
    }

    const fn field(&mut self, field: &Field) {
        self.raw("{\"name\":");
        self.text(field.name);
        self.raw(",\"type\":");
        self.text(field.kind.name());
        self.raw(",\"required\":");
        self.boolean(field.required);
        self.raw(",\"default\":");
        match field.default {
            None => self.raw("null"),
            Some(Default::Text(text)) => self.text(text),
            Some(Default::Integer(number)) => self.integer(number),
            Some(Default::Boolean(value)) => self.boolean(value),
        }
        self.raw(",\"help\":");
        self.text(field.help);
        self.raw("}");
    }

    const fn names(&mut self, names: &[&str]) {
        let mut at = 0;
        while at < names.len() {
            self.comma(at);
            self.text(names[at]);
            at += 1;
        }
    }

    const fn comma(&mut self, index: usize) {
        if index > 0 {
            self.raw(",");
        }
    }

    const fn boolean(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    const fn integer(&mut self, value: i64) {
        if value < 0 {
            self.raw("-");
        }
        let value = value.unsigned_abs();
        let mut unit = 1;
        while value / unit >= 10 {
            unit *= 10;
        }
        while unit > 0 {
            self.byte(b'0' + (value / unit % 10) as u8);
            unit /= 10;
        }
    }

    const fn text(&mut self, text: &str) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        self.byte(b'"');
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                byte @ ..0x20 => {
                    self.raw("\\u00");
                    self.byte(HEX[(byte >> 4) as usize]);
                    self.byte(HEX[(byte & 15) as usize]);
                }
                byte => self.byte(byte),
            }
            at += 1;
        }
        self.byte(b'"');
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            self.byte(bytes[at]);
            at += 1;
        }
    }

    const fn byte(&mut self, byte: u8) {
        if self.at < self.out.len() {
            self.out[self.at] = byte;
        }
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const EVERYTHING: Description = Description::new(
        "all",
        "1.2.3",
        &[
            BinderCard {
                name: "a.b",
                pattern: "a.b[*][[\\w\"]+]",
                reviews: true,
            },
            BinderCard {
                name: "c",
                pattern: "c",
                reviews: false,
            },
        ],
        &[
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
        &["env", "file"],
        &["purge"],
    );
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
            "auth": ["env", "file"],
            "methods": ["purge"],
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
    }
}
