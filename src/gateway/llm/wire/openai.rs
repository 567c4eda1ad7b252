//! OpenAI's chat completions, as OpenAI, xAI, Ollama, llama.cpp, vLLM and LM Studio speak it.

use super::{Dialect, Sign, find_error, rounded};
use crate::gateway::llm::options::ProviderName;
use crate::gateway::llm::sse::SseEvent;
use crate::gateway::llm::{Generation, LlmError};
use serde_json::{Value, json};

pub(super) fn body(provider: ProviderName, model: &str, generation: &Generation, dialect: &Dialect) -> Value {
    let system = json!({ "role": "system", "content": generation.prompt.system });
    let said = generation.prompt.messages.iter();
    let said = said.map(|message| json!({ "role": message.role.as_str(), "content": message.text }));
    let messages: Vec<Value> = [system].into_iter().chain(said).collect();
    let mut body = json!({
        "model": model,
        "messages": messages,
        "stream": true,
    });
    // OpenAI's newer models take the second name only, servers of open models often the first only.
    let is_openai = provider == ProviderName::OpenAi;
    let length =
        if is_openai == dialect.is_length_swapped() { "max_tokens" } else { "max_completion_tokens" };
    set(&mut body, length, generation.output_tokens_max.into());
    if let Some(temperature) = generation.temperature.filter(|_| dialect.takes_temperature()) {
        set(&mut body, "temperature", rounded(temperature).into());
    }
    if dialect.takes_stream_options() {
        set(&mut body, "stream_options", json!({ "include_usage": true }));
    }
    body
}

fn set(body: &mut Value, name: &str, value: Value) {
    if let Some(fields) = body.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

pub(super) fn read_event(event: &SseEvent) -> Vec<Sign> {
    let data = event.data.trim();
    if data == "[DONE]" {
        return vec![Sign::End];
    }
    let Ok(chunk) = serde_json::from_str::<Value>(data) else {
        return vec![Sign::Failed(LlmError::NotAnAnswer)];
    };
    if let Some(error) = find_error(&chunk) {
        return vec![Sign::Failed(error)];
    }
    read_choice(&chunk, "delta")
}

pub(super) fn read_whole(body: &Value) -> Vec<Sign> {
    let mut signs = read_choice(body, "message");
    let is_answer = body.get("choices").is_some();
    signs.push(if is_answer { Sign::End } else { Sign::Failed(LlmError::NotAnAnswer) });
    signs
}

fn read_choice(body: &Value, part: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let choice = body.pointer("/choices/0");
    let content = choice.and_then(|choice| choice.get(part)?.get("content"));
    if let Some(text) = content.and_then(Value::as_str).filter(|text| !text.is_empty()) {
        signs.push(Sign::Text(text.to_owned()));
    }
    if choice.and_then(|choice| choice.get("finish_reason")).is_some_and(Value::is_string) {
        signs.push(Sign::Finished);
    }
    let count = |name: &str| body.get("usage")?.get(name)?.as_u64();
    signs.extend(count("prompt_tokens").map(Sign::InputTokens));
    signs.extend(count("completion_tokens").map(Sign::OutputTokens));
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::llm::{Prompt, PromptMessage, PromptRole};

    fn generation() -> Generation {
        let message = PromptMessage { role: PromptRole::User, text: "Hello".to_owned() };
        Generation {
            prompt: Prompt { system: "Be brief.".to_owned(), messages: vec![message] },
            model: None,
            temperature: Some(0.3),
            output_tokens_max: 100,
        }
    }

    fn read(data: &str) -> Vec<Sign> {
        read_event(&SseEvent { name: String::new(), data: data.to_owned() })
    }

    // CHT-6
    #[test]
    fn a_request_asks_for_a_stream_with_its_counts() {
        let body = body(ProviderName::OpenAiCompatible, "m", &generation(), &Dialect::default());

        assert_eq!(
            body,
            json!({
                "model": "m",
                "messages": [
                    { "role": "system", "content": "Be brief." },
                    { "role": "user", "content": "Hello" },
                ],
                "stream": true,
                "max_tokens": 100,
                "temperature": 0.3,
                "stream_options": { "include_usage": true },
            })
        );
    }

    #[test]
    fn what_a_server_refused_is_not_sent_again() {
        let dialect = Dialect::default();
        for refusal in ["stream_options", "temperature", "max_tokens"] {
            assert!(dialect.learn(refusal));
        }

        let body = body(ProviderName::OpenAiCompatible, "m", &generation(), &dialect);

        let fields: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["model", "messages", "stream", "max_completion_tokens"]);
    }

    #[test]
    fn events_are_read_for_text_end_and_counts() {
        let text = |text: &str| Sign::Text(text.to_owned());

        assert_eq!(read(r#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#), []);
        assert_eq!(read(r#"{"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}"#), [text("Hi")]);
        assert_eq!(read(r#"{"choices":[{"delta":{"reasoning_content":"Hm"}}]}"#), []);
        assert_eq!(
            read(r#"{"choices":[{"delta":{"content":"!"},"finish_reason":"stop"}],"usage":null}"#),
            [text("!"), Sign::Finished]
        );
        assert_eq!(
            read(r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#),
            [Sign::InputTokens(7), Sign::OutputTokens(2)]
        );
        assert_eq!(read(" [DONE] "), [Sign::End]);
    }

    #[test]
    fn an_error_or_garbage_inside_a_stream_is_a_failure() {
        assert_eq!(
            read(r#"{"error":{"message":"overloaded"}}"#),
            [Sign::Failed(LlmError::ReportedError { reason: "overloaded".to_owned() })]
        );
        assert_eq!(read("{\"choices\":["), [Sign::Failed(LlmError::NotAnAnswer)]);
        assert_eq!(read("123"), []);
    }

    #[test]
    fn an_answer_that_comes_whole_is_taken_too() {
        let body = json!({
            "choices": [{ "message": { "content": "Hi" }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 3, "completion_tokens": 1 },
        });

        assert_eq!(
            read_whole(&body),
            [
                Sign::Text("Hi".to_owned()),
                Sign::Finished,
                Sign::InputTokens(3),
                Sign::OutputTokens(1),
                Sign::End
            ]
        );
        assert_eq!(read_whole(&json!({ "ok": true })), [Sign::Failed(LlmError::NotAnAnswer)]);
    }
}
