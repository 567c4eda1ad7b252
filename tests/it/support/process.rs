//! The real binary: started, asked, killed.
//!
//! What it prints goes into files, so that a full pipe never stops it. Polls wait for another process and are
//! bounded; nothing here depends on how fast the machine is.

use super::app::Client;
use super::http::{Reply, Site};
use super::personas::{Api, Visitor};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_snip");
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(10);

/// The environment of a server that refuses nobody for asking often.
pub const NO_LIMITS: [(&str, &str); 2] = [
    ("SNIP__LIMITS__CHAT_PER_ADDRESS_PER_MINUTE", "1000000"),
    ("SNIP__LIMITS__API_PER_KEY_PER_MINUTE", "1000000"),
];

/// A folder in which the binary runs, with its data directory.
pub struct Home {
    folder: TempDir,
    data: PathBuf,
    runs: AtomicU32,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// A server that runs.
pub struct Node {
    child: Child,
    stderr: PathBuf,
    pub site: Site,
    pub address: SocketAddr,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let data = folder.path().join("data");
        Self { folder, data, runs: AtomicU32::new(0) }
    }

    /// A home whose data lies elsewhere: on another disk, in a copy.
    pub fn with_data(data: PathBuf) -> Self {
        Self { data, ..Self::new() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    pub fn database(&self) -> PathBuf {
        self.data.join("snip.db")
    }

    /// The binary in an empty environment; nothing of the machine's own settings reaches it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Arguments with `--data-dir` added.
    fn on_data<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let data = self.data.to_str().expect("temporary paths are text");
        args.iter().copied().chain(["--data-dir", data]).collect()
    }

    /// Runs a command on the data directory to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        self.run_command(self.command(&self.on_data(args)))
    }

    /// Tries to serve, expecting that the start is refused.
    pub fn refused_start(&self, args: &[&str]) -> Ended {
        let ended = self.run(&[&["serve"], args].concat());
        assert!(!ended.status.success(), "{ended:?}");
        ended
    }

    pub fn run_command(&self, mut command: Command) -> Ended {
        let (out, err) = self.outputs(&mut command);
        let started = Instant::now();
        let mut child = command.spawn().expect("the binary starts");
        let status = wait_for_end(&mut child).expect("the command ends in time");
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).expect("output")).into_owned();
        Ended { status, stdout: read(&out), stderr: read(&err), took: started.elapsed() }
    }

    fn outputs(&self, command: &mut Command) -> (PathBuf, PathBuf) {
        let run = self.runs.fetch_add(1, Ordering::SeqCst);
        let path = |kind: &str| self.folder.path().join(format!("{run}.{kind}"));
        let (out, err) = (path("out"), path("err"));
        command.stdout(File::create(&out).expect("a file for the output"));
        command.stderr(File::create(&err).expect("a file for the log"));
        (out, err)
    }

    /// Creates a client by the command line.
    pub fn create_client(&self, name: &str) -> Client {
        let made = self.run(&["client", "create", "--name", name, "--email", "owner@example.test", "--json"]);
        assert!(made.status.success(), "{made:?}");
        client_of(&made.stdout).expect("the command prints the client")
    }

    /// Serves on a free port and waits until the node is ready.
    pub async fn serve(&self) -> Node {
        self.serve_with(&[], &[]).await
    }

    pub async fn serve_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Node {
        match self.try_serve(args, environment).await {
            Ok(node) => node,
            Err(ended) => panic!("the server did not start: {ended:?}"),
        }
    }

    /// Serves; the end of the process instead when it ends before it is ready.
    pub async fn try_serve(&self, args: &[&str], environment: &[(&str, &str)]) -> Result<Node, Ended> {
        self.try_start(&[&["serve"], args].concat(), environment).await
    }

    /// Starts to serve, and kills the process after this time, however far it is.
    pub fn kill_while_starting(&self, environment: &[(&str, &str)], after: Duration) {
        let mut command = self.command(&self.on_data(&["serve", "--listen", "127.0.0.1:0"]));
        command.envs(environment.iter().copied());
        self.outputs(&mut command);
        let mut child = command.spawn().expect("the binary starts");
        std::thread::sleep(after);
        child.kill().expect("the process can be killed");
        wait_for_end(&mut child).expect("the process ends in time");
    }

    /// Runs the demo in the data directory.
    pub async fn demo(&self, args: &[&str]) -> Result<Node, Ended> {
        self.try_start(&[&["demo"], args].concat(), &NO_LIMITS).await
    }

    async fn try_start(&self, args: &[&str], environment: &[(&str, &str)]) -> Result<Node, Ended> {
        let args = [args, &["--listen", "127.0.0.1:0"]].concat();
        let mut command = self.command(&self.on_data(&args));
        command.envs(environment.iter().copied());
        let (_, stderr) = self.outputs(&mut command);
        let started = Instant::now();
        let child = command.spawn().expect("the binary starts");
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut node = Node { child, stderr, site: Site::at(unknown), address: unknown };
        while started.elapsed() < PATIENCE {
            if let Some(address) = address_in(&node.log()) {
                node.address = address;
                node.site = Site::at(address);
                return node.once_ready(started).await;
            }
            if let Some(status) = node.ended() {
                return Err(node.into_ended(status, started));
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("the server neither started nor ended: {}", node.log());
    }
}

/// The client that `client create --json` printed.
pub fn client_of(stdout: &str) -> Option<Client> {
    let printed: Value = serde_json::from_str(stdout).ok()?;
    let text = |name: &str| Some(printed[name].as_str()?.to_owned());
    Some(Client { id: text("client_id")?, key: text("api_key")? })
}

/// The address in a whole line `Listening on ADDR`.
fn address_in(log: &str) -> Option<SocketAddr> {
    let whole = &log[..log.rfind('\n')?];
    whole.lines().find_map(|line| line.trim().strip_prefix("Listening on ")?.parse().ok())
}

fn wait_for_end(child: &mut Child) -> Option<ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("the process can be asked") {
            return Some(status);
        }
        std::thread::sleep(POLL);
    }
    let _ = child.kill();
    None
}

