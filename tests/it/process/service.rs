//! What a service manager hears from the real binary.

use crate::support::process::Home;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

// APP-14
#[tokio::test]
async fn a_service_manager_hears_when_the_node_is_ready_and_when_it_stops() {
    let home = Home::new();
    let path = home.folder().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut bytes = [0; 512];
    let mut hear_until = |wanted: &str| {
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last: &String| !last.starts_with(wanted)) {
            let length =
                socket.recv(&mut bytes).unwrap_or_else(|error| panic!("{wanted}: {error}, {heard:?}"));
            heard.push(String::from_utf8_lossy(&bytes[..length]).into_owned());
        }
        heard
    };

    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "100000")];
    let node = home.serve_with(&[], &variables).await;
    let at_start = hear_until("READY=1");
    let later = hear_until("WATCHDOG=1");
    node.stop();
    let at_stop = hear_until("STOPPING=1");

    assert!(at_start.iter().all(|line| !line.starts_with("WATCHDOG")), "{at_start:?}");
    assert_eq!(later.len(), 1, "{later:?}");
    assert!(at_stop.len() < 10_000, "it was told to stop");
}

// OPS-11
#[tokio::test]
async fn a_serving_process_takes_no_huge_pages() {
    let home = Home::new();
    let node = home.serve().await;

    let status = std::fs::read_to_string(format!("/proc/{}/status", node.id())).expect("the process lives");

    // Kernels before 5.0 do not tell.
    let told = status.lines().find_map(|line| line.strip_prefix("THP_enabled:"));
    assert!(told.is_none_or(|told| told.trim() == "0"), "{told:?}");
    node.stop();
}
