//! The IDX format: a magic number, the size of each dimension, the bytes. Plain or gzip, told apart by content.
//!
//! A file is trusted with nothing: memory grows only with bytes that are really there, at most one byte beyond what
//! the header announces is decompressed, and every surprise is a [`DataError`] with its offset.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

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
    let io = |cause| DataError::Io { path: path.into(), cause };
    let file = File::open(path).map_err(io)?;
    parse(path, BufReader::new(file), rank)
}

/// The largest content that is read: even an honest header does not get more.
const MOST_BYTES: u64 = 1 << 30;

/// Reads IDX content, plain or gzip, from any reader; `path` is for messages only.
///
/// # Errors
/// As for [`read`].
pub fn parse(
    path: &Path,
    mut reader: impl Read,
    rank: u8,
) -> Result<Idx, DataError> {
    let mut start = Vec::with_capacity(2);
    let cause = reader.by_ref().take(2).read_to_end(&mut start);
    cause.map_err(|cause| DataError::Io { path: path.into(), cause })?;
    let zipped = start == [0x1f, 0x8b];
    let whole = Cursor::new(start).chain(reader);
    match zipped {
        true => {
            let reader = MultiGzDecoder::new(BufReader::new(whole));
            Content { path, reader, offset: 0, zipped }.parse(rank)
        }
        false => {
            Content { path, reader: whole, offset: 0, zipped }.parse(rank)
        }
    }
}

/// The decompressed content of a file, read from its start.
struct Content<'a, R> {
    path: &'a Path,
    reader: R,
    offset: u64,
    zipped: bool,
}

impl<R: Read> Content<'_, R> {
    fn parse(mut self, rank: u8) -> Result<Idx, DataError> {
        let header_len = 4 + 4 * u64::from(rank);
        let header = self.at_most(header_len)?;
        let word = |b: &[u8]| u32::from_be_bytes([b[0], b[1], b[2], b[3]]);
        let words: Vec<u32> = header.chunks_exact(4).map(word).collect();
        let magic = u32::from_be_bytes([0, 0, UNSIGNED_BYTE, rank]);
        if let Some(&found) = words.first().filter(|f| **f != magic) {
            let what = format!("unsigned bytes, {rank} dimensions");
            let expected = format!("magic number {magic:#010x} ({what})");
            return Err(self.wrong(0, expected, format!("{found:#010x}")));
        }
        if (header.len() as u64) < header_len {
            let expected = format!("a header of {header_len} bytes");
            return Err(self.ended(expected));
        }
        let dims: Vec<usize> =
            words[1..].iter().map(|&d| d as usize).collect();
        let product = |n: u64, &d: &usize| n.checked_mul(d as u64);
        let size = dims.iter().try_fold(1, product);
        let Some(size) = size.filter(|&n| n <= MOST_BYTES) else {
            let expected = format!("at most {MOST_BYTES} bytes of data");
            return Err(self.wrong(
                4,
                expected,
                format!("dimensions {dims:?}"),
            ));
        };
        let data = self.at_most(size + 1)?;
        let announced =
            format!("{size} bytes of data, as the dimensions {dims:?} say");
        match (data.len() as u64).cmp(&size) {
            Ordering::Equal => Ok(Idx { dims, data }),
            Ordering::Less => Err(self.ended(announced)),
            Ordering::Greater => {
                let found = "more bytes behind them".into();
                Err(self.wrong(header_len + size, announced, found))
            }
        }
    }

    /// The next bytes, no more than `limit`: fewer only where the content ends. The memory grows with what arrives.
    fn at_most(&mut self, limit: u64) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        let outcome =
            self.reader.by_ref().take(limit).read_to_end(&mut bytes);
        self.offset += bytes.len() as u64;
        let damaged = |e: &std::io::Error| {
            use std::io::ErrorKind::{
                InvalidData, InvalidInput, UnexpectedEof,
            };
            matches!(e.kind(), InvalidData | InvalidInput | UnexpectedEof)
        };
        match outcome {
            Ok(_) => Ok(bytes),
            Err(e) if self.zipped && damaged(&e) => {
                let expected = "gzip data, whole and undamaged".into();
                Err(self.wrong(self.offset, expected, e.to_string()))
            }
            Err(cause) => {
                Err(DataError::Io { path: self.path.into(), cause })
            }
        }
    }

    fn wrong(
        &self,
        offset: u64,
        expected: String,
        found: String,
    ) -> DataError {
        DataError::Format { path: self.path.into(), offset, expected, found }
    }

    fn ended(&self, expected: String) -> DataError {
        self.wrong(self.offset, expected, "the end of the file".into())
    }
}
