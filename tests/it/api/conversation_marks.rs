//! Bookmarks, the archive, tags, and acts on many conversations.

use crate::public::threads::identity;
use crate::support::TestApp;
use crate::support::events::EventStream;
use crate::support::http::Reply;
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().expect("items").iter().filter_map(|item| item["id"].as_str()).collect()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

// DSH-2
#[tokio::test]
async fn marked_conversations_are_found_by_their_marks_and_by_them_alone() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut made = Vec::new();
    for message in ["One", "Two", "Three"] {
        made.push(app.ask(&bakery, message).await.conversation_id);
        app.clock.advance_ms(1_000);
    }
    let [one, two, three] = made.as_slice() else { panic!("three") };
    let path = |id: &str| format!("/api/conversations/{id}");
    let fresh = api.get(&path(one)).await.expect(200).json();
    assert_eq!(
        (&fresh["bookmarked_at"], &fresh["archived_at"], &fresh["tags"]),
        (&json!(null), &json!(null), &json!([]))
    );

    let kept = api.patch(&path(one), json!({ "bookmarked": true, "tags": ["To call back", "Äpfel"] })).await;
    api.patch(&path(two), json!({ "archived": true })).await.expect(200);

    let kept = kept.expect(200).json();
    assert_eq!(texts(&kept["tags"]), ["To call back", "Äpfel"]);
    assert!(kept["bookmarked_at"].is_string());
    let found = async |query: &str| {
        let list = api.get(&format!("/api/conversations?{query}")).await.expect(200).json();
        ids(&list).iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [three.as_str(), one.as_str()], "what is in the archive is out of the way");
    assert_eq!(found("archived=only").await, [two.as_str()]);
    assert_eq!(found("archived=include").await, [three.as_str(), two.as_str(), one.as_str()]);
    assert_eq!(found("bookmarked=true").await, [one.as_str()]);
    assert_eq!(found("bookmarked=false").await, [three.as_str()]);
    assert_eq!(found("tag=TO%20CALL%20BACK").await, [one.as_str()]);
    assert_eq!(found("tag=%C3%A4pfel").await, [one.as_str()], "letters of every script have cases");
    assert_eq!(found("tag=call").await, Vec::<String>::new());
    assert_eq!(found("channel=widget&q=three").await, [three.as_str()]);
    api.get("/api/conversations?archived=maybe").await.expect(422);
    api.get("/api/conversations?channel=sms").await.expect(422);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn marks_are_taken_back_and_an_edit_of_an_older_version_changes_nothing() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let (api, id) = (app.api_key(&bakery), app.ask(&bakery, "Hello").await.conversation_id);
    let path = format!("/api/conversations/{id}");
    let marked =
        api.patch(&path, json!({ "bookmarked": true, "archived": true, "tags": ["a"] })).await.expect(200);
    let first_mark = marked.json()["bookmarked_at"].clone();
    app.clock.advance_ms(5_000);

    let again = api.patch(&path, json!({ "bookmarked": true })).await.expect(200).json();
    let stale = api.request(Method::PATCH, &path).header("if-match", marked.header("etag"));
    let taken =
        api.patch(&path, json!({ "bookmarked": false, "archived": false, "tags": [] })).await.expect(200);

    assert_eq!(again["bookmarked_at"], first_mark, "it was bookmarked already");
    assert_eq!(again["tags"], json!(["a"]), "what is left out stays");
    let taken = taken.json();
    assert_eq!(
        (&taken["bookmarked_at"], &taken["archived_at"], &taken["tags"]),
        (&json!(null), &json!(null), &json!([]))
    );
    let stale = Reply::of(stale.json(&json!({ "archived": true }))).await;
    stale.expect_problem(409, "stale_version");
    assert_eq!(api.get(&path).await.expect(200).json()["archived_at"], json!(null));
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_visitor_who_writes_again_takes_the_conversation_out_of_the_archive() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut visitor = app.visitor(&bakery);
    let answer = visitor.say("Hello").await;
    let (api, path) = (app.api_key(&bakery), format!("/api/conversations/{}", answer.conversation_id));
    api.patch(&path, json!({ "archived": true, "bookmarked": true })).await.expect(200);
    assert_eq!(ids(&api.get("/api/conversations").await.expect(200).json()), Vec::<&str>::new());

    visitor.say("Are you there?").await;

    let list = api.get("/api/conversations").await.expect(200).json();
    assert_eq!(ids(&list), [answer.conversation_id.as_str()]);
    assert!(list["items"][0]["bookmarked_at"].is_string(), "the bookmark stays");
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn an_act_on_many_names_what_it_changed_so_that_it_can_be_undone() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let (one, two) =
        (app.ask(&bakery, "One").await.conversation_id, app.ask(&bakery, "Two").await.conversation_id);
    let foreign = app.ask(&garage, "Three").await.conversation_id;
    let api = app.api_key(&bakery);
    let act = async |action: Value| {
        let mut body = json!({ "ids": [one, two, one, foreign, "conv_01jzzzzzzzzzzzzzzzzzzzzzzz"] });
        body.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
        let done = api.post("/api/conversations/bulk", body).await.expect(200).json();
        texts(&done["changed"]).iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()
    };
    api.patch(&format!("/api/conversations/{one}"), json!({ "archived": true })).await.expect(200);

    assert_eq!(act(json!({ "action": "archive" })).await, [two.as_str()], "the first was there already");
    assert_eq!(act(json!({ "action": "unarchive" })).await, [one.as_str(), two.as_str()]);
    assert_eq!(act(json!({ "action": "bookmark" })).await.len(), 2);
    assert_eq!(act(json!({ "action": "bookmark" })).await.len(), 0);
    assert_eq!(act(json!({ "action": "unbookmark" })).await.len(), 2);
    assert_eq!(act(json!({ "action": "add_tag", "tag": "Refund" })).await.len(), 2);
    assert_eq!(act(json!({ "action": "add_tag", "tag": "refund" })).await.len(), 0);
    let tags = api.get("/api/conversations/tags").await.expect(200).json();
    assert_eq!(tags["items"], json!([{ "tag": "Refund", "conversations": 2 }]));
    assert_eq!(act(json!({ "action": "remove_tag", "tag": "REFUND" })).await.len(), 2);
    assert_eq!(api.get("/api/conversations/tags").await.expect(200).json()["items"], json!([]));
    assert_eq!(act(json!({ "action": "delete" })).await.len(), 2);

    assert_eq!(
        ids(&api.get("/api/conversations?archived=include").await.expect(200).json()),
        Vec::<&str>::new()
    );
    app.api_key(&garage).get(&format!("/api/conversations/{foreign}")).await.expect(200);
    let deleted = "select count(*) as n from audit_log where action = 'conversation.deleted'";
    assert_eq!(app.count(deleted).await, 2);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_tag_too_many_is_refused_and_of_many_conversations_none_is_changed() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let (full, free) =
        (app.ask(&bakery, "One").await.conversation_id, app.ask(&bakery, "Two").await.conversation_id);
    let api = app.api_key(&bakery);
    let twenty: Vec<String> = (1..=20).map(|number| format!("tag {number}")).collect();
    let path = format!("/api/conversations/{full}");
    api.patch(&path, json!({ "tags": twenty })).await.expect(200);

    let bulk = json!({ "ids": [full, free], "action": "add_tag", "tag": "one more" });
    api.post("/api/conversations/bulk", bulk).await.expect_problem(403, "quota_reached");
    let mut more = twenty.clone();
    more.push("one more".to_owned());
    let listed = api.patch(&path, json!({ "tags": more })).await.expect(422);
    let long = api.patch(&path, json!({ "tags": ["x".repeat(41)] })).await.expect(422);

    assert_eq!(listed.pointers(), ["/tags"]);
    assert_eq!(long.pointers(), ["/tags/0"]);
    let free = api.get(&format!("/api/conversations/{free}")).await.expect(200).json();
    assert_eq!(free["tags"], json!([]), "all of them or none");
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn an_act_on_many_is_told_what_is_wrong_with_it() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let (api, id) = (app.api_key(&bakery), app.ask(&bakery, "One").await.conversation_id);
    let refused = async |body: Value| api.post("/api/conversations/bulk", body).await.expect(422).pointers();

    assert_eq!(refused(json!({ "ids": [], "action": "archive" })).await, ["/ids"]);
    assert_eq!(refused(json!({ "ids": vec![id.as_str(); 101], "action": "archive" })).await, ["/ids"]);
    assert_eq!(refused(json!({ "ids": [id], "action": "add_tag" })).await, ["/tag"]);
    assert_eq!(refused(json!({ "ids": [id], "action": "archive", "tag": "x" })).await, ["/tag"]);
    assert_eq!(refused(json!({ "ids": [id], "action": "burn" })).await, ["/action"]);
    assert_eq!(refused(json!({ "ids": ["conv_1"], "action": "archive" })).await, ["/ids/0"]);
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn who_may_only_read_marks_nothing_and_a_test_of_the_assistant_is_not_among_many() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let id = app.ask(&bakery, "Hello").await.conversation_id;
    let of_client = format!("/api/clients/{}", bakery.id);
    let specialist = app.person("ada@north.test", Role::ContentSpecialist, None).await;
    let eve = app.person("eve@bakery.test", Role::Member, Some(&bakery)).await;
    let tried =
        eve.request(Method::POST, &format!("{of_client}/test-chat")).json(&json!({ "message": "Hi" }));
    let events = EventStream::open(tried).await.rest().await;
    let test =
        events.iter().find_map(|event| event.data["conversation_id"].as_str()).expect("a conversation");
    let bulk = json!({ "ids": [test, id], "action": "archive" });

    specialist.get(&format!("{of_client}/conversations/tags")).await.expect(200);
    specialist
        .post(&format!("{of_client}/conversations/bulk"), bulk.clone())
        .await
        .expect_problem(403, "forbidden");
    specialist
        .post(&format!("{of_client}/conversations/{id}/shares"), json!({ "expires_in_days": 7 }))
        .await
        .expect_problem(403, "forbidden");
    specialist.get(&format!("{of_client}/conversations/{id}/shares")).await.expect_problem(403, "forbidden");
    let done = eve.post(&format!("{of_client}/conversations/bulk"), bulk).await.expect(200).json();

    assert_eq!(texts(&done["changed"]), [id.as_str()]);
    eve.post(&format!("{of_client}/conversations/{test}/shares"), json!({ "expires_in_days": 7 }))
        .await
        .expect_problem(404, "not_found");
    let marked = eve.patch(&format!("{of_client}/conversations/{test}"), json!({ "tags": ["x"] })).await;
    marked.expect_problem(404, "not_found");
    eve.get(&format!("{of_client}/conversations/export?format=csv&ids={test}"))
        .await
        .expect_problem(404, "not_found");
    let untouched = "select count(*) as n from conversations where archived_at is null";
    assert_eq!(app.count(untouched).await, 1, "the test is where it was");
    app.finish().await;
}

