//! The experiments of chapter 10.

use lab::Lab;

/// The experiments of chapter 10.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(_: &mut Lab) -> anyhow::Result<()> {
    Ok(())
}
