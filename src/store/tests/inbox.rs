//! The inbox: stored once, handled once, never lost.

use super::{ACTOR, TestStore, put};
use crate::ground::secret::Secret;
use crate::store::inbox::{
    self, InboxCounts, InboxEvent, InboxFlag, InboxMode, InboxState, NewInboxEvent, Received,
};
use crate::store::{DbError, PageRequest, Signal};

fn delivery(event_id: &str) -> NewInboxEvent {
    NewInboxEvent {
        provider: "stripe",
        account: "acct_1".to_owned(),
        mode: InboxMode::Live,
        event_id: event_id.to_owned(),
        kind: "invoice.paid".to_owned(),
        payload: Secret::new(b"{\"name\":\"Ada\"}".to_vec()),
        flag: None,
    }
}

impl TestStore {
    async fn receive(&self, event: NewInboxEvent) -> Received {
        self.write(move |tx| inbox::receive(tx, &event)).await
    }

    async fn receive_new(&self, event_id: &str) -> i64 {
        match self.receive(delivery(event_id)).await {
            Received::New(seq) => seq,
            Received::Duplicate => panic!("{event_id} was there"),
        }
    }

    async fn due(&self) -> Option<InboxEvent> {
        self.read(inbox::find_due).await
    }

    async fn inbox_counts(&self) -> InboxCounts {
        self.read(inbox::counts).await
    }
}

#[tokio::test]
async fn a_delivery_is_stored_once_and_a_duplicate_says_so() {
    let store = TestStore::new();
    let mut bell = store.db.subscribe(Signal::Inbox);

    let seq = store.receive_new("evt_1").await;
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();

    assert_eq!(store.receive(delivery("evt_1")).await, Received::Duplicate);
    assert!(!bell.has_changed().unwrap());
    let due = store.due().await.unwrap();
    assert_eq!((due.seq, due.payload.reveal().as_slice()), (seq, &b"{\"name\":\"Ada\"}"[..]));
    assert!(!format!("{due:?}").contains("Ada"), "a payload is not for the log");
}

#[tokio::test]
async fn the_same_event_id_of_another_account_mode_or_provider_is_another_event() {
    let store = TestStore::new();
    store.receive_new("evt_1").await;

    for other in [
        NewInboxEvent { account: "acct_2".to_owned(), ..delivery("evt_1") },
        NewInboxEvent { mode: InboxMode::Test, ..delivery("evt_1") },
        NewInboxEvent { provider: "twilio", ..delivery("evt_1") },
        delivery("evt_2"),
    ] {
        assert!(matches!(store.receive(other).await, Received::New(_)));
    }
}

#[tokio::test]
async fn a_duplicate_of_a_handled_event_stays_a_duplicate() {
    let store = TestStore::new();
    store.receive_new("evt_1").await;
    let event = store.due().await.unwrap();
    assert!(store.write(move |tx| inbox::complete(tx, &event)).await);

    assert_eq!(store.receive(delivery("evt_1")).await, Received::Duplicate);
    assert_eq!(store.due().await, None);
}

#[tokio::test]
async fn an_event_is_handled_exactly_when_its_effects_are() {
    let store = TestStore::new();
    store.receive_new("evt_1").await;
    let handle = |fails: bool| {
        store.db.write(ACTOR, move |tx| -> Result<bool, DbError> {
            let Some(event) = inbox::find_due(tx)? else { return Ok(false) };
            put(tx, "the effect")?;
            let done = inbox::complete(tx, &event)?;
            if fails { Err(DbError::Closed) } else { Ok(done) }
        })
    };

    handle(true).await.unwrap_err();
    assert_eq!((store.count("schedule_cursors").await, store.due().await.is_some()), (0, true));
    assert!(handle(false).await.unwrap());
    assert!(!handle(false).await.unwrap());

    assert_eq!((store.count("schedule_cursors").await, store.due().await), (1, None));
}

#[tokio::test]
async fn a_failed_event_waits_and_lets_the_next_one_pass() {
    let store = TestStore::new();
    let first = store.receive_new("evt_1").await;
    let second = store.receive_new("evt_2").await;
    let event = store.due().await.unwrap();
    assert_eq!(event.seq, first);

    assert!(store.write(move |tx| inbox::retry(tx, &event, tx.now().plus_ms(1_000), "no such client")).await);

    assert_eq!(store.due().await.unwrap().seq, second);
    store.clock.advance_ms(1_000);
    let event = store.due().await.unwrap();
    assert_eq!(event.seq, second, "the oldest due time comes first");
    store.write(move |tx| inbox::complete(tx, &event)).await;
    let again = store.due().await.unwrap();
    assert_eq!((again.seq, again.attempts), (first, 1));
}

