//! Vectors of sixteen-bit floats (IEEE 754 binary16): half the disk and memory of `f32`, and near enough, since
//! the numbers of a vector of length one are below one and the sum of a dot product is kept in `f32`
//! (decision 0010 has the recall that was measured).
//!
//! Many vectors are compared by the widest instructions that the machine has; a single one by a plain loop.

use rten_simd::ops::{BitOps as _, Extend as _, NumOps as _};
use rten_simd::{Isa, SimdOp};

/// A sixteen-bit float.
pub use rten_simd::f16 as Half;

/// Two to the power of 112 and its inverse: what lies between the exponents of the two formats.
const SCALE: f32 = f32::from_bits(0x7780_0000);
const SCALE_INVERSE: f32 = f32::from_bits(0x0780_0000);
/// Numbers that one step of the loop takes.
const STEP: usize = 16;

/// The nearest halves, ties to even. Numbers beyond ±65,504, and those that are none, do not occur in vectors of
/// length one; they become zero.
pub fn to_halves(vector: &[f32]) -> Vec<u16> {
    vector.iter().copied().map(to_half).collect()
}

fn to_half(number: f32) -> u16 {
    if !number.is_finite() || number.abs() > 65_504.0 {
        return 0;
    }
    let bits = (number * SCALE_INVERSE).to_bits();
    let magnitude = bits & 0x7fff_ffff;
    let rounded = (magnitude + 0x0fff + ((magnitude >> 13) & 1)) >> 13;
    let [low, high, ..] = (rounded | ((bits >> 16) & 0x8000)).to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The number that a half stands for, made smaller by [`SCALE_INVERSE`].
#[inline]
fn widen_scaled(half: u16) -> f32 {
    f32::from_bits((u32::from(half & 0x7fff) << 13) | (u32::from(half & 0x8000) << 16))
}

pub fn from_halves(halves: &[u16]) -> Vec<f32> {
    halves.iter().map(|half| widen_scaled(*half) * SCALE).collect()
}

/// As the tables hold them: little-endian.
pub fn to_bytes(halves: &[u16]) -> Vec<u8> {
    halves.iter().flat_map(|half| half.to_le_bytes()).collect()
}

/// None when the bytes are not `dimensions` halves.
pub fn from_bytes(bytes: &[u8], dimensions: usize) -> Option<Vec<u16>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let is_whole = rest.is_empty() && pairs.len() == dimensions;
    is_whole.then(|| pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
}

/// A query, prepared once for many comparisons.
#[derive(Debug, Clone)]
pub struct PreparedQuery {
    numbers: Vec<f32>,
    /// The same, larger by [`SCALE`].
    scaled: Vec<f32>,
}

impl PreparedQuery {
    pub fn new(query: &[f32]) -> Self {
        // Scaled here rather than each product later, which would lie below what floats hold well.
        Self { numbers: query.to_vec(), scaled: query.iter().map(|number| number * SCALE).collect() }
    }

    pub fn dimensions(&self) -> usize {
        self.numbers.len()
    }

    /// The cosine of query and vector, both of length one. What one has more numbers than the other is left out.
    pub fn similarity(&self, halves: &[u16]) -> f32 {
        let (queries, query_rest) = self.scaled.as_chunks::<STEP>();
        let (rows, row_rest) = halves.as_chunks::<STEP>();
        let mut sums = [0.0_f32; STEP];
        for (query, row) in queries.iter().zip(rows) {
            for ((sum, number), half) in sums.iter_mut().zip(query).zip(row) {
                *sum += number * widen_scaled(*half);
            }
        }
        let rest: f32 =
            query_rest.iter().zip(row_rest).map(|(number, half)| number * widen_scaled(*half)).sum();
        sums.iter().sum::<f32>() + rest
    }

    /// The cosines of the query and of vectors of its length that lie one after the other, in their order.
    pub fn similarities(&self, rows: &[Half]) -> Vec<f32> {
        Cosines { query: &self.numbers, rows }.dispatch()
    }
}

/// One query against many rows, in the instructions that the machine has.
struct Cosines<'a> {
    query: &'a [f32],
    rows: &'a [Half],
}

