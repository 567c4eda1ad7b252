//! The whole node in this process: a fresh data directory, a manual clock, seeded ids, HTTP over loopback.
//!
//! Nothing runs by itself but the HTTP server: [`TestApp::settle`] does what workers and the index lane would
//! do, until nothing is left to do. End every test with [`TestApp::finish`].

use super::browser::Browser;
use super::http::Site;
use super::mailbox::{self, Mail};
use super::personas::{Answer, Api, Visitor};
use super::process::BINARY;
use snip::app::{App, OpenStore, Sources};
use snip::cli::admin::{self, AdminAnswer, AdminCommand, AdminContext, AdminError};
use snip::config::Settings;
use snip::domain::Environment;
use snip::domain::clients::serving::{Purpose, Service};
use snip::domain::knowledge::generations;
use snip::domain::knowledge::parser::Parser;
use snip::domain::people::Role;
use snip::engine::outbox_worker;
use snip::engine::runner;
use snip::engine::tasks::Tasks;
use snip::ground::ids::{ClientId, Id as _};
use snip::ground::time::Timestamp;
use snip::http::routes::router;
use snip::http::server::{self, ServerLimits};
use snip::store::directory::Layout;
use snip::store::inspect::inspect;
use snip::store::jobs::Lane;
use snip::store::{Clock, DbError, IdSource, ManualClock, Signal};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// 18 November 2026, 11:06 UTC: the moment at which tests begin.
const BEGINNING: Timestamp = Timestamp::from_ms(1_795_000_000_000);
const ROUNDS_MAX: usize = 1_000;
/// Tests that are about limits set them; the others must not meet any.
const PLENTY_PER_MINUTE: u32 = 1_000_000;

/// A client with its first key.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub key: String,
}

/// A node under test.
pub struct TestApp {
    pub site: Site,
    pub clock: Arc<ManualClock>,
    pub env: Environment,
    pub settings: Settings,
    pub data: TempDir,
    app: App,
    failed_jobs_expected: usize,
    guard: FinishGuard,
}

/// What is left of a node that was stopped: start it again with [`TestApp::reopen`].
pub struct Stopped {
    pub data: TempDir,
    pub clock: Arc<ManualClock>,
}

impl Stopped {
    pub fn layout(&self) -> Layout {
        Layout::new(self.data.path())
    }
}

