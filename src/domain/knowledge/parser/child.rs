//! The child's side: gives up what it does not need, reads its standard input, says what it found.

use super::protocol::{self, Frame};
use super::{ARGUMENT, Refusal, confine};
use crate::domain::knowledge::readers;
use crate::domain::knowledge::source::{self, SNIFF_BYTES, SOURCE_BYTES_MAX};
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write};
use std::os::fd::AsFd as _;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// Runs as the child if the arguments say so; None for every other command.
pub fn run_if_asked(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let is_asked = arguments.nth(1).is_some_and(|argument| argument == ARGUMENT);
    is_asked.then(|| {
        let extension = arguments.next().unwrap_or_default();
        match run(&extension.to_string_lossy()) {
            Ok(()) => ExitCode::SUCCESS,
            // The server is gone, or does not listen any more.
            Err(_) => ExitCode::FAILURE,
        }
    })
}

fn run(extension: &str) -> std::io::Result<()> {
    let input = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    // Nobody reads what a panic would print.
    panic::set_hook(Box::new(|_| {}));
    confine::confine()?;
    let mut out = std::io::stdout().lock();
    let size_bytes = input.metadata()?.len();
    if size_bytes > SOURCE_BYTES_MAX {
        let mut head = Vec::new();
        input.take(SNIFF_BYTES as u64).read_to_end(&mut head)?;
        let refusal = source::too_large(extension, &head);
        return protocol::write(&mut out, &Frame::Refused(refusal.to_string()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size_bytes).unwrap_or(0));
    input.take(SOURCE_BYTES_MAX).read_to_end(&mut bytes)?;
    answer(&mut out, extension, bytes)
}

fn answer(out: &mut impl Write, extension: &str, bytes: Vec<u8>) -> std::io::Result<()> {
    let mut said = 0;
    let mut progress = |done: u32, total: u32| {
        let percent = u64::from(done) * 100 / u64::from(total.max(1));
        if percent > said {
            said = percent;
            // A server that is gone is noticed at the answer.
            let _ = protocol::write(out, &Frame::Progress { done, total });
        }
    };
    let read = panic::catch_unwind(AssertUnwindSafe(|| readers::read(extension, bytes, &mut progress)));
    match read {
        Ok(Ok(extraction)) => protocol::write_extraction(out, &extraction),
        Ok(Err(error)) => protocol::write(out, &Frame::Refused(error.to_string())),
        Err(_) => protocol::write(out, &Frame::Refused(Refusal::Broken.to_string())),
    }
}
