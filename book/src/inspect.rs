//! Reads a rendered book back, as a browser would, and lists what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// Something wrong with a rendered page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the rendered folder.
    pub page: PathBuf,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.page.display(), self.what)
    }
}

/// What a page refers to.
#[derive(Debug, Default)]
struct Contents {
    ids: BTreeSet<String>,
    /// Where a reader can go: the targets of `<a>`.
    links: BTreeSet<String>,
    /// What the browser loads by itself.
    loads: BTreeSet<String>,
    problems: Vec<String>,
}

/// Everything wrong with the links and the markup of a rendered book: targets, anchors and images that do not exist,
/// ids that occur twice, requests to other machines, images without a description, left-over `{{`.
///
/// # Errors
/// A file of the folder cannot be read.
pub fn links(dest: &Path) -> io::Result<Vec<Problem>> {
    let files = files(dest)?;
    let mut pages = BTreeMap::new();
    let mut problems = Vec::new();
    for file in &files {
        let relative = file.strip_prefix(dest).unwrap_or(file).to_owned();
        let extension = file.extension().and_then(|e| e.to_str());
        let contents = match extension {
            Some("html") => {
                let text = std::fs::read_to_string(file)?;
                let mut contents = read(&text);
                contents.problems.extend(
                    left_over(&text)
                        .map(|c| format!("left-over `{{{{`: {c}")),
                );
                contents
            }
            Some("css") => {
                let mut contents = Contents::default();
                styles(&std::fs::read_to_string(file)?, &mut contents.loads);
                contents
            }
            _ => continue,
        };
        pages.insert(relative, contents);
    }
    for (page, contents) in &pages {
        let mut report = |what: String| {
            problems.push(Problem { page: page.clone(), what });
        };
        contents.problems.iter().cloned().for_each(&mut report);
        for (target, is_link) in contents
            .links
            .iter()
            .map(|link| (link, true))
            .chain(contents.loads.iter().map(|load| (load, false)))
        {
            if let Some(what) = check(dest, page, target, is_link, &pages) {
                report(what);
            }
        }
    }
    problems.sort();
    problems.dedup();
    Ok(problems)
}

/// What is wrong with one reference.
fn check(
    dest: &Path,
    page: &Path,
    target: &str,
    is_link: bool,
    pages: &BTreeMap<PathBuf, Contents>,
) -> Option<String> {
    if let Some(scheme) = scheme(target) {
        return match scheme {
            "http" | "https" | "mailto" if is_link => None,
            "data" if !is_link => None,
            _ if is_link => Some(format!(
                "the link `{target}` is of a kind that does not belong in a book"
            )),
            _ => Some(format!("loads `{target}` from elsewhere")),
        };
    }
    if target.starts_with("//") || target.starts_with('/') {
        return Some(format!("`{target}` leaves the book's folder"));
    }
    let (path, fragment) = match target.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (target, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    let Some(path) = decode(path) else {
        return Some(format!("`{target}` is not valid percent-encoding"));
    };
    let file = if path.is_empty() {
        page.to_owned()
    } else {
        match resolve(page, &path) {
            Some(file) => file,
            None => {
                return Some(format!("`{target}` leaves the book's folder"));
            }
        }
    };
    let file = if dest.join(&file).is_dir() {
        file.join("index.html")
    } else {
        file
    };
    if !dest.join(&file).is_file() {
        return Some(format!("`{target}` does not exist"));
    }
    let fragment = fragment.filter(|f| !f.is_empty() && *f != "top")?;
    let Some(fragment) = decode(fragment) else {
        return Some(format!("`{target}` is not valid percent-encoding"));
    };
    let missing = match pages.get(&file) {
        Some(contents) => !contents.ids.contains(&fragment),
        // A fragment of an SVG file names an element of the drawing.
        None => false,
    };
    missing.then(|| format!("`{target}`: no element has that id"))
}

/// The scheme of an address, in lower case letters as written in books.
fn scheme(target: &str) -> Option<&str> {
    let (scheme, _) = target.split_once(':')?;
    let plain = !scheme.is_empty()
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c));
    plain.then_some(scheme)
}

/// A relative path from a page, within the folder.
fn resolve(page: &Path, path: &str) -> Option<PathBuf> {
    let mut file = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => file.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !file.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(file)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            (rest.next()? as char)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        };
        let (high, low) = (digit()?, digit()?);
        bytes.push(high * 16 + low);
    }
    String::from_utf8(bytes).ok()
}

/// Tokens as a browser sees them: the content of `<script>` and `<style>` is text.
fn tokens(page: &str) -> impl Iterator<Item = Token<()>> + '_ {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(page, emitter).filter_map(Result::ok)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(page: &str) -> Contents {
    let mut contents = Contents::default();
    let mut in_style = false;
    for token in tokens(page) {
        match token {
            Token::StartTag(tag) => {
                in_style = *tag.name == b"style";
                read_tag(&tag, &mut contents);
            }
            Token::EndTag(_) => in_style = false,
            Token::String(string) if in_style => {
                styles(&text(&string), &mut contents.loads);
            }
            _ => {}
        }
    }
    contents
}

