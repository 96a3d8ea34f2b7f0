//! A small book in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use book::{BookError, ChapterRef, Rendered};
use tempfile::TempDir;

pub const PLAIN: &str = "\
//! Plain.

mod inner {
    // ANCHOR: value
    /// V, in nats.
    pub fn value(s: f64) -> f64 {
        // ANCHOR: body
        -softplus(-s)
        // ANCHOR_END: body
    }
    // ANCHOR_END: value
}
";

pub const EQUATIONS: &str = "\
/// On logits.
#[test]
fn eq_1_2_value() {
    assert_eq!(1 < 2, true);
}
";

pub const RESULTS: &str = r#"{
  "provenance": {"seed": 7, "scale": "page", "device": "cpu", "seconds": 41.7, "code": "1a2b3c4d5e6f", "experiments": {}},
  "loss": -1.386294, "tiny": 3.1e-10, "accuracy": 0.9731, "steps": 60000,
  "ledger/value/finite_difference": 3.14e-10, "ledger/value/dfdx_cpu": 0.0
}"#;

const SVG: &str = "<?xml version=\"1.0\"?>\n<svg width=\"8\" height=\"4\" viewBox=\"0 0 8 4\" xmlns=\"http://www.w3.org/2000/svg\">\n\n<clipPath id=\"c\"><rect width=\"8\" height=\"4\"/></clipPath><g clip-path=\"url(#c)\"><text>a*b_c</text></g></svg>\n";

/// The head of a PNG of 30 by 20 pixels; nothing here looks further.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x1e\0\0\0\x14";

pub struct Sample {
    folder: TempDir,
}

impl Sample {
    /// Chapter 1, `minimax-loss`, with one page; and `notes.md`, which belongs to no chapter.
    pub fn new() -> Self {
        let sample = Self { folder: tempfile::tempdir().unwrap() };
        let real = Path::new(env!("CARGO_MANIFEST_DIR"));
        for file in [
            "book.toml",
            "theme/head.hbs",
            "theme/workbook.css",
            "theme/workbook.js",
        ] {
            let text = fs::read_to_string(real.join(file)).unwrap();
            sample.write(&format!("book/{file}"), &text);
        }
        let chapter = "chapters/01-minimax-loss";
        sample.write(
            "book/pages/SUMMARY.md",
            "# Summary\n\n[Notes](notes.md)\n\n- [1 · The minimax loss](01-minimax-loss.md)\n- [2 · Later]()\n",
        );
        sample.write("book/pages/notes.md", "# Notes\n");
        sample.page("# The minimax loss\n");
        sample.write("book/pages/results/minimax-loss.json", RESULTS);
        sample.write("book/pages/figures/minimax-loss/curve.svg", SVG);
        sample.bytes("book/pages/figures/minimax-loss/grid.png", PNG);
        sample.write(&format!("{chapter}/src/plain.rs"), PLAIN);
        let slips = "fn e1_e2_e3_e16_all() {\n}\n";
        sample.write(&format!("{chapter}/tests/chapter/slips.rs"), slips);
        sample.write(
            &format!("{chapter}/tests/chapter/main.rs"),
            "mod equations;\n",
        );
        sample
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn out(&self) -> PathBuf {
        self.root().join("target/book")
    }

    pub fn bytes(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn write(&self, path: &str, text: &str) {
        self.bytes(path, text.as_bytes());
    }

    /// Writes the chapter's page.
    pub fn page(&self, text: &str) {
        self.write("book/pages/01-minimax-loss.md", text);
    }

    /// Writes the tests of the chapter's equations.
    pub fn equations(&self, text: &str) {
        let folder = "chapters/01-minimax-loss/tests/chapter";
        self.write(&format!("{folder}/equations.rs"), text);
    }

    pub fn try_render(&self) -> Result<Rendered, BookError> {
        self.try_render_with(&[])
    }

    /// With runs whose results lie beside the chapter's.
    fn try_render_with(&self, runs: &[&str]) -> Result<Rendered, BookError> {
        let chapter = ChapterRef {
            name: "minimax-loss".into(),
            number: Some(1),
            dir: "chapters/01-minimax-loss".into(),
            page: "01-minimax-loss.md".into(),
            made_by: "cargo run -- --fresh --only minimax-loss".into(),
        };
        let run = |name: &&str| ChapterRef {
            name: (*name).into(),
            number: None,
            page: PathBuf::new(),
            ..chapter.clone()
        };
        let mut chapters: Vec<_> = runs.iter().map(run).collect();
        chapters.insert(0, chapter);
        book::render(self.root(), &chapters, &self.out())
    }

    /// Renders a sound book.
    pub fn render(&self) -> Rendered {
        self.render_with(&[])
    }

    /// The same with runs whose results lie beside the chapter's.
    pub fn render_with(&self, runs: &[&str]) -> Rendered {
        let rendered =
            self.try_render_with(runs).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(rendered.warnings, [""; 0]);
        let problems = book::inspect::links(&self.out()).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        rendered
    }

    /// The content of a rendered page.
    pub fn html(&self, page: &str) -> String {
        let text = fs::read_to_string(self.out().join(page)).unwrap();
        let start = text.find("<main>").unwrap();
        let end = text.find("</main>").unwrap();
        text[start..end].into()
    }
}

/// The chapter's page, rendered.
pub fn rendered(page: &str) -> String {
    let sample = Sample::new();
    sample.page(page);
    sample.render();
    sample.html("01-minimax-loss.html")
}

/// What is said about a mistaken page.
pub fn refused(page: &str) -> String {
    let sample = Sample::new();
    sample.page(page);
    sample.try_render().expect_err("a mistake").to_string()
}
