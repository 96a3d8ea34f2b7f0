//! In a page there are no files, only what the page puts in their place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

thread_local! {
    static PUT: RefCell<BTreeMap<PathBuf, Vec<u8>>> =
        const { RefCell::new(BTreeMap::new()) };
}

/// Puts bytes where [`read_plain`] finds them.
pub fn put(path: &Path, bytes: Vec<u8>) {
    PUT.with_borrow_mut(|put| put.insert(path.into(), bytes));
}

/// What was put at a path.
///
/// # Errors
/// Nothing was.
pub fn read_plain(path: &Path, _most: u64) -> io::Result<Vec<u8>> {
    let bytes = PUT.with_borrow(|put| put.get(path).cloned());
    bytes.ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Writes nothing.
///
/// # Errors
/// Always.
pub fn write_whole(_path: &Path, _bytes: &[u8]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
