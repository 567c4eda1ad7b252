//! Named places at which a test may kill the process.
//!
//! Compiled to nothing without the feature `faults`. With it, `SNIP_FAULT=name` ends the process by SIGKILL
//! when it reaches that place, as a power cut would end it (but for the page cache); `SNIP_FAULT=name:3` at
//! the third pass.

/// Every place, so that a test can visit each one.
pub const POINTS: &[&str] = &[
    "migrate.before_commit",
    "store.before_commit",
    "store.after_commit",
    "blob.before_rename",
    "blob.after_rename",
    "ingest.after_extracting",
    "ingest.after_chunks",
    "ingest.before_ready",
    "recut.after_chunks",
    "recut.before_swap",
    "recut.after_swap",
    "index.before_apply",
    "index.after_apply",
    "generations.while_filling",
    "generations.before_swap",
    "generations.after_swap",
    "vectors.before_apply",
    "vectors.after_apply",
    "chat.after_accept",
    "chat.after_prepare",
    "chat.after_hold",
    "chat.while_generating",
    "chat.before_settle",
    "webhook.before_commit",
    "webhook.after_commit",
    "outbox.after_lease",
    "outbox.after_send",
    "outbox.after_record",
    "sign_in.before_commit",
    "sign_in.after_commit",
    "invitation.before_commit",
    "invitation.after_commit",
    "backup.after_copy",
    "backup.while_storing",
    "backup.before_chunks",
    "backup.before_snapshot",
    "backup.after_snapshot",
    "backup.while_forgetting",
    "restore.while_writing",
    "restore.before_name",
];

/// Marks a place. `name` stands in [`POINTS`].
#[cfg(not(feature = "faults"))]
#[inline(always)]
pub const fn point(_name: &'static str) {}

#[cfg(feature = "faults")]
pub fn point(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSES: AtomicU32 = AtomicU32::new(0);
    debug_assert!(POINTS.contains(&name), "`{name}` is not in POINTS");
    let Ok(wanted) = std::env::var("SNIP_FAULT") else { return };
    let (wanted, pass) = match wanted.split_once(':') {
        Some((wanted, pass)) => (wanted.to_owned(), pass.parse().unwrap_or(1)),
        None => (wanted, 1),
    };
    if wanted == name && PASSES.fetch_add(1, Ordering::SeqCst) + 1 == pass {
        let me = rustix::process::getpid();
        // SIGKILL cannot fail for our own process; should it, abort ends the process as abruptly.
        let _ = rustix::process::kill_process(me, rustix::process::Signal::KILL);
        std::process::abort();
    }
}
