use crate::ground::text::Language;
pub struct FaqCandidate<'a> { pub question: &'a str, pub answer: &'a str, pub score: f32 }
pub struct PassageCandidate<'a> { pub title: &'a str, pub heading_path: &'a [String], pub text: &'a str, pub score: f32 }
pub struct Quote { pub passage: usize, pub span: std::ops::Range<usize> }
pub enum Answer { Faq { index: usize }, Passages { text: String, quotes: Vec<Quote> }, Unknown }
pub fn answer(_q: &str, _l: Language, _f: &[FaqCandidate<'_>], p: &[PassageCandidate<'_>], _idf: &dyn Fn(&str) -> f32) -> Answer {
    p.first().map_or(Answer::Unknown, |p| Answer::Passages{ text: p.text.to_owned(), quotes: vec![Quote{passage:0, span:0..p.text.len()}]})
}
