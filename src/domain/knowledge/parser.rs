//! The parser: reads a document in a child process, so that no file can harm the server.
//!
//! The child is this same program, started again with [`ARGUMENT`] before configuration and runtime: with an empty
//! environment, the document as its standard input, one pipe for its answer, and the limits of [`confine`]. One
//! child reads one document. If it crashes, is killed at a limit or answers garbage, that document has failed, with
//! a sentence for its owner.
//!
//! [`Parser::parse`] is the server's side; [`child`] the other; [`protocol`] what they say to each other.

pub mod child;
mod confine;
mod protocol;

use super::extraction::Extraction;
use crate::ground::limits::{PARSE_OUTPUT_BYTES_MAX, PARSE_WALL_MS};
use protocol::{Frame, HEADER_BYTES};
use std::fs::File;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

/// The hidden first argument of the child.
pub const ARGUMENT: &str = "read-document";

/// The program that reads documents.
#[derive(Debug, Clone)]
pub struct Parser {
    program: PathBuf,
    wall: Duration,
}

/// How far a child is, in percent of the document. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Reached(Arc<AtomicU32>);

impl Reached {
    pub fn percent(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, done: u32, total: u32) {
        let percent = u64::from(done.min(total)) * 100 / u64::from(total.max(1));
        self.0.store(u32::try_from(percent).unwrap_or(100), Ordering::Relaxed);
    }
}

/// Why a document could not be read, in words for its owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The reader's own sentence.
    #[error("{0}")]
    Reader(String),
    #[error(
        "This file takes too long to read. Split it into smaller files, or save it anew from the program that it comes from."
    )]
    TooLong,
    #[error(
        "This file could not be read: it is damaged, or needs more memory than a document may take. Open it in the program that it comes from, save it anew or in smaller parts, and upload that."
    )]
    Broken,
    #[error("This file holds more text than can be read at once. Split it into smaller files.")]
    TooMuch,
}

/// The child could not be started: nothing is wrong with the document.
#[derive(Debug, thiserror::Error)]
#[error("the parser could not be started")]
pub struct ParserError(#[source] std::io::Error);

impl Parser {
    /// This program itself, even when its file was replaced by an upgrade meanwhile.
    pub fn of_this_program() -> Self {
        Self::of(PathBuf::from("/proc/self/exe"))
    }

    /// Another program that knows [`ARGUMENT`].
    pub const fn of(program: PathBuf) -> Self {
        Self { program, wall: Duration::from_millis(PARSE_WALL_MS) }
    }

    /// As this one, with another limit of time.
    pub fn within(self, wall: Duration) -> Self {
        Self { wall, ..self }
    }

    /// Reads one document. Dropping the future kills the child.
    pub async fn parse(
        &self,
        document: File,
        extension: &str,
        reached: &Reached,
    ) -> Result<Result<Extraction, Refusal>, ParserError> {
        let mut child = Command::new(&self.program)
            .arg(ARGUMENT)
            .arg(extension)
            .env_clear()
            // The allocator takes memory as it is needed, not a gigabyte at once, which is more than the child may have.
            .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
            .current_dir("/")
            .stdin(Stdio::from(document))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(ParserError)?;
        let Some(stdout) = child.stdout.take() else { return Ok(Err(Refusal::Broken)) };
        let Ok(answer) =
            tokio::time::timeout(self.wall, read_answer(stdout, reached, PARSE_OUTPUT_BYTES_MAX)).await
        else {
            return Ok(Err(Refusal::TooLong));
        };
        Ok(match answer {
            Ok(extraction) => Ok(extraction),
            Err(Answered::Refused(refusal)) => Err(refusal),
            // It stopped in the middle: how it ended says why.
            Err(Answered::Nothing) => {
                let ended = tokio::time::timeout(self.wall, child.wait()).await;
                Err(ended.ok().and_then(Result::ok).map_or(Refusal::Broken, refusal_of))
            }
        })
    }
}

/// What came instead of an extraction.
enum Answered {
    Refused(Refusal),
    Nothing,
}

fn refusal_of(status: ExitStatus) -> Refusal {
    use std::os::unix::process::ExitStatusExt as _;
    let is_out_of_time = status.signal() == Some(rustix::process::Signal::XCPU.as_raw());
    if is_out_of_time { Refusal::TooLong } else { Refusal::Broken }
}

async fn read_answer(
    mut from: impl AsyncRead + Unpin,
    reached: &Reached,
    bytes_max: u64,
) -> Result<Extraction, Answered> {
    let mut extraction = Extraction::default();
    let mut bytes_left = bytes_max;
    loop {
        let mut header = [0; HEADER_BYTES];
        from.read_exact(&mut header).await.map_err(|_| Answered::Nothing)?;
        let length = protocol::length(header).ok_or(Answered::Refused(Refusal::Broken))?;
        bytes_left = bytes_left.checked_sub(length as u64).ok_or(Answered::Refused(Refusal::TooMuch))?;
        let mut body = vec![0; length];
        from.read_exact(&mut body).await.map_err(|_| Answered::Nothing)?;
        match serde_json::from_slice(&body).map_err(|_| Answered::Refused(Refusal::Broken))? {
            Frame::Progress { done, total } => reached.set(done, total),
            Frame::Title(title) => extraction.title = Some(title),
            Frame::Text(text) => extraction.text.push_str(&text),
            Frame::Blocks(blocks) => extraction.blocks.extend(blocks),
            Frame::Refused(sentence) => return Err(Answered::Refused(Refusal::Reader(sentence))),
            // Citations rest on these spans: a child that broke its promise is refused, not believed.
            Frame::End => {
                return match extraction.validate() {
                    Ok(()) => Ok(extraction),
                    Err(_) => Err(Answered::Refused(Refusal::Broken)),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests;
