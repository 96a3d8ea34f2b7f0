//! The signal, and the gradient on its way back, through twenty ReLU layers, for three scales of the initial weights.

use lab::{
    Axis, ChaCha8Rng, Claim, Cost, Experiment, Lab, Measurements, Plot,
    Within,
};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::{Activation, Mlp, init_layer, linear};

pub const EXPERIMENT: Experiment = Experiment {
    name: "initialisation",
    cost: Cost::Seconds,
    measure,
    figures: &[("initialisation", draw)],
    claims,
};

const WIDTH: usize = 256;
const DEPTH: usize = 20;
const SEEDS: usize = 5;
const SCALES: [(&str, &str, f64); 3] = [
    ("half", "half of He's scale", 0.5),
    ("he", "He's scale", 1.0),
    ("twice", "twice He's scale", 2.0),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (name, _, factor) in SCALES {
        let (mut signals, mut gradients) = (vec![], vec![]);
        for seed in 1..=SEEDS {
            let purpose = match seed {
                1 => "initialisation".into(),
                n => format!("initialisation-{n}"),
            };
            let (curve, gradient) = through(factor, &mut lab.rng(&purpose));
            signals.push(curve[DEPTH]);
            gradients.push(gradient);
            if seed == 1 {
                lab.column(name, curve)?;
            }
        }
        let within = Within::Relative(1e-6);
        let signal = format!("signal_after_20_{name}");
        lab.over_seeds(&signal, &signals, within)?;
        let gradient = format!("gradient_after_20_{name}");
        lab.over_seeds(&gradient, &gradients, within)?;
    }
    lab.column("layer", (0..=DEPTH).map(|n| n as f64))
}

/// The standard deviation of the sums of each layer, and that of the gradient at the input, where at the last sum it
/// is 1.
fn through(factor: f64, rng: &mut ChaCha8Rng) -> (Vec<f64>, f64) {
    let mut x = Array2::random_using((64, WIDTH), StandardNormal, rng); // [64, 256]
    let (mut curve, mut outputs, mut layers) =
        (vec![1.0], vec![x.clone()], vec![]);
    for _ in 0..DEPTH {
        let mut layer =
            init_layer::<f64>(WIDTH, WIDTH, Activation::Relu, rng);
        layer.w *= factor;
        let s = linear(&x, &layer.w, &layer.b); // [64, 256]
        curve.push(s.std(0.0));
        x = Activation::Relu.forward(s); // [64, 256]
        outputs.push(x.clone());
        layers.push(layer);
    }
    let d_y = Array2::random_using((64, WIDTH), StandardNormal, rng); // [64, 256]
    let (d_x, _) = Mlp { layers }.backward(&outputs, d_y); // [64, 256]
    (curve, d_x.std(0.0))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("layer", Axis::Linear)
        .y("standard deviation of the signal", Axis::Log);
    for (name, label, _) in SCALES {
        plot = plot.line(label, of.curve("layer", name)?);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &str, scale: &str| {
        lab::over_seeds(&format!("{what}_after_20_{scale}"), SEEDS)
    };
    let million = |what: &str| -> Vec<[Vec<String>; 2]> {
        [("half", "he"), ("he", "twice")]
            .map(|(less, more)| [of(what, less), of(what, more)])
            .into()
    };
    let times = |what: &str| {
        let pairs = million(what);
        let side = |n: usize| {
            pairs.iter().flat_map(|p| p[n].clone()).map(Into::into).collect()
        };
        Claim::Times(2.0_f64.powi(20) * 0.999, side(0), side(1))
    };
    vec![
        ("he_keeps_the_signal", Claim::all_above(of("signal", "he"), 0.5)),
        ("and_does_not_swell_it", Claim::all_below(of("signal", "he"), 2.0)),
        ("two_for_each_layer", times("signal")),
        ("the_gradient_too", times("gradient")),
    ]
}
