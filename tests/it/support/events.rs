//! A stream of events as a browser reads it.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: Value,
}

impl Event {
    pub fn text(&self) -> &str {
        self.data["text"].as_str().unwrap_or_default()
    }
}

/// A stream that is being read.
pub struct EventStream {
    pub response: Response,
    unread: Vec<u8>,
}

impl EventStream {
    /// Opens the stream and checks that it is one.
    pub async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.expect("the server answers");
        let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        if kind != Some("text/event-stream") {
            panic!("no stream: {} {}", response.status(), response.text().await.unwrap_or_default());
        }
        Self { response, unread: Vec::new() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The next event; None at the end. Signs of life are passed over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
                match event_of(&String::from_utf8(frame).expect("events are UTF-8")) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            match chunk.expect("the stream gives a sign of life in time") {
                Ok(Some(bytes)) => self.unread.extend_from_slice(&bytes),
                Ok(None) | Err(_) => return None,
            }
        }
    }

    /// Everything up to the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    /// Reads until the event of this name.
    pub async fn until(&mut self, name: &str) -> Event {
        while let Some(event) = self.next().await {
            if event.name == name {
                return event;
            }
        }
        panic!("the stream ended without `{name}`");
    }
}

/// The event of a frame; None for a comment.
fn event_of(frame: &str) -> Option<Event> {
    let field = |name: &str| {
        frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).map(str::to_owned)
    };
    Some(Event {
        id: field("id").unwrap_or_default(),
        name: field("event")?,
        data: serde_json::from_str(&field("data")?).expect("data is JSON"),
    })
}

/// The text that the events carry.
pub fn text_of(events: &[Event]) -> String {
    events.iter().filter(|event| event.name == "delta").map(Event::text).collect()
}

/// The names of the events, with runs of text as one.
pub fn names_of(events: &[Event]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    names.dedup();
    names
}
