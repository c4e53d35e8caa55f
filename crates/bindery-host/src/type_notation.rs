//! Types in the notation of job files, such as `Map(String, List(Process))`.

use bindery_core::Type;

/// Maximum nesting of `List(..)` and `Map(..)`.
const MAX_DEPTH: usize = 16;

/// Error for types that are nested too deeply.
pub(crate) const TOO_DEEP: &str = "types are nested too deeply";

/// Checks the notation of a type; every name counts as known.
pub(crate) fn check_type(text: &str) -> Result<(), String> {
    parse_type(text, &|_| Some(Type::String)).map(|_| ())
}

/// Parses a type; `known` resolves the names of struct types.
pub(crate) fn parse_type(text: &str, known: &dyn Fn(&str) -> Option<Type>) -> Result<Type, String> {
    let mut rest = text;
    let ty = next_type(&mut rest, known, MAX_DEPTH)?;
    match rest.trim() {
        "" => Ok(ty),
        _ => Err(format!("`{text}` is not a valid type")),
    }
}

fn next_type(
    rest: &mut &str,
    known: &dyn Fn(&str) -> Option<Type>,
    levels: usize,
) -> Result<Type, String> {
    let text = rest.trim_start();
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    let name;
    (name, *rest) = text.split_at(end);
    let Some(levels) = levels.checked_sub(1) else {
        return Err(TOO_DEEP.to_owned());
    };
    Ok(match name {
        "String" => Type::String,
        "Integer" => Type::Integer,
        "Float" => Type::Float,
        "Boolean" => Type::Boolean,
        "List" => {
            expect(rest, '(')?;
            let element = next_type(rest, known, levels)?;
            expect(rest, ')')?;
            Type::list(element)
        }
        "Map" => {
            expect(rest, '(')?;
            let key = next_type(rest, known, levels)?;
            expect(rest, ',')?;
            let value = next_type(rest, known, levels)?;
            expect(rest, ')')?;
            Type::map(key, value)
        }
        name => known(name).ok_or_else(|| format!("unknown type `{name}`"))?,
    })
}

fn expect(rest: &mut &str, wanted: char) -> Result<(), String> {
    match rest.trim_start().strip_prefix(wanted) {
        Some(left) => {
            *rest = left;
            Ok(())
        }
        None => Err(format!("expected `{wanted}` in a type")),
    }
}
