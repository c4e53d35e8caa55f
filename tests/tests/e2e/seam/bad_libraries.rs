//! Invalid libraries. Each causes an error of one line, and none a signal.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_host::{LibraryError, Settings};
use bindery_tests::{Bindery, plugin_folder};

use super::{library, places_of, replace_in, unruly};

/// Offsets of the header's fields from its magic; see the README of `bindery-abi`.
mod card {
    pub const ABI: usize = 8;
    pub const FLAGS: usize = 12;
    pub const KIND: usize = 16;
    pub const LENGTH: usize = 112;
    pub const TEXT: usize = 120;
}

/// Reads the built example.
fn example() -> Vec<u8> {
    fs::read(library("example")).unwrap()
}

/// Returns the built example with one change, relative to the magic of its header.
fn with_bytes(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut library = example();
    let card = only_place_of(&library, b"BNDRYPLG");
    library[card + at..][..bytes.len()].copy_from_slice(bytes);
    library
}

/// Returns the built example with every occurrence of a text replaced by another one of equal length.
fn with_text(from: &[u8], to: &[u8]) -> Vec<u8> {
    replace_in(example(), from, to)
}

fn only_place_of(library: &[u8], text: &[u8]) -> usize {
    let mut places = places_of(library, text);
    match (places.next(), places.next()) {
        (Some(place), None) => place,
        _ => panic!(
            "{:?} is not there exactly once",
            String::from_utf8_lossy(text)
        ),
    }
}

/// Returns the error for a file, which is the same in the library and, in one line and without a signal, in the program.
#[track_caller]
fn refusal(path: &Path) -> LibraryError {
    let error = match bindery_host::check(path, &Settings::default()) {
        Ok(description) => panic!("{description:?} is fine"),
        Err(error) => error,
    };
    let said = Bindery::new()
        .run(["plugin", "check", path.to_str().unwrap()])
        .failure(3);
    assert_eq!(said, format!("error: {}\n", error.line()));
    error
}

/// Returns the error for a library with these bytes, its path shortened.
fn line_of(library: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.so");
    fs::write(&path, library).unwrap();
    refusal(&path)
        .line()
        .replace(&*path.to_string_lossy(), "x.so")
}

#[track_caller]
fn check(library: &[u8], expected: &str) {
    assert_eq!(line_of(library), expected);
}

#[test]
fn valid_libraries_pass() {
    for (path, name) in [
        (library("example"), "greeting"),
        (library("traits"), "traits"),
        (library("auth"), "auth"),
        (unruly(), "unruly"),
    ] {
        let description = bindery_host::check(&path, &Settings::default()).unwrap();
        assert_eq!(description.name, name);
    }
}

#[test]
fn files_that_are_not_libraries() {
    let hint = "name a library that was built with `bindery-plugin`";
    check(b"", &format!("`x.so` is empty; {hint}"));
    check(b"#!", &format!("`x.so` is not a dynamic library; {hint}"));
    check(
        b"a text file, longer than a header is".as_slice(),
        &format!("`x.so` is not a dynamic library; {hint}"),
    );

    let folder = tempfile::tempdir().unwrap();
    let line = refusal(folder.path()).line();
    assert_eq!(
        line,
        format!(
            "`{}` is not a regular file; {hint}",
            folder.path().display()
        )
    );
    let line = refusal(&folder.path().join("gone.so")).line();
    assert!(line.contains("cannot be read: "), "{line}");
    assert!(
        line.ends_with("; check the path and its permissions"),
        "{line}"
    );
}

#[test]
fn a_program_is_not_a_library() {
    let line = refusal(&env::current_exe().unwrap()).line();
    assert!(
        line.contains(" is not a Bindery plugin: it has no section `.bindery`; "),
        "{line}"
    );
}

#[test]
fn truncated_libraries_never_reach_the_loader() {
    let whole = example();
    // At the end of every header and table, and between them.
    let lengths = [
        4,
        5,
        63,
        64,
        65,
        500,
        4096,
        whole.len() / 3,
        whole.len() / 2,
        whole.len() - 1,
    ];
    for length in lengths {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.so");
        fs::write(&path, &whole[..length]).unwrap();
        let line = refusal(&path).line();
        assert!(
            line.contains("` is cut off: its contents reach to byte "),
            "{length}: {line}"
        );
        assert!(line.ends_with(&format!(
            "the file ends at {length}; copy or build the file again"
        )));
    }
}

