//! Exact lookups: part numbers, telephone numbers, error codes and names, each among many that look alike, asked as
//! people type them.

use super::node::Node;
use super::rounded;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const ITEMS: usize = 60;
const HIT_DEPTH: usize = 3;
const FAMILY_NAMES: [&str; 12] = [
    "Adeyemi",
    "Brandt",
    "Castellanos",
    "Dubrovsky",
    "Eriksen",
    "Fairweather",
    "Gagnon",
    "Hollis",
    "Iwata",
    "Jansky",
    "Kowalczyk",
    "Lindqvist",
];
const GIVEN_NAMES: [&str; 5] = ["Ada", "Bruno", "Carla", "Dmitri", "Elin"];
const PARTS: [&str; 6] = ["drive belt", "filter", "gasket", "pump seal", "fan", "control board"];

/// One lookup: its kind, what is typed, and the words that the right passage must hold.
struct Lookup {
    kind: &'static str,
    typed: String,
    holds: String,
}

pub async fn measure(node: &Node) -> Value {
    let scope = node.client("en").await;
    let (documents, lookups) = suite();
    for (name, text) in &documents {
        node.upload(&scope, name, text).await;
    }
    node.settle(&scope).await;
    let mut hits: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for lookup in &lookups {
        let found = node.search(&scope, &lookup.typed, HIT_DEPTH).await;
        let is_hit = found.iter().any(|passage| passage.text.contains(&lookup.holds));
        let counts = hits.entry(lookup.kind).or_default();
        counts.0 += usize::from(is_hit);
        counts.1 += 1;
        if !is_hit {
            missed.push(lookup.typed.clone());
        }
    }
    let share = |(hit, all): (usize, usize)| rounded(hit as f64 / all.max(1) as f64);
    let total = hits.values().fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
    let by_kind: BTreeMap<&str, f64> = hits.iter().map(|(kind, counts)| (*kind, share(*counts))).collect();
    json!({ "lookups": lookups.len(), "hit@3": share(total), "by_kind": by_kind, "missed": missed })
}

fn suite() -> (Vec<(String, String)>, Vec<Lookup>) {
    let mut parts = "# Spare parts\n\n".to_owned();
    let mut errors = "# Error codes\n\n".to_owned();
    let mut people = "# Whom to call\n\n".to_owned();
    let mut lookups = Vec::new();
    for at in 0..ITEMS {
        let part = PARTS[at % PARTS.len()];
        let number = format!("QX-{}/{}", 1_100 + at * 7, ["A", "B", "C"][at % 3]);
        let fits = 200 + at * 3;
        let line =
            format!("The {part} {number} fits the models {fits} and {} and costs £{}.50.", fits + 1, 12 + at);
        let _ = write!(parts, "## Position {}\n\n{line}\n\n{}\n\n", at + 1, advice(at));
        for typed in
            [number.clone(), number.replace(['-', '/'], "").to_lowercase(), format!("How much is {number}?")]
        {
            lookups.push(Lookup { kind: "part number", typed, holds: line.clone() });
        }

        let code = format!("E{}", 301 + at * 2);
        let line = format!("{code}: the {part} reports a fault {} times in a row.", 2 + at % 5);
        let _ = write!(errors, "## {code}\n\n{line} {}\n\n", advice(at + 3));
        for typed in
            [code.clone(), format!("E-{}", 301 + at * 2), format!("the display shows {code}, what now?")]
        {
            lookups.push(Lookup { kind: "error code", typed, holds: line.clone() });
        }

        let name =
            format!("{} {}", GIVEN_NAMES[at % GIVEN_NAMES.len()], FAMILY_NAMES[at / GIVEN_NAMES.len()]);
        let phone = format!("+44 1632 96{:04}", 1_000 + at * 13);
        let line = format!("{name} looks after branch {} and answers on {phone}.", at + 1);
        let _ = write!(people, "## Branch {}\n\n{line} {}\n\n", at + 1, advice(at + 5));
        for typed in [phone.clone(), phone.replace("+44 ", "0").replace(' ', "")] {
            lookups.push(Lookup { kind: "telephone number", typed, holds: line.clone() });
        }
        for typed in [name.clone(), format!("Who is {name}?"), format!("phone number of {name}")] {
            lookups.push(Lookup { kind: "name", typed, holds: line.clone() });
        }
    }
    let documents = vec![
        ("parts.md".to_owned(), parts),
        ("errors.md".to_owned(), errors),
        ("people.md".to_owned(), people),
    ];
    (documents, lookups)
}

/// Text that says much the same everywhere, as manuals do.
fn advice(at: usize) -> String {
    let texts = [
        "Switch the device off, wait half a minute and switch it on again before anything else.",
        "Ask for help when the lamp goes on blinking, and keep the serial number at hand.",
        "Only use parts that are made for the device; others can damage it and end the warranty.",
        "Clean the housing with a dry cloth once a month, and never with solvents.",
    ];
    format!("{} {}", texts[at % texts.len()], texts[(at + 1) % texts.len()])
}
