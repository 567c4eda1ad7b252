//! The files of the widget: those inside this program, and those that former versions of it served.
//!
//! A page that pins the widget names its script by a hash, and that script names its panel by another. Both must
//! be there long after an upgrade, byte for byte. So each file whose name carries its hash is kept in the database
//! while it is served, and [`KEPT_MS`] longer. Start at [`keep`]; [`Current`] is what the program contains.

mod store;

use crate::ground::limits::WIDGET_BUILD_KEPT_MS;
use crate::ground::time::Timestamp;
use crate::store::{DbError, ReadTx, WriteTx};
use rust_embed::Embed;

/// How long a file is served after the last program that contained it.
pub const KEPT_MS: i64 = WIDGET_BUILD_KEPT_MS;

/// How the name of the pinned script begins: `loader-0123456789abcdef.js`.
const LOADER_PREFIX: &str = "loader-";

/// `assets/dist/widget` as it was when the program was built: every name carries its content's hash.
#[derive(Embed)]
#[folder = "assets/dist/widget"]
pub struct Current;

/// A file with the two forms that browsers take compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltFile {
    pub name: String,
    pub plain: Vec<u8>,
    pub gzip: Vec<u8>,
    pub brotli: Vec<u8>,
}

/// The files of this program.
pub fn current_files() -> Vec<BuiltFile> {
    let bytes = |name: &str| Some(Current::get(name)?.data.into_owned());
    let names = Current::iter().filter(|name| !name.ends_with(".gz") && !name.ends_with(".br"));
    names
        .filter_map(|name| {
            Some(BuiltFile {
                plain: bytes(&name)?,
                gzip: bytes(&format!("{name}.gz"))?,
                brotli: bytes(&format!("{name}.br"))?,
                name: name.into_owned(),
            })
        })
        .collect()
}

/// The script that pages pin: its name and its bytes. None only in a program that was built without its assets.
pub fn current_loader() -> Option<(String, Vec<u8>)> {
    let name = Current::iter().find(|name| name.starts_with(LOADER_PREFIX) && name.ends_with(".js"))?;
    let bytes = Current::get(&name)?.data.into_owned();
    Some((name.into_owned(), bytes))
}

/// Notes that these files are served as current at this moment; new ones are kept from now on.
pub fn keep(tx: &WriteTx<'_>, files: &[BuiltFile]) -> Result<(), DbError> {
    files.iter().try_for_each(|file| store::upsert(tx, file))
}

/// A file that was once served under this name.
pub fn find(tx: &ReadTx<'_>, name: &str) -> Result<Option<BuiltFile>, DbError> {
    store::find(tx, name)
}

/// Forgets files that no program has contained since `before`; returns how many.
pub fn prune(tx: &WriteTx<'_>, before: Timestamp) -> Result<usize, DbError> {
    store::prune(tx, before)
}
