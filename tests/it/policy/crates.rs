//! Each heavy crate has one place, so that it can be replaced there (architecture 3, invariant 3).

use super::rust_text::{code_of, outer_names, product_code_of};
use super::{assert_none, tree};

/// A crate, and the only places whose code may name it.
const PLACES: &[(&str, &[&str])] = &[
    ("anyhow", &["src/main.rs", "src/cli/"]),
    ("async_stripe", &["src/gateway/stripe/"]),
    ("axum", &["src/http/"]),
    ("clap", &["src/cli/"]),
    ("figment", &["src/config/"]),
    ("http", &["src/http/", "src/config/formats.rs"]),
    ("http_body_util", &["src/http/"]),
    ("hyper", &["src/http/server.rs"]),
    ("hyper_util", &["src/http/server.rs"]),
    ("lancedb", &["src/index/lance.rs"]),
    ("lettre", &["src/gateway/email/smtp.rs"]),
    ("maud", &["src/http/"]),
    ("mimalloc", &["src/lib.rs"]),
    ("prometheus_client", &["src/http/", "src/app.rs"]),
    ("rand", &["src/store/clock.rs"]),
    ("rayon", &["src/index/embed/minilm/"]),
    ("reqwest", &["src/gateway/"]),
    ("rten_gemm", &["src/index/embed/minilm/"]),
    ("rten_simd", &["src/index/embed/minilm/", "src/index/halves.rs"]),
    ("rten_tensor", &["src/index/embed/minilm/"]),
    ("rten_vecmath", &["src/index/embed/minilm/"]),
    ("rusqlite", &["src/store/"]),
    ("rustls", &["src/gateway/"]),
    ("tantivy", &["src/index/tantivy/"]),
    ("tower", &["src/http/"]),
    ("webpki_roots", &["src/gateway/"]),
];

#[test]
fn each_heavy_crate_is_named_in_its_place_only() {
    let mut broken = Vec::new();

    for file in tree::product_files() {
        for (line, name) in outer_names(&product_code_of(&file.text)) {
            let Some((_, places)) = PLACES.iter().find(|(crate_name, _)| *crate_name == name) else {
                continue;
            };
            if !places.iter().any(|place| file.path.starts_with(place)) {
                broken.push(format!("{}: line {line}: `{name}` belongs to {}", file.path, places.join(", ")));
            }
        }
    }

    assert_none(&broken, "a vendor's crate is named in one place");
}

#[test]
fn the_program_has_no_way_to_panic_on_purpose() {
    let ways = [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    let mut broken = Vec::new();

    for file in tree::product_files() {
        let code = product_code_of(&file.text);
        for way in ways.iter().filter(|way| code.contains(**way)) {
            broken.push(format!("{}: `{way}`", file.path));
        }
    }

    assert_none(&broken, "failures are values; \"cannot happen\" is `Bug::invariant`");
}

#[test]
fn a_lint_is_expected_with_a_reason() {
    let mut broken = Vec::new();

    for file in tree::texts(|path| path.ends_with(".rs")) {
        let code = code_of(&file.text);
        for part in code.split("#[").skip(1).chain(code.split("#![").skip(1)) {
            let attribute = part.split(']').next().unwrap_or_default();
            let is_expected = attribute.starts_with("expect(");
            // What a macro makes is used here and unused there, so it cannot be expected.
            let is_allowed = attribute.starts_with("allow(");
            let is_in_macro = code.contains("macro_rules!");
            let is_bare = (is_expected || is_allowed) && !attribute.contains("reason");
            if is_bare || (is_allowed && !is_in_macro) {
                broken.push(format!("{}: `#[{attribute}]`", file.path));
            }
        }
    }

    assert_none(
        &broken,
        "lint exceptions are `#[expect(…, reason = \"…\")]` on the smallest item (style 37)",
    );
}
