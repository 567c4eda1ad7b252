//! A whole node in this process over a folder of its own, with two clients that each have one of everything.
//!
//! It speaks to the router without sockets. The clock stands still, so nothing expires and no limit refills; each
//! request comes from an address of its own, so that no limit per address is met by chance.

use super::payloads::{logo, upload};
use crate::support::process::BINARY;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use snip::app::{App, OpenStore, Sources};
use snip::config::Settings;
use snip::domain::access::agency_keys::{self, NewAgencyKey};
use snip::domain::access::keys::{self, KeyScope};
use snip::domain::access::sending::SendingError;
use snip::domain::access::sessions::{self, AgencyRight, Place};
use snip::domain::access::sign_up::{self, NewSignUp};
use snip::domain::access::{invitations, key_claims, setup};
use snip::domain::clients::contacts::{self, ContactName};
use snip::domain::clients::serving::Service;
use snip::domain::clients::{self, ClientError, ClientName, ClientPatch, ClientStatus, NewClient};
use snip::domain::conversations::shares::{self, NewShare};
use snip::domain::conversations::{self, ConversationError};
use snip::domain::demo;
use snip::domain::knowledge::parser::Parser;
use snip::domain::notify;
use snip::domain::people::members::{self, Granter, NewMember, Reach};
use snip::domain::people::permissions::{Held, Permission};
use snip::domain::people::{self, InvitationMessage, Organisation, PeopleError, Person, PersonName, Role};
use snip::ground::email_address::EmailAddress;
use snip::ground::ids::{ClientId, MembershipId, PersonSessionId};
use snip::ground::scope::{Actor, AgencyScope, ClientScope};
use snip::ground::secret::Secret;
use snip::ground::time::Timestamp;
use snip::http::Route;
use snip::http::access::Access;
use snip::http::routes::{router, routes};
use snip::store::directory::Layout;
use snip::store::inbox::{InboxMode, NewInboxEvent, Received};
use snip::store::outbox::{OutboxChannel, OutboxFilter, OutboxState};
use snip::store::{DbError, IdSource, ManualClock, PageRequest, inbox, jobs, outbox};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// November 2026.
const START_MS: i64 = 1_795_000_000_000;
const ENGINE_TRIES_MAX: usize = 1_000;
const STREAM_SILENCE: Duration = Duration::from_millis(300);
pub(super) const BOUNDARY: &str = "policy-boundary";

pub(super) struct Node {
    pub app: App,
    pub rows: Vec<Route>,
    /// The agency's owner.
    pub owner: Person,
    router: Router,
    pub(super) peers: AtomicU32,
    _folder: TempDir,
}

/// A session of somebody, as a browser holds it.
pub(super) struct SignedIn {
    pub id: PersonSessionId,
    pub cookie: String,
    pub csrf_token: String,
}

impl SignedIn {
    /// What the page of this node sends along.
    pub(super) fn headers(&self) -> Vec<(&'static str, String)> {
        vec![
            ("cookie", self.cookie.clone()),
            ("origin", "http://node.example".to_owned()),
            ("x-csrf-token", self.csrf_token.clone()),
        ]
    }
}

/// A client with one of everything.
pub(super) struct Tenant {
    pub id: ClientId,
    pub scope: ClientScope,
    /// May do everything that a key can.
    pub key: String,
    pub document: String,
    pub faq: String,
    pub conversation: String,
    pub citation: String,
    pub answer: String,
    pub session: String,
    pub gap: String,
    /// The content hash of the uploaded logo.
    pub logo: String,
}

pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stable code of a problem; empty for any other answer.
    pub(super) fn code(&self) -> String {
        let is_problem = self.header("content-type") == "application/problem+json";
        if is_problem { self.json()["code"].as_str().unwrap_or_default().to_owned() } else { String::new() }
    }
}

/// A body with its content type.
#[derive(Debug, Clone)]
pub(super) struct Payload {
    pub content_type: String,
    pub bytes: Vec<u8>,
}

impl Payload {
    pub(super) fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { content_type: content_type.to_owned(), bytes: bytes.into() }
    }

    pub(super) fn json(value: &Value) -> Self {
        Self::new("application/json", value.to_string())
    }
}

impl Node {
    pub(super) async fn start() -> Self {
        let mut settings = Settings::default();
        settings.billing.webhook_secret = Secret::new("whsec_of_the_policy_tests".to_owned());
        settings.sign_up.enabled = true;
        Self::with(settings).await
    }

