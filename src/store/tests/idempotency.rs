//! `Idempotency-Key`: one key, one effect.

use super::{ACTOR, TestStore};
use crate::ground::ids::{ClientId, EventId};
use crate::ground::limits::IDEMPOTENCY_KEPT_MS;
use crate::ground::scope::ClientScope;
use crate::params;
use crate::store::idempotency::{self, Intent, KeyReused};
use crate::store::{DbError, WriteTx};
use tokio::task::JoinSet;

#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
}

fn intent(request: &str) -> Intent {
    Intent::new("event.create", "key-1".to_owned(), request.as_bytes())
}

/// Makes an event once per intent and answers its id.
fn make(tx: &WriteTx<'_>, client: &ClientId, intent: Option<&Intent>) -> Result<EventId, TestError> {
    let scope = ClientScope::from_row(client.clone(), "a test");
    idempotency::once(tx, &scope, intent, || {
        let id: EventId = tx.new_id();
        tx.execute(
            "insert into events (id, kind, created_at) values (:id, 'made', :now)",
            params! { ":id" => id, ":now" => tx.now() },
        )?;
        Ok(id)
    })
}

impl TestStore {
    async fn make(&self, client: &ClientId, intent: Option<Intent>) -> Result<EventId, TestError> {
        let client = client.clone();
        self.db.write(ACTOR, move |tx| make(tx, &client, intent.as_ref())).await
    }
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_and_has_one_effect() {
    let store = TestStore::new();
    let client = store.client().await;

    let first = store.make(&client, Some(intent("a"))).await.unwrap();
    let second = store.make(&client, Some(intent("a"))).await.unwrap();

    assert_eq!(first, second);
    assert_eq!(store.count("events").await, 1);
}

#[tokio::test]
async fn another_request_under_the_same_key_is_refused_and_other_clients_are_not_touched() {
    let store = TestStore::new();
    let (client, other_client) = (store.client().await, store.client().await);
    store.make(&client, Some(intent("a"))).await.unwrap();

    let refused = store.make(&client, Some(intent("b"))).await;
    let elsewhere = store.make(&other_client, Some(intent("b"))).await;

    assert!(matches!(refused, Err(TestError::KeyReused(KeyReused::OtherRequest))), "{refused:?}");
    assert!(elsewhere.is_ok(), "{elsewhere:?}");
    assert_eq!(store.count("events").await, 2);
}

#[tokio::test]
async fn an_answer_that_this_program_cannot_read_is_refused_with_what_to_do_and_nothing_is_done_twice() {
    let store = TestStore::new();
    let client = store.client().await;
    store.make(&client, Some(intent("a"))).await.unwrap();
    store.raw().execute_batch("update idempotency_keys set answer = '{\"of\":\"another version\"}'").unwrap();

    let refused = store.make(&client, Some(intent("a"))).await.unwrap_err();

    assert!(matches!(refused, TestError::KeyReused(KeyReused::UnreadableAnswer)), "{refused:?}");
    assert!(refused.to_string().contains("use a new key"), "{refused}");
    assert_eq!(store.count("events").await, 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let store = TestStore::new();
    let client = store.client().await;
    store.make(&client, Some(intent("a"))).await.unwrap();

    store.clock.advance_ms(IDEMPOTENCY_KEPT_MS);
    assert!(store.make(&client, Some(intent("b"))).await.is_err());
    store.clock.advance_ms(1);
    store.make(&client, Some(intent("b"))).await.unwrap();

    assert_eq!(store.count("events").await, 2);
    let removed = store.write(|tx| idempotency::prune(tx, tx.now().plus_ms(1))).await;
    assert_eq!((removed, store.count("idempotency_keys").await), (1, 0));
}

#[tokio::test]
async fn failed_work_does_not_use_up_its_key() {
    let store = TestStore::new();
    let client = store.client().await;
    let scope = ClientScope::from_row(client.clone(), "a test");

    let failed: Result<EventId, TestError> = store
        .db
        .write(ACTOR, move |tx| {
            idempotency::once(tx, &scope, Some(&intent("a")), || Err(DbError::Closed.into()))
        })
        .await;

    failed.unwrap_err();
    store.make(&client, Some(intent("b"))).await.unwrap();
}

#[tokio::test]
async fn without_a_key_the_work_is_done_each_time() {
    let store = TestStore::new();
    let client = store.client().await;

    store.make(&client, None).await.unwrap();
    store.make(&client, None).await.unwrap();

    assert_eq!(store.count("events").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_requests_with_one_key_have_one_effect_and_one_answer() {
    let store = TestStore::new();
    let client = store.client().await;
    let mut requests = JoinSet::new();

    for _ in 0..16 {
        let (db, client) = (store.db.clone(), client.clone());
        requests.spawn(async move { db.write(ACTOR, move |tx| make(tx, &client, Some(&intent("a")))).await });
    }
    let mut answers = Vec::new();
    while let Some(answer) = requests.join_next().await {
        answers.push(answer.unwrap().unwrap());
    }

    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(store.count("events").await, 1);
}
