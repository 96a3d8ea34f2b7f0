use ndarray::{Array2, Array3, Axis, concatenate};

fn groups(x: &Array2<f64>, pack: usize) -> Array3<f64> {
    let shape = (x.nrows() / pack, pack, x.ncols());
    x.to_shape(shape).expect("pack divides the batch").into_owned()
}

fn flat(x: Array3<f64>) -> Array2<f64> {
    let (b, m, width) = x.dim();
    let x = x.as_standard_layout().into_owned();
    x.into_shape_with_order((b, m * width)).expect("the same numbers")
}

pub fn real_beside_fake(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    _: usize,
) -> (Array2<f64>, Array2<f64>) {
    let half = x_real.nrows() / 2;
    let pairs = concatenate![Axis(1), *x_real, *x_fake];
    let (a, b) = pairs.view().split_at(Axis(0), half);
    (a.to_owned(), b.to_owned())
}

pub fn features_beside_features(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    pack: usize,
) -> (Array2<f64>, Array2<f64>) {
    let turned = |x| flat(groups(x, pack).permuted_axes([0, 2, 1]));
    (turned(x_real), turned(x_fake))
}

pub fn one_example_repeated(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    pack: usize,
) -> (Array2<f64>, Array2<f64>) {
    let repeated = |x: &Array2<f64>| {
        let rows: Vec<usize> = (0..x.nrows() / pack).collect();
        let x = x.select(Axis(0), &rows);
        concatenate(Axis(1), &vec![x.view(); pack]).expect("equal rows")
    };
    (repeated(x_real), repeated(x_fake))
}

pub fn averaged(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    pack: usize,
) -> (Array2<f64>, Array2<f64>) {
    let mean = |x| groups(x, pack).sum_axis(Axis(1)) / pack as f64;
    (mean(x_real), mean(x_fake))
}
