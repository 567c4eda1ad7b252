//! Questions as visitors ask them, over texts as small businesses have them, through a small BM25.

use super::*;
use crate::domain::knowledge::chunking::chunk;
use crate::domain::knowledge::source::read_source;
use crate::ground::limits::{CITATIONS_PER_ANSWER_MAX, EXTRACTIVE_ANSWER_CHARS_MAX};
use crate::ground::text::tokens;
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
            let extraction = read_source(name, bytes.as_bytes()).expect("the sample is text").extract();
            for draft in chunk(&extraction) {
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
            .map(|(question, answer)| FaqCandidate { question, answer, score: 1.0 })
            .collect();
        let passages = self.retrieve(question, 8);
        match answer(question, self.language, &faqs, &passages, &|term: &str| self.idf(term)) {
            Answer::Faq { index } => Some(format!("FAQ {}", self.faqs[index].1)),
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
    Client::new(Language::English, &[("cafe.md", include_str!("../fixtures/cafe.md"))]).with_faqs(&[
        ("Do you have gift cards?", "Yes, gift cards from €10 are sold at the counter."),
        ("Can I order a birthday cake?", "Yes. Please order birthday cakes four days ahead."),
        ("Do you deliver to offices?", "We deliver breakfast to offices in the old town from ten people on."),
    ])
}

fn bikes() -> Client {
    Client::new(Language::English, &[("bikes.md", include_str!("../fixtures/bikes.md"))])
}

fn dentist() -> Client {
    Client::new(Language::English, &[("dentist.txt", include_str!("../fixtures/dentist.txt"))])
}

fn salon() -> Client {
    Client::new(Language::German, &[("salon.md", include_str!("../fixtures/salon.md"))])
}

/// A client of all English documents: more to choose wrongly from.
fn all() -> Client {
    let documents = [
        ("cafe.md", include_str!("../fixtures/cafe.md")),
        ("bikes.md", include_str!("../fixtures/bikes.md")),
        ("dentist.txt", include_str!("../fixtures/dentist.txt")),
    ];
    Client::new(Language::English, &documents)
}

/// The question, and what its answer must hold.
type Answerable = (&'static str, &'static [&'static str]);

const CAFE: &[Answerable] = &[
    ("What are your opening hours?", &["Saturday; Open: 8:00–17:00", "Sunday; Open: 9:00–14:00"]),
    ("When do you open on Sunday?", &["Sunday; Open: 9:00–14:00"]),
    ("Are you open on Mondays?", &["Monday; Open: closed"]),
    ("Are you open on Wednesday?", &["Tuesday–Friday; Open: 7:30–18:00"]),
    ("what time do you close on saturdays", &["8:00–17:00"]),
    ("Are you open on public holidays?", &["10 a.m."]),
    ("How much is a large latte?", &["Size: large; Price: €4.20"]),
    ("How much does a cappuccino cost?", &["€3.60"]),
    ("price of hot chocolate", &["€3.80"]),
    ("Do you have oat milk?", &["Oat, soy and almond milk"]),
    ("Is the lentil soup vegan?", &["vegan"]),
    ("Does the carrot cake contain nuts?", &["gluten, nuts, egg"]),
    ("Can I bring my dog?", &["dogs are welcome on the terrace"]),
    ("Is there wifi?", &["password is printed on your receipt"]),
    ("Do you accept American Express?", &["do not accept American Express"]),
    ("Can I pay by card?", &["Visa, Mastercard"]),
    ("Where can I park?", &["car park behind the church"]),
    ("Is the café wheelchair accessible?", &["used with a wheelchair"]),
    ("What is your phone number?", &["+44 20 7946 0958"]),
    ("What's your email address?", &["hello@cafeluna.example"]),
    ("Where are you located?", &["12 Mill Lane"]),
    ("Can I reserve a table?", &["reserve a table by phone"]),
    ("How long do you hold a table?", &["fifteen minutes"]),
    ("How many guests does the back room seat?", &["24 guests"]),
    ("Who founded the café?", &["Maria and Paul Brandt"]),
    ("Do you sell gift cards?", &["FAQ Yes, gift cards"]),
    ("can I order a birthday cake", &["FAQ Yes. Please order"]),
    ("Do you deliver to offices?", &["FAQ We deliver breakfast"]),
];

const BIKES: &[Answerable] = &[
    ("How much is a puncture repair?", &["£15"]),
    ("How long does a full overhaul take?", &["4 days"]),
    ("How long does wheel building take?", &["one week"]),
    ("Do you have part AB-1200/X?", &["AB-1200/X", "Brake pad set, organic"]),
    ("price of ab1210x", &["£16.50"]),
    ("What does error E-410 mean?", &["Battery too hot"]),
    ("E404", &["Motor not found"]),
    ("error code E 522", &["Speed sensor fault"]),
    ("How long is the warranty on the frame?", &["five-year warranty"]),
    ("Is the battery under guarantee?", &["two years or 500 charging cycles"]),
    ("Can I return unused goods?", &["within 30 days"]),
    ("What is your return policy?", &["within 30 days"]),
    ("Do you ship abroad?", &["do not ship abroad"]),
    ("How much is delivery?", &["£25"]),
    ("How much does it cost to hire an e-bike?", &["£40 per day"]),
    ("Are helmets included?", &["Helmets are included"]),
    ("How old do I have to be to hire an e-bike?", &["16 years"]),
    ("What is the phone number of the workshop?", &["0161 496 0123"]),
    ("Are you open on Thursdays?", &["Mon–Fri 9am–6pm"]),
    ("Are you open on Sunday?", &["Closed on Sundays"]),
    ("What time do you close on Saturday?", &["Sat 10am–4pm"]),
    ("Which chain fits the Roadster?", &["CH-11-118"]),
    ("deposit for hire", &["£100"]),
];

const DENTIST: &[Answerable] = &[
    ("How much is a check-up?", &["$75"]),
    ("How much does whitening cost?", &["$320"]),
    ("What happens if I miss my appointment?", &["fee of $40"]),
    ("I have an emergency, who can I call?", &["555-0199"]),
    ("How do I book an appointment?", &["online or by telephone"]),
    ("How long does the first visit last?", &["45 minutes"]),
    ("What should I bring to my first visit?", &["insurance card"]),
    ("Do you accept insurance from Unity?", &["BlueShield and Unity"]),
    ("Do you treat children?", &["from the age of three"]),
    ("Is there a lift?", &["second floor"]),
    ("Can I smoke after an extraction?", &["Do not smoke for two days"]),
    ("Do you offer payment plans?", &["interest-free payment plans"]),
    ("Who is Dr. Kim?", &["specialist for anxious children"]),
];

const SALON: &[Answerable] = &[
    ("Wann haben Sie geöffnet?", &["Samstag: 8:00–14:00 Uhr", "Dienstag bis Freitag"]),
    ("Haben Sie am Mittwoch offen?", &["Dienstag bis Freitag: 9:00–18:30 Uhr"]),
    ("Was kostet ein Herrenhaarschnitt?", &["32 €"]),
    ("Wie viel kostet ein Haarschnitt für Kinder?", &["19 €"]),
    ("Gibt es Rabatt für Studierende?", &["10 % Rabatt"]),
    ("Wo kann ich parken?", &["Parkplätze"]),
    ("Kann ich meinen Hund mitbringen?", &["Hunde sind bei uns willkommen"]),
    ("Wie lautet Ihre Telefonnummer?", &["030 5550 1234"]),
    ("Wie kann ich einen Termin absagen?", &["24 Stunden"]),
];

const NOBODY_SAYS: &[&str] = &[
    "Do you sell airplanes?",
    "What is the capital of France?",
    "Who won the world cup?",
    "Can you write me a poem about cats?",
    "What is the weather in Madrid tomorrow?",
    "How do I install Windows?",
    "Do you have a swimming pool?",
    "What is the meaning of life?",
    "Tell me a joke",
    "hello",
    "Who are you?",
    "What does error E-999 mean?",
    "Do you stock part ZZ-4711/Q?",
    "How tall is Mount Everest?",
    "asdfgh qwertz",
    "Do you offer yoga classes?",
    "What is your stance on nuclear energy?",
    "?",
];

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

    let said: Vec<String> = clients.iter().flat_map(|client| false_answers(client, NOBODY_SAYS)).collect();

    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn zz_xquad() {
    for (tag, file) in [("en", "en"), ("es", "es"), ("de", "de"), ("zh", "zh"), ("ar", "ar")] {
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(format!("/work/shared/data/xquad/{file}.json")).unwrap())
                .unwrap();
        let language = Language::from_tag(tag);
        let mut halves: [(Vec<(String, String)>, Vec<(String, Vec<String>)>); 2] = Default::default();
        for (index, article) in json["data"].as_array().unwrap().iter().enumerate() {
            for (p, paragraph) in article["paragraphs"].as_array().unwrap().iter().enumerate() {
                let half = &mut halves[index % 2];
                half.0.push((format!("d{index}_{p}.txt"), paragraph["context"].as_str().unwrap().to_owned()));
                for qa in paragraph["qas"].as_array().unwrap() {
                    let answers = qa["answers"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|a| a["text"].as_str().unwrap().to_owned())
                        .collect();
                    half.1.push((qa["question"].as_str().unwrap().to_owned(), answers));
                }
            }
        }
        let docs: Vec<(&str, &str)> = halves[0].0.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let client = Client::new(language, &docs);
        let (mut hit, mut wrong, mut unknown, mut chars) = (0, 0, 0, 0);
        for (question, answers) in halves[0].1.iter() {
            match client.ask(question) {
                None => unknown += 1,
                Some(text) => {
                    chars += text.chars().count();
                    if answers.iter().any(|a| text.contains(a.as_str())) {
                        hit += 1
                    } else {
                        wrong += 1;
                        if wrong < 6 && tag == "en" {
                            println!("WRONG {question} [{answers:?}] => {text}\n");
                        }
                    }
                }
            }
        }
        let n = halves[0].1.len();
        let falsely = halves[1].1.iter().filter(|(q, _)| client.ask(q).is_some()).count();
        println!(
            "{tag}: {n} answerable: hit {:.3} wrong {:.3} unknown {:.3}, {} chars; unanswerable answered {:.3}",
            hit as f32 / n as f32,
            wrong as f32 / n as f32,
            unknown as f32 / n as f32,
            chars / (hit + wrong).max(1),
            falsely as f32 / halves[1].1.len() as f32
        );
    }
}

#[test]
fn zz_show() {
    for (client, questions) in [(cafe(), CAFE), (bikes(), BIKES), (dentist(), DENTIST), (salon(), SALON)] {
        for (question, _) in questions {
            println!("Q {question}\n   {}", client.ask(question).unwrap_or_default().replace('\n', "\n   "));
        }
    }
}
