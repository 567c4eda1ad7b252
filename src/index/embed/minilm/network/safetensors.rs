//! Reads numbers out of a file in the safetensors format: eight bytes with the length of a JSON header, the
//! header with name, type, shape and place of each tensor, then the numbers, little-endian.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const HEADER_BYTES_MAX: u64 = 1024 * 1024;
const LENGTH_BYTES: u64 = 8;
pub(super) const FLOAT_BYTES: usize = size_of::<f32>();

/// Why the weights cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("its file of weights cannot be read")]
    Io(#[from] io::Error),
    #[error("its file of weights is damaged: {0}")]
    Damaged(String),
}

/// An open file of tensors.
pub(super) struct TensorFile {
    file: File,
    header: Map<String, Value>,
    data_at: u64,
}

/// Where a matrix of floats stands; one row is as long as the last dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: u64,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

impl TensorFile {
    pub(super) fn open(path: &Path) -> Result<Self, WeightsError> {
        let file = File::open(path)?;
        let mut length = [0_u8; 8];
        file.read_exact_at(&mut length, 0)?;
        let length = u64::from_le_bytes(length);
        if length > HEADER_BYTES_MAX {
            return Err(WeightsError::Damaged("its header is too long".to_owned()));
        }
        let mut header = vec![0_u8; usize::try_from(length).unwrap_or_default()];
        file.read_exact_at(&mut header, LENGTH_BYTES)?;
        let header = serde_json::from_slice(&header)
            .map_err(|error| WeightsError::Damaged(format!("its header is no JSON ({error})")))?;
        Ok(Self { file, header, data_at: LENGTH_BYTES + length })
    }

    /// The tensor of this name, which must have this many rows and columns; a vector is one row.
    pub(super) fn place(&self, name: &str, rows: usize, columns: usize) -> Result<Place, WeightsError> {
        let damaged = |what: &str| WeightsError::Damaged(format!("`{name}` {what}"));
        let tensor = self.header.get(name).ok_or_else(|| damaged("is missing"))?;
        let tensor = Tensor::deserialize(tensor).map_err(|_| damaged("is not described"))?;
        let is_expected = match tensor.shape.as_slice() {
            [length] => rows == 1 && *length == columns,
            shape => shape == [rows, columns],
        };
        let (start, end) = tensor.data_offsets;
        let bytes = rows.saturating_mul(columns).saturating_mul(FLOAT_BYTES);
        let is_whole = end.checked_sub(start) == u64::try_from(bytes).ok();
        if tensor.dtype != "F32" || !is_expected || !is_whole {
            return Err(damaged("has another type or shape than this model's"));
        }
        Ok(Place { offset: self.data_at.saturating_add(start), rows, columns })
    }

    pub(super) fn read(&self, place: Place) -> Result<Vec<f32>, WeightsError> {
        let mut bytes = vec![0_u8; place.rows * place.columns * FLOAT_BYTES];
        self.file.read_exact_at(&mut bytes, place.offset)?;
        Ok(floats(&bytes).collect())
    }

    /// One row of the matrix into `bytes`, which has the length of a row.
    pub(super) fn read_row(&self, place: Place, row: usize, bytes: &mut [u8]) -> io::Result<()> {
        if row >= place.rows {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let before = row.saturating_mul(place.columns).saturating_mul(FLOAT_BYTES);
        self.file.read_exact_at(bytes, place.offset.saturating_add(before as u64))
    }
}

pub(super) fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.as_chunks::<FLOAT_BYTES>().0.iter().map(|four| f32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(header: &str, numbers: &[f32]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn a_matrix_is_read_whole_and_by_rows() {
        let header =
            r#"{"__metadata__":{"format":"pt"},"m":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]}}"#;
        let file = written(header, &[9.0, 1.0, 2.0, 3.0, 4.0]);

        let tensors = TensorFile::open(file.path()).unwrap();
        let place = tensors.place("m", 2, 2).unwrap();
        let mut row = [0_u8; 8];
        tensors.read_row(place, 1, &mut row).unwrap();

        assert_eq!(tensors.read(place).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(floats(&row).collect::<Vec<_>>(), [3.0, 4.0]);
        assert!(tensors.read_row(place, 2, &mut row).is_err());
    }

    #[test]
    fn what_is_missing_or_of_another_shape_is_named() {
        let header = r#"{"m":{"dtype":"F16","shape":[2,2],"data_offsets":[0,16]}}"#;
        let file = written(header, &[0.0; 4]);

        let tensors = TensorFile::open(file.path()).unwrap();

        for name in ["m", "n"] {
            let error = tensors.place(name, 2, 2).unwrap_err().to_string();
            assert!(error.contains(&format!("`{name}`")), "{error}");
        }
    }

    #[test]
    fn a_header_of_nonsense_is_refused() {
        for bytes in
            [vec![0xff_u8; 16], vec![1, 0, 0], [2_u64.to_le_bytes().to_vec(), b"{x".to_vec()].concat()]
        {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();

            assert!(TensorFile::open(file.path()).is_err());
        }
    }
}
