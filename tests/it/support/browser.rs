//! A person in a browser: a cookie, the page's origin, and the token for writes.

use super::http::{Reply, Site};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Browser {
    pub site: Site,
    /// `session=…`
    pub cookie: String,
    pub csrf_token: String,
}

impl Browser {
    /// Takes up the session of an answer that began one.
    #[track_caller]
    pub fn of(site: &Site, reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{}", reply.text());
        let cookie = reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let csrf_token = reply.json()["csrf_token"].as_str().expect("a session has a token").to_owned();
        Self { site: site.clone(), cookie, csrf_token }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.site.request(method.clone(), path).header("cookie", &self.cookie);
        if method == Method::GET {
            return request;
        }
        request.header("origin", &self.site.base).header("x-csrf-token", &self.csrf_token)
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(Method::DELETE, path)).await
    }

    /// The first membership of the session.
    pub async fn membership(&self) -> Value {
        self.get("/api/session").await.expect(200).json()["memberships"][0].clone()
    }
}

impl Site {
    /// A post of our own page by somebody who is not signed in.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.request(Method::POST, path).header("origin", &self.base).json(&body)).await
    }

    pub async fn ask_to_sign_in(&self, email: &str) -> Reply {
        self.post("/api/sign-in", json!({ "email": email })).await
    }

    pub async fn enter_code(&self, email: &str, code: &str) -> Reply {
        self.post("/api/sign-in/code", json!({ "email": email, "code": code })).await
    }
}
