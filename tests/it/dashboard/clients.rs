//! The agency's clients, as its people work with them.

use crate::support::events::EventStream;
use crate::support::{Browser, Reply, TestApp};
use reqwest::Method;
use serde_json::{Value, json};
use snip::domain::people::Role;

// ACC-8
#[tokio::test]
async fn a_client_is_made_with_its_key_and_its_owner_is_invited() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::AccountManager, None).await;

    let body = json!({ "name": "Bakery", "email": "info@bakery.test", "owner_email": "eve@bakery.test" });
    let made = ada.post("/api/clients", body).await.expect(201).json();
    app.settle().await;

    let usage =
        app.site.request(Method::GET, "/api/usage").header("x-api-key", made["api_key"].as_str().unwrap());
    Reply::of(usage).await.expect(200);
    let id = made["client"]["id"].as_str().unwrap();
    let members = ada.get(&format!("/api/clients/{id}/members")).await.expect(200).json();
    assert_eq!(
        (&members["items"][0]["role"], &members["items"][0]["state"]),
        (&json!("owner"), &json!("invited"))
    );
    assert_eq!(app.mail_to("eve@bakery.test").subject, "ada invites you to Bakery");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn clients_are_searched_by_name_and_address() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    for (name, email) in [("Bakery 100%", "info@bakery.test"), ("Bikes", "shop@bikes.test")] {
        ada.post("/api/clients", json!({ "name": name, "email": email })).await.expect(201);
    }
    let found = async |query: &str| {
        let list = ada.get(&format!("/api/clients?q={query}")).await.expect(200).json();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };

    assert_eq!(found("").await, ["Bikes", "Bakery 100%"]);
    assert_eq!(found("BAKE").await, ["Bakery 100%"]);
    assert_eq!(found("shop%40").await, ["Bikes"]);
    assert_eq!(found("%25").await, ["Bakery 100%"], "a percent sign is one");
    assert!(found("_").await.is_empty(), "an underscore is one");
    app.finish().await;
}

// ACC-18
#[tokio::test]
async fn an_edit_of_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let path = format!("/api/clients/{}", client.id);
    let tag = ada.get(&path).await.expect(200).header("etag").to_owned();
    let edit = |name: &str| {
        ada.request(Method::PATCH, &path).header("if-match", &tag).json(&json!({ "name": name }))
    };

    let changed = Reply::of(edit("Bread & Co")).await.expect(200);
    Reply::of(edit("Cakes")).await.expect_problem(409, "stale_version");

    assert_eq!(changed.json()["name"], "Bread & Co");
    app.finish().await;
}

// ACC-9
#[tokio::test]
async fn a_suspended_client_is_closed_to_its_people_and_open_to_the_agency() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let documents = format!("/api/clients/{}/documents", client.id);

    ada.post(&format!("/api/clients/{}/suspend", client.id), json!({})).await.expect(200);
    eve.get(&documents).await.expect_problem(403, "client_inactive");
    ada.get(&documents).await.expect(200);
    app.api_key(&client).get("/api/documents").await.expect_problem(403, "client_inactive");
    eve.post(&format!("/api/clients/{}/resume", client.id), json!({})).await.expect(403);
    let resumed = ada.post(&format!("/api/clients/{}/resume", client.id), json!({})).await.expect(200).json();
    eve.get(&documents).await.expect(200);

    assert_eq!(resumed["status"], "active");
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn what_a_key_opens_a_session_opens_below_the_client_with_the_same_answers() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Manager, Some(&client)).await;
    let base = format!("/api/clients/{}", client.id);

    let made = eve
        .post(&format!("{base}/faqs"), json!({ "question": "Open?", "answer": "At nine." }))
        .await
        .expect(201);
    app.settle().await;
    let location = made.header("location").to_owned();
    let by_session = eve.get(&location).await.expect(200);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let by_key = app.api_key(&client).get(&format!("/api/faqs/{id}")).await.expect(200);

    assert_eq!(location, format!("{base}/faqs/{id}"));
    assert_eq!(by_session.json(), by_key.json());
    assert_eq!(by_session.header("etag"), by_key.header("etag"));
    let deed = "select count(*) as n from audit_log where action = 'faq.created' and actor_kind = 'person'";
    assert_eq!(app.count(deed).await, 1, "the log names the person");
    app.finish().await;
}

