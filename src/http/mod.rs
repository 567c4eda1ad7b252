//! FLOOR 3: what the world asks over HTTP, and what it is told.
//!
//! **A route is one row** of the table in [`routes`]: method, path, operation, access rule, limit class, handler.
//! The row and the handler's typed signature are the one truth: the OpenAPI document, the access sweep and the
//! limits are derived from them. A handler is a plain async function:
//!
//! ```text
//! #[derive(Deserialize, JsonSchema)]
//! #[serde(deny_unknown_fields)]
//! struct NewFaq { question: String, answer: String }
//!
//! #[derive(Deserialize, JsonSchema)]
//! struct FaqPath { id: FaqId }
//!
//! async fn create(call: Call<ClientScope, NoPath, NoQuery, Json<NewFaq>>) -> Result<Created<FaqView>, Problem> {
//!     let Json(new) = call.body;
//!     let faq = …;                                   // rooms' errors become problems by `From`
//!     Ok(Created { location: format!("/api/faqs/{}", faq.id), body: faq.into() })
//! }
//!
//! async fn get_one(call: Call<ClientScope, FaqPath>) -> Result<Versioned<Json<FaqView>>, Problem> { … }
//!
//! post("/api/faqs", operation("createFaq", "Knowledge", "Add a question with its answer."),
//!      Key(KeyScope::KnowledgeWrite), Limit::KeyWrite, create).takes_idempotency_key()
//!          .may_answer(&[Code::QuotaReached]),
//! get("/api/faqs/{id}", operation("getFaq", "Knowledge", "Read one question."),
//!     Key(KeyScope::KnowledgeRead), Limit::Key, get_one).may_answer(&[Code::NotFound]),
//! ```
//!
//! The access rule decides at compile time which caller a handler may ask for: `ClientScope` behind [`access::Key`],
//! `Anyone` behind [`access::Public`], `AgencyScope` behind [`access::Setup`]. Further words of a row:
//! `.cross_origin()` (the widget's), `.hidden()` (not in the OpenAPI document), `.within_ms(…)`, `.takes_if_match()`.
//! Upload rows take [`Upload`] as their body and say `.within_ms(UPLOAD_TIMEOUT_MS)`.
//!
//! It promises: every failure is RFC 9457 with a request id; every row has an access rule and a limit; every answer
//! carries the security headers; nothing that came in with a request is logged. It does not decide anything about
//! the business. Start reading at [`routes`], then [`endpoint`].

pub mod access;
pub mod address;
pub mod api;
pub mod assets;
pub mod backup_metrics;
pub mod body;
pub mod cookies;
pub mod dashboard;
pub mod endpoint;
pub mod gatekeeper;
pub mod hooks;
pub mod limits;
pub mod llm_metrics;
pub mod meta;
pub mod metrics;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod problem_codes;
pub mod public;
pub mod reply;
pub mod room_problems;
pub mod route;
pub mod routes;
pub mod server;
pub mod upload;

mod middleware;
mod ops;
mod parameters;
mod prose;

pub use access::{
    Agency, AgencyStaff, Anyone, ClientMember, Key, KeyScope, Member, Metrics, Public, Setup, SignedIn,
};
pub use body::{Form, Json, NoBody};
pub use endpoint::{Call, NoPath, NoQuery};
pub use limits::Limit;
pub use problem::Problem;
pub use problem_codes::Code;
pub use reply::{
    Accepted, AcceptedOrKnown, Created, Download, Events, File, Html, JsonOrEvents, JsonWithStatus,
    NoContent, Reply, Versioned,
};
pub use route::{Route, delete, get, operation, patch, post, put};
pub use upload::Upload;

use crate::domain::Environment;
use crate::ground::ids::RequestId;
use crate::ground::limits::BYTES_PER_MB;
use crate::ground::time::Timestamp;
use crate::store::directory;
use crate::store::mounts::Ephemeral;
use access::Gatekeeper;
use address::{Site, TrustedProxies};
use limits::{LimitSettings, Limiter};
use metrics::HttpMetrics;
use prometheus_client::registry::Registry;
use std::path::PathBuf;
use std::sync::Arc;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct HttpState {
    pub frame: Arc<Frame>,
    /// The tools of the rooms.
    pub env: Environment,
    pub node: Arc<Node>,
}

/// What handlers know of the node that they run on.
#[derive(Debug, Clone)]
pub struct Node {
    pub data_root: PathBuf,
    /// Whether the data directory goes with the container.
    pub ephemeral_data: Option<Ephemeral>,
    /// Below this much free space uploads are refused.
    pub free_disk_bytes_min: u64,
    pub upload_bytes_max: u64,
    /// What visitors see where a client has named nothing.
    pub product_name: String,
    /// What the form of the first run proposes; may be empty.
    pub agency_name: String,
    /// Where people ask for help; may be empty.
    pub support_email: String,
    /// Whether people may sign in over plain http from elsewhere.
    pub is_insecure_allowed: bool,
    /// Streams of live events that may be open.
    pub streams: Arc<tokio::sync::Semaphore>,
    /// Cancelled when the process is to stop: streams without an end of their own end then.
    pub stopping: tokio_util::sync::CancellationToken,
    pub ready_cache: public::health::ReadyCache,
    pub served_clients: public::served::ServedClients,
    /// What vendors deliver to.
    pub hooks: hooks::Hooks,
}

impl HttpState {
    /// Refuses work that needs space while there is little left.
    pub fn require_disk_space(&self) -> Result<(), Problem> {
        match directory::free_bytes(&self.node.data_root) {
            Some(free) if free < self.node.free_disk_bytes_min => Err(Problem::with_detail(
                Code::DiskFull,
                "The server has little space left and takes no uploads now. Ask its operator to free some space.",
            )),
            _ => Ok(()),
        }
    }

    /// 413, with the limit of this node.
    pub fn upload_too_large(&self) -> Problem {
        let mb = self.node.upload_bytes_max / BYTES_PER_MB;
        Problem::with_detail(
            Code::PayloadTooLarge,
            format!("A file may have at most {mb} MB. Split it and upload the parts."),
        )
    }
}

/// What the frame around the handlers needs.
pub struct Frame {
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Makes the id of a request that came in at this time.
    pub request_ids: Arc<dyn Fn(Timestamp) -> RequestId + Send + Sync>,
    pub settings: HttpSettings,
    pub gatekeeper: Arc<dyn Gatekeeper>,
    pub limiter: Limiter,
    pub metrics: HttpMetrics,
    /// Everything that `/metrics` shows.
    pub registry: Arc<Registry>,
}

/// The settings of the frame.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    pub trusted_proxies: TrustedProxies,
    /// The site of every request, where the operator has named one.
    pub fixed_site: Option<Site>,
    /// The site of a request that names no host.
    pub public_site: Site,
    /// Milliseconds for a body to arrive, and for an answer to begin.
    pub request_timeout_ms: u64,
    pub limits: LimitSettings,
}

/// For tests of the frame; a node's figures come from its configuration.
#[cfg(test)]
impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            trusted_proxies: TrustedProxies::default(),
            fixed_site: None,
            public_site: Site { scheme: address::Scheme::Http, host: "localhost:8080".to_owned() },
            request_timeout_ms: crate::ground::limits::REQUEST_TIMEOUT_MS,
            limits: LimitSettings::default(),
        }
    }
}

#[cfg(test)]
mod tests;
