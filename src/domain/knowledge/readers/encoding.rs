//! Bytes as text, in whatever encoding they were written.
//!
//! A mark decides, then UTF-8, then UTF-16 by its zeros, then what HTML declares, then a guess by the frequency
//! of bytes. What is no text in any of them is refused.

use super::quality;
use crate::domain::knowledge::source::SourceError;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far an HTML file is searched for its declaration.
const DECLARATION_BYTES: usize = 4 * 1024;

/// The text of a file.
pub fn decode(bytes: &[u8]) -> Result<String, SourceError> {
    decode_with(bytes, None)
}

/// The text of an HTML file, which may declare its encoding.
pub fn decode_html(bytes: &[u8]) -> Result<String, SourceError> {
    decode_with(bytes, declared(bytes))
}

fn decode_with(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<String, SourceError> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => checked(encoding, bytes.get(length..).unwrap_or_default())?,
        None => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text.to_owned(),
            _ => undeclared(bytes, declared)?,
        },
    };
    if text.trim().is_empty() {
        return Err(SourceError::Empty);
    }
    // A file of controls is no text, whatever encoding would allow it.
    let strange = text.chars().filter(|c| is_strange(*c)).count();
    if strange * 20 > text.chars().count() {
        return Err(SourceError::NotText);
    }
    Ok(text)
}

fn undeclared(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<String, SourceError> {
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return checked(encoding, bytes);
    }
    if bytes.contains(&0) {
        return Err(SourceError::NotText);
    }
    if let Some(encoding) = declared
        && let Ok(text) = checked(encoding, bytes)
    {
        return Ok(text);
    }
    // Long UTF-8 with one damaged place is still UTF-8.
    let lossy = UTF_8.decode_without_bom_handling(bytes).0;
    let broken = lossy.matches('\u{FFFD}').count();
    let foreign = lossy.chars().filter(|c| !c.is_ascii()).count();
    if broken * 10 < foreign {
        return Ok(lossy.replace('\u{FFFD}', ""));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    checked(encoding, bytes)
}

fn checked(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, SourceError> {
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    if has_errors && quality::is_garbled(&text) {
        return Err(SourceError::NotText);
    }
    Ok(if has_errors { text.replace('\u{FFFD}', "") } else { text.into_owned() })
}

/// UTF-16 without its mark: Latin text has a zero in every second byte.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let sample = pairs.get(..2_048).unwrap_or(pairs);
    let big = sample.iter().filter(|[high, low]| *high == 0 && *low != 0).count();
    let little = sample.iter().filter(|[low, high]| *high == 0 && *low != 0).count();
    let both = sample.iter().filter(|pair| **pair == [0, 0]).count();
    let is_most = |count: usize| sample.len() >= 2 && both == 0 && count * 10 > sample.len() * 6;
    if is_most(big) { Some(UTF_16BE) } else { is_most(little).then_some(UTF_16LE) }
}

fn is_strange(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}' | '\u{1B}' | '\u{1A}' | '\u{80}'..='\u{9F}')
}

/// `<meta charset=…>`, `<meta http-equiv … content="…; charset=…">` or `<?xml encoding=…?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION_BYTES).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    ["charset", "encoding"].iter().find_map(|word| {
        head.match_indices(word).find_map(|(at, _)| {
            let rest = head.get(at + word.len()..)?.trim_start().strip_prefix('=')?;
            let label = rest.trim_start().trim_start_matches(['"', '\'']);
            let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)));
            Encoding::for_label(label.get(..end.unwrap_or(label.len()))?.as_bytes())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // KNO-1
    #[test]
    fn text_is_found_in_the_encodings_that_people_still_have() {
        let german = "Müßiggänger trinken süßen Tee für 4 € in der Straße am Fluß. ".repeat(4);
        let russian = "Чай стоит четыре рубля, и мы открыты каждый день с утра до вечера. ".repeat(4);
        let japanese = "お茶は四百円です。毎日朝から夜まで営業しています。".repeat(4);
        for (encoding, text) in [
            (encoding_rs::WINDOWS_1252, german.as_str()),
            (encoding_rs::WINDOWS_1251, &russian),
            (encoding_rs::KOI8_R, &russian),
            (encoding_rs::SHIFT_JIS, &japanese),
            (encoding_rs::EUC_JP, &japanese),
        ] {
            let (bytes, _, _) = encoding.encode(text);
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{}", encoding.name());
        }
    }

    #[test]
    fn utf_16_is_known_with_and_without_its_mark() {
        for order in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes = |text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
            assert_eq!(decode(&bytes("\u{FEFF}Tee: 4 €")).as_deref(), Ok("Tee: 4 €"));
            assert_eq!(decode(&bytes("Tee kostet 4 €")).as_deref(), Ok("Tee kostet 4 €"));
        }
    }

    #[test]
    fn html_says_its_encoding_itself() {
        let page = "<meta charset=windows-1251><p>Чай";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(page);

        assert_eq!(decode_html(&bytes).as_deref(), Ok(page));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b"ab\0cd"[..], b"tea\x01\x02\x03", b"\x7FELF\0\0\0\x01"] {
            assert_eq!(decode(bytes), Err(SourceError::NotText), "{bytes:?}");
        }
        for bytes in [&b""[..], b" \r\n\t", b"\xEF\xBB\xBF", b"\xFF\xFE"] {
            assert_eq!(decode(bytes), Err(SourceError::Empty), "{bytes:?}");
        }
    }
}
