//! Texts become vectors, so that what means the same lies close together.
//!
//! An [`Embedder`] is a model together with its preparation of texts; its vectors have length one, so the dot
//! product of two is their cosine. Vectors of embedders with different ids say nothing about each other. The
//! node has at most one at a time, in an [`EmbedderSlot`]: empty without a model, filled when one is loaded,
//! and replaced when an operator imports another. Whoever embeds takes what is in the slot for the whole of a
//! piece of work, and looks at [`EmbedderSlot::changed`] to learn of another.
//!
//! Nothing here knows documents, questions or tables. `minilm/` is the model that runs in this process.

#[cfg(any(test, feature = "faults"))]
mod hashing;
pub mod minilm;
mod slot;

use futures_util::future::BoxFuture;

#[cfg(any(test, feature = "faults"))]
pub use self::hashing::HashingEmbedder;
pub use self::slot::{EmbedderSlot, EmbedderState};

/// Turns texts into vectors of length one. Query embeddings go before passages.
pub trait Embedder: Send + Sync {
    /// Names the model and its preparation of texts, such as `all-minilm-l6-v2`: vectors of different ids must
    /// never be compared.
    fn id(&self) -> &str;

    /// Numbers in each vector.
    fn dimensions(&self) -> usize;

    /// Of a longer text, only so many tokens count; the rest is cut by the model.
    fn tokens_max(&self) -> usize;

    /// The tokens of the text as the model sees it, without the marks that it adds at both ends.
    fn count_tokens(&self, text: &str) -> usize;

    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>>;

    /// One vector for each text, in their order. Makes way for queries within 30 ms.
    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>>;

    /// Why it fails at present, if its last call did; a sentence for the operator.
    fn trouble(&self) -> Option<String> {
        None
    }
}

/// Why a text has no vector.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// The queue is full; what is asked again a little later succeeds.
    #[error("the embedder has too much to do at the moment; try again in a few seconds")]
    Busy,
    /// The process is stopping.
    #[error("the embedder has stopped")]
    Stopped,
    /// A network or an endpoint that does not answer now and may later.
    #[error("the embeddings endpoint cannot be used at present: {why}")]
    Unreachable { why: String },
    /// Nothing that waiting would mend: a wrong key, an unknown model, an answer that is none.
    #[error("the embeddings endpoint refuses: {why}")]
    Refused { why: String },
    #[error(
        "the embedder gives vectors of {given} numbers where {expected} are expected; check `embeddings.model` and `embeddings.dimensions`"
    )]
    Dimensions { expected: usize, given: usize },
    #[error("the model failed: {why}")]
    Model { why: String },
}

impl EmbedError {
    /// Whether the same call may succeed later, with nothing changed by a person.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Stopped | Self::Unreachable { .. })
    }
}

/// At least as many tokens as a WordPiece model would count, for whoever measures texts while there is no
/// model: in ordinary text, three Latin letters or digits of a word make a token at worst; every sign and every
/// letter of another script makes one.
pub fn estimated_tokens(text: &str) -> usize {
    let (mut tokens, mut run) = (0_usize, 0_usize);
    for letter in text.chars() {
        if letter.is_alphanumeric() && letter < '\u{250}' {
            run = run.saturating_add(1);
            continue;
        }
        tokens = tokens.saturating_add(run.div_ceil(3));
        run = 0;
        if !letter.is_whitespace() {
            tokens = tokens.saturating_add(1);
        }
    }
    tokens.saturating_add(run.div_ceil(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_signs_and_letters_without_spaces_are_estimated_on_the_high_side() {
        for (text, tokens) in [
            ("", 0),
            ("a", 1),
            ("bread", 2),
            ("Open on Sundays?", 2 + 1 + 3 + 1),
            ("営業時間", 4),
            ("хлеб", 4),
        ] {
            assert_eq!(estimated_tokens(text), tokens, "{text}");
        }
    }
}
