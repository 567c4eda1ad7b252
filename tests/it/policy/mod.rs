//! The house rules, held by tests so that nobody has to remember them.
//!
//! Two kinds: some read the source tree as text ([`tree`], [`rust_text`]), some ask a node in this process
//! ([`node`]). Each test names the requirement or the line of the architecture that it holds. A rule that stands
//! in a type or a lint is not repeated here.

/// Compares with `tests/it/snapshots/{name}.snap`.
macro_rules! assert_matches_snapshot {
    ($name:literal, $text:expr) => {
        insta::with_settings!(
            { snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true },
            { insta::assert_snapshot!($name, $text); }
        )
    };
}

mod node;
mod rust_text;
mod tree;

mod brand;
mod crates;
mod design_card;
mod example_config;
mod faults;
mod floors;
mod headers;
mod licences;
mod lists;
mod locales;
mod malformed;
mod openapi;
mod payloads;
mod people;
mod redirects;
mod routes;
mod schema;
mod secrets;
mod shape;
mod sockets;
mod statements;
mod sweep;

/// Asserts that a rule was broken nowhere; each entry says where and what to do.
#[track_caller]
fn assert_none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}