impl Node {
    async fn once_ready(mut self, started: Instant) -> Result<Self, Ended> {
        while started.elapsed() < PATIENCE {
            let ready = Reply::try_of(self.site.request(reqwest::Method::GET, "/healthz/ready")).await;
            if ready.is_some_and(|reply| reply.status == 200) {
                return Ok(self);
            }
            if let Some(status) = self.ended() {
                return Err(Ended {
                    status,
                    stdout: String::new(),
                    stderr: self.log(),
                    took: started.elapsed(),
                });
            }
            tokio::time::sleep(POLL).await;
        }
        panic!("the server did not become ready: {}", self.log());
    }

    fn into_ended(self, status: ExitStatus, started: Instant) -> Ended {
        Ended { status, stdout: String::new(), stderr: self.log(), took: started.elapsed() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    pub fn api_key(&self, client: &Client) -> Api {
        Api { site: self.site.clone(), key: client.key.clone() }
    }

    pub fn visitor(&self, client: &Client) -> Visitor {
        Visitor { site: self.site.clone(), client_id: client.id.clone(), origin: None, session: None }
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("the process can be asked")
    }

    /// Ends the process as a power cut would, but for the page cache.
    pub fn kill_9(mut self) {
        self.child.kill().expect("the process can be killed");
        self.wait_for_end();
    }

    /// Waits until a process that is dying has ended.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        wait_for_end(&mut self.child).expect("the process ends in time")
    }

    pub fn send_sigterm(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the process can be told to stop");
    }

    /// Stops the server by SIGTERM and waits; the time it took.
    pub fn stop(mut self) -> Duration {
        let started = Instant::now();
        self.send_sigterm();
        let status = wait_for_end(&mut self.child).expect("the server stops");
        assert!(status.success(), "{status}: {}", self.log());
        started.elapsed()
    }

    /// Waits until the document has been read, for better or worse; its last state.
    pub async fn read_document(&self, client: &Client, id: &str) -> Value {
        let started = Instant::now();
        loop {
            let document = self.api_key(client).get(&format!("/api/documents/{id}")).await.expect(200).json();
            if matches!(document["status"].as_str(), Some("ready" | "failed")) {
                return document;
            }
            assert!(started.elapsed() < PATIENCE, "still not read: {document}\n{}", self.log());
            tokio::time::sleep(POLL).await;
        }
    }

    /// Uploads a document and waits until it can be cited.
    pub async fn ready_document(&self, client: &Client, name: &str, text: &str) -> String {
        let uploaded = self.api_key(client).upload(name, text).await.expect(202).json();
        let id = uploaded["id"].as_str().expect("an upload has an id").to_owned();
        let document = self.read_document(client, &id).await;
        assert_eq!(document["status"], "ready", "{document}");
        id
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
