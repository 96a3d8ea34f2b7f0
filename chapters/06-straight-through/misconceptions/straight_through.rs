use ndarray::Array2;

type Three = (Array2<f64>, Array2<f64>, Array2<f64>);

pub fn not_stopped(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> Three {
    (z_q.clone(), Array2::zeros(z_e.raw_dim()), d_z_st.clone())
}

pub fn not_quantised(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> Three {
    (z_e.clone(), d_z_st.clone(), Array2::zeros(z_q.raw_dim()))
}

pub fn to_both(
    _: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> Three {
    (z_q.clone(), d_z_st.clone(), d_z_st.clone())
}

pub fn bracket_reversed(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    d_z_st: &Array2<f64>,
) -> Three {
    let z_st = z_e + &(z_e - z_q);
    (z_st, d_z_st.clone(), Array2::zeros(z_q.raw_dim()))
}
