//! The table in thrift's interface language.

use std::fmt::Write as _;

use crate::thrift::table::{ENUMS, SERVICES, STRUCTS};
use crate::thrift::{Field, Literal};

/// Returns the table as Thrift IDL for the compiler of any language: all enums, structs, unions and services, without a namespace.
pub fn idl() -> String {
    let mut text = String::new();
    for enumeration in ENUMS {
        open(&mut text, "enum", enumeration.name);
        for (name, number) in enumeration.values {
            line(&mut text, format_args!("  {name} = {number},"));
        }
        close(&mut text);
    }
    for record in STRUCTS {
        let keyword = if record.union { "union" } else { "struct" };
        open(&mut text, keyword, record.name);
        for declared in record.fields {
            line(&mut text, format_args!("  {};", field(declared)));
        }
        close(&mut text);
    }
    for service in SERVICES {
        let extends = service
            .extends
            .map(|base| format!(" extends {}", base.name));
        let name = format!("{}{}", service.name, extends.unwrap_or_default());
        open(&mut text, "service", &name);
        for method in service.methods {
            let arguments: Vec<String> = method.arguments.fields.iter().map(field).collect();
            let arguments = arguments.join(", ");
            line(
                &mut text,
                format_args!("  Response {}({arguments});", method.name),
            );
        }
        close(&mut text);
    }
    text
}

fn open(text: &mut String, keyword: &str, name: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    line(text, format_args!("{keyword} {name} {{"));
}

fn close(text: &mut String) {
    text.push_str("}\n");
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("writing to a string does not fail");
}

fn field(field: &Field) -> String {
    let optional = if field.optional { "optional " } else { "" };
    let default = field.default.as_ref().map(literal);
    let default = default.map(|value| format!(" = {value}"));
    let default = default.unwrap_or_default();
    format!(
        "{}: {optional}{} {}{default}",
        field.id, field.ty, field.name
    )
}

fn literal(value: &Literal) -> String {
    let fields = value.0.iter();
    let fields: Vec<String> = fields
        .map(|(name, inner)| format!("\"{name}\": {}", literal(inner)))
        .collect();
    format!("{{{}}}", fields.join(", "))
}
