//! Files: what is read is a plain file and not too large; what is written is whole, or is not there.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{RwLock, RwLockWriteGuard};
use std::time::Duration;

/// How the name of a file begins that is being written.
const PART: &str = ".workbook-part-";

/// No file takes so long to be written: what is older was left by a program that was killed.
const LEFT: Duration = Duration::from_secs(3600);

/// Held for reading by whoever writes.
static WRITING: RwLock<()> = RwLock::new(());

/// Waits until no file is half-written; none is begun while this is held.
pub fn no_writing() -> RwLockWriteGuard<'static, ()> {
    WRITING.write().unwrap_or_else(|e| e.into_inner())
}

fn odd(expected: &str, found: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("expected {expected}, found {found}"))
}

/// That something can be read to its end, and replaced.
fn plain(about: &fs::Metadata) -> io::Result<()> {
    match about.is_file() {
        true => Ok(()),
        false => Err(odd("a plain file", kind(about.file_type()))),
    }
}

fn kind(of: fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if of.is_fifo() {
            return "a pipe";
        }
        if of.is_socket() {
            return "a socket";
        }
    }
    if of.is_dir() { "a folder" } else { "a device" }
}

/// The bytes of a plain file, which are at most so many.
///
/// # Errors
/// It cannot be read, is of another kind, or is larger.
pub fn read_plain(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // Asked before it is opened: to open a pipe is to wait for who writes into it.
    let about = fs::metadata(path)?;
    plain(&about)?;
    let allowed = |found: u64| match found > most {
        true => Err(odd(&format!("at most {most} bytes"), found)),
        false => Ok(()),
    };
    allowed(about.len())?;
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    allowed(bytes.len() as u64)?; // it may have grown, or never said
    Ok(bytes)
}

/// Writes beside the file, then renames: a reader sees the old content or the new, never half of it. A link is followed;
/// the umask decides who may read what is new.
///
/// # Errors
/// The file cannot be written, or something is in its place that is no plain file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = behind_links(path)?;
    let folder = folder_of(&path);
    fs::create_dir_all(folder)?;
    sweep(folder);
    let _writing = WRITING.read();
    let mut builder = tempfile::Builder::new();
    builder.prefix(PART);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|e| e.error)?;
    Ok(())
}

/// The plain file that is to be written, whether or not it is there.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::metadata(path) {
        Ok(about) => plain(&about).and_then(|()| fs::canonicalize(path)),
        Err(_) if path.is_symlink() => {
            Err(odd("a plain file", "a link that leads nowhere"))
        }
        Err(_) => Ok(path.into()),
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Removes what killed programs have left half-written. That it cannot be removed is no reason to stop.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let parts =
        entries.filter(|e| e.file_name().to_string_lossy().starts_with(PART));
    for part in parts {
        let written = part.metadata().and_then(|about| about.modified());
        let age = written.ok().and_then(|then| then.elapsed().ok());
        if age.is_some_and(|age| age > LEFT) {
            let _ = fs::remove_file(part.path());
        }
    }
}

/// Where a path leads, if folders on the way that do not exist yet were there.
fn place_of(path: &Path) -> io::Result<PathBuf> {
    let mut place = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        match part {
            Component::ParentDir => drop(place.pop()),
            part => place.push(part),
        }
        if let Ok(real) = fs::canonicalize(&place) {
            place = real; // a link leads elsewhere, and so does .. behind it
        }
    }
    Ok(place)
}

/// That an output is none of the inputs, nor in a folder that is one.
///
/// # Errors
/// It is; the error names the input.
pub fn no_input(out: &Path, inputs: &[&Path]) -> io::Result<()> {
    let place = place_of(out)?;
    let within = |input: &&&Path| {
        fs::canonicalize(input).is_ok_and(|input| place.starts_with(input))
    };
    match inputs.iter().find(within) {
        None => Ok(()),
        Some(input) => Err(odd(
            "a file to write",
            format!("what is read, {}", input.display()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: std::fmt::Debug>(outcome: io::Result<T>) -> String {
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn only_a_plain_file_of_moderate_size_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("five");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_plain(&path, 5).unwrap(), b"12345");
        let large = said(read_plain(&path, 4));
        assert_eq!(large, "expected at most 4 bytes, found 5");
        let found = said(read_plain(folder.path(), 5));
        assert_eq!(found, "expected a plain file, found a folder");
        assert!(read_plain(&folder.path().join("none"), 5).is_err());
    }

    #[test]
    #[cfg(unix)]
    fn pipes_and_devices_are_neither_read_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for (path, kind) in [
            (pipe.as_path(), "a pipe"),
            (Path::new("/dev/null"), "a device"),
            (folder.path(), "a folder"),
        ] {
            let expected = format!("expected a plain file, found {kind}");
            assert_eq!(said(read_plain(path, 5)), expected);
            // A device of this machine is not put at risk.
            if path.starts_with(folder.path()) {
                assert_eq!(said(write_whole(path, b"new")), expected);
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_is_followed_and_stays() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        fs::write(at("deep/file"), "old").unwrap();
        symlink("deep/file", at("link")).unwrap();
        write_whole(&at("link"), b"new").unwrap();
        assert!(at("link").is_symlink());
        assert_eq!(fs::read(at("deep/file")).unwrap(), b"new");
        symlink("nothing", at("stray")).unwrap();
        let found = said(write_whole(&at("stray"), b"new"));
        assert!(found.ends_with("a link that leads nowhere"), "{found}");
    }

    #[test]
    fn what_a_killed_program_left_is_swept_and_what_is_written_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let names = [".workbook-part-old", ".workbook-part-new", ".other"];
        for name in names {
            fs::write(at(name), "half").unwrap();
        }
        for name in [names[0], names[2]] {
            let file = fs::File::options().write(true).open(at(name));
            let then = std::time::SystemTime::now() - 2 * LEFT;
            file.unwrap().set_modified(then).unwrap();
        }
        write_whole(&at("whole"), b"whole").unwrap();
        let left = names.map(|name| at(name).exists());
        assert_eq!(left, [false, true, true]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn an_output_is_no_input() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("data")).unwrap();
        for name in ["a", "data/b"] {
            fs::write(at(name), "").unwrap();
        }
        let check = |out: &str| no_input(&at(out), &[&at("a"), &at("data")]);
        assert!(check("c").is_ok() && check("data-2").is_ok());
        assert!(check("nowhere/c").is_ok());
        let not_there = ["none/../a", "none/deep/../../a", "none/../data/c"];
        for out in ["a", "data/../a", "data/b", "data/new"]
            .into_iter()
            .chain(not_there)
        {
            assert!(said(check(out)).contains("what is read"), "{out}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("a"), at("link")).unwrap();
            assert!(check("link").is_err());
            assert!(check("none/../link").is_err());
        }
    }
}
