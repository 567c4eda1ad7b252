//! The order of a prompt, and its budget.

use super::*;
use crate::domain::knowledge::faqs::{Faq, FaqQuestion, FaqStatus, StoredAnswer};
use crate::domain::knowledge::fusion::Fit;
use crate::ground::ids::{ChunkId, DocumentId, FaqId, Id as _, VersionId};
use crate::ground::time::Timestamp;
use ulid::Ulid;

pub(in super::super) fn passage(text: &str) -> Passage {
    let ulid = Ulid::from_parts(1, 1);
    Passage {
        chunk_id: ChunkId::from_ulid(ulid),
        document_id: DocumentId::from_ulid(ulid),
        version_id: VersionId::from_ulid(ulid),
        title: "Price list".to_owned(),
        heading_path: vec!["Repairs".to_owned()],
        page: Some(3),
        span: 0..text.len(),
        text: text.to_owned(),
        score: 1.0,
        fit: Fit::default(),
        nearest_window: None,
    }
}

pub(super) fn faq(question: &str, answer: &str) -> FaqHit {
    let at = Timestamp::from_ms(0);
    let faq = Faq {
        id: FaqId::from_ulid(Ulid::from_parts(1, 2)),
        question: FaqQuestion::parse(question).unwrap(),
        answer: StoredAnswer::parse(answer).unwrap(),
        phrasings: Vec::new(),
        category: None,
        language: None,
        priority: 0,
        status: FaqStatus::Ready,
        enabled: true,
        uses: 0,
        last_used_at: None,
        created_at: at,
        updated_at: at,
        version: 1,
    };
    FaqHit { faq, score: 1.0, fit: Fit::default() }
}

pub(super) fn said(role: Role, text: &str) -> HistoryLine {
    HistoryLine { role, text: text.to_owned() }
}

pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

pub(in super::super) fn inputs<'a>(message: &'a str) -> PromptInputs<'a> {
    PromptInputs {
        assistant_name: "Robin",
        company: "Tallow Lamps",
        instructions: "Always mention the workshop.",
        language: Language::English,
        now: "Friday, 27 November 2026, 10:00 UTC",
        faqs: &[],
        passages: &[],
        history: &[],
        summary: None,
        message,
        tokens_max: 4_000,
        count_tokens: &words,
    }
}

/// Asserts that the texts stand in this order.
fn assert_order(whole: &str, parts: &[&str]) {
    let mut from = 0;
    for part in parts {
        let at =
            whole[from..].find(part).unwrap_or_else(|| panic!("{part:?} is missing or too early in {whole}"));
        from += at + part.len();
    }
}

// CHT-3
#[test]
fn the_parts_stand_in_their_documented_order() {
    let faqs = [faq("Do you deliver?", "Yes, on Fridays.")];
    let passages = [passage("A new cable costs 12 euros.")];
    let history = [said(Role::Visitor, "Hello"), said(Role::Assistant, "Hello! [1]")];

    let made = assemble(&PromptInputs {
        faqs: &faqs,
        passages: &passages,
        history: &history,
        ..inputs("And a plug?")
    });

    assert_order(
        &made.prompt.system,
        &["You are Robin", "Tallow Lamps", "27 November", "Always mention the workshop.", "Rules."],
    );
    let roles: Vec<PromptRole> = made.prompt.messages.iter().map(|it| it.role).collect();
    assert_eq!(roles, [PromptRole::User, PromptRole::Assistant, PromptRole::User]);
    assert_order(
        &made.prompt.messages[0].text,
        &["<sources>", "[1]", "Yes, on Fridays.", "[2]", "12 euros", "</sources>", "Hello"],
    );
    assert_eq!(made.prompt.messages[1].text, "Hello! ");
    assert_eq!(made.prompt.messages[2].text, "<visitor_message>\nAnd a plug?\n</visitor_message>");
    assert_eq!(
        made.sources,
        [
            SourceMarker { number: 1, source: MarkedSource::Faq(0) },
            SourceMarker { number: 2, source: MarkedSource::Passage(0) },
        ]
    );
}

// CHT-3
#[test]
fn what_exceeds_the_budget_is_left_out_from_the_end_of_each_part() {
    let long = "word ".repeat(300);
    let passages = [passage(&long), passage(&long), passage("Short and good.")];
    let history: Vec<HistoryLine> = (0..40)
        .map(|n| said(if n % 2 == 0 { Role::Visitor } else { Role::Assistant }, &format!("line{n} {long}")))
        .collect();
    let fixed = assemble(&inputs("Why?")).tokens;

    let made = assemble(&PromptInputs {
        passages: &passages,
        history: &history,
        tokens_max: fixed + 2_000,
        ..inputs("Why?")
    });

    assert!(made.tokens <= fixed + 2_050, "{} of {fixed}", made.tokens);
    let told: Vec<MarkedSource> = made.sources.iter().map(|it| it.source).collect();
    assert_eq!(told, [MarkedSource::Passage(0), MarkedSource::Passage(1), MarkedSource::Passage(2)]);
    let whole: String = made.prompt.messages.iter().map(|it| it.text.as_str()).collect();
    assert!(whole.contains(&format!("line39 {}", long.trim())), "the newest is whole");
    assert!(!whole.contains(&format!("line20 {}", long.trim())), "older ones are not");
    assert!(whole.contains("Earlier the visitor wrote"), "{whole}");
}

#[test]
fn a_source_that_is_too_long_alone_is_cut() {
    let passages = [passage(&"word ".repeat(2_000))];
    let fixed = assemble(&inputs("Why?")).tokens;

    let made = assemble(&PromptInputs { passages: &passages, tokens_max: fixed + 700, ..inputs("Why?") });

    assert_eq!(made.sources.len(), 1);
    assert!(made.tokens <= fixed + 700, "{}", made.tokens);
}

#[test]
fn nothing_but_the_message_still_makes_a_whole_prompt() {
    let made = assemble(&PromptInputs { instructions: " ", tokens_max: 0, ..inputs("Hi") });

    assert_eq!(made.prompt.messages.len(), 1);
    assert!(made.prompt.messages[0].text.contains("(nothing was found)"));
    assert!(!made.prompt.system.contains("Instructions of the company"));
    assert_eq!(made.sources, []);
}
