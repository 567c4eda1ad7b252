//! COMPOSITION ROOT: the only place that knows everyone.
//!
//! [`OpenStore`] takes the data directory, its keys and its database; [`App`] adds the index, the engine and the
//! HTTP state. Nothing here decides anything: it connects. `app/embedding.rs` connects what embeds.

pub mod embedding;
mod endpoint_embedder;
pub mod reach;

use crate::config::{
    BackupSettings, BillingMode, LlmFallbackSettings, LlmProvider, MailEncryption, MailProvider,
    MailSettings, Settings, secrets_of,
};
use crate::domain::Environment;
use crate::domain::access::sign_up::SignUpPlan;
use crate::domain::chat::live::LiveTurns;
use crate::domain::clients::serving::Caps;
use crate::domain::knowledge::follower::IndexFollower;
use crate::domain::knowledge::parser::Parser;
use crate::domain::knowledge::recutting;
use crate::domain::knowledge::vectors::Vectors;
use crate::domain::notify::MailBrand;
use crate::domain::ops::backups::{Backups, Plan};
use crate::engine::reactions::StaticReactions;
use crate::engine::tasks::Tasks;
use crate::engine::{housekeeping, index_lane, large_clients, outbox_worker, runner, schedules};
use crate::gateway::email::EmailGateway;
use crate::gateway::email::smtp::{Encryption, SmtpOptions, SmtpServer, SmtpSetupError};
use crate::gateway::llm::{ChainOptions, ConnectionError, LlmChain, Patience, ProviderName, ProviderOptions};
use crate::ground::crypto::{MacKey, hex};
use crate::ground::limits::{
    EVENTS_STREAMS_MAX, FAILURES_PER_ADDRESS_PER_MINUTE, INDEX_WRITER_BYTES, REQUEST_TIMEOUT_MS,
};
use crate::ground::model_prices::ModelPrices;
use crate::ground::scope::Actor;
use crate::ground::secret::Secret;
use crate::http::access::Gatekeeper;
use crate::http::address::{Scheme, Site, TrustedProxies};
use crate::http::backup_metrics::BackupMetrics;
use crate::http::gatekeeper::StoreGatekeeper;
use crate::http::hooks::Hooks;
use crate::http::hooks::metrics::WebhookMetrics;
use crate::http::hooks::stripe::StripeHook;
use crate::http::limits::{LimitSettings, Limiter};
use crate::http::llm_metrics::LlmMetrics;
use crate::http::metrics::HttpMetrics;
use crate::http::public::health::ReadyCache;
use crate::http::public::served::ServedClients;
use crate::http::{Frame, HttpSettings, HttpState, Node};
use crate::index::embed::EmbedderSlot;
use crate::index::flat::FlatOptions;
use crate::index::{IndexError, Opened, TantivyIndex, TextIndexOptions};
use crate::store::blob::Blobs;
use crate::store::directory::{self, DirectoryError, Hold, Layout};
use crate::store::error::Chain;
use crate::store::inbox::InboxMode;
use crate::store::mounts;
use crate::store::{Clock, Db, DbError, DbOptions, IdSource, SystemClock};
use prometheus_client::registry::Registry;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Raised when the rules change by which texts become terms: the keyword index is then made anew.
const ANALYZER_VERSION: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum BootError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Store(#[from] DbError),
    #[error("the keyword index could not be opened")]
    Index(#[source] IndexError),
    #[error(transparent)]
    LanguageModels(#[from] ConnectionError),
    #[error(transparent)]
    Mail(#[from] SmtpSetupError),
    #[error(transparent)]
    OutOfReach(#[from] reach::OutOfReach),
}

/// Time, ids and the program that reads documents: the machine's, or a test's.
#[derive(Clone)]
pub struct Sources {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<IdSource>,
    pub parser: Parser,
}

impl Sources {
    /// The clock of the machine, random ids, and this program.
    pub fn of_this_machine() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            ids: Arc::new(IdSource::random()),
            parser: Parser::of_this_program(),
        }
    }
}

/// A data directory that is held, with its keys and its database open.
pub struct OpenStore {
    pub layout: Layout,
    pub db: Db,
    pub signing_key: MacKey,
    sources: Sources,
    _hold: Hold,
}

impl OpenStore {
    /// Takes the directory for this process and opens what is in it, upgrading the schema if need be.
    pub fn open(layout: Layout, sources: Sources) -> Result<Self, BootError> {
        let hold = directory::take(&layout)?;
        Self::open_held(layout, hold, sources)
    }

    /// As [`OpenStore::open`], for a directory that this process holds already.
    pub fn open_held(layout: Layout, hold: Hold, sources: Sources) -> Result<Self, BootError> {
        let signing_key = directory::load_or_make_key(&layout, "signing", || sources.ids.new_key())?;
        let (db, _) = Db::open(DbOptions {
            path: layout.database(),
            snapshots: layout.backups(),
            clock: Arc::clone(&sources.clock),
            ids: Arc::clone(&sources.ids),
            reactions: Arc::new(StaticReactions),
        })?;
        Ok(Self { layout, db, signing_key, sources, _hold: hold })
    }
}

/// Everything that serves.
pub struct App {
    pub env: Environment,
    pub state: HttpState,
    pub tasks: Tasks,
    pub store: OpenStore,
}

impl App {
    /// Connects the parts; nothing runs yet.
    pub fn assemble(store: OpenStore, settings: &Settings) -> Result<Self, BootError> {
        reach::check(settings)?;
        let options =
            TextIndexOptions { writer_bytes: INDEX_WRITER_BYTES, analyzer_version: ANALYZER_VERSION };
        let (index, opened) =
            TantivyIndex::open(&store.layout.text_index(), options).map_err(BootError::Index)?;
        if let Opened::Fresh { reason } = opened {
            info!(?reason, "The keyword index starts empty and is rebuilt from the tables");
        }
        let vectors = Arc::new(vectors(&store, settings));
        let index = IndexFollower::new(store.db.clone(), Arc::new(index)).beside(vectors.cursors());
        let tasks = Tasks::new();
        let env = Environment {
            db: store.db.clone(),
            blobs: Blobs::new(store.layout.blobs()),
            index: Arc::new(index),
            vectors,
            embedder: EmbedderSlot::new(embedding::first_state(&settings.embeddings, &store.layout.models())),
            llm: llm_chain(settings)?,
            prices: Arc::new(ModelPrices::of(settings.llm.prices.iter().map(String::as_str))),
            parser: store.sources.parser.clone(),
            clock: Arc::clone(&store.sources.clock),
            ids: Arc::clone(&store.sources.ids),
            signing_key: store.signing_key.clone(),
            turns: LiveTurns::new(tasks.tracker(), tasks.stop_token()),
            mail: email_gateway(&settings.mail, &store.layout)?,
            mail_from: settings.mail.from.clone(),
            mail_brand: Arc::new(mail_brand(settings)),
            sign_up: settings
                .sign_up
                .enabled
                .then_some(SignUpPlan { trial_days: settings.sign_up.trial_days }),
            caps: caps(settings),
            backups: Backups::new(store.layout.clone(), backup_plan(&settings.backup)),
        };
        let metrics_token = metrics_token(&store, settings)?;
        let mut registry = Registry::default();
        let hooks = hooks(settings, &mut registry);
        let node = node(settings, &store.layout, tasks.stop_token(), hooks);
        let frame = frame(&env, settings, metrics_token, registry);
        let state = HttpState { frame: Arc::new(frame), env: env.clone(), node: Arc::new(node) };
        Ok(Self { env, state, tasks, store })
    }

    /// Loads the embedding model or connects the endpoint, whichever the settings name. When it returns, the slot
    /// holds an embedder or says why it holds none.
    pub async fn load_embedder(&self, settings: &Settings) {
        embedding::load(&self.env.embedder, &settings.embeddings, self.store.layout.models()).await;
    }

    /// Starts workers, schedules and the index lane, and loads the embedder beside them.
    pub fn start_engine(&self, settings: &Settings) {
        let (slot, embeddings) = (self.env.embedder.clone(), settings.embeddings.clone());
        let models = self.store.layout.models();
        self.tasks.spawn("embedder", async move { embedding::load(&slot, &embeddings, models).await });
        index_lane::start(&self.tasks, &self.env);
        large_clients::start(&self.tasks, &self.env);
        runner::start(&self.tasks, &self.env, settings.jobs.workers as usize);
        outbox_worker::start(&self.tasks, &self.env);
        schedules::start(&self.tasks, self.env.db.clone());
        let db = self.env.db.clone();
        self.tasks.spawn("recutting", async move {
            if let Err(error) = db.write(Actor::System("recutting"), recutting::begin).await {
                // The next start looks again.
                warn!("It was not looked for documents of a former chunker: {}", Chain(&error));
            }
        });
        let env = self.env.clone();
        self.tasks.spawn("widget_builds", async move {
            if let Err(error) = housekeeping::keep_widget(&env).await {
                // The job of the hour does it again.
                warn!("The widget's files could not be noted as served: {}", Chain(&error));
            }
        });
    }
}

/// Who takes mail.
fn email_gateway(settings: &MailSettings, layout: &Layout) -> Result<EmailGateway, SmtpSetupError> {
    match settings.provider {
        MailProvider::Directory => Ok(EmailGateway::Directory(layout.mail())),
        MailProvider::Smtp => {
            let server = SmtpServer::new(SmtpOptions {
                host: settings.smtp_host.clone(),
                port: settings.smtp_port,
                encryption: match settings.smtp_encryption {
                    MailEncryption::Starttls => Encryption::StartTls,
                    MailEncryption::Implicit => Encryption::Implicit,
                    MailEncryption::None => Encryption::None,
                },
                username: settings.smtp_username.clone(),
                password: settings.smtp_password.clone(),
                ca_file: settings.smtp_ca_file.clone(),
            })?;
            Ok(EmailGateway::Smtp(Arc::new(server)))
        }
    }
}

/// How mails name their sender, and where their links lead.
fn mail_brand(settings: &Settings) -> MailBrand {
    let brand = &settings.brand;
    let agency_name = if brand.agency_name.is_empty() { &brand.product_name } else { &brand.agency_name };
    MailBrand {
        public_site: settings.http.public_url.as_ref().map(|url| url.as_str().to_owned()),
        listen_site: listen_site(settings),
        agency_name: agency_name.clone(),
    }
}

/// The backups that are to be made by themselves.
pub fn backup_plan(settings: &BackupSettings) -> Option<Plan> {
    // An empty name stands for no folder, and no absolute path can be made of it.
    let to = std::path::absolute(&settings.to).ok()?;
    Some(Plan { to, every_hours: settings.every_hours, keep: settings.keep })
}

/// What clients have at most that nobody pays for.
const fn caps(settings: &Settings) -> Caps {
    Caps {
        answers_per_day: settings.limits.capped_answers_per_day,
        documents: settings.limits.capped_documents,
        members: settings.limits.capped_members,
    }
}

/// Where this machine reaches the node.
pub fn listen_site(settings: &Settings) -> String {
    let listen = settings.http.listen;
    let host = if listen.ip().is_unspecified() { "localhost".to_owned() } else { listen.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    format!("http://{host}:{}", listen.port())
}

/// The exact scan, and beside it the tables of large clients where the program was built with them.
fn vectors(store: &OpenStore, settings: &Settings) -> Vectors {
    let flat = FlatOptions {
        cache_bytes_max: settings.index.vector_cache_bytes(),
        vectors_large: settings.index.scanned_vectors_max as usize,
    };
    let vectors = Vectors::new(&store.db, flat);
    #[cfg(feature = "lance")]
    let vectors = {
        let dir = store.layout.vector_index();
        vectors.with_tables(&store.db, &dir, Arc::new(crate::index::lance::LanceTables::new(&dir)))
    };
    vectors
}

/// The token of the settings, or a random one that is made on the first start. Its text stands in
/// `keys/metrics_token`.
fn metrics_token(store: &OpenStore, settings: &Settings) -> Result<Secret<String>, DirectoryError> {
    if !settings.metrics.token.reveal().is_empty() {
        return Ok(settings.metrics.token.clone());
    }
    directory::load_or_make_text(&store.layout, "metrics_token", || hex(&store.sources.ids.new_key()))
}

fn frame(
    env: &Environment,
    settings: &Settings,
    metrics_token: Secret<String>,
    mut registry: Registry,
) -> Frame {
    let metrics = HttpMetrics::register(&mut registry);
    registry.register_collector(Box::new(LlmMetrics(env.llm.clone())));
    registry.register_collector(Box::new(BackupMetrics(env.clone())));
    let gatekeeper: Arc<dyn Gatekeeper> = Arc::new(StoreGatekeeper {
        env: env.clone(),
        metrics_token,
        is_metrics_enabled: settings.metrics.enabled,
    });
    let (clock, ids) = (Arc::clone(&env.clock), Arc::clone(&env.ids));
    let limits = limit_settings(settings);
    Frame {
        clock: Arc::new(move || clock.now()),
        request_ids: Arc::new(move |now| ids.new_id(now)),
        settings: HttpSettings {
            trusted_proxies: TrustedProxies::new(settings.http.trusted_proxies.clone()),
            fixed_site: settings.http.public_url.as_ref().and_then(|url| Site::parse(url.as_str())),
            public_site: Site { scheme: Scheme::Http, host: settings.http.listen.to_string() },
            request_timeout_ms: REQUEST_TIMEOUT_MS,
            limits: limits.clone(),
        },
        gatekeeper,
        limiter: Limiter::new(limits),
        metrics,
        registry: Arc::new(registry),
    }
}

/// The providers of the settings, in the order in which they are asked. The settings were checked: what a provider
/// cannot do without is there.
fn llm_chain(settings: &Settings) -> Result<LlmChain, ConnectionError> {
    let first = &settings.llm;
    LlmChain::new(ChainOptions {
        providers: providers(settings),
        concurrency: first.concurrency as usize,
        temperature: Some(first.temperature.as_f32()),
        output_tokens_max: first.output_tokens_max,
        patience: Patience::default(),
    })
}

fn providers(settings: &Settings) -> Vec<ProviderOptions> {
    let first = &settings.llm;
    let first_options = LlmFallbackSettings {
        provider: first.provider,
        base_url: first.base_url.clone(),
        model: first.model.clone(),
        api_key: first.api_key.clone(),
    };
    let sections = [
        (&first_options, first.models_allowed.as_slice()),
        (&settings.llm_fallback_1, [].as_slice()),
        (&settings.llm_fallback_2, [].as_slice()),
    ];
    sections.into_iter().filter_map(|(section, models)| provider(section, models)).collect()
}

/// One provider of the chain; None for a section that names none.
fn provider(section: &LlmFallbackSettings, models_allowed: &[String]) -> Option<ProviderOptions> {
    let provider = match section.provider {
        LlmProvider::None => return None,
        LlmProvider::OpenaiCompatible => ProviderName::OpenAiCompatible,
        LlmProvider::Xai => ProviderName::Xai,
        LlmProvider::Openai => ProviderName::OpenAi,
        LlmProvider::Anthropic => ProviderName::Anthropic,
    };
    let or = |text: &String, default: Option<&str>| match (text.is_empty(), default) {
        (true, Some(default)) => default.to_owned(),
        _ => text.clone(),
    };
    Some(ProviderOptions {
        provider,
        base_url: or(&section.base_url, provider.default_base_url()),
        model: or(&section.model, provider.default_model()),
        models_allowed: models_allowed.to_vec(),
        api_key: (!section.api_key.reveal().is_empty()).then(|| section.api_key.clone()),
    })
}

/// What vendors deliver to.
fn hooks(settings: &Settings, registry: &mut Registry) -> Hooks {
    let secrets = secrets_of(&settings.billing.webhook_secret);
    let mode = match settings.billing.mode {
        BillingMode::Test => InboxMode::Test,
        BillingMode::Live => InboxMode::Live,
    };
    Hooks {
        stripe: (!secrets.is_empty()).then_some(StripeHook { secrets, mode }),
        metrics: WebhookMetrics::register(registry),
    }
}

fn node(settings: &Settings, layout: &Layout, stopping: CancellationToken, hooks: Hooks) -> Node {
    Node {
        data_root: layout.root.clone(),
        ephemeral_data: mounts::find_ephemeral(&layout.root),
        free_disk_bytes_min: settings.data.free_disk_min_bytes(),
        upload_bytes_max: settings.limits.upload_bytes_max(),
        product_name: settings.brand.product_name.clone(),
        agency_name: settings.brand.agency_name.clone(),
        support_email: settings.brand.support_email.clone(),
        is_insecure_allowed: settings.http.allow_insecure,
        streams: Arc::new(Semaphore::new(EVENTS_STREAMS_MAX)),
        stopping,
        ready_cache: ReadyCache::default(),
        served_clients: ServedClients::default(),
        hooks,
    }
}

fn limit_settings(settings: &Settings) -> LimitSettings {
    let limits = &settings.limits;
    LimitSettings {
        chat_per_address_per_minute: limits.chat_per_address_per_minute,
        chat_per_client_per_minute: limits.chat_per_client_per_minute,
        public_read_per_address_per_minute: limits.public_per_address_per_minute,
        key_reads_per_minute: limits.api_per_key_per_minute,
        key_writes_per_minute: limits.api_per_key_per_minute,
        setup_per_address_per_minute: limits.setup_per_address_per_minute,
        sign_in_per_address_per_minute: limits.sign_in_per_address_per_minute,
        failures_per_address_per_minute: FAILURES_PER_ADDRESS_PER_MINUTE,
    }
}
