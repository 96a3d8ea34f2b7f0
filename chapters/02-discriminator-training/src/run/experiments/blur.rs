//! D against digits that are only a little blurred.

use datasets::{Batches, Digits, PixelRange, Split};
use gradients::plain::AdamConfig;
use lab::{
    Axis as Scale, Claim, Cost, Experiment, ImageGrid, Lab, Measurements,
    Plot, Within,
};
use ndarray::{Array3, Axis};

use super::{held_out, on_pixels};
use crate::plain::{accuracy, as_images, as_rows, blur};
use crate::training::{Batches as Pair, Training};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits-vs-blur",
    cost: Cost::Seconds,
    measure,
    figures: &[("blur", draw)],
    claims,
};

/// Standard deviations of the blur, in pixels.
const SIGMAS: [f64; 5] = [0.3, 0.4, 0.5, 0.7, 1.0];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let (test, size) = held_out(lab, lab.by_scale(200, 2000, 10_000))?;
    let test = as_images(&test, size); // [N, 28, 28]
    let train = Digits::load_28x28(lab.data(), Split::Train)?;
    train.at_least(64)?;
    let count = train.len().min(lab.by_scale(2000, 20_000, 60_000));
    let all: Vec<usize> = (0..count).collect();
    let train = as_images(&train.pixels(&all, PixelRange::Symmetric), size);
    let steps = lab.by_scale(20, 600, 3000);
    let shown = test.dim().0.min(12);
    let mut grid = ImageGrid::new(shown);
    let mut show = |images: &Array3<f32>| {
        images
            .outer_iter()
            .take(shown)
            .for_each(|image| grid.push(image, -1.0, 1.0));
    };
    show(&test);
    let mut reached = Vec::new();
    for sigma in SIGMAS {
        let mut training = against(lab, &train, sigma)?;
        lab.train(&format!("blur-{sigma}"), steps, &mut training)?;
        let blurred = blur(&test, sigma);
        show(&blurred);
        let d = training.d.net();
        let score = |images: &Array3<f32>| d.output(&as_rows(images.clone())); // [N, 1]
        reached.push(accuracy(&score(&test), &score(&blurred)));
    }
    for (sigma, accuracy) in SIGMAS.iter().zip(&reached) {
        lab.result(
            &format!("digits_vs_blur_accuracy_at_{sigma}"),
            *accuracy,
            Within::Absolute(0.03),
        )?;
    }
    lab.column("sigma", SIGMAS)?;
    lab.column("accuracy", reached)?;
    lab.result("digits_vs_blur_steps", steps as f64, Within::Exactly)?;
    lab.image("blurred", &grid)
}

/// A discriminator of digits and of other digits, blurred.
fn against(
    lab: &Lab,
    train: &Array3<f32>,
    sigma: f64,
) -> anyhow::Result<Training<impl FnMut(u64) -> Pair + use<>>> {
    let (real, fake) = (as_rows(train.clone()), as_rows(blur(train, sigma)));
    let order =
        |n| Batches::new(real.nrows(), 64, lab.seed().wrapping_add(n));
    let (mut these, mut those) = (order(0)?, order(1)?);
    let adam = AdamConfig { lr: 5e-4, beta1: 0.5, ..AdamConfig::default() };
    let d = on_pixels(lab, real.ncols(), adam)?;
    Ok(Training::new(d, move |step| {
        let real = real.select(Axis(0), &these.batch(step)); // [64, 784]
        (real, fake.select(Axis(0), &those.batch(step)))
    }))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let curve = of.curve("sigma", "accuracy")?;
    let plot = Plot::new("")
        .x("standard deviation of the blur, pixels", Scale::Linear)
        .y("accuracy on unseen digits", Scale::Linear)
        .x_range(0.2, 1.1)
        .y_range(0.45, 1.05)
        .line("", curve.clone())
        .colour(0)
        .points("", curve)
        .horizontal("guessing", 0.5);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let at = |sigma| format!("digits_vs_blur_accuracy_at_{sigma}");
    vec![
        ("more_blur_is_easier", Claim::rises(SIGMAS.map(at))),
        ("guessing_at_0_3", Claim::equal(0.02, at(0.3), 0.5, at(0.4))),
        ("right_nine_times_in_ten", Claim::less(0.9, at(1.0))),
    ]
}