#[tokio::test]
async fn what_was_ended_by_another_worker_cannot_be_ended_again() {
    let store = TestStore::new();
    store.receive_new("evt_1").await;
    let event = store.due().await.unwrap();
    let stale = event.clone();
    assert!(store.write(move |tx| inbox::retry(tx, &event, tx.now(), "once")).await);

    let verdicts = store.write(move |tx| {
        Ok([
            inbox::complete(tx, &stale)?,
            inbox::ignore(tx, &stale)?,
            inbox::retry(tx, &stale, tx.now(), "twice")?,
            inbox::bury(tx, &stale, "thrice")?,
        ])
    });

    assert_eq!(verdicts.await, [false; 4]);
    assert_eq!(store.due().await.unwrap().attempts, 1);
}

#[tokio::test]
async fn dead_letters_and_ignored_events_are_kept_counted_and_replayed() {
    let store = TestStore::new();
    let (dead, ignored) = (store.receive_new("evt_1").await, store.receive_new("evt_2").await);
    let event = store.due().await.unwrap();
    assert!(store.write(move |tx| inbox::bury(tx, &event, "it never worked")).await);
    let event = store.due().await.unwrap();
    assert!(store.write(move |tx| inbox::ignore(tx, &event)).await);
    let expected = InboxCounts { received: 0, ignored: 1, dead: 1, oldest_due_at: None };
    assert_eq!((store.inbox_counts().await, store.due().await), (expected, None));

    store.clock.advance_ms(5);
    assert!(store.write(move |tx| inbox::replay(tx, dead)).await);
    assert!(store.write(move |tx| inbox::replay(tx, ignored)).await);

    let event = store.due().await.unwrap();
    assert_eq!((event.seq, event.attempts), (dead, 0));
    let expected =
        InboxCounts { received: 2, oldest_due_at: Some(super::START.plus_ms(5)), ..InboxCounts::default() };
    assert_eq!(store.inbox_counts().await, expected);
}

#[tokio::test]
async fn a_handled_event_is_not_replayed() {
    let store = TestStore::new();
    let seq = store.receive_new("evt_1").await;
    assert!(!store.write(move |tx| inbox::replay(tx, seq)).await, "it still waits");
    let event = store.due().await.unwrap();
    store.write(move |tx| inbox::complete(tx, &event)).await;

    assert!(!store.write(move |tx| inbox::replay(tx, seq)).await);
    assert!(!store.write(|tx| inbox::replay(tx, 99)).await);
}

// BIL-20
#[tokio::test]
async fn what_does_not_count_here_is_kept_and_never_due() {
    let store = TestStore::new();
    let mut bell = store.db.subscribe(Signal::Inbox);
    bell.mark_unchanged();
    let foreign = NewInboxEvent { flag: Some(InboxFlag::OtherMode), ..delivery("evt_1") };

    let Received::New(seq) = store.receive(foreign.clone()).await else { panic!("it is new") };

    assert_eq!(store.receive(foreign).await, Received::Duplicate);
    assert!(!store.write(move |tx| inbox::replay(tx, seq)).await);
    assert!(!bell.has_changed().unwrap());
    assert_eq!(store.due().await, None);
    let expected = InboxCounts { ignored: 1, ..InboxCounts::default() };
    assert_eq!(store.inbox_counts().await, expected);
    let (line, payload) = store.read(move |tx| inbox::find_line(tx, seq)).await.unwrap();
    assert_eq!((line.state, line.flag), (InboxState::Ignored, Some(InboxFlag::OtherMode)));
    assert_eq!(payload.unwrap().reveal().as_slice(), b"{\"name\":\"Ada\"}");
}

// ACC-20
#[tokio::test]
async fn the_list_pages_by_number_also_where_many_came_at_once() {
    let store = TestStore::new();
    let mut sent = Vec::new();
    for number in 0..25 {
        sent.push(store.receive_new(&format!("evt_{number}")).await);
    }

    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest::new(Some(4), cursor.as_deref()).unwrap();
        let page = store.read(move |tx| inbox::list(tx, Some(InboxState::Received), &request)).await;
        seen.extend(page.items.iter().map(|line| line.seq));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }

    sent.reverse();
    assert_eq!(seen, sent);
    let none = store.read(|tx| inbox::list(tx, Some(InboxState::Dead), &PageRequest::first())).await;
    assert!(none.items.is_empty());
}
