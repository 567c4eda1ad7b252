//! The outbox: sent once, in order, and never turned back.

use super::{START, TestStore};
use crate::ground::ids::OutboxId;
use crate::ground::limits::LEASE_MS;
use crate::ground::secret::Secret;
use crate::ground::stored_text::StoredText as _;
use crate::params;
use crate::store::outbox::{
    self, Callback, Cancel, Content, NewOutgoing, OutboxChannel, OutboxState, Outgoing, can_move,
};
use crate::store::{Clock as _, Signal};

const SMS: OutboxChannel = OutboxChannel::Sms;

/// A text message in an order of its own.
fn text(key: &str) -> NewOutgoing {
    NewOutgoing {
        client_id: None,
        purpose: "reminder",
        channel: SMS,
        order_key: key.to_owned(),
        sender_key: "+15550100".to_owned(),
        subject_id: None,
        dedupe_key: key.to_owned(),
        not_before: None,
        expires_at: None,
        content: Content {
            recipient: Secret::new("+15550123".to_owned()),
            body: Secret::new("Tomorrow at nine".to_owned()),
        },
    }
}

/// A text message after others of the same conversation.
fn text_in(order_key: &str, key: &str) -> NewOutgoing {
    NewOutgoing { order_key: order_key.to_owned(), ..text(key) }
}

impl TestStore {
    async fn send(&self, new: NewOutgoing) -> Option<OutboxId> {
        self.write(move |tx| outbox::enqueue(tx, &new)).await
    }

    async fn lease_text(&self) -> Option<Outgoing> {
        self.write(|tx| outbox::lease_due(tx, SMS)).await
    }

    async fn accept(&self, outgoing: &Outgoing, provider_ref: &'static str) -> bool {
        let outgoing = outgoing.clone();
        self.write(move |tx| outbox::accepted(tx, &outgoing, provider_ref)).await
    }

    async fn outbox_state(&self, id: &OutboxId) -> OutboxState {
        let id = id.clone();
        self.read(move |tx| {
            tx.get("select state from outbox where id = :id", params! { ":id" => id }, |row| row.get("state"))
        })
        .await
    }
}

#[test]
fn a_row_takes_only_the_steps_in_the_table() {
    let steps = [
        ("queued", "leased"),
        ("queued", "expired"),
        ("queued", "cancelled"),
        ("leased", "queued"),
        ("leased", "accepted"),
        ("leased", "ambiguous"),
        ("leased", "failed"),
        ("leased", "suppressed"),
        ("ambiguous", "leased"),
        ("accepted", "delivered"),
        ("accepted", "undelivered"),
    ];

    for from in OutboxState::ALL {
        for to in OutboxState::ALL {
            let expected = steps.contains(&(from.as_str(), to.as_str()));
            assert_eq!(can_move(*from, *to), expected, "{from} to {to}");
        }
    }
    assert!(steps.iter().all(|(from, to)| {
        OutboxState::from_stored_text(from).is_ok() && OutboxState::from_stored_text(to).is_ok()
    }));
}

#[tokio::test]
async fn a_second_enqueue_under_one_key_does_nothing_and_rings_no_bell() {
    let store = TestStore::new();
    let mut bell = store.db.subscribe(Signal::Outbox);

    assert!(store.send(text("a")).await.is_some());
    assert!(bell.has_changed().unwrap());
    bell.mark_unchanged();

    assert_eq!(store.send(text("a")).await, None);
    assert!(!bell.has_changed().unwrap());
    assert_eq!((store.count("outbox").await, store.count("outbox_bodies").await), (1, 1));
}

#[tokio::test]
async fn a_leased_row_has_its_content_beside_it_and_hides_it_from_the_log() {
    let store = TestStore::new();
    let new = text("a");
    let id = store.send(new.clone()).await.unwrap();

    let leased = store.lease_text().await.unwrap();
    let wanted = id.clone();
    let content = store.read(move |tx| outbox::find_content(tx, &wanted)).await;

    assert_eq!((&leased.id, leased.attempts, leased.must_look_first), (&id, 1, false));
    assert!(!format!("{content:?}{new:?}").contains("5550123"));
    assert_eq!(content, Some(new.content));
    store.write(|tx| tx.execute("delete from outbox_bodies", params! {})).await;
    assert_eq!(store.read(move |tx| outbox::find_content(tx, &id)).await, None);
}

#[tokio::test]
async fn rows_come_when_they_are_due_and_only_for_their_channel() {
    let store = TestStore::new();
    store.send(NewOutgoing { not_before: Some(START.plus_ms(10)), ..text("later") }).await;
    store.send(NewOutgoing { channel: OutboxChannel::Email, ..text("mail") }).await;
    let now = store.send(text("now")).await;

    assert_eq!(store.lease_text().await.map(|row| row.id), now);
    assert_eq!(store.lease_text().await, None);
    store.clock.advance_ms(10);
    assert!(store.lease_text().await.is_some());
}

