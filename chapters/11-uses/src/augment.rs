//! What a classifier can learn from besides the digits that have labels, and
//! the classifier.

use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, cross_entropy_backward, last,
    linear,
};
use ndarray::{Array2, s};
use ndarray_rand::rand::Rng;

// ANCHOR: moved
/// Pictures of a square, `[N, side²]` in [0, 1], each turned about its middle
/// by up to `turn` radians and shifted by up to `most` pixels both ways, with
/// weights of the four pixels around; black comes in.
///
/// # Panics
/// The rows are no squares of this side.
pub fn moved(
    x: &Array2<f32>, // [N, side²]
    side: usize,
    (most, turn): (f32, f32),
    rng: &mut impl Rng,
) -> Array2<f32> {
    assert_eq!(x.ncols(), side * side, "pixels of a square");
    let middle = 0.5 * (side as f32 - 1.0);
    let mut all = Array2::zeros(x.raw_dim());
    for (from, mut to) in x.rows().into_iter().zip(all.rows_mut()) {
        let mut by = |most: f32| rng.random_range(-1.0..=1.0) * most;
        let (sin, cos) = by(turn).sin_cos();
        let (down, right) = (middle - by(most), middle - by(most));
        let pixel = |i: isize, j: isize| {
            let inside = |n: isize| (0..side as isize).contains(&n);
            match inside(i) && inside(j) {
                true => from[i as usize * side + j as usize],
                false => 0.0,
            }
        };
        for (p, to) in to.iter_mut().enumerate() {
            let i = (p / side) as f32 - middle;
            let j = (p % side) as f32 - middle;
            let (y, x) =
                (cos * i - sin * j + down, sin * i + cos * j + right);
            let (top, left) = (y.floor(), x.floor());
            let (a, b) = (y - top, x - left);
            let (i, j) = (top as isize, left as isize);
            let upper = (1.0 - b) * pixel(i, j) + b * pixel(i, j + 1);
            let lower = (1.0 - b) * pixel(i + 1, j) + b * pixel(i + 1, j + 1);
            *to = (1.0 - a) * upper + a * lower;
        }
    }
    all // [N, side²]
}
// ANCHOR_END: moved

/// How a classifier learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lessons {
    /// Steps; the step size falls to zero.
    pub steps: u64,
    /// Units of the hidden layer.
    pub hidden: usize,
    /// How many of its units are dropped, 0 for none.
    pub dropped: f32,
    /// Names its first weights.
    pub seed: u64,
}

// ANCHOR: learnt
/// A classifier of `k` classes with one hidden layer, after so many steps of
/// Adam on what `batch` gives. ReLU's backward looks at outputs, so a unit
/// that was dropped, 0, takes no gradient. Afterwards all units speak, each
/// for the share that was kept.
pub fn learnt(
    Lessons { steps, hidden, dropped, seed }: Lessons,
    (pixels, k): (usize, usize),
    mut batch: impl FnMut(u64) -> (Array2<f32>, Vec<usize>),
) -> Mlp<f32> {
    let widths = [pixels, hidden, k];
    let rng = &mut lab::rng_at(seed, u64::MAX);
    let (relu, none) = (Activation::Relu, Activation::Identity);
    let mut net = Mlp::new(&widths, relu, none, rng);
    let config = AdamConfig::default();
    let mut adam = Adam::new(&net, config);
    for n in 0..steps {
        let (x, classes) = batch(n); // [B, P], [B]
        let mut outputs = net.forward(&x); // …, [B, hidden], [B, k]
        if dropped > 0.0 {
            let kept = |v: f32| match rng.random::<f32>() < dropped {
                true => 0.0,
                false => v,
            };
            outputs[1].mapv_inplace(kept);
            let Layer { w, b, .. } = &net.layers[1];
            outputs[2] = linear(&outputs[1], w, b); // [B, k]
        }
        let d_s = cross_entropy_backward(last(&outputs), &classes); // [B, k]
        let (_, d_net) = net.backward_parameters(&outputs, d_s);
        adam.config.lr = config.lr * (1.0 - n as f64 / steps as f64);
        adam.step(&mut net, &d_net);
    }
    net.layers[1].w *= 1.0 - dropped;
    net
}
// ANCHOR_END: learnt

/// The class of the largest logit. `[N]`
pub fn named(net: &Mlp<f32>, x: &Array2<f32>) -> Vec<usize> {
    let mut classes = Vec::with_capacity(x.nrows());
    for from in (0..x.nrows()).step_by(1000) {
        let to = (from + 1000).min(x.nrows());
        let logits = net.output(&x.slice(s![from..to, ..]).to_owned());
        classes.extend(logits.rows().into_iter().map(|row| {
            let best =
                |a: usize, b: usize| if row[b] > row[a] { b } else { a };
            (0..row.len()).fold(0, best)
        }));
    }
    classes
}
