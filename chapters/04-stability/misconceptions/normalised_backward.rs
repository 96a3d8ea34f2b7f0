use ndarray::{Array1, Array2, Axis};

fn parts(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
) -> (f64, Array2<f64>) {
    let column = u.view().insert_axis(Axis(1));
    (u.dot(&w.dot(v)), &column * v)
}

pub fn norm_held_constant(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let (sigma, _) = parts(w, u, v);
    d_bar / sigma
}

pub fn handed_through(
    _: &Array2<f64>,
    _: &Array1<f64>,
    _: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    d_bar.clone()
}

pub fn by_the_bare_weight(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let (sigma, u_v) = parts(w, u, v);
    (d_bar - u_v * (d_bar * w).sum()) / sigma
}

pub fn sign_of_the_quotient_rule(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let (sigma, u_v) = parts(w, u, v);
    (d_bar + u_v * ((d_bar * w).sum() / sigma)) / sigma
}

pub fn length_of_all_numbers(
    w: &Array2<f64>,
    _: &Array1<f64>,
    _: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let length = (w * w).sum().sqrt();
    (d_bar - w * ((d_bar * w).sum() / (length * length))) / length
}

pub fn projected_along_u_v(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let (sigma, u_v) = parts(w, u, v);
    (d_bar - &u_v * (d_bar * &u_v).sum()) / sigma
}
