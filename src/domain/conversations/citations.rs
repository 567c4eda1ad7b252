//! Citations: the exact words of a source on which an answer rests.

use super::{ConversationError, store};
use crate::ground::ids::{ChunkId, CitationId, DocumentId, FaqId, MessageId, VersionId};
use crate::ground::scope::ClientScope;
use crate::ground::text::collapse_whitespace;
use crate::store::error::Bug;
use crate::store::{DbError, ReadTx, WriteTx};
use std::ops::Range;

/// Where a quote comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuoteSource {
    /// A span of a version's text, in UTF-8 bytes, inside this chunk.
    Chunk { version_id: VersionId, chunk_id: ChunkId, span: Range<usize> },
    /// A span of an FAQ's answer.
    Faq { faq_id: FaqId, span: Range<usize> },
}

/// A quote under an answer, with what a reader wants to know of its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    pub id: CitationId,
    /// The number under which the answer names it, `[1]`, counted from 1. After a deletion one may be missing.
    pub number: u32,
    pub document_id: Option<DocumentId>,
    pub faq_id: Option<FaqId>,
    /// The document's title, or the FAQ's question.
    pub title: String,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    /// The exact words of the source.
    pub quote: String,
}

/// A citation within the text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub citation: Citation,
    /// The whole chunk, or the whole answer of the FAQ.
    pub text: String,
    /// Where the quote stands in `text`, in UTF-8 bytes.
    pub quote: Range<usize>,
}

/// A row as it is read: the texts are cut to the quote afterwards.
pub(super) struct CitationRow {
    pub id: CitationId,
    pub document_id: Option<DocumentId>,
    pub faq_id: Option<FaqId>,
    pub title: String,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    pub source_text: String,
    pub quote: Range<usize>,
    /// Counted from 0.
    pub ordinal: u32,
    /// Where `source_text` begins in the text that `quote` counts in.
    pub source_start: usize,
}

/// A quote to be put under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuote {
    /// Its place among the answer's citations, counted from 0.
    pub ordinal: u32,
    pub source: QuoteSource,
    /// The words that the answer gives. They must stand in the source, letter for letter.
    pub words: String,
}

/// What becomes of a quote whose source was changed or deleted since it was retrieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenChanged {
    /// The answer is undone, [`ConversationError::SourceChanged`], rather than citing what does not stand there.
    Refuse,
    /// The citation is left out: the answer was shown already.
    Drop,
}

/// Puts the quotes under the message.
pub fn attach(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
    quotes: &[NewQuote],
    when_changed: WhenChanged,
) -> Result<(), ConversationError> {
    for quote in quotes {
        match find_words(tx, scope, &quote.source)? {
            Some((source, words)) if words == quote.words => {
                let id: CitationId = tx.new_id();
                store::insert_citation(tx, scope, &id, message, quote.ordinal, &source)?;
            }
            _ if when_changed == WhenChanged::Refuse => return Err(ConversationError::SourceChanged),
            _ => {}
        }
    }
    Ok(())
}

/// The words that stand at this place now, and the place: a document may have been cut anew since it was retrieved,
/// which leaves the words where they are. None when the source or the place is gone.
fn find_words(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    source: &QuoteSource,
) -> Result<Option<(QuoteSource, String)>, ConversationError> {
    let (source, text, start) = match source {
        QuoteSource::Chunk { version_id, chunk_id, span } => {
            let found = store::find_chunk_text(tx, scope, version_id, chunk_id, span)?;
            let Some((chunk_id, text, start)) = found else { return Ok(None) };
            let (version_id, span) = (version_id.clone(), span.clone());
            (QuoteSource::Chunk { version_id, chunk_id, span }, text, start)
        }
        QuoteSource::Faq { faq_id, .. } => {
            let Some(answer) = store::find_faq_answer(tx, scope, faq_id)? else { return Ok(None) };
            (source.clone(), answer, 0)
        }
    };
    let (QuoteSource::Chunk { span, .. } | QuoteSource::Faq { span, .. }) = &source;
    let words = within(span, start).and_then(|span| text.get(span)).map(str::to_owned);
    Ok(words.map(|words| (source, words)))
}

/// A span that counts from the beginning of a whole, as one that counts from `start`.
fn within(span: &Range<usize>, start: usize) -> Option<Range<usize>> {
    Some(span.start.checked_sub(start)?..span.end.checked_sub(start)?)
}

/// The citations of a message, in order. Those whose source was deleted are gone.
pub fn list_of_message(
    tx: &ReadTx<'_>,
    scope: &ClientScope,
    message: &MessageId,
) -> Result<Vec<Citation>, DbError> {
    store::list_citations(tx, scope, message)?.into_iter().map(|row| Ok(row.passage()?.citation)).collect()
}

/// Numbers, titles and pages in one line: `[1] Opening hours, page 2; [2] …`
pub fn named_sources<'a>(sources: impl Iterator<Item = (u32, &'a str, Option<u32>)>) -> String {
    let named = sources.map(|(number, title, page)| {
        let page = page.map(|page| format!(", page {page}")).unwrap_or_default();
        format!("[{number}] {}{page}", collapse_whitespace(title))
    });
    named.collect::<Vec<_>>().join("; ")
}

/// The citation with its surroundings, by its id alone: 64 or more random bits that only the answer's reader has
/// seen.
pub fn open(tx: &ReadTx<'_>, id: &CitationId) -> Result<Passage, ConversationError> {
    let row = store::find_citation(tx, id)?.ok_or(ConversationError::CitationNotFound)?;
    Ok(row.passage()?)
}

impl CitationRow {
    fn passage(self) -> Result<Passage, DbError> {
        let outside = || Bug::invariant(format!("citation `{}` lies outside its source", self.id));
        let place = within(&self.quote, self.source_start).ok_or_else(outside)?;
        let quote = self.source_text.get(place.clone()).ok_or_else(outside)?.to_owned();
        let citation = Citation {
            id: self.id,
            number: self.ordinal.saturating_add(1),
            document_id: self.document_id,
            faq_id: self.faq_id,
            title: self.title,
            heading_path: self.heading_path,
            page: self.page,
            quote,
        };
        Ok(Passage { citation, text: self.source_text, quote: place })
    }
}
