use codebook_lookup::plain::assemble;
use ndarray::Array2;

pub fn strided_backward(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    (height, width): (usize, usize),
) -> Array2<f64> {
    let rows = d_y.dot(&w.t()); // [N, p²]
    let x = assemble(&rows, (height, width)); // [B, height, width]
    let shape = (x.dim().0, height * width);
    x.into_shape_with_order(shape).expect("in one piece")
}
