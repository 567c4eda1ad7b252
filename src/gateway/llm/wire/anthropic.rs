//! Anthropic's messages (Anthropic, "Streaming messages").

use super::{Dialect, Sign, find_error, rounded};
use crate::gateway::llm::sse::SseEvent;
use crate::gateway::llm::{Generation, LlmError};
use serde_json::{Value, json};

/// The version of the interface that this file speaks.
pub(super) const VERSION: &str = "2023-06-01";
/// This interface's temperatures end at 1.
const TEMPERATURE_MAX: f64 = 1.0;

pub(super) fn body(model: &str, generation: &Generation, dialect: &Dialect) -> Value {
    let said = generation.prompt.messages.iter();
    let said = said.map(|message| json!({ "role": message.role.as_str(), "content": message.text }));
    let messages: Vec<Value> = said.collect();
    let mut body = json!({
        "model": model,
        "system": generation.prompt.system,
        "messages": messages,
        "max_tokens": generation.output_tokens_max,
        "stream": true,
    });
    let temperature = generation.temperature.filter(|_| dialect.takes_temperature());
    if let (Some(temperature), Some(fields)) = (temperature, body.as_object_mut()) {
        fields.insert("temperature".to_owned(), rounded(temperature).min(TEMPERATURE_MAX).into());
    }
    body
}

pub(super) fn read_event(event: &SseEvent) -> Vec<Sign> {
    let Ok(body) = serde_json::from_str::<Value>(&event.data) else {
        return vec![Sign::Failed(LlmError::NotAnAnswer)];
    };
    if let Some(error) = find_error(&body) {
        return vec![Sign::Failed(error)];
    }
    match body.get("type").and_then(Value::as_str) {
        Some("message_start") => counts(body.pointer("/message/usage")),
        Some("content_block_delta") => {
            let text = body.pointer("/delta/text").and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(|text| Sign::Text(text.to_owned())).into_iter().collect()
        }
        Some("message_delta") => {
            let mut signs = counts(body.get("usage"));
            if body.pointer("/delta/stop_reason").is_some_and(Value::is_string) {
                signs.push(Sign::Finished);
            }
            signs
        }
        Some("message_stop") => vec![Sign::End],
        // `ping`, and whatever is added: "new event types may be added, and your code should handle unknown event
        // types gracefully".
        _ => Vec::new(),
    }
}

pub(super) fn read_whole(body: &Value) -> Vec<Sign> {
    let Some(blocks) = body.get("content").and_then(Value::as_array) else {
        return vec![Sign::Failed(LlmError::NotAnAnswer)];
    };
    let texts = blocks.iter().filter_map(|block| block.get("text")?.as_str());
    let mut signs: Vec<Sign> =
        texts.filter(|text| !text.is_empty()).map(|text| Sign::Text(text.to_owned())).collect();
    signs.extend(counts(body.get("usage")));
    signs.push(Sign::End);
    signs
}

/// What was read from the provider's cache counts as read.
fn counts(usage: Option<&Value>) -> Vec<Sign> {
    let count = |name: &str| usage.and_then(|usage| usage.get(name)?.as_u64());
    let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"];
    let cached: u64 = cached.into_iter().filter_map(count).sum();
    let input = count("input_tokens").map(|tokens| Sign::InputTokens(tokens.saturating_add(cached)));
    let output = count("output_tokens").map(Sign::OutputTokens);
    input.into_iter().chain(output).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::llm::Prompt;

    fn read(data: &str) -> Vec<Sign> {
        read_event(&SseEvent { name: String::new(), data: data.to_owned() })
    }

    // CHT-6
    #[test]
    fn the_system_text_stands_apart_and_the_temperature_keeps_its_range() {
        let prompt = Prompt { system: "Be brief.".to_owned(), messages: Vec::new() };
        let generation = Generation { prompt, model: None, temperature: Some(1.7), output_tokens_max: 9 };

        assert_eq!(
            body("m", &generation, &Dialect::default()),
            json!({
                "model": "m",
                "system": "Be brief.",
                "messages": [],
                "max_tokens": 9,
                "stream": true,
                "temperature": 1.0,
            })
        );
    }

    #[test]
    fn events_are_read_for_text_end_and_counts() {
        let start = r#"{"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":1}}}"#;
        let stop =
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#;

        assert_eq!(read(start), [Sign::InputTokens(7), Sign::OutputTokens(1)]);
        assert_eq!(
            read(r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi"}}"#),
            [Sign::Text("Hi".to_owned())]
        );
        assert_eq!(
            read(r#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"Hm"}}"#),
            []
        );
        assert_eq!(read(stop), [Sign::OutputTokens(9), Sign::Finished]);
        assert_eq!(read(r#"{"type":"message_stop"}"#), [Sign::End]);
        assert_eq!(read(r#"{"type":"ping"}"#), []);
        assert_eq!(
            read(r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#),
            [Sign::Failed(LlmError::ReportedError { reason: "Overloaded".to_owned() })]
        );
    }

    #[test]
    fn an_answer_that_comes_whole_is_taken_too() {
        let body = json!({ "content": [{ "type": "text", "text": "Hi" }], "usage": { "input_tokens": 1 } });

        assert_eq!(read_whole(&body), [Sign::Text("Hi".to_owned()), Sign::InputTokens(1), Sign::End]);
        assert_eq!(read_whole(&json!([])), [Sign::Failed(LlmError::NotAnAnswer)]);
    }
}