// ACC-8
#[tokio::test]
async fn the_overview_ticks_what_was_done() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let done = async || {
        let overview = ada.get(&format!("/api/clients/{}/overview", client.id)).await.expect(200).json();
        let steps = overview["checklist"].as_array().unwrap().clone();
        let done = steps.iter().filter(|step| step["is_done"] == true);
        (done.map(|step| step["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), overview)
    };

    assert!(done().await.0.is_empty());
    app.ready_document(&client, "hours.md", "# Hours\n\nWe open at nine.\n").await;
    app.ready_faq(&client, "Do you deliver?", "Yes, on Mondays.").await;
    app.ask(&client, "When do you open?").await;
    let config = format!("/api/widget/config/{}", client.id);
    Reply::of(app.site.request(Method::GET, &config).header("origin", "https://bakery.test"))
        .await
        .expect(200);
    let (steps, overview) = done().await;

    assert_eq!(steps, ["document", "faq", "seen", "asked"]);
    assert_eq!((&overview["conversations_7d"], &overview["documents"]["ready"]), (&json!(1), &json!(1)));
    app.finish().await;
}

// DSH-4
#[tokio::test]
async fn a_colleague_is_somebody_else_than_who_looks() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let has_colleague = async |who: &Browser| {
        let overview = who.get(&format!("/api/clients/{}/overview", client.id)).await.expect(200).json();
        let steps = overview["checklist"].as_array().unwrap().clone();
        steps.iter().any(|step| step["id"] == "colleague" && step["is_done"] == true)
    };

    assert_eq!((has_colleague(&ada).await, has_colleague(&eve).await), (true, false));
    let invited = json!({ "email": "jo@bakery.test", "role": "member" });
    eve.post(&format!("/api/clients/{}/members", client.id), invited).await.expect(201);
    assert!(has_colleague(&eve).await, "an invitation is enough");
    app.settle().await;
    app.finish().await;
}

// ACC-6
#[tokio::test]
async fn keys_are_shown_once_listed_and_revoked() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Owner, Some(&client)).await;
    let path = format!("/api/clients/{}/keys", client.id);

    let made =
        eve.post(&path, json!({ "name": "Shop", "scopes": ["knowledge_read"] })).await.expect(201).json();
    let key = made["api_key"].as_str().unwrap().to_owned();
    let list = eve.get(&path).await.expect(200);
    let ask = |path: &'static str| app.site.request(Method::GET, path).header("x-api-key", &key);
    Reply::of(ask("/api/documents")).await.expect(200);
    Reply::of(ask("/api/conversations")).await.expect_problem(403, "forbidden");
    eve.delete(&format!("{path}/{}", made["id"].as_str().unwrap())).await.expect(204);
    Reply::of(ask("/api/documents")).await.expect_problem(401, "unauthorized");

    assert!(!list.text().contains(&key));
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(eve.get(&path).await.json()["items"].as_array().unwrap().len(), 1);
    eve.post(&path, json!({ "name": "None", "scopes": [] })).await.expect(422);
    app.settle().await;
    app.finish().await;
}

// CHT-13
#[tokio::test]
async fn a_test_chat_streams_the_answer_and_why_and_touches_no_visitors_conversation() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Member, Some(&client)).await;
    app.ready_document(&client, "hours.md", "# Hours\n\nThe bakery opens at nine in the morning.\n").await;
    let visitor = app.ask(&client, "When does the bakery open?").await;
    let path = format!("/api/clients/{}/test-chat", client.id);
    let ask = |body: Value| eve.request(Method::POST, &path).json(&body);

    let stream = EventStream::open(ask(json!({ "message": "When does the bakery open?" }))).await;
    let events = stream.rest().await;
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    let meta = &events[0].data;
    let again = json!({ "message": "And when?", "conversation_id": meta["conversation_id"] });
    let goes_on = EventStream::open(ask(again)).await.rest().await;
    let foreign = json!({ "message": "Hello", "conversation_id": visitor.conversation_id });
    Reply::of(ask(foreign)).await.expect_problem(404, "not_found");

    assert_eq!((names.first(), names.last()), (Some(&"meta"), Some(&"explanation")), "{names:?}");
    assert_eq!(goes_on[0].data["conversation_id"], meta["conversation_id"]);
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    let list = ada.get("/api/clients").await.json();
    assert_eq!(list["items"][0]["conversations_30d"], 1, "tests are not counted");
    app.finish().await;
}

