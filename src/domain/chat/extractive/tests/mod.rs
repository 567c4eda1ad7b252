//! Questions as visitors ask them, over texts as small businesses have them, through a small BM25.

mod questions;

use super::*;
use crate::domain::knowledge::chunking::{chunk, estimate_tokens};
use crate::domain::knowledge::readers;
use crate::ground::limits::{CITATIONS_PER_ANSWER_MAX, EXTRACTIVE_ANSWER_CHARS_MAX};
use crate::ground::text::tokens;
use questions::{Answerable, BIKES, CAFE, DENTIST, NOBODY_SAYS, NOT_HERE, SALON};
use std::collections::{HashMap, HashSet};

struct StoredPassage {
    title: Option<String>,
    heading_path: Vec<String>,
    text: String,
    terms: Vec<String>,
}

/// One client's texts with their FAQs.
struct Client {
    language: Language,
    passages: Vec<StoredPassage>,
    faqs: Vec<(&'static str, &'static str)>,
    frequencies: HashMap<String, f32>,
}

impl Client {
    fn new(language: Language, documents: &[(&str, &str)]) -> Self {
        let mut passages = Vec::new();
        for (name, bytes) in documents {
            let extension = name.rsplit('.').next().unwrap_or_default();
            let extraction = readers::read(extension, bytes.as_bytes().to_vec(), &mut |_, _| {});
            let extraction = extraction.expect("the sample is text");
            for draft in chunk(&extraction, &estimate_tokens) {
                let text = extraction.text[draft.span].to_owned();
                let indexed = format!("{} {text}", draft.heading_path.join(" "));
                let terms = tokens(&indexed, language).into_iter().map(|token| token.term).collect();
                let title = extraction.title.clone();
                passages.push(StoredPassage { title, heading_path: draft.heading_path, text, terms });
            }
        }
        let mut frequencies: HashMap<String, f32> = HashMap::new();
        for passage in &passages {
            for term in passage.terms.iter().collect::<HashSet<_>>() {
                *frequencies.entry(term.clone()).or_default() += 1.0;
            }
        }
        Self { language, passages, faqs: Vec::new(), frequencies }
    }

    fn with_faqs(mut self, faqs: &[(&'static str, &'static str)]) -> Self {
        self.faqs = faqs.to_vec();
        self
    }

    fn idf(&self, term: &str) -> f32 {
        let count = f32::from(u16::try_from(self.passages.len()).unwrap());
        let holding = self.frequencies.get(term).copied().unwrap_or(0.0);
        (1.0 + (count - holding + 0.5) / (holding + 0.5)).ln()
    }

    fn bm25(&self, query: &[(String, f32)], passage: &StoredPassage) -> f32 {
        let length = |terms: &[String]| f32::from(u16::try_from(terms.len()).unwrap());
        let mean = self.passages.iter().map(|passage| length(&passage.terms)).sum::<f32>()
            / f32::from(u16::try_from(self.passages.len()).unwrap());
        let norm = 1.2 * (0.25 + 0.75 * length(&passage.terms) / mean);
        query
            .iter()
            .map(|(term, weight)| {
                let count = f32::from(
                    u16::try_from(passage.terms.iter().filter(|other| *other == term).count()).unwrap(),
                );
                weight * self.idf(term) * count * 2.2 / (count + norm)
            })
            .sum()
    }

