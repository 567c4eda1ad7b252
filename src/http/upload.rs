//! A file sent as `multipart/form-data`, read piece by piece: nothing is held in memory but one piece.
//!
//! ```text
//! let mut file = call.body.file().await?;
//! while let Some(piece) = file.next_piece().await? { … }
//! call.body.end().await?;
//! ```
//!
//! The form has one field, `file`. Another name before it, a second file, a file without a name, a cut form and
//! more than [`UPLOAD_BYTES_MAX`] are problems; a sender that pauses longer than the patience of the request is
//! a 408. The file's name and type are what the sender says: check them.

use super::body::{self, BodySpec, RequestBody};
use super::problem::Problem;
use super::problem_codes::Code;
use crate::ground::limits::{FILE_NAME_CHARS_MAX, UPLOAD_BYTES_MAX};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use schemars::{SchemaGenerator, json_schema};
use std::time::Duration;

/// Room for the borders and headers of the form around the file.
const FORM_OVERHEAD_BYTES: u64 = 64 * 1024;

/// The name of the form's field.
const FIELD: &str = "file";

/// An upload whose file was not read yet.
#[derive(Debug)]
pub struct Upload {
    multipart: Multipart,
    patience: Duration,
}

/// The file of an upload.
#[derive(Debug)]
pub struct UploadFile<'a> {
    /// None once the file has been read: the parser lets one field live at a time.
    field: Option<Field<'a>>,
    name: String,
    content_type: Option<String>,
    bytes_read: u64,
    patience: Duration,
}

impl RequestBody for Upload {
    async fn read(mut request: Request, patience: Duration) -> Result<Self, Problem> {
        if body::content_type(request.headers()) != "multipart/form-data" {
            return Err(body::wrong_content_type("multipart/form-data"));
        }
        let form_bytes_max = UPLOAD_BYTES_MAX.saturating_add(FORM_OVERHEAD_BYTES);
        if body::announced_length(request.headers()).is_some_and(|length| length > form_bytes_max) {
            return Err(body::too_large(UPLOAD_BYTES_MAX));
        }
        DefaultBodyLimit::max(usize::try_from(form_bytes_max).unwrap_or(usize::MAX)).apply(&mut request);
        let multipart = Multipart::from_request(request, &()).await.map_err(|error| {
            let detail = "The form has no `boundary`. Let the HTTP library write the content type.";
            Problem::with_detail(Code::InvalidRequest, detail).caused_by(error)
        })?;
        Ok(Self { multipart, patience })
    }

    fn describe(_: &mut SchemaGenerator) -> Option<BodySpec> {
        let schema = json_schema!({
            "type": "object",
            "required": [FIELD],
            "properties": { FIELD: {
                "type": "string",
                "contentMediaType": "application/octet-stream",
                "description": "The file, with its name.",
            }},
        });
        Some(BodySpec { content_type: "multipart/form-data", schema })
    }
}

impl Upload {
    /// The file. Its bytes are read with [`UploadFile::next_piece`].
    pub async fn file(&mut self) -> Result<UploadFile<'_>, Problem> {
        let patience = self.patience;
        let Some(field) = next_field(&mut self.multipart, patience).await? else {
            return Err(Problem::field("/file", "is missing"));
        };
        if field.name() != Some(FIELD) {
            let pointer = body::escaped("", field.name().unwrap_or_default());
            return Err(Problem::field(pointer, "is not a field of this form; expected `file`"));
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let length = name.chars().count();
        if length == 0 || length > FILE_NAME_CHARS_MAX {
            let detail = format!("needs a file name of 1 to {FILE_NAME_CHARS_MAX} characters");
            return Err(Problem::field("/file", detail));
        }
        let content_type = field.content_type().map(str::to_owned);
        Ok(UploadFile { field: Some(field), name, content_type, bytes_read: 0, patience })
    }

    /// Says that the form ends here, after the file was read to its end: a second field is refused instead of being dropped in silence.
    pub async fn end(mut self) -> Result<(), Problem> {
        match next_field(&mut self.multipart, self.patience).await? {
            None => Ok(()),
            Some(_) => Err(Problem::field("/file", "must be the only field; send one file at a time")),
        }
    }
}

impl UploadFile<'_> {
    /// The name that the sender gave, 1 to [`FILE_NAME_CHARS_MAX`] characters. Not a safe path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The content type that the sender claims.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The next piece; None at the end of the file.
    pub async fn next_piece(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(field) = self.field.as_mut() else { return Ok(None) };
        let piece = within(self.patience, field.chunk()).await?;
        if piece.is_none() {
            self.field = None;
        }
        self.bytes_read =
            self.bytes_read.saturating_add(piece.as_ref().map_or(0, |bytes| bytes.len() as u64));
        if self.bytes_read > UPLOAD_BYTES_MAX {
            return Err(body::too_large(UPLOAD_BYTES_MAX));
        }
        Ok(piece)
    }
}

async fn next_field(multipart: &mut Multipart, patience: Duration) -> Result<Option<Field<'_>>, Problem> {
    within(patience, multipart.next_field()).await
}

async fn within<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, MultipartError>>,
) -> Result<T, Problem> {
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(body::too_large(UPLOAD_BYTES_MAX))
        }
        Ok(Err(error)) => {
            let detail = "The form ended early or cannot be read. Send the file again.";
            Err(Problem::with_detail(Code::InvalidRequest, detail).caused_by(error))
        }
        Err(_) => Err(Problem::new(Code::RequestTimeout)),
    }
}
