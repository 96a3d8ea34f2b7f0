//! The discriminator's loss from its definition and on logits, where both are pushed to the end.

use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, sigmoid,
};
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::{Array2, array};

use crate::plain::{d_loss, d_loss_naive};

pub const EXPERIMENT: Experiment = Experiment {
    name: "logits",
    cost: Cost::Seconds,
    measure,
    figures: &[("logits", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let naive64 = |s: f64| d_loss_naive(&array![[0.0]], &array![[s]]);
    let naive32 = |s: f64| of_a_fake(d_loss_naive, s);
    let on_logit = |s: f64| of_a_fake(d_loss, s);
    let from32 = first_infinite(naive32)?;
    let from64 = first_infinite(naive64)?;
    lab.result("naive_f32_infinite_from", from32, Within::Absolute(1.0))?;
    lab.result("naive_f64_infinite_from", from64, Within::Absolute(1.0))?;
    let rounded = sigmoid(-from32);
    lab.result("naive_f32_rounds_away", rounded, Within::Factor(3.0))?;
    let logits: Vec<f64> =
        (0..=160).map(|n| f64::from(n) * 0.25 - 10.0).collect();
    let finite = logits.iter().filter(|s| naive32(**s).is_finite());
    let finite: Vec<f64> = finite.copied().collect();
    let errors = finite.iter().filter(|s| **s > 10.0);
    let errors = errors.map(|s| (naive32(*s) / on_logit(*s) - 1.0).abs());
    let worst = errors.fold(0.0, f64::max);
    lab.result("naive_f32_worst_error", worst, Within::Factor(1.5))?;
    for (name, s) in [("1000", 1000.0), ("minus_1000", -1000.0)] {
        let name = format!("logit_form_at_{name}");
        lab.result(&name, on_logit(s), Within::Absolute(1e-3))?;
    }
    for (name, kind) in
        [("leaky", Activation::LeakyRelu(0.2)), ("relu", Activation::Relu)]
    {
        let lost = lost_weights(lab, kind, from32 as f32);
        let name = format!("naive_lost_weights_{name}");
        lab.result(&name, lost, Within::Absolute(0.3))?;
    }
    lab.column("naive", finite.iter().map(|s| naive32(*s)))?;
    lab.column("finite", finite)?;
    lab.column("on_logit", logits.iter().map(|s| on_logit(*s)))?;
    lab.column("logit", logits)
}

/// The loss in f32 of one fake, of logit `s`, without that of the real input beside it, of logit 0.
fn of_a_fake(f: fn(&Array2<f32>, &Array2<f32>) -> f32, s: f64) -> f64 {
    f64::from(f(&array![[0.0]], &array![[s as f32]])) - 2.0_f64.ln()
}

fn first_infinite(f: impl Fn(f64) -> f64) -> anyhow::Result<f64> {
    let found = (0..1000).map(f64::from).find(|s| f(*s).is_infinite());
    found.ok_or_else(|| anyhow::anyhow!("the naive loss stayed finite"))
}

/// The share of a network's weights that are NaN after one step of Adam down the naive loss of two fakes, one of them
/// of logit `s`: by the chain rule its gradient is 1 / (1 - D), times D (1 - D).
fn lost_weights(lab: &Lab, hidden: Activation, s: f32) -> f64 {
    let rng = &mut lab.rng("lost");
    let mut net: Mlp<f32> =
        Mlp::new(&[4, 16, 1], hidden, Activation::Identity, rng);
    let outputs =
        net.forward(&array![[1.0, -0.5, 0.25, 2.0], [-1.0, 0.5, 2.0, 0.1]]); // [2, 4], [2, 16], [2, 1]
    let d_s = array![[s], [0.0]].mapv(|s: f32| {
        let d = 1.0 / (1.0 + (-s).exp());
        1.0 / (1.0 - d) * (d * (1.0 - d)) / 2.0
    }); // [2, 1]
    let (_, d_net) = net.backward(&outputs, d_s);
    Adam::new(&net, AdamConfig::default()).step(&mut net, &d_net);
    let all = net.parameters();
    let weights = || all.iter().flat_map(|p| p.iter());
    let lost = weights().filter(|w| w.is_nan()).count();
    lost as f64 / weights().count() as f64
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let end = of.value("naive_f32_infinite_from")?;
    let plot = Plot::new("")
        .x("logit of a fake", Axis::Linear)
        .y("−log(1 − D), nats", Axis::Linear)
        .y_range(-2.0, 32.0)
        .line("on the logit", of.curve("logit", "on_logit")?)
        .points("from the probability, f32", of.curve("finite", "naive")?)
        .vertical("1 − D is 0 in f32", end);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (f32, f64) = ("naive_f32_infinite_from", "naive_f64_infinite_from");
    let all = "naive_lost_weights_leaky";
    vec![
        ("infinite_before_forty", Claim::all_below([f32, f64], 40.0)),
        ("f64_moves_it", Claim::times(2.0, f32, f64)),
        ("steps_before_the_end", Claim::less(0.02, "naive_f32_worst_error")),
        (
            "as_it_should_be",
            Claim::equal(1e-3, "logit_form_at_1000", 1000.0, 0.0),
        ),
        (
            "one_fake_loses_all_weights",
            Claim::equal(0.0, all, 1.0, "naive_lost_weights_relu"),
        ),
    ]
}
