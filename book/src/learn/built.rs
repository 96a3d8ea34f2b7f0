//! How this program was built: what it has in common with the chapters then compiles once.

use std::env;
use std::ffi::OsString;

/// The features, profile and target folder of this program, as cargo takes them.
///
/// # Errors
/// The system does not say where this program is.
pub fn built_with() -> anyhow::Result<Vec<OsString>> {
    let mut words: Vec<OsString> = Vec::new();
    if cfg!(feature = "cuda") {
        words.extend(["--features".into(), "cuda".into()]);
    }
    let (program, target) = (env::current_exe()?, record::target());
    let folder = program.parent().and_then(|p| p.strip_prefix(&target).ok());
    if let Some(folder) = folder {
        let profile = match folder.as_os_str() {
            debug if debug == "debug" => "dev".into(),
            other => other.into(),
        };
        words.extend(["--profile".into(), profile]);
        words.extend(["--target-dir".into(), target.into()]);
    }
    Ok(words)
}

/// The cargo that runs this program, or the first one there is.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
