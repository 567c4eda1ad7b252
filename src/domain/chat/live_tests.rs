//! Following an answer that grows.

use super::*;
use crate::domain::chat::{AnsweredBy, Ending};
use crate::ground::ids::Id as _;
use ulid::Ulid;

const TEXT: &str = "Grüße aus 東京 \u{1F600}: the end.";

fn turns() -> LiveTurns {
    LiveTurns::new(TaskTracker::new(), CancellationToken::new())
}

async fn lead(turns: &LiveTurns, number: u128) -> Lead {
    let place = turns.place().await.expect("a place is free");
    match turns.join(&answer_id(number), &ConversationId::from_ulid(Ulid::from_parts(1, 1)), place) {
        Seat::Lead(lead) => lead,
        Seat::Follow(_) => panic!("the turn is led already"),
    }
}

fn answer_id(number: u128) -> MessageId {
    MessageId::from_ulid(Ulid::from_parts(1, number))
}

fn settled(text: &str) -> End {
    End::Settled(Arc::new(Settled {
        conversation_id: ConversationId::from_ulid(Ulid::from_parts(1, 1)),
        message_id: answer_id(1),
        response: text.to_owned(),
        answered_by: AnsweredBy::Model,
        ending: Ending::Whole,
        usage: None,
        citations: Vec::new(),
    }))
}

/// The text, the names of the events and the last number of characters that a follower sees.
async fn seen(mut subscription: Subscription) -> (String, Vec<&'static str>, usize) {
    let (mut text, mut names, mut chars) = (String::new(), Vec::new(), 0);
    while let Some(moment) = subscription.next().await {
        chars = moment.chars;
        names.push(match moment.event {
            TurnEvent::Meta { .. } => "meta",
            TurnEvent::Delta { text: more } => {
                text.push_str(&more);
                "delta"
            }
            TurnEvent::Citations { .. } => "citations",
            TurnEvent::Done { .. } => "done",
            TurnEvent::Failed { .. } => "error",
        });
    }
    (text, names, chars)
}

// CHT-1
#[tokio::test]
async fn a_follower_that_comes_back_at_any_character_misses_nothing_and_sees_nothing_twice() {
    let turns = turns();
    let lead = lead(&turns, 1).await;
    let live = Arc::clone(lead.live());
    TEXT.chars().for_each(|c| lead.push(&c.to_string()));
    lead.end(settled(TEXT));
    let chars: Vec<char> = TEXT.chars().collect();

    for from in 0..=chars.len() {
        let (text, names, last) = seen(live.follow(from)).await;

        assert_eq!(text, chars[from..].iter().collect::<String>());
        assert_eq!(last, chars.len());
        let wanted: &[&str] = if from == chars.len() {
            &["meta", "citations", "done"]
        } else {
            &["meta", "delta", "citations", "done"]
        };
        assert_eq!(names, wanted);
    }
}

// CHT-1
#[tokio::test]
async fn a_slow_follower_gets_what_came_in_between_at_once() {
    let turns = turns();
    let lead = lead(&turns, 1).await;
    let mut slow = lead.live().follow(0);
    slow.next().await.expect("the beginning");

    for word in ["one ", "two ", "three "] {
        lead.push(word);
    }

    let Some(Moment { chars, event: TurnEvent::Delta { text } }) = slow.next().await else {
        panic!("no text")
    };
    assert_eq!((chars, text.as_str()), (14, "one two three "));
    lead.end(settled("one two three four"));
    let (rest, names, _) = seen(slow).await;
    assert_eq!((rest.as_str(), names), ("four", vec!["delta", "citations", "done"]));
}

// CHT-1
#[tokio::test]
async fn a_follower_ahead_of_an_answer_waits_for_it() {
    let turns = turns();
    let lead = lead(&turns, 1).await;
    let ahead = lead.live().follow(4);
    lead.push("abc");
    lead.push("def");
    lead.end(settled("abcdef"));

    assert_eq!(seen(ahead).await.0, "ef");
}

// CHT-1
#[tokio::test]
async fn a_turn_has_one_lead_and_a_failed_one_may_be_led_anew() {
    let turns = turns();
    let first = lead(&turns, 1).await;
    let place = turns.place().await.expect("a place is free");
    let conversation = ConversationId::from_ulid(Ulid::from_parts(1, 1));

    let second = turns.join(&answer_id(1), &conversation, place);

    assert!(matches!(second, Seat::Follow(_)));
    drop(first);
    let Seat::Follow(follower) = second else { panic!("a second lead") };
    assert_eq!(seen(follower.follow(0)).await.1, ["meta", "error"], "a lead that panics ends its turn");
    lead(&turns, 1).await;
}

// CHT-1
#[tokio::test]
async fn a_stop_reaches_the_lead() {
    let turns = turns();
    let lead = lead(&turns, 1).await;

    turns.find(&answer_id(1)).expect("it is live").stop();

    let stopped = tokio::time::timeout(Duration::from_secs(5), lead.stopped()).await;
    assert!(stopped.is_ok());
}
