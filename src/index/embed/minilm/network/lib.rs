//! The model's arithmetic: a BERT encoder of six layers (Devlin and others, 2018; Wang and others, "MiniLM",
//! 2020), then the mean over the tokens, brought to length one.
//!
//! It runs on the matrix kernels of `rten`, without its graph: texts of a batch stand one below the other in
//! one matrix, so that none is padded to the longest, query, key and value are one product, and a caller may be
//! let in between two layers (decision 0011).
//!
//! It is a crate of its own for the sake of builds that are not optimised: those of tests and of `make demo`
//! compile this part for speed (see `[profile.dev.package]`), without which a passage takes seconds.

mod safetensors;

pub use self::safetensors::WeightsError;
pub use rten_gemm::GemmExecutor;

use self::safetensors::{FLOAT_BYTES, Place, TensorFile, floats};
use rayon::prelude::*;
use rten_gemm::{BiasVector, GemmError, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp as _, SimdUnaryOp as _};
use rten_tensor::NdTensorView;
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};
use std::io;
use std::path::Path;

/// Numbers of each token, and of the vector of a text.
pub const WIDTH: usize = 384;
/// Tokens of a text with both marks, as the model was trained for texts of this length.
pub const TOKENS_MAX: usize = 256;
const POSITIONS: usize = 512;
const VOCABULARY: usize = 30_522;
const INNER: usize = 4 * WIDTH;
const LAYERS: usize = 6;
const HEADS: usize = 12;
const HEAD_WIDTH: usize = WIDTH / HEADS;
const EPSILON: f32 = 1e-12;
/// Rows that one thread takes of work that is done row by row.
const ROWS_PER_TASK: usize = 32;

/// The number of a piece of the vocabulary.
pub type TokenId = u32;

pub struct Network {
    file: TensorFile,
    /// One row for each piece of the vocabulary. They are half of the weights and few are needed at a time, so
    /// they stay in the file, and in memory only as far as the system keeps what was read.
    words: Place,
    /// What each position adds, with what the only type of text adds.
    positions: Vec<f32>,
    input_norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    inner: Linear,
    output: Linear,
    output_norm: Norm,
}

struct Linear {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

struct Norm {
    scale: Vec<f32>,
    bias: Vec<f32>,
}

/// Why a text has no vector.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error("the model's file of weights cannot be read any more")]
    Io(#[from] io::Error),
    #[error("two matrices do not fit each other")]
    Gemm(#[from] GemmError),
    #[error("a vector is not a number")]
    NotFinite,
}

/// The kernels of this processor. They cannot move between threads, so each lane makes its own.
pub fn kernels() -> GemmExecutor {
    GemmExecutor::default()
}

/// Memory that one forward pass after the other uses again.
#[derive(Default)]
pub struct Scratch {
    states: Vec<f32>,
    query_key_value: Vec<f32>,
    context: Vec<f32>,
    inner: Vec<f32>,
}

impl Network {
    /// Reads the weights and lays them out for the kernels of this processor.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let (file, gemm) = (TensorFile::open(path)?, kernels());
        let matrix = |name: &str, rows, columns| file.read(file.place(name, rows, columns)?);
        let words = file.place("embeddings.word_embeddings.weight", VOCABULARY, WIDTH)?;
        let mut positions = matrix("embeddings.position_embeddings.weight", POSITIONS, WIDTH)?;
        let types = matrix("embeddings.token_type_embeddings.weight", 2, WIDTH)?;
        for position in positions.chunks_exact_mut(WIDTH) {
            add(position, &types);
        }
        let input_norm = Norm::read(&file, "embeddings.LayerNorm")?;
        let layers = (0..LAYERS).map(|number| Layer::read(&file, &gemm, number)).collect::<Result<_, _>>()?;
        Ok(Self { words, positions, input_norm, layers, file })
    }

    /// One vector of length one for each text, in their order. `between` is called before each layer. Runs on
    /// the threads of the pool that it is called in.
    pub fn embed(
        &self,
        gemm: &GemmExecutor,
        texts: &[Vec<TokenId>],
        scratch: &mut Scratch,
        between: &mut dyn FnMut(),
    ) -> Result<Vec<Vec<f32>>, NetworkError> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        scratch.resize(lengths.iter().sum());
        self.write_inputs(texts, &mut scratch.states)?;
        for layer in &self.layers {
            between();
            layer.run(gemm, &lengths, scratch)?;
        }
        let mut rest = scratch.states.as_slice();
        lengths
            .iter()
            .map(|length| {
                let (states, others) = rest.split_at_checked(length * WIDTH).unwrap_or((rest, &[]));
                rest = others;
                mean_direction(states)
            })
            .collect()
    }

