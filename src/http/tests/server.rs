use super::*;
use crate::http::tests::support::Toy;
use axum::routing::get;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Drained>,
}

const QUICK: ServerLimits = ServerLimits {
    connections_max: 10,
    connections_per_network_max: 2,
    trusted_proxies: TrustedProxies::new(Vec::new()),
    header_read_ms: 150,
    drain_ms: 300,
};

async fn start(router: Router, limits: ServerLimits) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async move { drop(stopped.await) };
    let mut tasks = JoinSet::new();
    tasks.spawn(serve(listener, router, shutdown, limits));
    #[expect(clippy::disallowed_methods, reason = "the test waits for its own task")]
    let server = tokio::spawn(async move { tasks.join_next().await.unwrap().unwrap() });
    Running { address, stop, server }
}

async fn connect(running: &Running) -> TcpStream {
    TcpStream::connect(running.address).await.unwrap()
}

/// Sends and reads until the server closes or nothing comes for a while.
async fn exchange(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(Ok(length @ 1..)) =
        tokio::time::timeout(Duration::from_millis(500), stream.read(&mut piece)).await
    {
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8(answer).unwrap()
}

fn slow(wait_ms: u64) -> Router {
    Router::new().route(
        "/",
        get(move || async move {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            "done"
        }),
    )
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_over_a_socket_is_answered_with_the_peer_known() {
    let router = Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }));
    let running = start(router, QUICK).await;

    let answer = exchange(&mut connect(&running).await, GET).await;

    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("127.0.0.1"), "{answer}");
}

#[tokio::test]
async fn headers_that_do_not_arrive_in_time_end_the_connection() {
    let running = start(slow(0), QUICK).await;
    let mut stream = connect(&running).await;
    let started = Instant::now();

    stream.write_all(b"GET / HTTP/1.1\r\nhost: a.exa").await.unwrap();
    let mut rest = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;

    assert!(read.is_ok(), "the server closed the connection");
    assert!(started.elapsed() >= Duration::from_millis(140));
}

#[tokio::test]
async fn a_request_in_progress_is_answered_before_the_server_ends() {
    let running = start(slow(150), QUICK).await;
    let mut stream = connect(&running).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;

    running.stop.send(()).unwrap();
    let answer = exchange(&mut stream, "").await;

    assert!(answer.ends_with("done"), "{answer}");
    assert_eq!(running.server.await.unwrap(), Drained::Whole);
    assert!(TcpStream::connect(running.address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_end_and_a_busy_one_only_for_the_drain_time() {
    let running = start(slow(60_000), ServerLimits { header_read_ms: 60_000, ..QUICK }).await;
    let _idle = connect(&running).await;
    let mut busy = connect(&running).await;
    busy.write_all(GET.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();

    running.stop.send(()).unwrap();

    assert_eq!(running.server.await.unwrap(), Drained::Cut { connections: 1 });
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_newcomer_waits_while_all_connections_are_taken() {
    let limits = ServerLimits { connections_max: 1, header_read_ms: 60_000, ..QUICK };
    let running = start(slow(0), limits).await;
    let first = connect(&running).await;
    let mut second = connect(&running).await;

    let while_full = exchange(&mut second, GET).await;
    drop(first);
    let after = exchange(&mut second, "").await;

    assert_eq!(while_full, "");
    assert!(after.ends_with("done"), "{after}");
}

#[tokio::test]
async fn too_many_header_bytes_are_a_431_even_on_the_wire() {
    let running = start(Toy::new().router, QUICK).await;
    let head = |bytes: usize| {
        format!("GET / HTTP/1.1\r\nhost: a.example\r\nx-filler: {}\r\n\r\n", "x".repeat(bytes))
    };

    for bytes in [HEADER_BYTES_MAX, 3 * HEAD_BYTES_MAX] {
        let answer = exchange(&mut connect(&running).await, &head(bytes)).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[test]
fn one_network_cannot_hold_all_connections_but_this_machine_and_trusted_proxies_may() {
    let proxies = TrustedProxies::new(vec!["203.0.113.0/24".parse().unwrap()]);
    let networks = Arc::new(Networks::new(&ServerLimits { trusted_proxies: proxies, ..QUICK }));
    let take = |address: &str| networks.take(address.parse().unwrap());

    let first = take("198.51.100.7");
    let second = take("::ffff:198.51.100.7");
    let one_subnet = (take("2001:db8::1"), take("2001:db8::2"));

    assert!(first.is_some() && second.is_some() && one_subnet.0.is_some() && one_subnet.1.is_some());
    assert!(take("198.51.100.7").is_none() && take("2001:db8::3").is_none());
    let _other_networks = (take("198.51.100.8").unwrap(), take("2001:db8:0:1::1").unwrap());
    for exempt in ["127.0.0.1", "::1", "203.0.113.9", "::ffff:203.0.113.9"] {
        let places: Vec<_> = (0..5).filter_map(|_| take(exempt)).collect();
        assert_eq!(places.len(), 5, "{exempt}");
    }
    drop(first);
    assert!(take("198.51.100.7").is_some(), "a place is given back");
}
