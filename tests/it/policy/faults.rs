//! The places at which tests kill the process: the list that the crash tests go by is the one in the code (APP-12).

use super::{assert_none, tree};
use snip::store::fault::POINTS;
use std::collections::BTreeSet;

const MARK: &str = "fault::point(\"";

/// `tests/it/process/crashes.rs` fails for a point of the list that belongs to no kill test; this one fails for a place
/// in the code that the list does not name, and for a name that no place in the code has any more.
#[test]
fn every_fault_point_of_the_code_stands_in_the_list_and_every_one_of_the_list_in_the_code() {
    let listed: BTreeSet<&str> = POINTS.iter().copied().collect();
    let mut broken = Vec::new();
    let mut found = BTreeSet::new();

    for file in tree::product_files() {
        for rest in file.text.split(MARK).skip(1) {
            let name = rest.split('"').next().unwrap_or_default().to_owned();
            if !listed.contains(name.as_str()) {
                broken.push(format!("{}: `{name}` is not in `fault::POINTS`", file.path));
            }
            found.insert(name);
        }
    }
    for name in listed.iter().filter(|name| !found.contains(**name)) {
        broken.push(format!("`{name}` of `fault::POINTS` stands nowhere in the code"));
    }

    assert_eq!(listed.len(), POINTS.len(), "a name stands once");
    assert_none(&broken, "APP-12: no fault point is left out of the crash tests");
}
