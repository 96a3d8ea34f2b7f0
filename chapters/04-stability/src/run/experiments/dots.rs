//! Modes found from each seed, a row of dots for each case: what figures of cures share.

use lab::{Axis, Measurements, Plot, panels};

/// The ring above the grid, the cases in the order of their table.
pub fn draw(of: &Measurements, cases: &[&str]) -> anyhow::Result<String> {
    let panel = |(task, modes): (&str, f64)| {
        let mut plot = Plot::new(&format!("{task}, {modes} modes"))
            .x("row of the table", Axis::Linear)
            .x_range(0.4, cases.len() as f64 + 0.6)
            .y("modes found", Axis::Linear)
            .y_range(-0.05 * modes, 1.1 * modes);
        for (row, name) in cases.iter().enumerate() {
            let found = of.column(&format!("{task}_{name}"))?;
            let middle = (found.len() as f64 - 1.0) / 2.0;
            let dots = found.iter().enumerate().map(|(seed, modes)| {
                let aside = 0.12 * (seed as f64 - middle);
                (row as f64 + 1.0 + aside, *modes)
            });
            plot = plot.colour(0).points("", dots.collect::<Vec<_>>());
        }
        Ok(plot)
    };
    let both = [("ring", 8.0), ("grid", 25.0)].into_iter().map(panel);
    panels(&both.collect::<anyhow::Result<Vec<_>>>()?, 1)
}
