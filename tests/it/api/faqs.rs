//! FAQs: made, changed, removed.

use crate::support::{Reply, TestApp};
use reqwest::Method;
use serde_json::json;

// KNO-9
#[tokio::test]
async fn an_faq_is_made_read_changed_and_deleted() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);

    let made =
        api.post("/api/faqs", json!({ "question": "Do you sell tea?", "answer": "Yes." })).await.expect(201);
    let path = made.header("location").to_owned();
    let changed = api.patch(&path, json!({ "enabled": false })).await.expect(200).json();

    assert_eq!(made.json()["enabled"], true);
    assert_eq!(changed["question"], "Do you sell tea?");
    assert_eq!((&changed["enabled"], &changed["version"]), (&json!(false), &json!(2)));
    assert_eq!(api.get(&path).await.expect(200).json(), changed);

    api.delete(&path).await.expect(204);

    api.get(&path).await.expect_problem(404, "not_found");
    api.delete(&path).await.expect_problem(404, "not_found");
    app.finish().await;
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_faq() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let send = async |answer: &str| {
        let request = api.request(Method::POST, "/api/faqs").header("idempotency-key", "k-1");
        Reply::of(request.json(&json!({ "question": "Do you sell tea?", "answer": answer }))).await
    };

    let first = send("Yes.").await.expect(201);
    let second = send("Yes.").await.expect(201);
    let other = send("No.").await;

    assert_eq!(first.json(), second.json());
    other.expect_problem(422, "idempotency_key_reused");
    assert_eq!(api.list_all("/api/faqs").await.len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn another_clients_idempotency_key_means_nothing_here() {
    let app = TestApp::start().await;
    let body = json!({ "question": "Do you sell tea?", "answer": "Yes." });
    let mut ids = Vec::new();

    for name in ["Bakery", "Garage"] {
        let client = app.client(name).await;
        let request =
            app.api_key(&client).request(Method::POST, "/api/faqs").header("idempotency-key", "k-1");
        ids.push(Reply::of(request.json(&body)).await.expect(201).json()["id"].clone());
    }

    assert_ne!(ids[0], ids[1]);
    app.finish().await;
}

// ACC-18
#[tokio::test]
async fn a_stale_edit_is_a_conflict_and_changes_nothing() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let path = format!("/api/faqs/{id}");
    let seen = api.get(&path).await.expect(200).header("etag").to_owned();
    let edit = async |answer: &str, tag: &str| {
        let request = api.request(Method::PATCH, &path).header("if-match", tag);
        Reply::of(request.json(&json!({ "answer": answer }))).await
    };

    let first = edit("Yes, green and black.", &seen).await.expect(200);
    let second = edit("No.", &seen).await;

    assert_eq!(first.header("etag"), "\"2\"");
    second.expect_problem(409, "stale_version");
    assert_eq!(api.get(&path).await.json()["answer"], "Yes, green and black.");
    edit("Yes, black.", "*").await.expect(200);
    edit("No.", "not a tag").await.expect_problem(400, "invalid_request");
    app.finish().await;
}

// ACC-18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_parallel_edits_of_one_version_exactly_one_wins() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;

    let edits = (0..20).map(|number| {
        let request = api.request(Method::PATCH, &format!("/api/faqs/{id}")).header("if-match", "\"1\"");
        Reply::of(request.json(&json!({ "answer": format!("Answer {number}.") })))
    });
    let statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.iter().map(|reply| reply.status).collect();

    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 19, "{statuses:?}");
    app.finish().await;
}

