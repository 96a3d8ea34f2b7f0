//! What every chapter of the workbook needs and no chapter teaches: the command line, progress, results with
//! provenance, figures, the choice of a device, checkpoints, and the way an exercise is checked.
//!
//! A chapter is a [`Chapter`] value and a function `run(&mut Lab) -> anyhow::Result<()>` that lists its experiments.
//!
//! In a page there are no files, threads and clocks: what needs them is left out for the target wasm32.

/// A step of training asks for large arrays and drops them. The system's allocator gives such memory back, and gets it
/// again page by page; this one keeps it.
#[cfg(not(target_arch = "wasm32"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(not(target_arch = "wasm32"))]
pub mod as_if;
#[cfg(not(target_arch = "wasm32"))]
mod chapter;
mod checkpoint;
#[cfg(not(target_arch = "wasm32"))]
mod compact;
#[cfg(not(target_arch = "wasm32"))]
mod console;
#[cfg(not(target_arch = "wasm32"))]
mod device;
#[cfg(not(target_arch = "wasm32"))]
mod diagram;
mod digest;
#[cfg(not(target_arch = "wasm32"))]
mod exercise;
#[cfg(not(target_arch = "wasm32"))]
mod experiment;
#[cfg(not(target_arch = "wasm32"))]
mod figure;
#[cfg(not(target_arch = "wasm32"))]
mod grid;
#[cfg(not(target_arch = "wasm32"))]
mod has;
#[cfg(target_arch = "wasm32")]
pub mod in_page;
#[cfg(not(target_arch = "wasm32"))]
mod interrupt;
#[cfg(not(target_arch = "wasm32"))]
pub mod judging;
#[cfg(not(target_arch = "wasm32"))]
mod ledger;
#[cfg(not(target_arch = "wasm32"))]
pub mod mine;
#[cfg(not(target_arch = "wasm32"))]
mod model;
mod numbers;
#[cfg(not(target_arch = "wasm32"))]
mod own_data;
#[cfg(not(target_arch = "wasm32"))]
mod relation;
mod resumable;
#[cfg(not(target_arch = "wasm32"))]
mod room;
#[cfg(not(target_arch = "wasm32"))]
mod slips;
#[cfg(not(target_arch = "wasm32"))]
mod training;

#[cfg(not(target_arch = "wasm32"))]
pub use chapter::{
    Chapter, Cost, Lab, Options, Report, Scale, Selection, largest_seed_run,
    main, run_and_show, run_chapter, smoke_run,
};
pub use checkpoint::{Checkpoint, CheckpointError, Expecting};
#[cfg(not(target_arch = "wasm32"))]
pub use console::{exit_code, print};
#[cfg(feature = "cuda")]
pub use device::open_cuda;
#[cfg(not(target_arch = "wasm32"))]
pub use device::{Device, DeviceError, Trains};
#[cfg(not(target_arch = "wasm32"))]
pub use diagram::{Diagram, Flow, Look, Node};
pub use digest::digest;
#[cfg(not(target_arch = "wasm32"))]
pub use exercise::{
    Diagnosis, expect_diagnosis, expect_pass, judge, judge_number,
};
#[cfg(not(target_arch = "wasm32"))]
pub use experiment::{Draw, Experiment, Measurements};
#[cfg(not(target_arch = "wasm32"))]
pub use figure::{Axis, Plot, panels};
#[cfg(not(target_arch = "wasm32"))]
pub use grid::{ImageGrid, PngError};
#[cfg(target_arch = "wasm32")]
pub use in_page::{read_plain, write_whole};
#[cfg(not(target_arch = "wasm32"))]
pub use interrupt::{Interrupted, interrupt_requested};
#[cfg(not(target_arch = "wasm32"))]
pub use ledger::{Against, Row, max_rel_err, three_rows};
#[cfg(not(target_arch = "wasm32"))]
pub use model::say_committed;
pub use numbers::{ChaCha8Rng, mat_mul, product, rng_at, rng_for};
#[cfg(not(target_arch = "wasm32"))]
pub use numbers::{Reference, ReferenceError, array, column, tensor, to_f32};
#[cfg(not(target_arch = "wasm32"))]
pub use own_data::{AsDigit, OwnData, as_digit, has_idx, own_data};
#[cfg(not(target_arch = "wasm32"))]
pub use record::{
    Claim, Claims, Comparison, FingerprintError, Measured, Part, Provenance,
    Results, ResultsError, Within, fingerprint, folder, no_input, over_seeds,
    read_plain, say, write_whole,
};
pub use resumable::{Diverged, Resumable};
#[cfg(not(target_arch = "wasm32"))]
pub use room::{Room, either_room_goes_on};
#[cfg(not(target_arch = "wasm32"))]
pub use slips::{Made, Slip, slips};
#[cfg(not(target_arch = "wasm32"))]
pub use training::History;