    fn write_inputs(&self, texts: &[Vec<TokenId>], states: &mut [f32]) -> Result<(), NetworkError> {
        let mut word = [0_u8; WIDTH * FLOAT_BYTES];
        let mut rows = states.chunks_exact_mut(WIDTH);
        for text in texts {
            for ((token, position), row) in
                text.iter().zip(self.positions.chunks_exact(WIDTH)).zip(rows.by_ref())
            {
                self.file.read_row(self.words, *token as usize, &mut word)?;
                for ((state, word), position) in row.iter_mut().zip(floats(&word)).zip(position) {
                    *state = word + position;
                }
            }
        }
        self.input_norm.apply(states);
        Ok(())
    }
}

impl Scratch {
    fn resize(&mut self, tokens: usize) {
        self.states.resize(tokens * WIDTH, 0.0);
        self.query_key_value.resize(tokens * 3 * WIDTH, 0.0);
        self.context.resize(tokens * WIDTH, 0.0);
        self.inner.resize(tokens * INNER, 0.0);
    }
}

impl Layer {
    fn read(file: &TensorFile, gemm: &GemmExecutor, number: usize) -> Result<Self, WeightsError> {
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let linear = |part: &str, outputs, inputs| -> Result<(Vec<f32>, Vec<f32>), WeightsError> {
            let weights = file.read(file.place(&name(&format!("{part}.weight")), outputs, inputs)?)?;
            let bias = file.read(file.place(&name(&format!("{part}.bias")), 1, outputs)?)?;
            Ok((weights, bias))
        };
        let (mut weights, mut bias) = linear("attention.self.query", WIDTH, WIDTH)?;
        // The scores' division by the square root of the width, done once and for all.
        let scale = 1.0 / (HEAD_WIDTH as f32).sqrt();
        weights.iter_mut().chain(&mut bias).for_each(|number| *number *= scale);
        for part in ["attention.self.key", "attention.self.value"] {
            let (more_weights, more_bias) = linear(part, WIDTH, WIDTH)?;
            weights.extend(more_weights);
            bias.extend(more_bias);
        }
        let packed =
            |(weights, bias): (Vec<f32>, Vec<f32>), inputs| Linear::new(gemm, &weights, bias, inputs);
        Ok(Self {
            query_key_value: packed((weights, bias), WIDTH),
            attention_output: packed(linear("attention.output.dense", WIDTH, WIDTH)?, WIDTH),
            attention_norm: Norm::read(file, &name("attention.output.LayerNorm"))?,
            inner: packed(linear("intermediate.dense", INNER, WIDTH)?, WIDTH),
            output: packed(linear("output.dense", WIDTH, INNER)?, INNER),
            output_norm: Norm::read(file, &name("output.LayerNorm"))?,
        })
    }

    fn run(&self, gemm: &GemmExecutor, lengths: &[usize], scratch: &mut Scratch) -> Result<(), GemmError> {
        let Scratch { states, query_key_value, context, inner } = scratch;
        self.query_key_value.set(gemm, query_key_value, states)?;
        attend(gemm, lengths, query_key_value, context)?;
        self.attention_output.add(gemm, states, context)?;
        self.attention_norm.apply(states);
        self.inner.set(gemm, inner, states)?;
        inner.par_chunks_mut(ROWS_PER_TASK * INNER).for_each(|rows| Gelu {}.map_mut(rows));
        self.output.add(gemm, states, inner)?;
        self.output_norm.apply(states);
        Ok(())
    }
}

impl Linear {
    /// `weights` hold a row for each output.
    fn new(gemm: &GemmExecutor, weights: &[f32], bias: Vec<f32>, inputs: usize) -> Self {
        let weights = NdTensorView::from_data([bias.len(), inputs], weights);
        Self { weights: gemm.prepack_b(weights.transposed()), bias }
    }

    fn set(&self, gemm: &GemmExecutor, output: &mut [f32], input: &[f32]) -> Result<(), GemmError> {
        self.multiply(gemm, output, input, 0.0)
    }

    fn add(&self, gemm: &GemmExecutor, output: &mut [f32], input: &[f32]) -> Result<(), GemmError> {
        self.multiply(gemm, output, input, 1.0)
    }

