//! Where each fake is sent: the way down its own loss, over what the discriminator thinks of the plane.

use discriminator_training::plain::input_gradient;
use lab::{Claim, Cost, Experiment, Lab, Measurements, Within, panels};
use minimax_loss::plain::g_loss_non_saturating_backward;

use super::film::{REACH, ground, landscape, rounded};
use crate::run::task::{Pairs, Task, WIDTH, bare, samples};
use crate::training::Players;

pub const EXPERIMENT: Experiment = Experiment {
    name: "arrows",
    cost: Cost::Minutes,
    measure,
    figures: &[("arrows", draw)],
    claims,
};

/// Fakes that are shown.
const SHOWN: usize = 60;
/// In the means.
const COUNTED: usize = 1000;
/// An arrow is shorter than this, however long its gradient is.
const LONGEST: f64 = 0.4;
const NAMES: [&str; 2] = ["early", "late"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = &Task::wide_ring()?;
    let steps = lab.by_scale([5, 40], [100, 3000], [100, 20_000]);
    let pairs = Pairs { task, config: bare(), width: WIDTH, seeds: 1 };
    let runs = pairs.train(lab, "arrows", &steps, see)?;
    for (name, (step, seen)) in NAMES.into_iter().zip(&runs[0].seen) {
        let named = |what| format!("{what}_{name}");
        let (ends, d) = seen.split_at(4 * COUNTED);
        let rows: Vec<&[f32]> = ends.chunks_exact(4).collect();
        let lengths = rows.iter().map(|r| f64::from(r[2].hypot(r[3])));
        let mean = lengths.sum::<f64>() / COUNTED as f64;
        lab.result(&named("arrows_length"), mean, Within::Factor(1.5))?;
        lab.result(&named("arrows_step"), *step as f64, Within::Exactly)?;
        lab.column(&named("d"), rounded(d))?;
        for (n, what) in ["x", "y", "u", "v"].into_iter().enumerate() {
            let of: Vec<f32> = rows[..SHOWN].iter().map(|r| r[n]).collect();
            lab.column(&named(what), rounded(&of))?;
        }
    }
    Ok(())
}

/// Of each fake where it is and the gradient of its own loss, turned round; then the landscape.
fn see(gan: &dyn Players) -> Vec<f32> {
    let (g, d) = (gan.g(), gan.d());
    let x = samples(&g, gan.config().noise, COUNTED); // [1000, 2]
    // The loss is a mean; a fake's own term is B times as steep.
    let d_x = input_gradient(&d, &x, g_loss_non_saturating_backward)
        * -(COUNTED as f32); // [1000, 2]
    let rows = x.rows().into_iter().zip(d_x.rows());
    let rows = rows.flat_map(|(x, v)| [x[0], x[1], v[0], v[1]]);
    rows.chain(landscape(&d)).collect()
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |name: &str| {
        let step = of.value(&format!("arrows_step_{name}"))?;
        let named = |what| format!("{what}_{name}");
        let from = of.curve(&named("x"), &named("y"))?;
        let along = of.curve(&named("u"), &named("v"))?;
        let inside = |x: f64, y: f64| x.abs().max(y.abs()) < REACH;
        let ends =
            from.iter().zip(along).filter(|((x, y), _)| inside(*x, *y));
        let ends = ends.flat_map(|(&(x, y), (u, v))| {
            let long = LONGEST / (1.0 + u.hypot(v));
            [(x, y), (x + long * u, y + long * v)]
        });
        let ends: Vec<_> = ends.collect();
        let ground = ground(of, &format!("step {step}"), &named("d"))?;
        Ok(ground.colour(1).arrows("", ends))
    };
    let both = NAMES.map(panel).into_iter();
    panels(&both.collect::<anyhow::Result<Vec<_>>>()?, 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [early, late] = NAMES.map(|name| format!("arrows_length_{name}"));
    vec![("arrows_grow", Claim::times(5.0, early, late))]
}