#[tokio::test]
async fn a_row_waits_until_the_earlier_ones_of_its_order_key_have_left() {
    let store = TestStore::new();
    let first = store.send(text_in("conv_1", "first")).await.unwrap();
    let second = store.send(text_in("conv_1", "second")).await.unwrap();
    let other = store.send(text_in("conv_2", "other")).await.unwrap();

    let leased = store.lease_text().await.unwrap();
    assert_eq!(leased.id, first);
    assert_eq!(store.lease_text().await.unwrap().id, other, "another conversation does not wait");
    assert_eq!(store.lease_text().await, None);

    let row = leased.clone();
    assert!(store.write(move |tx| outbox::retry(tx, &row, tx.now().plus_ms(60), "busy")).await);
    assert_eq!(store.lease_text().await, None, "a retry keeps its place");
    store.clock.advance_ms(60);
    let leased = store.lease_text().await.unwrap();
    assert_eq!((&leased.id, leased.attempts, leased.must_look_first), (&first, 2, false));
    let row = leased.clone();
    assert!(store.write(move |tx| outbox::ambiguous(tx, &row, tx.now().plus_ms(5), "no answer")).await);
    assert_eq!(store.lease_text().await, None, "an ambiguous one keeps its place");
    store.clock.advance_ms(5);
    let leased = store.lease_text().await.unwrap();
    assert_eq!((&leased.id, leased.must_look_first), (&first, true));
    assert!(store.accept(&leased, "SM1").await);

    assert_eq!(store.lease_text().await.unwrap().id, second);
}

#[tokio::test]
async fn a_lost_worker_leaves_an_ambiguous_row_and_has_no_say_in_it() {
    let store = TestStore::new();
    let id = store.send(text("a")).await.unwrap();
    let former = store.lease_text().await.unwrap();

    store.clock.advance_ms(LEASE_MS);
    assert_eq!(store.lease_text().await, None);
    store.clock.advance_ms(1);
    let present = store.lease_text().await.unwrap();

    assert!(present.must_look_first);
    let verdicts = store.write(move |tx| {
        Ok([
            outbox::accepted(tx, &former, "SM1")?,
            outbox::ambiguous(tx, &former, tx.now(), "late")?,
            outbox::retry(tx, &former, tx.now(), "late")?,
            outbox::fail(tx, &former, "late")?,
            outbox::suppress(tx, &former, "late")?,
        ])
    });
    assert_eq!(verdicts.await, [false; 5]);
    assert!(store.accept(&present, "SM1").await);
    assert_eq!(store.outbox_state(&id).await, OutboxState::Accepted);
}

// CON-1
#[tokio::test]
async fn what_a_former_process_was_sending_is_looked_up_at_once_by_the_next() {
    let store = TestStore::new();
    let id = store.send(text("a")).await.unwrap();
    let former = store.lease_text().await.unwrap();
    store.clock.advance_ms(1);
    let started_at = store.clock.now();
    store.send(text("b")).await.unwrap();
    let own = store.lease_text().await.unwrap();

    let taken = store.write(move |tx| outbox::take_back_from_former_process(tx, started_at)).await;

    assert_eq!(taken, 1, "its own stay leased");
    assert_eq!(store.outbox_state(&own.id).await, OutboxState::Leased);
    let present = store.lease_text().await.unwrap();
    assert_eq!((&present.id, present.must_look_first, present.attempts), (&id, true, 2));
    assert!(!store.accept(&former, "SM1").await, "the dead have no say");
}

#[tokio::test]
async fn what_was_not_there_after_looking_is_queued_again_without_doubt() {
    let store = TestStore::new();
    store.send(text("a")).await.unwrap();
    let row = store.lease_text().await.unwrap();
    store.write(move |tx| outbox::ambiguous(tx, &row, tx.now(), "no answer")).await;
    let row = store.lease_text().await.unwrap();
    assert!(row.must_look_first);

    store.write(move |tx| outbox::retry(tx, &row, tx.now(), "it was never sent")).await;

    assert!(!store.lease_text().await.unwrap().must_look_first);
}

#[tokio::test]
async fn callbacks_apply_once_and_the_first_final_word_stands() {
    let store = TestStore::new();
    for (key, provider_ref) in [("a", "SM1"), ("b", "SM2")] {
        store.send(text(key)).await.unwrap();
        let row = store.lease_text().await.unwrap();
        assert!(store.accept(&row, provider_ref).await);
    }

    let answers = store.write(|tx| {
        Ok([
            outbox::delivered(tx, SMS, "SM1")?,
            outbox::delivered(tx, SMS, "SM1")?,
            outbox::undelivered(tx, SMS, "SM1", "unreachable")?,
            outbox::undelivered(tx, SMS, "SM2", "unreachable")?,
            outbox::delivered(tx, SMS, "SM2")?,
            outbox::delivered(tx, SMS, "SM3")?,
            outbox::delivered(tx, OutboxChannel::Email, "SM1")?,
        ])
    });

    use Callback::{Applied, Stale, Unknown};
    assert_eq!(answers.await, [Applied, Stale, Stale, Applied, Stale, Unknown, Unknown]);
}

