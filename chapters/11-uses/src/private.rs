//! Gradients that no picture can bend by much: each is cut to a length, and
//! noise hides which ones were there.

use gradients::plain::Parameters;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{Distribution, StandardNormal};

/// The length of a gradient, all its numbers together.
pub fn length<P: Parameters<f32>>(d: &P) -> f64 {
    let squares = d.parameters().into_iter().map(|p| {
        let flat = p.flatten();
        f64::from(flat.dot(&flat))
    });
    squares.sum::<f64>().sqrt()
}

// ANCHOR: clipped
/// The mean of losses and of gradients, each of which is first made no
/// longer than `most`: who is added or taken away moves the sum by no more
/// than that. `None` of none.
pub fn clipped_mean<P: Parameters<f32>>(
    all: impl IntoIterator<Item = (f32, P)>,
    most: f64,
) -> Option<(f32, P)> {
    let mut sum: Option<(f32, P)> = None;
    let mut count = 0.0;
    for (loss, mut d) in all {
        let cut = (most / length(&d).max(f64::MIN_POSITIVE)).min(1.0) as f32;
        count += 1.0;
        sum = Some(match sum {
            None => {
                scale(&mut d, cut);
                (loss, d)
            }
            Some((losses, mut sum)) => {
                let parts = sum.parameters_mut().into_iter();
                for (mut sum, d) in parts.zip(d.parameters()) {
                    sum.scaled_add(cut, &d);
                }
                (losses + loss, sum)
            }
        });
    }
    sum.map(|(loss, mut d)| {
        scale(&mut d, 1.0 / count);
        (loss / count, d)
    })
}

/// Adds normal noise to each number of a gradient.
pub fn hide<P: Parameters<f32>>(
    d: &mut P,
    deviation: f64,
    rng: &mut impl Rng,
) {
    for mut p in d.parameters_mut() {
        p.mapv_inplace(|v| {
            let n: f32 = StandardNormal.sample(rng);
            v + deviation as f32 * n
        });
    }
}
// ANCHOR_END: clipped

fn scale<P: Parameters<f32>>(d: &mut P, by: f32) {
    d.parameters_mut().iter_mut().for_each(|p| *p *= by);
}
