use code_prior::plain::tempered;
use code_prior::sampling::Draws;
use vq_gan::plain::guide;

use crate::checks::Taught;

pub fn draw_wish(
    prior: &Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: &[f64],
) -> Vec<usize> {
    let k = prior.sizes().codes;
    let (mut told, mut untold) = (prior.cache(1), prior.cache(1));
    let mut last = [k + 1 + class, k];
    let mut codes = Vec::new();
    for &u in u {
        let s_c = prior.next(&mut told, &last[..1]); // [1, K]
        let s_0 = prior.next(&mut untold, &last[1..]); // [1, K]
        let s = guide(&s_c, &s_0, scale); // [1, K]
        let p = tempered(s.row(0), temperature); // [K]
        let mut sum = 0.0;
        let code = p.iter().position(|p| {
            sum += p;
            sum > u
        });
        let code = code.unwrap_or(k - 1); // rounding left a crumb
        codes.push(code);
        last = [code, code];
    }
    codes
}
