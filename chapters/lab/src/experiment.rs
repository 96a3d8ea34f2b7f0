//! An experiment: what it measures, what it draws of that, and what can be said of it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use record::{Claim, write_whole};
use serde::{Deserialize, Serialize};

use crate::{Cost, Lab, Results, Within};

/// One experiment of a chapter, a file of `experiments/`.
#[derive(Debug)]
pub struct Experiment {
    /// By which it is asked for.
    pub name: &'static str,
    /// How long it takes.
    pub cost: Cost,
    /// Trains, computes and counts; what comes of it are numbers ([`Lab::result`]) and columns ([`Lab::column`]).
    pub measure: fn(&mut Lab) -> anyhow::Result<()>,
    /// The figures by name, each drawn from these numbers and columns alone.
    pub figures: &'static [(&'static str, Draw)],
    /// What is said of the numbers.
    pub claims: fn() -> Vec<(&'static str, Claim)>,
}

/// Makes an SVG of what was measured.
pub type Draw = fn(&Measurements) -> anyhow::Result<String>;

/// What an experiment left behind: all that its figures need.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// The columns of its table by name.
    pub columns: BTreeMap<String, Vec<f64>>,
    /// The numbers of its chapter by name.
    #[serde(skip)]
    pub values: BTreeMap<String, f64>,
}

impl Measurements {
    /// A column.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn column(&self, name: &str) -> anyhow::Result<&[f64]> {
        let names = || self.columns.keys().cloned().collect::<Vec<_>>();
        let column = self.columns.get(name);
        Ok(column.with_context(|| {
            format!("no column `{name}`; there are {}", names().join(", "))
        })?)
    }

    /// Two columns as the points of a curve.
    ///
    /// # Errors
    /// One is not there, or they differ in length.
    pub fn curve(&self, x: &str, y: &str) -> anyhow::Result<Vec<(f64, f64)>> {
        let (a, b) = (self.column(x)?, self.column(y)?);
        let (n, m) = (a.len(), b.len());
        ensure!(n == m, "`{x}` has {n} numbers and `{y}` {m}");
        Ok(a.iter().copied().zip(b.iter().copied()).collect())
    }

    /// A number.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn value(&self, name: &str) -> anyhow::Result<f64> {
        let value = self.values.get(name).copied();
        value.with_context(|| format!("no number `{name}`"))
    }

    /// Reads a table.
    ///
    /// # Errors
    /// The file cannot be read, or is none.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| {
            format!("{}: expected columns of numbers", path.display())
        })
    }

    /// Writes a table, a column a line.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let columns = self.columns.iter().map(|(name, column)| {
            let numbers = serde_json::to_string(column)?;
            Ok(format!("{}: {numbers}", serde_json::to_string(name)?))
        });
        let columns = columns.collect::<anyhow::Result<Vec<_>>>()?;
        let text =
            format!("{{\"columns\": {{\n{}\n}}}}\n", columns.join(",\n"));
        write_whole(path, text.as_bytes())
            .with_context(|| path.display().to_string())
    }
}

