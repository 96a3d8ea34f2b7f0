//! Weights small enough for a page: of a large matrix, each column in whole numbers from -127 to 127, and what one of them
//! stands for. A large matrix of counts stays as it is: a coder's tables must be exact.
//!
//! A packed file is the length of its header in four bytes, the header, JSON, and the arrays in its order: f32 as they are, or
//! for each column one f32 and then the whole numbers, a byte each; or counts, seven bits a byte, the lowest first, where the
//! eighth says that more follow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lab::Checkpoint;
use ndarray::{ArrayD, Axis};
use serde::{Deserialize, Serialize};

use crate::LiveError;

/// A matrix with more numbers is packed in bytes.
const LARGE: usize = 4096;

/// The models that pages play with: the packed file, what it is made of, and arrays that no page needs begin with these.
pub const MODELS: [(&str, &str, &[&str]); 4] = [
    ("compressor", "vq-vae/compressor", &[]),
    ("tokeniser", "code-prior/tokeniser", &[]),
    ("prior", "code-prior/prior", &[]),
    ("artist", "vq-gan/artist", &[]),
];

#[derive(Deserialize, Serialize)]
struct Header {
    notes: BTreeMap<String, String>,
    arrays: Vec<Entry>,
}

#[derive(Deserialize, Serialize)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    bytes: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    counts: bool,
}

/// The packed bytes of a model, without the arrays whose names begin so.
///
/// # Errors
/// The header cannot be written.
pub fn pack(
    model: &Checkpoint,
    without: &[&str],
) -> Result<Vec<u8>, LiveError> {
    let (mut arrays, mut data) = (Vec::new(), Vec::new());
    for (name, array) in model.arrays() {
        if without.iter().any(|w| name.starts_with(w)) {
            continue;
        }
        let large = array.ndim() == 2 && array.len() > LARGE;
        let counts = large && array.iter().all(|v| is_count(*v));
        let bytes = large && !counts;
        let (name, shape) = (name.into(), array.shape().to_vec());
        arrays.push(Entry { name, shape, bytes, counts });
        match (bytes, counts) {
            (true, _) => pack_columns(array, &mut data),
            (_, true) => pack_counts(array, &mut data),
            _ => array.iter().for_each(|v| data.extend(v.to_le_bytes())),
        }
    }
    let header = Header { notes: model.notes.clone(), arrays };
    let header = serde_json::to_vec(&header).map_err(LiveError::new)?;
    let length = (header.len() as u32).to_le_bytes();
    Ok([&length[..], &header, &data].concat())
}

fn pack_columns(array: &ArrayD<f32>, data: &mut Vec<u8>) {
    let columns = array.axis_iter(Axis(1));
    let most = |column: ndarray::ArrayViewD<f32>| {
        column.fold(0.0_f32, |most, v| most.max(v.abs()))
    };
    let units: Vec<f32> = columns.map(|c| most(c) / 127.0).collect();
    units.iter().for_each(|unit| data.extend(unit.to_le_bytes()));
    for row in array.axis_iter(Axis(0)) {
        data.extend(row.iter().zip(&units).map(|(v, unit)| {
            let whole = if *unit > 0.0 { v / unit } else { 0.0 };
            (whole.round() as i8).to_le_bytes()[0]
        }));
    }
}

/// Whether a u32 holds it.
fn is_count(v: f32) -> bool {
    (v as u32 as f32).to_bits() == v.to_bits()
}

fn pack_counts(array: &ArrayD<f32>, data: &mut Vec<u8>) {
    for v in array {
        let mut left = *v as u32;
        while left > 0x7f {
            data.push(left as u8 | 0x80);
            left >>= 7;
        }
        data.push(left as u8);
    }
}

/// So many counts, and what follows them, unless they are damaged.
fn unpack_counts(data: &[u8], count: usize) -> Option<(Vec<f32>, &[u8])> {
    let mut bytes = data.iter();
    let mut next = || {
        let mut v = 0;
        for shift in (0..32).step_by(7) {
            let byte = bytes.next()?;
            v |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(v as f32);
            }
        }
        None
    };
    let counts = (0..count).map(|_| next()).collect::<Option<_>>()?;
    Some((counts, bytes.as_slice()))
}

/// The model of packed bytes.
///
/// # Errors
/// They are damaged.
pub fn unpack(packed: &[u8]) -> Result<Checkpoint, LiveError> {
    let damaged = || LiveError::new("the weights of this page are damaged");
    let (length, rest) = packed.split_first_chunk().ok_or_else(damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    let (header, mut data) =
        rest.split_at_checked(length).ok_or_else(damaged)?;
    let header: Header =
        serde_json::from_slice(header).map_err(LiveError::new)?;
    let mut model = Checkpoint::default();
    model.notes = header.notes;
    for Entry { name, shape, bytes, counts } in header.arrays {
        let count = shape.iter().product::<usize>();
        let columns = if bytes { shape.last().copied() } else { None };
        let numbers = match counts {
            true => unpack_counts(data, count),
            false => unpack_numbers(data, count, columns),
        };
        let (numbers, rest) = numbers.ok_or_else(damaged)?;
        let array =
            ArrayD::from_shape_vec(shape, numbers).map_err(LiveError::new)?;
        model.put(&name, &array);
        data = rest;
    }
    Ok(model)
}

/// So many numbers, a byte each if they have columns, and what follows them.
fn unpack_numbers(
    data: &[u8],
    count: usize,
    columns: Option<usize>,
) -> Option<(Vec<f32>, &[u8])> {
    let (first, data) =
        data.split_at_checked(4 * columns.unwrap_or(count))?;
    let first = first.chunks_exact(4);
    let first = first.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let first: Vec<f32> = first.collect();
    if columns.is_none() {
        return Some((first, data));
    }
    let (wholes, data) = data.split_at_checked(count)?;
    let numbers = wholes
        .iter()
        .zip(first.iter().cycle())
        .map(|(w, unit)| f32::from(i8::from_le_bytes([*w])) * unit);
    Some((numbers.collect(), data))
}

/// Where the file of a model is kept for the chapters' functions that load it.
pub(crate) fn place(name: &str) -> PathBuf {
    let file = format!("{name}.safetensors");
    match cfg!(target_arch = "wasm32") {
        true => file.into(),
        false => std::env::temp_dir()
            .join(format!("live-{}", std::process::id()))
            .join(file),
    }
}

/// Puts a packed model where [`place`] says.
///
/// # Errors
/// It is damaged, or cannot be put there.
pub(crate) fn put(name: &str, packed: &[u8]) -> Result<(), LiveError> {
    unpack(packed)?.save(&place(name)).map_err(LiveError::new)
}

/// Packs a committed model.
///
/// # Errors
/// It cannot be read.
pub fn packed(
    models: &Path,
    (_, from, without): (&str, &str, &[&str]),
) -> Result<Vec<u8>, LiveError> {
    let file = models.join(format!("{from}.safetensors"));
    let model = Checkpoint::load(&file).map_err(LiveError::new)?;
    pack(&model, without)
}
