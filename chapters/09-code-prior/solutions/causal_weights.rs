use ndarray::{Array2, s};

pub fn causal_weights(q: &Array2<f64>, k: &Array2<f64>) -> Array2<f64> {
    let mut p = q.dot(&k.t()) / (q.ncols() as f64).sqrt(); // [T, T]
    for (i, mut row) in p.rows_mut().into_iter().enumerate() {
        row.slice_mut(s![i + 1..]).fill(f64::NEG_INFINITY);
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|s| (s - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    p
}
