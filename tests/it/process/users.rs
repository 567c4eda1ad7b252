//! Whose files they are. These tests need root, to be somebody else; otherwise they say that they were skipped.

use crate::support::process::{BINARY, Home};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        println!("skipped: only root can act as another user");
    }
    is_root
}

/// Opens the home's folder, not its data, to every user, with a copy of the binary that they can reach.
fn binary_for_everybody(home: &Home) -> Option<Command> {
    let binary = home.folder().join("binary");
    fs::hard_link(BINARY, &binary).or_else(|_| fs::copy(BINARY, &binary).map(drop)).ok()?;
    fs::set_permissions(home.folder(), fs::Permissions::from_mode(0o755)).ok()?;
    let mut command = Command::new(binary);
    command.env_clear().current_dir(home.folder()).stdin(Stdio::null()).uid(NOBODY).gid(NOBODY);
    Some(command)
}

// APP-2
#[tokio::test]
async fn another_user_is_refused_with_or_without_a_running_server() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    home.create_client("Bakery");
    let create = || {
        let mut command = binary_for_everybody(&home).unwrap();
        command.args(["client", "create", "--name", "Thief", "--email", "a@example.test", "--data-dir"]);
        command.arg(home.data());
        home.run_command(command)
    };

    let alone = create();
    let node = home.serve().await;
    fs::remove_file(home.folder().join("binary")).unwrap();
    let beside = create();

    for refused in [alone, beside] {
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains("belongs to user 0"), "{refused:?}");
        assert!(refused.stderr.contains(&format!("runs as user {NOBODY}")), "{refused:?}");
    }
    node.stop();
}

// APP-2
#[test]
fn even_root_does_not_write_into_another_users_directory() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    chown(home.data(), Some(NOBODY), Some(NOBODY)).unwrap();

    let refused = home.refused_start(&["--listen", "127.0.0.1:0"]);

    assert!(refused.stderr.contains(&format!("sudo -u '#{NOBODY}'")), "{refused:?}");
    assert_eq!(fs::read_dir(home.data()).unwrap().count(), 0, "nothing was made in it");
}

#[test]
fn a_data_directory_that_cannot_be_written_is_refused_with_what_to_check() {
    if !is_root() {
        return;
    }
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    chown(home.data(), Some(NOBODY), Some(NOBODY)).unwrap();
    fs::set_permissions(home.data(), fs::Permissions::from_mode(0o500)).unwrap();
    let mut command = binary_for_everybody(&home).unwrap();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.data());

    let refused = home.run_command(command);

    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("cannot be written"), "{refused:?}");
    assert!(refused.stderr.contains("permissions"), "{refused:?}");
}

// APP-3, ACC-15
#[tokio::test]
async fn what_is_secret_can_be_read_by_its_owner_only() {
    let home = Home::new();
    home.serve().await.stop();

    for path in ["", "keys", "keys/signing", "keys/metrics_token", "run/lock"] {
        let mode = fs::metadata(home.data().join(path)).unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "`{path}` is open to others");
    }
}
