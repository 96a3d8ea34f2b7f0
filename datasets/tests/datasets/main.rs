//! The tests of the data.

mod bad_files;
mod batches;
mod digits;
mod pictures;
mod toy;
