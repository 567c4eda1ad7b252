//! A small disk of its own, for what a disk can do to a program.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A disk in memory, gone with the value.
pub(super) struct Mount {
    folder: TempDir,
}

impl Mount {
    /// None, with the reason printed, where this user may not mount.
    pub(super) fn new(size_kb: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={size_kb}k,mode=0700");
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        match done {
            Ok(output) if output.status.success() => Some(Self { folder }),
            Ok(output) => {
                println!("Skipped: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("Skipped: no `mount` here: {error}");
                None
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn make_read_only(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(self.path()).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a store's thread may still be closing its files.
        let status = Command::new("umount").arg("--lazy").arg(self.path()).status();
        if !status.is_ok_and(|status| status.success()) {
            println!("{} stays mounted", self.path().display());
        }
    }
}
