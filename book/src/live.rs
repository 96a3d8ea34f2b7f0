//! What a reader can play with: the scripts of a page, the compiled functions and the weights, as scripts too, since a page of
//! `file://` may load nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::BookError;
use crate::{figures, inspect};

/// Where all of it is, relative to the root.
const FOLDER: &str = "book/live";

/// How a page says that it has something to play with.
pub(crate) const MARK: &str = "data-live=\"";

/// Width and height of the picture that stands for a demo; `None` if there is no such demo.
pub(crate) fn still(root: &Path, name: &str) -> Option<(u32, u32)> {
    let folder = root.join(FOLDER);
    folder.join(format!("page/{name}.js")).is_file().then_some(())?;
    let png = fs::read(folder.join(format!("stills/{name}.png"))).ok()?;
    figures::size(&png)
}

/// The demos that there are.
pub(crate) fn existing(root: &Path) -> BTreeSet<String> {
    figures::existing(&root.join(FOLDER).join("stills"))
}

/// Puts everything beside the pages that they ask for.
pub(crate) fn finish(root: &Path, dest: &Path) -> Result<(), BookError> {
    let (from, to) = (root.join(FOLDER), dest.join("live"));
    fs::create_dir_all(&to).map_err(BookError::io(&to))?;
    for folder in ["page", "stills"] {
        for file in files(&from.join(folder))? {
            let name = file.file_name().unwrap_or_default();
            fs::copy(&file, to.join(name)).map_err(BookError::io(&file))?;
        }
    }
    let wasm = from.join("built/live.wasm");
    script(&wasm, "workbookLive.wasm", &to.join("wasm.js"))?;
    for file in files(&from.join("weights"))? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let variable = format!("workbookLive.weights[\"{name}\"]");
        let to = to.join(format!("{name}.weights.js"));
        script(&file, &variable, &to)?;
    }
    Ok(())
}

/// The bytes of a file as a script that gives them to a variable, by gzip and in base64.
fn script(from: &Path, variable: &str, to: &Path) -> Result<(), BookError> {
    let bytes = fs::read(from).map_err(BookError::io(from))?;
    let mut zipped = GzEncoder::new(Vec::new(), Compression::best());
    zipped.write_all(&bytes).map_err(BookError::io(from))?;
    let zipped = zipped.finish().map_err(BookError::io(from))?;
    let text = BASE64_STANDARD.encode(zipped);
    fs::write(to, format!("{variable} = \"{text}\";\n"))
        .map_err(BookError::io(to))
}

/// The files of a folder, which need not be there.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, BookError> {
    match folder.exists() {
        true => inspect::files(folder).map_err(BookError::io(folder)),
        false => Ok(Vec::new()),
    }
}
