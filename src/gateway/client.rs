//! What all calls over HTTP share: the client, the gate that each of its requests goes through
//! ([`network`](super::network)), and how long a server asks to wait.
//!
//! Certificates are judged by Mozilla's roots, which are built in, so that an image needs no certificates of its
//! own.

use super::network::{self, Refused};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder};
use std::sync::Arc;
use std::time::Duration;

/// Why an HTTP client cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("an HTTP client cannot be made")]
pub struct ClientError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The client of one gateway. Nobody gets at what is inside, so no request goes around the gate.
#[derive(Debug, Clone)]
pub(super) struct HttpClient(Client);

impl HttpClient {
    pub(super) fn get(&self, address: &str) -> Result<RequestBuilder, Refused> {
        network::admit_url(address)?;
        Ok(self.0.get(address))
    }

    pub(super) fn post(&self, address: &str) -> Result<RequestBuilder, Refused> {
        network::admit_url(address)?;
        Ok(self.0.post(address))
    }
}

/// A client that speaks to the address it is given and nobody else: no proxy of the environment, no redirect, which
/// could carry a key elsewhere.
pub(super) fn to_one_address(connect: Duration) -> Result<HttpClient, ClientError> {
    build(base(connect)?.no_proxy().redirect(Policy::none()))
}

/// With the authorities' certificates; redirects and proxies are the caller's choice. A redirect must ask the gate
/// anew, and no proxy stands between a closed network and what it allows.
pub(super) fn base(connect: Duration) -> Result<ClientBuilder, ClientError> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = Client::builder().tls_backend_preconfigured(tls).connect_timeout(connect);
    Ok(if network::is_closed() { builder.no_proxy() } else { builder })
}

pub(super) fn build(builder: ClientBuilder) -> Result<HttpClient, ClientError> {
    builder.build().map(HttpClient).map_err(|error| ClientError(error.into()))
}

/// `Retry-After` (RFC 9110, 10.2.3) in milliseconds: a number of seconds, or a date, which is read against the date
/// of the answer, so that the two clocks need not agree.
pub(super) fn retry_after_ms(headers: &HeaderMap) -> Option<u64> {
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
    use reqwest::header::{HeaderName, HeaderValue};

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
