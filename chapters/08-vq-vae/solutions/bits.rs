use ndarray::Array2;

pub fn bits(q: &Array2<f64>, p: &Array2<f64>) -> f64 {
    let come = q.iter().zip(p).filter(|(_, p)| **p > 0.0);
    come.map(|(q, p)| -p * q.log2()).sum()
}