// ACC-12
#[tokio::test]
async fn wrong_fields_are_refused_with_a_pointer_to_each() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let long = "x".repeat(5_001);

    for (body, pointer) in [
        (json!({ "question": "Tea?", "answer": "Yes.", "colour": 1 }), "/colour"),
        (json!({ "question": "Tea?", "answer": "Yes.", "priority": 101 }), "/priority"),
        (json!({ "question": "Tea?", "answer": "Yes.", "phrasings": vec!["Tea?"; 21] }), "/phrasings"),
        (json!({ "question": "Tea?", "answer": "Yes.", "phrasings": ["Tea?", ""] }), "/phrasings/1"),
        (json!({ "question": "Tea?", "answer": "Yes.", "category": "" }), "/category"),
        (json!({ "question": "Tea?", "answer": "Yes.", "language": "german" }), "/language"),
        (json!({ "question": "", "answer": "Yes." }), "/question"),
        (json!({ "question": "Tea?" }), "/answer"),
        (json!({ "question": "Tea?", "answer": long }), "/answer"),
        (json!({ "question": "Tea?", "answer": 5 }), "/answer"),
    ] {
        let reply = api.post("/api/faqs", body.clone()).await.expect(422);
        assert_eq!(reply.json()["code"], "validation_failed", "{body}");
        assert_eq!(reply.pointers(), [pointer], "{body}");
    }
    assert!(api.list_all("/api/faqs").await.is_empty());
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn another_clients_faq_is_not_found_and_stays_as_it_is() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let id = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let path = format!("/api/faqs/{id}");
    let stranger = app.api_key(&garage);

    stranger.get(&path).await.expect_problem(404, "not_found");
    stranger.patch(&path, json!({ "answer": "No." })).await.expect_problem(404, "not_found");
    stranger.delete(&path).await.expect_problem(404, "not_found");

    assert_eq!(app.api_key(&bakery).get(&path).await.expect(200).json()["answer"], "Yes.");
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn an_faq_is_found_by_each_of_its_phrasings_and_its_uses_are_counted() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let made = json!({
        "question": "Do you repair punctures?", "answer": "Yes, while you wait.",
        "phrasings": ["Can you mend a flat tyre?"], "category": "Workshop", "priority": 7,
    });
    let faq = api.post("/api/faqs", made).await.expect(201).json();
    app.settle().await;

    let answer = app.ask(&bakery, "Can you mend a flat tyre?").await;
    app.ask(&bakery, "Do you repair punctures?").await;

    assert_eq!(answer.response, "Yes, while you wait.");
    let path = format!("/api/faqs/{}", faq["id"].as_str().unwrap());
    let seen = api.get(&path).await.expect(200).json();
    assert_eq!((&seen["uses"], &seen["version"]), (&json!(2), &json!(1)));
    assert!(seen["last_used_at"].is_string() || seen["last_used_at"].is_number(), "{seen}");

    let changed = api.patch(&path, json!({ "phrasings": [], "category": null })).await.expect(200).json();
    assert_eq!((&changed["phrasings"], &changed["category"]), (&json!([]), &json!(null)));
    assert_eq!((&changed["priority"], &changed["uses"]), (&json!(7), &json!(2)));
    app.settle().await;
    assert_ne!(app.ask(&bakery, "Can you mend a flat tyre?").await.response, "Yes, while you wait.");
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn an_faq_for_one_language_answers_only_questions_in_it() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    let add = async |question: &str, language: &str| {
        let faq = json!({ "question": question, "answer": format!("In {language}."), "language": language });
        api.post("/api/faqs", faq).await.expect(201);
    };
    add("When do you close the shop today?", "de").await;
    app.settle().await;

    let wrong = app.ask(&bakery, "When do you close the shop today?").await;
    add("When do you close the shop today?", "en").await;
    app.settle().await;
    let right = app.ask(&bakery, "When do you close the shop today?").await;

    assert_ne!(wrong.response, "In de.");
    assert_eq!(right.response, "In en.");
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn of_two_faqs_that_ask_the_same_the_one_of_higher_priority_answers() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    for (answer, priority) in [("The former.", 10), ("The better.", 90), ("The latter.", 20)] {
        let faq = json!({ "question": "Do you sell tea?", "answer": answer, "priority": priority });
        api.post("/api/faqs", faq).await.expect(201);
    }
    app.settle().await;

    assert_eq!(app.ask(&bakery, "Do you sell tea?").await.response, "The better.");
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn the_list_is_filtered_by_category_use_language_and_status() {
    let app = TestApp::start().await;
    let bakery = app.client("Bakery").await;
    let api = app.api_key(&bakery);
    for (question, more) in [
        ("A?", json!({ "category": "Prices" })),
        ("B?", json!({ "category": "Prices", "enabled": false })),
        ("C?", json!({ "language": "de-AT" })),
    ] {
        let mut faq = json!({ "question": question, "answer": "Yes." });
        faq.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        api.post("/api/faqs", faq).await.expect(201);
    }
    let listed = async |query: &str| -> Vec<String> {
        let page = api.get(&format!("/api/faqs?{query}")).await.expect(200).json();
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|faq| faq["question"].as_str().unwrap().to_owned()).collect()
    };

    assert_eq!(listed("category=Prices").await, ["B?", "A?"]);
    assert_eq!(listed("category=Prices&enabled=true").await, ["A?"]);
    assert_eq!(listed("language=de").await, ["C?"]);
    assert!(listed("status=draft").await.is_empty());
    assert_eq!(listed("status=ready&limit=1").await, ["C?"]);
    api.get("/api/faqs?enabled=maybe").await.expect(422);
    app.finish().await;
}

// KNO-9
#[tokio::test]
async fn a_bulk_change_is_made_whole_or_not_at_all_with_every_bad_row_named() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let api = app.api_key(&bakery);
    let mut ids = Vec::new();
    for question in ["A?", "B?"] {
        ids.push(app.ready_faq(&bakery, question, "Yes.").await);
    }
    let foreign = app.ready_faq(&garage, "A?", "Yes.").await;
    let send = async |ids: &[&str], action: serde_json::Value| {
        let mut body = json!({ "ids": ids });
        body.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
        api.post("/api/faqs/bulk", body).await
    };
    let (one, two) = (ids[0].as_str(), ids[1].as_str());

    let refused = send(&[one, &foreign, two, one], json!({ "action": "disable" })).await.expect(422);
    assert_eq!(refused.pointers(), ["/ids/1", "/ids/3"]);
    assert_eq!(api.get(&format!("/api/faqs/{one}")).await.json()["enabled"], true);

    let done = send(&[one, two], json!({ "action": "set_category", "category": "Tea" })).await.expect(200);
    assert_eq!(done.json()["done"], 2);
    send(&[one], json!({ "action": "disable" })).await.expect(200);
    let seen = api.get(&format!("/api/faqs/{one}")).await.json();
    assert_eq!((&seen["category"], &seen["enabled"]), (&json!("Tea"), &json!(false)));
    send(&[one, two], json!({ "action": "delete" })).await.expect(200);
    assert!(api.list_all("/api/faqs").await.is_empty());

    assert_eq!(send(&[], json!({ "action": "delete" })).await.expect(422).pointers(), ["/ids"]);
    let many = vec![one; 501];
    assert_eq!(send(&many, json!({ "action": "delete" })).await.expect(422).pointers(), ["/ids"]);
    send(&[one], json!({ "action": "enable", "category": "Tea" })).await.expect(422);
    app.finish().await;
}
