use super::*;
use crate::domain::knowledge::extraction::{BlockKind, ExtractionBuilder};

const BYTES_MAX: u64 = 4_000_000;

fn extraction() -> Extraction {
    let mut builder = ExtractionBuilder::default();
    builder.set_title("Menü");
    builder.push(BlockKind::Paragraph, &"Tee und Käse. ".repeat(100_000));
    builder.push(BlockKind::ListItem, "Kaffee");
    builder.finish()
}

async fn answer_of(bytes: &[u8]) -> Result<Extraction, &'static str> {
    read_answer(bytes, &Reached::default(), BYTES_MAX).await.map_err(|answered| match answered {
        Answered::Nothing => "nothing",
        Answered::Refused(Refusal::Reader(_)) => "refused",
        Answered::Refused(Refusal::TooMuch) => "too much",
        Answered::Refused(_) => "broken",
    })
}

#[tokio::test]
async fn an_extraction_comes_through_whole() {
    let mut bytes = Vec::new();
    protocol::write_extraction(&mut bytes, &extraction()).unwrap();

    assert_eq!(answer_of(&bytes).await, Ok(extraction()));
}

// KNO-4
#[tokio::test]
async fn garbage_and_half_an_answer_are_refused() {
    let mut whole = Vec::new();
    protocol::write_extraction(&mut whole, &extraction()).unwrap();
    let mut unfounded = Vec::new();
    let blocks = extraction().blocks;
    protocol::write(&mut unfounded, &Frame::Blocks(blocks)).unwrap();
    protocol::write(&mut unfounded, &Frame::End).unwrap();

    assert_eq!(answer_of(&whole[..whole.len() / 2]).await, Err("nothing"));
    assert_eq!(answer_of(b"").await, Err("nothing"));
    assert_eq!(answer_of(b"\xFF\xFF\xFF\xFFgarbage").await, Err("broken"));
    assert_eq!(answer_of(b"\x03\0\0\0{}}").await, Err("broken"));
    assert_eq!(answer_of(&unfounded).await, Err("broken"), "blocks without their text");
}

// KNO-4
#[tokio::test]
async fn endless_output_ends_at_the_bound() {
    let mut frame = Vec::new();
    protocol::write(&mut frame, &Frame::Text("x".repeat(100_000))).unwrap();

    assert_eq!(answer_of(&frame.repeat(100)).await, Err("too much"));
}

#[test]
fn progress_is_counted_in_percent() {
    let reached = Reached::default();
    for (done, total, percent) in [(1, 3, 33), (3, 3, 100), (9, 3, 100), (0, 0, 0)] {
        reached.set(done, total);
        assert_eq!(reached.percent(), percent);
    }
}
