//! How good is a generator? Several answers, for none is enough.

use gradients::plain::{Mlp, softmax};
use nalgebra::DMatrix;
use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};

/// Numbers that cannot be measured from.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Too few examples.
    #[error("expected at least {least} examples, found {found}")]
    TooFew {
        /// What is needed.
        least: usize,
        /// What came.
        found: usize,
    },
    /// Two sets of another width.
    #[error("expected examples of one width, found {0} and {1}")]
    Widths(usize, usize),
    /// A number that is no place.
    #[error("expected finite numbers, found {0}")]
    NotFinite(f64),
    /// A window without a width.
    #[error("expected a standard deviation above 0 and finite, found {0}")]
    Width(f64),
}

fn at_least<T>(x: &Array2<T>, least: usize) -> Result<(), MeasureError> {
    match x.nrows() {
        found if found < least => Err(MeasureError::TooFew { least, found }),
        _ => Ok(()),
    }
}

fn all_finite(x: &Array2<f64>) -> Result<(), MeasureError> {
    let bad = x.iter().find(|v| !v.is_finite());
    bad.map_or(Ok(()), |v| Err(MeasureError::NotFinite(*v)))
}

fn same_width<T>(a: &Array2<T>, b: &Array2<T>) -> Result<(), MeasureError> {
    match (a.ncols(), b.ncols()) {
        (a, b) if a != b => Err(MeasureError::Widths(a, b)),
        _ => Ok(()),
    }
}

// ANCHOR: features
/// A digit classifier that looks at images for us: what its last hidden layer
/// says about an image is a better place to compare images than pixels.
#[derive(Clone, Debug)]
pub struct Classifier {
    /// The classifier: pixels in [0, 1] in, ten logits out.
    pub net: Mlp<f32>,
}

/// What it sees in a set of images.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The last hidden layer, `[N, F]`.
    pub features: Array2<f64>,
    /// The probability of each class, `[N, 10]`.
    pub classes: Array2<f64>,
}

impl Classifier {
    /// Looks at images `[N, 784]` with pixels in [0, 1].
    pub fn look(&self, x: &Array2<f32>) -> Seen {
        let mut outputs = self.net.forward(x);
        let logits = outputs.pop().expect("a network has an output");
        let features = outputs.pop().expect("and an input");
        let classes = softmax(&logits).mapv(f64::from); // [N, 10]
        Seen { features: features.mapv(f64::from), classes }
    }
}
// ANCHOR_END: features

// ANCHOR: classes
impl Seen {
    /// Eq. 3.8: the share of images of each class. `[10]`
    pub fn shares(&self) -> Array1<f64> {
        let mut shares = Array1::zeros(self.classes.ncols()); // [10]
        for p in self.classes.rows() {
            let larger = |a, b| if p[b] > p[a] { b } else { a };
            shares[(0..p.len()).fold(0, larger)] += 1.0;
        }
        shares / self.classes.nrows() as f64
    }

    /// The share of images whose class has at least this probability.
    pub fn confident(&self, least: f64) -> f64 {
        let sure = |p: &f64| *p >= least;
        let rows = self.classes.rows().into_iter();
        let count = rows.filter(|row| row.iter().any(sure)).count();
        count as f64 / self.classes.nrows() as f64
    }
}

/// The entropy of shares, in nats; `ln 10` when ten classes are equal.
pub fn entropy(shares: &Array1<f64>) -> f64 {
    let term = |&p: &f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    shares.iter().map(term).sum()
}
// ANCHOR_END: classes

// ANCHOR: frechet
/// The mean and the covariance of features.
#[derive(Clone, Debug)]
pub struct Moments {
    /// `[F]`
    pub mean: Array1<f64>,
    /// `[F, F]`
    pub covariance: Array2<f64>,
}

impl Moments {
    /// Of features `[N, F]`.
    ///
    /// # Errors
    /// There are fewer than two, or numbers are not finite or too large.
    pub fn of(features: &Array2<f64>) -> Result<Self, MeasureError> {
        at_least(features, 2)?;
        all_finite(features)?;
        let n = features.nrows() as f64;
        let mean = features.sum_axis(Axis(0)) / n; // [F]
        let centred = features - &mean; // [N, F]
        let covariance = centred.t().dot(&centred) / (n - 1.0); // [F, F]
        all_finite(&covariance)?;
        Ok(Self { mean, covariance })
    }
}

/// Eq. 3.9: the Fréchet distance of two Gaussians,
/// `‖μ - ν‖² + tr(C + K - 2 (C K)^½)`.
///
/// # Errors
/// The two have different widths.
pub fn frechet(a: &Moments, b: &Moments) -> Result<f64, MeasureError> {
    same_width(&a.covariance, &b.covariance)?;
    let between = (&a.mean - &b.mean).mapv(|v| v * v).sum();
    let (c, k) = (matrix(&a.covariance), matrix(&b.covariance));
    // C K has the eigenvalues of the symmetric C^½ K C^½.
    let root = root(&c); // [F, F]
    let product = &root * &k * &root; // [F, F]
    let values = product.symmetric_eigen().eigenvalues; // [F]
    let cross: f64 = values.iter().map(|v| v.max(0.0).sqrt()).sum();
    Ok(between + c.trace() + k.trace() - 2.0 * cross)
}

