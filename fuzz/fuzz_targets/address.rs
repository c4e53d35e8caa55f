//! Addresses and patterns: parsing, printing, splitting and joining.
//!
//! Input: an address, and after the first line break a pattern to match it with.

#![no_main]

use bindery_core::{Component, Matcher, Ref};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let (address, pattern) = input.split_once('\n').unwrap_or((input, ""));
    let matcher = Matcher::parse(pattern);
    let Ok(reference) = Ref::from_address(address) else {
        return;
    };
    read_back(&reference, address);
    cut_and_join(&reference);
    if let Ok(matcher) = matcher {
        matched(&matcher, &reference);
    }
});

/// Checks that the printed address is the given one without its leading dot, and parses to an equal ref.
fn read_back(reference: &Ref, given: &str) {
    let address = reference.address();
    assert_eq!(address, given.strip_prefix('.').unwrap_or(given));
    assert_eq!(reference.to_string(), format!("{{{{{address}}}}}"));
    // A name with letters of another script needs its leading dot.
    let again = Ref::from_address(address)
        .or_else(|_| Ref::from_address(&format!(".{address}")))
        .expect("a printed address is one");
    assert_eq!(&again, reference);
    assert_eq!(
        again.partial_cmp(reference),
        Some(std::cmp::Ordering::Equal)
    );

    let mut spelt = String::new();
    for component in reference.components() {
        match component {
            Component::Dereference(name) => spelt.extend([".", name]),
            Component::Index(text) => spelt.extend(["[", text, "]"]),
        }
    }
    assert_eq!(spelt.strip_prefix('.').unwrap_or(&spelt), address);
}

/// Checks that a prefix and the rest make the whole again.
fn cut_and_join(reference: &Ref) {
    let count = reference.components().count();
    assert!(count > 0);
    assert_eq!(reference.prefix(0), None);
    assert_eq!(reference.prefix(count + 1), None);
    assert_eq!(reference.prefix(count).as_ref(), Some(reference));
    assert_eq!(reference.scoped_to(reference), None);
    // With long addresses this loop would take quadratic time.
    for at in (1..count).take(32) {
        let front = reference.prefix(at).expect("there are more components");
        let rest = front.scoped_to(reference).expect("a prefix is extended");
        assert_eq!(front.components().count(), at);
        assert_eq!(rest.components().count(), count - at);
        assert_eq!(&front.join(&rest), reference);
        assert!(front < *reference);
    }
}

/// Checks that a match is a prefix of the ref with the length of the pattern.
fn matched(matcher: &Matcher, reference: &Ref) {
    if let Some((found, parts)) = matcher.matches(reference) {
        assert_eq!(found.components().count(), matcher.steps());
        assert_eq!(reference.prefix(matcher.steps()), Some(found));
        assert_eq!(parts.len(), matcher.steps());
    }
}
