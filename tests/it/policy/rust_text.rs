//! Rust source as text: code without comments, the literals, and the paths that a file names.
//!
//! A small lexer, not a parser: it knows comments, literals and words, which is all that the rules need.

/// One piece of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Code(&'a str),
    Comment(&'a str),
    /// A string's inner text, as written.
    Literal(&'a str),
}

/// The code with comments left out and literals emptied; lines stay where they were.
pub(super) fn code_of(source: &str) -> String {
    let mut code = String::new();
    for piece in pieces(source) {
        match piece {
            Piece::Code(text) => code.push_str(text),
            Piece::Comment(text) => code.extend(text.chars().filter(|it| *it == '\n')),
            Piece::Literal(text) => {
                code.push('"');
                code.extend(text.chars().filter(|it| *it == '\n'));
                code.push('"');
            }
        }
    }
    code
}

/// The code of the program: as [`code_of`], without what is compiled for tests only.
pub(super) fn product_code_of(source: &str) -> String {
    let mut code = code_of(source);
    while let Some(at) = code.find("#[cfg(test)]") {
        let end = end_of_item(&code, at);
        code.replace_range(at..end, "");
    }
    code
}

/// Every string literal of the program, as written.
pub(super) fn literals_of(source: &str) -> Vec<&str> {
    let inner = |piece| match piece {
        Piece::Literal(text) => Some(text),
        Piece::Code(_) | Piece::Comment(_) => None,
    };
    pieces(source).into_iter().filter_map(inner).collect()
}

/// Where the item that begins at `at` ends: at its semicolon or its closing brace.
fn end_of_item(code: &str, at: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, character) in code[at..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + offset + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut code_len) = (source, 0);
    while let Some(character) = rest[code_len..].chars().next() {
        let here = &rest[code_len..];
        let Some((piece, len)) = comment(here).or_else(|| literal(here, &rest[..code_len])) else {
            code_len += quoted_char_len(here).unwrap_or(character.len_utf8());
            continue;
        };
        pieces.push(Piece::Code(&rest[..code_len]));
        pieces.push(piece);
        rest = &here[len..];
        code_len = 0;
    }
    pieces.push(Piece::Code(rest));
    pieces
}

fn comment(here: &str) -> Option<(Piece<'_>, usize)> {
    if here.starts_with("//") {
        let len = here.find('\n').unwrap_or(here.len());
        return Some((Piece::Comment(&here[..len]), len));
    }
    here.starts_with("/*").then(|| {
        let (mut depth, mut len) = (0, 0);
        while let Some(next) = here.get(len..len + 2) {
            match next {
                "/*" => (depth, len) = (depth + 1, len + 2),
                "*/" => (depth, len) = (depth - 1, len + 2),
                _ => len += here[len..].chars().next().map_or(1, char::len_utf8),
            }
            if depth == 0 {
                break;
            }
        }
        (Piece::Comment(&here[..len]), len)
    })
}

fn literal<'a>(here: &'a str, before: &str) -> Option<(Piece<'a>, usize)> {
    let is_in_word = before.chars().next_back().is_some_and(|it| it.is_alphanumeric() || it == '_');
    if here.starts_with('"') {
        let mut end = 1;
        let mut escaped = false;
        for character in here[1..].chars() {
            if character == '"' && !escaped {
                break;
            }
            escaped = character == '\\' && !escaped;
            end += character.len_utf8();
        }
        let end = end.min(here.len());
        return Some((Piece::Literal(&here[1..end]), (end + 1).min(here.len())));
    }
    let raw = here.strip_prefix('r').filter(|_| !is_in_word || before.ends_with('b'))?;
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    let inner = raw[hashes..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(hashes));
    let len = inner.find(&close)?;
    Some((Piece::Literal(&inner[..len]), 1 + hashes + 1 + len + close.len()))
}

/// The length of a character literal, so that `'"'` opens no string; None for a lifetime.
fn quoted_char_len(here: &str) -> Option<usize> {
    let inner = here.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    let body = if first == '\\' { 1 + inner[1..].find('\'').map(|at| at.max(1))? } else { first.len_utf8() };
    inner[body..].starts_with('\'').then_some(body + 2)
}

