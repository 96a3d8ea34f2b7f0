use ndarray::{Array1, Array2, Axis};

type Gradients = (Array2<f64>, Array2<f64>, Array1<f64>);

pub fn weights_not_transposed(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    // Compiles and runs whenever the layer happens to be square.
    let d_x = if w.is_square() { d_y.dot(w) } else { d_y.dot(&w.t()) };
    (d_x, x.t().dot(d_y), d_y.sum_axis(Axis(0)))
}

pub fn bias_averaged(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    let d_b = d_y.sum_axis(Axis(0)) / d_y.nrows() as f64;
    (d_y.dot(&w.t()), x.t().dot(d_y), d_b)
}

pub fn weights_averaged(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    let d_w = x.t().dot(d_y) / x.nrows() as f64;
    (d_y.dot(&w.t()), d_w, d_y.sum_axis(Axis(0)))
}

pub fn input_not_transposed(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    let d_w = if x.is_square() { x.dot(d_y) } else { x.t().dot(d_y) };
    (d_y.dot(&w.t()), d_w, d_y.sum_axis(Axis(0)))
}

pub fn element_by_element(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    (d_y * &w.t(), x.t().dot(d_y), d_y.sum_axis(Axis(0)))
}

pub fn bias_along_the_rows(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Gradients {
    (d_y.dot(&w.t()), x.t().dot(d_y), d_y.sum_axis(Axis(1)))
}
