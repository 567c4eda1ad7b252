//! The process dies while another model's vectors are made, and at either side of the swap: nothing is lost, and
//! questions are answered all the while.

use crate::support::process::{Home, NO_LIMITS, Node};
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::vendors::llm::{FakeLlm, Scripted};
use crate::support::{Answer, Client, Reply};
use serde_json::json;
use snip::app::{OpenStore, Sources};
use snip::store::DbError;
use snip::store::directory::Layout;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

/// More than two batches.
const CHAPTERS: usize = 40;
const POLLS_MAX: usize = 6_000;
const POLL: Duration = Duration::from_millis(10);
/// Where the process dies. Filling has three batches; the last pass lies before the look that ends it.
const FAULTS: [&str; 5] = [
    "generations.while_filling",
    "generations.while_filling:2",
    "generations.while_filling:3",
    "generations.before_swap",
    "generations.after_swap",
];

/// The environment of a node that embeds with this model.
fn embedding_with<'a>(fake: &'a FakeLlm, model: &'a str) -> Vec<(&'a str, &'a str)> {
    let embeddings = [
        ("SNIP__EMBEDDINGS__PROVIDER", "openai_compatible"),
        ("SNIP__EMBEDDINGS__BASE_URL", fake.base_url.as_str()),
        ("SNIP__EMBEDDINGS__MODEL", model),
        ("SNIP__EMBEDDINGS__DIMENSIONS", "8"),
        ("SNIP__EMBEDDINGS__BATCH", "1"),
    ];
    [&NO_LIMITS[..], &embeddings].concat()
}

/// Answers every text with one vector.
async fn endpoint() -> FakeLlm {
    let fake = FakeLlm::start().await;
    let vector = [0.6, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let body = json!({ "object": "list", "data": [{ "index": 0, "embedding": vector }] });
    fake.usually(Scripted::body("application/json", &body.to_string()));
    fake
}

/// The answer to a question, which must be right; None when the server went away.
async fn ask(node: &Node, client: &Client) -> Option<()> {
    let request = node.visitor(client).chat_request(json!({ "message": SUNDAY_QUESTION }));
    let answer = Answer::of(&Reply::try_of(request).await?);
    assert!(answer.response.contains(SUNDAY_ANSWER) && !answer.citations.is_empty(), "a gap: {answer:?}");
    Some(())
}

/// Waits until the vectors of the moment's model answer; every question until then is answered.
async fn until_vectors_answer(node: &Node, client: &Client) {
    for _ in 0..POLLS_MAX {
        ask(node, client).await.expect("the server answers");
        if node.site.get("/healthz/ready").await.expect(200).json()["vectors"]["status"] == "ok" {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
    panic!("the vectors are not complete: {}", node.log());
}

/// What the tables of a stopped node hold: chunks, those of them with a vector of the live generation, vectors, former
/// generations that still have some, failed jobs.
async fn tables(home: &Home) -> [i64; 5] {
    let store =
        OpenStore::open(Layout::new(home.data()), Sources::of_this_machine()).expect("nobody holds it");
    let read = store.db.read(|tx| -> Result<_, DbError> {
        let count = |sql: &str| tx.get(sql, &[], |row| row.get::<i64>("n"));
        Ok([
            count("select count(*) as n from chunks")?,
            count(
                "select count(distinct chunk_id) as n
                 from chunk_vectors
                 join index_generations on index_generations.id = generation_id and state = 'live'",
            )?,
            count("select count(*) as n from chunk_vectors")?,
            count("select count(*) as n from index_generations where state <> 'live'")?,
            count("select count(*) as n from jobs where state = 'failed'")?,
        ])
    });
    read.await.expect("the tables can be read")
}

// APP-12, KNO-3, KNO-6
#[tokio::test]
async fn a_death_while_another_model_takes_over_loses_no_vector_and_no_answer() {
    for fault in FAULTS {
        let (home, fake) = (Home::new(), endpoint().await);
        let bakery = home.create_client("Bakery");
        let node = home.serve_with(&[], &embedding_with(&fake, "one")).await;
        until_logged(&node, "answer now").await;
        let chapters =
            (0..CHAPTERS).map(|number| format!("# Chapter {number}\n\nBread number {number}.\n\n"));
        node.ready_document(&bakery, "book.md", &chapters.collect::<String>()).await;
        node.ready_document(&bakery, "hours.md", BAKERY).await;
        until_vectors_answer(&node, &bakery).await;
        node.stop();
        let before = tables(&home).await;

        let dying = [&embedding_with(&fake, "two")[..], &[("SNIP_FAULT", fault)]].concat();
        let ended = match home.try_serve(&[], &dying).await {
            Err(ended) => ended.status,
            Ok(mut node) => {
                while ask(&node, &bakery).await.is_some() {}
                node.wait_for_end()
            }
        };
        let node = home.serve_with(&[], &embedding_with(&fake, "two")).await;
        until_vectors_answer(&node, &bakery).await;
        until_logged(&node, "Deleted the vectors of a former embedder").await;
        node.stop();

        assert_eq!(ended.signal(), Some(9), "{fault}");
        let after = tables(&home).await;
        assert_eq!(after, before, "{fault}");
        assert!(
            after[0] == after[1] && after[0] > CHAPTERS as i64 && after[3..] == [0, 0],
            "{fault}: {after:?}"
        );
        let embedded = fake.journal().iter().filter(|call| call.body["model"] == "two").count();
        assert!(embedded > CHAPTERS, "the second model has embedded them");
    }
}

/// Waits until the node has logged this.
async fn until_logged(node: &Node, words: &str) {
    for _ in 0..POLLS_MAX {
        if node.log().contains(words) {
            return;
        }
        tokio::time::sleep(POLL).await;
    }
    panic!("`{words}` is not in the log: {}", node.log());
}
