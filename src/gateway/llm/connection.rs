//! The HTTP side of a provider: one client with its connections, and one call.

use super::LlmError;
use super::options::Patience;
use crate::ground::limits::LLM_ERROR_BYTES_MAX;
use futures_util::StreamExt as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use std::sync::Arc;

/// Why the HTTP client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for language models cannot be made")]
pub struct ConnectionError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A client that speaks to the given address and nobody else: no proxy of the environment, no redirect, which could
/// carry a key elsewhere. Certificates are judged by Mozilla's roots, which are built in, so that an image needs no
/// certificates of its own.
pub(super) fn client(patience: &Patience) -> Result<Client, ConnectionError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectionError(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(patience.connect)
        .build()
        .map_err(|error| ConnectionError(error.into()))
}

/// Posts the body; an answer with another status than 200 is an error that says what follows from it.
pub(super) async fn post(
    http: &Client,
    address: &str,
    headers: &[(&'static str, String)],
    body: &Value,
) -> Result<Response, LlmError> {
    let mut request = http.post(address).header("accept", "text/event-stream").json(body);
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
    let retry_after_ms = retry_after_ms(response.headers());
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

/// `Retry-After` (RFC 9110, 10.2.3) in milliseconds: a number of seconds, or a date, which is read against the date
/// of the answer, so that the two clocks need not agree.
fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(ms) = text("retry-after-ms").and_then(|text| text.parse().ok()) {
        return Some(ms);
    }
    let after = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = after.parse::<f64>() {
        return std::time::Duration::try_from_secs_f64(seconds).ok()?.as_millis().try_into().ok();
    }
    let date =
        |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp().as_millisecond());
    let wait_ms = date(after)?.saturating_sub(date(text("date")?)?);
    Some(u64::try_from(wait_ms).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        retry_after_ms(&pairs.collect())
    }

    // CHT-8
    #[test]
    fn how_long_to_wait_is_read_from_seconds_milliseconds_and_dates() {
        let date = ("date", "Fri, 27 Nov 2026 10:00:00 GMT");

        assert_eq!(waits(&[("retry-after", "2")]), Some(2_000));
        assert_eq!(waits(&[("retry-after", "0.5")]), Some(500));
        assert_eq!(waits(&[("retry-after", "3"), ("retry-after-ms", "250")]), Some(250));
        assert_eq!(waits(&[("retry-after", "Fri, 27 Nov 2026 10:00:07 GMT"), date]), Some(7_000));
        assert_eq!(waits(&[("retry-after", "Fri, 27 Nov 2026 09:00:00 GMT"), date]), Some(0));
        for nonsense in ["", "soon", "-3", "1e300"] {
            assert_eq!(waits(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
        assert_eq!(waits(&[]), None);
    }
}
