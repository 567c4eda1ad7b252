//! Every setting of the appliance: its default, its unit, its range and what it is for.
//!
//! The schema that configuration is checked against is generated from these types, and so is
//! `snip.toml.example`: a new setting is a field here, with a doc comment. Each field is read by the server;
//! a setting that nothing reads yet does not stand here.

use super::backup::BackupSettings;
use super::billing::BillingSettings;
use super::embeddings::EmbeddingSettings;
use super::formats::{PublicUrl, parse_address_range};
use super::llm::{LlmFallbackSettings, LlmSettings};
use super::mail::MailSettings;
use super::network::NetworkSettings;
use super::sign_up::SignUpSettings;
use crate::ground::limits;
use crate::ground::secret::Secret;
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What the appliance runs with. Serializing it masks every secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub http: HttpSettings,
    pub data: DataSettings,
    pub network: NetworkSettings,
    pub log: LogSettings,
    pub brand: BrandSettings,
    pub mail: MailSettings,
    pub billing: BillingSettings,
    pub sign_up: SignUpSettings,
    pub embeddings: EmbeddingSettings,
    pub llm: LlmSettings,
    /// The provider that is asked when `[llm]` fails.
    pub llm_fallback_1: LlmFallbackSettings,
    /// The provider that is asked when `[llm_fallback_1]` fails, too.
    pub llm_fallback_2: LlmFallbackSettings,
    pub limits: LimitSettings,
    pub metrics: MetricsSettings,
    pub backup: BackupSettings,
    pub jobs: JobSettings,
    pub index: IndexSettings,
}

/// Where the appliance listens, and how it is reached from outside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port to listen on. Port 0 takes a free one. `127.0.0.1:8080` serves this machine only.
    #[schemars(with = "String", extend("format" = "listen-address"))]
    pub listen: SocketAddr,

    /// Proxies whose forwarded headers are believed, as address ranges (CIDR) or single addresses. With an
    /// empty list, no forwarded header is believed.
    #[serde(deserialize_with = "read_address_ranges")]
    #[schemars(
        with = "Vec<String>",
        length(max = limits::TRUSTED_PROXIES_MAX),
        extend("items" = { "type": "string", "format": "address-range" })
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Address under which people reach the appliance, such as `https://chat.example.com`. When it is empty,
    /// the address of each request is used.
    #[serde(deserialize_with = "read_public_url", serialize_with = "write_public_url")]
    #[schemars(with = "String", length(max = limits::PUBLIC_URL_CHARS_MAX), extend("format" = "public-url"))]
    pub public_url: Option<PublicUrl>,

    /// Lets people sign in over plain http at other addresses than this machine's own. Whoever listens on the way
    /// then sees what they see. Better is https, and `public_url`.
    pub allow_insecure: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
            trusted_proxies: Vec::new(),
            public_url: None,
            allow_insecure: false,
        }
    }
}

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataSettings {
    /// Data directory: database, uploaded files, index and keys. A relative path starts at the folder in which
    /// the program is started.
    #[schemars(
        with = "String",
        length(min = 1, max = limits::CONFIG_PATH_CHARS_MAX),
        extend("format" = "one-line")
    )]
    pub dir: PathBuf,

    /// Free disk space below which uploads are refused, so that the database can still be written.
    #[schemars(range(min = 1, max = limits::FREE_DISK_MB_MAX))]
    pub free_disk_min_mb: u64,
}

impl DataSettings {
    /// `free_disk_min_mb` in bytes.
    pub const fn free_disk_min_bytes(&self) -> u64 {
        self.free_disk_min_mb.saturating_mul(limits::BYTES_PER_MB)
    }
}

impl Default for DataSettings {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("data"),
            free_disk_min_mb: limits::FREE_DISK_BYTES_MIN / limits::BYTES_PER_MB,
        }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// How much is logged: `off`, `error`, `warn`, `info`, `debug` or `trace`, and exceptions for parts of the
    /// program after commas, such as `info,snip::store=debug`.
    #[schemars(length(min = 1, max = limits::LOG_FILTER_CHARS_MAX), extend("format" = "log-filter"))]
    pub level: String,

    /// `text` for people, `json` (one object per line) for log collectors.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// The names that visitors read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BrandSettings {
    /// Name that visitors see where a client has set none of its own.
    #[schemars(length(min = 1, max = limits::BRAND_NAME_CHARS_MAX), extend("format" = "one-line"))]
    pub product_name: String,

    /// Name of the agency that runs this appliance, as the form of the first run proposes it.
    #[schemars(length(max = limits::BRAND_NAME_CHARS_MAX), extend("format" = "one-line"))]
    pub agency_name: String,

    /// Address that people are told to write to when they need help; may be empty.
    #[schemars(length(max = limits::EMAIL_CHARS_MAX), extend("format" = "one-line"))]
    pub support_email: String,
}

impl Default for BrandSettings {
    fn default() -> Self {
        Self {
            product_name: "Assistant".to_owned(),
            agency_name: String::new(),
            support_email: String::new(),
        }
    }
}

