//! The chunking set (Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval", 2024): how many of the
//! characters that answer a question the five best passages hold, and how little else.
//!
//! Characters are counted as letters and digits, so that what reading changes (line breaks, marks) does not matter.

use super::node::Node;
use super::rounded;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::path::Path;

const PASSAGES: usize = 5;
const CORPORA: [&str; 5] = ["chatlogs", "finance", "pubmed", "state_of_the_union", "wikitexts"];

#[derive(Deserialize)]
struct Reference {
    start_index: usize,
    end_index: usize,
}

/// A text as its letters and digits, with their number before each character.
struct Plain {
    letters: String,
    before: Vec<usize>,
}

impl Plain {
    fn of(text: &str) -> Self {
        let (mut letters, mut before, mut count) = (String::new(), Vec::new(), 0);
        for c in text.chars() {
            before.push(count);
            if c.is_alphanumeric() {
                letters.push(c);
                count += 1;
            }
        }
        before.push(count);
        Self { letters, before }
    }
}

pub async fn measure(node: &Node, data: &Path) -> Value {
    let folder = data.join("chunking");
    let scope = node.client("en").await;
    let mut texts = HashMap::new();
    for corpus in CORPORA {
        let text =
            std::fs::read_to_string(folder.join("corpora").join(format!("{corpus}.md"))).expect("a corpus");
        node.upload(&scope, &format!("{corpus}.txt"), &text).await;
        texts.insert(corpus, Plain::of(&text));
    }
    node.settle(&scope).await;
    let questions = std::fs::read_to_string(folder.join("questions.csv")).expect("the questions");
    let mut sums = Sums::default();
    for row in rows(&questions).into_iter().skip(1) {
        let [question, references, corpus] = row.as_slice() else { continue };
        let references: Vec<Reference> = serde_json::from_str(references).expect("references as JSON");
        let Some(plain) = texts.get(corpus.as_str()) else { continue };
        let wanted: HashSet<usize> = references
            .iter()
            .flat_map(|it| {
                plain.before[it.start_index]..plain.before[it.end_index.min(plain.before.len() - 1)]
            })
            .collect();
        let mut held = HashSet::new();
        let mut elsewhere = 0;
        for passage in node.search(&scope, question, PASSAGES).await {
            let letters = Plain::of(&passage.text).letters;
            let is_own = passage.title.trim_end_matches(".txt") == corpus;
            match plain.letters.find(&letters).filter(|_| is_own) {
                Some(at) => {
                    let start = plain.letters[..at].chars().count();
                    held.extend(start..start + letters.chars().count());
                }
                None => elsewhere += letters.chars().count(),
            }
        }
        sums.add(&wanted, &held, elsewhere);
    }
    sums.figures()
}

#[derive(Default)]
struct Sums {
    questions: f64,
    recall: f64,
    precision: f64,
    iou: f64,
}

impl Sums {
    fn add(&mut self, wanted: &HashSet<usize>, held: &HashSet<usize>, elsewhere: usize) {
        let both = wanted.intersection(held).count() as f64;
        let retrieved = (held.len() + elsewhere) as f64;
        self.questions += 1.0;
        self.recall += both / wanted.len().max(1) as f64;
        self.precision += if retrieved > 0.0 { both / retrieved } else { 0.0 };
        self.iou += both / (wanted.len() as f64 + retrieved - both).max(1.0);
    }

    fn figures(&self) -> Value {
        let mean = |sum: f64| rounded(sum / self.questions.max(1.0));
        json!({
            "questions": self.questions,
            "passages": PASSAGES,
            "recall": mean(self.recall),
            "precision": mean(self.precision),
            "iou": mean(self.iou),
        })
    }
}

/// The rows of a CSV file (RFC 4180).
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                field.push('"');
                characters.next();
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    if !field.is_empty() || !row.is_empty() {
        row.push(field);
        rows.push(row);
    }
    rows
}
