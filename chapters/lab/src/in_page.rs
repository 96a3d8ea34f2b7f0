//! In a page there are no files, only what is put in their place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

thread_local! {
    static PUT: RefCell<BTreeMap<PathBuf, Vec<u8>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// What was put at a path.
///
/// # Errors
/// Nothing was.
pub fn read_plain(path: &Path, _most: u64) -> io::Result<Vec<u8>> {
    let bytes = PUT.with_borrow(|put| put.get(path).cloned());
    bytes.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Puts bytes where [`read_plain`] finds them.
///
/// # Errors
/// Never.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    PUT.with_borrow_mut(|put| put.insert(path.into(), bytes.into()));
    Ok(())
}
