//! Nine ways to spoil the training of a small network, on three kinds of points; each changes one thing of a training that
//! works. The tests read this file too.

use lab::rng_at;
use ndarray::{Array2, ArrayView1, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::{
    Activation, Mlp, Parameters, cross_entropy, cross_entropy_backward, last,
    sgd_step,
};

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The step size is thirty-two times as large.
    LongSteps,
    /// The step size is a thirtieth.
    ShortSteps,
    /// The gradient is that of the sum over the batch.
    SumForMean,
    /// All weights start at 0.
    ZeroStart,
    /// Weights are drawn ten times as large.
    WideStart,
    /// The biases of the second hidden layer start at −20.
    LowBiases,
    /// The gradient at the first layer's weights has the wrong sign.
    SignTurned,
    /// The answers belong to the points of another batch.
    PairsBroken,
    /// Every step sees the same batch.
    OneBatch,
}

/// All of them.
pub const CAUSES: [Cause; 9] = [
    Cause::LongSteps,
    Cause::ShortSteps,
    Cause::SumForMean,
    Cause::ZeroStart,
    Cause::WideStart,
    Cause::LowBiases,
    Cause::SignTurned,
    Cause::PairsBroken,
    Cause::OneBatch,
];

/// Points of a step.
pub const BATCH: usize = 32;

/// Numbers of a point: its kind depends on the first two.
pub const WIDTH: usize = 4;

/// Units of a hidden layer.
pub const HIDDEN: usize = 32;

/// The step size of the run that works.
pub const STEP: f64 = 0.05;

/// Steps of a run.
pub const STEPS: u64 = 3000;

/// Steps between two lines of a log.
pub const EVERY: u64 = 50;

/// Fresh points by which a line judges.
pub const JUDGED: usize = 1024;

/// One line of a log.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The loss on the batches: the mean of the steps since the last line.
    pub loss: f64,
    /// The loss on fresh points.
    pub fresh: f64,
    /// The length of the gradient at each layer, as the step takes it: the mean of the steps since the last line.
    pub gradient: [f64; 3],
    /// The share of the units of each hidden layer that are 0 for all fresh points.
    pub dead: [f64; 2],
    /// The share of the fresh points whose kind it names.
    pub right: f64,
}

/// What a line says, in names and in words.
pub const SAID: [(&str, &str); 8] = [
    ("loss", "the loss on the batches"),
    ("fresh", "the loss on fresh points"),
    ("gradient_1", "the gradient at layer 1"),
    ("gradient_2", "the gradient at layer 2"),
    ("gradient_3", "the gradient at layer 3"),
    ("dead_1", "the share of dead units in layer 1"),
    ("dead_2", "the share of dead units in layer 2"),
    ("right", "the accuracy"),
];

impl Line {
    /// Its numbers, in the order of `SAID`.
    pub fn numbers(&self) -> [f64; 8] {
        let Line { loss, fresh, gradient: [a, b, c], dead: [d, e], right } =
            *self;
        [loss, fresh, a, b, c, d, e, right]
    }
}

/// The end of the axis on which losses are drawn.
pub const HIGHEST: f64 = 1.5;

/// The ends of the axis on which gradients are drawn.
pub const LENGTHS: [f64; 2] = [1e-4, 1e2];

/// How far apart two readings are, as a share of the axis on which they are drawn.
fn apart(said: &str, a: f64, b: f64) -> f64 {
    let [low, high] = LENGTHS;
    match said {
        "loss" | "fresh" => (a.min(HIGHEST) - b.min(HIGHEST)).abs() / HIGHEST,
        "dead_1" | "dead_2" | "right" => (a - b).abs(),
        _ => {
            let [a, b] = [a, b].map(|v| v.clamp(low, high).log10());
            (a - b).abs() / (high / low).log10()
        }
    }
}

/// Means over the first sixth of a log, and over its last third.
pub fn readings(lines: &[Line]) -> [[f64; 8]; 2] {
    let (sixth, third) = (lines.len() / 6, lines.len() / 3);
    [&lines[..sixth], &lines[lines.len() - third..]].map(|some| {
        std::array::from_fn(|n| {
            some.iter().map(|line| line.numbers()[n]).sum::<f64>()
                / some.len() as f64
        })
    })
}

