//! Tests of the built binary and the built plugins.

mod apart;
mod aurora;
mod clusters;
mod documents;
mod exec;
mod faults;
mod images;
mod locks;
mod logins;
mod network;
mod projects;
mod quiet;
mod recording;
mod registries;
mod registry;
mod render;
mod runs;
mod seam;
mod site;
mod thrift;
mod versions;

/// Compares a text with a snapshot, after replacing the first of each pair in `filters` by the second.
#[track_caller]
fn snapshot(name: &str, text: &str, filters: &[(&str, &str)]) {
    let mut text = text.to_owned();
    for (found, shown) in filters {
        text = text.replace(found, shown);
    }
    insta::assert_snapshot!(name, text);
}
