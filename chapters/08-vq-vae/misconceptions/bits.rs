use ndarray::Array2;

/// What codes that come with shares `p` cost, each by its share in `q`.
fn mean(q: &Array2<f64>, p: &Array2<f64>, cost: fn(f64) -> f64) -> f64 {
    let come = q.iter().zip(p).filter(|(_, p)| **p > 0.0);
    come.map(|(q, p)| p * cost(*q)).sum()
}

pub fn in_nats(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    mean(q, p, |q| -q.ln())
}

pub fn swapped(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    mean(p, q, |p| -p.log2())
}

pub fn the_tables_own(q: &Array2<f64>, _: &Array2<f64>) -> f64 {
    mean(q, q, |q| -q.log2())
}

pub fn by_place(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    mean(q, p, |q| -q.log2()) / q.nrows() as f64
}

pub fn one_table(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    let Some(first) = q.rows().into_iter().next() else { return 0.0 };
    let all = first.broadcast(q.raw_dim()).expect("as long");
    mean(&all.to_owned(), p, |q| -q.log2())
}

pub fn whole_bits(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    mean(q, p, |q| (-q.log2()).ceil())
}

pub fn all_alike(q: &Array2<f64>, _: &Array2<f64>) -> f64 {
    q.nrows() as f64 * (q.ncols() as f64).log2()
}

pub fn zero_times_infinity(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    -(p * &q.mapv(f64::log2)).sum()
}
