//! Lloyd's algorithm in the plane, step by step: codes, and the borders of their cells.

use datasets::toy::{Density, TwoMoons};
use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, Within, panels};
use ndarray::{Array2, Axis as Dim};

use crate::cells::borders;
use crate::plain::{distortion, gather, lloyd_step, nearest};

pub const EXPERIMENT: Experiment = Experiment {
    name: "steps",
    cost: Cost::Seconds,
    measure,
    figures: &[("steps", draw)],
    claims: Vec::new,
};

/// Codes.
const K: usize = 6;

/// Steps after which a picture is drawn; one more is drawn at rest.
const DRAWN: [usize; 3] = [0, 1, 4];

/// The picture reaches so far to each side.
const FRAME: (f64, f64) = (-2.0, 2.0);

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut z = TwoMoons::new(0.1)?.sample(300, &mut lab.rng("steps"));
    z -= &z.mean_axis(Dim(0)).expect("N is above 0"); // [N, 2]
    places(lab, "latents", &z)?;
    let mut rows: Vec<usize> = (0..z.nrows()).collect();
    rows.sort_by(|&a, &b| z[[a, 0]].total_cmp(&z[[b, 0]]));
    let mut codebook = z.select(Dim(0), &rows[..K]); // [K, 2]
    let mut step = 0;
    loop {
        if let Some(n) = DRAWN.iter().position(|at| *at == step) {
            picture(lab, &n.to_string(), &z, &codebook)?;
        }
        let (next, _) = lloyd_step(&z, &codebook)?;
        if next == codebook {
            break;
        }
        (codebook, step) = (next, step + 1);
    }
    picture(lab, "rest", &z, &codebook)?;
    lab.result("steps_until_rest", step as f64, Within::Absolute(10.0))
}

/// Where the codes lie and what parts their cells; and the distortion.
fn picture(
    lab: &mut Lab,
    name: &str,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> anyhow::Result<()> {
    let z_q = gather(codebook, &nearest(z, codebook)?); // [N, 2]
    let (error, within) = (distortion(z, &z_q), Within::Relative(0.3));
    lab.result(&format!("steps_distortion_{name}"), error, within)?;
    places(lab, &format!("codes_{name}"), codebook)?;
    let all = borders(codebook, 20.0);
    let ends = all.iter().filter_map(|b| b.clipped(FRAME, FRAME));
    let ends: Vec<_> = ends.flatten().map(|(x, y)| [x, y]).collect();
    places(lab, &format!("borders_{name}"), &ndarray::arr2(&ends))
}

fn places(lab: &mut Lab, name: &str, x: &Array2<f64>) -> anyhow::Result<()> {
    lab.column(&format!("{name}_x"), x.column(0).iter().copied())?;
    lab.column(&format!("{name}_y"), x.column(1).iter().copied())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let places =
        |name: &str| of.curve(&format!("{name}_x"), &format!("{name}_y"));
    let rest = of.value("steps_until_rest")?;
    let titles = [
        ("0", "the start".to_string()),
        ("1", "after 1 step".to_string()),
        ("2", format!("after {} steps", DRAWN[2])),
        ("rest", format!("after {rest:.0} steps, at rest")),
    ];
    let mut plots = Vec::new();
    for (name, title) in titles {
        let error = of.value(&format!("steps_distortion_{name}"))?;
        let mut plot = Plot::new(&title)
            .x(&format!("distortion {error:.3}"), Axis::Linear)
            .x_range(FRAME.0, FRAME.1)
            .y_range(FRAME.0, FRAME.1)
            .square()
            .points("latents", places("latents")?);
        for ends in places(&format!("borders_{name}"))?.chunks(2) {
            plot = plot.colour(1).line("", ends.to_vec());
        }
        let codes = places(&format!("codes_{name}"))?;
        plots.push(plot.colour(1).points("codes", codes));
    }
    panels(&plots, 2)
}
