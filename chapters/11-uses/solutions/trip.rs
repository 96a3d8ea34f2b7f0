use gradients::plain::last;
use ndarray::Array2;
use stability::net::Net;
use uses::cycle::Trip;
use vq_gan::plain::opinion;

pub fn trip(
    [there, back]: [&Net<f64>; 2],
    d: &Net<f64>,
    x: &Array2<f64>,
    lambda: f64,
) -> Trip<f64> {
    let out = there.forward(x);
    let made = last(&out) + x; // [B, P]
    let way = back.forward(&made);
    let off = last(&way) + &made - x; // [B, P]
    let numbers = off.len() as f64;
    let cycle = off.mapv(f64::abs).sum() / numbers;
    let sign = |v: f64| if v == 0.0 { 0.0 } else { v.signum() };
    let d_home = off.mapv(|v| lambda * sign(v) / numbers); // [B, P]
    let (around_back, d_back) = back.backward(&way, d_home.clone());
    let (adversarial, of_d) = opinion(d, &made);
    let d_made = around_back + d_home + of_d; // [B, P]
    let d_there = there.backward_parameters(&out, d_made);
    Trip { adversarial, cycle, made, d_there, d_back }
}
