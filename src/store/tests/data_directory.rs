//! The data directory: one owner at a time, private keys, and words that help. APP-2.

use super::mount::Mount;
use super::{START, options};
use crate::ground::ids::{BlobId, ClientId, Id as _};
use crate::store::blob::Blobs;
use crate::store::directory::{self, DirectoryError, Layout};
use crate::store::{Db, DbError, IdSource, ManualClock};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_held_directory_is_refused_by_the_holders_name_and_free_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let hold = directory::take(&layout).unwrap();

    let refused = directory::take(&layout).unwrap_err().to_string();

    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    assert!(refused.contains(&folder.path().display().to_string()), "{refused}");
    assert!(directory::is_held(&layout));
    drop(hold);
    assert!(!directory::is_held(&layout));
    directory::take(&layout).unwrap();
}

// APP-2
#[test]
fn the_folders_are_private_and_the_index_says_that_it_is_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path().join("data"));

    let _hold = directory::take(&layout).unwrap();

    for folder in
        [layout.root.clone(), layout.keys(), layout.blobs(), layout.index(), layout.backups(), layout.run()]
    {
        assert_eq!(mode(&folder), 0o700, "{}", folder.display());
    }
    let readme = std::fs::read_to_string(layout.index().join("README.md")).unwrap();
    assert!(readme.contains("cache") && readme.contains("can be deleted"), "{readme}");
}

#[test]
fn a_directory_of_another_user_is_refused_with_whom_to_run_as() {
    let folder = tempfile::tempdir().unwrap();
    if std::fs::metadata(folder.path()).unwrap().uid() != 0 {
        println!("Skipped: only root can give a folder away");
        return;
    }
    std::os::unix::fs::chown(folder.path(), Some(12_345), None).unwrap();

    let refused = directory::take(&Layout::new(folder.path())).unwrap_err();

    assert!(matches!(refused, DirectoryError::OtherUser { owner: 12_345, me: 0, .. }), "{refused:?}");
    assert!(refused.to_string().contains("sudo -u '#12345'"), "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_key_is_private_and_the_same_at_every_start() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let _hold = directory::take(&layout).unwrap();

    let first = directory::load_or_make_key(&layout, "sessions", || [7; 32]).unwrap();
    let second = directory::load_or_make_key(&layout, "sessions", || [8; 32]).unwrap();
    let other = directory::load_or_make_key(&layout, "links", || [9; 32]).unwrap();

    assert_eq!(mode(&layout.keys().join("sessions")), 0o600);
    assert_eq!(first.sign("test", &["text"]), second.sign("test", &["text"]));
    assert_ne!(first.sign("test", &["text"]), other.sign("test", &["text"]));
}

#[test]
fn a_damaged_key_is_refused_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let _hold = directory::take(&layout).unwrap();
    let path = layout.keys().join("sessions");

    for content in [&b""[..], &[7; 31], &[7; 33]] {
        std::fs::write(&path, content).unwrap();

        let refused = directory::load_or_make_key(&layout, "sessions", || [8; 32]).unwrap_err();

        assert!(matches!(refused, DirectoryError::DamagedKey { .. }), "{refused:?}");
        assert!(refused.to_string().contains("backup"), "{refused}");
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
}

#[test]
fn a_disk_mounted_read_only_is_told_before_and_after_the_first_start() {
    let Some(fresh) = Mount::new(1_024) else { return };
    let Some(used) = Mount::new(1_024) else { return };
    drop(directory::take(&Layout::new(used.path())).unwrap());

    for mount in [fresh, used] {
        mount.make_read_only();

        let refused = directory::take(&Layout::new(mount.path())).unwrap_err();

        assert!(matches!(refused, DirectoryError::NotWritable { .. }), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains(&mount.path().display().to_string()), "{text}");
        assert!(text.contains("read-only"), "{text}");
    }
}

#[tokio::test]
async fn a_disk_that_became_read_only_refuses_database_and_blobs_with_the_reason() {
    let Some(mount) = Mount::new(4_096) else { return };
    let blobs = Blobs::new(mount.path().join("blobs"));
    mount.make_read_only();
    let ids = IdSource::seeded(1);
    let client = ids.new_id::<ClientId>(START);

    let opened = Db::open(options(mount.path(), Arc::new(ManualClock::at(START)))).map(|_| ());
    let blob = blobs.create(&client, ids.new_id::<BlobId>(START)).await.map(|_| ());

    assert!(matches!(opened, Err(DbError::ReadOnly)), "{opened:?}");
    assert!(matches!(blob, Err(DbError::ReadOnly)), "{blob:?} of {}", client.as_str());
}
