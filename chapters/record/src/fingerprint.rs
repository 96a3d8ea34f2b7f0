//! A fingerprint of code that changes with its tokens and not with its comments or layout.

use std::fs;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

/// A source file that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {cause}", path.display())]
pub struct FingerprintError {
    pub(crate) path: PathBuf,
    pub(crate) cause: std::io::Error,
}

/// Where the data are read.
pub(crate) const DATA: &str = "datasets/src";

/// What belongs to one chapter alone: its experiments, its ledger, its command line.
pub(crate) const OWN: &str = "run";

/// How a reader asks for an experiment: committed results are made by `reproduce`, without it.
pub(crate) const COMMAND_LINE: &str = "run/main.rs";

/// What puts a reader's answers in the place of the book's functions.
const READERS_OWN: &str = "mine.rs";

/// Where a chapter's experiments are, a file for each.
const EXPERIMENTS: &str = "run/experiments";

/// Fingerprint, as 16 hexadecimal digits, of the Rust files in some folders. Of those that are `used` by others the
/// folder `run` is left out; of the others, the command line; of an experiment, how it draws and what it claims.
///
/// # Errors
/// A folder or file cannot be read.
pub fn fingerprint(
    own: &[PathBuf],
    used: &[PathBuf],
) -> Result<String, FingerprintError> {
    let mut hash = Hash::default();
    let own = own.iter().map(|folder| (folder, false));
    for (folder, used) in own.chain(used.iter().map(|f| (f, true))) {
        in_files(folder, |below, tokens| {
            let asks = below == Path::new(COMMAND_LINE);
            if asks || used && below.starts_with(OWN) {
                return;
            }
            match below.starts_with(EXPERIMENTS) {
                true => hash.add(&measuring(tokens)),
                false => hash.add(tokens),
            }
        })?;
    }
    Ok(hash.finish())
}

/// What grows to a fingerprint.
#[derive(Default)]
pub(crate) struct Hash(Md5);

impl Hash {
    pub(crate) fn add<T: AsRef<str>>(&mut self, tokens: &[T]) {
        for token in tokens {
            self.0.update(token.as_ref().as_bytes());
            self.0.update([0]);
        }
    }