#[tokio::test]
async fn a_callback_that_overtakes_our_commit_is_unknown_until_then() {
    let store = TestStore::new();
    let id = store.send(text("a")).await.unwrap();
    let row = store.lease_text().await.unwrap();

    let early = store.write(|tx| outbox::delivered(tx, SMS, "SM1")).await;
    store.accept(&row, "SM1").await;
    let again = store.write(|tx| outbox::delivered(tx, SMS, "SM1")).await;

    assert_eq!((early, again), (Callback::Unknown, Callback::Applied));
    assert!(!store.accept(&row, "SM1").await, "a late acceptance does not turn it back");
    assert_eq!(store.outbox_state(&id).await, OutboxState::Delivered);
}

#[tokio::test]
async fn a_refused_and_a_suppressed_row_are_settled_with_their_reasons() {
    let store = TestStore::new();
    let refused = store.send(text("refused")).await.unwrap();
    let guarded = store.send(text("guarded")).await.unwrap();
    let row = store.lease_text().await.unwrap();
    assert!(store.write(move |tx| outbox::fail(tx, &row, "no such number")).await);
    let row = store.lease_text().await.unwrap();
    assert!(store.write(move |tx| outbox::suppress(tx, &row, "opted_out")).await);

    store.clock.advance_ms(LEASE_MS * 2);

    assert_eq!(store.lease_text().await, None);
    assert_eq!(store.outbox_state(&refused).await, OutboxState::Failed);
    assert_eq!(store.outbox_state(&guarded).await, OutboxState::Suppressed);
    let reasons = store.read(|tx| {
        let sql = "select coalesce(reason, last_error) as why from outbox order by id limit 10";
        tx.list(sql, params! {}, |row| row.get::<String>("why"))
    });
    assert_eq!(reasons.await, ["no such number", "opted_out"]);
}

#[tokio::test]
async fn cancelling_takes_what_is_queued_and_leaves_what_may_have_been_sent() {
    let store = TestStore::new();
    let leased = store.send(text_in("conv_1", "leased")).await.unwrap();
    let queued = store.send(text_in("conv_1", "queued")).await.unwrap();
    let of_lead = NewOutgoing { subject_id: Some("lead_1".to_owned()), ..text("of a lead") };
    let of_lead = store.send(of_lead).await.unwrap();
    let other = store.send(text("other")).await.unwrap();
    assert_eq!(store.lease_text().await.unwrap().id, leased);

    let by_key = store.write(|tx| outbox::cancel_queued(tx, Cancel::OrderKey("conv_1"))).await;
    let by_subject = store.write(|tx| outbox::cancel_queued(tx, Cancel::Subject("lead_1"))).await;

    assert_eq!((by_key, by_subject), (1, 1));
    assert_eq!(store.outbox_state(&leased).await, OutboxState::Leased);
    assert_eq!(store.outbox_state(&queued).await, OutboxState::Cancelled);
    assert_eq!(store.outbox_state(&of_lead).await, OutboxState::Cancelled);
    assert_eq!(store.lease_text().await.unwrap().id, other);
}

#[tokio::test]
async fn what_is_too_late_expires_and_lets_the_next_one_pass() {
    let store = TestStore::new();
    let until = |ms| Some(START.plus_ms(ms));
    let code = store.send(NewOutgoing { expires_at: until(10), ..text_in("conv_1", "code") }).await.unwrap();
    let next = store.send(NewOutgoing { expires_at: until(11), ..text_in("conv_1", "next") }).await.unwrap();

    store.clock.advance_ms(10);
    let leased = store.lease_text().await.unwrap();

    assert_eq!(store.outbox_state(&code).await, OutboxState::Expired);
    assert_eq!(leased.id, next);
    store.clock.advance_ms(1);
    assert_eq!(store.write(outbox::expire).await, 0, "what may have been sent does not expire");
}

#[tokio::test]
async fn an_ambiguous_row_is_looked_for_even_after_its_time() {
    let store = TestStore::new();
    let id = store.send(NewOutgoing { expires_at: Some(START.plus_ms(10)), ..text("code") }).await.unwrap();
    store.lease_text().await.unwrap();

    store.clock.advance_ms(LEASE_MS + 1);
    let row = store.lease_text().await.unwrap();
    assert!(row.must_look_first);
    store.write(move |tx| outbox::retry(tx, &row, tx.now(), "it was never sent")).await;

    assert_eq!(store.lease_text().await, None);
    assert_eq!(store.outbox_state(&id).await, OutboxState::Expired);
}

#[tokio::test]
async fn leasing_stays_on_its_indexes() {
    let store = TestStore::new();
    let plan = |sql: &str| -> String {
        let connection = store.raw();
        let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
        let steps = statement
            .query_map([(":channel", "sms"), (":now", "1")].as_slice(), |row| row.get::<_, String>("detail"))
            .unwrap();
        steps.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };

    let due = plan(outbox::DUE);

    assert!(due.contains("outbox_due_idx") && due.contains("outbox_open_idx"), "{due}");
    assert!(!due.contains("SCAN") && !due.contains("TEMP B-TREE"), "{due}");
}
