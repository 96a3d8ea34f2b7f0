//! The article's missing scaling: pixels from 0 to 255 in front of tanh units.

use datasets::{Digits, PixelRange};
use lab::{Claim, Cost, Experiment, Lab, Within};

use super::{SEEDS, load, of_seed, one_pass};
use crate::classifier::{Classifier, accuracy, in_room};
use crate::plain::{Activation, Mlp};

pub const EXPERIMENT: Experiment = Experiment {
    name: "unscaled",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// By what a pixel in [0, 1] is multiplied.
const SCALES: [(&str, f32); 2] = [("scaled", 1.0), ("unscaled", 255.0)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [train, test] = load(lab)?;
    for (name, scale) in SCALES {
        let [mut reached, mut saturated] = [vec![], vec![]];
        for seed in 1..=SEEDS {
            let (order, mut rng) = of_seed(lab, seed);
            let widths = [train.pixel_count(), 128, 10];
            let (tanh, linear) = (Activation::Tanh, Activation::Identity);
            let net = Mlp::new(&widths, tanh, linear, &mut rng);
            saturated.push(saturated_share(&net, &test, scale));
            let model = Classifier::of(net, &train, order)?;
            let mut model = in_room(lab, model.with_pixels_times(scale))?;
            let title = format!("{name}-{seed}");
            lab.train(&title, one_pass(lab), &mut model)?;
            reached.push(accuracy(&model.net(), &test, scale));
        }
        let within = Within::Absolute(0.01);
        lab.over_seeds(&format!("tanh_accuracy_{name}"), &reached, within)?;
        lab.over_seeds(
            &format!("tanh_saturated_{name}"),
            &saturated,
            within,
        )?;
    }
    Ok(())
}

/// The share of hidden units above 0.99 in size, over the first 1,000 digits.
fn saturated_share(net: &Mlp<f32>, digits: &Digits, scale: f32) -> f64 {
    let rows: Vec<usize> = (0..digits.len().min(1000)).collect();
    let x = digits.pixels::<f32>(&rows, PixelRange::Unit) * scale; // [1000, 784]
    let hidden = &net.forward(&x)[1]; // [1000, 128]
    hidden.iter().filter(|h| h.abs() > 0.99).count() as f64
        / hidden.len() as f64
}

fn claims() -> Vec<(&'static str, Claim)> {
    let share =
        |name| lab::over_seeds(&format!("tanh_saturated_{name}"), SEEDS);
    vec![
        ("bytes_saturate", Claim::all_above(share("unscaled"), 0.95)),
        ("scaled_pixels_do_not", Claim::all_below(share("scaled"), 0.01)),
        (
            "and_teach_less",
            Claim::less_over_seeds(
                "tanh_accuracy_unscaled",
                "tanh_accuracy_scaled",
                SEEDS,
            ),
        ),
    ]
}
