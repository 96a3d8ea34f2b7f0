//! Damage: a valid input, edited a few times in the ways in which files are really broken, or forged.

use std::ops::Range;

use ndarray_rand::rand::Rng;
use ndarray_rand::rand::seq::IndexedRandom;

/// No input is longer, in bytes.
const LONGEST: usize = 1 << 14;

/// Where counters overflow, sizes stop fitting, and signs turn.
const EDGES: [u64; 12] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    1 << 20,
    0x7fff_ffff,
    0xffff_ffff,
    1 << 53,
    i64::MAX as u64,
    u64::MAX,
];

/// The same as text, and numbers that are none.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "-1",
    "255",
    "65536",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "1e999",
    "-0.0",
    "0.1",
    "NaN",
];

/// One of the seeds, damaged in one to eight places; `words` are what the format is made of.
pub fn damaged(
    seeds: &[Vec<u8>],
    words: &[&str],
    rng: &mut impl Rng,
) -> Vec<u8> {
    let mut bytes = seeds.choose(rng).cloned().unwrap_or_default();
    for _ in 0..1 << rng.random_range(0..4) {
        edit(&mut bytes, seeds, words, rng);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn edit(
    bytes: &mut Vec<u8>,
    seeds: &[Vec<u8>],
    words: &[&str],
    rng: &mut impl Rng,
) {
    let part = some_part(bytes.len(), rng);
    let at = part.start;
    match rng.random_range(0..10) {
        0 | 1 => bytes[part]
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte ^= 1 << rng.random_range(0..8)),
        2 => bytes[part]
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte = rng.random()),
        3 => drop(bytes.drain(part)),
        4 => {
            let twice = bytes[part].to_vec();
            insert(bytes, at, &twice);
        }
        5 => bytes.truncate(at),
        6 => {
            let other = seeds.choose(rng).map_or(&[][..], |s| s);
            insert(bytes, at, &other[some_part(other.len(), rng)]);
        }
        7 => insert(bytes, at, words.choose(rng).unwrap_or(&"").as_bytes()),
        8 => edge(bytes, at, rng),
        _ => number(bytes, at, rng),
    }
}

/// A few bytes, or any number of them.
fn some_part(len: usize, rng: &mut impl Rng) -> Range<usize> {
    let start = rng.random_range(0..=len);
    let most = if rng.random() { 8 } else { len };
    start..rng.random_range(start..=len.min(start + most))
}

fn insert(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    bytes.splice(at..at, new.iter().copied());
}

/// One of [`EDGES`] over 1, 2, 4 or 8 bytes, in either order.
fn edge(bytes: &mut [u8], at: usize, rng: &mut impl Rng) {
    let (width, value) = (
        1 << rng.random_range(0..4),
        EDGES.choose(rng).copied().unwrap_or(0),
    );
    let mut new = value.to_le_bytes()[..width].to_vec();
    if rng.random() {
        new.reverse();
    }
    bytes[at..].iter_mut().zip(new).for_each(|(byte, new)| *byte = new);
}

/// One of [`NUMBERS`] in place of the next digits.
fn number(bytes: &mut Vec<u8>, at: usize, rng: &mut impl Rng) {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let Some(first) = bytes[at..].iter().position(digit) else { return };
    let first = at + first;
    let end =
        first + bytes[first..].iter().take_while(|byte| digit(byte)).count();
    let new = NUMBERS.choose(rng).unwrap_or(&"").bytes();
    bytes.splice(first..end, new);
}
