//! Files from the web that an operator asks for by their address.
//!
//! Redirects are followed to other addresses over HTTP, a few; proxies are those of the environment. What comes is
//! bounded in size and in silence. Whether it is the right file is for the caller to check.

use super::{client, network};
use crate::ground::limits::{DOWNLOAD_CONNECT_TIMEOUT_MS, DOWNLOAD_REDIRECTS_MAX, DOWNLOAD_STALL_TIMEOUT_MS};
use futures_util::StreamExt as _;
use reqwest::redirect::{Attempt, Policy};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

/// Why a file was not downloaded.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    #[error(transparent)]
    Client(#[from] client::ClientError),
    #[error(transparent)]
    Refused(#[from] network::Refused),
    #[error("`{url}` cannot be fetched; check the address and the network")]
    Unreachable {
        url: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("`{url}` answers with status {status} instead of a file; check the address")]
    Status { url: String, status: u16 },
    #[error("`{url}` is larger than {bytes_max} bytes, so it is not what is asked for")]
    TooLarge { url: String, bytes_max: u64 },
    #[error("`{}` cannot be written; check the free space and the folder's owner", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Fetches `url` into `target`. `progress` hears how many bytes came, of how many if the server says.
pub async fn download(
    url: &str,
    target: &Path,
    bytes_max: u64,
    progress: &mut (dyn FnMut(u64, Option<u64>) + Send),
) -> Result<(), DownloadError> {
    let too_large = || DownloadError::TooLarge { url: url.to_owned(), bytes_max };
    let unreachable = |source| DownloadError::Unreachable { url: url.to_owned(), source };
    let on_write = |source| DownloadError::Write { path: target.to_owned(), source };
    let builder = client::base(Duration::from_millis(DOWNLOAD_CONNECT_TIMEOUT_MS))?
        .read_timeout(Duration::from_millis(DOWNLOAD_STALL_TIMEOUT_MS))
        .redirect(Policy::custom(follow));
    let response = client::build(builder)?.get(url)?.send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        return Err(DownloadError::Status { url: url.to_owned(), status: response.status().as_u16() });
    }
    let total = response.content_length();
    if total.is_some_and(|total| total > bytes_max) {
        return Err(too_large());
    }
    let mut file = File::create(target).await.map_err(on_write)?;
    let (mut done, mut pieces) = (0_u64, response.bytes_stream());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(unreachable)?;
        done = done.saturating_add(piece.len() as u64);
        if done > bytes_max {
            return Err(too_large());
        }
        file.write_all(&piece).await.map_err(on_write)?;
        progress(done, total);
    }
    file.sync_all().await.map_err(on_write)
}

fn follow(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let is_web = matches!(attempt.url().scheme(), "http" | "https");
    if !is_web {
        return attempt.error("the address leads away from the web");
    }
    if attempt.previous().len() > DOWNLOAD_REDIRECTS_MAX {
        return attempt.error("the address leads around in circles");
    }
    if let Err(refused) = network::admit_url(attempt.url().as_str()) {
        return attempt.error(refused);
    }
    attempt.follow()
}
