//! Administrative commands: one function runs them all, wherever they were typed.

use super::control;
use super::output::{print_json, print_line};
use crate::app::embedding::{self, InstallError};
use crate::app::{App, BootError, OpenStore, Sources};
use crate::config::{EmbeddingProvider, Loaded, Settings};
use crate::domain::Environment;
use crate::domain::access::{keys, setup};
use crate::domain::chat::ChatError;
use crate::domain::chat::preview::{self, PreviewedAnswer};
use crate::domain::chat::turn::MessageText;
use crate::domain::clients::serving::{Purpose, Service};
use crate::domain::clients::{self, ClientError, ClientFilter, ClientName, ClientStatus, NewClient};
use crate::domain::evaluation::cases::Case;
use crate::domain::evaluation::{self, EvaluationError, Outcome};
use crate::domain::knowledge::KnowledgeError;
use crate::domain::knowledge::documents::DocumentStatus;
use crate::domain::knowledge::follower::IndexFollower;
use crate::domain::knowledge::vectors::Vectors;
use crate::domain::ops::backups::{self, Order, Report};
use crate::domain::people::{PeopleError, Role};
use crate::ground::crypto::MacKey;
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{ClientId, DocumentId, PersonId};
use crate::ground::limits::{BACKUP_TIMEOUT_MS, CONTROL_TIMEOUT_MS};
use crate::ground::scope::AgencyScope;
use crate::ground::time::{MINUTE_MS, Timestamp};
use crate::index::embed::EmbedderSlot;
use crate::index::embed::minilm::MODEL_ID;
use crate::store::backup::BackupError;
use crate::store::backup::progress::Progress;
use crate::store::directory::{self, DirectoryError, Layout};
use crate::store::{Db, DbError, PageRequest};
use anyhow::bail;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// What an operator can tell a node to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum AdminCommand {
    ClientCreate {
        name: String,
        email: String,
        service: Service,
        purpose: Purpose,
    },
    ClientList {
        limit: Option<u32>,
        cursor: Option<String>,
    },
    ClientSetStatus {
        client_id: ClientId,
        status: ClientStatus,
    },
    KeyRotate {
        client_id: ClientId,
        overlap_minutes: u32,
    },
    SetupLink,
    /// Invites a person; the link is printed, and mailed too.
    PersonInvite {
        email: String,
        role: Role,
        /// None: into the agency.
        client_id: Option<ClientId>,
    },
    PersonList,
    /// A link for somebody who cannot get mail.
    PersonSignInLink {
        email: String,
    },
    Reindex,
    Ask {
        client_id: ClientId,
        question: String,
    },
    Evaluate {
        client_id: ClientId,
        cases: Vec<Case>,
    },
    /// Takes in the model that was unpacked into this folder of the data directory.
    ModelInstall {
        unpacked: PathBuf,
    },
    /// Takes a file of this machine in as a document.
    DocumentIngest {
        client_id: ClientId,
        path: PathBuf,
    },
    DocumentState {
        client_id: ClientId,
        document_id: DocumentId,
    },
    Backup {
        /// Not relative: the server may have been started elsewhere.
        to: PathBuf,
        keep: Option<u32>,
        verify: bool,
    },
    /// How far the backup has come that is being made.
    BackupProgress,
}

impl AdminCommand {
    /// How long its answer may take.
    pub(super) const fn timeout_ms(&self) -> u64 {
        match self {
            Self::Backup { .. } => BACKUP_TIMEOUT_MS,
            _ => CONTROL_TIMEOUT_MS,
        }
    }

    /// Whether it searches: then model and indexes must be up to date first, which a server keeps them.
    const fn searches(&self) -> bool {
        matches!(self, Self::Ask { .. } | Self::Evaluate { .. })
    }

    /// Whether it makes sense where no node has been yet. The others would leave an empty one behind in a folder
    /// that was mistyped.
    const fn may_make_node(&self) -> bool {
        matches!(self, Self::ClientCreate { .. })
    }
}

