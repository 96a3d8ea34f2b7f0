//! Does the prior copy? Samples beside the training digits that are nearest in pixels.

use datasets::PixelRange;
use judge::classifier::learnt_from;
use judge::measures::nearest_rows;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, Axis as Dim};

use super::judging::Judging;
use super::{first, push};
use crate::run::learnt::{CLASSES, Learnt};

/// Pairs in a line of the picture.
const PAIRS: usize = 7;

/// For samples of each class, as many of each. `[10 · SHOWN, 784]`
pub(super) fn measure(
    lab: &mut Lab,
    it: &Learnt,
    judging: &Judging,
    drawn: &Array2<f32>,
) -> anyhow::Result<()> {
    let unseen = first(&judging.held_out, drawn.nrows()); // [N, 784]
    let train = &judging.judge.train;
    let learnt: Vec<usize> = (0..drawn.nrows().min(train.len())).collect();
    let learnt = train.pixels(&learnt, PixelRange::Unit);
    let [decoded, copies] =
        [&unseen, &learnt].map(|x| it.world.tokeniser.reconstruct(x)); // [N, 784]
    let (far, nearest) = nearest(judging, drawn);
    let within = Within::Factor(1.1);
    for (name, far) in [
        ("a_sample", far),
        ("an_unseen_digit", nearest_of(judging, &unseen)),
        ("a_decoded_digit", nearest_of(judging, &decoded?)),
        ("a_decoded_training_digit", nearest_of(judging, &copies?)),
    ] {
        let least = far.iter().fold(f64::INFINITY, |a, &b| a.min(b));
        let mean = far.iter().sum::<f64>() / far.len() as f64;
        let name = format!("training_digit_nearest_to_{name}");
        lab.result(&name, mean, within)?;
        lab.result(&format!("{name}_least"), least, Within::Factor(1.5))?;
    }
    let n = drawn.nrows() as f64;
    lab.result("nearest_counted", n, Within::Exactly)?;
    let mut grid = ImageGrid::new(2 * PAIRS);
    let each = drawn.nrows() / CLASSES;
    for row in
        (0..CLASSES).flat_map(|c| (0..PAIRS).map(move |k| c * each + k))
    {
        push(&mut grid, &drawn.select(Dim(0), &[row]));
        let train = &judging.judge.train;
        push(&mut grid, &train.pixels(&[nearest[row]], PixelRange::Unit));
    }
    lab.image("nearest", &grid)
}

fn nearest_of(judging: &Judging, x: &Array2<f32>) -> Vec<f64> {
    nearest(judging, x).0
}

/// The distance of each image from the nearest training digit, and which that is.
fn nearest(judging: &Judging, x: &Array2<f32>) -> (Vec<f64>, Vec<usize>) {
    let (train, x) = (&judging.judge.train, x.mapv(f64::from));
    let mut best = vec![(f64::INFINITY, 0); x.nrows()];
    let all: Vec<usize> = (0..learnt_from(train.len())).collect();
    for rows in all.chunks(5000) {
        let part = train.pixels::<f32>(rows, PixelRange::Unit); // [5000, 784]
        let (near, far) = nearest_rows(&x, &part.mapv(f64::from));
        for (n, best) in best.iter_mut().enumerate() {
            if far[n] < best.0 {
                *best = (far[n], rows[near[n]]);
            }
        }
    }
    best.into_iter().unzip()
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let to = |what: &str| format!("training_digit_nearest_to_{what}");
    let sample = to("a_sample");
    vec![
        (
            "a_copy_would_be_nearer",
            Claim::times(2.0, to("a_decoded_training_digit"), &*sample),
        ),
        (
            "samples_are_no_nearer_than_new_digits",
            Claim::less(to("a_decoded_digit"), &*sample),
        ),
    ]
}
