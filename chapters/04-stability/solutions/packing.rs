use ndarray::Array2;

pub fn packed(
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
    pack: usize,
) -> (Array2<f64>, Array2<f64>) {
    let side_by_side = |x: &Array2<f64>| {
        let shape = (x.nrows() / pack, pack * x.ncols());
        x.to_shape(shape).expect("pack divides the batch").into_owned()
    };
    (side_by_side(x_real), side_by_side(x_fake))
}
