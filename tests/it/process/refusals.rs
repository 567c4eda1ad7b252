//! Starts that are refused: a sentence that says what to do, within two seconds, nothing bound, nothing changed.

use crate::support::process::{Ended, Home};
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

/// A port that nobody uses.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Checks what is true of every refused start.
#[track_caller]
fn assert_refused(ended: &Ended, address: SocketAddr, words: &[&str]) {
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.took < Duration::from_secs(2), "{ended:?}");
    assert!(TcpStream::connect(address).is_err(), "the port is not bound");
    for word in words {
        assert!(ended.stderr.contains(word), "`{word}` is missing in: {}", ended.stderr);
    }
    assert!(
        !ended.stderr.contains("panicked") && !ended.stderr.contains("stack backtrace"),
        "{}",
        ended.stderr
    );
}

/// A data directory with a client, after a clean stop.
async fn used_home() -> Home {
    let home = Home::new();
    home.create_client("Bakery");
    home.serve().await.stop();
    home
}

fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

// APP-7
#[test]
fn every_problem_of_the_configuration_is_named_at_once_and_nothing_is_made() {
    let home = Home::new();
    let address = free_address();
    let file = home.folder().join("wrong.toml");
    fs::write(
        &file,
        "[http]\nlisen = \"127.0.0.1:1\"\n[limits]\nupload_mb_max = 9000\n[jobs]\nworkers = \"two\"\n[smtp]\nhost = \"x\"\n",
    )
    .unwrap();

    let ended = home.refused_start(&["--config", file.to_str().unwrap(), "--listen", &address.to_string()]);

    assert_refused(
        &ended,
        address,
        &["lisen", "listen", "upload_mb_max", "500", "workers", "smtp", "line 2"],
    );
    assert!(!home.data().exists(), "nothing is made before the configuration is good");
}

// APP-7
#[test]
fn a_file_that_is_not_there_and_a_misspelt_variable_are_named() {
    let home = Home::new();
    let address = free_address();
    let missing = home.refused_start(&["--config", "absent.toml", "--listen", &address.to_string()]);
    let mut command = home.command(&["serve", "--data-dir", "data", "--listen", &address.to_string()]);
    command.env("SNIP__HTTP__LISEN", "127.0.0.1:1");

    let misspelt = home.run_command(command);

    assert_refused(&missing, address, &["absent.toml", "does not exist"]);
    assert_refused(&misspelt, address, &["SNIP__HTTP__LISEN", "SNIP__HTTP__LISTEN"]);
    assert!(!home.data().exists());
}

// APP-7
#[test]
fn a_wrong_command_line_is_refused_with_the_usage() {
    let home = Home::new();

    let ended = home.run(&["sevre"]);
    let address = home.refused_start(&["--listen", "nowhere"]);

    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stderr.contains("serve"), "{ended:?}");
    assert!(address.stderr.contains("nowhere") && address.stderr.contains("listen"), "{address:?}");
}

#[tokio::test]
async fn a_used_port_is_named_and_the_database_stays_as_it_is() {
    let home = used_home().await;
    let before = files_of(home.data());
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap();

    let ended = home.refused_start(&["--listen", &address.to_string()]);
    drop(holder);

    assert_refused(&ended, address, &[&address.to_string(), "--listen", "another program"]);
    assert_eq!(files_of(home.data()), before);
    home.serve().await.stop();
}

#[tokio::test]
async fn a_second_server_on_the_directory_is_told_who_holds_it_and_the_first_goes_on() {
    let home = Home::new();
    let first = home.serve().await;
    let address = free_address();

    let ended = home.refused_start(&["--listen", &address.to_string()]);

    assert_refused(
        &ended,
        address,
        &[&format!("process {}", first.id()), "already serves", "another directory"],
    );
    first.site.get("/healthz/ready").await.expect(200);
    first.stop();
}

#[tokio::test]
async fn a_damaged_database_is_refused_untouched() {
    let home = used_home().await;
    let whole = fs::read(home.database()).unwrap();
    let address = free_address();
    let zeroed = [&[0_u8; 4_096][..], &whole[4_096..]].concat();

    for damaged in [b"This is not a database. ".repeat(400), zeroed, whole[..whole.len() / 2].to_vec()] {
        fs::write(home.database(), &damaged).unwrap();

        let ended = home.refused_start(&["--listen", &address.to_string()]);

        assert_refused(&ended, address, &["snip.db", "restore"]);
        assert!(fs::read(home.database()).unwrap() == damaged, "the file is for the operator to look at");
    }

    fs::write(home.database(), &whole).unwrap();
    home.serve().await.stop();
}

// APP-11
#[tokio::test]
async fn a_newer_database_is_refused_untouched() {
    let home = used_home().await;
    let mut newer = fs::read(home.database()).unwrap();
    // The user version stands big-endian at byte 60 (SQLite, "Database File Format").
    newer[60..64].copy_from_slice(&999_u32.to_be_bytes());
    fs::write(home.database(), &newer).unwrap();
    let address = free_address();

    let ended = home.refused_start(&["--listen", &address.to_string()]);
    let doctor = home.run(&["doctor"]);

    assert_refused(&ended, address, &["schema 999", "newer program", "backups"]);
    assert!(fs::read(home.database()).unwrap() == newer);
    assert!(!doctor.status.success() && doctor.stdout.contains("999"), "{doctor:?}");
}

// APP-11
#[tokio::test]
async fn a_database_of_another_program_is_refused_untouched() {
    let home = used_home().await;
    let mut foreign = fs::read(home.database()).unwrap();
    // The application id stands big-endian at byte 68.
    foreign[68..72].copy_from_slice(&1_u32.to_be_bytes());
    fs::write(home.database(), &foreign).unwrap();
    let address = free_address();

    let ended = home.refused_start(&["--listen", &address.to_string()]);

    assert_refused(&ended, address, &["snip.db", "not a database of this program"]);
    assert!(fs::read(home.database()).unwrap() == foreign);
}

// ACC-15
#[tokio::test]
async fn a_damaged_key_is_refused_and_not_replaced() {
    let home = used_home().await;
    let key = home.data().join("keys").join("signing");
    fs::write(&key, b"short").unwrap();
    let address = free_address();

    let ended = home.refused_start(&["--listen", &address.to_string()]);

    assert_refused(&ended, address, &["signing", "restore"]);
    assert_eq!(fs::read(&key).unwrap(), b"short");
}

#[test]
fn a_data_directory_that_is_a_file_is_refused() {
    let home = Home::new();
    fs::write(home.data(), b"a file").unwrap();
    let address = free_address();

    let ended = home.refused_start(&["--listen", &address.to_string()]);

    assert_refused(&ended, address, &["cannot be written"]);
    assert_eq!(fs::read(home.data()).unwrap(), b"a file");
}
