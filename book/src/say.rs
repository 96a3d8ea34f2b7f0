//! What the two programs behind `cargo run` share: their command line, and how they speak.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use record::{Comparison, Entry};

use crate::equations::tests_in;

/// What is to be reproduced, and how.
#[derive(Debug, clap::Args)]
pub struct Choice {
    /// Run the long experiments too, and rewrite the committed results and figures
    #[arg(long)]
    pub fresh: bool,
    /// Run the experiments alone whose code has changed since their committed numbers were made, and rewrite these
    #[arg(long, conflicts_with = "fresh")]
    pub stale: bool,
    /// Draw the figures anew from the committed tables and state the claims; run nothing
    #[arg(long, conflicts_with_all = ["fresh", "stale"])]
    pub draw: bool,
    /// Only this chapter, by the name of its crate
    #[arg(long, value_name = "CHAPTER")]
    pub only: Option<String>,
    /// With --only: this experiment alone; with --fresh one of those that take up to half an hour, with --stale any other
    #[arg(
        long,
        value_name = "NAME",
        requires = "only",
        conflicts_with = "draw"
    )]
    pub experiment: Option<String>,
    /// Where dfdx computes: cpu, cuda or cuda:N
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// Go on from the last checkpoints
    #[arg(long)]
    pub resume: bool,
    /// Show no progress
    #[arg(long)]
    pub quiet: bool,
}

impl Choice {
    /// Whether results, figures or claims are written.
    pub fn rewrites(&self) -> bool {
        self.fresh || self.stale || self.draw
    }

    /// The chosen chapters among all.
    ///
    /// # Errors
    /// There is no chapter of that name.
    pub fn chapters<'a>(
        &self,
        all: &'a [Entry],
    ) -> anyhow::Result<Vec<&'a Entry>> {
        let only = self.only.as_deref();
        let chosen = |e: &&Entry| only.is_none_or(|name| e.name == name);
        let chosen: Vec<_> = all.iter().filter(chosen).collect();
        let names: Vec<_> = all.iter().map(|e| e.name.as_str()).collect();
        ensure!(
            !chosen.is_empty(),
            "there is no chapter `{}`; there are {}",
            only.unwrap_or_default(),
            names.join(", ")
        );
        Ok(chosen)
    }
}

/// Standard output, which may be closed or full: what is to be done is done all the same. A reader who has seen enough and
/// gone is no failure.
#[derive(Debug, Default)]
pub struct Said {
    failed: Option<io::Error>,
    total: Comparison,
}

impl Said {
    /// Says a line.
    pub fn line(&mut self, line: impl Display) {
        match writeln!(io::stdout(), "{line}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.failed.get_or_insert(error);
            }
            _ => {}
        }
    }

    /// Says which numbers of a chapter differ, and counts the others.
    pub fn compared(&mut self, chapter: &str, comparison: &Comparison) {
        for (name, here, book) in &comparison.different {
            self.line(format_args!(
                "{chapter}: {name} is {here} here and {book} in the book"
            ));
        }
        for name in &comparison.unknown {
            self.line(format_args!(
                "{chapter}: {name} is not in the book's results"
            ));
        }
        for name in &comparison.failed {
            self.line(format_args!(
                "{chapter}: the claim {name} does not hold here"
            ));
        }
        let Comparison {
            reproduced,
            quoted,
            different,
            unknown,
            held,
            failed,
        } = comparison.clone();
        self.total.reproduced += reproduced;
        self.total.quoted += quoted;
        self.total.different.extend(different);
        self.total.unknown.extend(unknown);
        self.total.held += held;
        self.total.failed.extend(failed);
    }

    /// Says how many numbers were reproduced in all.
    pub fn summary(&mut self) {
        let total = &self.total;
        let counts = [
            (total.different.len(), "differ"),
            (total.unknown.len(), "are new"),
            (total.quoted, "quoted from longer runs"),
        ];
        let mut words =
            format!("{} numbers reproduced here", total.reproduced);
        for (count, what) in counts.into_iter().filter(|(n, _)| *n > 0) {
            words.push_str(&format!(", {count} {what}"));
        }
        words.push_str(&format!("; {} claims hold", total.held));
        if !total.failed.is_empty() {
            words.push_str(&format!(", {} do not", total.failed.len()));
        }
        let (equations, exercises) = under_test(&record::root());
        words.push_str(&format!(
            "; `cargo test` checks {equations} equations and {exercises} exercises"
        ));
        self.line(words);
    }

    /// Says where the book is, and how long it took.
    pub fn book(&mut self, start: Instant, more: &str) {
        let (index, seconds) = (index(), start.elapsed().as_secs_f64());
        let index = index.display();
        self.line(format_args!("the book: {index} ({seconds:.1} s){more}"));
    }

    /// Whether everything was said.
    ///
    /// # Errors
    /// A line could not be written.
    pub fn end(self) -> anyhow::Result<()> {
        match self.failed {
            Some(error) => Err(error).context("standard output"),
            None => Ok(()),
        }
    }
}

/// How many equations have tests, and how many exercises checks.
fn under_test(root: &Path) -> (usize, usize) {
    let entries = record::entries(root).unwrap_or_default();
    let folders = || entries.iter().map(|entry| root.join(&entry.folder));
    let equations = folders().map(|folder| {
        let file = folder.join("tests/chapter/equations.rs");
        let tests = tests_in(&fs::read_to_string(file).unwrap_or_default()).0;
        tests.iter().map(|t| t.number).collect::<BTreeSet<_>>().len()
    });
    let exercises = folders().map(|f| {
        fs::read_dir(f.join("exercises")).map_or(0, Iterator::count)
    });
    (equations.sum(), exercises.sum())
}

/// The front page.
pub fn index() -> PathBuf {
    record::target().join("book/index.html")
}

/// Renders the workbook into cargo's target folder, and says what mdBook warned of.
///
/// # Errors
/// As for [`render`](crate::render).
pub fn render_and_say(root: &Path, said: &mut Said) -> anyhow::Result<()> {
    let dest = record::target().join("book");
    let rendered = crate::render(root, &crate::chapters(root)?, &dest)?;
    for warning in &rendered.warnings {
        said.line(format_args!("warning: {warning}"));
    }
    Ok(())
}
