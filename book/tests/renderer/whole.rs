//! The rendered folder as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sample::{EQUATIONS, PNG, Sample};

const PAGE: &str = "# The loss\n\n{{#provenance}}\n\n## The value $V$\n\n```math 1.2\nV = \\mathbb{E}_x[\\log D(x)]\n```\n\n{{#listing chapters/01-minimax-loss/src/plain.rs}}\n\n{{#figure curve: A curve.}}\n\n{{#figure grid: A grid.}}\n\n{{#predict q: Why $x$?}}\n\n{{#result loss .4}}\n\n{{#reveal}}\n\n{{#slip E1: Title}}\n\n{{#eq 1.2}}\n\n{{#end}}\n\n{{#ledger}}\n";

fn full() -> Sample {
    let sample = Sample::new();
    sample.equations(EQUATIONS);
    sample.page(PAGE);
    sample.write(
        "book/pages/notes.md",
        "# Notes\n\n$\\sigma$ {{#eq 1.2}} {{#fig minimax-loss/curve}}\n",
    );
    sample
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn two_builds_are_byte_identical() {
    let (one, two) = (full(), full());
    one.render();
    two.render();
    let first = contents(&one.out());
    assert!(first.len() > 20);
    two.render();
    let second = contents(&two.out());
    let names = |c: &BTreeMap<PathBuf, Vec<u8>>| {
        c.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&first), names(&second));
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn the_book_brings_its_fonts_with_their_licence() {
    let sample = full();
    sample.render();
    let math = sample.out().join("math");
    assert!(math.join("KaTeX_Math-Italic.ttf").is_file());
    assert!(math.join("OFL.txt").is_file());
    let css = fs::read_to_string(math.join("math.css")).unwrap();
    assert!(css.contains("KaTeX_AMS-Regular.ttf"), "{css}");
    assert!(!css.contains("Fraktur"), "{css}");
    let page = fs::read_to_string(sample.out().join("notes.html")).unwrap();
    assert!(page.contains(r#"href="math/math.css""#));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let sample = full();
    sample.render();
    for (name, bytes) in contents(&sample.out()) {
        let text = String::from_utf8_lossy(&bytes);
        if name.extension().is_some_and(|e| e == "html") {
            for part in ["src=\"http", "mathjax", "play.rust-lang.org"] {
                assert!(!text.contains(part), "{}: {part}", name.display());
            }
        }
    }
}

#[test]
fn the_search_index_is_a_script() {
    let sample = full();
    sample.render();
    let files = contents(&sample.out());
    let index = files
        .iter()
        .find(|(name, _)| name.to_string_lossy().starts_with("searchindex"));
    let (name, bytes) = index.expect("an index");
    assert_eq!(name.extension().unwrap(), "js");
    let text = String::from_utf8_lossy(bytes);
    assert!(text.contains("softplus"), "listings can be searched");
    assert!(!text.contains("data-fragment"));
}

#[test]
fn warnings_of_mdbook_are_reported() {
    let sample = Sample::new();
    sample.page("# T\n\n<div>\n\n- a <b>bold\n");
    let rendered = sample.try_render().unwrap();
    assert!(
        rendered.warnings.iter().any(|w| w.contains("unclosed HTML tag")),
        "{:?}",
        rendered.warnings
    );
}

#[test]
fn books_rendered_at_the_same_time_keep_their_warnings_apart() {
    std::thread::scope(|scope| {
        for broken in [true, false, true, false] {
            scope.spawn(move || {
                let sample = Sample::new();
                if broken {
                    sample.page("# T\n\n- a <b>bold\n");
                }
                let warnings = sample.try_render().unwrap().warnings;
                assert_eq!(warnings.is_empty(), !broken, "{warnings:?}");
            });
        }
    });
}

#[test]
fn what_killed_renders_left_is_swept_and_what_works_is_left_alone() {
    let sample = Sample::new();
    sample.write("target/.book-killed/book/index.html", "");
    sample.write("target/.bookmark/kept", "");
    let left = sample.root().join("target/.book-killed");
    let other = fs::File::create(sample.root().join("target/.book.lock"));
    let other = other.unwrap();
    other.lock().unwrap();
    std::thread::scope(|scope| {
        let render = scope.spawn(|| sample.render());
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(left.exists() && !render.is_finished(), "another renders");
        other.unlock().unwrap();
        render.join().unwrap();
    });
    assert!(!left.exists() && sample.out().join("index.html").exists());
    assert!(sample.root().join("target/.bookmark/kept").exists());
}

/// A sample with something to play with.
fn live(page: &str) -> Sample {
    let sample = full();
    for (name, text) in [
        ("page/live.js", "loader"),
        ("page/ring.js", "ring"),
        ("built/live.wasm", "abc"),
        ("weights/prior.bin", "def"),
    ] {
        sample.write(&format!("book/live/{name}"), text);
    }
    sample.bytes("book/live/stills/ring.png", PNG);
    sample.write("book/pages/notes.md", page);
    sample
}

#[test]
fn a_page_with_something_to_play_with_brings_it_along() {
    let sample = live("# Notes\n\n{{#live ring: Turn $x$.}}\n");
    sample.render();
    let page = fs::read_to_string(sample.out().join("notes.html")).unwrap();
    for part in [
        r#"<figure class="live" id="live-ring" data-live="ring"><img src="live/ring.png" alt="Turn x." width=""#,
        r#"<script src="live/live.js"></script>"#,
        "'wasm-unsafe-eval'",
        "worker-src blob:",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let file = |name: &str| {
        fs::read_to_string(sample.out().join("live").join(name)).unwrap()
    };
    // Each as gzip begins, in base64.
    let wasm = file("wasm.js");
    assert!(wasm.starts_with("workbookLive.wasm = \"H4sI"), "{wasm}");
    let weights = file("prior.weights.js");
    let begin = "workbookLive.weights[\"prior\"] = \"H4sI";
    assert!(weights.starts_with(begin), "{weights}");
    assert_eq!(file("ring.js"), "ring");
    let other = sample.out().join("01-minimax-loss.html");
    let other = fs::read_to_string(other).unwrap();
    assert!(!other.contains("wasm") && !other.contains("worker"), "{other}");
}

#[test]
fn a_demo_that_there_is_not_is_named() {
    let sample = live("# Notes\n\n{{#live rnig: Turn it.}}\n");
    let error = sample.try_render().unwrap_err().to_string();
    assert!(error.contains("called `rnig`"), "{error}");
    assert!(error.contains("there are `ring`"), "{error}");
}
