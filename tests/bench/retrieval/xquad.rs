//! XQuAD (CC BY-SA 4.0): each paragraph is a document, and the right answer to its own questions.

use super::node::Node;
use super::ranking_figures;
use serde::Deserialize;
use serde_json::{Value, json};
use snip::domain::knowledge::retrieval::Passage;
use std::path::Path;
use std::time::Instant;

const DEPTH: usize = 50;

#[derive(Deserialize)]
struct File {
    data: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
pub struct Paragraph {
    pub context: String,
    pub qas: Vec<Asked>,
}

#[derive(Deserialize)]
pub struct Asked {
    pub question: String,
    pub answers: Vec<Span>,
}

/// Words of the paragraph that answer.
#[derive(Deserialize)]
pub struct Span {
    pub text: String,
}

/// All paragraphs of the set, in order.
pub fn paragraphs(data: &Path, language: &str) -> Vec<Paragraph> {
    let text = std::fs::read_to_string(data.join("xquad").join(format!("{language}.json"))).expect("the set");
    let file: File = serde_json::from_str(&text).expect("a set in the format of SQuAD");
    file.data.into_iter().flat_map(|article| article.paragraphs).collect()
}

pub async fn measure(node: &Node, data: &Path, language: &str) -> Value {
    let paragraphs = paragraphs(data, language);
    let scope = node.client(language).await;
    let began = Instant::now();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        node.upload(&scope, &name_of(at), &paragraph.context).await;
    }
    node.settle(&scope).await;
    let ingested_s = began.elapsed().as_secs_f64();
    let (mut hybrid, mut keywords, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    let mut took_ms = Vec::new();
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let right = name_of(at);
        for asked in &paragraph.qas {
            let began = Instant::now();
            let found = node.search(&scope, &asked.question, DEPTH).await;
            took_ms.push(began.elapsed().as_secs_f64() * 1_000.0);
            hybrid.push(place(&found, &right));
            keywords
                .push(place(&by(&found, |passage| Some(passage.score).filter(|score| *score > 0.0)), &right));
            vectors.push(place(&by(&found, |passage| passage.fit.similarity), &right));
        }
    }
    took_ms.sort_by(f64::total_cmp);
    json!({
        "questions": hybrid.len(),
        "documents": paragraphs.len(),
        "hybrid": ranking_figures(&hybrid),
        "keywords": ranking_figures(&keywords),
        "vectors": ranking_figures(&vectors),
        "ingested_s": super::rounded(ingested_s),
        "search_p50_ms": super::rounded(took_ms[took_ms.len() / 2]),
        "search_p95_ms": super::rounded(took_ms[took_ms.len() * 95 / 100]),
    })
}

/// A text file without a heading has its name as title: one that says nothing.
fn name_of(at: usize) -> String {
    format!("{at}.txt")
}

/// The order that one half alone would give.
fn by(found: &[Passage], score: impl Fn(&Passage) -> Option<f32>) -> Vec<Passage> {
    let mut scored: Vec<(f32, &Passage)> =
        found.iter().filter_map(|passage| Some((score(passage)?, passage))).collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    scored.into_iter().map(|(_, passage)| passage.clone()).collect()
}

/// The place of the document among the documents found.
fn place(found: &[Passage], right: &str) -> Option<usize> {
    let mut documents: Vec<&str> = Vec::new();
    for passage in found {
        if !documents.contains(&passage.title.as_str()) {
            documents.push(&passage.title);
        }
    }
    let right = right.trim_end_matches(".txt");
    documents.iter().position(|title| title.trim_end_matches(".txt") == right).map(|at| at + 1)
}
