//! Layout of the whole boundary as text, so that every change is a visible diff.

use std::{collections::BTreeSet, fmt::Write, mem::offset_of};

use abi_stable::{
    StableAbi,
    library::{ROOT_MODULE_LOADER_NAME, RootModule},
    std_types::utypeid::UTypeId,
    type_layout::{TLData, TLField, TypeLayout},
};

use crate::{Card, Meta, PluginModule_Ref};

/// Every type of this crate that is reachable from `root`, once each, in the order of a depth-first walk.
///
/// Types of abi_stable are leaves: abi_stable promises their layout, and its version is checked when a library is opened.
#[derive(Default)]
struct Table {
    seen: Vec<UTypeId>,
    /// Packages of all types, with their versions.
    packages: BTreeSet<String>,
    text: String,
}

impl Table {
    fn add(&mut self, layout: &'static TypeLayout) {
        let name = full_name(layout);
        let id = layout.get_utypeid();
        if self.seen.contains(&id) {
            return;
        }
        self.seen.push(id);
        let (package, version) = layout.package_and_version();
        self.packages.insert(format!("{package} {version}"));
        let ours = layout.package().as_str() == "bindery-abi";
        if ours {
            writeln!(
                self.text,
                "{name}: size {}, align {}",
                layout.size(),
                layout.alignment()
            )
            .unwrap();
        }
        let mut inner: Vec<_> = layout
            .generics()
            .type_params()
            .iter()
            .map(|ty| ty())
            .collect();
        for field in layout.get_fields().iter().flat_map(|fields| fields.iter()) {
            if ours {
                writeln!(self.text, "  {}: {}", field.name(), type_of(&field)).unwrap();
            }
            inner.push(field.layout());
            for function in field.function_range().iter() {
                inner.extend(function.param_type_layouts.iter().map(|ty| ty()));
                inner.extend(function.return_type_layout().map(|ty| ty()));
            }
        }
        inner.extend(layout.phantom_fields().iter().map(|field| field.layout()));
        if ours {
            self.text.push('\n');
        }
        for layout in inner {
            self.add(layout);
        }
    }
}

/// Returns the type of a field; for a function, with its parameters.
fn type_of(field: &TLField) -> String {
    if !field.is_function() {
        return full_name(field.layout());
    }
    let function = field
        .function_range()
        .iter()
        .next()
        .expect("a function field has one");
    let parameters: Vec<_> = function
        .param_type_layouts
        .iter()
        .map(|ty| full_name(ty()))
        .collect();
    let result = function
        .return_type_layout()
        .map_or("()".to_owned(), |ty| full_name(ty()));
    format!("fn({}) -> {result}", parameters.join(", "))
}

/// Returns the name of a type, with the content of an enum or of a container of abi_stable.
fn full_name(layout: &'static TypeLayout) -> String {
    let holds: Vec<_> = layout
        .get_fields()
        .iter()
        .flat_map(|fields| fields.iter())
        .filter(|field| match layout.data() {
            TLData::Enum(_) => true,
            _ => layout.name() == "RVec" && field.name() == "buffer",
        })
        .map(|field| full_name(pointee(field.layout())))
        .collect();
    match &holds[..] {
        [] => layout.full_type().to_string(),
        _ => format!("{}<{}>", layout.name(), holds.join(", ")),
    }
}

/// Returns the target of a `NonNull`, which contains a `*const`; any other type is returned unchanged.
fn pointee(layout: &'static TypeLayout) -> &'static TypeLayout {
    let inner = layout.get_fields().and_then(|fields| fields.get(0));
    match (layout.name(), inner, layout.generics().type_params()) {
        ("NonNull", Some(pointer), _) => pointee(pointer.layout()),
        ("*const", _, [target]) => target(),
        _ => layout,
    }
}

#[test]
fn layout_of_the_tables_is_as_recorded() {
    let mut table = Table::default();
    table.add(<PluginModule_Ref as StableAbi>::LAYOUT);
    insta::assert_snapshot!(table.text);
}

/// A host compares the versions of the packages of all types: no other package may be part of the boundary, and no package with
/// the version of a release.
#[test]
fn nothing_takes_part_in_the_check_that_moves_with_a_release() {
    let mut table = Table::default();
    table.add(<PluginModule_Ref as StableAbi>::LAYOUT);
    let packages: Vec<_> = table.packages.iter().map(String::as_str).collect();
    // The version of `std` is a constant of abi_stable.
    assert_eq!(
        packages,
        ["abi_stable 0.11.3", "bindery-abi 1.0.0", "std 1.0.0"]
    );
    let root = <PluginModule_Ref as RootModule>::VERSION_STRINGS;
    assert_eq!(root.to_string(), "1.0.0");
}

#[test]
fn layout_of_the_card_is_as_recorded() {
    let text = format!(
        "magic {} abi {} flags {} kind {} rustc {} description {} size {} text {}",
        offset_of!(Meta, magic),
        offset_of!(Meta, abi),
        offset_of!(Meta, flags),
        offset_of!(Meta, kind),
        offset_of!(Meta, rustc),
        offset_of!(Meta, description),
        size_of::<Meta>(),
        offset_of!(Card<5>, description),
    );
    insta::assert_snapshot!(text, @"magic 0 abi 8 flags 12 kind 16 rustc 48 description 112 size 120 text 120");
}

#[test]
fn root_module_stands_under_the_name_that_plugins_export() {
    insta::assert_snapshot!(ROOT_MODULE_LOADER_NAME, @"_1as_0lib_1header_0root_bmodule_bloader");
}
