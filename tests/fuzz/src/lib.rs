//! Damaged input for everything in this workbook that reads from outside. Input `n` of a target is a function of `n` alone,
//! so a failure is repeated by its number. Nothing steers towards code that was not reached yet; in place of that, lengths
//! and checksums are put right in half of the inputs, so that damage gets behind them.

mod mutate;
mod targets;

use std::any::Any;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lab::rng_at;

pub use targets::{Reader, Target};

/// An input takes no longer.
const LONGEST: Duration = Duration::from_secs(10);

/// All inputs of a target together take no more memory, in KiB.
const MOST: u64 = 1 << 20;

/// What inputs came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// How many there were.
    pub inputs: u64,
    /// How many were read without an error.
    pub accepted: u64,
    /// The longest time that one took.
    pub slowest: Duration,
}

/// An input that something else came of than a value or an error.
#[derive(Debug, thiserror::Error)]
#[error("{target}, input {input}: {what}")]
pub struct Failure {
    target: Target,
    /// Its number.
    pub input: u64,
    what: String,
}

/// Input `n` of a reader.
pub fn input(reader: &dyn Reader, target: Target, n: u64) -> Vec<u8> {
    let mut rng = rng_at(target as u64, n);
    let mut bytes = mutate::damaged(reader.seeds(), reader.words(), &mut rng);
    if n.is_multiple_of(2) {
        reader.repair(&mut bytes);
    }
    bytes
}

/// Reads inputs of a target until `end`.
///
/// # Errors
/// A reader panics, accepts what it cannot have understood, or takes too long or too much memory.
pub fn run(
    target: Target,
    inputs: Range<u64>,
    end: Option<Instant>,
) -> anyhow::Result<Count> {
    let reader = target.reader()?;
    let mut count = Count::default();
    for n in inputs {
        if n % 256 == 0 && end.is_some_and(|end| Instant::now() > end) {
            break;
        }
        let failure = |what| Failure { target, input: n, what };
        let bytes = input(&*reader, target, n);
        // On a machine that is busy, one try may have had to wait.
        let mut time = Duration::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            let read = catch_unwind(AssertUnwindSafe(|| reader.read(&bytes)));
            let accepted = read.map_err(|panic| failure(said(&*panic)))?;
            time = time.min(start.elapsed());
            if time < LONGEST {
                count.accepted += u64::from(accepted);
                break;
            }
        }
        if time > LONGEST {
            Err(failure(format!("{} s", time.as_secs())))?;
        }
        count.slowest = count.slowest.max(time);
        count.inputs += 1;
        if n % 4096 == 0
            && let Some(memory) = peak().filter(|m| *m > MOST)
        {
            Err(failure(format!(
                "{memory} KiB of memory, for it or one of the 4095 inputs before it"
            )))?;
        }
    }
    Ok(count)
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a panic: {}", text.unwrap_or("without a word"))
}

/// The most memory that this process has held, in KiB, where the system says so.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The committed inputs of a target, by name.
///
/// # Errors
/// They cannot be read.
pub fn corpus(target: Target) -> anyhow::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.to_string());
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    files.sort();
    files.iter().map(|file| Ok(fs::read(file)?)).collect()
}
