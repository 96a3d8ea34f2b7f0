use ndarray::{Array2, Axis};

type Three = [Array2<f64>; 3];

fn rest(
    (q, k): (&Array2<f64>, &Array2<f64>),
    d_s: Array2<f64>,
    d_v: Array2<f64>,
    scale: f64,
) -> Three {
    [d_s.dot(k) * scale, d_s.t().dot(q) * scale, d_v]
}

fn through_softmax(p: &Array2<f64>, d_p: &Array2<f64>) -> Array2<f64> {
    let means = (p * d_p).sum_axis(Axis(1)).insert_axis(Axis(1));
    p * &(d_p - &means)
}

fn root(q: &Array2<f64>) -> f64 {
    (q.ncols() as f64).sqrt().recip()
}

pub fn softmax_element_by_element(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_s = p * &(1.0 - p) * d_y.dot(&v.t());
    rest((q, k), d_s, p.t().dot(d_y), root(q))
}

pub fn softmax_forgotten(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    rest((q, k), d_y.dot(&v.t()), p.t().dot(d_y), root(q))
}

pub fn root_forgotten(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_s = through_softmax(p, &d_y.dot(&v.t()));
    rest((q, k), d_s, p.t().dot(d_y), 1.0)
}

pub fn keys_not_transposed(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_s = through_softmax(p, &d_y.dot(&v.t())) * root(q);
    [d_s.dot(k), d_s.dot(q), p.t().dot(d_y)]
}

pub fn values_not_transposed(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_s = through_softmax(p, &d_y.dot(&v.t()));
    rest((q, k), d_s, p.dot(d_y), root(q))
}

pub fn mean_forgotten(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    rest((q, k), p * &d_y.dot(&v.t()), p.t().dot(d_y), root(q))
}

pub fn plain_mean(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_p = d_y.dot(&v.t());
    let means = d_p.sum_axis(Axis(1)) / d_p.ncols() as f64;
    let d_s = p * &(d_p - means.insert_axis(Axis(1)));
    rest((q, k), d_s, p.t().dot(d_y), root(q))
}

pub fn in_another_order(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Three {
    let d_s = through_softmax(p, &d_y.dot(&v.t()));
    let [d_q, d_k, d_v] = rest((q, k), d_s, p.t().dot(d_y), root(q));
    [d_v, d_q, d_k]
}
