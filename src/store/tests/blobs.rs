//! Files of clients: there whole, or not at all.

use super::START;
use crate::ground::crypto::{hex, sha256};
use crate::ground::ids::{BlobId, ClientId};
use crate::store::IdSource;
use crate::store::blob::Blobs;
use futures_util::FutureExt as _;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

struct Place {
    blobs: Blobs,
    ids: IdSource,
    client: ClientId,
    _folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ids = IdSource::seeded(3);
        let client = ids.new_id(START);
        Self { blobs: Blobs::new(folder.path().join("blobs")), ids, client, _folder: folder }
    }

    fn id(&self) -> BlobId {
        self.ids.new_id(START)
    }

    fn folder(&self) -> PathBuf {
        self.blobs.root().join(self.client.to_string())
    }

    fn files(&self) -> Vec<String> {
        let listing = std::fs::read_dir(self.folder()).unwrap();
        listing.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    async fn write(&self, content: &[u8]) -> BlobId {
        let mut writer = self.blobs.create(&self.client, self.id()).await.unwrap();
        writer.write(content).await.unwrap();
        writer.finish().await.unwrap().id
    }
}

#[tokio::test]
async fn a_finished_file_has_its_name_its_size_and_its_hash() {
    let place = Place::new();
    let id = place.id();
    let mut writer = place.blobs.create(&place.client, id.clone()).await.unwrap();
    let content = vec![42_u8; 3_000_000];

    for part in content.chunks(70_001) {
        writer.write(part).await.unwrap();
    }
    assert_eq!(place.files(), [format!("{id}.part")], "nothing has the name before the end");
    assert!(place.blobs.read(&place.client, &id).await.is_err());
    let written = writer.finish().await.unwrap();

    assert_eq!(place.files(), [id.to_string()]);
    assert_eq!((written.size_bytes, written.sha256_hex), (3_000_000, hex(&sha256(&content))));
    assert_eq!(place.blobs.read(&place.client, &id).await.unwrap(), content);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let place = Place::new();

    let id = place.write(b"").await;

    assert_eq!(place.blobs.read(&place.client, &id).await.unwrap(), b"");
}

#[tokio::test]
async fn a_dropped_upload_leaves_nothing() {
    let place = Place::new();
    let mut writer = place.blobs.create(&place.client, place.id()).await.unwrap();
    writer.write(b"half of it").await.unwrap();

    drop(writer);

    assert_eq!(place.files(), Vec::<String>::new());
}

#[tokio::test]
async fn an_upload_that_cannot_get_its_name_leaves_nothing() {
    let place = Place::new();
    let id = place.id();
    let mut writer = place.blobs.create(&place.client, id.clone()).await.unwrap();
    writer.write(b"content").await.unwrap();
    std::fs::create_dir_all(place.folder().join(id.to_string()).join("in the way")).unwrap();

    writer.finish().await.unwrap_err();

    assert_eq!(place.files(), [id.to_string()]);
}

#[tokio::test]
async fn a_file_is_seen_by_its_client_only_and_deleted_twice_without_complaint() {
    let place = Place::new();
    let id = place.write(b"secret").await;
    let stranger = place.ids.new_id(START);

    assert!(place.blobs.read(&stranger, &id).await.is_err());
    place.blobs.delete(&stranger, &id).await.unwrap();
    assert_eq!(place.blobs.read(&place.client, &id).await.unwrap(), b"secret");
    place.blobs.delete(&place.client, &id).await.unwrap();
    place.blobs.delete(&place.client, &id).await.unwrap();
    assert!(place.blobs.read(&place.client, &id).await.is_err());
}

#[tokio::test]
async fn the_sweep_removes_only_old_files_that_no_row_names() {
    let place = Place::new();
    let (named, orphan) = (place.write(b"named").await, place.write(b"orphan").await);
    let abandoned = place.folder().join(format!("{}.part", place.id()));
    std::fs::write(&abandoned, b"of a crash").unwrap();
    let two_hours_ago =
        std::fs::metadata(&abandoned).unwrap().modified().unwrap() - Duration::from_secs(7_200);
    for path in [abandoned, place.folder().join(named.to_string()), place.folder().join(orphan.to_string())] {
        std::fs::File::options().write(true).open(path).unwrap().set_modified(two_hours_ago).unwrap();
    }
    let fresh = place.write(b"its row is about to be written").await;
    let rows = HashSet::from([named.to_string()]);

    let removed = place.blobs.sweep(&rows, Duration::from_secs(3_600)).unwrap();

    assert_eq!(removed, 2);
    let mut left = place.files();
    left.sort();
    assert_eq!(left, [named.to_string(), fresh.to_string()]);
}

#[test]
fn the_sweep_of_a_node_without_files_is_fine() {
    let place = Place::new();
    assert_eq!(place.blobs.sweep(&HashSet::new(), Duration::ZERO).unwrap(), 0);
}

// OPS-5: what a backup has seen named is there when it reads it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_goes_while_deletions_are_held() {
    let place = Place::new();
    let id = place.write(b"bread").await;
    let hold = tokio::task::block_in_place(|| place.blobs.hold_deletions());

    let mut deletion = Box::pin(place.blobs.delete(&place.client, &id));
    assert!(deletion.as_mut().now_or_never().is_none());
    assert_eq!(place.blobs.sweep(&HashSet::new(), Duration::ZERO).unwrap(), 0);
    assert_eq!(place.files(), [id.to_string()]);
    drop(hold);
    deletion.await.unwrap();

    assert!(place.files().is_empty());
}
