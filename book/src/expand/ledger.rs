//! The ledger of a chapter, and where numbers come from.

use super::*;

/// The ledger's columns: the last part of the result's name, and the header.
const LEDGER: [(&str, &str); 4] = [
    ("finite_difference", "hand gradient against finite difference"),
    ("dfdx_cpu", "… dfdx, CPU"),
    ("dfdx_cuda", "… dfdx, CUDA"),
    ("reference", "… PyTorch, f64"),
];

/// The run that made a chapter's ledger on a GPU; its results lie beside those of the page.
const LEDGER_ON_GPU: &str = "ledger-cuda";

impl<'a> Expander<'a> {
    pub(super) fn ledger(&mut self, page: usize) -> Result<String, Wrong> {
        let chapter = self.pages[page]
            .chapter
            .ok_or_else(|| self.homeless("ledger"))?;
        let (rows, from) = self.ledger_rows(chapter)?;
        let mut table = String::from("| function |");
        for (_, header) in LEDGER {
            table.push_str(&format!(" {header} |"));
        }
        table.push_str("\n|:---|---:|---:|---:|---:|");
        for (function, cells) in rows {
            table.push_str(&format!("\n| `{function}` |"));
            for (column, _) in LEDGER {
                let cell = match cells.get(column) {
                    Some((of, value)) => {
                        let key = format!("ledger/{function}/{column}");
                        self.number(of, &key, *value, Format::Scientific(1))
                    }
                    None if column == "dfdx_cuda" => "not run".into(),
                    None => "–".into(),
                };
                table.push_str(&format!(" {cell} |"));
            }
        }
        Ok(format!("<div class=\"ledger\">\n\n{table}\n\n</div>\n{from}"))
    }

    /// The errors by function and column, with whose they are; and where those from a GPU come from.
    pub(super) fn ledger_rows(
        &self,
        chapter: &'a ChapterRef,
    ) -> Result<(Ledger<'a>, String), Wrong> {
        let beside = format!("{}.{LEDGER_ON_GPU}", chapter.name);
        let beside = self.chapters.iter().find(|c| c.name == beside);
        let mut rows = Ledger::new();
        let mut from = String::new();
        for of in std::iter::once(chapter).chain(beside) {
            let results = self.results_of(of)?;
            for (name, value) in &results.values {
                let Some((function, column)) = name
                    .strip_prefix("ledger/")
                    .and_then(|rest| rest.rsplit_once('/'))
                else {
                    continue;
                };
                let known = LEDGER.map(|(known, _)| known);
                if !known.contains(&column) {
                    let (column, known) = (column.into(), html::join(known));
                    return Err(Wrong::LedgerColumn { column, known });
                }
                let row = rows.entry(function.into()).or_default();
                row.insert(column.into(), (of, *value));
                if column == "dfdx_cuda" {
                    let what = "The column of dfdx on CUDA";
                    from = provenance(what, &results.provenance);
                }
            }
        }
        if rows.is_empty() {
            let chapter = chapter.name.clone();
            return Err(Wrong::EmptyLedger { chapter });
        }
        Ok((rows, from))
    }

    /// Where the page's numbers come from, or those of a run that had to be asked for.
    pub(super) fn provenance(
        &self,
        page: usize,
        run: Option<&str>,
    ) -> Result<String, Wrong> {
        let own = self.pages[page].chapter;
        let Some(run) = run else {
            let chapter = own.ok_or_else(|| self.homeless("provenance"))?;
            let from = &self.results_of(chapter)?.provenance;
            return Ok(provenance("Numbers and figures on this page", from));
        };
        let of = self.chapters.iter().find(|c| c.name == run);
        let of = of.ok_or_else(|| Wrong::NoResults {
            chapter: run.into(),
            why: "there is no such run".into(),
        })?;
        let from = &self.results_of(of)?.provenance;
        let line = provenance(&format!("<code>{run}</code>"), from);
        match self.has_changed(of, from) {
            true => Ok(line.replace(
                ".</p>",
                &format!(
                    "; the code has changed since, and <code>{}</code> runs it anew.</p>",
                    html::escape(&of.made_by)
                ),
            )),
            false => Ok(line),
        }
    }

    /// Whether the code that an experiment depends on is another now than when it ran.
    fn has_changed(&self, of: &ChapterRef, from: &Provenance) -> bool {
        let entries = record::entries(self.root).unwrap_or_default();
        let dir = of.dir.strip_prefix(self.root).unwrap_or(&of.dir);
        let entry = entries.iter().find(|entry| dir.ends_with(&entry.folder));
        let parts = entry.and_then(|entry| entry.parts(self.root).ok());
        parts.is_some_and(|parts| {
            parts.iter().any(|(name, part)| {
                let run = of.name.ends_with(&format!(".{name}"));
                run && from.codes.get(name) != Some(&part.code)
            })
        })
    }
}

/// A line that says where something came from.
fn provenance(what: &str, from: &Provenance) -> String {
    let seconds = match from.seconds {
        s if s < 1.0 => "under 1\u{a0}s".into(),
        s if s < 120.0 => format!("{s:.0}\u{a0}s"),
        s => format!("{:.0}\u{a0}min", s / 60.0),
    };
    let code: String = from.code.chars().take(8).collect();
    let with = from.made_with.iter();
    let with: String =
        with.map(|(what, which)| format!(", {what} {which}")).collect();
    format!(
        r#"<p class="provenance">{what}: seed {}, {} scale, {}, {seconds}, code {}{}.</p>"#,
        from.seed,
        html::escape(&from.scale),
        html::escape(&from.device),
        html::escape(&code),
        html::escape(&with),
    )
}
