//! The demo: two invented businesses with documents, FAQs and a website each, made from files in the binary.
//!
//! Making it twice changes nothing; what is missing is added. Its clients are ordinary ones, marked as demos.

mod store;

use crate::domain::Environment;
use crate::domain::access::setup;
use crate::domain::clients::serving::{Caps, Purpose};
use crate::domain::clients::settings::SettingsPatch;
use crate::domain::clients::{self, ClientError, ClientName, NewClient};
use crate::domain::knowledge::KnowledgeError;
use crate::domain::knowledge::documents::{self, Document, FileName, Upload};
use crate::domain::knowledge::faqs::{self, NewFaq};
use crate::ground::email_address::EmailAddress;
use crate::ground::ids::{BlobId, ClientId};
use crate::ground::limits::DEMO_READY_MS;
use crate::ground::scope::{AgencyScope, ClientScope};
use crate::store::error::Bug;
use crate::store::{DbError, PageRequest, ReadTx};
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

/// The businesses of the demo.
pub const SLUGS: &[&str] = &["tallowick-cycles", "quince-and-ember"];
const WORK: &str = "demo";
const NEW_AGENCY: setup::NewAgency<'static> = setup::NewAgency { name: "Demo agency", site: "" };

#[derive(RustEmbed)]
#[folder = "assets/demo"]
struct Files;

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(Deserialize)]
struct ClientFile {
    name: ClientName,
    email: EmailAddress,
    widget: WidgetFile,
}

