//! Licences of dependencies, and packages that must not be among them.

use std::collections::BTreeMap;

use crate::cargo;
use crate::failure::Failure;

/// Licences that require at most a notice.
const ALLOWED: [&str; 16] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];

/// Packages with other licences, each with the reason for the exception.
const EXCEPTIONS: [(&str, &str); 1] = [
    // Comes with abi_stable. Requires publishing changes to its own files, and we change none.
    ("generational-arena", "MPL-2.0"),
];

/// Packages that need more than a C compiler to build, or bring a second cryptographic library.
const BANNED: [&str; 6] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "cmake",
    "native-tls",
    "openssl",
    "openssl-sys",
];

/// Checks every package in the tree, and reports each that violates a rule.
pub(crate) fn run() -> Result<(), Failure> {
    let tree = cargo::output(
        "tree",
        &[
            "--workspace",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}\t{l}",
        ],
    )?;
    let mut complaints = Vec::new();
    for (package, licence) in packages(&tree) {
        if BANNED.contains(&package) {
            let advice =
                format!("see `cargo tree --workspace -i {package}`, and choose other features");
            complaints.push(format!(
                "Cargo.lock: `{package}` must not be in the tree\n    {advice}"
            ));
        }
        if !EXCEPTIONS.contains(&(package, licence)) && !is_allowed(licence) {
            let advice = "replace it, or allow it in xtask/src/licences.rs and give the reason in the commit";
            complaints.push(format!(
                "Cargo.lock: `{package}` has the licence `{licence}`\n    {advice}"
            ));
        }
    }
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(complaints.join("\n").into())
    }
}

/// Returns name and licence of each package, from lines like `serde v1.0.229 (proc-macro)<tab>MIT OR Apache-2.0 (*)`.
fn packages(tree: &str) -> BTreeMap<&str, &str> {
    tree.lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(package, licence)| {
            let name = package.split(' ').next().unwrap_or(package);
            (name, licence.trim_end_matches("(*)").trim())
        })
        .collect()
}

/// Whether an SPDX expression can be satisfied with allowed licences. `/` is the old form of `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    either(&mut rest) == Some(true) && rest.is_empty()
}

/// Reads `both { OR both }`; `None` for an invalid expression.
fn either(tokens: &mut &[&str]) -> Option<bool> {
    let mut holds = both(tokens)?;
    while let Some((&"OR", rest)) = tokens.split_first() {
        *tokens = rest;
        holds |= both(tokens)?;
    }
    Some(holds)
}

/// Reads `one { AND one }`.
fn both(tokens: &mut &[&str]) -> Option<bool> {
    let mut holds = one(tokens)?;
    while let Some((&"AND", rest)) = tokens.split_first() {
        *tokens = rest;
        holds &= one(tokens)?;
    }
    Some(holds)
}

/// Reads a licence, a licence with an exception, or an expression in parentheses.
fn one(tokens: &mut &[&str]) -> Option<bool> {
    let (holds, rest) = match *tokens {
        ["(", inner @ ..] => {
            let mut inner = inner;
            let holds = either(&mut inner)?;
            let (&")", rest) = inner.split_first()? else {
                return None;
            };
            (holds, rest)
        }
        [licence, "WITH", exception, rest @ ..] => {
            let whole = format!("{licence} WITH {exception}");
            (ALLOWED.contains(&whole.as_str()), rest)
        }
        [licence, rest @ ..] => (ALLOWED.contains(licence), rest),
        [] => return None,
    };
    *tokens = rest;
    Some(holds)
}

#[cfg(test)]
mod tests {
    use super::{is_allowed, packages};

    #[track_caller]
    fn check(expression: &str, allowed: bool) {
        assert_eq!(is_allowed(expression), allowed, "{expression}");
    }

    #[test]
    fn one_side_of_an_or_is_enough_and_both_of_an_and_are_needed() {
        check("MIT", true);
        check("GPL-3.0", false);
        check("MIT OR GPL-3.0", true);
        check("GPL-3.0/MIT", true);
        check("MIT AND GPL-3.0", false);
        check("GPL-3.0 OR MIT AND ISC", true);
        check("(MIT OR GPL-3.0) AND Unicode-3.0", true);
        check("Apache-2.0 WITH LLVM-exception OR GPL-3.0", true);
        check("Apache-2.0 WITH Some-exception", false);
    }

    #[test]
    fn invalid_expressions_are_not_allowed() {
        check("", false);
        check("MIT ISC", false);
        check("(MIT", false);
        check("MIT OR", false);
    }

    #[test]
    fn a_tree_line_has_a_package_and_a_licence() {
        let tree = "serde_derive v1.0.1 (proc-macro)\tMIT OR Apache-2.0\nserde v1.0.1\tMIT (*)\n\n";
        let found: Vec<_> = packages(tree).into_iter().collect();
        assert_eq!(
            found,
            [("serde", "MIT"), ("serde_derive", "MIT OR Apache-2.0")]
        );
    }
}