// DSH-2
#[tokio::test]
async fn a_client_has_five_hundred_different_tags_and_uses_those_on_as_many_as_it_likes() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let mut made = Vec::new();
    for number in 0..26 {
        made.push(app.ask(&bakery, &format!("Question {number}")).await.conversation_id);
    }
    for (number, id) in made.iter().take(25).enumerate() {
        let tags: Vec<String> = (0..20).map(|tag| format!("tag {}", number * 20 + tag)).collect();
        api.patch(&format!("/api/conversations/{id}"), json!({ "tags": tags })).await.expect(200);
    }
    let last = format!("/api/conversations/{}", made[25]);

    api.patch(&last, json!({ "tags": ["another"] })).await.expect_problem(403, "quota_reached");
    api.patch(&last, json!({ "tags": ["TAG 7", "tag 499"] })).await.expect(200);

    let tags = api.get("/api/conversations/tags").await.expect(200).json();
    assert_eq!(tags["items"].as_array().unwrap().len(), 500);
    assert_eq!(api.get(&last).await.expect(200).json()["tags"], json!(["tag 499", "tag 7"]));
    app.finish().await;
}

// DSH-2, API-3
#[tokio::test]
async fn an_edit_of_the_version_that_was_read_is_made_and_naming_the_visitor_makes_another() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let mut visitor = app.visitor(&bakery);
    let answer = visitor.say("Hello").await;
    let (api, path) = (app.api_key(&bakery), format!("/api/conversations/{}", answer.conversation_id));
    let patch = async |etag: &str, fields: Value| {
        Reply::of(api.request(Method::PATCH, &path).header("if-match", etag).json(&fields)).await
    };
    let first = api.get(&path).await.expect(200).header("etag").to_owned();

    let second = patch(&first, json!({ "tags": ["a"] })).await.expect(200).header("etag").to_owned();
    visitor.identify(identity(&app, &bakery, "user-1").await).await.expect(200);

    let read = Reply::of(api.request(Method::GET, &path).header("if-none-match", &second)).await.expect(200);
    assert_eq!(
        read.json()["visitor"]["name"],
        "Ann",
        "what a browser keeps is not taken for the present state"
    );
    patch(&second, json!({ "tags": ["b"] })).await.expect_problem(409, "stale_version");
    patch(read.header("etag"), json!({ "tags": ["b"] })).await.expect(200);
    let again = visitor.identify(identity(&app, &bakery, "user-1").await).await.expect(200);
    assert!(again.json()["session"].is_string());
    app.finish().await;
}
