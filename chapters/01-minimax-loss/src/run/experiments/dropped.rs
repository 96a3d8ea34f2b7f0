//! A generator of two modes that starves one of them, or that makes what the data never show.

use gradients::plain::sigmoid;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::{Array2, array};

use crate::plain::{g_loss_non_saturating, g_loss_saturating, optimal_logit};

pub const EXPERIMENT: Experiment = Experiment {
    name: "dropped",
    cost: Cost::Seconds,
    measure,
    figures: &[("dropped", draw)],
    claims,
};

type Loss = fn(&Array2<f64>) -> f64;

const LOSSES: [(&str, &str, Loss); 2] = [
    ("non_saturating", "non-saturating", g_loss_non_saturating),
    ("saturating", "saturating", g_loss_saturating),
];
/// The starved mode's share at the start of the way back, what counts as back, and after how many steps it is given up.
const STARVED: f64 = 0.01;
const BACK: f64 = 0.45;
const LIMIT: usize = 10_000;
/// The share that lies where the data are not.
const ASTRAY: f64 = 0.1;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let small = |n: i32| 10_f64.powf(f64::from(n) / 20.0);
    let shares: Vec<f64> = (-80..0).map(small).filter(|w| *w < 0.5).collect();
    let rare: Vec<f64> = (-160..-20).map(small).collect();
    for (name, _, loss) in LOSSES {
        // Two modes, each half of the data; the generator gives the first the share w.
        let back = |w: f64| pull(loss, [(0.5, w), (0.5, 1.0 - w)]);
        // A tenth of the fakes lies where the data have the share p.
        let off = |p: f64| pull(loss, [(1.0 - p, 1.0 - ASTRAY), (p, ASTRAY)]);
        for w in [0.1, 0.01, 0.0001] {
            let name = format!("pull_back_{name}_at_{w}");
            lab.result(&name, back(w), Within::Relative(1e-9))?;
        }
        for p in [0.01, 0.000001] {
            let name = format!("push_off_{name}_at_{p}");
            lab.result(&name, off(p), Within::Relative(1e-9))?;
        }
        let steps = steps_back(back) as f64;
        let named = format!("steps_back_{name}");
        lab.result(&named, steps, Within::Absolute(1.0))?;
        lab.column(&format!("back_{name}"), shares.iter().map(|w| back(*w)))?;
        lab.column(&format!("off_{name}"), rare.iter().map(|p| off(*p)))?;
    }
    lab.column("share", shares)?;
    lab.column("rare", rare)
}

/// How hard a loss pulls mass from the second of two cells to the first, D being the best for their shares (p, q).
fn pull(loss: Loss, cells: [(f64, f64); 2]) -> f64 {
    let [to, from] = cells
        .map(|(p, q)| loss(&array![[optimal_logit(f64::ln(p), f64::ln(q))]]));
    from - to
}

/// Steps of plain descent until a starved mode has its share again, the share being σ(θ).
fn steps_back(pull: impl Fn(f64) -> f64) -> usize {
    let mut theta = (STARVED / (1.0 - STARVED)).ln();
    let mut n = 0;
    while sigmoid(theta) < BACK && n < LIMIT {
        let w = sigmoid(theta);
        theta += 0.1 * w * (1.0 - w) * pull(w);
        n += 1;
    }
    n
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot =
        |title, x, y| Plot::new(title).x(x, Axis::Log).y(y, Axis::Linear);
    let mut back = plot("a mode is starved", "its share", "pull back to it");
    let mut off = plot(
        "a tenth goes astray",
        "share of the data there",
        "push off from there",
    );
    for (name, label, _) in LOSSES {
        back = back.line(label, of.curve("share", &format!("back_{name}"))?);
        off = off.line("", of.curve("rare", &format!("off_{name}"))?);
    }
    panels(&[back, off], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let back = |loss, w| format!("pull_back_{loss}_at_{w}");
    let off = |loss, p| format!("push_off_{loss}_at_{p}");
    let (plain, in_use) = ("saturating", "non_saturating");
    let steps = [plain, in_use].map(|loss| format!("steps_back_{loss}"));
    vec![
        (
            "it_minds_a_lost_mode_less",
            Claim::times(3.0, back(in_use, 0.01), back(plain, 0.01)),
        ),
        (
            "its_pull_has_a_bound",
            Claim::equal(
                1e-3,
                back(in_use, 0.0001),
                3.0_f64.ln(),
                back(in_use, 0.1),
            ),
        ),
        (
            "it_minds_a_stray_more",
            Claim::times(10.0, off(plain, 0.000001), off(in_use, 0.000001)),
        ),
        (
            "neither_leaves_a_mode_out",
            Claim::all_below(steps.clone(), LIMIT as f64),
        ),
        ("the_saturating_loss_is_back_sooner", Claim::rises(steps)),
    ]
}
