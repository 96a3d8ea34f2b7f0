use ndarray::Array2;

/// For each mode, how many samples it is nearest to and that are near enough
/// by the squared distance.
fn counts(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    near: impl Fn(f64) -> bool,
) -> Vec<usize> {
    let mut counts = vec![0; means.nrows()];
    for x in samples.rows() {
        let square = |m: usize| (&x - &means.row(m)).mapv(|v| v * v).sum();
        let nearest = (0..means.nrows())
            .min_by(|a, b| square(*a).total_cmp(&square(*b)))
            .expect("there are modes");
        counts[nearest] += usize::from(near(square(nearest)));
    }
    counts
}

fn below(counts: &[usize], least: usize) -> usize {
    counts.iter().filter(|count| **count < least).count()
}

pub fn by_the_loss(
    _: &Array2<f64>,
    means: &Array2<f64>,
    _: f64,
    d_loss: f64,
) -> usize {
    let at_equilibrium = (d_loss - 2.0 * 2.0_f64.ln()).abs() < 0.1;
    if at_equilibrium { 0 } else { means.nrows() }
}

pub fn without_the_radius(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    _: f64,
    _: f64,
) -> usize {
    below(&counts(samples, means, |_| true), 1)
}

pub fn square_against_length(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    sigma: f64,
    _: f64,
) -> usize {
    below(&counts(samples, means, |square| square <= 3.0 * sigma), 1)
}

pub fn fair_share(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    sigma: f64,
    _: f64,
) -> usize {
    let near = |square: f64| square.sqrt() <= 3.0 * sigma;
    let share = samples.nrows() / means.nrows();
    below(&counts(samples, means, near), share)
}
