//! What must hold across chapters and pages (see `tests/workbook.rs`), and how fast the chapters' functions are.

pub mod draw;
pub mod quality;
pub mod refused;
pub mod speed;
