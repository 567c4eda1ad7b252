//! The accept loop: sockets in, the router's answers out.
//!
//! It never ends on an error of accepting; a process out of file descriptors waits and goes on. It holds at most
//! `connections_max` connections: while they are all taken, newcomers wait in the kernel's queue. At shutdown it
//! stops accepting, lets requests in progress finish within the drain time, then closes what is left.
//! axum's own `serve` has neither a time limit on headers nor a bound on connections.

use crate::ground::limits::{HEADER_BYTES_MAX, URL_BYTES_MAX};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// Pause after an error that the next try would meet too.
const ACCEPT_PAUSE_MS: u64 = 500;

/// What the parser takes before we are asked: address and headers at their bounds fit with room to spare, so that
/// a little too much becomes a problem in our words.
const HEAD_BYTES_MAX: usize = 2 * (HEADER_BYTES_MAX + URL_BYTES_MAX);

/// Bounds of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    pub connections_max: usize,
    /// For the head of a request, and between requests of one connection.
    pub header_read_ms: u64,
    /// For requests in progress at shutdown.
    pub drain_ms: u64,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections_max: crate::ground::limits::CONNECTIONS_MAX,
            header_read_ms: crate::ground::limits::HEADER_READ_TIMEOUT_MS,
            drain_ms: crate::ground::limits::DRAIN_MS,
        }
    }
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Every request was answered.
    Whole,
    /// The drain time was over and this many connections were closed.
    Cut { connections: usize },
}

/// Serves until `shutdown` is ready, then drains.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    limits: ServerLimits,
) -> Drained {
    let mut shutdown = pin!(shutdown);
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let graceful = GracefulShutdown::new();
    let mut connections: JoinSet<()> = JoinSet::new();
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.header_read_ms))
        .max_header_size(HEAD_BYTES_MAX);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            (stream, peer, permit) = accept(&listener, &permits) => {
                let connection = connection(&protocol, stream, peer, router.clone());
                let connection = graceful.watch(connection);
                connections.spawn(async move {
                    if let Err(error) = connection.await {
                        // A caller that goes away is no fault of ours.
                        tracing::debug!(%error, "Connection ended early");
                    }
                    drop(permit);
                });
            }
        }
    }
    drop(listener);
    drain(graceful, connections, Duration::from_millis(limits.drain_ms)).await
}

async fn drain(graceful: GracefulShutdown, mut connections: JoinSet<()>, patience: Duration) -> Drained {
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_ok() {
        return Drained::Whole;
    }
    while connections.try_join_next().is_some() {}
    let left = connections.len();
    connections.shutdown().await;
    if left == 0 {
        return Drained::Whole;
    }
    tracing::warn!(connections = left, "Closed {left} connections that were still busy after the drain time");
    Drained::Cut { connections: left }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there always is a permit.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            Err(error) if concerns_one_caller(error.kind()) => {}
            Err(error) => {
                // Out of file descriptors or memory: connections that end make room.
                tracing::warn!(%error, "Cannot accept connections; trying again in {ACCEPT_PAUSE_MS} ms");
                tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
            }
        }
    }
}

fn concerns_one_caller(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

fn connection(
    protocol: &http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl GracefulConnection<Error = hyper::Error> + Send + 'static {
    // Answers are written whole or streamed in small pieces: waiting to fill packets only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "Cannot switch off the delay of small packets");
    }
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    protocol.serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
#[path = "tests/server.rs"]
mod tests;
