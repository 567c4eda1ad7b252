//! Documents: upload, state, removal.

use super::views::{ListView, PageQuery};
use crate::domain::knowledge::documents::{
    self, Document, DocumentStatus, FileName, Taken, Upload as NewDocument,
};
use crate::domain::knowledge::faqs::Category;
use crate::domain::knowledge::{KnowledgeError, source};
use crate::ground::ids::{BlobId, DocumentId};
use crate::ground::limits::{UPLOAD_DISK_CHECK_BYTES, UPLOAD_TIMEOUT_MS};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{
    Accepted, AcceptedOrKnown, Call, Code, Download, File, Json, Key, KeyScope, Limit, NoContent, NoPath,
    NoQuery, Problem, Route, Upload, delete, get, operation, post,
};
use crate::store::WriteTx;
use crate::store::blob::WrittenBlob;
use crate::store::error::Chain;
use crate::store::idempotency::{self, Intent};
use futures_util::StreamExt as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio_util::io::ReaderStream;
use tracing::warn;

const TAG: &str = "Knowledge";

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/documents",
            operation(
                "uploadDocument",
                TAG,
                "Upload a document; it is read and indexed after the answer. A file that the client has already is \
                 not taken twice: the answer is the document that holds it.",
            ),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            upload,
        )
        .within_ms(UPLOAD_TIMEOUT_MS)
        .takes_idempotency_key()
        .may_answer(&[Code::UnsupportedFile, Code::QuotaReached, Code::DiskFull]),
        get(
            "/api/documents",
            operation("listDocuments", TAG, "List the documents, newest first."),
            Key(KeyScope::KnowledgeRead),
            Limit::Key,
            list,
        ),
        get(
            "/api/documents/{id}",
            operation("getDocument", TAG, "Read a document's state."),
            Key(KeyScope::KnowledgeRead),
            Limit::Key,
            get_one,
        )
        .may_answer(&[Code::NotFound]),
        get(
            "/api/documents/{id}/text",
            operation("getDocumentText", TAG, "Read the text that was read out of a document."),
            Key(KeyScope::KnowledgeRead),
            Limit::Key,
            text,
        )
        .may_answer(&[Code::NotFound]),
        get(
            "/api/documents/{id}/original",
            operation("downloadDocument", TAG, "Download the file of a document as it was uploaded."),
            Key(KeyScope::KnowledgeRead),
            Limit::Key,
            original,
        )
        .within_ms(UPLOAD_TIMEOUT_MS)
        .may_answer(&[Code::NotFound]),
        post(
            "/api/documents/{id}/retry",
            operation("retryDocument", TAG, "Read a document again that failed."),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            retry,
        )
        .may_answer(&[Code::NotFound, Code::WrongState]),
        post(
            "/api/documents/{id}/cancel",
            operation("cancelDocument", TAG, "Stop the reading of a document; it can be retried."),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            cancel,
        )
        .may_answer(&[Code::NotFound, Code::WrongState]),
        delete(
            "/api/documents/{id}",
            operation("deleteDocument", TAG, "Delete a document; nothing of it is found after the answer."),
            Key(KeyScope::KnowledgeWrite),
            Limit::KeyWrite,
            remove,
        )
        .may_answer(&[Code::NotFound]),
    ]
}

#[derive(Debug, Deserialize, JsonSchema)]
struct DocumentPath {
    id: DocumentId,
}

/// A document and where it stands on its way into answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct DocumentView {
    id: DocumentId,
    file_name: String,
    /// The document's own title, or its file name until it has been read.
    title: String,
    media_type: String,
    size_bytes: u64,
    status: DocumentStatus,
    /// 0 to 100.
    progress_percent: u32,
    /// Why it failed and what to do; null otherwise.
    error: Option<String>,
    /// What it is about, as its owner says.
    category: Option<String>,
    /// How much it counts beside the other documents; 1 is usual.
    #[serde(default = "usual_weight")]
    #[schemars(required)]
    weight: f32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Of answers that were kept for a repeated request before they told it.
