//! The forms of a compound: the one term of the whole, and the parts that can be looked up alone.

use std::ops::Range;

/// Punctuation that joins words into one compound when it stands between them without spaces.
pub(super) const JOINERS: [char; 10] = ['-', '\u{2010}', '\u{2011}', '/', '.', '@', '_', '&', ':', '+'];

pub(super) struct Joined {
    pub(super) form: Form,
    /// A number or an initialism is one thing: its pieces would only be noise.
    pub(super) is_whole: bool,
}

pub(super) enum Form {
    Word(String),
    Exact(String),
}

/// The one term for a folded compound, or nothing where only its pieces mean something (`and/or`).
pub(super) fn joined_term(folded: &str) -> Option<Joined> {
    let plain: String = folded.chars().filter(|c| c.is_alphanumeric() || is_mark(*c)).collect();
    let joined = |form, is_whole| Some(Joined { form, is_whole });
    if folded.contains(['@', '&']) {
        return joined(Form::Exact(folded.to_owned()), false);
    }
    if let Some(number) = normal_number(folded) {
        return joined(Form::Exact(number), true);
    }
    match (folded.contains(char::is_alphabetic), folded.contains(is_digit)) {
        (_, true) if folded.contains(':') => None,
        // `24/7` and `3/4` keep their look; a longer one such as `2024-0117` is also typed without the sign.
        (false, true) if plain.chars().count() < 6 => joined(Form::Exact(folded.to_owned()), false),
        (_, true) => joined(Form::Exact(plain), false),
        (true, false) if folded.contains(['/', '\'']) => None,
        (true, false) if folded.contains('.') => {
            let is_initialism = folded.split('.').all(|part| part.chars().count() <= 1);
            joined(Form::Exact(if is_initialism { plain } else { folded.to_owned() }), is_initialism)
        }
        (true, false) => joined(Form::Word(plain), false),
        (false, false) => None,
    }
}

/// `1,200`, `1.200` and `1200` are one number, so are `4.20` and `4,20`, and `09:30` and `9:30`.
/// Nothing for anything but digits with points, commas or one colon.
pub(super) fn normal_number(written: &str) -> Option<String> {
    if !written.starts_with(|c: char| c.is_ascii_digit()) || !written.ends_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    if let Some((hour, minute)) = written.split_once(':') {
        let is_time =
            hour.len() <= 2 && minute.len() == 2 && minute.bytes().all(|byte| byte.is_ascii_digit());
        return hour.parse::<u8>().ok().filter(|_| is_time).map(|hour| format!("{hour}:{minute}"));
    }
    let groups: Vec<&str> = written.split(['.', ',']).collect();
    if !groups.iter().all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (last, leading) = groups.split_last()?;
    let (first, middle) = match leading.split_first() {
        None => return Some(written.to_owned()),
        Some(parts) => parts,
    };
    let is_grouped = *first != "0" && first.len() <= 3 && middle.iter().all(|group| group.len() == 3);
    match last.len() {
        3 if is_grouped => Some(groups.concat()),
        _ if middle.is_empty() || is_grouped => Some(format!("{}.{last}", leading.concat())),
        _ => None,
    }
}

/// The parts of a compound: between joiners, and where letters meet digits (`10kg`). A decimal number or a
/// time inside stays one part.
pub(super) fn pieces(text: &str, span: &Range<usize>) -> Vec<Range<usize>> {
    let written = text.get(span.clone()).unwrap_or_default();
    let characters: Vec<(usize, char)> = written.char_indices().collect();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut current: Option<(Range<usize>, bool)> = None;
    for (index, (at, c)) in characters.iter().enumerate() {
        let next_is_digit = characters.get(index + 1).is_some_and(|(_, next)| next.is_ascii_digit());
        let end = at + c.len_utf8();
        let extends = match &current {
            Some((_, true)) => is_digit(*c) || (".,:".contains(*c) && next_is_digit),
            Some((_, false)) => c.is_alphanumeric() && !is_digit(*c) || is_mark(*c),
            None => false,
        };
        match &mut current {
            Some((piece, _)) if extends => piece.end = end,
            _ => {
                pieces.extend(current.take().map(|(piece, _)| piece));
                current = c.is_alphanumeric().then(|| (*at..end, is_digit(*c)));
            }
        }
    }
    pieces.extend(current.map(|(piece, _)| piece));
    pieces.into_iter().map(|piece| span.start + piece.start..span.start + piece.end).collect()
}

/// A character that belongs to the letter before it (combining marks, joiners of Indic scripts).
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !c.is_alphanumeric()
        && !JOINERS.contains(&c)
        && !"’ʼ＇–—".contains(c)
}

/// Lower case, one kind of apostrophe, and the full-width forms of Japanese typing as plain ones.
pub(super) fn fold(written: &str) -> String {
    let plain = |c: char| match c {
        '’' | 'ʼ' | '＇' => '\'',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    written.chars().map(plain).collect::<String>().to_lowercase()
}

pub(super) fn is_digit(c: char) -> bool {
    c.is_numeric()
}
