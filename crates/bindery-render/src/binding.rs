//! `--bind NAME=VALUE`: a ref and the text it stands for.

use std::str::FromStr;

use bindery_core::{Ref, Value};

/// One binding of the command line.
#[derive(Clone, Debug)]
pub struct Binding {
    /// A valid address; refs themselves cannot leave the thread they are made on.
    address: String,
    text: String,
}

impl Binding {
    /// The ref that is bound.
    pub fn reference(&self) -> Ref {
        Ref::from_address(&self.address).expect("it was read from an address")
    }

    /// What it is bound to.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The table that binds it.
    pub fn to_value(&self) -> Value {
        Value::map([(self.address.as_str(), Value::string(self.text.as_str()))])
    }
}

impl FromStr for Binding {
    type Err = String;

    /// Splits at the first `=`; an empty value is fine.
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
    fn a_binding_is_split_at_the_first_equals_sign() {
        let binding: Binding = "opts[x-y].z=a=b".parse().unwrap();
        assert_eq!(binding.address, "opts[x-y].z");
        assert_eq!(binding.text, "a=b");
        assert_eq!("x=".parse::<Binding>().unwrap().text, "");
    }

    #[test]
    fn what_is_no_binding_is_told_in_the_words_of_the_original() {
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
