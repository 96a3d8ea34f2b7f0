//! The lookup's finite differences: where they are not zero, and what they are there.

use gradients::compare::worst;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::{Array2, Axis as Dim, s};

use super::{average, seven_codes, uniform};
use crate::plain::straight_through;

pub const EXPERIMENT: Experiment = Experiment {
    name: "difference",
    cost: Cost::Seconds,
    measure,
    figures: &[("difference", draw)],
    claims,
};

/// The square of the latents reaches so far from the origin.
const REACH: f64 = 1.3;
/// Steps, by their names, between which the product of share and size is compared.
const SMALL: [&str; 3] = ["1e-3", "1e-2", "1e-1"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = seven_codes();
    let n = lab.by_scale(2_000, 40_000, 400_000);
    let z = uniform(n, REACH, &mut lab.rng("difference"))?;
    let few = z.slice(s![..1000, ..]).to_owned(); // [1000, 2]
    let at_random = worst(Jumps::of(&few, &codebook, 1e-6)?.lengths);
    let name = "finite_difference_of_lookup_max_abs";
    lab.result(name, at_random, Within::Exactly)?;
    lab.result("finite_difference_points", 1000.0, Within::Exactly)?;
    let middle = (&codebook.row(0) + &codebook.row(1)) * 0.5; // [2]
    let middle = middle.insert_axis(Dim(0)); // [1, 2]
    for (name, h) in [("1e-3", 1e-3), ("1e-6", 1e-6)] {
        let at_border = worst(Jumps::of(&middle, &codebook, h)?.lengths);
        let name = format!("finite_difference_at_border_{name}");
        lab.result(&name, at_border, Within::Relative(1e-6))?;
    }
    for (name, h) in SMALL.into_iter().zip([1e-3, 1e-2, 1e-1]) {
        let all = Jumps::of(&z, &codebook, h)?;
        for (what, numbers) in [("slope", all.along), ("size", all.lengths)] {
            let name = format!("finite_difference_{what}_{name}");
            lab.result(&name, average(numbers), Within::Absolute(0.02))?;
        }
    }
    let (mut shares, mut sizes) = (vec![], vec![]);
    let steps = (-8..=0).map(|n| 10_f64.powf(f64::from(n) * 0.5));
    for h in steps.clone() {
        let all = Jumps::of(&z, &codebook, h)?.lengths;
        let hit: Vec<f64> =
            all.iter().copied().filter(|v| *v > 0.0).collect();
        shares.push(hit.len() as f64 / all.len() as f64);
        sizes.push(average(hit));
    }
    lab.column("step", steps)?;
    lab.column("share", shares)?;
    lab.column("size", sizes)
}

/// Central differences of the lookup, for each latent and direction.
struct Jumps {
    /// How far the code jumps, over 2h.
    lengths: Vec<f64>,
    /// How far in the direction of the step.
    along: Vec<f64>,
}

impl Jumps {
    fn of(
        z: &Array2<f64>,
        codebook: &Array2<f64>,
        h: f64,
    ) -> anyhow::Result<Self> {
        let (mut lengths, mut along) = (vec![], vec![]);
        for axis in 0..z.ncols() {
            let moved = |by: f64| {
                let mut z = z.clone();
                z.column_mut(axis).mapv_inplace(|v| v + by);
                straight_through(&z, codebook)
            };
            let jump = (moved(h)?.z_q - moved(-h)?.z_q) / (2.0 * h); // [N, 2]
            lengths.extend(jump.rows().into_iter().map(|r| r.dot(&r).sqrt()));
            along.extend(jump.column(axis));
        }
        Ok(Self { lengths, along })
    }
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |title, y, colour, curve: Vec<(f64, f64)>| {
        let plot = Plot::new(title).x("step h", Axis::Log).y(y, Axis::Log);
        let plot = plot.colour(colour).line("", curve.clone());
        plot.colour(colour).points("", curve)
    };
    let shares = of.curve("step", "share")?;
    let sizes = of.curve("step", "size")?;
    let share = plot("how often it is not 0", "share of points", 0, shares);
    let size = plot("its size where it is not 0", "mean length", 1, sizes);
    lab::panels(&[share, size], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [at_1e_3, at_1e_6] =
        ["1e-3", "1e-6"].map(|h| format!("finite_difference_at_border_{h}"));
    let slope = |h| format!("finite_difference_slope_{h}");
    let size = |h| format!("finite_difference_size_{h}");
    let inside = "finite_difference_of_lookup_max_abs";
    vec![
        ("flat_inside", Claim::equal(0.0, inside, 0.0, at_1e_3.as_str())),
        ("no_limit_at_a_border", Claim::times(999.0, at_1e_3, at_1e_6)),
        (
            "the_product_stays",
            Claim::equal(0.02, size("1e-3"), size("1e-1"), inside),
        ),
        (
            "the_mean_slope_stays",
            Claim::equal(0.02, slope("1e-3"), slope("1e-1"), inside),
        ),
        (
            "the_mean_slope_is_below_the_ramps",
            Claim::all_below(SMALL.map(slope), 0.7),
        ),
    ]
}
