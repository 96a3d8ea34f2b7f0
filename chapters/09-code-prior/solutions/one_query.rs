use ndarray::{Array1, Array2};

pub fn one_query(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    let root = (query.len() as f64).sqrt();
    let mut scores = (keys.dot(query) / root).to_vec(); // [n]
    scores.push(key.dot(query) / root);
    let largest = scores.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let p: Vec<f64> = scores.iter().map(|s| (s - largest).exp()).collect();
    let sum: f64 = p.iter().sum();
    let mut y = value * (p[p.len() - 1] / sum); // [D]
    for (p, v) in p.iter().zip(values.rows()) {
        y.scaled_add(p / sum, &v);
    }
    y
}
