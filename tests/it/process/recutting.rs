//! The process dies while documents are cut anew: they answer after the next start, and the work is taken up again.

use crate::support::chunks::cut_otherwise;
use crate::support::process::{Home, NO_LIMITS, Node};
use crate::support::texts::{BAKERY, SUNDAY_ANSWER, SUNDAY_QUESTION};
use crate::support::{Answer, Client};
use snip::app::{OpenStore, Sources};
use snip::ground::scope::Actor;
use snip::store::directory::Layout;
use snip::store::fault;
use snip::store::{DbError, WriteTx};
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

const POLLS_MAX: usize = 3_000;

/// Writes into the directory of a stopped node.
async fn write<T: Send + 'static>(home: &Home, work: fn(&WriteTx<'_>) -> Result<T, DbError>) -> T {
    let store =
        OpenStore::open(Layout::new(home.data()), Sources::of_this_machine()).expect("nobody holds it");
    store.db.write(Actor::System("test"), work).await.expect("the statement is sound")
}

async fn ask(node: &Node, client: &Client) -> Answer {
    Answer::of(&node.visitor(client).send(SUNDAY_QUESTION).await)
}

/// The first answer after the index has followed what this test wrote while the node was stopped.
async fn first_answer(node: &Node, client: &Client) -> Answer {
    for _ in 0..POLLS_MAX {
        let answer = ask(node, client).await;
        if !answer.citations.is_empty() {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing is found: {}", node.log());
}

/// Waits until an answer comes from a chunk with headings, which the former chunker did not know. Every answer until
/// then must be right.
async fn until_cut_anew(node: &Node, client: &Client) {
    for _ in 0..POLLS_MAX {
        let answer = ask(node, client).await;
        assert!(answer.response.contains(SUNDAY_ANSWER), "a gap: {answer:?}");
        if answer.citations[0].heading.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is not cut anew: {}", node.log());
}

// KNO-3, APP-12
#[tokio::test]
async fn a_death_while_documents_are_cut_anew_only_delays_it_and_loses_no_quote() {
    for point in fault::POINTS.iter().filter(|point| point.starts_with("recut.")) {
        let home = Home::new();
        let bakery = home.create_client("Bakery");
        let node = home.serve_with(&[], &NO_LIMITS).await;
        node.ready_document(&bakery, "hours.md", BAKERY).await;
        node.stop();
        write(&home, cut_otherwise).await;

        let ended = match home.try_serve(&[], &[&NO_LIMITS[..], &[("SNIP_FAULT", point)]].concat()).await {
            Err(ended) => ended.status,
            Ok(mut node) => node.wait_for_end(),
        };
        let node = home.serve_with(&[], &NO_LIMITS).await;
        let answer = first_answer(&node, &bakery).await;
        until_cut_anew(&node, &bakery).await;
        let page = node.site.get(&answer.citations[0].path()).await.expect(200).text();
        node.stop();

        assert_eq!(ended.signal(), Some(9), "{point}");
        assert!(page.contains(&answer.citations[0].quote), "{point}: {page}");
        let left = write(&home, |tx| {
            tx.get("select count(*) as n from chunks where chunker = 0", &[], |row| row.get::<i64>("n"))
        });
        assert_eq!(left.await, 0, "{point}");
    }
}