/// To five digits: a figure shows no more, and a file of them stays small.
fn five_digits(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

impl Lab {
    /// Runs an experiment, unless it is none of those that are wanted; draws its figures and notes its claims.
    ///
    /// # Errors
    /// It failed, a figure cannot be drawn, or a file cannot be written.
    pub fn run(&mut self, it: &'static Experiment) -> anyhow::Result<()> {
        if self.only_draws() {
            let table = self.committed_table(it)?;
            return self.show(it, table);
        }
        let ran = self.experiment(it.name, it.cost, |lab| {
            lab.columns.clear();
            (it.measure)(lab)?;
            lab.table(it)
        })?;
        match ran {
            Some(table) => self.show(it, table),
            None => Ok(()),
        }
    }

    /// Records a column of the table from which the experiment's figures are drawn.
    ///
    /// # Errors
    /// A number is not finite, or the name is taken.
    pub fn column(
        &mut self,
        name: &str,
        numbers: impl IntoIterator<Item = f64>,
    ) -> anyhow::Result<()> {
        let numbers: Vec<f64> =
            numbers.into_iter().map(five_digits).collect();
        if let Some(at) = numbers.iter().position(|v| !v.is_finite()) {
            bail!(
                "column `{name}`, row {at}: expected a finite number, found {}",
                numbers[at]
            );
        }
        match self.columns.insert(name.into(), numbers) {
            None => Ok(()),
            Some(_) => bail!("column `{name}` was recorded twice"),
        }
    }

    /// Records a number for each seed, `name@1` and so on, their mean as `name`, and as `name_sd` how far they spread.
    ///
    /// # Errors
    /// A number is not finite, or a name is taken.
    pub fn over_seeds(
        &mut self,
        name: &str,
        numbers: &[f64],
        within: Within,
    ) -> anyhow::Result<()> {
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        let squares = numbers.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        for (name, v) in
            record::over_seeds(name, numbers.len()).iter().zip(numbers)
        {
            self.result(name, *v, within)?;
        }
        self.result(name, mean, within)?;
        let spread = (squares / (n - 1.0).max(1.0)).sqrt();
        self.result(&format!("{name}_sd"), spread, within)
    }

    fn committed_table(
        &self,
        it: &Experiment,
    ) -> anyhow::Result<Measurements> {
        let chapter = self.chapter();
        let path = chapter.table(it.name);
        let table = match path.exists() {
            true => Measurements::load(&path)?,
            false => Measurements::default(),
        };
        let values = Results::load(&chapter.committed())?.values;
        Ok(Measurements { values, ..table })
    }

    fn table(&mut self, it: &Experiment) -> anyhow::Result<Measurements> {
        let columns = std::mem::take(&mut self.columns);
        let table = Measurements { columns, values: self.values() };
        if !table.columns.is_empty() {
            table.save(
                &self.out().join("tables").join(format!("{}.json", it.name)),
            )?;
        }
        Ok(table)
    }

    /// Draws the figures and notes the claims.
    pub(crate) fn show(
        &mut self,
        it: &'static Experiment,
        table: Measurements,
    ) -> anyhow::Result<()> {
        for (name, draw) in it.figures {
            let svg =
                draw(&table).with_context(|| format!("figure {name}"))?;
            self.figure(name, &svg)?;
        }
        for (name, claim) in (it.claims)() {
            if self.claims.insert(name.into(), claim).is_some() {
                bail!("claim `{name}` was stated twice");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chapter, Options, Selection, run_chapter};

    static ROOTS: Experiment = Experiment {
        name: "roots",
        cost: Cost::Seconds,
        measure: |lab| {
            lab.column("x", [1.0, 4.0, 9.0])?;
            lab.column("root", [1.0, 2.0, 3.0_f64.next_up()])?;
            lab.over_seeds("miss", &[1.0, 2.0, 3.0], Within::Exactly)
        },
        figures: &[("roots", |of| {
            let last = of.curve("x", "root")?[2];
            Ok(format!("{last:?} {}", of.value("miss")?))
        })],
        claims: || vec![("misses_rise", Claim::rises(["miss@1", "miss@2"]))],
    };

    static TWICE: Experiment = Experiment { name: "twice", ..ROOTS };

    static GAP: Experiment = Experiment {
        name: "gap",
        measure: |lab| lab.column("y", [0.0, f64::NAN]),
        ..ROOTS
    };

    static CHAPTER: Chapter = Chapter {
        name: "lab",
        number: 0,
        dir: env!("CARGO_MANIFEST_DIR"),
        uses: &[],
        run: |lab| {
            lab.run(&ROOTS)?;
            lab.run(&GAP)?;
            lab.run(&TWICE)
        },
    };

    fn run(only: &str, out: &Path) -> anyhow::Result<crate::Report> {
        let options = Options {
            out: Some(out.into()),
            quiet: true,
            ..Options::default()
        };
        run_chapter(&CHAPTER, options, Selection::Only(only.into()))
    }

    #[test]
    fn an_experiment_leaves_numbers_a_table_figures_and_claims() {
        let folder = tempfile::tempdir().unwrap();
        let report = run("roots", folder.path()).unwrap();
        let values = &report.results.values;
        let names: Vec<_> = values.keys().map(String::as_str).collect();
        assert_eq!(names, ["miss", "miss@1", "miss@2", "miss@3", "miss_sd"]);
        assert_eq!((values["miss"], values["miss_sd"]), (2.0, 1.0));
        assert_eq!(report.results.claims.len(), 1);
        let text =
            |file| std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(
            text("tables/roots.json"),
            "{\"columns\": {\n\"root\": [1.0,2.0,3.0],\n\"x\": [1.0,4.0,9.0]\n}}\n"
        );
        assert_eq!(text("figures/roots.svg"), "(9.0, 3.0) 2");
        let table = folder.path().join("tables/roots.json");
        let table = Measurements::load(&table).unwrap();
        assert_eq!(table.column("x").unwrap(), [1.0, 4.0, 9.0]);
        let missing = table.column("y").unwrap_err().to_string();
        assert_eq!(missing, "no column `y`; there are root, x");
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let said = format!("{:#}", run("gap", folder.path()).unwrap_err());
        assert!(said.contains("column `y`, row 1"), "{said}");
    }

    #[test]
    fn a_claim_is_stated_once() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            out: Some(folder.path().into()),
            quiet: true,
            ..Options::default()
        };
        let mut lab = Lab::new(&CHAPTER, options, Selection::All);
        lab.run(&ROOTS).unwrap();
        let said = lab.show(&TWICE, Measurements::default()).unwrap_err();
        assert!(format!("{said:#}").contains("roots"), "{said:#}");
        let table = Measurements {
            columns: [("x", vec![0.0; 3]), ("root", vec![0.0; 3])]
                .map(|(n, c)| (n.into(), c))
                .into(),
            values: [("miss".to_string(), 0.0)].into(),
        };
        let said = lab.show(&TWICE, table).unwrap_err().to_string();
        assert_eq!(said, "claim `misses_rise` was stated twice");
    }
}
