//! JSON writer for descriptions, usable in constants.

use bindery_abi::ABI_REVISION;

use crate::declaration::{CommandDeclaration, Description};
use crate::schema::{Defined, Member};
use crate::traits::{Default, Field};
use crate::{Argument, Data, Definition, Opt, Step, Trait, Type};

/// Writes as far as the buffer reaches, and counts every byte.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut [u8],
    pub(super) at: usize,
}

/// Writes a list, with an expression for each item.
macro_rules! list {
    ($writer:ident, $items:expr, $item:ident => $write:expr) => {{
        let items = $items;
        $writer.raw("[");
        let mut at = 0;
        while at < items.len() {
            if at > 0 {
                $writer.raw(",");
            }
            let $item = &items[at];
            $write;
            at += 1;
        }
        $writer.raw("]");
    }};
}

impl Writer<'_> {
    pub(super) const fn description(&mut self, plugin: &Description) {
        self.raw("{\"name\":");
        self.text(plugin.name);
        self.raw(",\"version\":");
        self.text(plugin.version);
        self.raw(",\"abi\":");
        self.integer(ABI_REVISION as i64);
        self.raw(",\"binders\":");
        list!(self, plugin.binders, binder => {
            self.raw("{\"name\":");
            self.text(binder.name);
            self.raw(",\"pattern\":");
            self.text(binder.pattern);
            self.raw(",\"reviews\":");
            self.boolean(binder.reviews);
            self.raw("}")
        });
        self.raw(",\"traits\":");
        list!(self, plugin.traits, group => self.group(group));
        self.raw(",\"schema\":");
        list!(self, plugin.schema, definition => self.definition(definition));
        self.raw(",\"auth\":");
        list!(self, plugin.auth, source => self.text(source.name));
        self.raw(",\"mechanisms\":[");
        self.mechanisms(plugin);
        self.raw("],\"methods\":");
        list!(self, plugin.methods, name => self.text(name));
        self.raw(",\"options\":");
        list!(self, plugin.options, option => self.option(option));
        self.raw(",\"commands\":");
        list!(self, plugin.commands, command => self.command(command));
        self.raw(",\"lifecycle\":[");
        self.lifecycle(plugin);
        self.raw("],\"hooks\":");
        list!(self, plugin.hooks, hook => {
            self.raw("{\"name\":");
            self.text(hook.name);
            self.raw(",\"methods\":");
            list!(self, hook.methods, method => self.text(method));
            self.raw("}")
        });
        self.raw("}");
    }

    const fn group(&mut self, group: &Trait) {
        self.raw("{\"name\":");
        self.text(group.name);
        self.raw(",\"fields\":");
        list!(self, group.fields, field => self.field(field));
        self.raw("}");
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

    const fn definition(&mut self, definition: &Definition) {
        self.raw("{\"name\":");
        self.text(definition.name);
        match &definition.defined {
            Defined::Structure(fields) => {
                self.raw(",\"fields\":");
                list!(self, *fields, member => self.schema_field(member));
            }
            Defined::Constant(value) => {
                self.raw(",\"value\":");
                self.data(value);
            }
        }
        self.raw(",\"help\":");
        self.text(definition.help);
        self.raw("}");
    }

    const fn schema_field(&mut self, member: &Member) {
        self.raw("{\"name\":");
        self.text(member.name);
        self.raw(",\"type\":\"");
        self.ty(&member.ty);
        self.raw("\",\"required\":");
        self.boolean(member.required);
        self.raw(",\"default\":");
        match &member.default {
            None => self.raw("null"),
            Some(value) => self.data(value),
        }
        self.raw(",\"help\":");
        self.text(member.help);
        self.raw("}");
    }

    /// Writes a type as in job files. Names were checked before, so they need no escapes.
    const fn ty(&mut self, ty: &Type) {
        match ty {
            Type::String => self.raw("String"),
            Type::Integer => self.raw("Integer"),
            Type::Float => self.raw("Float"),
            Type::Boolean => self.raw("Boolean"),
            Type::Named(name) => self.raw(name),
            Type::List(element) => {
                self.raw("List(");
                self.ty(element);
                self.raw(")");
            }
            Type::Map(key, value) => {
                self.raw("Map(");
                self.ty(key);
                self.raw(", ");
                self.ty(value);
                self.raw(")");
            }
        }
    }

    const fn data(&mut self, data: &Data) {
        match data {
            Data::Text(text) => self.text(text),
            Data::Integer(number) => self.integer(*number),
            Data::Boolean(value) => self.boolean(*value),
            Data::List(items) => list!(self, *items, item => self.data(item)),
            Data::Map(entries) => {
                self.raw("{");
                let mut at = 0;
                while at < entries.len() {
                    self.comma(at);
                    self.text(entries[at].0);
                    self.raw(":");
                    self.data(&entries[at].1);
                    at += 1;
                }
                self.raw("}");
            }
        }
    }

    const fn mechanisms(&mut self, plugin: &Description) {
        let mut written = 0;
        let mut source = 0;
        while source < plugin.auth.len() {
            let names = plugin.auth[source].mechanisms;
            let mut at = 0;
            while at < names.len() {
                self.comma(written);
                self.raw("{\"name\":");
                self.text(names[at]);
                self.raw(",\"source\":");
                self.text(plugin.auth[source].name);
                self.raw("}");
                written += 1;
                at += 1;
            }
            source += 1;
        }
    }

    const fn option(&mut self, option: &Opt) {
        self.raw("{\"name\":");
        self.text(option.name);
        self.raw(",\"value\":");
        match option.value {
            None => self.raw("null"),
            Some(name) => self.text(name),
        }
        self.raw(",\"help\":");
        self.text(option.help);
        self.raw("}");
    }

    const fn command(&mut self, command: &CommandDeclaration) {
        self.raw("{\"name\":");
        self.text(command.name);
        self.raw(",\"about\":");
        self.text(command.about);
        self.raw(",\"arguments\":");
        list!(self, command.arguments, argument => self.argument(argument));
        self.raw(",\"options\":");
        list!(self, command.options, option => self.option(option));
        self.raw("}");
    }

    const fn argument(&mut self, argument: &Argument) {
        self.raw("{\"name\":");
        self.text(argument.name);
        self.raw(",\"required\":");
        self.boolean(argument.required);
        self.raw(",\"repeated\":");
        self.boolean(argument.repeated);
        self.raw(",\"help\":");
        self.text(argument.help);
        self.raw("}");
    }

    /// Writes each step of any part once, in order.
    const fn lifecycle(&mut self, plugin: &Description) {
        let mut written = 0;
        let mut step = 0;
        while step < Step::ALL.len() {
            let mut part = 0;
            let mut taken = false;
            while part < plugin.lifecycle.len() {
                let mut at = 0;
                while at < plugin.lifecycle[part].len() {
                    taken |= plugin.lifecycle[part][at] as u8 == Step::ALL[step] as u8;
                    at += 1;
                }
                part += 1;
            }
            if taken {
                self.comma(written);
                self.text(Step::ALL[step].name());
                written += 1;
            }
            step += 1;
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