/// What it answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum AdminAnswer {
    ClientCreated { client_id: ClientId, api_key: String },
    Clients { items: Vec<ClientLine>, next_cursor: Option<String> },
    ClientChanged { client_id: ClientId, status: ClientStatus },
    KeyRotated { client_id: ClientId, api_key: String },
    SetupLink { url: String },
    PersonInvited { email: String, url: String },
    People { items: Vec<PersonLine> },
    PersonSignInLink { url: String },
    Reindexed { cursor: u64 },
    Answered { given: PreviewedAnswer },
    Evaluated { outcomes: Vec<Outcome> },
    ModelInstalled { model: String },
    Document { document: DocumentLine },
    BackedUp { report: Box<Report> },
    BackupProgress { done: u64, total: u64 },
}

/// A client in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClientLine {
    pub client_id: ClientId,
    pub name: String,
    pub email: String,
    pub status: ClientStatus,
    pub service: Service,
    pub purpose: Purpose,
    pub created_at: Timestamp,
}

/// A person in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PersonLine {
    pub person_id: PersonId,
    pub name: String,
    pub email: String,
    /// `agency: owner`, `Bakery: manager` …
    pub places: Vec<String>,
}

/// A document, and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DocumentLine {
    /// None for a file that was not taken in.
    pub document_id: Option<DocumentId>,
    pub file_name: String,
    pub status: DocumentStatus,
    pub progress_percent: u32,
    /// Why it failed and what to do; null otherwise.
    pub error: Option<String>,
    /// Whether the client had this file already.
    pub is_duplicate: bool,
}

