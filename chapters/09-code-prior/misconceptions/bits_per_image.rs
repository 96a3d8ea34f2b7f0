use ndarray::{Array2, Axis};

/// One number a code, in nats. `[B·T]`
fn nats(logits: &Array2<f64>, codes: &Array2<usize>) -> Vec<f64> {
    let rows = logits.rows().into_iter().zip(codes);
    let one = |(row, &code): (ndarray::ArrayView1<f64>, &usize)| {
        let sum: f64 = row.iter().map(|s| s.exp()).sum();
        sum.ln() - row[code]
    };
    rows.map(one).collect()
}

const LN_2: f64 = std::f64::consts::LN_2;

pub fn mean_over_places(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    nats(logits, codes).iter().sum::<f64>() / codes.len() as f64 / LN_2
}

pub fn nats_called_bits(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    nats(logits, codes).iter().sum::<f64>() / codes.nrows() as f64
}

pub fn multiplied_by_ln_2(
    logits: &Array2<f64>,
    codes: &Array2<usize>,
) -> f64 {
    nats_called_bits(logits, codes) * LN_2
}

pub fn summed_over_images(
    logits: &Array2<f64>,
    codes: &Array2<usize>,
) -> f64 {
    nats(logits, codes).iter().sum::<f64>() / LN_2
}

pub fn softmax_over_the_places(
    logits: &Array2<f64>,
    codes: &Array2<usize>,
) -> f64 {
    let e = logits.mapv(f64::exp);
    let p = &e / &e.sum_axis(Axis(0));
    let all = p.rows().into_iter().zip(codes);
    let bits: f64 = all.map(|(row, &code)| -row[code].log2()).sum();
    bits / codes.nrows() as f64
}

pub fn entropy_of_the_model(
    logits: &Array2<f64>,
    codes: &Array2<usize>,
) -> f64 {
    let e = logits.mapv(f64::exp);
    let p = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
    -p.mapv(|p| p * p.log2()).sum() / codes.nrows() as f64
}

pub fn overflows(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    nats_called_bits(logits, codes) / LN_2
}

/// "So that there is no logarithm of 0."
pub fn clamped(logits: &Array2<f64>, codes: &Array2<usize>) -> f64 {
    let all = logits.rows().into_iter().zip(codes);
    let bits = all.map(|(row, &code)| {
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let sum = row.mapv(|s| (s - largest).exp()).sum();
        -((row[code] - largest).exp() / sum).max(1e-10).log2()
    });
    bits.sum::<f64>() / codes.nrows() as f64
}
