//! The IDX format: a magic number, the size of each dimension, the bytes. Plain or gzip, told apart by content.
//!
//! A file is trusted with nothing: memory grows only with bytes that are really there, at most one byte beyond what
//! the header announces is decompressed, and every surprise is a [`DataError`] with its offset.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::DataError;

/// The content of an IDX file of unsigned bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    /// The size of each dimension, the slowest first.
    pub dims: Vec<usize>,
    /// The elements, row by row; as many as the product of `dims`.
    pub data: Vec<u8>,
}

const UNSIGNED_BYTE: u8 = 0x08;

/// Reads an IDX file with `rank` dimensions.
///
/// # Errors
/// The file cannot be read, or is not a whole IDX file of unsigned bytes with that many dimensions.
pub fn read(path: &Path, rank: u8) -> Result<Idx, DataError> {
    let io = |source| DataError::Io { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    parse(path, BufReader::new(file), rank)
}

/// Reads IDX content, plain or gzip, from any reader; `path` is for messages only.
///
/// # Errors
/// As for [`read`].
pub fn parse(
    path: &Path,
    mut reader: impl Read,
    rank: u8,
) -> Result<Idx, DataError> {
    let io = |source| DataError::Io { path: path.into(), source };
    let mut start = Vec::with_capacity(2);
    reader.by_ref().take(2).read_to_end(&mut start).map_err(io)?;
    let zipped = start == [0x1f, 0x8b];
    let whole = Cursor::new(start).chain(reader);
    match zipped {
        true => content(path, GzDecoder::new(BufReader::new(whole)), rank),
        false => content(path, whole, rank),
    }
}

fn content(
    path: &Path,
    mut reader: impl Read,
    rank: u8,
) -> Result<Idx, DataError> {
    let wrong = |offset: u64, expected: String, found: String| {
        DataError::Format { path: path.into(), offset, expected, found }
    };
    let io = |source| DataError::Io { path: path.into(), source };

    let header_len = 4 + 4 * u64::from(rank);
    let mut header = Vec::with_capacity(header_len as usize);
    reader.by_ref().take(header_len).read_to_end(&mut header).map_err(io)?;
    let magic = u32::from_be_bytes([0, 0, UNSIGNED_BYTE, rank]);
    let words: Vec<u32> = header
        .chunks_exact(4)
        .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    if let Some(&found) = words.first().filter(|found| **found != magic) {
        let expected = format!(
            "magic number {magic:#010x} (unsigned bytes, {rank} dimensions)"
        );
        return Err(wrong(0, expected, format!("{found:#010x}")));
    }
    if (header.len() as u64) < header_len {
        let expected = format!("a header of {header_len} bytes");
        return Err(wrong(
            header.len() as u64,
            expected,
            "the end of the file".into(),
        ));
    }
    let dims: Vec<usize> = words[1..].iter().map(|&d| d as usize).collect();
    let size = dims.iter().try_fold(1_u64, |n, &d| n.checked_mul(d as u64));
    let size =
        size.filter(|&n| n <= isize::MAX as u64 - 1).ok_or_else(|| {
            wrong(
                4,
                "dimensions whose product fits into memory".into(),
                format!("{dims:?}"),
            )
        })?;

    let mut data = Vec::new(); // grows with what arrives, not with what is announced
    reader.take(size + 1).read_to_end(&mut data).map_err(io)?;
    let announced =
        || format!("{size} bytes of data, as the dimensions {dims:?} say");
    match (data.len() as u64).cmp(&size) {
        std::cmp::Ordering::Equal => Ok(Idx { dims, data }),
        std::cmp::Ordering::Less => {
            let end = header_len + data.len() as u64;
            Err(wrong(
                end,
                announced(),
                format!("the end of the file after {}", data.len()),
            ))
        }
        std::cmp::Ordering::Greater => Err(wrong(
            header_len + size,
            announced(),
            "more bytes behind them".into(),
        )),
    }
}
