pub fn unchanged(beta: f64, _: usize, _: usize) -> f64 {
    beta
}

pub fn wrong_way_round(beta: f64, _: usize, c: usize) -> f64 {
    beta * c as f64
}

pub fn over_everything(beta: f64, n: usize, c: usize) -> f64 {
    beta / (n * c) as f64
}
