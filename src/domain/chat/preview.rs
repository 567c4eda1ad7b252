//! An answer without a conversation: what the assistant would quote for a question. Nothing is stored or counted.

use super::extractive::{self, Answer};
use super::{AnsweredBy, ChatError, courtesy, phrases, quoting};
use crate::domain::Environment;
use crate::domain::clients;
use crate::domain::knowledge::retrieval::{self, Candidates, FaqHit, Passage};
use crate::ground::ids::{DocumentId, FaqId};
use crate::ground::scope::ClientScope;
use crate::store::DbError;
use crate::store::error::Bug;
use serde::{Deserialize, Serialize};

/// What was found for a question, and the answer made from it.
#[derive(Debug, Clone)]
pub struct Preview {
    pub candidates: Candidates,
    pub answer: PreviewedAnswer,
}

/// The answer with its sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewedAnswer {
    pub answered_by: AnsweredBy,
    pub response: String,
    /// How likely it is that the answer stands in what was found, 0 to 1.
    pub confidence: f32,
    pub sources: Vec<PreviewedSource>,
}

/// Words of a source on which the answer rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedSource {
    pub document_id: Option<DocumentId>,
    pub faq_id: Option<FaqId>,
    /// The document's title, or the FAQ's question.
    pub title: String,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    pub quote: String,
}

/// Answers the question from what the client has now, word for word.
pub async fn preview(env: &Environment, scope: &ClientScope, question: &str) -> Result<Preview, ChatError> {
    let of_client = scope.clone();
    let (settings, _) = env.db.read(move |tx| clients::get_settings(tx, &of_client)).await?;
    let language = settings.language;
    let related = extractive::related_terms(question, language);
    let candidates = retrieval::candidates(env, scope, question, language, related).await?;
    let answer = decide(question, &candidates)?;
    Ok(Preview { candidates, answer })
}

fn decide(question: &str, found: &Candidates) -> Result<PreviewedAnswer, ChatError> {
    let own_words = phrases::phrases(found.language)
        .ok_or_else(|| DbError::from(Bug::invariant("no phrases are built in")))?;
    let drafted = match quoting::decide(question, found.language, found) {
        Answer::Faq { index, .. } => found.faqs.get(index).map(|hit| PreviewedAnswer {
            answered_by: AnsweredBy::Faq,
            response: hit.faq.answer.as_str().to_owned(),
            confidence: found.confidence(),
            sources: vec![source_of_faq(hit)],
        }),
        Answer::Passages { text, quotes } => Some(PreviewedAnswer {
            answered_by: AnsweredBy::Extractive,
            response: format!("{}\n\n{text}", own_words.found),
            confidence: found.confidence(),
            sources: quotes
                .iter()
                .filter_map(|quote| {
                    let passage = found.passages.get(quote.passage)?;
                    Some(source_of_passage(passage, passage.text.get(quote.span.clone())?))
                })
                .collect(),
        }),
        Answer::Unknown => None,
    };
    let courtesy = courtesy::reply(question, found.language);
    Ok(drafted.unwrap_or_else(|| PreviewedAnswer {
        answered_by: AnsweredBy::None,
        response: courtesy.map_or_else(|| own_words.unknown.clone(), str::to_owned),
        confidence: found.confidence(),
        sources: Vec::new(),
    }))
}

fn source_of_faq(hit: &FaqHit) -> PreviewedSource {
    PreviewedSource {
        document_id: None,
        faq_id: Some(hit.faq.id.clone()),
        title: hit.faq.question.as_str().to_owned(),
        heading_path: Vec::new(),
        page: None,
        quote: hit.faq.answer.as_str().to_owned(),
    }
}

fn source_of_passage(passage: &Passage, quote: &str) -> PreviewedSource {
    PreviewedSource {
        document_id: Some(passage.document_id.clone()),
        faq_id: None,
        title: passage.title.clone(),
        heading_path: passage.heading_path.clone(),
        page: passage.page,
        quote: quote.to_owned(),
    }
}
