//! Where things are.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a folder of the workbook is: where it was when this was compiled, or the same folder below the root that the
/// environment names in `WORKBOOK_ROOT`, for programs that were carried to another machine.
pub fn folder(compiled: &str) -> PathBuf {
    below(std::env::var_os("WORKBOOK_ROOT"), compiled)
}

fn below(root: Option<OsString>, compiled: &str) -> PathBuf {
    let path = Path::new(compiled).strip_prefix(built()).ok();
    match (root, path) {
        (Some(root), Some(path)) => Path::new(&root).join(path),
        _ => compiled.into(),
    }
}

/// The root of the workbook.
pub fn root() -> PathBuf {
    folder(&built().to_string_lossy())
}

/// The root where this was compiled.
fn built() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// Where what is made goes: cargo's target folder, wherever that is, if this program was built into it; otherwise, and if
/// the environment names a root, `target` below the root.
pub fn target() -> PathBuf {
    let carried = std::env::var_os("WORKBOOK_ROOT").is_some();
    let program = std::env::current_exe().unwrap_or_default();
    match program.ancestors().find(|folder| is_cargos(folder)) {
        Some(folder) if !carried => folder.into(),
        _ => root().join("target"),
    }
}

/// Whether cargo builds into this folder: it notes there which compiler it uses, and leaves a tag for programs that make
/// copies.
fn is_cargos(folder: &Path) -> bool {
    let tag = fs::read_to_string(folder.join("CACHEDIR.TAG"));
    folder.join(".rustc_info.json").is_file()
        || tag.is_ok_and(|tag| tag.contains("created by cargo"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_follows_the_root_that_the_environment_names() {
        let here = env!("CARGO_MANIFEST_DIR");
        assert_eq!(below(None, here), Path::new(here));
        let moved = below(Some("/elsewhere".into()), here);
        assert_eq!(moved, Path::new("/elsewhere/chapters/record"));
        let root =
            below(Some("/elsewhere".into()), &built().to_string_lossy());
        assert_eq!(root, Path::new("/elsewhere"));
        let foreign = below(Some("/elsewhere".into()), "/another/folder");
        assert_eq!(foreign, Path::new("/another/folder"));
    }

    #[test]
    fn what_is_made_goes_where_cargo_builds() {
        let program = std::env::current_exe().unwrap();
        assert!(program.starts_with(target()), "{:?}", target());
        for (name, text, cargos) in [
            (".rustc_info.json", "{}", true),
            ("CACHEDIR.TAG", "# This tag was created by cargo.", true),
            ("CACHEDIR.TAG", "# This tag was created by another.", false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            assert!(!is_cargos(folder.path()));
            fs::write(folder.path().join(name), text).unwrap();
            assert_eq!(is_cargos(folder.path()), cargos, "{name}: {text}");
        }
    }
}
