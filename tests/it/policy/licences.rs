//! OPS-1: every dependency may be shipped in a proprietary binary.

use serde_json::Value;
use std::process::Command;

/// Licences under which we may ship a binary without opening our source.
const ALLOWED: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // The list of certificate authorities: data, to be passed on with its licence.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // Opens its own files only, which are used as they come.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression leaves us a way: every `AND` part has an allowed `OR` alternative. A slash is the
/// older writing of `OR`.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" AND ").all(|part| part.split(" OR ").any(|name| ALLOWED.contains(&name.trim())))
}

#[test]
fn every_dependency_has_a_licence_that_lets_us_ship() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();

    let packages = metadata["packages"].as_array().unwrap();
    let refused: Vec<String> = packages
        .iter()
        // What is ours comes from no registry.
        .filter(|package| !package["source"].is_null())
        .filter(|package| !package["license"].as_str().is_some_and(is_allowed))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();

    assert!(packages.len() > 100, "cargo listed the dependencies");
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn an_expression_is_allowed_by_its_alternatives_and_refused_by_its_demands() {
    for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR GPL-3.0) AND Unicode-3.0"] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND AGPL-3.0", "", "SSPL-1.0 OR BUSL-1.1"] {
        assert!(!is_allowed(bad), "{bad}");
    }
}