fn read_tag(tag: &StartTag<()>, contents: &mut Contents) {
    let name = text(&tag.name);
    let attribute = |key: &str| {
        tag.attributes.get(key.as_bytes()).map(|value| text(value))
    };
    if let Some(id) = attribute("id")
        && !contents.ids.insert(id.clone())
    {
        contents.problems.push(format!("the id `{id}` occurs twice"));
    }
    for key in ["href", "xlink:href"] {
        let Some(target) = attribute(key) else { continue };
        match name.as_str() {
            "a" | "area" => contents.links.insert(target),
            _ => contents.loads.insert(target),
        };
    }
    for key in ["src", "poster", "data", "background"] {
        contents.loads.extend(attribute(key));
    }
    for source in attribute("srcset").iter().flat_map(|s| s.split(',')) {
        let source = source.split_whitespace().next();
        contents.loads.extend(source.map(str::to_owned));
    }
    for key in ["style", "fill", "stroke", "clip-path", "mask", "filter"] {
        if let Some(style) = attribute(key) {
            styles(&style, &mut contents.loads);
        }
    }
    if name == "form" && attribute("action").is_some() {
        contents.problems.push("a form sends something away".into());
    }
    if name == "base" {
        contents.problems.push("`<base>` redirects every link".into());
    }
    let described =
        |key| attribute(key).is_some_and(|t| !t.trim().is_empty());
    if name == "img" && !described("alt") {
        let source = attribute("src").unwrap_or_default();
        contents
            .problems
            .push(format!("the image `{source}` has no description"));
    }
    let role = attribute("role");
    if name == "svg"
        && role.as_deref() == Some("img")
        && !described("aria-label")
    {
        contents.problems.push("a drawing has no description".into());
    }
}

/// The addresses in a stylesheet.
fn styles(css: &str, loads: &mut BTreeSet<String>) {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let quotes: &[char] = &['"', '\''];
    for part in bare.split("url(").skip(1) {
        let target = match part.trim_start().chars().next() {
            Some(quote @ ('"' | '\'')) => {
                part.trim_start()[1..].split(quote).next()
            }
            _ => part.split(')').next(),
        };
        loads.extend(target.map(|t| t.trim().to_owned()));
    }
    for part in bare.split("@import").skip(1) {
        let part = part.trim_start();
        if part.starts_with(quotes) {
            let target = part[1..].split(quotes).next();
            loads.extend(target.map(str::to_owned));
        }
    }
}

/// The surroundings of the first `{{` in a page's text; code, scripts and formulas do not count.
pub(crate) fn left_over(page: &str) -> Option<String> {
    const OPAQUE: [&[u8]; 6] =
        [b"code", b"pre", b"script", b"style", b"svg", b"textarea"];
    if !page.contains("{{") {
        return None;
    }
    let mut depth = 0_usize;
    for token in tokens(page) {
        match token {
            Token::StartTag(tag)
                if !tag.self_closing
                    && OPAQUE.contains(&tag.name.as_slice()) =>
            {
                depth += 1;
            }
            Token::EndTag(tag) if OPAQUE.contains(&tag.name.as_slice()) => {
                depth = depth.saturating_sub(1);
            }
            Token::String(string) if depth == 0 => {
                let shown = text(&string);
                if let Some(at) = shown.find("{{") {
                    return Some(shown[at..].chars().take(60).collect());
                }
            }
            _ => {}
        }
    }
    None
}

/// All files below a folder, in order.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let problems = links(folder.path()).unwrap();
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_sound_book_has_no_problems() {
        let index = r##"<html><link rel="stylesheet" href="css/a.css"><p id="x">
            <a href="#x">x</a> <a href="sub/b%20c.html#y">y</a> <a href="https://example.org/">out</a>
            <a href="sub/">folder</a>
            <img src="i.png" alt="an i"> <img src="data:image/png;base64,AA" alt="d">
            <code>{{ }}</code><script>let a = "{{<a href='nowhere'>";</script>"##;
        let files = [
            ("index.html", index),
            ("css/a.css", "a{b:url(../i.png)} /* url(gone) */"),
            ("i.png", ""),
            ("sub/b c.html", "<i id=y></i><a href='../index.html#x'></a>"),
            ("sub/index.html", ""),
        ];
        assert_eq!(problems(&files), [""; 0]);
    }

    #[test]
    fn every_kind_of_problem_is_found() {
        for (page, what) in [
            ("<a href='gone.html'>", "does not exist"),
            ("<a href='#gone'>", "no element has that id"),
            ("<a href='../x.html'>", "leaves the book"),
            ("<a href='/x.html'>", "leaves the book"),
            ("<a href='javascript:x'>", "does not belong"),
            ("<a href='%zz'>", "percent-encoding"),
            ("<img alt='x' src='gone.png'>", "does not exist"),
            ("<img src='a.html'>", "no description"),
            ("<p id=a><p id=a>", "occurs twice"),
            ("<script src='https://x.org/a.js'>", "from elsewhere"),
            ("<script src='//x.org/a.js'>", "leaves the book"),
            ("<link href='http://x.org/a.css'>", "from elsewhere"),
            ("<style>@import 'https://x.org/a'</style>", "from elsewhere"),
            ("<p style='background:url(\"https://x.org\")'>", "elsewhere"),
            ("<p>a {{#eq 1.1}}</p>", "left-over"),
            ("<svg role=img></svg>", "no description"),
            ("<base href='x'>", "redirects"),
            ("<form action='x'>", "sends something"),
        ] {
            let found = problems(&[("a.html", page)]);
            assert!(
                found.iter().any(|p| p.contains(what)),
                "{page}: {found:?}"
            );
        }
        let css = problems(&[("a.css", "@font-face{src:url(\"gone.ttf\")}")]);
        assert!(css[0].contains("gone.ttf"), "{css:?}");
    }
}
