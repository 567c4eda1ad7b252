//! The accept loop: sockets in, the router's answers out.
//!
//! It never ends on an error of accepting; a process out of file descriptors waits and goes on. It holds at most
//! `connections_max` connections: while they are all taken, newcomers wait in the kernel's queue. One network may
//! hold `connections_per_network_max` of them, and what it opens beyond is closed at once; this machine and the
//! trusted proxies speak for many and may hold all. At shutdown it stops accepting, lets requests in progress
//! finish within the drain time, then closes what is left.
//! axum's own `serve` has neither a time limit on headers nor a bound on connections.

use super::address::{TrustedProxies, network_of};
use crate::ground::limits::{HEADER_BYTES_MAX, URL_BYTES_MAX};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
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
#[derive(Debug, Clone)]
pub struct ServerLimits {
    pub connections_max: usize,
    /// For one IPv4 address, or one /64 of IPv6.
    pub connections_per_network_max: usize,
    /// Peers that may hold all connections.
    pub trusted_proxies: TrustedProxies,
    /// For the head of a request, and between requests of one connection.
    pub header_read_ms: u64,
    /// For requests in progress at shutdown.
    pub drain_ms: u64,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            connections_max: crate::ground::limits::CONNECTIONS_MAX,
            connections_per_network_max: crate::ground::limits::CONNECTIONS_PER_NETWORK_MAX,
            trusted_proxies: TrustedProxies::default(),
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
    let networks = Arc::new(Networks::new(&limits));
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
                let Some(place) = networks.take(peer.ip()) else {
                    tracing::debug!("Closed a connection of a network that holds too many");
                    continue;
                };
                let connection = connection(&protocol, stream, peer, router.clone());
                let connection = graceful.watch(connection);
                connections.spawn(async move {
                    if let Err(error) = connection.await {
                        // A caller that goes away is no fault of ours.
                        tracing::debug!(%error, "Connection ended early");
                    }
                    drop((permit, place));
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

/// How many connections each network holds.
#[derive(Debug)]
struct Networks {
    per_network_max: usize,
    exempt: TrustedProxies,
    held: Mutex<HashMap<IpAddr, usize>>,
}

/// One connection of a network; dropping it gives the place back.
#[derive(Debug)]
struct Place {
    networks: Arc<Networks>,
    /// None for a peer that is not counted.
    network: Option<IpAddr>,
}

impl Networks {
    fn new(limits: &ServerLimits) -> Self {
        let (per_network_max, exempt) = (limits.connections_per_network_max, limits.trusted_proxies.clone());
        Self { per_network_max, exempt, held: Mutex::default() }
    }

    /// A place for a connection of this peer; None when its network holds all that it may.
    fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        if peer.is_loopback() || self.exempt.contains(peer) {
            return Some(Place { networks: Arc::clone(self), network: None });
        }
        let network = network_of(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(network).or_default();
        if *count >= self.per_network_max {
            return None;
        }
        *count += 1;
        Some(Place { networks: Arc::clone(self), network: Some(network) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(network) = self.network else { return };
        let mut held = self.networks.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&network);
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
