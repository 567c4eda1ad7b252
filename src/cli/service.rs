//! What a service manager is told: ready, still busy, stopping, alive (`sd_notify(3)`).
//!
//! systemd names a socket in `NOTIFY_SOCKET` for a unit of `Type=notify`, and in `WATCHDOG_USEC` how often it wants
//! to hear that the program lives. Without these variables nobody is told anything. Written here rather than with
//! libsystemd: it is a datagram with lines of text.

use crate::app::App;
use crate::domain::knowledge::follower::IndexState;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;
use tracing::warn;

/// How often it is looked whether the node is ready.
const LOOK_MS: u64 = 100;
/// While the index is rebuilt, the start may take so much longer than the unit says.
const EXTENSION_US: u64 = 60_000_000;
/// How often that is asked for, in looks.
const EXTEND_EACH_LOOKS: u64 = 100;

/// The manager that started this process.
#[derive(Debug)]
pub(super) struct Manager {
    socket: UnixDatagram,
    address: SocketAddr,
    watchdog: Option<Duration>,
}

impl Manager {
    /// None when no manager asks to be told, or when it cannot be.
    pub(super) fn of_this_process() -> Option<Self> {
        let path = std::env::var_os("NOTIFY_SOCKET").filter(|path| !path.is_empty())?;
        let text = |name: &str| std::env::var(name).ok();
        // The variable may be inherited from a manager that watches another process.
        let is_meant = text("WATCHDOG_PID").is_none_or(|pid| pid == std::process::id().to_string());
        let watchdog = text("WATCHDOG_USEC").filter(|_| is_meant).and_then(|us| us.parse().ok());
        let manager = Self::at(&path, watchdog.filter(|us| *us > 0).map(Duration::from_micros));
        manager.map_err(|error| warn!("The service manager cannot be told anything: {error}")).ok()
    }

    fn at(path: &OsStr, watchdog: Option<Duration>) -> io::Result<Self> {
        let address = match path.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(path)?,
        };
        Ok(Self { socket: UnixDatagram::unbound()?, address, watchdog })
    }

    fn tell(&self, state: &str) {
        if let Err(error) = self.socket.send_to_addr(state.as_bytes(), &self.address) {
            warn!("The service manager could not be told `{}`: {error}", state.replace('\n', "; "));
        }
    }

    /// Says when the node is ready, and from then on that it lives, until it stops.
    pub(super) fn follow(self, app: &App) {
        let (index, tasks) = (app.env.index.clone(), app.tasks.clone());
        app.tasks.spawn("service_manager", async move {
            tokio::select! {
                () = self.until_ready(|| index.state()) => {}
                () = tasks.stopping() => {}
            }
            if !tasks.is_stopping() {
                self.tell("READY=1\nSTATUS=Serving");
            }
            tokio::select! {
                () = self.keep_alive() => {}
                () = tasks.stopping() => {}
            }
            self.tell("STOPPING=1\nSTATUS=Requests in progress may finish");
        });
    }

    async fn until_ready(&self, state: impl Fn() -> IndexState) {
        for look in 0_u64.. {
            let status = match state() {
                IndexState::Following { .. } | IndexState::Failing { .. } => return,
                IndexState::Opening => "The index is being opened".to_owned(),
                IndexState::Rebuilding { done, total } => {
                    format!("The index is being rebuilt: {done} of {total}")
                }
            };
            if look % EXTEND_EACH_LOOKS == 0 {
                self.tell(&format!("EXTEND_TIMEOUT_USEC={EXTENSION_US}\nSTATUS={status}"));
            }
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        }
    }

    /// Twice as often as it is asked for. A runtime that does not come to this task serves nobody either.
    async fn keep_alive(&self) {
        let Some(watchdog) = self.watchdog else { return std::future::pending().await };
        let mut ticks = tokio::time::interval(watchdog / 2);
        loop {
            ticks.tick().await;
            self.tell("WATCHDOG=1");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(receiver: &UnixDatagram) -> String {
        let mut bytes = [0; 512];
        let length = receiver.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    // APP-14
    #[test]
    fn a_manager_hears_at_a_path_and_at_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let at_path = UnixDatagram::bind(&path).unwrap();
        let name = format!("snip-test-{}", std::process::id());
        let at_name =
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes()).unwrap()).unwrap();

        Manager::at(path.as_os_str(), None).unwrap().tell("READY=1");
        Manager::at(OsStr::new(&format!("@{name}")), None).unwrap().tell("STOPPING=1");

        assert_eq!(told(&at_path), "READY=1");
        assert_eq!(told(&at_name), "STOPPING=1");
    }

    // APP-14
    #[tokio::test]
    async fn a_start_that_rebuilds_asks_for_more_time_and_a_watchdog_hears_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let receiver = tokio::net::UnixDatagram::bind(&path).unwrap();
        let manager = Manager::at(path.as_os_str(), Some(Duration::from_millis(20))).unwrap();
        let looks = std::cell::Cell::new(0);
        let hear = || async {
            let mut bytes = [0; 512];
            let length = receiver.recv(&mut bytes).await.unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };

        manager
            .until_ready(|| {
                looks.set(looks.get() + 1);
                match looks.get() {
                    1 | 2 => IndexState::Rebuilding { done: 1, total: 9 },
                    _ => IndexState::Following { cursor: 0 },
                }
            })
            .await;
        let asked = hear().await;
        let beats = async { [hear().await, hear().await, hear().await] };
        let beats = tokio::select! {
            () = manager.keep_alive() => panic!("it stopped by itself"),
            beats = beats => beats,
        };

        assert!(asked.starts_with("EXTEND_TIMEOUT_USEC=") && asked.ends_with("1 of 9"), "{asked}");
        assert_eq!(beats, ["WATCHDOG=1"; 3]);
    }
}