/// A sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the index could not be rebuilt")]
    Index(#[source] KnowledgeError),
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    #[error(transparent)]
    Model(#[from] InstallError),
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// What the commands work on.
#[derive(Clone)]
pub struct AdminContext {
    pub env: Environment,
    pub db: Db,
    pub signing_key: MacKey,
    pub index: Arc<IndexFollower>,
    pub vectors: Arc<Vectors>,
    pub embedder: EmbedderSlot,
    pub embedding_provider: EmbeddingProvider,
    /// Where models stand.
    pub models: PathBuf,
    /// The address under which people reach this node.
    pub site: String,
    /// Of one document.
    pub upload_bytes_max: u64,
}

impl AdminContext {
    pub fn new(app: &App, settings: &Settings) -> Self {
        Self {
            env: app.env.clone(),
            db: app.env.db.clone(),
            signing_key: app.env.signing_key.clone(),
            index: Arc::clone(&app.env.index),
            vectors: Arc::clone(&app.env.vectors),
            embedder: app.env.embedder.clone(),
            embedding_provider: settings.embeddings.provider,
            models: app.store.layout.models(),
            site: site(settings),
            upload_bytes_max: settings.limits.upload_bytes_max(),
        }
    }
}

/// The address to print in links: the configured one, or where the server listens.
pub fn site(settings: &Settings) -> String {
    if let Some(url) = &settings.http.public_url {
        return url.as_str().trim_end_matches('/').to_owned();
    }
    crate::app::listen_site(settings)
}

/// Runs one command.
pub async fn run(context: &AdminContext, command: AdminCommand) -> Result<AdminAnswer, AdminError> {
    match command {
        AdminCommand::ClientCreate { name, email, service, purpose } => {
            create_client(context, (&name, &email), service, purpose).await
        }
        AdminCommand::ClientList { limit, cursor } => list_clients(context, limit, cursor).await,
        AdminCommand::ClientSetStatus { client_id, status } => set_status(context, client_id, status).await,
        AdminCommand::KeyRotate { client_id, overlap_minutes } => {
            rotate_key(context, client_id, overlap_minutes).await
        }
        AdminCommand::SetupLink => {
            let key = context.signing_key.clone();
            let link =
                context.db.write(operator().actor().clone(), move |tx| setup::renew_link(tx, &key)).await?;
            Ok(AdminAnswer::SetupLink { url: format!("{}/setup/{}", context.site, link.reveal()) })
        }
        AdminCommand::PersonInvite { email, role, client_id } => {
            super::person::invite(context, &email, role, client_id).await
        }
        AdminCommand::PersonList => super::person::list(context).await,
        AdminCommand::PersonSignInLink { email } => super::person::sign_in_link(context, &email).await,
        AdminCommand::Reindex => {
            context.index.rebuild_from_scratch().await.map_err(AdminError::Index)?;
            context.vectors.rebuild_from_scratch().await.map_err(AdminError::Index)?;
            Ok(AdminAnswer::Reindexed { cursor: context.index.index().cursor() })
        }
        AdminCommand::Ask { client_id, question } => ask_client(context, client_id, &question).await,
        AdminCommand::Evaluate { client_id, cases } => {
            let scope = operator().client(client_id);
            let outcomes = evaluation::evaluate(&context.env, &scope, &cases).await?;
            Ok(AdminAnswer::Evaluated { outcomes })
        }
        AdminCommand::ModelInstall { unpacked } => install_model(context, unpacked).await,
        AdminCommand::DocumentIngest { client_id, path } => {
            super::ingest::take_in(context, client_id, &path).await
        }
        AdminCommand::DocumentState { client_id, document_id } => {
            super::ingest::state(context, client_id, document_id).await
        }
        AdminCommand::Backup { to, keep, verify } => {
            let report = backups::back_up(&context.env, Order { to, keep, verify }).await?;
            Ok(AdminAnswer::BackedUp { report: Box::new(report) })
        }
        AdminCommand::BackupProgress => {
            let (done, total) = context.env.backups.progress.read();
            Ok(AdminAnswer::BackupProgress { done, total })
        }
    }
}

pub(super) fn operator() -> AgencyScope {
    AgencyScope::from_operator()
}

async fn create_client(
    context: &AdminContext,
    (name, email): (&str, &str),
    service: Service,
    purpose: Purpose,
) -> Result<AdminAnswer, AdminError> {
    let name = ClientName::parse(name).map_err(|error| AdminError::Refused(format!("--name: {error}")))?;
    let email =
        EmailAddress::parse(email).map_err(|error| AdminError::Refused(format!("--email: {error}")))?;
    let new = NewClient { service, purpose, ..NewClient::new(name, email) };
    context
        .db
        .write(operator().actor().clone(), move |tx| -> Result<_, AdminError> {
            let client = clients::create(tx, &operator(), &new)?;
            let issued = keys::issue(tx, &operator().client(client.id.clone()), "first")?;
            if !setup::is_set_up(tx)? {
                // The operator has decided by hand; the setup link has nothing left to do.
                setup::set_up(tx, &setup::NewAgency { name: "", site: "" })?;
            }
            Ok(AdminAnswer::ClientCreated { client_id: client.id, api_key: issued.key.reveal().clone() })
        })
        .await
}

async fn list_clients(
    context: &AdminContext,
    limit: Option<u32>,
    cursor: Option<String>,
) -> Result<AdminAnswer, AdminError> {
    let page = PageRequest::new(limit, cursor.as_deref())
        .map_err(|error| AdminError::Refused(format!("--cursor: {error}")))?;
    let found =
        context.db.read(move |tx| clients::list(tx, &operator(), &ClientFilter::default(), &page)).await?;
    let items = found.items.into_iter().map(|client| ClientLine {
        client_id: client.id,
        name: client.name.into_string(),
        email: client.email.as_str().to_owned(),
        status: client.status,
        service: client.service,
        purpose: client.purpose,
        created_at: client.created_at,
    });
    Ok(AdminAnswer::Clients { items: items.collect(), next_cursor: found.next_cursor })
}

async fn set_status(
    context: &AdminContext,
    client_id: ClientId,
    status: ClientStatus,
) -> Result<AdminAnswer, AdminError> {
    let client = context
        .db
        .write(operator().actor().clone(), move |tx| {
            clients::set_status(tx, &operator().client(client_id.clone()), status)
        })
        .await?;
    Ok(AdminAnswer::ClientChanged { client_id: client.id, status: client.status })
}

async fn rotate_key(
    context: &AdminContext,
    client_id: ClientId,
    overlap_minutes: u32,
) -> Result<AdminAnswer, AdminError> {
    let scope = operator().client(client_id);
    let of_client = scope.clone();
    let issued = context
        .db
        .write(scope.actor().clone(), move |tx| -> Result<_, AdminError> {
            clients::get(tx, &of_client)?;
            Ok(keys::rotate(tx, &of_client, i64::from(overlap_minutes) * MINUTE_MS)?)
        })
        .await?;
    Ok(AdminAnswer::KeyRotated { client_id: scope.client_id().clone(), api_key: issued.key.reveal().clone() })
}

async fn ask_client(
    context: &AdminContext,
    client_id: ClientId,
    question: &str,
) -> Result<AdminAnswer, AdminError> {
    let question = MessageText::parse(question)
        .map_err(|error| AdminError::Refused(format!("The question: {error}")))?;
    let scope = operator().client(client_id);
    let of_client = scope.clone();
    context.db.read(move |tx| clients::get(tx, &of_client)).await?;
    let previewed = preview::preview(&context.env, &scope, question.as_str()).await?;
    Ok(AdminAnswer::Answered { given: previewed.answer })
}

/// Runs the command where the data directory is held, and returns the answer.
pub(super) fn ask(loaded: &Loaded, command: AdminCommand) -> anyhow::Result<AdminAnswer> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(run_where_held(&loaded.settings, command, Progress::default()))
}

async fn install_model(context: &AdminContext, unpacked: PathBuf) -> Result<AdminAnswer, AdminError> {
    if unpacked.parent() != Some(context.models.as_path()) {
        let folder = context.models.display();
        return Err(AdminError::Refused(format!("A model is taken from a folder in `{folder}` only")));
    }
    let context = context.clone();
    let installed = tokio::task::spawn_blocking(move || {
        embedding::install(&context.embedder, context.embedding_provider, &unpacked, &context.models)
    });
    installed
        .await
        .map_err(|_| AdminError::Refused("The import broke off; the log says why".to_owned()))??;
    Ok(AdminAnswer::ModelInstalled { model: MODEL_ID.to_owned() })
}

/// Runs the command where the data directory is held, and prints the answer.
pub(super) fn call(loaded: &Loaded, command: AdminCommand, json: bool) -> anyhow::Result<()> {
    let answer = ask(loaded, command)?;
    if json { print_json(&plain(&answer)?) } else { print_line(&sentence(&answer)) }
}

/// `progress` is written when the command is run in this process.
pub(super) async fn run_where_held(
    settings: &Settings,
    command: AdminCommand,
    progress: Progress,
) -> anyhow::Result<AdminAnswer> {
    let layout = Layout::new(&settings.data.dir);
    if !command.may_make_node() {
        require_node(&layout)?;
    }
    match OpenStore::open(layout.clone(), Sources::of_this_machine()) {
        Ok(store) => {
            let mut app = App::assemble(store, settings)?;
            app.env.backups.progress = progress;
            if command.searches() {
                app.load_embedder(settings).await;
                app.env.index.catch_up().await?;
                app.env.vectors.catch_up().await?;
            }
            let answer = run(&AdminContext::new(&app, settings), command).await?;
            app.env.db.checkpoint().await?;
            Ok(answer)
        }
        Err(BootError::Directory(DirectoryError::Held { .. })) => control::call(&layout, &command).await,
        Err(error) => Err(error.into()),
    }
}

/// Refuses a folder in which no node is.
pub(super) fn require_node(layout: &Layout) -> anyhow::Result<()> {
    if !layout.database().exists() && !directory::is_held(layout) {
        bail!(
            "There is no node in `{}`; check `--data-dir`, or start one with `snip serve`",
            layout.root.display()
        );
    }
    Ok(())
}

/// The answer without its tag: what `--json` prints.
fn plain(answer: &AdminAnswer) -> anyhow::Result<serde_json::Value> {
    let mut value = serde_json::to_value(answer)?;
    if let Some(object) = value.as_object_mut() {
        // The plain `remove` would move the last field into its place.
        object.shift_remove("answer");
    }
    Ok(value)
}

fn sentence(answer: &AdminAnswer) -> String {
    match answer {
        AdminAnswer::ClientCreated { client_id, api_key } => format!(
            "Created the client.\n  client id  {client_id}\n  API key    {api_key}\n\
             The key is shown only this once. Keep it safe."
        ),
        AdminAnswer::Clients { items, next_cursor } => list_text(items, next_cursor.as_deref()),
        AdminAnswer::ClientChanged { client_id, status } => {
            format!("The client {client_id} is {status} now.")
        }
        AdminAnswer::KeyRotated { client_id, api_key } => {
            format!(
                "Made a new key for {client_id}.\n  API key    {api_key}\nThe key is shown only this once. Keep it safe."
            )
        }
        AdminAnswer::SetupLink { url } => format!("Open this link once, within seven days:\n  {url}"),
        AdminAnswer::PersonInvited { email, url } => {
            format!("Invited {email}. The link works once, within seven days:\n  {url}")
        }
        AdminAnswer::People { items } => people_text(items),
        AdminAnswer::PersonSignInLink { url } => format!("Open this link once, within the hour:\n  {url}"),
        AdminAnswer::Reindexed { .. } => "The index was rebuilt.".to_owned(),
        AdminAnswer::Answered { given } => given.response.clone(),
        AdminAnswer::Evaluated { outcomes } => format!("{} cases were evaluated.", outcomes.len()),
        AdminAnswer::ModelInstalled { model } => format!("The embedding model {model} is in use."),
        AdminAnswer::Document { document } => super::ingest::sentence(document),
        AdminAnswer::BackedUp { report } => super::backup::sentence(report),
        AdminAnswer::BackupProgress { done, total } => format!("{done} of {total} bytes are done."),
    }
}

fn people_text(items: &[PersonLine]) -> String {
    if items.is_empty() {
        return "Nobody has a login yet. Invite somebody with `snip person invite EMAIL --role owner`."
            .to_owned();
    }
    let line = |person: &PersonLine| {
        format!("{}  {}  {}  {}", person.person_id, person.name, person.email, person.places.join(", "))
    };
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn list_text(items: &[ClientLine], next_cursor: Option<&str>) -> String {
    if items.is_empty() {
        return "There are no clients yet. Make one with `snip client create --name … --email …`.".to_owned();
    }
    let mut lines: Vec<String> = items
        .iter()
        .map(|client| {
            format!("{}  {:<9}  {}  {}", client.client_id, client.status, client.name, client.email)
        })
        .collect();
    if let Some(cursor) = next_cursor {
        lines.push(format!("More: `snip client list --cursor {cursor}`"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::ids::Id as _;

    // Whoever mistypes `--data-dir` gets no empty node there.
    #[tokio::test]
    async fn a_command_about_a_node_that_is_not_there_says_so_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        settings.data.dir = folder.path().join("mistyped");
        let client_id = ClientId::from_ulid(ulid::Ulid::from_parts(1, 1));

        for command in [
            AdminCommand::ClientList { limit: None, cursor: None },
            AdminCommand::ClientSetStatus { client_id: client_id.clone(), status: ClientStatus::Active },
            AdminCommand::KeyRotate { client_id, overlap_minutes: 0 },
            AdminCommand::SetupLink,
            AdminCommand::Reindex,
        ] {
            let error = run_where_held(&settings, command, Progress::default()).await.unwrap_err();

            assert!(error.to_string().starts_with("There is no node in `"), "{error}");
            assert!(!settings.data.dir.exists());
        }
    }

    #[tokio::test]
    async fn the_first_client_may_be_made_before_the_first_start() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::default();
        settings.data.dir = folder.path().join("new");
        let create = AdminCommand::ClientCreate {
            name: "Bakery".to_owned(),
            email: "a@example.test".to_owned(),
            service: Service::Managed,
            purpose: Purpose::Test,
        };

        run_where_held(&settings, create, Progress::default()).await.unwrap();
        let list = AdminCommand::ClientList { limit: None, cursor: None };
        let answer = run_where_held(&settings, list, Progress::default()).await.unwrap();

        assert!(matches!(answer, AdminAnswer::Clients { items, .. } if items.len() == 1));
    }
}
