use ndarray::Array1;

fn softmax(s: Array1<f64>) -> Array1<f64> {
    let largest = s.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let e = s.mapv(|v| (v - largest).exp());
    &e / e.sum()
}

pub fn multiplied(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    softmax(logits * temperature)
}

pub fn probabilities_divided(
    logits: &Array1<f64>,
    temperature: f64,
) -> Array1<f64> {
    let p = softmax(logits.clone()) / temperature;
    &p / p.sum()
}

pub fn softmax_twice(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    softmax(softmax(logits.clone()) / temperature)
}

pub fn not_normalised(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    softmax(logits.clone()).mapv(|p| p.powf(1.0 / temperature))
}

pub fn overflows(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    let e = logits.mapv(|v| (v / temperature).exp());
    &e / e.sum()
}

pub fn cut_off(logits: &Array1<f64>, temperature: f64) -> Array1<f64> {
    let e = logits.mapv(|v| (v / temperature).min(700.0).exp());
    &e / e.sum()
}
