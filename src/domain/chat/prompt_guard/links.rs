//! Links and images in an answer, and the hosts they lead to.

use std::collections::BTreeSet;

/// Schemes that begin a link in a text.
const SCHEMES: [&str; 3] = ["https://", "http://", "//"];
/// Stands where an address was taken out.
const TAKEN_OUT: &str = "…";

/// Every host that a text gives an address at, in lower case, without port.
pub fn hosts_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| char.is_whitespace() || "<>()[]{}\"'`|,;".contains(char));
    words.filter_map(host_of_word).collect()
}

/// The answer without images, without markup, and without links to other hosts; the words of a link stay.
pub(super) fn clean(answer: &str, hosts_allowed: &BTreeSet<String>) -> String {
    clean_addresses(&clean_markdown(&without_tags(answer), hosts_allowed), hosts_allowed)
}

/// `<img …>` and other tags of HTML are taken out; a comparison such as `a < b` stays.
fn without_tags(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        clean.push_str(before);
        let is_tag = tag.chars().nth(1).is_some_and(|next| next.is_ascii_alphabetic() || "/!".contains(next));
        match tag.find('>') {
            Some(end) if is_tag => {
                let inner = tag.get(1..end).unwrap_or_default();
                // `<https://…>` is how Markdown writes a bare address.
                if SCHEMES.iter().any(|scheme| inner.starts_with(scheme)) {
                    clean.push_str(inner);
                }
                rest = tag.get(end + 1..).unwrap_or_default();
            }
            _ => {
                clean.push('<');
                rest = tag.get(1..).unwrap_or_default();
            }
        }
    }
    clean.push_str(rest);
    clean
}

/// Images become their description, links to hosts that are not allowed become their words.
fn clean_markdown(text: &str, hosts_allowed: &BTreeSet<String>) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        let Some(link) = Link::at(from) else {
            clean.push_str(before);
            clean.push('[');
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        let is_image = before.ends_with('!');
        clean.push_str(before.strip_suffix('!').filter(|_| is_image).unwrap_or(before));
        if !is_image && is_allowed(link.target, hosts_allowed) {
            clean.push_str(from.get(..link.length).unwrap_or_default());
        } else {
            clean.push_str(link.words);
        }
        rest = from.get(link.length..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}

/// `[words](target)` at the beginning of a text.
struct Link<'a> {
    words: &'a str,
    target: &'a str,
    length: usize,
}

impl<'a> Link<'a> {
    fn at(text: &'a str) -> Option<Self> {
        let (words, after) = text.strip_prefix('[')?.split_once(']')?;
        let (target, _) = after.strip_prefix('(')?.split_once(')')?;
        let length = 1 + words.len() + 2 + target.len() + 1;
        Some(Self { words, target: target.trim().trim_matches(['<', '>']), length })
    }
}

/// A target may be an allowed host's, a place on the page, an address of mail or a telephone number.
fn is_allowed(target: &str, hosts_allowed: &BTreeSet<String>) -> bool {
    let target = target.split_whitespace().next().unwrap_or_default();
    let is_plain = ["mailto:", "tel:", "#"].iter().any(|start| target.starts_with(start));
    is_plain || host_of(target).is_some_and(|host| hosts_allowed.contains(&host))
}

/// Addresses that stand in the text as they are.
fn clean_addresses(text: &str, hosts_allowed: &BTreeSet<String>) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in text.split_inclusive(|char: char| char.is_whitespace()) {
        let word = piece.trim_end();
        match foreign_address(word, hosts_allowed) {
            Some(at) => {
                clean.push_str(word.get(..at).unwrap_or_default());
                clean.push_str(TAKEN_OUT);
                clean.push_str(piece.get(word.len()..).unwrap_or_default());
            }
            None => clean.push_str(piece),
        }
    }
    clean
}

/// Where the word's first address to a host that is not allowed begins.
fn foreign_address(word: &str, hosts_allowed: &BTreeSet<String>) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let dangerous = ["javascript:", "data:", "vbscript:"];
    let starts = ["https://", "http://", "www."].into_iter().chain(dangerous);
    let mut found: Vec<(usize, &str)> = starts
        .flat_map(|start| lower.match_indices(start).map(|(at, _)| (at, start)).collect::<Vec<_>>())
        .collect();
    found.sort_unstable();
    let is_foreign = |(at, start): &(usize, &str)| {
        let address = lower.get(*at..).unwrap_or_default();
        let is_dangerous = dangerous.contains(start) && address.len() > start.len() + 2;
        is_dangerous || host_of_word(address).is_some_and(|host| !hosts_allowed.contains(&host))
    };
    found.into_iter().find(is_foreign).map(|(at, _)| at)
}

fn host_of_word(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let at = ["https://", "http://", "www."].iter().filter_map(|start| lower.find(start)).min()?;
    let address = lower.get(at..)?;
    if address.starts_with("www.") { host_of(&format!("//{address}")) } else { host_of(address) }
}

/// The host of an absolute address.
fn host_of(address: &str) -> Option<String> {
    let lower = address.to_lowercase();
    let rest = SCHEMES.iter().find_map(|scheme| lower.strip_prefix(scheme))?;
    // A backslash is a slash to browsers.
    let authority = rest.split(|char: char| "/\\?#".contains(char) || char.is_whitespace()).next()?;
    // Scripts without spaces write on behind an address. What follows counts as its host when it can make one.
    let is_ascii_part = |char: &char| char.is_ascii_alphanumeric() || ".-:".contains(*char);
    let plain: String = authority.chars().take_while(is_ascii_part).collect();
    let behind = authority.get(plain.len()..).unwrap_or_default();
    let authority = if behind.is_ascii() || behind.chars().any(|char| char.is_ascii()) {
        authority
    } else {
        plain.as_str()
    };
    let host_and_port = authority.rsplit('@').next()?;
    let host = host_and_port.split(':').next()?.trim_end_matches(|char: char| !char.is_alphanumeric());
    (!host.is_empty()).then(|| host.to_owned())
}
