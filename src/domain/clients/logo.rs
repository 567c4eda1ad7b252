//! A client's uploaded logo: recognised by its bytes, bounded in size, drawings made safe. Pure but for the verbs
//! that keep it.

use super::looks::LogoUrl;
use super::{ClientError, settings::ClientSettings, store, svg};
use crate::ground::crypto::{hex, sha256};
use crate::ground::ids::Id as _;
use crate::ground::limits::{LOGO_BYTES_MAX, LOGO_SIDE_PX_MAX};
use crate::ground::scope::ClientScope;
use crate::store::audit::{self, Deed};
use crate::store::{ReadTx, WriteTx};
use crate::text_enum;

/// Hexadecimal digits of the content hash in a logo's address.
const HASH_DIGITS: usize = 32;

text_enum! {
    /// What browsers show as an image everywhere.
    pub enum LogoType {
        Png = "image/png",
        Jpeg = "image/jpeg",
        Webp = "image/webp",
        Svg = "image/svg+xml",
    }
}

/// An image that may be shown to visitors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub media_type: LogoType,
    pub bytes: Vec<u8>,
    pub content_hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogoError {
    #[error("This is no PNG, JPEG, WebP or SVG image. Save the logo as one of them and upload it again.")]
    UnknownKind,
    #[error("The logo has more than {} KB. Save it smaller and upload it again.", LOGO_BYTES_MAX / 1024)]
    TooLarge,
    #[error(
        "The logo is {width} × {height} pixels; at most {LOGO_SIDE_PX_MAX} on a side are shown. Save it smaller and upload it again."
    )]
    TooWide { width: u32, height: u32 },
    #[error("The image is damaged. Open it in an image editor, save it and upload it again.")]
    Damaged,
    #[error("The drawing cannot be read as SVG: {0}. Save it as plain SVG or as PNG and upload it again.")]
    Drawing(String),
}

impl Logo {
    /// Judges the file by its bytes; the name and the type that the sender gives are not asked.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, LogoError> {
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(LogoError::TooLarge);
        }
        let media_type = kind_of(&bytes).ok_or(LogoError::UnknownKind)?;
        let bytes = if media_type == LogoType::Svg {
            svg::make_safe(&bytes).map_err(LogoError::Drawing)?
        } else {
            let (width, height) = size_of(media_type, &bytes).ok_or(LogoError::Damaged)?;
            if width.max(height) > LOGO_SIDE_PX_MAX {
                return Err(LogoError::TooWide { width, height });
            }
            bytes
        };
        let content_hash = hex(&sha256(&bytes)).chars().take(HASH_DIGITS).collect();
        Ok(Self { media_type, bytes, content_hash })
    }
}

fn kind_of(bytes: &[u8]) -> Option<LogoType> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(LogoType::Png),
        [0xff, 0xd8, 0xff, ..] => Some(LogoType::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(LogoType::Webp),
        _ if text.starts_with(b"<") && contains(text, b"<svg") => Some(LogoType::Svg),
        _ => None,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Width and height in pixels, from the head of the file.
fn size_of(media_type: LogoType, bytes: &[u8]) -> Option<(u32, u32)> {
    let size = match media_type {
        // PNG (third edition) 11.2.1: IHDR is the first chunk.
        LogoType::Png => (number_be(bytes, 16, 4)?, number_be(bytes, 20, 4)?),
        LogoType::Jpeg => jpeg_size(bytes)?,
        LogoType::Webp => webp_size(bytes)?,
        LogoType::Svg => return None,
    };
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// ITU T.81, annex B: the first frame header (SOF0 to SOF15 without DHT, JPG and DAC) says the size.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((number_be(bytes, at + 7, 2)?, number_be(bytes, at + 5, 2)?));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::try_from(number_be(bytes, at + 2, 2)?).ok()?,
        }
    }
}

/// RFC 9649, sections 2.5 to 2.7: lossy, lossless and extended files.
fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((number_le(bytes, 26, 2)? & 0x3fff, number_le(bytes, 28, 2)? & 0x3fff)),
        b"VP8L" => {
            let bits = number_le(bytes, 21, 4)?;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((number_le(bytes, 24, 3)? + 1, number_le(bytes, 27, 3)? + 1)),
        _ => None,
    }
}

fn number_be(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn number_le(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    Some(
        bytes.get(at..at.checked_add(length)?)?.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
    )
}

/// Shows this logo from now on, instead of whatever was there.
pub fn set(tx: &WriteTx<'_>, scope: &ClientScope, logo: &Logo) -> Result<(ClientSettings, u32), ClientError> {
    store::delete_logo(tx, scope)?;
    store::insert_logo(tx, scope, logo)?;
    change(tx, scope, &logo.content_hash, "client.logo_uploaded")
}

/// Takes the uploaded logo away; without one nothing happens.
pub fn remove(tx: &WriteTx<'_>, scope: &ClientScope) -> Result<(ClientSettings, u32), ClientError> {
    let (settings, version) = super::get_settings(tx, scope)?;
    if settings.looks.logo_hash.is_empty() {
        return Ok((settings, version));
    }
    store::delete_logo(tx, scope)?;
    change(tx, scope, "", "client.logo_removed")
}

/// The uploaded logo with this hash.
pub fn find(tx: &ReadTx<'_>, scope: &ClientScope, content_hash: &str) -> Result<Option<Logo>, ClientError> {
    Ok(store::find_logo(tx, scope, content_hash)?)
}

fn change(
    tx: &WriteTx<'_>,
    scope: &ClientScope,
    content_hash: &str,
    action: &'static str,
) -> Result<(ClientSettings, u32), ClientError> {
    let (mut settings, version) = super::get_settings(tx, scope)?;
    content_hash.clone_into(&mut settings.looks.logo_hash);
    settings.looks.logo_url = LogoUrl::empty();
    store::update_settings(tx, scope, &settings)?;
    audit::record(
        tx,
        &Deed {
            action,
            client_id: Some(scope.client_id()),
            subject_id: scope.client_id().as_str(),
            fields: &["logo"],
            values_after: Some(serde_json::json!({ "content_hash": content_hash })),
        },
    )?;
    Ok((settings, version + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 6, 0, 0, 0]);
        bytes
    }

    // CHT-33
    #[test]
    fn images_are_known_by_their_bytes_and_bounded_by_their_size() {
        let jpeg = [&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 90, 0, 120][..], &[0; 10]]
            .concat();
        let webp = [&b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0"[..], &[199, 0, 0, 99, 0, 0]].concat();

        assert_eq!(size_of(LogoType::Jpeg, &jpeg), Some((120, 90)));
        assert_eq!(size_of(LogoType::Webp, &webp), Some((200, 100)));
        for (bytes, kind) in [(png(64, 64), LogoType::Png), (jpeg, LogoType::Jpeg), (webp, LogoType::Webp)] {
            assert_eq!(Logo::parse(bytes).unwrap().media_type, kind);
        }
        assert_eq!(Logo::parse(png(5_000, 10)), Err(LogoError::TooWide { width: 5_000, height: 10 }));
        assert_eq!(Logo::parse(png(0, 10)), Err(LogoError::Damaged));
        assert_eq!(Logo::parse(vec![0; LOGO_BYTES_MAX + 1]), Err(LogoError::TooLarge));
        for other in [&b"GIF89a"[..], b"", b"<html><body>", b"\x89PN", b"MZ"] {
            assert_eq!(Logo::parse(other.to_vec()), Err(LogoError::UnknownKind));
        }
    }
}