#[derive(Deserialize)]
struct WidgetFile {
    #[serde(rename = "name")]
    widget_name: serde_json::Value,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// Makes what is missing of the demo.
pub async fn make(env: &Environment) -> Result<(), DemoError> {
    let agency = AgencyScope::from_system(WORK);
    env.db
        .write(agency.actor().clone(), |tx| -> Result<(), DbError> {
            if setup::is_set_up(tx)? { Ok(()) } else { setup::set_up(tx, &NEW_AGENCY) }
        })
        .await?;
    for slug in SLUGS {
        let scope = make_client(env, &agency, slug).await?;
        upload_missing(env, &scope, slug).await?;
    }
    Ok(())
}

/// Waits until every document of the demo has been read, so that its first answer is as good as its last; at
/// most `DEMO_READY_MS`.
pub async fn wait_until_read(env: &Environment) -> Result<(), DemoError> {
    let until = env.clock.now().plus_ms(DEMO_READY_MS);
    while env.clock.now() < until {
        let is_read = env
            .db
            .read(|tx| -> Result<bool, KnowledgeError> {
                let page = PageRequest::new(Some(100), None)
                    .map_err(|error| DbError::from(Bug::invariant(error.to_string())))?;
                for (_, client_id) in list_clients(tx)? {
                    let scope = ClientScope::from_row(client_id, WORK);
                    if documents::list(tx, &scope, &page)?.items.iter().any(Document::is_on_its_way) {
                        return Ok(false);
                    }
                }
                Ok(true)
            })
            .await?;
        if is_read {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The client of this site, made with its settings and FAQs in one transaction.
async fn make_client(
    env: &Environment,
    agency: &AgencyScope,
    slug: &'static str,
) -> Result<ClientScope, DemoError> {
    let file: ClientFile = parse(&format!("{slug}/client.json"))?;
    let questions: Vec<NewFaq> = parse(&format!("{slug}/faqs.json"))?;
    let patch = settings_of(file.widget, slug)?;
    let new = NewClient { purpose: Purpose::Demo, ..NewClient::new(file.name, file.email) };
    let agency = agency.clone();
    env.db
        .write(agency.actor().clone(), move |tx| -> Result<_, DemoError> {
            if let Some(client_id) = store::find_client(tx, slug)? {
                return Ok(agency.client(client_id));
            }
            let client = clients::create(tx, &agency, &new)?;
            let scope = agency.client(client.id);
            clients::change_settings(tx, &scope, &patch, None)?;
            for question in &questions {
                faqs::create(tx, &scope, question)?;
            }
            store::insert_site(tx, &scope, slug)?;
            Ok(scope)
        })
        .await
}

fn settings_of(widget: WidgetFile, slug: &str) -> Result<SettingsPatch, DbError> {
    let mut fields = widget.rest;
    fields.insert("widget_name".to_owned(), widget.widget_name);
    serde_json::from_value(fields.into())
        .map_err(|error| Bug::invariant(format!("the demo settings of `{slug}`: {error}")).into())
}

/// Uploads the documents that the client does not have yet.
async fn upload_missing(env: &Environment, scope: &ClientScope, slug: &str) -> Result<(), DemoError> {
    let present = present_names(env, scope).await?;
    let folder = format!("{slug}/documents/");
    for path in Files::iter().filter(|path| path.starts_with(&folder)) {
        let name = path.trim_start_matches(&folder).to_owned();
        let Some(file) = Files::get(&path) else { continue };
        if !present.contains(&name) {
            upload(env, scope, &name, &file.data).await?;
        }
    }
    Ok(())
}

async fn present_names(env: &Environment, scope: &ClientScope) -> Result<HashSet<String>, DemoError> {
    let scope = scope.clone();
    let first_page = PageRequest::new(Some(100), None)
        .map_err(|error| DbError::from(Bug::invariant(error.to_string())))?;
    let page = env.db.read(move |tx| documents::list(tx, &scope, &first_page)).await?;
    Ok(page.items.into_iter().map(|document| document.file_name.into_string()).collect())
}

async fn upload(env: &Environment, scope: &ClientScope, name: &str, bytes: &[u8]) -> Result<(), DemoError> {
    let id: BlobId = env.ids.new_id(env.clock.now());
    let mut writer = env.blobs.create(scope.client_id(), id).await?;
    writer.write(bytes).await?;
    let file_name =
        FileName::parse(name).map_err(|error| DbError::from(Bug::invariant(error.to_string())))?;
    let upload = Upload { file_name, media_type: "text/markdown".to_owned(), blob: writer.finish().await? };
    let scope = scope.clone();
    // The demo's own documents are there whatever a demo may hold besides.
    let caps = Caps { documents: u32::MAX, ..env.caps };
    env.db.write(scope.actor().clone(), move |tx| documents::create(tx, &scope, &caps, &upload)).await?;
    Ok(())
}

/// A file of the demo's websites, with the client's id put into its pages. None when the demo was not made or
/// has no such file.
pub fn site_file(tx: &ReadTx<'_>, slug: &str, path: &str) -> Result<Option<Cow<'static, [u8]>>, DbError> {
    let Some(client_id) = store::find_client(tx, slug)? else { return Ok(None) };
    let Some(file) = Files::get(&format!("{slug}/site/{path}")) else { return Ok(None) };
    Ok(Some(with_client(file.data, &client_id)))
}

/// A file of the page that lists the websites; None when the demo was not made.
pub fn list_file(tx: &ReadTx<'_>, path: &str) -> Result<Option<Cow<'static, [u8]>>, DbError> {
    let is_made = match SLUGS.first() {
        Some(slug) => store::find_client(tx, slug)?.is_some(),
        None => false,
    };
    Ok(if is_made { Files::get(&format!("site/{path}")).map(|file| file.data) } else { None })
}

fn with_client(bytes: Cow<'static, [u8]>, client_id: &ClientId) -> Cow<'static, [u8]> {
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains("{{client_id}}") => {
            Cow::Owned(text.replace("{{client_id}}", &client_id.to_string()).into_bytes())
        }
        _ => bytes,
    }
}

/// The ids of the demo's clients, with their slugs.
pub fn list_clients(tx: &ReadTx<'_>) -> Result<Vec<(&'static str, ClientId)>, DbError> {
    let mut clients = Vec::new();
    for slug in SLUGS {
        if let Some(client_id) = store::find_client(tx, slug)? {
            clients.push((*slug, client_id));
        }
    }
    Ok(clients)
}

fn parse<T: serde::de::DeserializeOwned>(path: &str) -> Result<T, DbError> {
    let file =
        Files::get(path).ok_or_else(|| Bug::invariant(format!("the demo file `{path}` is missing")))?;
    serde_json::from_slice(&file.data)
        .map_err(|error| Bug::invariant(format!("the demo file `{path}`: {error}")).into())
}
