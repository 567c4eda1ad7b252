//! The HTTP side of a provider: one client with its connections, and one call.

use super::LlmError;
use super::options::Patience;
use crate::gateway::client::{self, HttpClient};
use crate::ground::limits::LLM_ERROR_BYTES_MAX;
use futures_util::StreamExt as _;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use serde_json::Value;

/// Why the HTTP client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for language models cannot be made")]
pub struct ConnectionError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A client that speaks to the given address and nobody else: no proxy of the environment, no redirect, which could
/// carry a key elsewhere.
pub(super) fn client(patience: &Patience) -> Result<HttpClient, ConnectionError> {
    client::to_one_address(patience.connect).map_err(|error| ConnectionError(error.into()))
}

/// Posts the body; an answer with another status than 200 is an error that says what follows from it.
pub(super) async fn post(
    http: &HttpClient,
    address: &str,
    headers: &[(&'static str, String)],
    body: &Value,
) -> Result<Response, LlmError> {
    let mut request = http.post(address)?.header("accept", "text/event-stream").json(body);
    for (name, value) in headers {
        let (name, value) = (HeaderName::from_static(name), HeaderValue::from_str(value));
        let Ok(mut value) = value else {
            // A key that no header can hold; the settings refuse it, a test's options may not.
            return Err(LlmError::KeyRefused { status: 0 });
        };
        value.set_sensitive(true);
        request = request.header(name, value);
    }
    let response = request.send().await.map_err(|_| LlmError::Unreachable)?;
    match response.status() {
        StatusCode::OK => Ok(response),
        status => Err(refusal(status, response).await),
    }
}

async fn refusal(status: StatusCode, response: Response) -> LlmError {
    let retry_after_ms = client::retry_after_ms(response.headers());
    let code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => LlmError::KeyRefused { status: code },
        StatusCode::TOO_MANY_REQUESTS => LlmError::TooManyRequests { retry_after_ms },
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_EARLY => {
            LlmError::ServerFailed { status: code, retry_after_ms }
        }
        _ if status.is_server_error() => LlmError::ServerFailed { status: code, retry_after_ms },
        _ if status.is_client_error() => {
            let reason = super::wire::reason_in(&beginning_of(response).await);
            LlmError::RequestRefused { status: code, reason }
        }
        _ => LlmError::NotAnAnswer,
    }
}

/// The first bytes of a body; enough for a reason.
async fn beginning_of(response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut body = response.bytes_stream();
    while let Some(Ok(piece)) = body.next().await {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LLM_ERROR_BYTES_MAX {
            break;
        }
    }
    bytes
}
