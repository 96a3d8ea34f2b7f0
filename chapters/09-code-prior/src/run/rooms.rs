//! The two rooms beside each other, and what a mask and a root do.

use dfdx::prelude::Device;
use gradients::on_dfdx::Adam as AdamOnDfdx;
use gradients::plain::{Adam, AdamConfig, softmax};
use lab::{Axis, ImageGrid, Lab, Plot, Within, rng_at};
use ndarray::{Array2, Axis as Dim, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::ledger;
use crate::model::{Prior, Sizes};
use crate::on_dfdx;
use crate::plain::shift_right;

/// Every hand gradient beside what can contradict it.
pub fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

fn random_codes(n: usize, sizes: Sizes, rng: &mut impl Rng) -> Array2<usize> {
    Array2::from_shape_simple_fn((n, sizes.places), || {
        rng.random_range(0..sizes.codes)
    })
}

/// Step sizes and code maps, `[B, T]`.
type Batches = [(f64, Array2<usize>)];

/// The loss before each step, with the tape's gradients.
fn losses_on<D: Device<f64>>(
    dev: &D,
    start: &Prior<f64>,
    config: AdamConfig,
    batches: &Batches,
) -> Vec<f64> {
    let mut prior = on_dfdx::Prior::new(dev, start);
    let mut adam = AdamOnDfdx::new(config);
    let one = |(lr, codes): &(f64, Array2<usize>)| {
        let seen = shift_right(codes, start.codes()); // [B, T]
        let (loss, mut d) = prior.learn(&seen, codes);
        adam.config.lr = *lr;
        adam.step(&mut prior, &mut d);
        loss.as_vec()[0]
    };
    batches.iter().map(one).collect()
}

/// A model takes its first steps in both rooms, from equal weights, on equal batches, in double precision.
pub fn first_steps(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(3, 10, 10);
    let sizes =
        Sizes { codes: 32, places: 49, width: 32, heads: 4, blocks: 2 };
    let config = AdamConfig::default();
    let mut rng = lab.rng("first steps");
    let start = Prior::<f64>::new(sizes, &mut rng)?;
    let lr = |n: u64| config.lr * (n + 1) as f64 / steps as f64;
    let batches: Vec<_> = (0..steps)
        .map(|n| (lr(n), random_codes(4, sizes, &mut rng)))
        .collect();
    let other: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        Ok(losses_on(&dev, &start, config, &batches))
    });
    let (mut prior, mut adam) = (start.clone(), Adam::new(&start, config));
    let mut worst = 0.0_f64;
    for ((lr, codes), theirs) in batches.iter().zip(other?) {
        let (mine, d) = prior.loss_and_gradient(codes)?;
        worst = worst.max((mine - theirs).abs() / mine.abs());
        adam.config.lr = *lr;
        adam.step(&mut prior, &d);
    }
    lab.result("parity_steps", steps as f64, Within::Exactly)?;
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-10))
}

/// How strongly the logits at each place depend on the row at each place: exactly not at all on later ones.
pub fn what_depends_on_what(lab: &mut Lab) -> anyhow::Result<()> {
    let sizes =
        Sizes { codes: 12, places: 49, width: 16, heads: 2, blocks: 2 };
    let mut rng = lab.rng("mask");
    let prior = Prior::<f64>::new(sizes, &mut rng)?;
    let shape = (sizes.places, sizes.width);
    let x = Array2::random_using(shape, StandardNormal, &mut rng);
    let pass = prior.forward_rows(x.clone());
    let mut strength = Array2::<f32>::zeros((49, 49));
    let (mut future, mut past) = (0.0_f64, f64::INFINITY);
    for i in 0..sizes.places {
        let mut largest = vec![0.0_f64; sizes.places];
        for k in 0..sizes.codes {
            let mut d_logits = Array2::zeros(pass.logits.raw_dim());
            d_logits[[i, k]] = 1.0;
            let (d_x, _) = prior.backward_rows(&pass, &d_logits); // [T, W]
            for (j, row) in d_x.axis_iter(Dim(0)).enumerate() {
                let here = row.fold(0.0_f64, |m, v| m.max(v.abs()));
                largest[j] = largest[j].max(here);
            }
        }
        for (j, &size) in largest.iter().enumerate() {
            match j > i {
                true => future = future.max(size),
                false => past = past.min(size),
            }
            strength[[i, j]] = if size > 0.0 {
                (1.0 + 0.25 * size.log10() as f32).clamp(0.15, 1.0)
            } else {
                0.0
            };
        }
    }
    lab.result("jacobian_future_max_abs", future, Within::Exactly)?;
    lab.result("jacobian_past_min", past, Within::Factor(1.5))?;
    let mut grid = ImageGrid::new(1).zoom(8);
    grid.push(strength.view(), 0.0, 1.0);
    lab.image("mask", &grid)
}

/// The largest weight of a softmax over 49 scores, with and without the root, against the width of a head.
pub fn why_the_root(lab: &mut Lab) -> anyhow::Result<()> {
    let n = lab.by_scale(50, 400, 400);
    let widths = [1_usize, 2, 4, 8, 16, 32, 64, 128, 256];
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for d in widths {
        let rng = &mut rng_at(lab.seed(), d as u64);
        let mut normal = |rows: usize| -> Array2<f64> {
            Array2::random_using((rows, d), StandardNormal, rng)
        };
        let s = normal(n).dot(&normal(49).t()); // [n, 49]
        let top = |s: &Array2<f64>| {
            let p = softmax(s);
            let rows = p.rows().into_iter();
            let top = rows.map(|r| r.fold(0.0_f64, |m, v| m.max(*v)));
            top.sum::<f64>() / n as f64
        };
        let scaled = &s / (d as f64).sqrt();
        if d == 32 {
            let variance = s.slice(s![.., ..]).var(0.0);
            lab.result("score_variance_32", variance, Within::Relative(0.2))?;
            let close = Within::Relative(0.15);
            lab.result("top_weight_without_root_32", top(&s), close)?;
            lab.result("top_weight_with_root_32", top(&scaled), close)?;
        }
        without.push((d as f64, top(&s)));
        with.push((d as f64, top(&scaled)));
    }
    let plot = Plot::new("")
        .x("width of a head, D", Axis::Log)
        .y("largest of 49 weights", Axis::Linear)
        .y_range(0.0, 1.0)
        .line("q · k", without)
        .line("q · k / √D", with)
        .horizontal("all equal", 1.0 / 49.0);
    lab.figure("root", &plot.svg()?)
}