/// How much is accepted before the answer is "too many requests" or "too large".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Chat messages from one visitor's address.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub chat_per_address_per_minute: u32,

    /// Chat messages to one client, from all its visitors together.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub chat_per_client_per_minute: u32,

    /// Requests with one API key, or of one person who is signed in, counted apart for reads and for writes: each
    /// has this many.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub api_per_key_per_minute: u32,

    /// Requests for public pages and widget files from one address.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub public_per_address_per_minute: u32,

    /// Tries of the setup link from one address.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub setup_per_address_per_minute: u32,

    /// Tries to sign in from one address.
    #[schemars(range(min = 1, max = limits::RATE_PER_MINUTE_MAX))]
    pub sign_in_per_address_per_minute: u32,

    /// Answers a day (UTC) of a client that nobody pays for: a demo, a test, or an account on a trial or a free plan.
    #[schemars(range(min = 1, max = limits::CAPPED_ANSWERS_PER_DAY_MAX))]
    pub capped_answers_per_day: u32,

    /// Documents of such a client.
    #[schemars(range(min = 1, max = limits::DOCUMENTS_PER_CLIENT_MAX))]
    pub capped_documents: u32,

    /// People of such a client, with those who are invited.
    #[schemars(range(min = 1, max = limits::MEMBERS_PER_ORGANISATION_MAX))]
    pub capped_members: u32,

    /// Size of one uploaded document. What can be read of a kind has a bound of its own, however large this is:
    /// PDF 200 MB, Word and other office documents 100 MB, workbooks 50 MB, web pages, tables and texts 20 MB.
    #[schemars(range(min = 1, max = limits::UPLOAD_BYTES_MAX / limits::BYTES_PER_MB))]
    pub upload_mb_max: u64,
}

impl LimitSettings {
    /// `upload_mb_max` in bytes.
    pub const fn upload_bytes_max(&self) -> u64 {
        self.upload_mb_max.saturating_mul(limits::BYTES_PER_MB)
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            chat_per_address_per_minute: 120,
            chat_per_client_per_minute: 600,
            api_per_key_per_minute: 1_200,
            public_per_address_per_minute: 600,
            setup_per_address_per_minute: 10,
            sign_in_per_address_per_minute: 30,
            capped_answers_per_day: 500,
            capped_documents: 50,
            capped_members: 5,
            upload_mb_max: limits::UPLOAD_BYTES_MAX / limits::BYTES_PER_MB,
        }
    }
}

/// Figures for a monitoring system, in the Prometheus text format.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MetricsSettings {
    /// Serves the figures at `/metrics`.
    pub enabled: bool,

    /// Bearer token that `/metrics` asks for. When it is empty, one is generated into the folder `keys` of the
    /// data directory.
    #[serde(serialize_with = "write_mask")]
    #[schemars(length(max = limits::METRICS_TOKEN_CHARS_MAX), extend("format" = "token"))]
    pub token: Secret<String>,
}

impl Default for MetricsSettings {
    fn default() -> Self {
        Self { enabled: true, token: Secret::new(String::new()) }
    }
}

/// Work in the background.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JobSettings {
    /// Jobs that run at the same time in each lane. There are three lanes, short work, reading uploaded documents
    /// and upkeep of vectors and backups, so that one never waits for another.
    #[schemars(range(min = 1, max = limits::JOB_WORKERS_MAX))]
    pub workers: u32,
}

impl Default for JobSettings {
    fn default() -> Self {
        Self { workers: 2 }
    }
}

/// Search by meaning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IndexSettings {
    /// Memory for vectors of clients that were asked lately. A client whose vectors are not in it is read from the
    /// database again.
    #[schemars(range(min = 1, max = limits::VECTOR_CACHE_MB_MAX))]
    pub vector_cache_mb: u64,

    /// Vectors of one client up to which all of them are compared with a question. A larger client gets an index
    /// of its own.
    #[schemars(range(min = 1, max = limits::SCANNED_VECTORS_SETTING_MAX))]
    pub scanned_vectors_max: u32,
}

impl IndexSettings {
    /// `vector_cache_mb` in bytes.
    pub fn vector_cache_bytes(&self) -> usize {
        usize::try_from(self.vector_cache_mb.saturating_mul(limits::BYTES_PER_MB)).unwrap_or(usize::MAX)
    }
}

impl Default for IndexSettings {
    fn default() -> Self {
        Self { vector_cache_mb: 384, scanned_vectors_max: 20_000 }
    }
}

fn read_address_ranges<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts
        .iter()
        .map(|text| {
            parse_address_range(text).ok_or_else(|| serde::de::Error::custom("expected an address range"))
        })
        .collect()
}

fn read_public_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PublicUrl>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    PublicUrl::parse(&text).map(Some).ok_or_else(|| serde::de::Error::custom("expected an http or https URL"))
}

fn write_public_url<S: Serializer>(url: &Option<PublicUrl>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(url.as_ref().map_or("", PublicUrl::as_str))
}

/// An unset secret stays visibly unset; a set one shows only that it is set.
pub(super) fn write_mask<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    if secret.reveal().is_empty() { serializer.serialize_str("") } else { serializer.collect_str(secret) }
}
