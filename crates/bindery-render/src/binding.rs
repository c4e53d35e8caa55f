//! Bindings that the user gives: a ref and its text.

use std::str::FromStr;

use bindery_core::{Ref, Value};

/// Ref and the text it is bound to, before any binder is asked.
///
/// ```
/// use bindery_render::Binding;
///
/// let binding: Binding = "options[color]=blue".parse().unwrap();
/// assert_eq!(binding.text(), "blue");
/// ```
#[derive(Clone, Debug)]
pub struct Binding {
    /// Valid address of the ref. A [`Ref`] cannot leave the thread that created it.
    address: String,
    text: String,
}

impl Binding {
    /// Returns the ref.
    pub fn reference(&self) -> Ref {
        Ref::from_address(&self.address).expect("the address was parsed before")
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns a mapping that binds the ref as a scope of a template object.
    pub fn to_value(&self) -> Value {
        Value::map([(self.address.as_str(), Value::string(self.text.as_str()))])
    }
}

impl FromStr for Binding {
    type Err = String;

    /// Parses `NAME=VALUE`. The first `=` separates the parts; the value may be empty.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("Binding parameter must be formatted name=value")?;
        let reference = Ref::from_address(name)
            .map_err(|error| format!("Could not parse binding parameter {text}: {error}"))?;
        Ok(Self {
            address: reference.address().to_owned(),
            text: value.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_equals_sign_separates_name_and_value() {
        let binding: Binding = "opts[x-y].z=a=b".parse().unwrap();
        assert_eq!(binding.address, "opts[x-y].z");
        assert_eq!(binding.text, "a=b");
        assert_eq!("x=".parse::<Binding>().unwrap().text, "");
    }

    #[test]
    fn invalid_bindings_are_refused_in_the_words_of_the_original_client() {
        assert_eq!(
            "x".parse::<Binding>().unwrap_err(),
            "Binding parameter must be formatted name=value"
        );
        assert_eq!(
            "a b=c".parse::<Binding>().unwrap_err(),
            "Could not parse binding parameter a b=c: Badly formed address .a b"
        );
    }
}
