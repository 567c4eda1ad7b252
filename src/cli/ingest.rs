//! `snip ingest`: files of this machine become documents of a client.
//!
//! Works beside a running server, which copies the files by their paths; without one, this process reads them
//! itself. Folders are walked; hidden files in them are left out.

use super::admin::{self, AdminAnswer, AdminCommand, AdminContext, AdminError, DocumentLine};
use super::control;
use super::output::{print_json, print_line};
use crate::app::{App, BootError, OpenStore, Sources};
use crate::config::{Loaded, Settings};
use crate::domain::clients;
use crate::domain::knowledge::documents::{self, Document, DocumentStatus, FileName, Taken, Upload};
use crate::domain::knowledge::source;
use crate::ground::ids::{BlobId, ClientId, DocumentId, Id as _};
use crate::ground::limits::{BYTES_PER_MB, INGEST_FILES_MAX, INGEST_POLL_MS, STOP_MS};
use crate::ground::scope::AgencyScope;
use crate::store::blob::WrittenBlob;
use crate::store::directory::{DirectoryError, Layout};
use anyhow::{Context as _, bail};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Takes the files in and waits until each was read. Exit code 1 when one failed.
pub(super) fn run(
    loaded: &Loaded,
    client_id: &ClientId,
    files: &[PathBuf],
    json: bool,
) -> anyhow::Result<ExitCode> {
    let mut paths = Vec::new();
    for file in files {
        collect(file, &mut paths)?;
    }
    if paths.is_empty() {
        bail!("there are no files in the folders that were named");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(ingest(&loaded.settings, client_id, &paths))?;
    if json {
        print_json(&ended)?;
    } else {
        for document in &ended {
            print_line(&sentence(document))?;
        }
    }
    let is_good = ended.iter().all(|document| document.status == DocumentStatus::Ready);
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The file, or all files in the folder, in the order of their names.
fn collect(path: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let path = path.canonicalize().with_context(|| format!("`{}` cannot be found", path.display()))?;
    let mut folders = vec![path];
    while let Some(path) = folders.pop() {
        if !path.is_dir() {
            paths.push(path);
        } else {
            let listing =
                std::fs::read_dir(&path).with_context(|| format!("`{}` cannot be listed", path.display()))?;
            let mut entries = listing.collect::<Result<Vec<_>, _>>()?;
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
            for entry in entries {
                let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
                // Links could lead in a circle.
                if !is_hidden && !entry.file_type()?.is_symlink() {
                    folders.push(entry.path());
                }
            }
        }
        if paths.len() > INGEST_FILES_MAX {
            bail!("there are more than {INGEST_FILES_MAX} files; name fewer at a time");
        }
    }
    Ok(())
}

/// Who does the work.
enum Node {
    Server(Layout),
    Here(Box<App>, Box<AdminContext>),
}

impl Node {
    fn open(settings: &Settings) -> anyhow::Result<Self> {
        let layout = Layout::new(&settings.data.dir);
        admin::require_node(&layout)?;
        match OpenStore::open(layout.clone(), Sources::of_this_machine()) {
            Ok(store) => {
                let app = App::assemble(store, settings)?;
                app.start_engine(settings);
                let context = AdminContext::new(&app, settings);
                Ok(Self::Here(Box::new(app), Box::new(context)))
            }
            Err(BootError::Directory(DirectoryError::Held { .. })) => Ok(Self::Server(layout)),
            Err(error) => Err(error.into()),
        }
    }

    async fn call(&self, command: AdminCommand) -> anyhow::Result<DocumentLine> {
        let answer = match self {
            Self::Server(layout) => control::call(layout, &command).await?,
            Self::Here(_, context) => admin::run(context, command).await?,
        };
        match answer {
            AdminAnswer::Document { document } => Ok(document),
            _ => bail!("the server answered something else than was asked"),
        }
    }

    async fn close(self) -> anyhow::Result<()> {
        if let Self::Here(app, _) = self {
            app.tasks.drain(Duration::from_millis(STOP_MS)).await;
            app.env.db.checkpoint().await?;
        }
        Ok(())
    }
}

async fn ingest(
    settings: &Settings,
    client_id: &ClientId,
    paths: &[PathBuf],
) -> anyhow::Result<Vec<DocumentLine>> {
    let node = Node::open(settings)?;
    let ended = ingest_by(&node, client_id, paths).await;
    node.close().await?;
    ended
}

/// Files are taken in one after another, and read meanwhile.
async fn ingest_by(
    node: &Node,
    client_id: &ClientId,
    paths: &[PathBuf],
) -> anyhow::Result<Vec<DocumentLine>> {
    let bars = MultiProgress::new();
    let mut taken = Vec::new();
    for path in paths {
        let bar = bars.add(bar(path));
        let command = AdminCommand::DocumentIngest { client_id: client_id.clone(), path: path.clone() };
        // One file that is refused does not keep the others out.
        let document = node.call(command).await.unwrap_or_else(|error| not_taken(path, &error));
        taken.push((bar, document));
    }
    let mut ended = Vec::new();
    for (bar, mut document) in taken {
        while let Some(document_id) = document.document_id.clone().filter(|_| !has_ended(document.status)) {
            show(&bar, &document);
            tokio::time::sleep(Duration::from_millis(INGEST_POLL_MS)).await;
            let is_duplicate = document.is_duplicate;
            document =
                node.call(AdminCommand::DocumentState { client_id: client_id.clone(), document_id }).await?;
            document.is_duplicate = is_duplicate;
        }
        show(&bar, &document);
        bar.abandon();
        ended.push(document);
    }
    Ok(ended)
}

fn not_taken(path: &Path, error: &anyhow::Error) -> DocumentLine {
    DocumentLine {
        document_id: None,
        file_name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        status: DocumentStatus::Failed,
        progress_percent: 0,
        error: Some(error.to_string()),
        is_duplicate: false,
    }
}

/// A progress bar; where standard error is no terminal it shows nothing.
fn bar(path: &Path) -> ProgressBar {
    let bar = ProgressBar::new(100);
    if let Ok(style) = ProgressStyle::with_template("{prefix:30!} {bar:30} {pos:>3} %  {msg}") {
        bar.set_style(style);
    }
    bar.set_prefix(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    bar
}

fn show(bar: &ProgressBar, document: &DocumentLine) {
    bar.set_position(u64::from(document.progress_percent));
    bar.set_message(document.status.to_string());
}

const fn has_ended(status: DocumentStatus) -> bool {
    matches!(status, DocumentStatus::Ready | DocumentStatus::Failed)
}

pub(super) fn sentence(document: &DocumentLine) -> String {
    let known = if document.is_duplicate { " (was there already)" } else { "" };
    let error = document.error.as_deref().map_or(String::new(), |error| format!("\n        {error}"));
    let id = document.document_id.as_ref().map_or("-", DocumentId::as_str);
    format!("{:<10}  {id}  {}{known}{error}", document.status, document.file_name)
}

fn line(document: Document, is_duplicate: bool) -> AdminAnswer {
    AdminAnswer::Document {
        document: DocumentLine {
            document_id: Some(document.id),
            file_name: document.file_name.into_string(),
            status: document.status,
            progress_percent: document.progress_percent,
            error: document.error,
            is_duplicate,
        },
    }
}

/// Copies the file into the data directory and makes the document.
pub(super) async fn take_in(
    context: &AdminContext,
    client_id: ClientId,
    path: &Path,
) -> Result<AdminAnswer, AdminError> {
    let scope = AgencyScope::from_operator().client(client_id);
    let of_client = scope.clone();
    context.db.read(move |tx| clients::get(tx, &of_client)).await?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file_name = FileName::parse(&name).map_err(|error| refused(path, &error.to_string()))?;
    let blob = copy(context, scope.client_id(), path).await?;
    let blob_id = blob.id.clone();
    let upload = Upload { file_name, media_type: "application/octet-stream".to_owned(), blob };
    let (of_client, caps) = (scope.clone(), context.env.caps);
    let taken = context
        .db
        .write(scope.actor().clone(), move |tx| documents::create(tx, &of_client, &caps, &upload))
        .await;
    let is_used = matches!(&taken, Ok(Taken::New(_)));
    if !is_used {
        context.env.blobs.delete(scope.client_id(), &blob_id).await?;
    }
    Ok(match taken? {
        Taken::New(document) => line(document, false),
        Taken::Known(document) => line(document, true),
    })
}

async fn copy(context: &AdminContext, client_id: &ClientId, path: &Path) -> Result<WrittenBlob, AdminError> {
    const PIECE_BYTES: usize = 256 * 1024;
    let cannot = |error: std::io::Error| refused(path, &error.to_string());
    let mut file = tokio::fs::File::open(path).await.map_err(cannot)?;
    if !file.metadata().await.map_err(cannot)?.is_file() {
        return Err(refused(path, "it is no file"));
    }
    let id: BlobId = context.env.ids.new_id(context.env.clock.now());
    let mut writer = context.env.blobs.create(client_id, id).await?;
    let mut head = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let length = file.read(&mut piece).await.map_err(cannot)?;
        let bytes = piece.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        let room = source::SNIFF_BYTES.saturating_sub(head.len());
        head.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        writer.write(bytes).await?;
        if writer.size_bytes() > context.upload_bytes_max {
            let limit = context.upload_bytes_max / BYTES_PER_MB;
            return Err(refused(
                path,
                &format!("it is larger than {limit} MB. Split it into smaller files."),
            ));
        }
    }
    source::refuse_at_once(&head).map_err(|error| refused(path, &error.to_string()))?;
    Ok(writer.finish().await?)
}

fn refused(path: &Path, why: &str) -> AdminError {
    AdminError::Refused(format!("`{}`: {why}", path.display()))
}

pub(super) async fn state(
    context: &AdminContext,
    client_id: ClientId,
    document_id: DocumentId,
) -> Result<AdminAnswer, AdminError> {
    let scope = AgencyScope::from_operator().client(client_id);
    let document = context.db.read(move |tx| documents::get(tx, &scope, &document_id)).await?;
    Ok(line(document, false))
}
