//! Conversations as files.

use crate::support::TestApp;
use crate::support::http::Reply;
use crate::support::texts::{BAKERY, SUNDAY_QUESTION};
use serde_json::{Value, json};
use snip::domain::people::Role;

/// The columns of a row by their names.
fn rows(csv: &str) -> Vec<Value> {
    let text = csv.strip_prefix('\u{feff}').expect("a mark of its encoding");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let row = |row: Result<::csv::StringRecord, _>| {
        let row = row.unwrap();
        names.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), json!(cell))).collect::<Value>()
    };
    reader.records().map(row).collect()
}

fn lines(reply: &Reply) -> Vec<Value> {
    reply.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

// DSH-2
#[tokio::test]
async fn a_conversation_is_exported_in_four_formats_that_say_the_same() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    app.ready_document(&bakery, "hours.md", BAKERY).await;
    let mut visitor = app.visitor(&bakery).on("https://bakery.test");
    let answer = visitor.say(SUNDAY_QUESTION).await;
    visitor.say("=1+1, and \"<b>bold</b>\"?").await;
    let (api, id) = (app.api_key(&bakery), answer.conversation_id.clone());
    api.patch(&format!("/api/conversations/{id}"), json!({ "tags": ["hours"] })).await.expect(200);
    let export = async |format: &str| {
        api.get(&format!("/api/conversations/export?format={format}&ids={id}")).await.expect(200)
    };

    let (json, jsonl) = (export("json").await, export("jsonl").await);
    let (markdown, csv) = (export("markdown").await, export("csv").await);

    for (reply, kind, ending) in [
        (&json, "application/json", "json"),
        (&jsonl, "application/x-ndjson", "jsonl"),
        (&markdown, "text/markdown; charset=utf-8", "md"),
        (&csv, "text/csv; charset=utf-8", "csv"),
    ] {
        assert_eq!(reply.header("content-type"), kind);
        let name = format!("attachment; filename*=UTF-8''{id}.{ending}");
        assert_eq!(reply.header("content-disposition"), name);
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    let whole = json.json();
    let [conversation] = whole.as_array().unwrap().as_slice() else { panic!("one: {whole}") };
    assert_eq!(lines(&jsonl), vec![conversation.clone()]);
    let mut read = api.get(&format!("/api/conversations/{id}")).await.expect(200).json();
    let mut messages = api.list_all(&format!("/api/conversations/{id}/messages")).await;
    messages.reverse();
    read["messages"] = json!(messages);
    assert_eq!(*conversation, read, "the same objects as in the API");
    let text = markdown.text();
    assert!(text.contains("- Tags: hours\n"), "{text}");
    assert!(text.contains(&format!("> {SUNDAY_QUESTION}\n")), "{text}");
    assert!(text.contains("> \\=1+1, and \"\\<b\\>bold\\</b\\>\"?\n"), "{text}");
    assert!(text.contains("Sources: \\[1\\] "), "{text}");
    let rows = rows(&csv.text());
    assert_eq!(rows.len(), 4, "one for each message");
    assert_eq!((&rows[0]["role"], &rows[0]["text"]), (&json!("visitor"), &json!(SUNDAY_QUESTION)));
    assert_eq!(rows[0]["tags"], "hours");
    assert_eq!(rows[1]["text"], answer.response);
    assert_eq!(rows[2]["text"], "'=1+1, and \"<b>bold</b>\"?", "no spreadsheet computes it");
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn an_export_holds_what_the_list_shows_and_nothing_of_another_client() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let api = app.api_key(&bakery);
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(app.ask(&bakery, &format!("Question {number}")).await.conversation_id);
        app.clock.advance_ms(1_000);
    }
    let foreign = app.ask(&garage, "Question 3").await.conversation_id;
    api.patch(&format!("/api/conversations/{}", made[6]), json!({ "archived": true })).await.expect(200);
    let ids = async |query: &str| {
        let reply = api.get(&format!("/api/conversations/export?format=jsonl{query}")).await.expect(200);
        lines(&reply).iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let newest_first: Vec<_> = made[..6].iter().rev().cloned().collect();

    assert_eq!(ids("").await, newest_first);
    assert_eq!(ids("&archived=only").await, [made[6].as_str()]);
    assert_eq!(ids("&q=question%203").await, [made[3].as_str()]);
    assert_eq!(
        ids(&format!("&ids={},{foreign},{}", made[5], made[6])).await,
        [made[5].as_str(), made[6].as_str()]
    );
    assert_eq!(ids("&q=nobody%20said%20this").await, Vec::<String>::new());
    let none = api.get("/api/conversations/export?format=json&q=nothing").await.expect(200);
    assert_eq!(none.json(), json!([]));
    api.get(&format!("/api/conversations/export?format=csv&ids={foreign}"))
        .await
        .expect_problem(404, "not_found");
    let wrong = api.get("/api/conversations/export?format=pdf").await.expect(422);
    assert_eq!(wrong.pointers(), ["/format"]);
    let hundred_and_one = vec![made[0].as_str(); 101].join(",");
    api.get(&format!("/api/conversations/export?format=csv&ids={hundred_and_one}")).await.expect(422);
    app.finish().await;
}

// DSH-2, ACC-18
#[tokio::test]
async fn a_long_conversation_is_exported_whole_and_in_order_and_the_export_is_noted() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut visitor = app.visitor(&bakery);
    for number in 0..70 {
        visitor.say(&format!("Line {number}")).await;
        app.clock.advance_ms(60_000);
    }
    let eve = app.person("eve@bakery.test", Role::Member, Some(&bakery)).await;
    let path = format!("/api/clients/{}/conversations/export?format=", bakery.id);

    let (json, csv) =
        (eve.get(&format!("{path}json")).await.expect(200), eve.get(&format!("{path}csv")).await);

    let whole = json.json();
    let messages = whole[0]["messages"].as_array().unwrap();
    let said: Vec<_> =
        messages.iter().filter(|it| it["role"] == "visitor").map(|it| it["text"].clone()).collect();
    assert_eq!(said, (0..70).map(|number| json!(format!("Line {number}"))).collect::<Vec<_>>());
    assert_eq!(messages.len(), 140);
    assert_eq!(rows(&csv.expect(200).text()).len(), 140);
    let noted = "select count(*) as n from audit_log where action = 'conversations.exported' and actor_kind = 'person'";
    assert_eq!(app.count(noted).await, 2);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn an_export_goes_on_from_piece_to_piece_without_a_gap_or_a_second_time() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut ids = Vec::new();
    // More than are read at once, all begun at the same moment.
    for number in 0..63 {
        ids.push(app.ask(&bakery, &format!("Question {number}")).await.conversation_id);
    }
    let listed: Vec<_> = api.list_all("/api/conversations").await.iter().map(|it| it["id"].clone()).collect();
    assert_eq!(listed.len(), 63);

    let json = api.get("/api/conversations/export?format=json").await.expect(200).json();
    let jsonl = lines(&api.get("/api/conversations/export?format=jsonl").await.expect(200));
    let csv = rows(&api.get("/api/conversations/export?format=csv").await.expect(200).text());

    let of = |list: &[Value]| list.iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
    assert_eq!(of(json.as_array().unwrap()), listed);
    assert_eq!(of(&jsonl), listed);
    let mut of_rows: Vec<_> = csv.iter().map(|row| row["conversation_id"].clone()).collect();
    of_rows.dedup();
    assert_eq!(of_rows, listed);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_conversation_of_many_long_messages_at_one_moment_is_exported_whole() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut visitor = app.visitor(&bakery);
    visitor.say("First").await;
    let answer = visitor.say("Second").await;
    for number in 0..45 {
        visitor.say(&format!("{number} {}", "long ".repeat(790))).await;
    }
    let api = app.api_key(&bakery);
    let path = format!("/api/conversations/{}/messages", answer.conversation_id);
    let mut said = api.list_all(&path).await;
    said.reverse();
    assert_eq!(said.len(), 94);

    let json = api.get("/api/conversations/export?format=json").await.expect(200).json();
    let markdown = api.get("/api/conversations/export?format=markdown").await.expect(200).text();

    assert_eq!(json[0]["messages"], json!(said));
    assert_eq!(markdown.matches("**Visitor**, ").count(), 47);
    assert_eq!(markdown.matches("# Visitor, ").count(), 1);
    app.finish().await;
}
