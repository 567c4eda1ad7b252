//! The demo: everything works out of the box, and it can be thrown away and made again.

use crate::support::process::{Home, Node};
use crate::support::{Answer, Client, Visitor};
use std::fs;
use std::time::Duration;

const SITES: [&str; 2] = ["tallowick-cycles", "quince-and-ember"];

/// The client whose widget stands on this website of the demo.
async fn client_of(node: &Node, slug: &str) -> Client {
    let page = node.site.get(&format!("/demo/{slug}/")).await.expect(200).text();
    let id = page.split("data-client-id=\"").nth(1).and_then(|rest| rest.split('"').next());
    Client { id: id.expect("the page carries the widget's line").to_owned(), key: String::new() }
}

/// The answer, once the demo's documents have been read: that goes on while it already serves.
async fn answer_once_read(visitor: &mut Visitor, question: &str) -> Answer {
    for _ in 0..100 {
        let answer = visitor.say(question).await;
        if answer.answered_by != "none" {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the demo has no answer to: {question}");
}

// APP-4, CHT-34
#[tokio::test]
async fn every_suggested_question_of_the_demo_is_answered_with_a_citation_that_opens() {
    let home = Home::new();
    let node = home.demo(&[]).await.expect("the demo starts");

    node.site.get("/demo/").await.expect(200);
    for slug in SITES {
        let client = client_of(&node, slug).await;
        let mut visitor = node.visitor(&client).on(&node.site.base);
        let config = node.site.get(&format!("/api/widget/config/{}", client.id)).await.expect(200).json();
        let suggestions = config["suggestions"].as_array().expect("a list").clone();
        assert!(!suggestions.is_empty(), "{config}");
        for question in suggestions {
            let answer = answer_once_read(&mut visitor, question.as_str().expect("a text")).await;
            assert!(!answer.citations.is_empty(), "{slug}: {answer:?}");
            node.site.get(&answer.citations[0].path()).await.expect(200);
        }
    }
    node.stop();
}

// APP-4
#[tokio::test]
async fn the_demo_is_the_same_after_a_restart_and_new_after_it_was_thrown_away() {
    let home = Home::new();
    let node = home.demo(&[]).await.expect("the demo starts");
    let first = client_of(&node, SITES[0]).await;
    node.stop();

    let node = home.demo(&[]).await.expect("the demo starts again");
    let again = client_of(&node, SITES[0]).await;
    node.stop();
    let node = home.demo(&["--fresh"]).await.expect("the demo is made again");
    let fresh = client_of(&node, SITES[0]).await;
    node.stop();

    assert_eq!(first.id, again.id);
    assert_ne!(first.id, fresh.id);
}

// APP-4
#[tokio::test]
async fn the_demo_keeps_its_hands_off_the_data_of_another_node() {
    let home = Home::new();
    home.create_client("Bakery");
    let before = fs::read(home.database()).unwrap();

    for args in [&[][..], &["--fresh"]] {
        let Err(refused) = home.demo(args).await else { panic!("the demo took another node's data") };
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains("error: "), "{refused:?}");
    }

    assert!(fs::read(home.database()).unwrap() == before);
}
