use ndarray::{Array1, Array2};

fn averaged(scores: &[f64], values: &[Array1<f64>]) -> Array1<f64> {
    let e: Vec<f64> = scores.iter().map(|s| s.exp()).collect();
    let sum: f64 = e.iter().sum();
    let mut y = &values[0] * 0.0;
    e.iter().zip(values).for_each(|(e, v)| y.scaled_add(e / sum, v));
    y
}

fn rows(x: &Array2<f64>) -> Vec<Array1<f64>> {
    x.rows().into_iter().map(|r| r.to_owned()).collect()
}

pub fn not_itself(
    query: &Array1<f64>,
    _: &Array1<f64>,
    _: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    let root = (query.len() as f64).sqrt();
    averaged(&(keys.dot(query) / root).to_vec(), &rows(values))
}

pub fn only_itself(
    _: &Array1<f64>,
    _: &Array1<f64>,
    value: &Array1<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
) -> Array1<f64> {
    value.clone()
}

pub fn no_root(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    let mut scores = keys.dot(query).to_vec();
    scores.push(key.dot(query));
    let mut all = rows(values);
    all.push(value.clone());
    averaged(&scores, &all)
}

pub fn keys_as_queries(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    let root = (query.len() as f64).sqrt();
    let mut scores = (keys.dot(key) / root).to_vec();
    scores.push(key.dot(key) / root);
    let mut all = rows(values);
    all.push(value.clone());
    averaged(&scores, &all)
}

/// "Nothing is kept, so nothing comes out."
pub fn zeros_at_the_first_place(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    if keys.nrows() == 0 {
        return value * 0.0;
    }
    overflows(query, key, value, keys, values)
}

pub fn overflows(
    query: &Array1<f64>,
    key: &Array1<f64>,
    value: &Array1<f64>,
    keys: &Array2<f64>,
    values: &Array2<f64>,
) -> Array1<f64> {
    let root = (query.len() as f64).sqrt();
    no_root(&(query / root), key, value, keys, values)
}
