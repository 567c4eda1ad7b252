//! HTTP as tests speak it: nothing is followed, retried or unpacked behind their back.

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::time::Duration;

/// A client that asks no proxy. The crate wants to know who does its cryptography, also where nothing is encrypted;
/// only the first call of a process tells it.
pub fn client() -> reqwest::ClientBuilder {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy()
}

/// A server that tests speak to, in this process or in another.
#[derive(Clone)]
pub struct Site {
    http: reqwest::Client,
    pub base: String,
}

impl Site {
    pub fn at(address: std::net::SocketAddr) -> Self {
        let http = client()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            // A test that waits for another process does not see meanwhile that the server has closed a connection.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client without TLS can always be made");
        Self { http, base: format!("http://{address}") }
    }

    /// A request that tests add headers to.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A GET without any credential.
    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub async fn of(request: RequestBuilder) -> Self {
        Self::try_of(request).await.expect("the server answers")
    }

    /// None when the server went away.
    pub async fn try_of(request: RequestBuilder) -> Option<Self> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        Some(Self { status, headers, bytes })
    }

    /// The same answer, once its status was found to be this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Checks that the request was refused with this status and stable code; returns the sentence.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> String {
        let reply = self.expect(status);
        let body = reply.json();
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(reply.header("content-type"), "application/problem+json");
        body["detail"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The pointers of the fields that are wrong.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| Some(error["pointer"].as_str()?.to_owned())).collect()
    }
}