impl SimdOp for Cosines<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) -> Vec<f32> {
        let (halves, floats) = (isa.f16(), isa.f32());
        let (step, lanes) = (halves.len(), floats.len());
        let mut cosines = Vec::with_capacity(self.rows.len() / self.query.len().max(1));
        for row in self.rows.chunks_exact(self.query.len().max(1)) {
            let (mut queries, mut numbers) = (self.query.chunks_exact(step), row.chunks_exact(step));
            let (mut low, mut high) = (floats.zero(), floats.zero());
            for (query, number) in queries.by_ref().zip(numbers.by_ref()) {
                let (query_low, query_high) = query.split_at(lanes);
                let number = halves.load(number);
                low = floats.mul_add(halves.extend_low(number), floats.load(query_low), low);
                high = floats.mul_add(halves.extend_high(number), floats.load(query_high), high);
            }
            let rest = queries.remainder().iter().zip(numbers.remainder());
            let rest: f32 = rest.map(|(query, number)| query * number.to_f32()).sum();
            cosines.push(floats.sum(floats.add(low, high)) + rest);
        }
        cosines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_the_nearest_and_round_to_even() {
        for (number, half) in [
            (0.0, 0x0000),
            (-0.0, 0x8000),
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (0.1, 0x2e66),
            (65_504.0, 0x7bff),
            (6.103_515_6e-5, 0x0400),
            (5.960_464_5e-8, 0x0001),
            (1.000_488_3, 0x3c00),
            (1.001_464_8, 0x3c02),
            (f32::INFINITY, 0),
            (f32::NAN, 0),
        ] {
            assert_eq!(to_half(number), half, "{number}");
        }
        for half in (0..0x7c00_u16).chain(0x8000..0xfc00) {
            assert_eq!(to_halves(&from_halves(&[half])), [half]);
        }
    }

    #[test]
    fn a_similarity_is_the_dot_product_whatever_the_length() {
        for dimensions in [0, 1, 15, 16, 17, 384, 390] {
            let numbers = |seed: f32| -> Vec<f32> {
                (0..dimensions).map(|at| (at as f32).mul_add(0.37, seed).sin() / 20.0).collect()
            };
            let (query, row) = (numbers(1.0), numbers(2.0));
            let exact: f32 = query.iter().zip(&row).map(|(a, b)| a * b).sum();

            let near = PreparedQuery::new(&query).similarity(&to_halves(&row));

            assert!((exact - near).abs() < 1e-4, "{dimensions}: {exact} {near}");
        }
    }

    #[test]
    fn many_vectors_are_compared_as_each_of_them_alone() {
        for dimensions in [1, 7, 16, 33, 384] {
            let numbers = |seed: f32| -> Vec<f32> {
                (0..dimensions).map(|at| (at as f32).mul_add(0.37, seed).sin() / 20.0).collect()
            };
            let query = PreparedQuery::new(&numbers(1.0));
            let rows: Vec<Vec<u16>> = (2_u8..7).map(|seed| to_halves(&numbers(f32::from(seed)))).collect();
            let together: Vec<Half> = rows.iter().flatten().map(|half| Half::from_bits(*half)).collect();

            let similarities = query.similarities(&together);

            assert_eq!(similarities.len(), rows.len());
            for (similarity, row) in similarities.iter().zip(&rows) {
                assert!((similarity - query.similarity(row)).abs() < 1e-6, "{dimensions}");
            }
        }
        assert!(PreparedQuery::new(&[]).similarities(&[]).is_empty());
    }

    #[test]
    fn bytes_of_another_length_are_no_vector() {
        let halves = to_halves(&[0.5, -0.25]);
        let bytes = to_bytes(&halves);

        assert_eq!(from_bytes(&bytes, 2), Some(halves));
        assert_eq!(from_bytes(&bytes, 3), None);
        assert_eq!(from_bytes(&bytes[..3], 1), None);
    }
}
