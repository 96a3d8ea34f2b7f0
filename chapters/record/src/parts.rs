//! What each experiment of a chapter depends on: a change of one makes no other's numbers stale.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::FingerprintError;
use crate::fingerprint::{
    COMMAND_LINE, DATA, Hash, OWN, in_files, length_of, measuring, sources,
};

/// One experiment of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Fingerprint of the code that makes its numbers.
    pub code: String,
    /// Whether it takes so long that it has to be asked for by name.
    pub asked: bool,
}

/// The experiments of a chapter by name, each with the fingerprint of what makes its numbers: what all of them share, and of
/// the chapter's `run/` the files that its own file names, and those that these name. The folder is relative to the root.
///
/// # Errors
/// The source cannot be read.
pub fn parts(
    root: &Path,
    chapter: &Path,
    uses: &[PathBuf],
) -> Result<BTreeMap<String, Part>, FingerprintError> {
    let own = root.join(chapter).join("src");
    let shared = Shared::read(root, &own, uses)?;
    let mut run = Modules::default();
    in_files(&own, |below, tokens| {
        if below.starts_with(OWN) && below != Path::new(COMMAND_LINE) {
            run.read(below, tokens);
        }
    })?;
    let mut found = BTreeMap::new();
    for (stem, file) in run.files() {
        for (name, asked) in experiments(stem, file) {
            let reached = run.reached([stem.to_string()].into());
            let mut words = shared.words.clone();
            words.extend(run.words(&reached));
            let mut hash = shared.hash(&words);
            hash.add(&run.lists);
            for tokens in run.tokens(&reached) {
                hash.add(&measuring(tokens));
            }
            found.insert(name, Part { code: hash.finish(), asked });
        }
    }
    Ok(found)
}

/// Fingerprint of the code that trains in a chapter: what its experiments share.
///
/// # Errors
/// The source cannot be read.
pub fn training_fingerprint(
    root: &Path,
    chapter: &Path,
    uses: &[PathBuf],
) -> Result<String, FingerprintError> {
    let own = root.join(chapter).join("src");
    let shared = Shared::read(root, &own, uses)?;
    Ok(shared.hash(&shared.words).finish())
}

/// What all experiments of a chapter share: its own code and that of earlier chapters, the judge's and `lab`'s numbers, less
/// what belongs to one chapter alone; and of the data, what is named.
struct Shared {
    tokens: Vec<String>,
    words: BTreeSet<String>,
    data: Modules,
}

impl Shared {
    fn read(
        root: &Path,
        own: &Path,
        uses: &[PathBuf],
    ) -> Result<Self, FingerprintError> {
        let (mut tokens, mut data) = (Vec::new(), Modules::default());
        let data_in = root.join(DATA);
        in_files(&data_in, |below, tokens| data.read(below, tokens))?;
        let sources = sources(root, uses);
        let sources = sources.iter().filter(|folder| **folder != data_in);
        for folder in sources.map(PathBuf::as_path).chain([own]) {
            in_files(folder, |below, more| {
                if !below.starts_with(OWN) {
                    tokens.extend(owned(more));
                }
            })?;
        }
        let words = path_words(&tokens);
        Ok(Self { tokens, words, data })
    }

    /// Of these, and of the data that such words name.
    fn hash(&self, words: &BTreeSet<String>) -> Hash {
        let mut hash = Hash::default();
        hash.add(&self.tokens);
        hash.add(&self.data.lists);
        let reached = self.data.reached(self.data.named(words));
        for tokens in self.data.tokens(&reached) {
            hash.add(tokens);
        }
        hash
    }
}

fn owned<'a>(tokens: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    tokens.iter().map(|token| token.to_string())
}

/// The files of a folder, a chapter's `run/` or that of the data.
#[derive(Default)]
struct Modules {
    /// Their tokens, by the name of the module.
    modules: BTreeMap<String, Vec<Vec<String>>>,
    /// What the files `mod.rs` and `lib.rs` say beside which modules there are and in which order their experiments run.
    lists: Vec<String>,
    /// The names in a `use` of these, which the modules below it may use too.
    imports: Vec<BTreeSet<String>>,
}

