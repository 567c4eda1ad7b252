//! `snip serve`: from the configuration to a drained stop.

use super::admin::{self, AdminContext};
use super::control;
use super::output::print_note;
use super::service::Manager;
use crate::app::reach;
use crate::app::{App, OpenStore, Sources};
use crate::config::{Loaded, Settings};
use crate::domain::access::setup;
use crate::domain::demo;
use crate::ground::limits::{
    BLOCKING_THREADS_MAX, HEALTHCHECK_TIMEOUT_MS, RUNTIME_STOP_MS, STOP_MS, STOP_WITH_CHECKPOINT_MS,
};
use crate::ground::scope::Actor;
use crate::http::address::TrustedProxies;
use crate::http::routes::router;
use crate::http::server::{self, Drained, ServerLimits};
use crate::store::DbError;
use crate::store::directory::{self, Layout};
use crate::store::error::Chain;
use crate::telemetry;
use anyhow::Context as _;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};

/// What is served beside the node itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Node,
    /// With the demo's clients and websites, made if they are missing.
    Demo,
}

/// Serves until the process is told to stop.
pub(super) fn run(loaded: &Loaded, kind: Kind) -> anyhow::Result<()> {
    // The allocator asks for huge pages, and the kernel then fills up what is used in part: a fifth more memory, that
    // goes up by another third while the machine is busy. Where the kernel knows no such switch, it stays so.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    reach::close_network(&loaded.settings);
    telemetry::start(&loaded.settings.log);
    info!("Effective configuration:\n{}", loaded.show());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(loaded.settings.clone(), kind));
    // Blocking work, such as a rebuild, hears no signal; what it leaves half done the next start makes good.
    runtime.shutdown_timeout(Duration::from_millis(RUNTIME_STOP_MS));
    served
}

async fn serve(mut settings: Settings, kind: Kind) -> anyhow::Result<()> {
    let layout = Layout::new(&settings.data.dir);
    // The directory first, then the port, then the database: whatever is taken by somebody else stops the start
    // before anything is changed.
    let hold = directory::take(&layout)?;
    let listener = bind(settings.http.listen).await?;
    // With port 0 only the socket knows the port that links need.
    settings.http.listen = listener.local_addr()?;
    let store = OpenStore::open_held(layout, hold, Sources::of_this_machine())?;
    let app = App::assemble(store, &settings)?;
    let mut stop = StopSignals::listen()?;

    if let Some(ephemeral) = app.state.node.ephemeral_data {
        warn!("{}", ephemeral.advice());
    }
    app.start_engine(&settings);
    control::start(&app.tasks, &app.store.layout, AdminContext::new(&app, &settings))?;
    if kind == Kind::Demo {
        tokio::select! {
            made = make_demo(&app) => made?,
            // Ctrl-C while the demo is being made: what was made stays, and the rest is made next time.
            () = stop.wait() => app.tasks.stop_token().cancel(),
        }
    }
    greet(&app, &admin::site(&settings), settings.http.listen, kind).await?;

    if let Some(manager) = Manager::of_this_process() {
        manager.follow(&app);
    }
    let told_at = OnceLock::new();
    let stopping = async {
        if !app.tasks.is_stopping() {
            stop.wait().await;
        }
        info!("Stopping: requests in progress may finish");
        // Workers stop beside the requests, not after them: the whole stop has one deadline.
        told_at.get_or_init(Instant::now);
        app.tasks.stop_token().cancel();
    };
    let trusted_proxies = TrustedProxies::new(settings.http.trusted_proxies.clone());
    let limits = ServerLimits { trusted_proxies, ..ServerLimits::default() };
    let drained = server::serve(listener, router(app.state.clone()), stopping, limits).await;
    if let Drained::Cut { connections } = drained {
        warn!(connections, "Closed connections that had not finished in time");
    }
    let spent = told_at.get().map_or(Duration::ZERO, Instant::elapsed);
    if !app.tasks.drain(Duration::from_millis(STOP_MS).saturating_sub(spent)).await {
        warn!("Some tasks had not ended in time; their leases run out by themselves");
    }
    let spent = told_at.get().map_or(Duration::ZERO, Instant::elapsed);
    let patience = Duration::from_millis(STOP_WITH_CHECKPOINT_MS).saturating_sub(spent);
    match tokio::time::timeout(patience, app.env.db.checkpoint()).await {
        Ok(Ok(())) => {}
        // The write-ahead log is as durable as the file: the next start goes on from it.
        Ok(Err(error)) => warn!("The write-ahead log stays beside the database: {}", Chain(&error)),
        Err(_) => warn!("The write-ahead log stays beside the database: there was no time to fold it in"),
    }
    info!("Stopped");
    Ok(())
}

async fn make_demo(app: &App) -> anyhow::Result<()> {
    demo::make(&app.env).await.context("the demo could not be made")?;
    Ok(demo::wait_until_read(&app.env).await?)
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; if another program uses the port, stop it or choose another with `--listen`")
    })
}

/// Tells the person at the terminal where to go.
async fn greet(app: &App, site: &str, address: SocketAddr, kind: Kind) -> Result<(), DbError> {
    let key = app.env.signing_key.clone();
    let link = app.env.db.write(Actor::System("start"), move |tx| setup::open_link(tx, &key)).await?;
    info!(%address, version = env!("CARGO_PKG_VERSION"), "Listening");
    print_note(&format!("\n  Listening on {address}"));
    if let Some(link) = link {
        let url = format!("{site}/setup/{}", link.reveal());
        info!("First run: open the setup link {url}");
        print_note(&format!("  First run: open this link once, within seven days:\n    {url}"));
    }
    if kind == Kind::Demo {
        print_note(&format!("  The demo's websites:  {site}/demo/"));
    }
    print_note(&format!("  API reference:        {site}/api/docs\n"));
    Ok(())
}

/// SIGTERM and SIGINT.
struct StopSignals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Asks the server on this machine whether it is ready: for container platforms.
pub(super) fn healthcheck(loaded: &Loaded) -> anyhow::Result<ExitCode> {
    let mut address = loaded.settings.http.listen;
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    match probe(address) {
        Ok(status) if status.starts_with("HTTP/1.1 200") => Ok(ExitCode::SUCCESS),
        Ok(status) => {
            print_note(&format!("The server on {address} is not ready: {status}"));
            Ok(ExitCode::FAILURE)
        }
        Err(error) => {
            print_note(&format!("No server answers on {address}: {}", Chain(&error)));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The status line of `/healthz/ready`.
fn probe(address: SocketAddr) -> std::io::Result<String> {
    let patience = Duration::from_millis(HEALTHCHECK_TIMEOUT_MS);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(b"GET /healthz/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut head = [0_u8; 64];
    let read = stream.read(&mut head)?;
    let text = String::from_utf8_lossy(head.get(..read).unwrap_or_default()).into_owned();
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
