//! The gradient at one fake, in numbers: the loss's slope times the discriminator's.

use gradients::plain::{Activation, Layer, Mlp, sigmoid};
use lab::{Cost, Diagram, Experiment, Flow, Lab, Look, Measurements};
use minimax_loss::plain::{
    g_loss_non_saturating_backward, g_loss_saturating_backward,
};
use ndarray::{Array2, array};

use crate::plain::input_gradient;

pub const EXPERIMENT: Experiment = Experiment {
    name: "two slopes",
    cost: Cost::Seconds,
    measure,
    figures: &[("two_slopes", draw)],
    claims: Vec::new,
};

/// Name, label, and the gradient at the logit.
type Case = (&'static str, &'static str, fn(&Array2<f64>) -> Array2<f64>);

const CASES: [Case; 2] = [
    (
        "non_saturating",
        "The non-saturating loss",
        g_loss_non_saturating_backward,
    ),
    ("saturating", "The saturating loss", g_loss_saturating_backward),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let w = array![[2.0], [-1.0]]; // [2, 1]
    let slope: Vec<f64> = w.iter().copied().collect();
    let (b, activation) = (array![0.0], Activation::Identity);
    let d = Mlp { layers: vec![Layer { w, b, activation }] };
    let x = array![[-1.0, 1.0]]; // [1, 2]
    let s = d.output(&x); // [1, 1]
    lab.column("two_slopes_x", x.iter().copied())?;
    lab.column("two_slopes_w", slope)?;
    lab.column("two_slopes_s", [s[[0, 0]]])?;
    lab.column("two_slopes_d", [sigmoid(s[[0, 0]])])?;
    for (name, _, backward) in CASES {
        let at_s = backward(&s); // [1, 1]
        let at_x = input_gradient(&d, &x, backward); // [1, 2]
        lab.column(&format!("two_slopes_{name}_s"), at_s)?;
        lab.column(&format!("two_slopes_{name}_x"), at_x)?;
    }
    Ok(())
}

const SIZE: (f64, f64) = (126.0, 56.0);
const COLUMNS: [f64; 3] = [69.0, 240.0, 411.0];

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut it = Diagram::new(480.0, 340.0);
    let shown = |name: &str, digits: usize| -> anyhow::Result<String> {
        let numbers = of.column(&format!("two_slopes_{name}"))?.iter();
        let all: Vec<_> = numbers.map(|v| format!("{v:.digits$}")).collect();
        let all = all.join(", ").replace('-', "−");
        let several = all.contains(',');
        Ok(if several { format!("({all})") } else { all })
    };
    let slope = shown("w", 0)?;
    let mut row = |y: f64, parts: [(&str, &str); 3], flow: Flow| {
        let [x, d, s] = [0, 1, 2]
            .map(|n| it.block((COLUMNS[n], y), SIZE, parts[n], Look::Still));
        let ways = match flow {
            Flow::Forward => {
                [(x.right(0.0), d.left(0.0)), (d.right(0.0), s.left(0.0))]
            }
            Flow::Gradient(_) => {
                [(s.left(0.0), d.right(0.0)), (d.left(0.0), x.right(0.0))]
            }
        };
        for (from, to) in ways {
            it.arrow(&[from, to], flow);
        }
    };
    let said = format!("D = {}", shown("d", 2)?);
    let logit = format!("s = {}", shown("s", 0)?);
    let fake = shown("x", 0)?;
    let its = format!("slope {slope}");
    let forward = [
        ("x", fake.as_str()),
        ("s = 2x₁ − x₂", its.as_str()),
        (logit.as_str(), said.as_str()),
    ];
    row(34.0, forward, Flow::Forward);
    for (n, (name, ..)) in CASES.into_iter().enumerate() {
        let at_s = shown(&format!("{name}_s"), 2)?;
        let at_x = shown(&format!("{name}_x"), 2)?;
        let parts = [
            ("∂L/∂x", at_x.as_str()),
            ("times", slope.as_str()),
            ("∂L/∂s", at_s.as_str()),
        ];
        row(152.0 + 118.0 * n as f64, parts, Flow::Gradient(1));
    }
    for (n, (_, title, _)) in CASES.into_iter().enumerate() {
        it.title((6.0, 102.0 + 118.0 * n as f64), title);
    }
    it.text((6.0, 322.0), "A step goes against the gradient: s rises.");
    it.svg()
}