impl Modules {
    fn read(&mut self, below: &Path, tokens: &[&str]) {
        let stem = below.file_stem().and_then(|s| s.to_str());
        let stem = stem.unwrap_or_default();
        if !["mod", "lib"].contains(&stem) {
            let files = self.modules.entry(stem.into()).or_default();
            files.push(owned(tokens).collect());
            return;
        }
        let mut at = 0;
        while at < tokens.len() {
            let next = tokens.get(at + 1).copied().unwrap_or_default();
            let to_semicolon = || {
                let rest = tokens[at..].iter();
                rest.take_while(|t| **t != ";").count() + 1
            };
            at += match tokens[at] {
                "pub" if ["mod", "use"].contains(&next) => 1,
                "mod" => to_semicolon(),
                "use" => {
                    let length = to_semicolon().min(tokens.len() - at);
                    let names = owned(&tokens[at..at + length]);
                    self.imports.push(names.collect());
                    length
                }
                "fn" if next == "run" => length_of(&tokens[at..]),
                token => {
                    self.lists.push(token.into());
                    1
                }
            };
        }
    }

    fn files(&self) -> impl Iterator<Item = (&str, &Vec<String>)> {
        self.modules.iter().flat_map(|(stem, files)| {
            files.iter().map(move |file| (stem.as_str(), file))
        })
    }

    /// Some modules, and those that they name, and so on. Every word of a path that is a module's name is taken for that
    /// module: a chance meeting makes too much stale, never too little.
    fn reached(&self, from: BTreeSet<String>) -> BTreeSet<String> {
        let mut open = self.named(&path_words(&self.lists));
        open.extend(from);
        let mut reached = BTreeSet::new();
        while let Some(name) = open.pop_first() {
            let files = &self.modules[&name];
            if reached.insert(name) {
                let words = files.iter().map(|file| path_words(file));
                let named = words.flat_map(|words| self.named(&words));
                open.extend(named.filter(|n| !reached.contains(n)));
            }
        }
        reached
    }

    fn tokens<'a>(
        &'a self,
        modules: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = &'a Vec<String>> {
        modules.iter().flat_map(|name| &self.modules[name])
    }

    fn words(&self, modules: &BTreeSet<String>) -> BTreeSet<String> {
        self.tokens(modules).flat_map(|file| path_words(file)).collect()
    }

    /// The modules that these words of paths name, or bring in.
    fn named(&self, words: &BTreeSet<String>) -> BTreeSet<String> {
        let module = |word: &&String| self.modules.contains_key(*word);
        let mut named: BTreeSet<String> =
            words.iter().filter(module).cloned().collect();
        for import in &self.imports {
            let brings = |word: &&String| {
                !module(word) && !KEYWORDS.contains(&word.as_str())
            };
            let mut names = import.iter().filter(brings);
            if names.any(|name| words.contains(name)) {
                named.extend(import.iter().filter(module).cloned());
            }
        }
        named
    }
}

/// What stands in a `use` and is no name that it brings in.
const KEYWORDS: [&str; 7] =
    ["use", "super", "self", "crate", "experiments", "as", "*"];

/// The words of a file that are part of a path: beside `::`, or in a `use`. All of them, where a `use` brings in whatever
/// there is above.
fn path_words(tokens: &[String]) -> BTreeSet<String> {
    let is =
        |at: usize, token: &str| tokens.get(at).is_some_and(|t| t == token);
    let colons = |at: usize| is(at, ":") && is(at + 1, ":");
    let (mut words, mut in_use) = (BTreeSet::new(), false);
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "use" => in_use = true,
            ";" => in_use = false,
            "super" if colons(at + 1) && is(at + 3, "*") => {
                return tokens.iter().cloned().collect();
            }
            word if word
                .starts_with(|c: char| c.is_alphabetic() || c == '_') =>
            {
                let after = at >= 2 && colons(at - 2);
                if in_use || after || colons(at + 1) {
                    words.insert(word.to_string());
                }
            }
            _ => {}
        }
    }
    words
}

