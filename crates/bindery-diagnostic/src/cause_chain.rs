//! Chain of causes with text only.

use std::error::Error;
use std::fmt;

/// Chain of causes, of which only the texts are known, as an [`Error`] with its sources.
///
/// Serves errors that keep their own types and contain the causes of a [`Diagnostic`](crate::Diagnostic).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseChain {
    text: String,
    next: Option<Box<CauseChain>>,
}

impl CauseChain {
    /// Creates a chain of `texts`, the nearest cause first. Returns `None` for an empty list.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Option<Self> {
        let texts: Vec<String> = texts.into_iter().collect();
        texts.into_iter().rev().fold(None, |next, text| {
            Some(Self {
                text,
                next: next.map(Box::new),
            })
        })
    }
}

impl fmt::Display for CauseChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for CauseChain {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.next.as_deref()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_the_source_of_the_one_before() {
        let chain = CauseChain::new(["near".to_owned(), "far".to_owned()]).unwrap();
        assert_eq!(chain.to_string(), "near");
        let far = chain.source().unwrap();
        assert_eq!(
            (far.to_string(), far.source().is_none()),
            ("far".to_owned(), true)
        );
        assert_eq!(CauseChain::new([]), None);
    }
}