    fn retrieve(&self, question: &str, limit: usize) -> Vec<PassageCandidate<'_>> {
        let asked = tokens(question, self.language).into_iter().map(|token| (token.term, 1.0));
        let related = related_terms(question, self.language).into_iter().map(|term| (term, 0.25));
        let query: Vec<(String, f32)> = asked.chain(related).collect();
        let mut found: Vec<PassageCandidate<'_>> = self
            .passages
            .iter()
            .map(|passage| PassageCandidate {
                title: passage.title.as_deref(),
                heading_path: &passage.heading_path,
                text: &passage.text,
                score: self.bm25(&query, passage),
                meaning: None,
            })
            .filter(|candidate| candidate.score > 0.0)
            .collect();
        found.sort_by(|one, other| other.score.total_cmp(&one.score));
        found.truncate(limit);
        found
    }

    /// Asks, checks what must be true of every answer, and gives its text; nothing for an unknown.
    fn ask(&self, question: &str) -> Option<String> {
        let faqs: Vec<FaqCandidate<'_>> = self
            .faqs
            .iter()
            .map(|(question, answer)| FaqCandidate { question, answer, score: 1.0, similarity: None })
            .collect();
        let passages = self.retrieve(question, 8);
        match answer(question, self.language, &faqs, &passages, &|term: &str| self.idf(term)) {
            Answer::Faq { index, .. } => Some(format!("FAQ {}", self.faqs[index].1)),
            Answer::Passages { text, quotes } => {
                assert!((1..=CITATIONS_PER_ANSWER_MAX).contains(&quotes.len()), "{question}");
                assert!(text.chars().count() <= EXTRACTIVE_ANSWER_CHARS_MAX, "{question}: {text}");
                let quoted: Vec<&str> =
                    quotes.iter().map(|quote| &passages[quote.passage].text[quote.span.clone()]).collect();
                assert_eq!(text, quoted.join("\n"), "{question}");
                Some(text)
            }
            Answer::Unknown => None,
        }
    }
}

fn cafe() -> Client {
    Client::new(Language::English, &[("cafe.md", include_str!("../../fixtures/cafe.md"))]).with_faqs(&[
        ("Do you have gift cards?", "Yes, gift cards from €10 are sold at the counter."),
        ("Can I order a birthday cake?", "Yes. Please order birthday cakes four days ahead."),
        ("Do you deliver to offices?", "We deliver breakfast to offices in the old town from ten people on."),
    ])
}

fn bikes() -> Client {
    Client::new(Language::English, &[("bikes.md", include_str!("../../fixtures/bikes.md"))])
}

fn dentist() -> Client {
    Client::new(Language::English, &[("dentist.txt", include_str!("../../fixtures/dentist.txt"))])
}

fn salon() -> Client {
    Client::new(Language::German, &[("salon.md", include_str!("../../fixtures/salon.md"))])
}

/// A client of all English documents: more to choose wrongly from.
fn all() -> Client {
    let documents = [
        ("cafe.md", include_str!("../../fixtures/cafe.md")),
        ("bikes.md", include_str!("../../fixtures/bikes.md")),
        ("dentist.txt", include_str!("../../fixtures/dentist.txt")),
    ];
    Client::new(Language::English, &documents)
}

fn misses(client: &Client, questions: &[Answerable]) -> Vec<String> {
    let mut misses = Vec::new();
    for (question, parts) in questions {
        let said = client.ask(question);
        if !said.as_ref().is_some_and(|said| parts.iter().all(|part| said.contains(part))) {
            misses.push(format!("{question} => {said:?}"));
        }
    }
    misses
}

fn false_answers(client: &Client, questions: &[&str]) -> Vec<String> {
    let said = |question: &&str| client.ask(question).map(|said| format!("{question} => {said:?}"));
    questions.iter().filter_map(said).collect()
}

#[test]
fn visitors_questions_are_answered_from_the_right_lines() {
    let sets = [(cafe(), CAFE), (bikes(), BIKES), (dentist(), DENTIST), (salon(), SALON)];

    let asked: usize = sets.iter().map(|(_, questions)| questions.len()).sum();
    let missed: Vec<String> = sets.iter().flat_map(|(client, questions)| misses(client, questions)).collect();

    println!("answered {} of {asked}; missed {missed:#?}", asked - missed.len());
    assert!(missed.len() * 100 <= asked * 5, "{missed:#?}");
}

