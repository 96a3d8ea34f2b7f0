//! Samples beside the training digits that are nearest in pixels: a part of the experiment `digits`.

use datasets::PixelRange;
use judge::Judge;
use judge::classifier::learnt_from;
use judge::measures::nearest_rows;
use lab::{ImageGrid, Lab, Within};
use ndarray::{Array2, s};

use crate::run::drawn::push_rows;

/// In the picture.
const SHOWN: usize = 14;
/// In the means.
const COUNTED: usize = 200;

/// How far samples and unseen digits are from the training digits, and what the nearest to some samples are.
pub fn measure(
    lab: &mut Lab,
    judge: &Judge,
    x: &Array2<f32>, // [N, 784]
) -> anyhow::Result<()> {
    let some = |x: &Array2<f32>| {
        x.slice(s![..x.nrows().min(COUNTED), ..]).mapv(f64::from)
    };
    let (near, rows) = nearest(judge, &some(x));
    let (near_unseen, _) = nearest(judge, &some(&judge.held_out()));
    for (name, distances, within) in
        [("a_sample", near, 1.2), ("an_unseen_digit", near_unseen, 1.1)]
    {
        let mean = distances.iter().sum::<f64>() / distances.len() as f64;
        let name = format!("nearest_training_digit_to_{name}");
        lab.result(&name, mean, Within::Factor(within))?;
    }
    let shown = SHOWN.min(x.nrows());
    let mut grid = ImageGrid::new(shown);
    push_rows(&mut grid, &x.slice(s![..shown, ..]).to_owned());
    push_rows(
        &mut grid,
        &judge.train.pixels(&rows[..shown], PixelRange::Unit),
    );
    lab.image("neighbours", &grid)
}

/// The distance of each image from the nearest training digit, and which that is.
fn nearest(judge: &Judge, x: &Array2<f64>) -> (Vec<f64>, Vec<usize>) {
    let mut best = vec![(f64::INFINITY, 0); x.nrows()];
    let all: Vec<usize> = (0..learnt_from(judge.train.len())).collect();
    for rows in all.chunks(5000) {
        let part = judge.train.pixels::<f32>(rows, PixelRange::Unit); // [5000, 784]
        let (nearest, distances) = nearest_rows(x, &part.mapv(f64::from));
        for (n, best) in best.iter_mut().enumerate() {
            if distances[n] < best.0 {
                *best = (distances[n], rows[nearest[n]]);
            }
        }
    }
    best.into_iter().unzip()
}
