//! The demos in a real browser, on the rendered pages, from `file://`. Where none is installed this says so, loudly; it is then
//! no failure, except in CI.

mod chromium;
mod demos;
#[path = "../quality/mod.rs"]
mod quality;
mod table;

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Once, OnceLock};

use chromium::Browser;

/// The rendered book, made once.
fn rendered() -> &'static PathBuf {
    static BOOK: OnceLock<PathBuf> = OnceLock::new();
    BOOK.get_or_init(|| {
        let root = record::root();
        let to = root.join("target/live/book");
        let chapters = book::chapters(&root).unwrap();
        book::render(&root, &chapters, &to).unwrap_or_else(|e| panic!("{e}"));
        to
    })
}

/// A browser, unless none is installed.
fn browser() -> Option<Browser> {
    match chromium::installed() {
        Some(name) => Some(Browser::start(name)),
        None if std::env::var_os("CI").is_some() => {
            panic!("no Chromium is installed, and CI tests the pages in one")
        }
        None => {
            static SAID: Once = Once::new();
            // Past the harness, which keeps what a test prints that does not fail.
            SAID.call_once(|| {
                let words = "\n*** SKIPPED: no Chromium is installed here, so no page was tried in a browser ***\n\n";
                let _ = std::io::stderr().write_all(words.as_bytes());
            });
            None
        }
    }
}
