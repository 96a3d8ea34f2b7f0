//! What every chapter of the workbook needs and no chapter teaches: the command line, progress, results with
//! provenance, figures, the choice of a device, checkpoints, and the way an exercise is checked.
//!
//! A chapter is a [`Chapter`] value and a function `run(&mut Lab) -> anyhow::Result<()>` that lists its experiments.

/// A step of training asks for large arrays and drops them. The system's allocator gives such memory back, and gets it
/// again page by page; this one keeps it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod as_if;
mod chapter;
mod checkpoint;
mod console;
mod device;
mod diagram;
mod digest;
mod exercise;
mod experiment;
mod figure;
mod grid;
mod has;
mod interrupt;
pub mod judging;
mod ledger;
pub mod mine;
mod model;
mod numbers;
mod own_data;
mod relation;
mod room;
mod slips;
mod training;

pub use chapter::{
    Chapter, Cost, Lab, Options, Report, Scale, Selection, largest_seed_run,
    main, run_and_show, run_chapter, smoke_run,
};
pub use checkpoint::{Checkpoint, CheckpointError, Expecting};
pub use console::{exit_code, print};
#[cfg(feature = "cuda")]
pub use device::open_cuda;
pub use device::{Device, DeviceError, Trains};
pub use diagram::{Diagram, Flow, Look, Node};
pub use digest::digest;
pub use exercise::{
    Diagnosis, expect_diagnosis, expect_pass, judge, judge_number,
};
pub use experiment::{Draw, Experiment, Measurements};
pub use figure::{Axis, Plot, panels};
pub use grid::{ImageGrid, PngError};
pub use interrupt::{Interrupted, interrupt_requested};
pub use ledger::{Against, Row, max_rel_err, three_rows};
pub use model::say_committed;
pub use numbers::{
    ChaCha8Rng, Reference, ReferenceError, array, column, mat_mul, product,
    rng_at, rng_for, tensor, to_f32,
};
pub use own_data::{AsDigit, OwnData, as_digit, has_idx, own_data};
pub use record::{
    Claim, Claims, Comparison, FingerprintError, Measured, Part, Provenance,
    Results, ResultsError, Within, fingerprint, folder, no_input, over_seeds,
    read_plain, say, write_whole,
};
pub use room::{Room, either_room_goes_on};
pub use slips::{Made, Slip, slips};
pub use training::{Diverged, History, Resumable};