    pub(crate) fn finish(self) -> String {
        self.0.finalize()[..8].iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Looks at each Rust file in a folder: where it is below it, and the tokens that can make a number.
pub(crate) fn in_files(
    folder: &Path,
    mut look: impl FnMut(&Path, &[&str]),
) -> Result<(), FingerprintError> {
    for path in rust_files(folder)? {
        if path.file_name().is_some_and(|name| name == READERS_OWN) {
            continue;
        }
        let below = path.strip_prefix(folder).unwrap_or(&path);
        let text = fs::read_to_string(&path).map_err(|cause| {
            FingerprintError { path: path.clone(), cause }
        })?;
        // A checkout may write line ends as CRLF; cargo reads both alike.
        let text = text.replace("\r\n", "\n");
        let tokens: Vec<&str> = tokens(&text).collect();
        look(below, &without_elsewhere(&tokens));
    }
    Ok(())
}

/// Fingerprint of the code that makes a chapter's numbers: its own, that of the data, of the judge and of the earlier
/// chapters that it calls, less their experiments, and of `lab` what makes numbers. Folders are relative to the root.
///
/// # Errors
/// The source cannot be read.
pub fn chapter_fingerprint(
    root: &Path,
    chapter: &Path,
    uses: &[PathBuf],
) -> Result<String, FingerprintError> {
    fingerprint(&[root.join(chapter).join("src")], &sources(root, uses))
}

/// What chapters have in common, and the source of some of them.
pub(crate) fn sources(root: &Path, chapters: &[PathBuf]) -> Vec<PathBuf> {
    let libraries = [DATA, "chapters/judge/src", "chapters/lab/src/numbers"];
    let chapters = chapters.iter().map(|c| root.join(c).join("src"));
    chapters.chain(libraries.map(|folder| root.join(folder))).collect()
}

/// The tokens of an experiment without its functions `draw`, `draw_…` and `claims`, which make no number.
pub(crate) fn measuring<T: AsRef<str>>(tokens: &[T]) -> Vec<&str> {
    let (mut counted, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let name = tokens.get(at + 1).map(AsRef::as_ref).unwrap_or_default();
        let shows =
            name == "claims" || name == "draw" || name.starts_with("draw_");
        if tokens[at].as_ref() == "fn" && shows {
            at += length_of(&tokens[at..]);
        } else {
            counted.push(tokens[at].as_ref());
            at += 1;
        }
    }
    counted
}

/// Conditions under which no committed result is made: a reader's own answers take the place of the book's functions; the
/// code runs in a page.
const ELSEWHERE: [[&str; 3]; 2] =
    [["feature", "=", "\"mine\""], ["target_arch", "=", "\"wasm32\""]];

/// The tokens of a file without what is compiled only elsewhere, and without the words that say of the rest that it is not.
fn without_elsewhere<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let (mut counted, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let rest = &tokens[at..];
        if let Some(length) = condition(rest, &["("], &[")", "]"]) {
            at += length;
            let import = tokens.get(at) == Some(&"use");
            let ends = |t: &&str| *t == ";" || *t == "{" && !import;
            let head = tokens[at..].iter().position(ends);
            at += match head.map(|n| (n, tokens[at + n])) {
                Some((n, ";")) => n + 1,
                Some((n, _)) => n + length_of(&tokens[at + n..]),
                None => 0,
            };
        } else if let Some(length) =
            condition(rest, &["(", "not", "("], &[")", ")", "]"])
        {
            at += length;
        } else {
            counted.push(tokens[at]);
            at += 1;
        }
    }
    counted
}

/// How long an attribute `cfg` of such a condition is, if the tokens begin with one.
fn condition(
    tokens: &[&str],
    open: &[&str],
    close: &[&str],
) -> Option<usize> {
    ELSEWHERE.iter().find_map(|elsewhere| {
        let words = [&["#", "[", "cfg"], open, elsewhere, close].concat();
        tokens.starts_with(&words).then_some(words.len())
    })
}

/// How many tokens there are up to the brace that closes the first block.
pub(crate) fn length_of<T: AsRef<str>>(tokens: &[T]) -> usize {
    let mut depth = 0;
    for (n, token) in tokens.iter().enumerate() {
        match token.as_ref() {
            "{" => depth += 1,
            "}" if depth == 1 => return n + 1,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    tokenize(text, FrontmatterAllowed::No).filter_map(move |token| {
        let start = at;
        at += token.len as usize;
        match token.kind {
            TokenKind::LineComment { .. }
            | TokenKind::BlockComment { .. }
            | TokenKind::Whitespace => None,
            _ => Some(&text[start..at]),
        }
    })
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, FingerprintError> {
    let error = |cause| FingerprintError { path: folder.into(), cause };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, own: &str) -> [String; 2] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(OWN)).unwrap();
        fs::write(folder.path().join("a.rs"), text).unwrap();
        fs::write(folder.path().join(OWN).join("mod.rs"), own).unwrap();
        let folder = [folder.path().to_path_buf()];
        [(&folder[..], &[][..]), (&[], &folder)]
            .map(|(own, used)| fingerprint(own, used).unwrap())
    }

    #[test]
    fn comments_and_layout_do_not_count_and_code_does() {
        let code = of("fn f() -> f64 { 1.0 }", "");
        assert_eq!(
            code,
            of("/// Docs.\nfn f() -> f64 {\n    1.0 // one\n}\n", "")
        );
        assert_ne!(code, of("fn f() -> f64 { 1.5 }", ""));
        let text = "fn f() { g(\"a\nb\") }";
        assert_eq!(of(text, ""), of(&text.replace('\n', "\r\n"), ""));
    }

    #[test]
    fn how_an_experiment_draws_and_what_it_claims_makes_no_number() {
        let of = |text: &str| {
            let tokens: Vec<&str> = tokens(text).collect();
            measuring(&tokens).join(" ")
        };
        let measure = "fn measure() { let draw = 1; }";
        let shown = "fn draw(t: &T) -> S { if t { a } else { b } } \
                     fn draw_rings() { c } fn claims() -> V { vec![] }";
        let both = of(&format!("{shown} {measure} {shown}"));
        assert_eq!(both, of(measure));
        assert_ne!(both, of("fn measure() { let draw = 2; }"));
        assert_ne!(of("fn drawn() {}"), "");
    }

    #[test]
    fn what_is_compiled_only_elsewhere_makes_no_number() {
        let of = |text: &str| {
            let tokens: Vec<&str> = tokens(text).collect();
            without_elsewhere(&tokens).join(" ")
        };
        let one = "pub mod plain; #[cfg(feature = \"cuda\")] mod x;";
        for condition in ["feature = \"mine\"", "target_arch = \"wasm32\""] {
            let only = format!("#[cfg({condition})]");
            let both = format!(
                "{only} #[path = \"plain.rs\"] mod book; {only} use a::{{b, c}}; {only} mod plain {{ fn f() {{ }} }} \
                 #[cfg(not({condition}))] pub mod plain; #[cfg(feature = \"cuda\")] mod x;"
            );
            assert_eq!(of(&both), of(one));
        }
        assert_ne!(of("#[cfg(unix)] mod x;"), of("mod x;"));
    }

    #[test]
    fn how_an_experiment_is_asked_for_makes_no_number() {
        let folder = tempfile::tempdir().unwrap();
        let own = [folder.path().to_path_buf()];
        fs::create_dir(folder.path().join(OWN)).unwrap();
        let with = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).unwrap();
            fingerprint(&own, &[]).unwrap()
        };
        let first = with("run/mod.rs", "fn run() {}");
        assert_eq!(with(COMMAND_LINE, "fn main() { run() }"), first);
        assert_ne!(with("main.rs", "fn main() { run() }"), first);
    }

    #[test]
    fn who_uses_a_chapter_does_not_use_its_experiments() {
        let code = "fn f() -> f64 { 1.0 }";
        let [[mine, theirs], [other, same]] =
            ["fn run() {}", "fn run() { f() }"].map(|own| of(code, own));
        assert_ne!(mine, other);
        assert_eq!(theirs, same);
    }
}
