//! A node in a folder of its own, with its engine running.

use snip::app::{App, OpenStore, Sources};
use snip::config::Settings;
use snip::domain::chat::preview::{self, PreviewedAnswer};
use snip::domain::clients::settings::SettingsPatch;
use snip::domain::clients::{self, ClientName, NewClient};
use snip::domain::knowledge::documents::{self, DocumentStatus, FileName, Upload};
use snip::domain::knowledge::meaning::{self, MeaningState};
use snip::domain::knowledge::parser::Parser;
use snip::domain::knowledge::retrieval::{self, Passage};
use snip::ground::email_address::EmailAddress;
use snip::ground::ids::BlobId;
use snip::ground::scope::{AgencyScope, ClientScope};
use snip::index::embed::Embedder;
use snip::store::directory::Layout;
use snip::store::{Clock, DbError, IdSource, PageRequest, SystemClock};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub struct Node {
    app: App,
    folder: tempfile::TempDir,
}

impl Node {
    pub async fn start(models: &Path) -> Self {
        Self::start_with(models, |model| model).await
    }

    /// With the model of the folder inside another embedder.
    pub async fn start_with(
        models: &Path,
        wrap: impl FnOnce(Arc<dyn Embedder>) -> Arc<dyn Embedder>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = Settings::default();
        settings.data.dir = folder.path().join("data");
        let layout = Layout::new(&settings.data.dir);
        copy_folder(models, &layout.root.join("models"));
        let sources = Sources {
            clock: Arc::new(SystemClock) as Arc<dyn Clock>,
            ids: Arc::new(IdSource::random()),
            parser: Parser::of(env!("CARGO_BIN_EXE_snip").into()),
        };
        let store = OpenStore::open(layout, sources).expect("a new data directory");
        let app = App::assemble(store, &settings).expect("the parts fit");
        let slot = app.env.embedder.clone();
        let mut loaded = slot.changed();
        app.start_engine(&settings);
        loaded.changed().await.expect("a model, or the news that there is none");
        if let Some(model) = slot.current() {
            slot.set(wrap(model));
        }
        Self { app, folder }
    }

    pub async fn client(&self, language: &str) -> ClientScope {
        let patch: SettingsPatch =
            serde_json::from_value(serde_json::json!({ "language": language })).expect("a patch");
        let new = NewClient::new(
            ClientName::parse("Measured").expect("a name"),
            EmailAddress::parse("owner@example.test").expect("an address"),
        );
        let operator = AgencyScope::from_operator();
        let made =
            self.app.env.db.write(operator.actor().clone(), move |tx| -> Result<_, clients::ClientError> {
                let client = clients::create(tx, &operator, &new)?;
                let scope = operator.client(client.id);
                clients::change_settings(tx, &scope, &patch, None)?;
                Ok(scope)
            });
        made.await.expect("a client")
    }

    pub async fn upload(&self, scope: &ClientScope, name: &str, text: &str) {
        let env = &self.app.env;
        let id: BlobId = env.ids.new_id(env.clock.now());
        let mut writer = env.blobs.create(scope.client_id(), id).await.expect("a blob");
        writer.write(text.as_bytes()).await.expect("room on the disk");
        let upload = Upload {
            file_name: FileName::parse(name).expect("a file name"),
            media_type: "text/plain".to_owned(),
            blob: writer.finish().await.expect("a finished blob"),
        };
        let (of_client, caps) = (scope.clone(), env.caps);
        let written =
            env.db.write(scope.actor().clone(), move |tx| documents::create(tx, &of_client, &caps, &upload));
        written.await.expect("a document");
    }

    /// Waits until every document is ready and every vector is there.
    pub async fn settle(&self, scope: &ClientScope) {
        while !self.is_settled(scope).await {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn is_settled(&self, scope: &ClientScope) -> bool {
        let (of_client, env) = (scope.clone(), self.app.env.clone());
        let (documents, meaning) = self
            .app
            .env
            .db
            .read(move |tx| -> Result<_, DbError> {
                let mut found = Vec::new();
                let mut cursor = None;
                loop {
                    let page = PageRequest::new(Some(100), cursor.as_deref()).expect("a cursor of this list");
                    let page = documents::list(tx, &of_client, &page).expect("a page");
                    found.extend(page.items);
                    cursor = page.next_cursor;
                    if cursor.is_none() {
                        return Ok((found, meaning::state(tx, &env)?));
                    }
                }
            })
            .await
            .expect("the tables can be read");
        if let Some(failed) = documents.iter().find(|document| document.status == DocumentStatus::Failed) {
            panic!("`{}` failed: {:?}", failed.file_name, failed.error);
        }
        let is_built = self.app.env.embedder.current().is_none() || meaning == MeaningState::Answering;
        is_built && documents.iter().all(|document| document.status == DocumentStatus::Ready)
    }

    pub async fn search(&self, scope: &ClientScope, query: &str, limit: usize) -> Vec<Passage> {
        retrieval::search(&self.app.env, scope, query, limit).await.expect("the search answers")
    }

    /// The answer without a language model.
    pub async fn ask(&self, scope: &ClientScope, question: &str) -> PreviewedAnswer {
        preview::preview(&self.app.env, scope, question).await.expect("the turn answers").answer
    }

    pub async fn stop(self) {
        self.app.tasks.drain(Duration::from_secs(30)).await;
        drop(self.app);
        drop(self.folder);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    let Ok(entries) = std::fs::read_dir(from) else { return };
    std::fs::create_dir_all(to).expect("a folder");
    for entry in entries {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
