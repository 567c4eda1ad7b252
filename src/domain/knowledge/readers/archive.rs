//! Members of an archive, within bounds: what a member claims to unpack to is not believed.

use crate::domain::knowledge::source::SourceError;
use crate::ground::limits::{ARCHIVE_MEMBERS_MAX, UNPACKED_BYTES_MAX};
use std::io::{Cursor, Read as _};
use zip::result::ZipError;

/// An archive, with what may still be unpacked of it.
pub struct Archive<'a> {
    zip: zip::ZipArchive<Cursor<&'a [u8]>>,
    bytes_left: u64,
    kind: &'static str,
}

impl<'a> Archive<'a> {
    /// `kind` is what the archive is to its owner: "Word document".
    pub fn open(bytes: &'a [u8], kind: &'static str) -> Result<Self, SourceError> {
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| SourceError::Damaged { kind })?;
        if zip.len() > ARCHIVE_MEMBERS_MAX {
            return Err(SourceError::Bomb);
        }
        Ok(Self { zip, bytes_left: UNPACKED_BYTES_MAX, kind })
    }

    pub fn names(&self) -> Vec<String> {
        self.zip.file_names().flatten().map(std::borrow::Cow::into_owned).collect()
    }

    /// The content of a member; None where there is none of this name.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, SourceError> {
        let kind = self.kind;
        let member = match self.zip.by_name(name) {
            Ok(member) => member,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(SourceError::Password);
            }
            Err(_) => return Err(SourceError::Damaged { kind }),
        };
        let mut content = Vec::new();
        let read = member.take(self.bytes_left.saturating_add(1)).read_to_end(&mut content);
        let read = read.map_err(|_| SourceError::Damaged { kind })? as u64;
        self.bytes_left = self.bytes_left.checked_sub(read).ok_or(SourceError::Bomb)?;
        Ok(Some(content))
    }
}

/// Refuses an archive whose members unpack to more than is taken, for readers that unpack by themselves. Members
/// are unpacked into nothing, since what they claim may be false. Anything but an archive passes.
pub fn check(bytes: &[u8], kind: &'static str) -> Result<(), SourceError> {
    if !bytes.starts_with(b"PK") {
        return Ok(());
    }
    let mut archive = Archive::open(bytes, kind)?;
    for index in 0..archive.zip.len() {
        let Ok(member) = archive.zip.by_index(index) else { continue };
        // Pictures and the like are not unpacked by readers of text.
        let is_read = member.name().is_ok_and(|name| name.ends_with(".xml") || name.ends_with(".bin"));
        if !is_read {
            continue;
        }
        let mut content = member.take(archive.bytes_left.saturating_add(1));
        let read = std::io::copy(&mut content, &mut std::io::sink()).unwrap_or(0);
        archive.bytes_left = archive.bytes_left.checked_sub(read).ok_or(SourceError::Bomb)?;
    }
    Ok(())
}
