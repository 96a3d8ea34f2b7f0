pub fn beta_for_a_sum(beta: f64, _: usize, c: usize) -> f64 {
    beta / c as f64
}