/// Every path that the code of this file names from the root of the crate: `crate::a::b`, `super::b` and
/// `self::b`, also inside `use` braces. `path` is the file's own, such as `src/store/db.rs`.
pub(super) fn inner_paths(path: &str, code: &str) -> Vec<Vec<String>> {
    let own = module_of(path);
    let words = words(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_head = at == 0 || words[at - 1] != "::";
        let is_path = words.get(at + 1).is_some_and(|next| *next == "::");
        let base = match words[at] {
            "crate" => Some(Vec::new()),
            "self" => Some(own.clone()),
            "super" => Some(own[..own.len().saturating_sub(1)].to_vec()),
            _ => None,
        };
        match base.filter(|_| is_head && is_path) {
            Some(base) => at = read_tree(&words, at + 2, base, &mut found),
            None => at += 1,
        }
    }
    found
}

/// Reads a path, or a `use` tree in braces, that begins at word `at`; returns where it ends.
fn read_tree(words: &[&str], mut at: usize, mut base: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    loop {
        match words.get(at) {
            Some(&"{") => {
                at += 1;
                while words.get(at).is_some_and(|word| *word != "}") {
                    let before = at;
                    at = read_tree(words, at, base.clone(), found);
                    while words.get(at).is_some_and(|word| !matches!(*word, "," | "}")) {
                        at += 1;
                    }
                    at += usize::from(words.get(at) == Some(&",")).max(usize::from(at == before));
                }
                return at + 1;
            }
            Some(&"super") => {
                base.pop();
            }
            Some(&"self") => {}
            Some(word) if word.starts_with(|it: char| it.is_alphabetic() || it == '_') => {
                base.push((*word).to_owned());
            }
            _ => {
                found.push(base);
                return at;
            }
        }
        at += 1;
        if words.get(at) != Some(&"::") {
            found.push(base);
            return at;
        }
        at += 1;
    }
}

/// The names that begin a path and come from outside: `serde` of `serde::de::Error`, with their lines.
pub(super) fn outer_names(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let words = words(line);
        for (at, word) in words.iter().enumerate() {
            let is_name = |it: &&str| {
                it.starts_with(|first: char| first.is_alphanumeric() || first == '_' || first == '>')
            };
            // `::tantivy::x` begins outside as well.
            let follows = at > 1 && words[at - 1] == "::" && words.get(at - 2).is_some_and(is_name);
            let opens = words.get(at + 1) == Some(&"::") && !follows;
            let is_use = at > 0 && words[at - 1] == "use" && words.get(at + 1) == Some(&";");
            if opens || is_use {
                found.push((number + 1, (*word).to_owned()));
            }
        }
    }
    found
}

/// Words, `::` and single signs.
pub(super) fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        let len = if is_word(first) {
            rest.find(|it| !is_word(it)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        words.push(&rest[..len]);
        rest = rest[len..].trim_start();
    }
    words
}

/// `src/store/db.rs` is `store::db`, `src/store/mod.rs` is `store`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    let is_top = inner == "lib" || inner == "main";
    inner.split('/').filter(|_| !is_top).map(str::to_owned).collect()
}

#[test]
fn comments_and_literals_are_no_code() {
    let source = "a // b\n/* c /* d */ */ \"e \\\" f\" 'x' '\"' r#\"g \" h\"# 'life i";

    let code = code_of(source);

    assert_eq!(words(&code), ["a", "\"", "\"", "'", "x", "'", "'", "\"", "'", "\"", "\"", "'", "life", "i"]);
    assert_eq!(literals_of(source), ["e \\\" f", "g \" h"]);
}

#[test]
fn what_is_compiled_for_tests_is_not_the_program() {
    let source = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { {} } }\n#[cfg(test)]\nmod c;\nfn d() {}";

    assert_eq!(words(&product_code_of(source)).join(""), "fna(){}fnd(){}");
}

#[test]
fn paths_are_read_out_of_use_trees_and_expressions() {
    let code = "use crate::{a::{b, self}, c}; use super::d; pub(in crate::e) fn f() { crate::g::h(super::super::i) }";

    let found: Vec<String> =
        inner_paths("src/x/y.rs", code).into_iter().map(|path| path.join("::")).collect();

    assert_eq!(found, ["a::b", "a", "c", "x::d", "e", "g::h", "i"]);
}