const fn usual_weight() -> f32 {
    1.0
}

impl From<Document> for DocumentView {
    fn from(document: Document) -> Self {
        Self {
            id: document.id,
            file_name: document.file_name.into_string(),
            title: document.title,
            media_type: document.media_type,
            size_bytes: document.size_bytes,
            status: document.status,
            progress_percent: document.progress_percent,
            error: document.error,
            category: document.category.map(Category::into_string),
            weight: document.weight.factor(),
            created_at: document.created_at,
            updated_at: document.updated_at,
        }
    }
}

/// A document after an upload.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct UploadView {
    #[serde(flatten)]
    document: DocumentView,
    /// Whether the client had this file already, under whatever name: then this is the document that holds it.
    is_duplicate: bool,
}

impl From<Taken> for UploadView {
    fn from(taken: Taken) -> Self {
        match taken {
            Taken::New(document) => Self { document: document.into(), is_duplicate: false },
            Taken::Known(document) => Self { document: document.into(), is_duplicate: true },
        }
    }
}

async fn upload(
    call: Call<ClientScope, NoPath, NoQuery, Upload>,
) -> Result<AcceptedOrKnown<UploadView>, Problem> {
    let Call { state, caller, body, meta, .. } = call;
    state.require_disk_space()?;
    let env = state.env.clone();
    let new = receive(&state, &caller, body).await?;
    let blob_id = new.blob.id.clone();
    let intent = meta.idempotency_key.map(|key| {
        let request = format!("{} {}", new.file_name, new.blob.sha256_hex);
        Intent::new("upload_document", key, request.as_bytes())
    });
    let (scope, caps) = (caller.clone(), env.caps);
    let created = env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            idempotency::once(tx, &scope, intent.as_ref(), || {
                documents::create(tx, &scope, &caps, &new).map(UploadView::from)
            })
        })
        .await;
    // A repeated request and a refused one leave no row that names the file.
    let is_used = match &created {
        Ok(view) => is_named(&state, &caller, &view.document.id, &blob_id).await,
        Err(_) => false,
    };
    if !is_used && let Err(error) = env.blobs.delete(caller.client_id(), &blob_id).await {
        warn!("A file that no document names stays for the sweep: {}", Chain(&error));
    }
    let view = created?;
    let is_at_work = !view.is_duplicate || view.document.status == DocumentStatus::Queued;
    Ok(if is_at_work { AcceptedOrKnown::Accepted(view) } else { AcceptedOrKnown::Known(view) })
}

async fn is_named(
    state: &crate::http::HttpState,
    scope: &ClientScope,
    id: &DocumentId,
    blob: &BlobId,
) -> bool {
    let (scope, id) = (scope.clone(), id.clone());
    let found = state.env.db.read(move |tx| documents::get(tx, &scope, &id)).await;
    // In doubt the file is kept: the sweep removes what nobody names.
    found.map_or(true, |document| document.blob_id == *blob)
}

/// Streams the file to disk. Refuses a file whose beginning shows that it cannot be read; what the rest of it holds
/// is found when it is read.
async fn receive(
    state: &crate::http::HttpState,
    scope: &ClientScope,
    mut upload: Upload,
) -> Result<NewDocument, Problem> {
    let env = &state.env;
    let id: BlobId = env.ids.new_id(env.clock.now());
    let mut writer = env.blobs.create(scope.client_id(), id).await?;
    let bytes_max = state.node.upload_bytes_max;
    let mut checked_bytes = 0;
    let mut head = Vec::new();
    let (file_name, media_type) = {
        let mut file = upload.file().await?;
        let name =
            FileName::parse(file.name()).map_err(|error| Problem::field("/file", error.to_string()))?;
        let media_type = file.content_type().unwrap_or("application/octet-stream").to_owned();
        while let Some(piece) = file.next_piece().await? {
            let size_bytes = writer.size_bytes() + piece.len() as u64;
            if size_bytes > bytes_max {
                return Err(too_large(state, &head));
            }
            // Others write to the disk too while the file arrives.
            if size_bytes - checked_bytes >= UPLOAD_DISK_CHECK_BYTES {
                state.require_disk_space()?;
                checked_bytes = size_bytes;
            }
            let room = source::SNIFF_BYTES.saturating_sub(head.len());
            head.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
            writer.write(&piece).await?;
        }
        (name, media_type)
    };
    upload.end().await?;
    source::refuse_at_once(&head).map_err(unsupported)?;
    let blob: WrittenBlob = writer.finish().await?;
    Ok(NewDocument { file_name, media_type, blob })
}

