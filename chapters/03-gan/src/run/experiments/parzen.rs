//! Parzen windows around digits, samples, and k-means centres of digits: a part of the experiment `digits`.

use datasets::{Digits, PixelRange};
use judge::Judge;
use judge::classifier::learnt_from;
use judge::measures::{nearest_rows, parzen};
use lab::{ImageGrid, Lab, Within};
use ndarray::{Array2, s};

use crate::run::drawn::push_rows;

/// The log-density of test digits under each of three sets of images.
pub fn measure(
    lab: &mut Lab,
    judge: &Judge,
    x: &Array2<f32>, // [N, 784]
) -> anyhow::Result<()> {
    let seen = learnt_from(judge.train.len());
    let seen = lab.by_scale(200, 20_000, 50_000).min(seen);
    let n = lab.by_scale(20, 500, 500).min(seen).min(x.nrows());
    let many = digits(&judge.train, 0..seen); // [20000, 784]
    let real = many.slice(s![..n, ..]).to_owned(); // [500, 784]
    let mut centres = real.clone(); // [500, 784]
    for _ in 0..lab.by_scale(1, 5, 20) {
        centres = moved(&many, &centres);
    }
    let drawn = x.slice(s![..n, ..]).mapv(f64::from); // [500, 784]
    let half = judge.n / 2;
    let size = lab.by_scale(50, 1000, 1000).min(half);
    let (valid, test) = (
        digits(&judge.test, 0..size),
        digits(&judge.test, half..half + size),
    );
    for (name, set) in
        [("digits", &real), ("samples", &drawn), ("centres", &centres)]
    {
        let (sigma, density) = fitted(set, &valid, &test)?;
        let named = |what| format!("parzen_{what}{name}");
        lab.result(&named(""), density, Within::Absolute(15.0))?;
        lab.result(&named("sigma_"), sigma, Within::Absolute(0.05))?;
    }
    lab.result("parzen_images", n as f64, Within::Exactly)?;
    let mut grid = ImageGrid::new(14);
    let shown = centres.slice(s![..14.min(n), ..]);
    push_rows(&mut grid, &shown.mapv(|v| v as f32));
    lab.image("centres", &grid)
}

fn digits(from: &Digits, rows: std::ops::Range<usize>) -> Array2<f64> {
    let rows: Vec<usize> = rows.collect();
    from.pixels::<f32>(&rows, PixelRange::Unit).mapv(f64::from) // [N, 784]
}

/// A step of k-means.
fn moved(many: &Array2<f64>, centres: &Array2<f64>) -> Array2<f64> {
    let (nearest, _) = nearest_rows(many, centres);
    let mut sums = Array2::<f64>::zeros(centres.raw_dim()); // [500, 784]
    let mut counts = vec![0.0_f64; centres.nrows()];
    for (row, &k) in many.rows().into_iter().zip(&nearest) {
        sums.row_mut(k).zip_mut_with(&row, |sum, v| *sum += v);
        counts[k] += 1.0;
    }
    for (k, mut row) in sums.rows_mut().into_iter().enumerate() {
        match counts[k] {
            0.0 => row.assign(&centres.row(k)),
            count => row /= count,
        }
    }
    sums
}

/// The width that suits the one half of the test digits best, and what it gives the other.
fn fitted(
    set: &Array2<f64>,
    valid: &Array2<f64>,
    test: &Array2<f64>,
) -> anyhow::Result<(f64, f64)> {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for hundredths in (10..=40).step_by(2) {
        let sigma = f64::from(hundredths) / 100.0;
        let density = parzen(set, valid, sigma)?;
        if density > best.0 {
            best = (density, sigma);
        }
    }
    Ok((best.1, parzen(set, test, best.1)?))
}