// DSH-1
#[tokio::test]
async fn live_events_tell_of_documents_and_conversations_until_the_session_ends() {
    let app = TestApp::start().await;
    let client = app.client("Bakery").await;
    let eve = app.person("eve@bakery.test", Role::Member, Some(&client)).await;
    let mut stream =
        EventStream::open(eve.request(Method::GET, &format!("/api/clients/{}/events", client.id))).await;

    let document = app.upload(&client, "hours.md", "# Hours\n\nThe bakery opens at nine.\n").await;
    let queued = stream.next().await.expect("an event");
    app.settle().await;
    let mut ready = stream.next().await.expect("an event");
    while ready.data["status"] != "ready" {
        ready = stream.next().await.expect("an event");
    }
    app.clock.advance_ms(1_000);
    let answer = app.ask(&client, "When does the bakery open?").await;
    let conversation = stream.next().await.expect("an event");
    eve.delete("/api/session").await.expect(204);

    assert_eq!((queued.name.as_str(), &queued.data["status"]), ("document", &json!("queued")));
    assert_eq!(ready.data["id"], document);
    assert_eq!(
        (conversation.name.as_str(), &conversation.data["id"]),
        ("conversation", &json!(answer.conversation_id))
    );
    assert!(stream.next().await.is_none(), "the stream ends with its session");
    app.finish().await;
}

// ACC-14
#[tokio::test]
async fn the_audit_log_names_people_and_can_be_narrowed() {
    let app = TestApp::start().await;
    let (bakery, bikes) = (app.client("Bakery").await, app.client("Bikes").await);
    let ada = app.person("ada@north.test", Role::Owner, None).await;
    for client in [&bakery, &bikes] {
        ada.post(&format!("/api/clients/{}/suspend", client.id), json!({})).await.expect(200);
    }

    let list = ada
        .get(&format!("/api/audit?action=client.suspended&client_id={}", bikes.id))
        .await
        .expect(200)
        .json();
    let items = list["items"].as_array().unwrap();

    assert_eq!(items.len(), 1, "{list}");
    assert_eq!((&items[0]["actor"], &items[0]["target"]), (&json!("ada"), &json!(bikes.id)));
    assert_eq!(items[0]["fields"], json!(["status"]));
    app.finish().await;
}

// OPS-8
#[tokio::test]
async fn a_job_that_was_given_up_is_run_again_by_whoever_may() {
    let app = TestApp::start().await;
    let ada = app.person("ada@north.test", Role::Admin, None).await;
    app.settle().await;
    let failed = "update jobs set state = 'failed', version = version + 1, updated_at = :now
                  where id = (select id from jobs order by id limit 1)";
    app.site.ask_to_sign_in("nobody@nowhere.test").await.expect(202);
    app.settle().await;
    let made = app.env.db.write(snip::ground::scope::Actor::System("test"), move |tx| {
        tx.execute(failed, snip::params! { ":now" => tx.now() })
    });
    made.await.unwrap();

    let list = ada.get("/api/jobs?state=failed").await.expect(200).json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("/api/jobs/{id}/retry"), json!({})).await.expect(202);
    ada.post(&format!("/api/jobs/{id}/retry"), json!({})).await.expect_problem(409, "wrong_state");
    app.settle().await;

    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert!(ada.get("/api/jobs?state=failed").await.json()["items"].as_array().unwrap().is_empty());
    app.finish().await;
}