    /// A node with these settings, its engine at work, and the demo made.
    pub(super) async fn with(mut settings: Settings) -> Self {
        // The requests of these tests name a host and come over plain http.
        settings.http.allow_insecure = true;
        let folder = tempfile::tempdir().unwrap();
        let sources = Sources {
            clock: Arc::new(ManualClock::at(Timestamp::from_ms(START_MS))),
            ids: Arc::new(IdSource::seeded(7)),
            parser: Parser::of(BINARY.into()),
        };
        let store = OpenStore::open(Layout::new(folder.path()), sources).unwrap();
        let app = App::assemble(store, &settings).unwrap();
        app.start_engine(&settings);
        demo::make(&app.env).await.unwrap();
        let router = router(app.state.clone());
        let made = app.env.db.write(Actor::Operator, |tx| {
            let (name, email) = (PersonName::parse("Olive"), EmailAddress::parse("olive@agency.example"));
            people::put_owner(tx, &AgencyScope::from_operator(), &name.unwrap(), &email.unwrap())
        });
        let owner = made.await.unwrap();
        Self { app, rows: routes(), owner, router, peers: AtomicU32::new(0), _folder: folder }
    }

    /// A new session of this person: some rows end theirs.
    pub(super) async fn sign_in(&self, person: &Person) -> SignedIn {
        let id = person.id.clone();
        let key = self.app.env.signing_key.clone();
        let opened = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, DbError> {
            let place = Place { device: "Policy".to_owned(), address: "192.0.2.1".to_owned() };
            let person = people::find(tx, &id)?.expect("the person is there");
            let issued = sessions::open(tx, &person, &place)?;
            let csrf_token = sessions::csrf_token(&key, &issued.id);
            Ok(SignedIn { cookie: format!("session={}", issued.token.reveal()), csrf_token, id: issued.id })
        });
        opened.await.unwrap()
    }

    /// The headers of a session that this key opened.
    pub(super) async fn sign_in_with_key(&self, key: &str) -> Vec<(&'static str, String)> {
        let body = Payload::json(&json!({ "api_key": key }));
        let answer = self.ask(&Method::POST, "/api/sign-in/key", &[], Some(&body)).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        let csrf_token = answer.json()["csrf_token"].as_str().unwrap().to_owned();
        let origin = "http://node.example".to_owned();
        vec![("cookie", cookie), ("origin", origin), ("x-csrf-token", csrf_token)]
    }

    /// A person with this role, of the client if one is named and of the agency otherwise; and their place.
    pub(super) async fn person(&self, role: Role, client: Option<&Tenant>) -> (Person, MembershipId) {
        let member = self.invited(role, client).await;
        let accepted = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, PeopleError> {
            let invitation = members::find_open_invitation(tx, &member)?.expect("it is open");
            let person = members::accept(tx, &invitation, &PersonName::parse("Perry").unwrap())?;
            Ok((person, invitation.id))
        });
        accepted.await.unwrap()
    }

    /// An invitation that is open.
    pub(super) async fn invited(&self, role: Role, client: Option<&Tenant>) -> MembershipId {
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let organisation = match client {
            Some(tenant) => Organisation::client(&tenant.scope),
            None => Organisation::agency(&AgencyScope::from_operator()),
        };
        let new = NewMember {
            email: EmailAddress::parse(&format!("person{number}@people.example")).unwrap(),
            role,
            message: InvitationMessage::empty(),
            reach: Reach::All,
        };
        let caps = self.app.env.caps;
        let invited = self.app.env.db.write(Actor::Operator, move |tx| {
            members::invite(tx, &organisation, &Granter::operator(), &caps, &new)
        });
        invited.await.unwrap().id
    }

    /// The headers that open the row: the key, or a session of the agency's owner. The first run's link carries its
    /// token in the path.
    pub(super) async fn credentials(&self, row: &Route, key: &str) -> Vec<(&'static str, String)> {
        if row.access == Access::Setup {
            Vec::new()
        } else if row.access.is_by_session() {
            self.sign_in(&self.owner.clone()).await.headers()
        } else {
            vec![("x-api-key", key.to_owned())]
        }
    }

    pub(super) async fn stop(self) {
        assert!(self.app.tasks.drain(Duration::from_secs(10)).await, "the engine stops when it is told to");
    }

    /// Sends a request from an address that nobody else has.
    pub(super) async fn ask(
        &self,
        method: &Method,
        uri: &str,
        headers: &[(&str, &str)],
        payload: Option<&Payload>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(uri).header("host", "node.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut body = Body::empty();
        if let Some(payload) = payload {
            request = request.header("content-type", &payload.content_type);
            body = Body::from(payload.bytes.clone());
        }
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let address = IpAddr::V4(Ipv4Addr::from(0x0a00_0001 + number));
        let request = request.extension(ConnectInfo(SocketAddr::new(address, 4711))).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let kind = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
        let body = if kind == Some("text/event-stream") {
            beginning_of(body).await
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(super) async fn get(&self, uri: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(&Method::GET, uri, headers, None).await
    }

    /// Sends the row's own kind of request with this key: a real object in the path, a good body.
    pub(super) async fn ask_row(&self, row: &Route, tenant: &Tenant, key: Option<&str>) -> Answer {
        let headers = match key {
            Some(key) => self.credentials(row, key).await,
            None => Vec::new(),
        };
        self.ask_row_with(row, tenant, &headers).await
    }

    /// As [`Node::ask_row`], with these headers.
    pub(super) async fn ask_row_with(
        &self,
        row: &Route,
        tenant: &Tenant,
        headers: &[(&'static str, String)],
    ) -> Answer {
        let uri = self.uri_of(row, tenant).await;
        let payload = self.payload_of(row, tenant);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.ask(&row.method, &uri, &headers, payload.as_ref()).await
    }

    pub(super) async fn tenant(&self, name: &str) -> Tenant {
        let new = NewClient::new(
            ClientName::parse(name).unwrap(),
            EmailAddress::parse(&format!("{name}@shop.example")).unwrap(),
        );
        let made = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, ClientError> {
            let agency = AgencyScope::from_operator();
            let client = clients::create(tx, &agency, &new)?;
            let scope = agency.client(client.id.clone());
            let key = keys::issue(tx, &scope, "policy")?;
            Ok((client.id, scope, key.key.reveal().clone()))
        });
        let (id, scope, key) = made.await.unwrap();
        let mut tenant = Tenant {
            id,
            scope,
            key,
            document: String::new(),
            faq: String::new(),
            conversation: String::new(),
            citation: String::new(),
            answer: String::new(),
            session: String::new(),
            gap: String::new(),
            logo: String::new(),
        };
        self.furnish(&mut tenant).await;
        tenant
    }

    /// Gives the client one of everything, through the front door.
    async fn furnish(&self, tenant: &mut Tenant) {
        let key = [("x-api-key", tenant.key.as_str())];
        let upload = self.ask(&Method::POST, "/api/documents", &key, Some(&upload())).await;
        tenant.document = upload.json()["id"].as_str().unwrap().to_owned();
        let question =
            json!({ "question": "Do you repair clocks?", "answer": "We repair clocks on Mondays." });
        let faq = self.ask(&Method::POST, "/api/faqs", &key, Some(&Payload::json(&question))).await;
        tenant.faq = faq.json()["id"].as_str().unwrap().to_owned();
        self.wait_until_ready(&tenant.document, &key).await;

        let config = self.ask(&Method::POST, "/api/config/logo", &key, Some(&logo())).await.json();
        let url = config["logo_file_url"].as_str().unwrap_or_else(|| panic!("no logo in {config}"));
        tenant.logo = url.rsplit('/').next().unwrap().to_owned();

        let instructions = Payload::json(&json!({ "instructions": "Be kind." }));
        self.ask(&Method::PUT, "/api/instructions", &key, Some(&instructions)).await;
        let message = json!({ "client_id": tenant.id, "message": "When does the orchard open?" });
        let chat = self.ask(&Method::POST, "/api/chat", &[], Some(&Payload::json(&message))).await.json();
        tenant.conversation = chat["conversation_id"].as_str().unwrap().to_owned();
        let url = chat["citations"][0]["url"].as_str().unwrap_or_else(|| panic!("no citation in {chat}"));
        tenant.citation = url.rsplit('/').next().unwrap().to_owned();
        tenant.answer = chat["message_id"].as_str().unwrap().to_owned();
        tenant.session = chat["session"].as_str().unwrap().to_owned();
        let vain = json!({ "client_id": tenant.id, "message": "Does it explain neutrino oscillation?" });
        self.ask(&Method::POST, "/api/chat", &[], Some(&Payload::json(&vain))).await;
        let gaps = self.get("/api/gaps", &key).await.json();
        tenant.gap = gaps["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no gap in {gaps}")).to_owned();
    }

    async fn wait_until_ready(&self, document: &str, key: &[(&str, &str)]) {
        for _ in 0..ENGINE_TRIES_MAX {
            let state = self.get(&format!("/api/documents/{document}"), key).await.json();
            match state["status"].as_str() {
                Some("ready") => return,
                Some("failed") => panic!("{state}"),
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        panic!("the document was not read in time");
    }

    /// A key of this client that may do only this.
    pub(super) async fn narrow_key(&self, tenant: &Tenant, key_scopes: Vec<KeyScope>) -> String {
        let scope = tenant.scope.clone();
        let issued = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, DbError> {
            keys::issue_with(tx, &scope, "narrow", &key_scopes)
        });
        issued.await.unwrap().key.reveal().clone()
    }

    pub(super) async fn suspend(&self, tenant: &Tenant) {
        let id = tenant.id.clone();
        let done = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, ClientError> {
            clients::set_status(tx, &AgencyScope::from_operator().client(id.clone()), ClientStatus::Suspended)
        });
        done.await.unwrap();
    }

    /// Lets the agency look after the client.
    pub(super) async fn manage(&self, tenant: &Tenant) {
        let scope = tenant.scope.clone();
        let patch = ClientPatch { service: Some(Service::Managed), ..ClientPatch::default() };
        let managed =
            self.app.env.db.write(Actor::Operator, move |tx| clients::change(tx, &scope, &patch, None));
        managed.await.unwrap();
    }

    /// A setup link that is still open.
    pub(super) async fn setup_token(&self) -> String {
        let key = self.app.env.signing_key.clone();
        let link = self.app.env.db.write(Actor::Operator, move |tx| setup::renew_link(tx, &key));
        link.await.unwrap().reveal().clone()
    }

    /// The row's address, with a real object of this client in each place.
    pub(super) async fn uri_of(&self, row: &Route, tenant: &Tenant) -> String {
        let id = tenant.id.to_string();
        if row.is_twin {
            let short = row.path.replace("/clients/{client}", "");
            let uri = self.own_uri_of(&short, tenant).await;
            return uri.replacen("/api/", &format!("/api/clients/{id}/"), 1);
        }
        let path = row.path.replace("{client}", &id);
        if let Some(object) = self.object_of(row, tenant).await {
            return path.replace("{id}", &object).replace("{token}", &object);
        }
        self.own_uri_of(&path, tenant).await
    }

    /// A real object for the last place in a path of the dashboard's.
    async fn object_of(&self, row: &Route, tenant: &Tenant) -> Option<String> {
        let client = row.path.starts_with("/api/clients/").then_some(tenant);
        let invited_role = if client.is_some() { Role::Member } else { Role::ContentSpecialist };
        Some(match row.operation.id {
            "endSession" => self.sign_in(&self.owner).await.id.to_string(),
            "getInvitation" | "acceptInvitation" => {
                let id = self.invited(Role::Admin, None).await;
                let key = self.app.env.signing_key.clone();
                let found =
                    self.app.env.db.read(move |tx| members::find_open_invitation(tx, &id)).await.unwrap();
                let invitation = found.unwrap();
                invitations::link_token(&key, &invitation.id, invitation.expires_at).reveal().clone()
            }
            "inviteStaffAgain" | "inviteMemberAgain" => self.invited(invited_role, client).await.to_string(),
            "changeStaff" | "removeStaff" | "handAgencyOver" | "changeMember" | "removeMember"
            | "handClientOver" => self.person(invited_role, client).await.1.to_string(),
            "getKeyClaim" | "claimKey" => self.key_claim(tenant).await,
            "getSignUpLink" | "acceptSignUp" => self.sign_up_link().await,
            "openShared" | "openSharedWithPassword" => self.share(tenant).await.2,
            "removeBillingContact" => self.billing_contact(tenant).await,
            "revokeAgencyKey" => self.agency_key(&[Permission::ClientsRead]).await.0,
            "revokeKey" => {
                let (scope, page) = (tenant.scope.clone(), PageRequest::new(Some(1), None).unwrap());
                self.narrow_key(tenant, vec![KeyScope::Search]).await;
                let found = self.app.env.db.read(move |tx| keys::list(tx, &scope, &page)).await.unwrap();
                found.items[0].id.to_string()
            }
            "retryJob" => {
                let page = PageRequest::new(Some(1), None).unwrap();
                let found = self.app.env.db.read(move |tx| jobs::list(tx, None, &page)).await.unwrap();
                found.items[0].id.to_string()
            }
            "getMail" | "resendMail" => self.mail(tenant).await,
            "getInboxEvent" => format!("inbox_{:012}", self.inbox_event().await),
            _ => return None,
        })
    }

    /// The token of a link from which the client makes its key.
    async fn key_claim(&self, tenant: &Tenant) -> String {
        let (scope, key) = (tenant.scope.clone(), self.app.env.signing_key.clone());
        let begun = self.app.env.db.write(Actor::Operator, move |tx| key_claims::begin(tx, &scope)).await;
        key_claims::link_token(&key, &begun.unwrap()).reveal().clone()
    }

    /// Somebody who hears of the client's account.
    async fn billing_contact(&self, tenant: &Tenant) -> String {
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let (scope, caps) = (tenant.scope.clone(), self.app.env.caps);
        let added = self.app.env.db.write(Actor::Operator, move |tx| {
            let email = EmailAddress::parse(&format!("new{number}@people.example")).unwrap();
            contacts::add(tx, &scope, &caps, &ContactName::parse("Perry").unwrap(), &email)
        });
        added.await.unwrap().id.to_string()
    }

    /// A link to a conversation of its own: the conversation, the link's id, and its token.
    async fn share(&self, tenant: &Tenant) -> (String, String, String) {
        let (scope, key) = (tenant.scope.clone(), self.app.env.signing_key.clone());
        let made = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, ConversationError> {
            let conversation = conversations::open_for_session(tx, &scope, &tx.new_id())?;
            let new = NewShare { id: tx.new_id(), expires_in_days: 7, password_hash: None };
            shares::create(tx, &scope, &conversation.id, &new)
        });
        let made = made.await.unwrap();
        let token = shares::link_token(&key, &made).reveal().clone();
        (made.conversation_id.to_string(), made.id.to_string(), token)
    }

    /// The token of a link that opens an account.
    async fn sign_up_link(&self) -> String {
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let new = NewSignUp {
            email: EmailAddress::parse(&format!("new{number}@people.example")).unwrap(),
            name: PersonName::parse("Perry").unwrap(),
            business: ClientName::parse("Plums").unwrap(),
        };
        let (key, network) = (self.app.env.signing_key.clone(), format!("10.0.{number}.0/24"));
        let asked = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, SendingError> {
            sign_up::request(tx, &key, &new, &network)
        });
        let asked = asked.await.unwrap();
        sign_up::link_token(&self.app.env.signing_key, &asked).reveal().clone()
    }

    /// A key of the agency that may do this: its id and its text.
    pub(super) async fn agency_key(&self, permissions: &[Permission]) -> (String, String) {
        let new = NewAgencyKey {
            name: "policy".to_owned(),
            permissions: permissions.to_vec(),
            expires_in_days: None,
        };
        let scope = AgencyScope::from_membership(self.owner.id.clone());
        let actor = scope.actor().clone();
        let by = AgencyRight { scope, held: Held::everything(), limited_to: None };
        let made = self.app.env.db.write(actor, move |tx| agency_keys::issue(tx, &by, &new)).await;
        let made = made.unwrap();
        (made.id.to_string(), made.key.reveal().clone())
    }

    /// Ends them all, so that the next may be made.
    pub(super) async fn revoke_agency_keys(&self) {
        let ended = self.app.env.db.write(Actor::Operator, |tx| -> Result<_, DbError> {
            let scope = AgencyScope::from_operator();
            let page = PageRequest::new(Some(100), None).unwrap();
            for key in agency_keys::list(tx, &scope, &page)?.items {
                agency_keys::revoke(tx, &scope, &key.id)?;
            }
            Ok(())
        });
        ended.await.unwrap();
    }

    /// An event that a vendor delivered.
    async fn inbox_event(&self) -> i64 {
        let number = self.peers.fetch_add(1, Ordering::SeqCst);
        let event = NewInboxEvent {
            provider: "vendor",
            account: String::new(),
            mode: InboxMode::Test,
            event_id: format!("evt_{number}"),
            kind: "invoice.paid".to_owned(),
            payload: Secret::new(b"{}".to_vec()),
            flag: None,
        };
        let stored = self.app.env.db.write(Actor::Operator, move |tx| inbox::receive(tx, &event)).await;
        match stored.unwrap() {
            Received::New(seq) => seq,
            Received::Duplicate => panic!("the event is new"),
        }
    }

    /// A mail that has left.
    async fn mail(&self, tenant: &Tenant) -> String {
        let (scope, page) = (tenant.scope.clone(), PageRequest::new(Some(1), None).unwrap());
        self.narrow_key(tenant, vec![KeyScope::Search]).await;
        let written = self.app.env.db.write(Actor::Operator, move |tx| -> Result<_, ClientError> {
            let key = keys::list(tx, &scope, &page)?.items.remove(0);
            notify::write_key_created(tx, &scope, &key)
        });
        written.await.unwrap();
        for _ in 0..ENGINE_TRIES_MAX {
            let page = PageRequest::new(Some(1), None).unwrap();
            let all = OutboxFilter { states: OutboxState::ALL.to_vec(), is_simulated: None };
            let found = self
                .app
                .env
                .db
                .read(move |tx| outbox::list(tx, OutboxChannel::Email, &all, &page))
                .await
                .unwrap();
            if !matches!(found.items[0].state, OutboxState::Queued | OutboxState::Leased) {
                return found.items[0].id.to_string();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the mail was not sent in time");
    }

    async fn own_uri_of(&self, path: &str, tenant: &Tenant) -> String {
        let fill = |name: &str, value: &str| path.replace(name, value);
        match path {
            "/api/chat/history" => {
                format!("{path}?client_id={}&session={}", tenant.id, tenant.session)
            }
            "/api/conversations/export" => format!("{path}?format=jsonl"),
            path if !path.contains('{') => path.to_owned(),
            path if path.starts_with("/api/chat/") => {
                format!("{}?session={}", fill("{message_id}", &tenant.answer), tenant.session)
            }
            path if path.ends_with("/explanation") => {
                fill("{id}", &tenant.conversation).replace("{message_id}", &tenant.answer)
            }
            path if path.starts_with("/api/gaps/") => fill("{id}", &tenant.gap),
            path if path.starts_with("/api/documents/") => fill("{id}", &tenant.document),
            path if path.starts_with("/api/faqs/") => fill("{id}", &tenant.faq),
            path if path.contains("{share_id}") => {
                let (conversation, share, _) = self.share(tenant).await;
                fill("{id}", &conversation).replace("{share_id}", &share)
            }
            path if path.starts_with("/api/conversations/") => fill("{id}", &tenant.conversation),
            path if path.starts_with("/passages/") => fill("{id}", &tenant.citation),
            path if path.starts_with("/api/widget/logo/") => {
                path.replace("{client_id}", tenant.id.to_string().as_str()).replace("{hash}", &tenant.logo)
            }
            path if path.starts_with("/api/widget/") => fill("{client_id}", tenant.id.to_string().as_str()),
            path if path.starts_with("/problems/") => fill("{code}", "not_found"),
            path if path.starts_with("/setup/") => fill("{token}", &self.setup_token().await),
            "/widget/{*path}" => fill("{*path}", &panel_file()),
            "/pages/{*path}" => fill("{*path}", "pages.css"),
            "/api/docs/{*path}" => fill("{*path}", "docs.js"),
            "/app/{*path}" => fill("{*path}", "index.html"),
            "/demo/{file}" => fill("{file}", "style.css"),
            path if path.starts_with("/demo/{slug}/") => {
                path.replace("{slug}", demo::SLUGS[0]).replace("{*path}", "style.css")
            }
            path => panic!("tell `uri_of` a real object for `{path}`"),
        }
    }
}

/// What a stream says until it is silent for a while: some never end by themselves.
async fn beginning_of(mut body: Body) -> Bytes {
    let mut bytes = Vec::new();
    while let Ok(Some(frame)) = tokio::time::timeout(STREAM_SILENCE, body.frame()).await {
        bytes.extend_from_slice(frame.unwrap().data_ref().map_or(&[], |data| data));
    }
    bytes.into()
}

/// The name of the widget's panel carries its hash.
fn panel_file() -> String {
    let is_panel = |path: &String| path.starts_with("assets/dist/widget/") && path.ends_with(".js");
    let path = super::tree::paths().into_iter().find(is_panel).unwrap();
    path.trim_start_matches("assets/dist/widget/").to_owned()
}