#[test]
fn what_nobody_says_is_unknown() {
    let clients = [cafe(), bikes(), dentist(), all()];

    let mut said: Vec<String> =
        clients.iter().flat_map(|client| false_answers(client, NOBODY_SAYS)).collect();

    for (client, questions) in NOT_HERE {
        said.extend(false_answers(&client(), questions));
    }

    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn the_words_of_a_question_are_found_in_its_faq_only_if_it_asks_the_same() {
    let client = cafe();

    assert!(client.ask("Do you have gift cards").is_some_and(|said| said.starts_with("FAQ")));
    assert!(client.ask("gift cards?").is_some_and(|said| said.starts_with("FAQ")));
    assert!(client.ask("Can I pay by card?").is_some_and(|said| !said.starts_with("FAQ")));
    assert!(client.ask("Can I order a taxi?").is_none());
}

#[test]
fn an_faq_about_another_day_or_number_is_not_the_same_question() {
    let client = Client::new(Language::English, &[]).with_faqs(&[
        ("Are you open on Sunday?", "Yes, from 9:00 to 13:00."),
        ("Can I hire a room for 20 guests?", "Yes, for £50."),
        ("How much is a full service?", "It costs £95."),
    ]);

    assert!(client.ask("Are you open on Sunday?").is_some());
    assert!(client.ask("Are you open on Sundays").is_some());
    assert_eq!(client.ask("Are you open on Saturday?"), None);
    assert_eq!(client.ask("Are you open on 24 December?"), None);
    assert!(client.ask("Can I hire a room for 20 guests?").is_some());
    assert!(client.ask("How much is a full service?").is_some());
}

#[test]
fn a_question_for_two_things_gets_both_and_a_sentence_keeps_what_it_speaks_of() {
    let text = "# Evenings\n\n## Quiz\n\nThe quiz night costs £4 and has ten tables.\n\n## When\n\n\
        The quiz night begins at 19:30.\n\n## Room\n\nThe back room seats 24 guests. It is let from May to June.\n";
    let client = Client::new(Language::English, &[("evenings.md", text)]);

    let both = client.ask("When is the quiz night and what does it cost?").unwrap_or_default();
    let months = client.ask("In which months is the back room let?").unwrap_or_default();

    assert!(both.contains("19:30") && both.contains("£4"), "{both}");
    assert!(months.contains("The back room seats 24 guests. It is let from May to June."), "{months}");
}

#[test]
fn an_faq_in_function_words_alone_is_still_found() {
    let client = cafe().with_faqs(&[("Who are you?", "The assistant of Café Luna.")]);

    assert_eq!(client.ask("who are you").as_deref(), Some("FAQ The assistant of Café Luna."));
    assert_eq!(client.ask("what is this?"), None);
}

#[test]
fn a_quote_is_cut_to_its_bound_and_a_repeated_sentence_is_quoted_once() {
    let weights = |_: &str| 1.0;
    let long = format!("Our parking rules {}", "go on and ".repeat(200));
    let passage = |text| PassageCandidate { title: None, heading_path: &[], text, score: 1.0, meaning: None };
    let repeated = "Parking is free.";
    let candidates = [passage(long.as_str()), passage(repeated), passage(repeated)];

    for candidates in [&candidates[..1], &candidates[1..]] {
        match answer("Is parking free?", Language::English, &[], candidates, &weights) {
            Answer::Passages { text, quotes } => {
                assert!(text.chars().count() <= EXTRACTIVE_ANSWER_CHARS_MAX && quotes.len() == 1, "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_retrieved_is_unknown_and_any_input_is_taken() {
    let weights = |_: &str| f32::NAN;
    assert_eq!(answer("Parking?", Language::English, &[], &[], &weights), Answer::Unknown);
    let odd = ["", "?", "\u{0}", "🙂🙂", "¿", "a-b-c/d.e@f", "営業時間は？", &"x ".repeat(2_000)];
    for text in odd {
        let path = [text.to_owned()];
        let candidate =
            PassageCandidate { title: Some(text), heading_path: &path, text, score: f32::NAN, meaning: None };
        for language in [Language::English, Language::German, Language::Japanese, Language::Other] {
            let faq = FaqCandidate {
                question: text,
                answer: text,
                score: f32::INFINITY,
                similarity: Some(f32::NAN),
            };
            for question in odd {
                answer(question, language, &[faq], &[candidate], &weights);
                related_terms(question, language);
            }
        }
    }
}

// KNO-7
#[test]
fn an_faq_that_means_the_same_in_other_words_answers_and_one_about_another_day_does_not() {
    let asked = |question, faq, similarity| {
        let faq = FaqCandidate {
            question: faq,
            answer: "Yes, of course.",
            score: 0.0,
            similarity: Some(similarity),
        };
        answer(question, Language::English, &[faq], &[], &|_: &str| 1.0)
    };
    let same = Answer::Faq { index: 0, is_same_question: true };

    assert_eq!(asked("Can you mend a flat tyre?", "Do you repair punctures?", 0.9), same);
    assert_ne!(asked("Can you mend a flat tyre?", "Do you repair punctures?", 0.6), same);
    assert_ne!(asked("Are you there on Monday?", "Is the shop open on Sunday?", 0.95), same);
}
