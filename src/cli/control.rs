//! The control socket: how a command reaches the server that holds the data directory.
//!
//! One line of JSON each way over `run/control.sock` (0600). The server refuses another user and another
//! version.

use super::admin::{self, AdminAnswer, AdminCommand, AdminContext};
use crate::engine::tasks::Tasks;
use crate::ground::limits::{BACKUP_TIMEOUT_MS, CONTROL_LINE_BYTES_MAX, CONTROL_TIMEOUT_MS};
use crate::store::directory::Layout;
use crate::store::error::Chain;
use anyhow::{Context as _, anyhow, bail};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tracing::{info, warn};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Some commands must not be repeated blindly: a write that was under way may have been made.
const STOPPING: &str = "The server is stopping and cannot say whether the command was done. \
    Look once it runs again, and repeat the command if it was not.";

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    version: String,
    command: AdminCommand,
}

#[derive(Debug, Serialize, Deserialize)]
enum Reply {
    Done(AdminAnswer),
    Refused(String),
}

/// The socket's path by way of an open folder: the kernel takes only 107 bytes of path, and data directories
/// may lie deeper.
struct SocketPath {
    _folder: File,
    path: PathBuf,
}

impl SocketPath {
    fn of(layout: &Layout) -> std::io::Result<Self> {
        let folder = File::open(layout.run())?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/control.sock", folder.as_raw_fd()));
        Ok(Self { _folder: folder, path })
    }
}

/// Answers commands until the process stops. The caller holds the data directory.
pub(super) fn start(tasks: &Tasks, layout: &Layout, context: AdminContext) -> anyhow::Result<()> {
    let socket = SocketPath::of(layout).context("the folder `run` of the data directory cannot be opened")?;
    // A socket that a killed server left behind: the lock says that nobody listens on it.
    if layout.control_socket().exists() {
        std::fs::remove_file(layout.control_socket()).context("the old control socket cannot be removed")?;
    }
    let listener = UnixListener::bind(&socket.path).context("the control socket cannot be made")?;
    std::fs::set_permissions(layout.control_socket(), std::fs::Permissions::from_mode(0o600))
        .context("the control socket cannot be made private")?;
    let (stop, path) = (tasks.clone(), layout.control_socket());
    tasks.spawn("control", async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stop.stopping() => break,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (context, tasks) = (context.clone(), stop.clone());
                    stop.spawn("control_call", async move { answer(stream, context, &tasks).await });
                }
                Err(error) => {
                    warn!("The control socket could not accept: {}", Chain(&error));
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }
        // The lock tells the truth in any case; a leftover is removed at the next start.
        let _ = std::fs::remove_file(path);
    });
    Ok(())
}

async fn answer(mut stream: UnixStream, context: AdminContext, tasks: &Tasks) {
    let patience = Duration::from_millis(BACKUP_TIMEOUT_MS);
    let work = async {
        let reply = tokio::select! {
            reply = answer_one(&mut stream, context) => reply?,
            () = tasks.stopping() => Reply::Refused(STOPPING.to_owned()),
        };
        write_line(&mut stream, &reply).await
    };
    match tokio::time::timeout(patience, work).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!("A command on the control socket failed: {error:#}"),
        Err(_) => warn!("A command on the control socket took too long"),
    }
}

async fn answer_one(stream: &mut UnixStream, context: AdminContext) -> anyhow::Result<Reply> {
    let me = rustix::process::geteuid().as_raw();
    Ok(if stream.peer_cred()?.uid() != me {
        Reply::Refused("The server belongs to another user. Run the command as that user.".to_owned())
    } else {
        let patience = Duration::from_millis(CONTROL_TIMEOUT_MS);
        let request = tokio::time::timeout(patience, read_line::<Request>(stream)).await;
        match request.map_err(|_| anyhow!("it did not come in time")).flatten() {
            Ok(request) if request.version != VERSION => Reply::Refused(format!(
                "The server has version {VERSION}, this command has {}. Use the same version, or restart the server.",
                request.version
            )),
            Ok(request) => {
                info!("Running a command of the operator");
                let patience = Duration::from_millis(request.command.timeout_ms());
                match tokio::time::timeout(patience, admin::run(&context, request.command)).await {
                    Ok(Ok(answer)) => Reply::Done(answer),
                    Ok(Err(error)) => Reply::Refused(Chain(&error).to_string()),
                    Err(_) => bail!("it took too long"),
                }
            }
            Err(error) => Reply::Refused(format!("The command could not be read: {error:#}")),
        }
    })
}

/// Sends the command to the server that holds the directory.
pub(super) async fn call(layout: &Layout, command: &AdminCommand) -> anyhow::Result<AdminAnswer> {
    let socket = SocketPath::of(layout).context("the folder `run` of the data directory cannot be opened")?;
    let mut stream = UnixStream::connect(&socket.path).await.map_err(|error| {
        anyhow!(error).context(
            "a server holds the data directory but does not answer on its control socket; \
             it may be starting or stopping: try again in a moment",
        )
    })?;
    let request = Request { version: VERSION.to_owned(), command: command.clone() };
    write_line(&mut stream, &request).await?;
    let patience = Duration::from_millis(command.timeout_ms());
    let reply = tokio::time::timeout(patience, read_line::<Reply>(&mut stream)).await;
    match reply.map_err(|_| anyhow!("the server did not answer in time"))?? {
        Reply::Done(answer) => Ok(answer),
        Reply::Refused(why) => bail!(why),
    }
}

async fn read_line<T: serde::de::DeserializeOwned>(stream: &mut UnixStream) -> anyhow::Result<T> {
    let mut line = String::new();
    BufReader::new(stream.take(CONTROL_LINE_BYTES_MAX)).read_line(&mut line).await?;
    Ok(serde_json::from_str(&line)?)
}

async fn write_line(stream: &mut UnixStream, value: &impl Serialize) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    Ok(stream.flush().await?)
}
