//! Listings: parts of source files, by anchor.

use std::path::{Component, Path};

use crate::error::Wrong;
use crate::html;

/// The widest line that a page can show.
pub(crate) const WIDTH: usize = 78;

const LANGUAGES: [(&str, &str); 4] =
    [("rs", "rust"), ("toml", "toml"), ("py", "python"), ("sh", "bash")];

/// A listing, ready to be put on a page.
#[derive(Debug, PartialEq)]
pub(crate) struct Listing {
    /// The crate and the file: `minimax-loss/src/plain.rs`.
    pub(crate) caption: String,
    pub(crate) language: &'static str,
    pub(crate) code: String,
}

pub(crate) fn load(
    root: &Path,
    path: &str,
    anchor: Option<&str>,
) -> Result<Listing, Wrong> {
    let fault =
        |why: &str| Wrong::File { path: path.into(), why: why.into() };
    let inside = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return Err(fault("must be a path inside the repository"));
    }
    let extension = Path::new(path).extension().unwrap_or_default();
    let language = LANGUAGES
        .iter()
        .find(|(known, _)| extension == *known)
        .map(|(_, language)| *language)
        .ok_or_else(|| fault("a listing is a .rs, .toml, .py or .sh file"))?;
    let text = std::fs::read_to_string(root.join(path))
        .map_err(|e| fault(&e.to_string()))?;
    let code = extract(&text, path, anchor)?;
    Ok(Listing { caption: caption(path), language, code })
}

/// `chapters/01-minimax-loss/src/plain.rs` is `minimax-loss/src/plain.rs`.
pub(crate) fn caption(path: &str) -> String {
    let rest = path.strip_prefix("chapters/").unwrap_or(path);
    let unnumbered = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    match unnumbered.strip_prefix('-') {
        Some(name) if unnumbered.len() < rest.len() => name.into(),
        _ => rest.into(),
    }
}

enum Mark<'a> {
    Begin(&'a str),
    End(&'a str),
}

/// An anchor line: `// ANCHOR: name` or `# ANCHOR_END: name`.
fn mark(line: &str) -> Option<Mark<'_>> {
    let line = line.trim();
    let comment = line
        .strip_prefix("//")
        .or_else(|| line.strip_prefix('#'))?
        .trim_start();
    if let Some(name) = comment.strip_prefix("ANCHOR_END:") {
        Some(Mark::End(name.trim()))
    } else {
        Some(Mark::Begin(comment.strip_prefix("ANCHOR:")?.trim()))
    }
}

/// A line by which a reader's answer takes a function's place is no part of what the function does.
fn readers_own(line: &str) -> bool {
    let line = line.trim();
    line == "#[cfg(feature = \"mine\")]" || line.starts_with("lab::yours!(")
}

fn extract(
    text: &str,
    path: &str,
    anchor: Option<&str>,
) -> Result<String, Wrong> {
    let mut kept = Vec::new();
    let mut existing = Vec::new();
    let (mut begins, mut ends) = (0, 0);
    for (i, line) in text.lines().enumerate() {
        match mark(line) {
            _ if readers_own(line) => {}
            Some(Mark::Begin(name)) => {
                existing.push(name);
                begins += usize::from(Some(name) == anchor);
            }
            Some(Mark::End(name)) => {
                ends += usize::from(Some(name) == anchor);
            }
            None if anchor.is_none() || (begins, ends) == (1, 0) => {
                kept.push((i + 1, line.trim_end()));
            }
            None => {}
        }
    }
    if let Some(anchor) = anchor {
        let fault = |why| {
            let (path, anchor) = (path.into(), anchor.into());
            Err(Wrong::Anchor { path, anchor, why })
        };
        match (begins, ends) {
            (0, _) => {
                return Err(Wrong::UnknownAnchor {
                    path: path.into(),
                    anchor: anchor.into(),
                    existing: html::join(existing),
                });
            }
            (1, 0) => return fault("has no ANCHOR_END"),
            (1, 1) if kept.iter().all(|(_, line)| line.is_empty()) => {
                return fault("holds no lines");
            }
            (1, 1) => {}
            _ => return fault("occurs more than once"),
        }
    }
    let blank = |(_, line): &&(usize, &str)| line.is_empty();
    let leading = kept.iter().take_while(blank).count();
    let trailing = kept.iter().rev().take_while(blank).count();
    let kept =
        &kept[leading..kept.len().saturating_sub(trailing).max(leading)];
    let indent = kept
        .iter()
        .filter(|(_, line)| !line.is_empty())
        .map(|(_, line)| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut code = String::new();
    for (number, line) in kept {
        let line = line.get(indent..).unwrap_or_default();
        let width = line.chars().count();
        if width > WIDTH {
            return Err(Wrong::LongLine {
                path: path.into(),
                line: *number,
                width,
                limit: WIDTH,
            });
        }
        code.push_str(line);
        code.push('\n');
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
use x;

mod m {
    // ANCHOR: outer
    fn a() {
        // ANCHOR: inner
        let y = 1;

        let z = 2;
        // ANCHOR_END: inner
    }
    // ANCHOR_END: outer
}
// ANCHOR: open
// ANCHOR: empty

// ANCHOR_END: empty
";

    #[test]
    fn anchors_are_cut_out_and_dedented() {
        let inner = extract(SOURCE, "f.rs", Some("inner")).unwrap();
        assert_eq!(inner, "let y = 1;\n\nlet z = 2;\n");
        let outer = extract(SOURCE, "f.rs", Some("outer")).unwrap();
        assert_eq!(outer, "fn a() {\n    let y = 1;\n\n    let z = 2;\n}\n");
        let whole = extract(SOURCE, "f.rs", None).unwrap();
        assert!(whole.starts_with("use x;") && !whole.contains("ANCHOR"));
    }

    #[test]
    fn bad_anchors_are_named() {
        let error = extract(SOURCE, "f.rs", Some("iner")).unwrap_err();
        assert!(error.to_string().contains("`inner`"), "{error}");
        let error = extract(SOURCE, "f.rs", Some("open")).unwrap_err();
        assert!(error.to_string().contains("no ANCHOR_END"), "{error}");
        let error = extract(SOURCE, "f.rs", Some("empty")).unwrap_err();
        assert!(error.to_string().contains("no lines"), "{error}");
        let twice = SOURCE.repeat(2);
        let error = extract(&twice, "f.rs", Some("inner")).unwrap_err();
        assert!(error.to_string().contains("more than once"), "{error}");
    }

    #[test]
    fn wide_lines_are_refused() {
        let text = format!("{}\n{}\n", "x".repeat(78), "é".repeat(79));
        let error = extract(&text, "f.rs", None).unwrap_err();
        assert!(error.to_string().contains("line 2 has 79"), "{error}");
    }

    #[test]
    fn captions_name_the_crate() {
        assert_eq!(
            caption("chapters/01-minimax-loss/src/plain.rs"),
            "minimax-loss/src/plain.rs"
        );
        assert_eq!(caption("chapters/lab/src/lib.rs"), "lab/src/lib.rs");
        assert_eq!(caption("book/src/lib.rs"), "book/src/lib.rs");
    }
}
