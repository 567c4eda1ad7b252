//! Documents are cut anew when the chunker has changed, and answer all the while.

use crate::support::chunks::cut_otherwise;
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, Client, TestApp};
use snip::domain::knowledge::recutting;
use snip::ground::scope::Actor;
use snip::index::embed::{EmbedderState, HashingEmbedder};
use snip::store::DbError;
use std::sync::Arc;

const OF_ANOTHER: &str = "select count(*) as n from chunks where chunker = 0";

/// A node with a model whose documents another chunker has cut.
async fn start() -> (TestApp, Client) {
    let app = TestApp::start().await;
    app.env.embedder.set(Arc::new(HashingEmbedder::named("one")));
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.env.db.write(Actor::System("test"), cut_otherwise).await.unwrap();
    app.settle().await;
    (app, bakery)
}

/// Does what a start does.
async fn begin(app: &TestApp) {
    app.env.db.write(Actor::System("test"), recutting::begin).await.unwrap();
}

/// The page behind the answer's first citation.
async fn page(app: &TestApp, answer: &Answer) -> String {
    app.site.get(&answer.citations[0].path()).await.expect(200).text()
}

// KNO-3
#[tokio::test]
async fn documents_of_another_chunker_are_cut_anew_and_earlier_answers_keep_their_quotes() {
    let (app, bakery) = start().await;
    let garage = app.client("Garage").await;
    app.ready_document(&garage, "hours.md", BAKERY).await;
    let of_garage = "select count(*) as n from chunks where chunker = 1";
    let whole = app.count(of_garage).await;
    let mut visitor = app.visitor(&bakery);
    let before = visitor.say(SUNDAY_QUESTION).await;

    begin(&app).await;
    app.settle().await;

    assert_eq!((app.count(OF_ANOTHER).await, app.count(of_garage).await), (0, 2 * whole));
    assert_eq!(app.count("select count(*) as n from documents where chunker <> 1").await, 0);
    assert_eq!(app.count("select count(*) as n from chunk_vectors where part = 0").await, 2 * whole);
    let after = app.ask(&bakery, SUNDAY_QUESTION).await;
    assert_eq!((&before.citations[0].heading, &after.response), (&None, &before.response));
    assert!(after.citations[0].heading.is_some(), "{after:?}");
    let history = visitor.history().await.expect(200).text();
    assert!(
        history.contains(&before.citations[0].url) && before.response.contains(SUNDAY_ANSWER),
        "{history}"
    );
    let shown = page(&app, &before).await;
    assert!(shown.contains("Opening hours") && shown.contains(&before.citations[0].quote), "{shown}");
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_quote_that_no_single_new_chunk_holds_is_shown_by_its_words_alone() {
    let (app, bakery) = start().await;
    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;
    let widened = app.env.db.write(Actor::System("test"), |tx| -> Result<(), DbError> {
        let now = snip::params! { ":now" => tx.now() };
        tx.execute(
            "update citations set quote_start = 0, quote_end = (select span_end from chunks), updated_at = :now,
                 version = version + 1",
            now,
        )?;
        Ok(())
    });
    widened.await.unwrap();

    begin(&app).await;
    app.settle().await;

    assert_eq!(app.count("select count(*) as n from citations where chunk_id is null").await, 1);
    let shown = page(&app, &answer).await;
    assert!(
        shown.contains("On Sundays we are open") && shown.contains("Delivery within the city"),
        "{shown}"
    );
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_model_that_is_being_loaded_or_fails_keeps_the_former_chunks_answering() {
    let (app, bakery) = start().await;
    let model = app.env.embedder.current().unwrap();
    app.env.embedder.set_state(EmbedderState::Loading);

    begin(&app).await;
    app.settle().await;
    let meanwhile = app.ask(&bakery, SUNDAY_QUESTION).await;
    let waiting = app.count(OF_ANOTHER).await;
    app.env.embedder.set(model);
    app.clock.advance_ms(60_000);
    app.settle().await;

    assert_eq!((meanwhile.citations.len(), waiting), (1, 1));
    assert_eq!(app.count(OF_ANOTHER).await, 0);
    assert_eq!(app.count("select count(*) as n from jobs where state = 'failed'").await, 0);
    app.finish().await;
}

// KNO-3, APP-12
#[tokio::test]
async fn a_start_looks_once_and_a_second_run_finds_nothing_to_do() {
    let (app, _) = start().await;
    let jobs = "select count(*) as n from jobs where kind = 'knowledge.recut_documents'";

    begin(&app).await;
    begin(&app).await;
    let enqueued = app.count(jobs).await;
    app.settle().await;
    let chunks = "select max(rowid) as n from chunks";
    let cut = app.count(chunks).await;
    begin(&app).await;
    app.settle().await;

    assert_eq!((enqueued, app.count(jobs).await), (1, 1));
    assert_eq!(app.count(chunks).await, cut, "nothing was written again");
    app.finish().await;
}

// KNO-3
#[tokio::test]
async fn a_document_that_is_deleted_while_it_is_cut_anew_is_gone() {
    let (app, bakery) = start().await;
    let documents = app.api_key(&bakery).list_all("/api/documents").await;
    begin(&app).await;

    let path = format!("/api/documents/{}", documents[0]["id"].as_str().unwrap());
    app.api_key(&bakery).delete(&path).await.expect(204);
    app.settle().await;

    assert_eq!(app.count("select count(*) as n from chunks").await, 0);
    assert!(app.api_key(&bakery).search("Sundays").await.is_empty());
    app.finish().await;
}
