//! What every chapter of the workbook needs and no chapter teaches: the command line, progress, results with
//! provenance, figures, the choice of a device, checkpoints, and the way an exercise is checked.
//!
//! A chapter is a [`Chapter`] value and a function `run(&mut Lab) -> anyhow::Result<()>` that lists its experiments.

/// A step of training asks for large arrays and drops them. The system's allocator gives such memory back, and gets it
/// again page by page; this one keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod bridge;
mod chapter;
mod checkpoint;
mod device;
mod exercise;
mod figure;
mod fingerprint;
mod grid;
mod ledger;
mod product;
mod reference;
mod results;
mod training;

pub use bridge::{array, column, tensor, to_f32};
pub use chapter::{
    Chapter, Cost, Lab, Options, Report, Scale, Selection, exit_code, main,
    rng_at, run_and_show, run_chapter, smoke_run,
};
pub use checkpoint::{Checkpoint, CheckpointError};
#[cfg(feature = "cuda")]
pub use device::open_cuda;
pub use device::{Device, DeviceError};
pub use exercise::{
    Diagnosis, expect_diagnosis, expect_pass, judge, judge_number,
};
pub use figure::{Axis, Plot, panels};
pub use fingerprint::{FingerprintError, fingerprint};
pub use grid::{ImageGrid, PngError};
pub use ledger::{Against, Row, max_rel_err, three_rows};
pub use product::{mat_mul, product};
pub use rand_chacha::ChaCha8Rng;
pub use reference::{Reference, ReferenceError};
pub use results::{
    Comparison, Measured, Provenance, Results, ResultsError, Within,
};
pub use training::{History, Interrupted, Resumable, interrupt_requested};
