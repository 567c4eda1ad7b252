//! Questions beside passages.

use super::{cosine, installed};
use crate::index::embed::Embedder as _;
use crate::index::embed::minilm::MiniLm;

// KNO-5: a turn does not wait for an upload.
#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered_while_passages_are_computed_and_both_are_right() {
    let Some((_folder, model)) = installed() else { return };
    let model = MiniLm::open(&model).unwrap();
    let passages: Vec<String> =
        (0..24).map(|number| format!("Room {number} has a view of the harbour. ").repeat(12)).collect();

    let asking = async {
        let mut asked = 0;
        for number in 0..8 {
            let question = format!("Which room has number {number}?");
            let (one, other) = tokio::join!(model.embed_query(&question), model.embed_query(&question));
            assert!((cosine(&one.unwrap(), &other.unwrap()) - 1.0).abs() < 1e-5);
            asked += 1;
        }
        asked
    };
    let (asked, vectors) = tokio::join!(asking, model.embed_passages(&passages));

    let vectors = vectors.unwrap();
    assert_eq!((asked, vectors.len()), (8, 24));
    let alone = model.embed_query(&passages[23]).await.unwrap();
    assert!((cosine(&alone, &vectors[23]) - 1.0).abs() < 1e-5);
}

#[tokio::test]
async fn no_texts_are_no_vectors() {
    let Some((_folder, model)) = installed() else { return };
    let model = MiniLm::open(&model).unwrap();

    assert!(model.embed_passages(&[]).await.unwrap().is_empty());
}