impl TestApp {
    /// The tasks that the node's end waits for.
    pub const fn tasks(&self) -> &Tasks {
        &self.app.tasks
    }

    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with settings of the test's own.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().expect("a folder for the data can be made");
        Self::open(data, Arc::new(ManualClock::at(BEGINNING)), 1, change).await
    }

    /// Does what a start does to get an embedder, as the settings say.
    pub async fn load_embedder(&self) {
        self.app.load_embedder(&self.settings).await;
    }

    /// Starts again on the data directory of a node that was stopped.
    pub async fn reopen(stopped: Stopped) -> Self {
        Self::open(stopped.data, stopped.clock, 2, |_| {}).await
    }

    /// As [`TestApp::reopen`], with settings of the test's own.
    pub async fn reopen_with(stopped: Stopped, change: impl FnOnce(&mut Settings)) -> Self {
        Self::open(stopped.data, stopped.clock, 2, change).await
    }

    async fn open(
        data: TempDir,
        clock: Arc<ManualClock>,
        seed: u64,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings::default();
        settings.data.dir = data.path().to_owned();
        settings.data.free_disk_min_mb = 1;
        settings.limits.chat_per_address_per_minute = PLENTY_PER_MINUTE;
        settings.limits.chat_per_client_per_minute = PLENTY_PER_MINUTE;
        settings.limits.api_per_key_per_minute = PLENTY_PER_MINUTE;
        settings.limits.public_per_address_per_minute = PLENTY_PER_MINUTE;
        settings.limits.setup_per_address_per_minute = PLENTY_PER_MINUTE;
        settings.limits.sign_in_per_address_per_minute = PLENTY_PER_MINUTE;
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        settings.http.listen = address;

        let sources = Sources {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::new(IdSource::seeded(seed)),
            parser: Parser::of(BINARY.into()),
        };
        let store = OpenStore::open(Layout::new(data.path()), sources).expect("the data directory opens");
        let app = App::assemble(store, &settings).expect("the node can be assembled");
        let (routes, stop) = (router(app.state.clone()), app.tasks.stop_token());
        app.tasks.spawn("http", async move {
            server::serve(listener, routes, stop.cancelled_owned(), ServerLimits::default()).await;
        });
        Self {
            site: Site::at(address),
            env: app.env.clone(),
            clock,
            settings,
            data,
            app,
            failed_jobs_expected: 0,
            guard: FinishGuard { is_finished: false },
        }
    }

    // ── who speaks ──────────────────────────────────────────────────────────────────────────────────────

    /// A new client, made as the operator makes one.
    pub async fn client(&self, name: &str) -> Client {
        let command = AdminCommand::ClientCreate {
            name: name.to_owned(),
            email: "owner@example.test".to_owned(),
            service: Service::SelfServe,
            purpose: Purpose::Live,
        };
        match self.operator(command).await {
            AdminAnswer::ClientCreated { client_id, api_key } => {
                Client { id: client_id.as_str().to_owned(), key: api_key }
            }
            other => panic!("not a new client: {other:?}"),
        }
    }

    /// Runs an administrative command.
    pub async fn operator(&self, command: AdminCommand) -> AdminAnswer {
        self.try_operator(command).await.expect("the command succeeds")
    }

    /// Runs an administrative command that may be refused.
    pub async fn try_operator(&self, command: AdminCommand) -> Result<AdminAnswer, AdminError> {
        admin::run(&AdminContext::new(&self.app, &self.settings), command).await
    }

    /// A program with the client's key.
    pub fn api_key(&self, client: &Client) -> Api {
        Api { site: self.site.clone(), key: client.key.clone() }
    }

    /// A visitor that has not been here before, on a page that sends no origin.
    pub fn visitor(&self, client: &Client) -> Visitor {
        Visitor { site: self.site.clone(), client_id: client.id.clone(), origin: None, session: None }
    }

    /// Somebody with this role, signed in: of the client if one is named, of the agency otherwise. They came by an
    /// invitation of the operator's.
    pub async fn person(&self, email: &str, role: Role, client: Option<&Client>) -> Browser {
        let client_id = client.map(|client| ClientId::parse(&client.id).expect("a client's id"));
        let command = AdminCommand::PersonInvite { email: email.to_owned(), role, client_id };
        let AdminAnswer::PersonInvited { url, .. } = self.operator(command).await else { panic!("no link") };
        let token = url.rsplit('/').next().expect("a link ends with its token");
        let name = email.split('@').next().expect("an address has a name");
        let (path, body) = (format!("/api/invitations/{token}"), serde_json::json!({ "name": name }));
        let accepted = self.site.post(&path, body.clone()).await;
        if accepted.status == 200 {
            return Browser::of(&self.site, &accepted);
        }
        // Whoever has a login signs in first.
        accepted.expect_problem(401, "session_missing");
        let code = self.sign_in_mail(email).await.code();
        let known = Browser::of(&self.site, &self.site.enter_code(email, &code).await);
        Browser::of(&self.site, &known.post(&path, body).await)
    }

    /// The mails that were sent, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        mailbox::read(&self.data.path().join("mail"))
    }

    /// The newest mail to this address.
    pub fn mail_to(&self, email: &str) -> Mail {
        self.mails()
            .into_iter()
            .rfind(|mail| mail.to.eq_ignore_ascii_case(email))
            .expect("the address got a mail")
    }

    /// Asks for a code, and returns the mail that brings it.
    pub async fn sign_in_mail(&self, email: &str) -> Mail {
        self.site.ask_to_sign_in(email).await.expect(202);
        self.settle().await;
        self.mail_to(email)
    }

    // ── what is done often ──────────────────────────────────────────────────────────────────────────────

    /// Uploads a document and returns its id; it is read at the next [`TestApp::settle`].
    pub async fn upload(&self, client: &Client, name: &str, text: &str) -> String {
        let document = self.api_key(client).upload(name, text).await.expect(202).json();
        document["id"].as_str().expect("an upload has an id").to_owned()
    }

    /// Uploads a document and waits until it can be cited.
    pub async fn ready_document(&self, client: &Client, name: &str, text: &str) -> String {
        let id = self.upload(client, name, text).await;
        self.settle().await;
        let document = self.api_key(client).get(&format!("/api/documents/{id}")).await.expect(200).json();
        assert_eq!(document["status"], "ready", "{document}");
        id
    }

    /// Adds an FAQ that can be used in answers, and returns its id.
    pub async fn ready_faq(&self, client: &Client, question: &str, answer: &str) -> String {
        let body = serde_json::json!({ "question": question, "answer": answer });
        let faq = self.api_key(client).post("/api/faqs", body).await.expect(201).json();
        self.settle().await;
        faq["id"].as_str().expect("an FAQ has an id").to_owned()
    }

    /// The answer to a visitor's first message.
    pub async fn ask(&self, client: &Client, message: &str) -> Answer {
        Answer::of(&self.visitor(client).send(message).await)
    }

    // ── time and work ───────────────────────────────────────────────────────────────────────────────────

    /// Does all due jobs and lets the index follow, until nothing is left to do.
    pub async fn settle(&self) {
        generations::tend(&self.env).await.expect("the generations are tended");
        for _ in 0..ROUNDS_MAX {
            let mut has_worked = false;
            for lane in Lane::ALL {
                has_worked |= self.run_next_job(*lane).await;
            }
            has_worked |= outbox_worker::send_next(&self.env).await.expect("the outbox is worked on");
            if !has_worked {
                return;
            }
        }
        panic!("after {ROUNDS_MAX} rounds there still is work");
    }

    /// Runs one job while the index follows; false when none was due.
    async fn run_next_job(&self, lane: Lane) -> bool {
        let is_over = CancellationToken::new();
        let work = async {
            let worked = runner::run_next(lane, &self.env, &self.app.tasks).await;
            is_over.cancel();
            worked.expect("the lane works")
        };
        let (worked, ()) = tokio::join!(work, self.follow_until(&is_over));
        worked
    }

    /// Lets the index follow the tables at least once, and then on every change.
    async fn follow_until(&self, is_over: &CancellationToken) {
        let mut signals = self.env.db.subscribe(Signal::Index);
        loop {
            signals.mark_unchanged();
            self.env.index.catch_up().await.expect("the index follows");
            self.env.vectors.catch_up().await.expect("the vectors follow");
            tokio::select! {
                changed = signals.changed() => changed.expect("the store is open"),
                () = is_over.cancelled() => return,
            }
        }
    }

    /// Starts workers, schedules and the index lane, as `serve` does.
    pub fn start_engine(&self) {
        self.app.start_engine(&self.settings);
    }

    /// The number that a statement answers in its column `n`.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let counted =
            self.env.db.read(move |tx| -> Result<i64, DbError> { tx.get(sql, &[], |row| row.get("n")) });
        counted.await.expect("the statement is sound")
    }

    // ── the end ─────────────────────────────────────────────────────────────────────────────────────────

    /// Declares that this many jobs will have failed for good.
    pub fn expect_failed_jobs(&mut self, count: usize) {
        self.failed_jobs_expected = count;
    }

    /// Stops the node and checks what must be true after every test.
    pub async fn finish(self) {
        let failed = self.count("select count(*) as n from jobs where state = 'failed'").await;
        assert_eq!(failed, self.failed_jobs_expected as i64, "jobs that failed for good");
        let open = self
            .count("select count(*) as n from turns where state in ('accepted', 'held', 'generating')")
            .await;
        assert_eq!(open, 0, "turns without an answer");
        self.stop().await;
    }

    /// Stops the node, as SIGTERM does, with its data kept.
    pub async fn stop(self) -> Stopped {
        let Self { app, data, clock, env, mut guard, .. } = self;
        guard.is_finished = true;
        assert!(app.tasks.drain(Duration::from_secs(10)).await, "every task ends in time");
        env.db.checkpoint().await.expect("the log can be moved into the database");
        let found = inspect(&app.store.layout.database()).expect("the database can be read");
        assert_eq!((found.damage, found.dangling_rows), (Vec::new(), 0));
        Stopped { data, clock }
    }
}

/// Makes sure that no test forgets to look at what it left behind.
struct FinishGuard {
    is_finished: bool,
}

impl Drop for FinishGuard {
    fn drop(&mut self) {
        if !self.is_finished && !std::thread::panicking() {
            panic!("end the test with `app.finish().await`");
        }
    }
}