fn unsupported(error: source::SourceError) -> Problem {
    Problem::with_detail(Code::UnsupportedFile, error.to_string())
}

/// Why the file was not taken to its end. A file of a kind that cannot be read is refused as such: in smaller parts
/// it would not be read either.
fn too_large(state: &crate::http::HttpState, head: &[u8]) -> Problem {
    match source::refuse_at_once(head) {
        Err(error) if !head.is_empty() => unsupported(error),
        _ => state.upload_too_large(),
    }
}

async fn list(call: Call<ClientScope, NoPath, PageQuery>) -> Result<Json<ListView<DocumentView>>, Problem> {
    let (scope, page) = (call.caller, call.query.request()?);
    let found = call.state.env.db.read(move |tx| documents::list(tx, &scope, &page)).await?;
    Ok(Json(ListView::of(found, DocumentView::from)))
}

async fn get_one(call: Call<ClientScope, DocumentPath>) -> Result<Json<DocumentView>, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let found = call.state.env.db.read(move |tx| documents::get(tx, &scope, &id)).await?;
    Ok(Json(found.into()))
}

async fn text(call: Call<ClientScope, DocumentPath>) -> Result<File, Problem> {
    let (scope, id) = (call.caller, call.path.id);
    let text = call.state.env.db.read(move |tx| documents::text(tx, &scope, &id)).await?;
    Ok(File { content_type: "text/plain; charset=utf-8", bytes: text.into(), cache_control: None })
}

async fn original(call: Call<ClientScope, DocumentPath>) -> Result<Download, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    let env = call.state.env;
    let document = env.db.read(move |tx| documents::get(tx, &scope, &id)).await?;
    let file = env.blobs.open(call.caller.client_id(), &document.blob_id).await?;
    let bytes = ReaderStream::new(tokio::fs::File::from_std(file)).boxed();
    Ok(Download { file_name: document.file_name.into_string(), size_bytes: document.size_bytes, bytes })
}

async fn retry(call: Call<ClientScope, DocumentPath>) -> Result<Accepted<DocumentView>, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    let work = move |tx: &WriteTx<'_>| documents::retry(tx, &scope, &id);
    Ok(Accepted(call.state.env.db.write(call.caller.actor().clone(), work).await?.into()))
}

async fn cancel(call: Call<ClientScope, DocumentPath>) -> Result<Json<DocumentView>, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    let work = move |tx: &WriteTx<'_>| documents::cancel(tx, &scope, &id);
    Ok(Json(call.state.env.db.write(call.caller.actor().clone(), work).await?.into()))
}

async fn remove(call: Call<ClientScope, DocumentPath>) -> Result<NoContent, Problem> {
    let (scope, id) = (call.caller.clone(), call.path.id);
    let env = call.state.env;
    let blob_id =
        env.db.write(call.caller.actor().clone(), move |tx| documents::delete(tx, &scope, &id)).await?;
    if let Err(error) = env.blobs.delete(call.caller.client_id(), &blob_id).await {
        warn!("The file of a deleted document stays for the sweep: {}", Chain(&error));
    }
    Ok(NoContent)
}