    fn multiply(
        &self,
        gemm: &GemmExecutor,
        output: &mut [f32],
        input: &[f32],
        keep: f32,
    ) -> Result<(), GemmError> {
        let columns = self.weights.rows();
        let input = NdTensorView::from_data([input.len() / columns, columns], input);
        let options =
            GemmOptions { beta: keep, bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
        gemm.gemm(output, GemmInputA::Unpacked(input), GemmInputB::Packed(&self.weights), options)
    }
}

impl Norm {
    fn read(file: &TensorFile, name: &str) -> Result<Self, WeightsError> {
        let read = |part: &str| file.read(file.place(&format!("{name}.{part}"), 1, WIDTH)?);
        Ok(Self { scale: read("weight")?, bias: read("bias")? })
    }

    /// Mean zero and variance one for each row, then the model's scale and bias.
    fn apply(&self, states: &mut [f32]) {
        states.par_chunks_mut(ROWS_PER_TASK * WIDTH).for_each(|rows| {
            for row in rows.chunks_exact_mut(WIDTH) {
                let mean = Sum::new(row).dispatch() / WIDTH as f32;
                let variance = SumSquareSub::new(row, mean).dispatch() / WIDTH as f32;
                let options = NormalizeOptions {
                    pre_scale_bias: mean,
                    scale: 1.0 / (variance + EPSILON).sqrt(),
                    element_scale: Some(&self.scale),
                    bias: 0.0,
                    element_bias: Some(&self.bias),
                };
                Normalize::new_mut(row, options).dispatch();
            }
        });
    }
}

/// Each token takes up what the tokens of its own text say to it.
fn attend(
    gemm: &GemmExecutor,
    lengths: &[usize],
    query_key_value: &[f32],
    context: &mut [f32],
) -> Result<(), GemmError> {
    let (mut inputs, mut outputs, mut texts) = (query_key_value, context, Vec::with_capacity(lengths.len()));
    for length in lengths {
        let Some((input, rest)) = inputs.split_at_checked(length * 3 * WIDTH) else { break };
        let (output, others) = outputs.split_at_mut(length * WIDTH);
        texts.push((*length, input, output));
        (inputs, outputs) = (rest, others);
    }
    texts.into_par_iter().try_for_each(|(length, input, output)| attend_in_text(gemm, length, input, output))
}

fn attend_in_text(
    gemm: &GemmExecutor,
    length: usize,
    query_key_value: &[f32],
    context: &mut [f32],
) -> Result<(), GemmError> {
    let all = NdTensorView::from_data([length, 3 * WIDTH], query_key_value);
    let (mut scores, mut taken) = (vec![0.0_f32; length * length], vec![0.0_f32; length * HEAD_WIDTH]);
    for head in 0..HEADS {
        let part = |number: usize| {
            let start = number * WIDTH + head * HEAD_WIDTH;
            all.slice((.., start..start + HEAD_WIDTH))
        };
        let (query, key, value) = (part(0), part(1), part(2));
        let keys = GemmInputB::Unpacked(key.transposed());
        gemm.gemm(&mut scores, GemmInputA::Unpacked(query), keys, GemmOptions::default())?;
        for row in scores.chunks_exact_mut(length) {
            Softmax::new_mut(row).dispatch();
        }
        let weights = NdTensorView::from_data([length, length], scores.as_slice());
        let values = GemmInputB::Unpacked(value);
        gemm.gemm(&mut taken, GemmInputA::Unpacked(weights), values, GemmOptions::default())?;
        for (row, taken) in context.chunks_exact_mut(WIDTH).zip(taken.chunks_exact(HEAD_WIDTH)) {
            let of_head = row.chunks_exact_mut(HEAD_WIDTH).nth(head);
            of_head.into_iter().for_each(|of_head| of_head.copy_from_slice(taken));
        }
    }
    Ok(())
}

/// The mean of the rows, brought to length one.
fn mean_direction(states: &[f32]) -> Result<Vec<f32>, NetworkError> {
    let mut sum = vec![0.0_f32; WIDTH];
    for row in states.chunks_exact(WIDTH) {
        add(&mut sum, row);
    }
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
    if !length.is_finite() || length <= 0.0 {
        return Err(NetworkError::NotFinite);
    }
    sum.iter_mut().for_each(|number| *number /= length);
    Ok(sum)
}

fn add(sum: &mut [f32], more: &[f32]) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}
