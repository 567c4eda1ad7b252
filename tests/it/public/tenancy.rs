//! Clients with the same words do not see each other.

use crate::support::{Api, Client, Reply, TestApp};
use reqwest::Method;
use serde_json::json;

const CLIENTS: usize = 50;

// KNO-8
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_with_colliding_texts_get_their_own_answers_only() {
    let app = TestApp::start().await;
    let mut clients: Vec<(Client, String)> = Vec::new();
    for number in 0..CLIENTS {
        let client = app.client(&format!("Client {number}")).await;
        let text = format!(
            "# Opening hours\n\nOn Sundays we are open. The door code of the house is CODE{number:03}."
        );
        let document = app.upload(&client, "hours.md", &text).await;
        clients.push((client, document));
    }
    app.settle().await;

    for (number, (client, document)) in clients.iter().enumerate() {
        let own = format!("CODE{number:03}");
        let answer = app.ask(client, "What is the door code of the house?").await;
        let found = app.api_key(client).search("Sundays door code house").await;

        assert!(answer.response.contains(&own), "{number}: {answer:?}");
        assert!(answer.citations.iter().all(|citation| citation.document_id.as_ref() == Some(document)));
        assert_eq!(found.len(), 1, "{number}");
        assert_eq!(found[0]["document_id"], json!(document));
    }
    let (one, _) = &clients[7];
    for found in app.api_key(one).search("CODE008").await {
        assert_eq!(found["document_id"], json!(clients[7].1), "not even by another's exact word");
    }
    app.finish().await;
}

// ACC-2
#[tokio::test]
async fn every_object_of_another_client_is_a_404_by_every_method() {
    let app = TestApp::start().await;
    let (bakery, garage) = (app.client("Bakery").await, app.client("Garage").await);
    let document = app.ready_document(&bakery, "tea.md", "Ginger tea costs 4 euros.").await;
    let faq = app.ready_faq(&bakery, "Do you sell tea?", "Yes.").await;
    let conversation = app.ask(&bakery, "What does ginger tea cost?").await.conversation_id;
    let stranger: Api = app.api_key(&garage);

    for (method, path) in [
        (Method::GET, format!("/api/documents/{document}")),
        (Method::DELETE, format!("/api/documents/{document}")),
        (Method::GET, format!("/api/faqs/{faq}")),
        (Method::PATCH, format!("/api/faqs/{faq}")),
        (Method::DELETE, format!("/api/faqs/{faq}")),
        (Method::GET, format!("/api/conversations/{conversation}/messages")),
    ] {
        let request = stranger.request(method.clone(), &path);
        let request =
            if method == Method::PATCH { request.json(&json!({ "enabled": false })) } else { request };
        let reply = Reply::of(request).await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text());
    }
    app.finish().await;
}
