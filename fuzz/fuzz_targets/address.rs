//! Addresses and patterns: reading, printing, cutting and joining.
//!
//! Input: an address, and after the first line end a pattern to match it with.

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

/// What is printed is the address given, without its leading dot, and reads as the same ref.
fn read_back(reference: &Ref, given: &str) {
    let address = reference.address();
    assert_eq!(address, given.strip_prefix('.').unwrap_or(given));
    assert_eq!(reference.to_string(), format!("{{{{{address}}}}}"));
    // A name of another script needs its dot at the front.
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

/// A prefix and what is left after it make the whole again.
fn cut_and_join(reference: &Ref) {
    let count = reference.components().count();
    assert!(count > 0);
    assert_eq!(reference.prefix(0), None);
    assert_eq!(reference.prefix(count + 1), None);
    assert_eq!(reference.prefix(count).as_ref(), Some(reference));
    assert_eq!(reference.scoped_to(reference), None);
    // Long addresses would make this the square of their length.
    for at in (1..count).take(32) {
        let front = reference.prefix(at).expect("there are more components");
        let rest = front.scoped_to(reference).expect("a prefix is extended");
        assert_eq!(front.components().count(), at);
        assert_eq!(rest.components().count(), count - at);
        assert_eq!(&front.join(&rest), reference);
        assert!(front < *reference);
    }
}

/// A match is the beginning of the ref, as long as the pattern.
fn matched(matcher: &Matcher, reference: &Ref) {
    if let Some((found, parts)) = matcher.matches(reference) {
        assert_eq!(found.components().count(), matcher.steps());
        assert_eq!(reference.prefix(matcher.steps()), Some(found));
        assert_eq!(parts.len(), matcher.steps());
    }
}