/// The experiments that a file defines, and whether each has to be asked for. What compares functions stands in no
/// `Experiment`: it is the ledger.
fn experiments(stem: &str, tokens: &[String]) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    if stem == "ledger" {
        found.push(("ledger".into(), false));
    }
    for (at, four) in tokens.windows(5).enumerate() {
        let [of, brace, field, colon, name] = four else { continue };
        if [of, brace, field, colon] == ["Experiment", "{", "name", ":"] {
            let rest = &tokens[at..];
            let end = rest.iter().position(|t| t == ";");
            let rest = &rest[..end.unwrap_or(rest.len())];
            let asked = rest.iter().any(|t| t == "Asked");
            found.push((name.trim_matches('"').into(), asked));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A chapter of two experiments, and what changes when a file does.
    #[test]
    fn an_experiment_depends_on_what_it_names() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join("c/src").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for folder in ["datasets/src", "chapters/judge/src"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let numbers = root.path().join("chapters/lab/src/numbers");
        fs::create_dir_all(numbers).unwrap();
        let experiment = |name: &str, more: &str| {
            format!(
                "pub const EXPERIMENT: Experiment = Experiment {{ name: \"{name}\", cost: Cost::Seconds, {more} }};"
            )
        };
        write("lib.rs", "mod run;");
        write("run/main.rs", "fn main() {}");
        write(
            "run/mod.rs",
            "mod shared; mod ledger; use shared::{Thing, other as another}; fn run() { a(); }",
        );
        write("run/shared.rs", "pub struct Thing;");
        write("run/ledger.rs", "fn rows() { let one = two; }");
        write(
            "run/experiments/mod.rs",
            "pub mod one; pub mod two; mod used;",
        );
        write("run/experiments/one.rs", &experiment("one", "f: used::f"));
        write(
            "run/experiments/two.rs",
            &format!(
                "use super::super::Thing; {}",
                experiment("no two", "f: |_| Thing")
            ),
        );
        write("run/experiments/used.rs", "fn f() {} fn claims() { g() }");
        let now = || {
            let found = parts(root.path(), Path::new("c"), &[]).unwrap();
            ["ledger", "no two", "one"].map(|name| found[name].code.clone())
        };
        let mut before = now();
        let mut changes = |path: &str, text: &str| {
            write(path, text);
            let after = now();
            let same: Vec<bool> =
                before.iter().zip(&after).map(|(a, b)| a != b).collect();
            before = after;
            same
        };
        let none = [false; 3];
        assert_eq!(changes("run/main.rs", "fn main() { x() }"), none);
        let with_three = "pub mod one; pub mod three; pub mod two; mod used;";
        assert_eq!(changes("run/experiments/mod.rs", with_three), none);
        let three = experiment("three", "cost: Cost::Asked");
        assert_eq!(changes("run/experiments/three.rs", &three), none);
        let used = "fn f() { 1 } fn claims() { g() }";
        let one = [false, false, true];
        assert_eq!(changes("run/experiments/used.rs", used), one);
        let used = "fn f() { 1 } fn claims() { h() }";
        assert_eq!(changes("run/experiments/used.rs", used), none);
        let thing = "pub struct Thing(u8);";
        assert_eq!(changes("run/shared.rs", thing), [false, true, false]);
        let rows = "fn rows() { 1 }";
        assert_eq!(changes("run/ledger.rs", rows), [true, false, false]);
        assert_eq!(changes("lib.rs", "mod run; fn f() {}"), [true; 3]);
        let helps = "pub mod one; pub mod two; mod used; fn help() {}";
        assert_eq!(changes("run/experiments/mod.rs", helps), [true; 3]);
        let data = |path: &str, text: &str| {
            let folder = root.path().join("datasets/src");
            fs::write(folder.join(path), text).unwrap();
        };
        write(
            "run/experiments/one.rs",
            &experiment("one", "f: datasets::Digits"),
        );
        data("lib.rs", "mod digits; pub mod toy; pub use digits::Digits;");
        data("digits.rs", "pub struct Digits;");
        data("toy.rs", "fn ring() {}");
        before = now();
        let mut after_data = |path: &str, text: &str| {
            data(path, text);
            let after = now();
            let same: Vec<bool> =
                before.iter().zip(&after).map(|(a, b)| a != b).collect();
            before = after;
            same
        };
        assert_eq!(after_data("toy.rs", "fn ring() { 1 }"), none);
        let digits = "pub struct Digits(u8);";
        assert_eq!(after_data("digits.rs", digits), one);
        let run = parts(root.path(), Path::new("c"), &[]).unwrap();
        assert!(run["three"].asked && !run["one"].asked);
    }
}