/// By what two runs can be told: the share of an axis, when, and which curve, the farthest first.
pub fn told_by(
    a: &[[f64; 8]; 2],
    b: &[[f64; 8]; 2],
) -> Vec<(f64, usize, usize)> {
    let mut all = Vec::new();
    for (when, (a, b)) in a.iter().zip(b).enumerate() {
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            all.push((apart(said, a[n], b[n]), when, n));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all
}

/// Points and their kinds: those in a disc, and those outside it by whether their first two numbers have one sign.
pub fn points(
    rows: usize,
    seed: u64,
    stream: u64,
) -> (Array2<f64>, Vec<usize>) {
    let rng = &mut rng_at(seed, stream);
    let x = Array2::random_using((rows, WIDTH), StandardNormal, rng); // [B, 4]
    let kind = |x: ArrayView1<f64>| match x[0] * x[1] {
        _ if x[0] * x[0] + x[1] * x[1] < 1.0 => 0,
        product if product > 0.0 => 1,
        _ => 2,
    };
    let kinds = x.rows().into_iter().map(kind).collect();
    (x, kinds)
}

/// The network as a run begins, spoilt or not.
fn start(cause: Option<Cause>, seed: u64) -> Mlp<f64> {
    let (hidden, end) = (Activation::Relu, Activation::Identity);
    let rng = &mut rng_at(seed, u64::MAX);
    let mut net = Mlp::new(&[WIDTH, HIDDEN, HIDDEN, 3], hidden, end, rng);
    match cause {
        Some(Cause::ZeroStart) => {
            net.layers.iter_mut().for_each(|layer| layer.w.fill(0.0));
        }
        Some(Cause::WideStart) => {
            net.layers.iter_mut().for_each(|layer| layer.w *= 10.0);
        }
        Some(Cause::LowBiases) => net.layers[1].b.fill(-20.0),
        _ => {}
    }
    net
}

/// Trains a network by plain gradient descent, spoilt or not, and logs it. All judging is done on points that no step has
/// seen.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64) -> Vec<Line> {
    let is = |one: Cause| cause == Some(one);
    let mut net = start(cause, seed);
    let lr = match cause {
        Some(Cause::LongSteps) => 32.0 * STEP,
        Some(Cause::ShortSteps) => STEP / 30.0,
        _ => STEP,
    };
    let (mut lines, mut loss, mut gradient) = (Vec::new(), 0.0, [0.0; 3]);
    for n in 0..steps {
        let batch = if is(Cause::OneBatch) { 0 } else { n };
        let (x, mut kinds) = points(BATCH, seed, batch); // [B, 4]
        if is(Cause::PairsBroken) {
            kinds = points(BATCH, seed, steps + n).1;
        }
        let outputs = net.forward(&x);
        let logits = last(&outputs); // [B, 3]
        loss += cross_entropy(logits, &kinds);
        let mut d_logits = cross_entropy_backward(logits, &kinds); // [B, 3]
        if is(Cause::SumForMean) {
            d_logits *= BATCH as f64;
        }
        let (_, mut d_net) = net.backward_parameters(&outputs, d_logits);
        if is(Cause::SignTurned) {
            d_net.layers[0].w *= -1.0;
        }
        for (sum, layer) in gradient.iter_mut().zip(&d_net.layers) {
            let squares = layer.w.iter().chain(&layer.b).map(|g| g * g);
            *sum += squares.sum::<f64>().sqrt();
        }
        let parameters = net.parameters_mut().into_iter();
        for (mut theta, d_theta) in parameters.zip(d_net.parameters()) {
            sgd_step(&mut theta, &d_theta, lr);
        }
        if (n + 1) % EVERY == 0 {
            let mean = |sum: f64| sum / EVERY as f64;
            lines.push(line(&net, mean(loss), gradient.map(mean)));
            (loss, gradient) = (0.0, [0.0; 3]);
        }
    }
    lines
}

/// What stands in the log of a network as it is now.
fn line(net: &Mlp<f64>, loss: f64, gradient: [f64; 3]) -> Line {
    let (x, kinds) = points(JUDGED, 0x7e57, 0);
    let outputs = net.forward(&x);
    let dead = [1, 2].map(|n| {
        let silent = |unit: &ArrayView1<f64>| unit.iter().all(|y| *y == 0.0);
        let units = outputs[n].axis_iter(Axis(1)).filter(silent);
        units.count() as f64 / HIDDEN as f64
    });
    let logits = last(&outputs); // [N, 3]
    let largest = |row: ArrayView1<f64>| {
        let best = |a: usize, b: usize| if row[b] > row[a] { b } else { a };
        (0..row.len()).fold(0, best)
    };
    let named = logits.rows().into_iter().map(largest);
    let right = named.zip(&kinds).filter(|(a, b)| a == *b).count();
    Line {
        loss,
        fresh: cross_entropy(logits, &kinds),
        gradient,
        dead,
        right: right as f64 / JUDGED as f64,
    }
}

// The answers of exercise 0.8 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::LowBiases,
    Cause::SumForMean,
    Cause::PairsBroken,
    Cause::SignTurned,
];
