//! What is deleted is gone with the answer to the delete, wherever the index stands.

use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use crate::support::{Answer, TestApp};

// KNO-6
#[tokio::test]
async fn nothing_of_a_deleted_document_is_found_though_the_index_still_holds_it() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;
    let former = app.ask(&bakery, SUNDAY_QUESTION).await;
    let entries = "select count(*) as n from index_changes where change = 'delete'";
    assert_eq!((former.answered_by.as_str(), app.count(entries).await), ("extractive", 0));
    let cursor = app.env.index.index().cursor();

    app.api_key(&bakery).delete(&format!("/api/documents/{id}")).await.expect(204);

    assert_eq!(app.env.index.index().cursor(), cursor, "the index has not followed");
    assert!(app.api_key(&bakery).search("Sundays open delivery").await.is_empty());
    assert_eq!(app.ask(&bakery, SUNDAY_QUESTION).await.answered_by, "none");
    for citation in &former.citations {
        app.site.get(&citation.path()).await.expect(404);
    }

    app.settle().await;

    assert!(app.env.index.index().cursor() > cursor, "the index has followed");
    assert!(app.api_key(&bakery).search("Sundays open delivery").await.is_empty());
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_repeated_request_after_the_delete_does_not_bring_the_quote_back() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ready_document(&bakery, "hours.md", BAKERY).await;
    let first = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);
    assert!(!first.citations.is_empty());

    app.api_key(&bakery).delete(&format!("/api/documents/{id}")).await.expect(204);
    let again = Answer::of(&app.visitor(&bakery).send_as("r-1", SUNDAY_QUESTION).await);

    assert_eq!(again.message_id, first.message_id);
    assert!(again.citations.is_empty(), "{again:?}");
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_deleted_faq_answers_nothing_any_more() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ready_faq(&bakery, "Do you sell gift cards?", "Yes, at the counter.").await;
    let former = app.ask(&bakery, "Do you sell gift cards?").await;
    assert_eq!(former.answered_by, "faq");

    app.api_key(&bakery).delete(&format!("/api/faqs/{id}")).await.expect(204);

    assert_eq!(app.ask(&bakery, "Do you sell gift cards?").await.answered_by, "none");
    app.site.get(&former.citations[0].path()).await.expect(404);
    app.finish().await;
}

// KNO-6
#[tokio::test]
async fn a_document_that_is_uploaded_again_answers_again() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let first = app.ready_document(&bakery, "hours.md", BAKERY).await;
    app.api_key(&bakery).delete(&format!("/api/documents/{first}")).await.expect(204);

    let second = app.ready_document(&bakery, "hours.md", BAKERY).await;

    let answer = app.ask(&bakery, SUNDAY_QUESTION).await;
    assert_eq!(answer.citations[0].document_id.as_deref(), Some(second.as_str()));
    app.finish().await;
}
