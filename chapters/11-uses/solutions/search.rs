use gan::plain::through;
use gradients::plain::{Mlp, last};
use ndarray::{Array1, Array2, Axis};

pub fn search(
    g: &Mlp<f64>,
    a: &Array2<f64>,
    nu: f64,
    y: &Array2<f64>,
    z: &Array2<f64>,
) -> (Array1<f64>, Array2<f64>) {
    let outputs = g.forward(z);
    let x = last(&outputs).mapv(|v| 0.5 * v + 0.5); // [N, P]
    let off = x.dot(&a.t()) - y; // [N, P]
    let square = |v: &Array2<f64>| (v * v).sum_axis(Axis(1)); // [N]
    let energy = square(&off) / (2.0 * nu) + square(z) / 2.0;
    let d_x = off.dot(a) / nu; // [N, P]
    let (d_z, _) = through(g, &outputs, d_x * 0.5); // [N, Z]
    (energy, d_z + z)
}
