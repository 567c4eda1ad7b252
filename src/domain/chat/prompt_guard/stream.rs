//! The guard while an answer comes.

use super::leaks::Prints;
use super::{GuardInputs, links};
use std::collections::BTreeSet;

/// Text that may be held back while it is not clear what it will be.
const HELD_BYTES_MAX: usize = 600;
/// More than the longest run of words that is looked for takes.
const TAIL_BYTES: usize = 2_000;
const STARTS: [&str; 6] = ["https://", "http://", "www.", "javascript:", "data:", "vbscript:"];

/// Lets an answer pass, piece by piece.
#[derive(Debug)]
pub struct StreamGuard {
    prints: Prints,
    hosts_allowed: BTreeSet<String>,
    /// Everything that came.
    text: String,
    /// Bytes of `text` that were let pass or taken out.
    passed: usize,
}

/// What the visitor may see next, or that the answer must end here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guarded {
    /// May be empty while something is held back.
    Pass(String),
    /// The answer repeats its prompt. What was let pass before is short of a leak.
    Leak,
}

impl StreamGuard {
    pub fn new(inputs: &GuardInputs) -> Self {
        Self {
            prints: Prints::of(inputs),
            hosts_allowed: inputs.hosts_allowed.clone(),
            text: String::new(),
            passed: 0,
        }
    }

    /// Takes the next words of the answer.
    pub fn push(&mut self, piece: &str) -> Guarded {
        self.text.push_str(piece);
        if self.prints.is_leak(self.tail(piece.len() + TAIL_BYTES)) {
            return Guarded::Leak;
        }
        let pending = self.text.get(self.passed..).unwrap_or_default();
        let clear = clear_length(pending);
        let clear_text = pending.get(..clear).unwrap_or_default();
        let clean = links::clean(clear_text, &self.hosts_allowed);
        self.passed += clear;
        Guarded::Pass(clean)
    }

    /// What was still held back, at the end of the answer.
    pub fn finish(&mut self) -> String {
        let rest = links::clean(self.text.get(self.passed..).unwrap_or_default(), &self.hosts_allowed);
        self.passed = self.text.len();
        rest
    }

    fn tail(&self, bytes: usize) -> &str {
        let from = self.text.len().saturating_sub(bytes);
        let from = (from..=self.text.len()).find(|at| self.text.is_char_boundary(*at));
        from.and_then(|from| self.text.get(from..)).unwrap_or_default()
    }
}

/// How much of the text is surely no part of a link, an image or a tag that goes on.
fn clear_length(pending: &str) -> usize {
    let mut whole_until = 0;
    let mut open = None;
    for (at, _) in pending.match_indices(['[', '<', '!']) {
        let rest = pending.get(at..).unwrap_or_default();
        if at < whole_until {
            continue;
        }
        if is_unfinished(rest) {
            open = Some(at);
            break;
        }
        whole_until = at + whole_length(rest);
    }
    let address = || address_start(pending.get(whole_until..)?).map(|at| whole_until + at);
    let clear = open.or_else(address).unwrap_or(pending.len());
    if pending.len() - clear > HELD_BYTES_MAX { pending.len() } else { clear }
}

/// The length of the link, the image or the tag that stands whole at the beginning; 0 when none does.
fn whole_length(text: &str) -> usize {
    let link = text.strip_prefix('!').unwrap_or(text);
    if let Some((words, after)) = link.strip_prefix('[').and_then(|link| link.split_once(']')) {
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        return target.map_or(0, |(target, _)| text.len() - link.len() + words.len() + target.len() + 4);
    }
    let is_tag = text.chars().nth(1).is_some_and(|next| next.is_ascii_alphabetic() || "/!".contains(next));
    text.find('>').filter(|_| is_tag && text.starts_with('<')).map_or(0, |end| end + 1)
}

/// Whether a link, an image or a tag begins here and its end is not there yet.
fn is_unfinished(text: &str) -> bool {
    let text = match text.strip_prefix('!') {
        Some("") => return true,
        Some(rest) if rest.starts_with('[') => rest,
        Some(_) => return false,
        None => text,
    };
    if let Some(tag) = text.strip_prefix('<') {
        return tag.is_empty()
            || (tag.starts_with(|next: char| next.is_ascii_alphabetic() || "/!".contains(next))
                && !tag.contains('>'));
    }
    match text.split_once(']') {
        None => true,
        Some((_, "")) => true,
        Some((_, after)) => after.starts_with('(') && !after.contains(')'),
    }
}

/// Where an address, or what may become one, stands at the end. It ends with a space and nothing else: what is
/// written on behind it could still become its host.
fn address_start(pending: &str) -> Option<usize> {
    let (word_at, word) = last_run(pending, char::is_whitespace)?;
    let lower = word.to_ascii_lowercase();
    if let Some(begun) = STARTS.iter().filter_map(|start| lower.find(start)).min() {
        return Some(word_at + begun);
    }
    let (tail_at, tail) = last_run(&lower, |char| !char.is_ascii_graphic())?;
    let may_begin = |at: &usize| {
        let end = tail.get(*at..).unwrap_or_default();
        STARTS.iter().any(|start| start.starts_with(end))
    };
    (0..tail.len()).find(may_begin).map(|at| word_at + tail_at + at)
}

/// What stands behind the last such character, and where.
fn last_run(text: &str, is_border: impl Fn(char) -> bool) -> Option<(usize, &str)> {
    let at = text
        .char_indices()
        .rev()
        .find(|(_, char)| is_border(*char))
        .map_or(0, |(at, char)| at + char.len_utf8());
    Some((at, text.get(at..)?))
}
