//! Why the scores are divided by √D: the weights of 49 random keys, with and without.

use gradients::plain::softmax;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, rng_at,
};
use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

pub const EXPERIMENT: Experiment = Experiment {
    name: "root",
    cost: Cost::Seconds,
    measure,
    figures: &[("root", draw)],
    claims,
};

const WIDTHS: [usize; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Of which the page speaks.
const SHOWN: [usize; 2] = [32, 256];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let n = lab.by_scale(100, 4000, 4000);
    let mut tops = [vec![], vec![]];
    for d in WIDTHS {
        let s = scores(lab, n, d); // [n, 49]
        let scaled = &s / (d as f64).sqrt(); // [n, 49]
        for (k, (name, s)) in
            [("with", &scaled), ("without", &s)].into_iter().enumerate()
        {
            let (top, slope) = top_and_slope(s);
            tops[k].push(top);
            if SHOWN.contains(&d) {
                let close = Within::Relative(0.05);
                let name = format!("{name}_root_{d}");
                lab.result(&format!("top_weight_{name}"), top, close)?;
                lab.result(&format!("slope_{name}"), slope, close)?;
            }
        }
        if d == 32 {
            variance(lab, &s)?;
        }
    }
    let [with, without] = tops;
    lab.column("width", WIDTHS.map(|d| d as f64))?;
    lab.column("with", with)?;
    lab.column("without", without)
}

/// The products of `n` queries with 49 keys each, all numbers being standard normal. `[n, 49]`
fn scores(lab: &Lab, n: usize, d: usize) -> Array2<f64> {
    let rng = &mut rng_at(lab.seed(), d as u64);
    let mut s = Array2::zeros((n, 49)); // [n, 49]
    for mut s in s.rows_mut() {
        let q = Array1::<f64>::random_using(d, StandardNormal, rng); // [D]
        let k = Array2::random_using((49, d), StandardNormal, rng); // [49, D]
        s.assign(&k.dot(&q));
    }
    s
}

/// The mean of the largest weight, and of `1 - Σ p²`, the sum of the slopes of all weights by their own scores.
fn top_and_slope(s: &Array2<f64>) -> (f64, f64) {
    let p = softmax(s); // [n, 49]
    let rows = || p.rows().into_iter();
    let top = rows().map(|r| r.fold(0.0_f64, |m, v| m.max(*v)));
    let slope = rows().map(|r| 1.0 - r.dot(&r));
    let n = p.nrows() as f64;
    (top.sum::<f64>() / n, slope.sum::<f64>() / n)
}

/// Of scores whose mean is 0 and which are alike only if their query is: the mean square, and its standard error.
fn variance(lab: &mut Lab, s: &Array2<f64>) -> anyhow::Result<()> {
    let each = s.map_axis(ndarray::Axis(1), |s| s.dot(&s) / s.len() as f64); // [n]
    let mean = each.sum() / each.len() as f64;
    let error = each.std(1.0) / (each.len() as f64).sqrt();
    let away = (mean - 32.0).abs() / error;
    lab.result("score_variance_32", mean, Within::Absolute(0.5))?;
    lab.result("score_variance_32_error", error, Within::Relative(0.1))?;
    lab.result("score_variance_32_errors_away", away, Within::Limit(3.0))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = Plot::new("")
        .x("width of a head, D", Axis::Log)
        .y("largest of 49 weights", Axis::Linear)
        .y_range(0.0, 1.0)
        .line("q · k", of.curve("width", "without")?)
        .line("q · k / √D", of.curve("width", "with")?)
        .horizontal("all equal", 1.0 / 49.0);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let top = |name, d| format!("top_weight_{name}_root_{d}");
    let measured = "score_variance_32";
    vec![
        ("the_variance_is_32", Claim::equal(0.5, measured, 32.0, 31.0)),
        (
            "within_its_error",
            Claim::less("score_variance_32_errors_away", 2.0),
        ),
        (
            "without_it_one_has_most",
            Claim::all_above(SHOWN.map(|d| top("without", d)), 0.7),
        ),
        (
            "with_it_none_has",
            Claim::all_below(SHOWN.map(|d| top("with", d)), 0.2),
        ),
        (
            "a_decided_softmax_is_flat",
            Claim::times(
                5.0,
                "slope_without_root_256",
                "slope_with_root_256",
            ),
        ),
    ]
}
