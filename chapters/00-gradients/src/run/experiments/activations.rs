//! The four functions that stand between two layers, and their slopes.

use lab::{Axis, Cost, Experiment, Lab, Measurements, Plot, panels};
use ndarray::{Array2, Axis as Dim};

use crate::plain::Activation;

pub const EXPERIMENT: Experiment = Experiment {
    name: "activations",
    cost: Cost::Seconds,
    measure,
    figures: &[("activations", draw)],
    claims: Vec::new,
};

const KINDS: [(&str, &str, Activation); 4] = [
    ("leaky", "leaky, a = 0.2", Activation::LeakyRelu(0.2)),
    ("tanh", "tanh", Activation::Tanh),
    ("sigmoid", "sigmoid σ", Activation::Sigmoid),
    ("relu", "relu", Activation::Relu),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    // No point lies at 0, where two of the slopes jump.
    let s = Array2::from_shape_fn((100, 1), |(n, _)| {
        -3.96 + 0.08 * n as f64 // [100, 1]
    });
    for (name, _, kind) in KINDS {
        let y = kind.forward(s.clone()); // [100, 1]
        let slope = kind.backward(&y, Array2::ones(s.dim())); // [100, 1]
        lab.column(name, y)?;
        lab.column(&format!("slope_{name}"), slope)?;
    }
    lab.column("s", s.remove_axis(Dim(1)))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut values = Plot::new("the value")
        .x("s", Axis::Linear)
        .y("y", Axis::Linear)
        .y_range(-1.2, 4.2);
    let mut slopes = Plot::new("its slope")
        .x("s", Axis::Linear)
        .y("dy/ds", Axis::Linear)
        .y_range(-0.1, 1.2);
    for (name, label, kind) in KINDS {
        let value = of.curve("s", name)?;
        let slope = of.curve("s", &format!("slope_{name}"))?;
        // Above 0 the two ReLUs are one: the second is dashed.
        (values, slopes) = match kind {
            Activation::Relu => {
                (values.dashed(label, value), slopes.dashed("", slope))
            }
            _ => (values.line(label, value), slopes.line("", slope)),
        };
    }
    panels(&[values, slopes], 1)
}
