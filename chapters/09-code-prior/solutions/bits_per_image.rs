use ndarray::Array2;

pub fn bits_per_image(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    let mut nats = 0.0;
    for (row, &code) in logits.rows().into_iter().zip(codes) {
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let sum: f64 = row.iter().map(|s| (s - largest).exp()).sum();
        nats += largest + sum.ln() - row[code];
    }
    nats / codes.nrows() as f64 / 2.0_f64.ln()
}