/// The loader does not check the segment table, and would write to unmapped memory.
#[test]
fn libraries_whose_tables_contradict_each_other_never_reach_the_loader() {
    /// Loadable segments, the dynamic section, and thread-local storage.
    const KINDS: [u32; 3] = [1, 2, 7];
    let whole = example();
    let segments = usize::from(u16::from_ne_bytes([whole[56], whole[57]]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.so");
    for segment in (0..segments).map(|number| 64 + 56 * number) {
        let kind = u32::from_ne_bytes(whole[segment..segment + 4].try_into().unwrap());
        // Offset, address, size in the file, size in memory.
        for field in [8, 16, 32, 40]
            .into_iter()
            .filter(|_| KINDS.contains(&kind))
        {
            let mut library = whole.clone();
            library[segment + field + 3] ^= 0x80;
            fs::write(&path, library).unwrap();
            let line = refusal(&path).line();
            let refused = ["` is damaged: ", "` is cut off: "]
                .iter()
                .any(|said| line.contains(said));
            assert!(
                refused,
                "segment of kind {kind:#x}, field at {field}: {line}"
            );
        }
    }
}

#[test]
fn libraries_without_their_tables() {
    let mut stripped = example();
    // e_shoff, then e_shnum and e_shstrndx.
    stripped[40..48].fill(0);
    stripped[60..64].fill(0);
    check(
        &stripped,
        "`x.so` was stripped of its section table; keep the section table, as `strip` does without options",
    );
    let hint = "name a library that was built with `bindery-plugin`";
    let none = format!("`x.so` is not a Bindery plugin: it has no section `.bindery`; {hint}");
    check(&with_text(b"\0.bindery\0", b"\0.zindery\0"), &none);
    check(&with_bytes(0, b"X"), &none);
}

#[test]
fn libraries_for_other_machines() {
    let hint = "rebuild the plugin for this machine";
    let mut other = example();
    other[18..20].copy_from_slice(&2_u16.to_ne_bytes());
    let here = u16::from_ne_bytes([example()[18], example()[19]]);
    check(
        &other,
        &format!(
            "`x.so` is a dynamic library for another processor (machine 2, here {here}); {hint}"
        ),
    );
    let mut other = example();
    other[4] = 1;
    check(
        &other,
        &format!("`x.so` is a dynamic library for another system (32 bit); {hint}"),
    );
    let mach = 0xfeed_facf_u32.to_le_bytes();
    check(
        &mach,
        &format!("`x.so` is a dynamic library for another system (Mach-O); {hint}"),
    );
}

#[test]
fn older_and_newer_revisions_of_the_boundary() {
    check(
        &with_bytes(card::ABI, &0_u32.to_ne_bytes()),
        "`x.so` (plugin `greeting`) was built for plugin ABI 0, this program has 1; \
         rebuild the plugin with the `bindery-plugin` of this release",
    );
    check(
        &with_bytes(card::ABI, &2_u32.to_ne_bytes()),
        "`x.so` (plugin `greeting`) was built for plugin ABI 2, this program has 1; \
         use a newer bindery, or rebuild the plugin with an older `bindery-plugin`",
    );
}

#[test]
fn invalid_headers() {
    let damaged = |what: &str| {
        format!("`x.so` has a damaged plugin section: {what}; copy or build the file again")
    };
    check(
        &with_bytes(card::LENGTH, &u64::MAX.to_ne_bytes()),
        &damaged("its description is cut off"),
    );
    check(
        &with_bytes(card::TEXT, b"\xff"),
        &damaged("its description is not UTF-8"),
    );
    check(
        &with_bytes(card::TEXT, b"["),
        &damaged("its description is not valid: expected `,` or `]` at line 1 column 8"),
    );
    check(
        &with_bytes(card::KIND, b"bindery-theme\0"),
        "`x.so` (plugin `greeting`) is of kind `bindery-theme`, not a plugin; \
         use it with the program it was built for",
    );
    check(
        &with_text(
            br#"{"name":"greeting","version""#,
            br#"{"name":"gre\ning","version""#,
        ),
        "`x.so` (plugin `gre ing`) has a damaged plugin section: \
         its description has a bad name \"gre\\ning\"; copy or build the file again",
    );
    // The cache of a plugin is a folder with its name.
    check(
        &with_text(
            br#"{"name":"greeting","version""#,
            br#"{"name":".."      ,"version""#,
        ),
        "`x.so` (plugin `..`) has a damaged plugin section: \
         its description has a bad name \"..\"; copy or build the file again",
    );
}

#[test]
fn a_trait_whose_default_fits_no_cluster() {
    let traits = fs::read(library("traits")).unwrap();
    check(
        &replace_in(traits, b"\"default\":2181", b"\"default\":\"x1\""),
        "`x.so` (plugin `traits`) has a damaged plugin section: its trait `SchedulerClientTrait` is not valid: \
         the default of SchedulerClientTrait[zk_port] does not fit: SchedulerClientTrait[zk_port] failed: \
         Unable to interpolate: Cannot coerce 'x1' to Integer; copy or build the file again",
    );
}

#[test]
fn libraries_without_their_symbols() {
    let name = "_1as_0lib_1header_0root_bmodule_bloader";
    let other = name.replace("root", "boot");
    check(
        &with_text(
            format!("\0{name}\0").as_bytes(),
            format!("\0{other}\0").as_bytes(),
        ),
        &format!(
            "`x.so` (plugin `greeting`) does not export `{name}`; rebuild the plugin with `export_plugin!`"
        ),
    );
}

#[test]
fn libraries_with_missing_dependencies() {
    let missing = |symbol: &str| {
        format!(
            "`x.so` (plugin `greeting`) cannot be loaded: undefined symbol: {symbol}; \
             rebuild the plugin on this system"
        )
    };
    // The library refers to its own header by name.
    check(
        &with_text(b"\0BINDERY_PLUGIN_META\0", b"\0BINDERY_PLUGIN_MATE\0"),
        &missing("BINDERY_PLUGIN_MATE"),
    );
    // A function of the system that is called only much later. Some systems add a version to its name.
    let line = line_of(&with_text(b"\0memmove\0", b"\0memwove\0"));
    let start = missing("memwove");
    assert!(
        line.starts_with(start.split_once("; ").unwrap().0),
        "{line}"
    );
}

#[test]
fn differing_tables_are_reported_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.so");
    fs::write(&path, with_text(b"cache_folder;", b"cache_holder;")).unwrap();
    let error = refusal(&path);
    assert_eq!(
        error.line().replace(&*path.to_string_lossy(), "x.so"),
        "`x.so` (plugin `greeting`) does not fit this program's plugin interface: \
         the layout of its tables differs; rebuild the plugin with the `bindery-plugin` of this release"
    );
    assert!(
        error.details().unwrap().len() > 1000,
        "the comparison is there for who asks"
    );
}

/// Another major version is refused; a minor version that only a mistake could produce is not.
#[test]
fn versions_of_the_interface() {
    check(
        &with_text(b"1.0.0", b"2.0.0"),
        "`x.so` (plugin `greeting`) does not fit this program's plugin interface: \
         its version is 2.0.0, 1.0.0 is needed; \
         rebuild the plugin with the `bindery-plugin` of this release",
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.so");
    fs::write(&path, with_text(b"1.0.0", b"1.0.7")).unwrap();
    assert_eq!(
        bindery_host::check(&path, &Settings::default())
            .unwrap()
            .name,
        "greeting"
    );
}

#[test]
fn a_library_that_would_abort_on_panic_is_refused() {
    check(
        &with_bytes(card::FLAGS, &0_u32.to_ne_bytes()),
        "`x.so` (plugin `greeting`) was built with panic=abort, so that a panic in it would end this program; \
         rebuild the plugin with `panic = \"unwind\"` in its profile",
    );
}

/// The compiler sets the flag, not the test: the example is built as its author might build it by mistake.
#[test]
fn panic_abort_is_detected_from_the_compiler() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("x.so");
    compile_to_abort(&library);
    let line = refusal(&library).line();
    assert!(
        line.contains("(plugin `greeting`) was built with panic=abort"),
        "{line}"
    );
}

fn compile_to_abort(library: &Path) {
    let source =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/bindery-plugin-example/src/lib.rs");
    let deps = plugin_folder();
    let mut kits: Vec<PathBuf> = fs::read_dir(&deps)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("libbindery_plugin-") && name.ends_with(".rlib")
        })
        .collect();
    // A target folder may contain libraries of earlier builds; the newest one that fits the rest is taken.
    kits.sort_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    let mut said = Vec::new();
    for kit in kits.iter().rev() {
        let output = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
            .args([
                "--edition=2024",
                "--crate-name=bindery_plugin_example",
                "--crate-type=cdylib",
            ])
            .args(["-C", "panic=abort", "--cap-lints=allow"])
            .env("CARGO_PKG_VERSION", "0.0.0")
            .arg("-L")
            .arg(format!("dependency={}", deps.display()))
            .arg("--extern")
            .arg(format!("bindery_plugin={}", kit.display()))
            .arg("-o")
            .arg(library)
            .arg(&source)
            .output()
            .expect("a compiler is there, since this was compiled");
        if output.status.success() {
            return;
        }
        said.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    panic!("the example could not be compiled: {said:#?}");
}
