use ndarray::Array1;

pub fn tempered(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    let largest = logits.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let p = logits.mapv(|s| ((s - largest) / temperature).exp()); // [K]
    &p / p.sum()
}
