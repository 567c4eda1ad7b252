//! The directory of the container of older office files (Microsoft, "[MS-CFB]: Compound File Binary File Format").

const HEADER_FAT_SECTORS: usize = 109;
const ENTRY_BYTES: usize = 128;
/// Beyond it, a directory is not followed any further: documents with so many parts are not for reading.
const ENTRIES_MAX: usize = 8_192;
const SECTORS_MAX: usize = 65_536;

/// The names of what lies at the top of the container, without what is embedded in it; None where its directory cannot
/// be followed.
pub(super) fn top_names(bytes: &[u8]) -> Option<Vec<String>> {
    let shift = u16_at(bytes, 30)?;
    let container = Container { bytes, sector_bytes: 1_usize.checked_shl(u32::from(shift))? };
    if !(512..=4_096).contains(&container.sector_bytes) {
        return None;
    }
    let entries = container.directory(u32_at(bytes, 48)?)?;
    let mut names = Vec::new();
    let mut open = vec![u32_at(entries.first()?, 76)?];
    // Each entry is visited once in a sound tree.
    for _ in 0..=2 * entries.len() {
        let Some(number) = open.pop() else { return Some(names) };
        let Some(entry) = entries.get(number as usize) else { continue };
        names.push(name_of(entry)?);
        open.extend([u32_at(entry, 68)?, u32_at(entry, 72)?]);
    }
    None
}

struct Container<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
}

impl<'a> Container<'a> {
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector_bytes)?;
        let end = start.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The sector behind this one in its chain.
    fn next(&self, number: u32) -> Option<u32> {
        let per_sector = self.sector_bytes / 4;
        let fat = self.fat_sector(number as usize / per_sector)?;
        u32_at(self.sector(fat)?, number as usize % per_sector * 4)
    }

    /// Where this part of the table of chains lies: the header names the first, a chain of lists the others.
    fn fat_sector(&self, index: usize) -> Option<u32> {
        let Some(behind) = index.checked_sub(HEADER_FAT_SECTORS) else {
            return u32_at(self.bytes, 76 + index * 4);
        };
        let per_list = self.sector_bytes / 4 - 1;
        let mut list = u32_at(self.bytes, 68)?;
        for _ in 0..(behind / per_list).min(SECTORS_MAX) {
            list = u32_at(self.sector(list)?, per_list * 4)?;
        }
        u32_at(self.sector(list)?, behind % per_list * 4)
    }

    fn directory(&self, first: u32) -> Option<Vec<&'a [u8]>> {
        let mut entries = Vec::new();
        let mut sector = Some(first);
        while let Some(bytes) = sector.and_then(|number| self.sector(number)) {
            entries.extend(bytes.chunks_exact(ENTRY_BYTES));
            if entries.len() > ENTRIES_MAX {
                return None;
            }
            sector = sector.and_then(|number| self.next(number));
        }
        (!entries.is_empty()).then_some(entries)
    }
}

fn name_of(entry: &[u8]) -> Option<String> {
    let bytes = usize::from(u16_at(entry, 64)?).saturating_sub(2).min(62);
    let units: Vec<u16> = entry.get(..bytes)?.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect();
    Some(String::from_utf16_lossy(&units))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