fn matrix(a: &Array2<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.nrows(), a.ncols(), |i, j| a[[i, j]])
}

/// The symmetric root of a covariance.
fn root(c: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = c.clone().symmetric_eigen();
    let roots = eigen.eigenvalues.map(|v| v.max(0.0).sqrt());
    let u = &eigen.eigenvectors;
    u * DMatrix::from_diagonal(&roots) * u.transpose()
}
// ANCHOR_END: frechet

/// Squared distances of the rows of `a` from those of `b`, `[A, B]`.
///
/// # Panics
/// The widths differ.
pub fn pairwise(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let norms = |x: &Array2<f64>| x.map_axis(Axis(1), |row| row.dot(&row));
    let mut d = a.dot(&b.t()) * -2.0; // [A, B]
    d += &norms(b); // [B], to every row
    d += &norms(a).insert_axis(Axis(1)); // [A, 1], to every column
    d.mapv_into(|v| v.max(0.0))
}

// ANCHOR: precision
/// Eq. 3.10: precision, the share of fakes that lie among the real ones,
/// and recall, the share of real ones that lie among the fakes. "Among"
/// means within reach of one, its reach being the distance to its own k-th
/// neighbour (Kynkäänniemi and others, 2019).
///
/// # Errors
/// Either set has at most `k` rows, their widths differ, or a number is not
/// finite.
pub fn precision_and_recall(
    real: &Array2<f64>, // [N, F]
    fake: &Array2<f64>, // [M, F]
    k: usize,
) -> Result<(f64, f64), MeasureError> {
    at_least(real, k + 1)?;
    at_least(fake, k + 1)?;
    same_width(real, fake)?;
    all_finite(real)?;
    all_finite(fake)?;
    let apart = pairwise(real, fake); // [N, M]
    let (of_real, of_fake) = (reaches(real, k), reaches(fake, k)); // [N], [M]
    let precision = covered(apart.t(), &of_real);
    Ok((precision, covered(apart.view(), &of_fake)))
}

/// The squared distance of each row to its k-th neighbour. `[N]`
fn reaches(x: &Array2<f64>, k: usize) -> Array1<f64> {
    let kth = |row: ndarray::ArrayView1<f64>| {
        let mut row = row.to_vec(); // a distance of 0, to itself, among them
        *row.select_nth_unstable_by(k, f64::total_cmp).1
    };
    pairwise(x, x).map_axis(Axis(1), kth) // [N]
}

/// The share of rows that are within reach of some column.
fn covered(apart: ArrayView2<f64>, reach: &Array1<f64>) -> f64 {
    let inside = |row: ndarray::ArrayView1<f64>| {
        row.iter().zip(reach).any(|(d, reach)| d <= reach)
    };
    let count = apart.rows().into_iter().filter(|r| inside(*r)).count();
    count as f64 / apart.nrows() as f64
}
// ANCHOR_END: precision

// ANCHOR: parzen
/// Eq. 3.12: the mean log-density of `test` under equal Gaussians of
/// standard deviation `sigma` around each of the `samples`, in nats.
///
/// # Errors
/// There are no samples, the widths differ, a number is not finite, or
/// `sigma` is not positive, or its square not to be told from 0.
pub fn parzen(
    samples: &Array2<f64>, // [N, X]
    test: &Array2<f64>,    // [M, X]
    sigma: f64,
) -> Result<f64, MeasureError> {
    at_least(samples, 1)?;
    at_least(test, 1)?;
    same_width(samples, test)?;
    all_finite(samples)?;
    all_finite(test)?;
    let (n, x) = (samples.nrows() as f64, samples.ncols() as f64);
    let variance = sigma * sigma;
    if !(sigma > 0.0 && variance.is_normal()) {
        return Err(MeasureError::Width(sigma));
    }
    let norm = 0.5 * x * (2.0 * std::f64::consts::PI * variance).ln();
    let of = |row: ndarray::ArrayView1<f64>| {
        let nearest = row.fold(f64::INFINITY, |a, &b| a.min(b));
        let kernel = |d: &f64| (0.5 * (nearest - d) / variance).exp();
        let sum: f64 = row.iter().map(kernel).sum();
        sum.ln() - 0.5 * nearest / variance - n.ln() - norm
    };
    let apart = pairwise(test, samples); // [M, N]
    Ok(apart.map_axis(Axis(1), of).mean().unwrap_or(f64::NEG_INFINITY))
}
// ANCHOR_END: parzen

/// The row of `from` nearest to each row of `x`, and how far it is.
///
/// # Panics
/// `from` is empty or has another width.
pub fn nearest_rows(
    x: &Array2<f64>,
    from: &Array2<f64>,
) -> (Vec<usize>, Array1<f64>) {
    let apart = pairwise(x, from); // [N, M]
    let least = |row: ndarray::ArrayView1<f64>| {
        (1..row.len()).fold(0, |a, b| if row[b] < row[a] { b } else { a })
    };
    let rows: Vec<usize> = apart.rows().into_iter().map(least).collect();
    let far = Zip::from(apart.rows())
        .and(&Array1::from(rows.clone()))
        .map_collect(|row, &n| row[n].sqrt()); // [N]
    (rows, far)
}
