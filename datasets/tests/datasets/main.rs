//! The tests of the data.

mod bad_files;
mod batches;
mod digits;
mod four_files;
mod pictures;
mod toy;
