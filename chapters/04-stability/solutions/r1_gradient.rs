use ndarray::{Array1, Array2, Axis};

pub fn r1_gradient(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    let slopes = (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 });
    let u = &slopes * &w2.t();
    let v = u.dot(&w1.t());
    let d_v = v * (gamma / x.nrows() as f64);
    let d_w1 = d_v.t().dot(&u);
    let d_u = d_v.dot(w1);
    let d_w2 = (slopes * d_u).sum_axis(Axis(0)).insert_axis(Axis(1));
    (d_w1, d_w2)
}
