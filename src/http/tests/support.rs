//! Toy rows about pets, and a gatekeeper that knows three keys.

use crate::ground::ids::{ApiKeyId, ClientId, Id as _, RequestId};
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::ground::time::Timestamp;
use crate::http::access::{Access, Admission, Gatekeeper, Presented};
use crate::http::limits::{LimitSettings, Limiter};
use crate::http::metrics::HttpMetrics;
use crate::http::routes::router_of;
use crate::http::*;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use prometheus_client::registry::Registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tower::ServiceExt as _;
use ulid::Ulid;

pub(crate) const READER: &str = "snip_sk_reader";
pub(crate) const WRITER: &str = "snip_sk_writer";
pub(crate) const INACTIVE: &str = "snip_sk_inactive";

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPet {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) legs: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PetView {
    pub(crate) name: String,
    pub(crate) legs: u8,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PetPath {
    /// The pet.
    pub(crate) id: u32,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PetList {
    /// How many at most.
    pub(crate) limit: Option<u32>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct SetupPath {
    #[expect(dead_code, reason = "the gatekeeper reads it")]
    pub(crate) token: String,
}

pub(crate) async fn create(
    call: Call<ClientScope, NoPath, NoQuery, Json<NewPet>>,
) -> Result<Created<PetView>, Problem> {
    let Json(pet) = call.body;
    let location = format!("/pets/{}", call.meta.idempotency_key.as_deref().unwrap_or("1"));
    Ok(Created { location, body: PetView { name: pet.name, legs: pet.legs } })
}

async fn list(call: Call<ClientScope, NoPath, PetList>) -> Result<Json<Vec<PetView>>, Problem> {
    let legs = u8::try_from(call.query.limit.unwrap_or(4)).unwrap_or(u8::MAX);
    Ok(Json(vec![PetView { name: call.caller.client_id().to_string(), legs }]))
}

async fn get_one(call: Call<Anyone, PetPath>) -> Result<Versioned<Json<PetView>>, Problem> {
    match call.path.id {
        404 => Err(Problem::not_found()),
        500 => Err(Problem::internal(std::io::Error::other("the disk said something private"))),
        501 => panic!("a private panic"),
        503 => std::future::pending().await,
        id => Ok(Json(PetView { name: id.to_string(), legs: 4 }).versioned(7)),
    }
}

async fn edit(call: Call<ClientScope, PetPath, NoQuery, Json<NewPet>>) -> Result<NoContent, Problem> {
    match call.meta.if_match {
        Some(seen) if seen.expected(7).is_some_and(|version| version != 7) => {
            Err(Problem::new(Code::StaleVersion))
        }
        Some(_) => Ok(NoContent),
        None => Ok(NoContent),
    }
}

async fn upload(mut call: Call<ClientScope, NoPath, NoQuery, Upload>) -> Result<Accepted<PetView>, Problem> {
    let mut file = call.body.file().await?;
    let mut bytes = 0;
    while let Some(piece) = file.next_piece().await? {
        bytes += piece.len();
    }
    let view = PetView { name: file.name().to_owned(), legs: u8::try_from(bytes).unwrap_or(255) };
    call.body.end().await?;
    Ok(Accepted(view))
}

async fn chat(call: Call<Anyone, NoPath, NoQuery, Json<NewPet>>) -> Result<JsonOrEvents<PetView>, Problem> {
    call.take_for_client(&client())?;
    if call.meta.accepts_events {
        let frames = ["id: 1\ndata: hello\n\n", "id: 2\ndata: world\n\n"];
        let frames = futures_util::stream::iter(frames.map(|frame| Bytes::from_static(frame.as_bytes())));
        return Ok(JsonOrEvents::Events(Events::new(frames)));
    }
    Ok(JsonOrEvents::Json(PetView { name: call.body.0.name, legs: 2 }))
}

async fn setup(call: Call<AgencyScope, SetupPath, NoQuery, Form<NewPet>>) -> Result<Html, Problem> {
    Ok(Html(format!("{} is set up", call.body.0.name)))
}

pub(crate) fn rows() -> Vec<Route> {
    let why = "the toy shop shows its pets to everybody";
    let (read, write) = (Key(KeyScope::KnowledgeRead), Key(KeyScope::KnowledgeWrite));
    vec![
        post("/pets", operation("createPet", "Pets", "Add a pet."), write, Limit::KeyWrite, create)
            .takes_idempotency_key()
            .may_answer(&[Code::QuotaReached]),
        get("/pets", operation("listPets", "Pets", "List the pets."), read, Limit::Key, list),
        get(
            "/pets/{id}",
            operation("getPet", "Pets", "Read one pet."),
            Public(why),
            Limit::PublicRead,
            get_one,
        )
        .cross_origin()
        .may_answer(&[Code::NotFound])
        .within_ms(30),
        patch("/pets/{id}", operation("editPet", "Pets", "Change a pet."), write, Limit::KeyWrite, edit)
            .takes_if_match(),
        post(
            "/pets/photos",
            operation("uploadPhoto", "Pets", "Add a photo."),
            write,
            Limit::KeyWrite,
            upload,
        ),
        post("/chat", operation("chat", "Chat", "Say something."), Public(why), Limit::Chat, chat)
            .cross_origin(),
        post("/setup/{token}", operation("setUp", "Setup", "Set up."), Setup, Limit::Setup, setup).hidden(),
    ]
}

pub(crate) fn client() -> ClientId {
    ClientId::from_ulid(Ulid::from_parts(1, 7))
}

struct FakeGatekeeper;

impl Gatekeeper for FakeGatekeeper {
    fn admit<'a>(
        &'a self,
        access: Access,
        presented: Presented<'a>,
    ) -> BoxFuture<'a, Result<Admission, Problem>> {
        let credential = presented.credential.map(|secret| secret.reveal().as_str());
        let admission = match (access, credential) {
            (Access::Key(_), Some(READER)) => Ok(key(1, &[KeyScope::KnowledgeRead])),
            (Access::Key(_), Some(WRITER)) => {
                Ok(key(2, &[KeyScope::KnowledgeRead, KeyScope::KnowledgeWrite]))
            }
            (Access::Key(_), Some(INACTIVE)) => Err(Problem::new(Code::ClientInactive)),
            (Access::Setup, Some("open-sesame")) => Ok(Admission::Setup(AgencyScope::from_setup_link())),
            (Access::Setup, _) => Err(Problem::new(Code::SetupLinkInvalid)),
            (Access::Metrics, Some("metrics-token")) => Ok(Admission::Metrics),
            _ => Err(Problem::new(Code::Unauthorized)),
        };
        async move { admission }.boxed()
    }
}

fn key(id: u128, scopes: &[KeyScope]) -> Admission {
    let scope = ClientScope::from_key(client(), ApiKeyId::from_ulid(Ulid::from_parts(1, id)));
    Admission::Key { scope, scopes: scopes.iter().copied().collect(), withheld: Vec::new() }
}

/// A router with its clock in the hand.
pub(crate) struct Toy {
    pub(crate) router: Router,
    now_ms: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem's code, or the empty text.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Toy {
    pub(crate) fn new() -> Self {
        Self::with(HttpSettings { request_timeout_ms: 200, ..HttpSettings::default() }, rows())
    }

    pub(crate) fn with(settings: HttpSettings, rows: Vec<Route>) -> Self {
        let now_ms = Arc::new(AtomicI64::new(1_795_000_000_000));
        let (clock, counter) = (Arc::clone(&now_ms), AtomicU64::new(0));
        let mut registry = Registry::default();
        let metrics = HttpMetrics::register(&mut registry);
        let frame = Frame {
            clock: Arc::new(move || Timestamp::from_ms(clock.load(Ordering::SeqCst))),
            request_ids: Arc::new(move |now| {
                let random = u128::from(counter.fetch_add(1, Ordering::SeqCst));
                RequestId::from_ulid(Ulid::from_parts(now.as_ms().unsigned_abs(), random))
            }),
            limiter: Limiter::new(settings.limits.clone()),
            settings,
            gatekeeper: Arc::new(FakeGatekeeper),
            metrics,
            registry: Arc::new(registry),
        };
        let (state, folder) = with_store(frame);
        Self { router: router_of(rows, state), now_ms, _folder: folder }
    }

    pub(crate) fn with_limits(limits: LimitSettings) -> Self {
        Self::with(HttpSettings { limits, ..HttpSettings::default() }, rows())
    }

    pub(crate) fn advance_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn ask(&self, line: &str, headers: &[(&'static str, &str)], body: &str) -> Answer {
        self.send(request(line, headers, body.to_owned())).await
    }
}

/// A request from `"POST /pets"`, from 198.51.100.7.
pub(crate) fn request(line: &str, headers: &[(&'static str, &str)], body: impl Into<Body>) -> Request<Body> {
    let (method, uri) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(uri).header("host", "toys.example");
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_str(value).unwrap());
    }
    let peer: SocketAddr = "198.51.100.7:4711".parse().unwrap();
    request.extension(ConnectInfo(peer)).body(body.into()).unwrap()
}

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

pub(crate) const fn with_key(key: &'static str) -> (&'static str, &'static str) {
    ("x-api-key", key)
}

/// The frame with a real store in a folder of its own: the toy rows do not touch it, but no handler can be
/// without.
fn with_store(frame: Frame) -> (HttpState, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let layout = crate::store::directory::Layout::new(folder.path());
    let sources = crate::app::Sources {
        clock: Arc::new(crate::store::ManualClock::at(Timestamp::from_ms(1))),
        ids: Arc::new(crate::store::IdSource::seeded(1)),
        parser: crate::domain::knowledge::parser::Parser::of_this_program(),
    };
    let store = crate::app::OpenStore::open(layout, sources).unwrap();
    let app = crate::app::App::assemble(store, &crate::config::Settings::default()).unwrap();
    let state = HttpState { frame: Arc::new(frame), ..app.state.clone() };
    (state, folder)
}
