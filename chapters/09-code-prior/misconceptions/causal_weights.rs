use ndarray::Array2;

/// The softmax of each row over the places that `may(i, j)` admits.
fn weights(
    q: &Array2<f64>,
    k: &Array2<f64>,
    scale: f64,
    may: impl Fn(usize, usize) -> bool,
) -> Array2<f64> {
    let s = q.dot(&k.t()) * scale;
    let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
        if may(i, j) { s[[i, j]].exp() } else { 0.0 }
    });
    let sums = e.sum_axis(ndarray::Axis(1)).mapv(|v| v.max(1e-300));
    e / sums.insert_axis(ndarray::Axis(1))
}

fn root(q: &Array2<f64>) -> f64 {
    (q.ncols() as f64).sqrt().recip()
}

pub fn no_mask(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    weights(q, k, root(q), |_, _| true)
}

pub fn sees_one_too_many(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    weights(q, k, root(q), |i, j| j <= i + 1)
}

pub fn mask_on_the_wrong_side(
    q: &Array2<f64>,
    k: &Array2<f64>,
) -> Array2<f64> {
    weights(q, k, root(q), |i, j| j >= i)
}

pub fn not_even_itself(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    weights(q, k, root(q), |i, j| j < i)
}

pub fn no_root(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    weights(q, k, 1.0, |i, j| j <= i)
}

pub fn masked_after_the_softmax(
    q: &Array2<f64>,
    k: &Array2<f64>,
) -> Array2<f64> {
    let p = no_mask(q, k);
    Array2::from_shape_fn(
        p.dim(),
        |(i, j)| {
            if j <= i { p[[i, j]] } else { 0.0 }
        },
    )
}

pub fn softmax_of_columns(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let s = q.dot(&k.t()) * root(q);
    let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
        if j <= i { s[[i, j]].exp() } else { 0.0 }
    });
    let sums = e.sum_axis(ndarray::Axis(0));
    e / sums
}

pub fn masked_by_0(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let s = q.dot(&k.t()) * root(q);
    let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
        if j <= i { s[[i, j]].exp() } else { 1.0 }
    });
    let sums = e.sum_axis(ndarray::Axis(1));
    e / sums.insert_axis(ndarray::Axis(1))
}

pub fn divided_by_d(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    weights(q, k, root(q).powi(2), |i, j| j <= i)
}

pub fn no_maximum(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let s = q.dot(&k.t()) * root(q);
    let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
        if j <= i { s[[i, j]].exp() } else { 0.0 }
    });
    let sums = e.sum_axis(ndarray::Axis(1));
    e / sums.insert_axis(ndarray::Axis(1))
}

/// "Right on paper": the softmax over all places, cut and divided anew.
pub fn cut_and_divided_anew(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut p = q.dot(&k.t()) * root(q);
    for (i, mut row) in p.rows_mut().into_iter().enumerate() {
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|s| (s - largest).exp());
        row.slice_mut(ndarray::s![i + 1..]).fill(0.0);
        let sum = row.sum();
        row /= sum;
    }
    p
}
