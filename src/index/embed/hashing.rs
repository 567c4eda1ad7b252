//! An embedder without a model, for tests: texts that share words lie close together, and nothing else does.

use super::{EmbedError, Embedder};
use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture};
use sha2::{Digest as _, Sha256};

const DIMENSIONS: usize = 384;
const TOKENS_MAX: usize = 256;
/// Places of the vector that each word moves, so that two words rarely move the same ones.
const PLACES_PER_WORD: usize = 8;

/// Deterministic: the same text has the same vector on every machine, and a text without words points in a
/// direction of its own.
#[derive(Debug, Clone)]
pub struct HashingEmbedder {
    id: String,
}

impl Default for HashingEmbedder {
    fn default() -> Self {
        Self::named("hashing")
    }
}

impl HashingEmbedder {
    /// With an id of the test's own: another id is another model, and its vectors differ.
    pub fn named(id: &str) -> Self {
        Self { id: id.to_owned() }
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0_f32; DIMENSIONS];
        let mut has_words = false;
        for word in words(text) {
            has_words = true;
            self.add(&mut vector, &word);
        }
        if !has_words {
            self.add(&mut vector, "");
        }
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length > 0.0 {
            vector.iter_mut().for_each(|number| *number /= length);
        }
        vector
    }

    fn add(&self, vector: &mut [f32], word: &str) {
        let hash =
            Sha256::new().chain_update(self.id.as_bytes()).chain_update([0]).chain_update(word).finalize();
        for pair in hash.as_chunks::<2>().0.iter().take(PLACES_PER_WORD) {
            let number = u16::from_le_bytes(*pair);
            let place = usize::from(number >> 1) % DIMENSIONS;
            if let Some(at) = vector.get_mut(place) {
                *at += if number & 1 == 0 { 1.0 } else { -1.0 };
            }
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

impl Embedder for HashingEmbedder {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn tokens_max(&self) -> usize {
        TOKENS_MAX
    }

    fn count_tokens(&self, text: &str) -> usize {
        words(text).count()
    }

    fn embed_query<'a>(&'a self, text: &'a str) -> BoxFuture<'a, Result<Vec<f32>, EmbedError>> {
        future::ready(Ok(self.vector(text))).boxed()
    }

    fn embed_passages<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>, EmbedError>> {
        future::ready(Ok(texts.iter().map(|text| self.vector(text)).collect())).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(one: &[f32], other: &[f32]) -> f32 {
        one.iter().zip(other).map(|(a, b)| a * b).sum()
    }

    #[tokio::test]
    async fn texts_that_share_words_lie_closer_than_texts_that_share_none() {
        let embedder = HashingEmbedder::default();

        let bread = embedder.embed_query("When is the bread ready?").await.unwrap();
        let near = embedder.embed_query("The bread is ready at seven").await.unwrap();
        let far = embedder.embed_query("Parking costs two euros").await.unwrap();

        assert!((cosine(&bread, &bread) - 1.0).abs() < 1e-5);
        assert!(cosine(&bread, &near) > 0.5, "{}", cosine(&bread, &near));
        assert!(cosine(&bread, &far).abs() < 0.25, "{}", cosine(&bread, &far));
    }

    #[tokio::test]
    async fn another_id_gives_other_vectors() {
        let (one, other) = (HashingEmbedder::named("one"), HashingEmbedder::named("other"));

        let texts = ["same words".to_owned()];
        let (one, other) =
            (one.embed_passages(&texts).await.unwrap(), other.embed_passages(&texts).await.unwrap());

        assert!(cosine(&one[0], &other[0]).abs() < 0.5);
    }
}
