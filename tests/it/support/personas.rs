//! Who speaks to a node: a program with a client's key, a visitor in a browser.

use super::events::EventStream;
use super::http::{Reply, Site};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};

/// A program that holds a client's API key.
#[derive(Clone)]
pub struct Api {
    pub site: Site,
    pub key: String,
}

impl Api {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.site.request(method, path).header("x-api-key", &self.key)
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::PUT, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    pub async fn upload(&self, name: &str, bytes: impl Into<Vec<u8>>) -> Reply {
        Reply::of(self.upload_request(name, bytes)).await
    }

    pub fn upload_request(&self, name: &str, bytes: impl Into<Vec<u8>>) -> RequestBuilder {
        let part = Part::bytes(bytes.into()).file_name(name.to_owned());
        self.request(Method::POST, "/api/documents").multipart(Form::new().part("file", part))
    }

    /// The results of a search, best first.
    pub async fn search(&self, query: &str) -> Vec<Value> {
        let found = self.post("/api/search", json!({ "query": query })).await.expect(200).json();
        found["results"].as_array().cloned().unwrap_or_default()
    }

    /// Every item of a list, page by page.
    pub async fn list_all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=100{cursor}")).await.expect(200).json();
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

/// A visitor in one browser, on a page of some website.
#[derive(Clone)]
pub struct Visitor {
    pub site: Site,
    pub client_id: String,
    pub origin: Option<String>,
    pub session: Option<String>,
}

impl Visitor {
    /// The same visitor on a page of this origin.
    pub fn on(mut self, origin: &str) -> Self {
        self.origin = Some(origin.to_owned());
        self
    }

    pub fn with_session(mut self, session: &str) -> Self {
        self.session = Some(session.to_owned());
        self
    }

    /// Sends a message and goes on in the session of the answer.
    pub async fn say(&mut self, message: &str) -> Answer {
        let answer = Answer::of(&self.send(message).await.expect(200));
        self.session = Some(answer.session.clone());
        answer
    }

    pub async fn send(&self, message: &str) -> Reply {
        self.post(json!({ "message": message })).await
    }

    /// Sends a message under a `request_id`, as the widget does, so that it may be repeated.
    pub async fn send_as(&self, request_id: &str, message: &str) -> Reply {
        self.post(json!({ "message": message, "request_id": request_id })).await
    }

    /// Posts these fields with the client's id and the session.
    pub async fn post(&self, fields: Value) -> Reply {
        Reply::of(self.chat_request(fields)).await
    }

    pub fn chat_request(&self, fields: Value) -> RequestBuilder {
        let mut body = json!({ "client_id": self.client_id });
        if let Some(session) = &self.session {
            body["session"] = json!(session);
        }
        for (name, value) in fields.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        self.on_page(self.site.request(Method::POST, "/api/chat").json(&body))
    }

    /// As [`Visitor::chat_request`], for a stream.
    pub async fn stream(&self, fields: Value) -> EventStream {
        EventStream::open(self.chat_request(fields).header("accept", "text/event-stream")).await
    }

    /// Asks for the events of an answer, behind this event if one is named.
    pub fn events_request(&self, message_id: &str, last_event_id: Option<&str>) -> RequestBuilder {
        let request = self.site.request(Method::GET, &format!("/api/chat/{message_id}/events"));
        let request = self.in_session(self.on_page(request));
        match last_event_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        }
    }

    pub async fn follow(&self, message_id: &str, last_event_id: Option<&str>) -> EventStream {
        EventStream::open(self.events_request(message_id, last_event_id)).await
    }

    pub async fn stop(&self, message_id: &str) -> Reply {
        let body = json!({ "session": self.session });
        let request = self.site.request(Method::POST, &format!("/api/chat/{message_id}/stop")).json(&body);
        Reply::of(self.on_page(request)).await
    }

    /// The visitor's thread, as a page that is loaded anew asks for it.
    pub async fn history(&self) -> Reply {
        let path = format!("/api/chat/history?client_id={}", self.client_id);
        Reply::of(self.in_session(self.on_page(self.site.request(Method::GET, &path)))).await
    }

    /// Says who the visitor is, with these fields.
    pub async fn identify(&self, fields: Value) -> Reply {
        let mut body = json!({ "client_id": self.client_id, "session": self.session });
        for (name, value) in fields.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Reply::of(self.on_page(self.site.request(Method::POST, "/api/chat/identify").json(&body))).await
    }

    fn on_page(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.origin {
            Some(origin) => request.header("origin", origin),
            None => request,
        }
    }

    fn in_session(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.session {
            Some(session) => request.header("x-session", session),
            None => request,
        }
    }
}

/// What the assistant answered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    pub response: String,
    pub citations: Vec<Citation>,
    pub conversation_id: String,
    pub message_id: String,
    pub session: String,
    pub answered_by: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Citation {
    pub document_id: Option<String>,
    pub faq_id: Option<String>,
    pub title: String,
    pub page: Option<u32>,
    pub heading: Option<String>,
    pub quote: String,
    pub url: String,
}

impl Answer {
    #[track_caller]
    pub fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_value(reply.json()).unwrap_or_else(|error| panic!("{error}: {}", reply.text()))
    }
}

impl Citation {
    /// The path of the passage on the node that answered.
    pub fn path(&self) -> String {
        let at = self.url.find("/passages/").expect("a citation links to its passage");
        self.url[at..].to_owned()
    }
}
