//! A node without any network.

use std::process::Command;

const LOOPBACK_REFUSED: i32 = 77;

// APP-3, APP-17
#[test]
fn a_node_that_reaches_nothing_but_loopback_answers_with_citations_and_starts_no_other_process() {
    let is_allowed =
        Command::new("unshare").args(["--net", "true"]).status().is_ok_and(|status| status.success());
    if !is_allowed {
        println!("skipped: this machine allows no network namespace");
        return;
    }
    let folder = tempfile::tempdir().unwrap();

    let ran = Command::new("unshare")
        .args(["--net", "python3", "tests/it/process/offline.py", env!("CARGO_BIN_EXE_snip")])
        .arg(folder.path().join("data"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();

    if ran.status.code() == Some(LOOPBACK_REFUSED) {
        println!("skipped: this machine does not bring loopback up in a namespace");
        return;
    }
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
