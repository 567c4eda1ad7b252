//! Documents: upload, state, removal.

use super::views::{ListView, PageQuery};
use crate::domain::knowledge::documents::{self, Document, DocumentStatus, FileName, Upload as NewDocument};
use crate::domain::knowledge::{KnowledgeError, source};
use crate::ground::ids::{BlobId, DocumentId};
use crate::ground::limits::{MARKDOWN_BYTES_MAX, UPLOAD_DISK_CHECK_BYTES, UPLOAD_TIMEOUT_MS};
use crate::ground::scope::ClientScope;
use crate::ground::time::Timestamp;
use crate::http::{
    Accepted, Call, Code, Json, Key, KeyScope, Limit, NoContent, NoPath, NoQuery, Problem, Route, Upload,
    delete, get, operation, post,
};
use crate::store::blob::WrittenBlob;
use crate::store::error::Chain;
use crate::store::idempotency::{self, Intent};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing::warn;

const TAG: &str = "Knowledge";

pub(super) fn routes() -> Vec<Route> {
    vec![
        post(
            "/api/documents",
            operation("uploadDocument", TAG, "Upload a document; it is read and indexed after the answer."),
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
    created_at: Timestamp,
    updated_at: Timestamp,
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
            created_at: document.created_at,
            updated_at: document.updated_at,
        }
    }
}

async fn upload(call: Call<ClientScope, NoPath, NoQuery, Upload>) -> Result<Accepted<DocumentView>, Problem> {
    let Call { state, caller, body, meta, .. } = call;
    state.require_disk_space()?;
    let env = state.env.clone();
    let new = receive(&state, &caller, body).await?;
    let blob_id = new.blob.id.clone();
    let intent = meta.idempotency_key.map(|key| {
        let request = format!("{} {}", new.file_name, new.blob.sha256_hex);
        Intent::new("upload_document", key, request.as_bytes())
    });
    let scope = caller.clone();
    let created = env
        .db
        .write(caller.actor().clone(), move |tx| -> Result<_, KnowledgeError> {
            idempotency::once(tx, &scope, intent.as_ref(), || {
                documents::create(tx, &scope, &new).map(DocumentView::from)
            })
        })
        .await;
    // A repeated request and a refused one leave no row that names the file.
    let is_used = match &created {
        Ok(view) => is_named(&state, &caller, &view.id, &blob_id).await,
        Err(_) => false,
    };
    if !is_used && let Err(error) = env.blobs.delete(caller.client_id(), &blob_id).await {
        warn!("A file that no document names stays for the sweep: {}", Chain(&error));
    }
    Ok(Accepted(created?))
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

/// Streams the file to disk. Refuses a file whose beginning shows that it cannot be read, and one that is larger
/// than what can be read; whether the rest of it is text is found when it is read.
async fn receive(
    state: &crate::http::HttpState,
    scope: &ClientScope,
    mut upload: Upload,
) -> Result<NewDocument, Problem> {
    let env = &state.env;
    let id: BlobId = env.ids.new_id(env.clock.now());
    let mut writer = env.blobs.create(scope.client_id(), id).await?;
    let bytes_max = state.node.upload_bytes_max.min(MARKDOWN_BYTES_MAX);
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
                return Err(too_large(state, name.as_str(), &head));
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
    source::refuse_at_once(file_name.as_str(), &head).map_err(unsupported)?;
    let blob: WrittenBlob = writer.finish().await?;
    Ok(NewDocument { file_name, media_type, blob })
}

fn unsupported(error: source::SourceError) -> Problem {
    Problem::with_detail(Code::UnsupportedFile, error.to_string())
}

/// Why the file was not read to its end. A file of another kind is refused as such: in smaller parts it would not
/// be read either.
fn too_large(state: &crate::http::HttpState, name: &str, head: &[u8]) -> Problem {
    if !head.is_empty()
        && let Err(error) = source::refuse_at_once(name, head)
    {
        return unsupported(error);
    }
    if state.node.upload_bytes_max < MARKDOWN_BYTES_MAX {
        return state.upload_too_large();
    }
    let error = source::SourceError::TooLarge { bytes_max: MARKDOWN_BYTES_MAX };
    Problem::with_detail(Code::PayloadTooLarge, error.to_string())
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
