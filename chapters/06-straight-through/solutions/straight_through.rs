use ndarray::Array2;

pub fn straight_through(
    _: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array2<f64>) {
    (z_q.clone(), d_z_st.clone(), Array2::zeros(z_q.raw_dim()))
}
