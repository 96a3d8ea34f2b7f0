//! The same network started at zero, at one constant, and at random.

use datasets::Digits;
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array1, Axis};

use super::{SEEDS, largest, load, of_seed, one_pass};
use crate::classifier::{Classifier, accuracy, in_room};
use crate::plain::{Mlp, softmax};

pub const EXPERIMENT: Experiment = Experiment {
    name: "zero-start",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// What every weight starts from, or the rule of the page.
const STARTS: [(&str, Option<f32>); 3] =
    [("zero", Some(0.0)), ("equal", Some(0.05)), ("random", None)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [train, test] = load(lab)?;
    for (name, weight) in STARTS {
        let mut nets = Vec::new();
        for seed in 1..=SEEDS {
            nets.push(trained(lab, &train, name, weight, seed)?);
        }
        let over = |f: &dyn Fn(&Mlp<f32>) -> f64| -> Vec<f64> {
            nets.iter().map(f).collect()
        };
        let named = |what: &str| format!("{name}_start_{what}");
        let reached = over(&|net| accuracy(net, &test, 1.0));
        let within = Within::Absolute(0.01);
        lab.over_seeds(&named("accuracy"), &reached, within)?;
        let spread = over(&spread_of_units);
        lab.over_seeds(&named("spread"), &spread, Within::Absolute(1e-3))?;
        if weight == Some(0.0) {
            let weights = over(&|net| {
                let all = net.layers.iter().flat_map(|l| l.w.iter());
                largest(all.map(|w| f64::from(*w)))
            });
            lab.over_seeds(&named("weight"), &weights, Within::Exactly)?;
            let often = frequencies(&train); // [10]
            let loss = over(&|net| loss_of_answers(net, &often));
            lab.over_seeds(&named("loss"), &loss, Within::Absolute(1e-3))?;
            let of_class = |p: &f64| -p * p.max(1e-9).ln(); // 0 for a class that is not there
            let entropy: f64 = often.iter().map(of_class).sum();
            let within = Within::Absolute(1e-6);
            lab.result("loss_of_frequencies", entropy, within)?;
            lab.result("loss_of_guessing", 10.0_f64.ln(), within)?;
            let share = share_of_most_frequent(&often, &test);
            lab.result("share_of_most_frequent", share, within)?;
        }
    }
    Ok(())
}

/// A classifier after one pass over the digits.
fn trained(
    lab: &Lab,
    train: &Digits,
    name: &str,
    weight: Option<f32>,
    seed: usize,
) -> anyhow::Result<Mlp<f32>> {
    let (order, mut rng) = of_seed(lab, seed);
    let mut model = Classifier::new(train, order, &mut rng)?;
    if let Some(weight) = weight {
        model.model.net.layers.iter_mut().for_each(|l| l.w.fill(weight));
    }
    let mut model = in_room(lab, model)?;
    lab.train(&format!("{name}-start-{seed}"), one_pass(lab), &mut model)?;
    Ok(model.net())
}

/// The largest difference between two hidden units in the weight of a pixel.
fn spread_of_units(net: &Mlp<f32>) -> f64 {
    let ends = |row: ndarray::ArrayView1<f32>| {
        let most = row.fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        f64::from(most - row.fold(f32::INFINITY, |a, b| a.min(*b)))
    };
    largest(net.layers[0].w.rows().into_iter().map(ends))
}

/// How often each class occurs, summing to 1. `[10]`
fn frequencies(digits: &Digits) -> Array1<f64> {
    let mut count = Array1::zeros(10);
    digits.labels.iter().for_each(|l| count[usize::from(*l)] += 1.0);
    count / digits.labels.len() as f64
}

/// How often the class that is the most frequent of these is right about other digits.
fn share_of_most_frequent(often: &Array1<f64>, test: &Digits) -> f64 {
    let first = |a: usize, b: usize| if often[b] > often[a] { b } else { a };
    let class = (0..10).fold(0, first);
    let right = test.labels.iter().filter(|l| usize::from(**l) == class);
    right.count() as f64 / test.len() as f64
}

/// The mean loss over digits of these frequencies, of a network whose logits are its last biases.
fn loss_of_answers(net: &Mlp<f32>, often: &Array1<f64>) -> f64 {
    let last = &net.layers[net.layers.len() - 1].b; // [10]
    let logits = last.mapv(f64::from).insert_axis(Axis(0)); // [1, 10]
    -(often * &softmax(&logits).row(0).mapv(f64::ln)).sum()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |name: &str| -> Vec<_> {
        let names = lab::over_seeds(name, SEEDS).into_iter();
        names.map(Into::into).collect()
    };
    let zeros = vec![0.0.into(); SEEDS];
    let [zero, random] = ["zero", "random"]
        .map(|start| move |what| format!("{start}_start_{what}"));
    vec![
        (
            "equal_units_stay_equal",
            Claim::Equal(
                1e-4,
                all("equal_start_spread"),
                zeros.clone(),
                all(&random("spread")),
            ),
        ),
        (
            "no_weight_leaves_zero",
            Claim::Equal(
                0.0,
                all(&zero("weight")),
                zeros,
                all(&random("spread")),
            ),
        ),
        (
            "zero_learns_the_frequencies",
            Claim::Equal(
                2e-4,
                all(&zero("loss")),
                vec!["loss_of_frequencies".into(); SEEDS],
                vec!["loss_of_guessing".into(); SEEDS],
            ),
        ),
        (
            "random_numbers_break_the_tie",
            Claim::less_over_seeds(
                "equal_start_accuracy",
                &random("accuracy"),
                SEEDS,
            ),
        ),
        (
            "and_names_the_most_frequent",
            Claim::Equal(
                0.0,
                all(&zero("accuracy")),
                vec!["share_of_most_frequent".into(); SEEDS],
                all(&random("accuracy")),
            ),
        ),
    ]
}
