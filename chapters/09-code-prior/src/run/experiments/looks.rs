//! Where the heads of each block look from the middle of the map: mean weights over test digits.

use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array1, Array2, s};

use super::first;
use crate::run::learnt::Learnt;

/// The place from which is looked.
const FROM: usize = 24;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (prior, codes) = (&it.prior, &it.world.test_codes);
    let h = prior.heads;
    let pass = prior.forward(&first(codes, lab.by_scale(20, 200, 200)))?;
    let mut grid = ImageGrid::new(h).zoom(14);
    let mut near = 0.0_f32;
    for weights in pass.weights() {
        for head in 0..h {
            let mean = mean_look(weights, head, h); // [49]
            // Row i holds code i - 1: these hold the code to the left, above it, and above that one's sides.
            let close = [FROM, FROM - 6, FROM - 5, FROM - 7];
            near = near.max(close.iter().map(|&j| mean[j]).sum());
            // For the same reason the map is shown one place to the left; the start token is left out.
            let mut map = Array1::zeros(49); // [49]
            map.slice_mut(s![..48]).assign(&mean.slice(s![1..]));
            let map = map.into_shape_with_order((7, 7))?;
            let largest = mean.fold(0.0_f32, |m, v| m.max(*v));
            grid.push(map.view(), 0.0, largest);
        }
    }
    let within = Within::Absolute(0.25);
    lab.result("most_local_head_share", f64::from(near), within)?;
    lab.result("even_look_share", 4.0 / (FROM + 1) as f64, Within::Exactly)?;
    lab.image("looks", &grid)
}

/// The mean weights of a head at the place, over images. `[49]`
fn mean_look(weights: &[Array2<f32>], head: usize, h: usize) -> Array1<f32> {
    let mut mean = Array1::<f32>::zeros(49); // [49]
    let n = (weights.len() / h) as f32;
    for p in weights.iter().skip(head).step_by(h) {
        mean.scaled_add(1.0 / n, &p.row(FROM));
    }
    mean
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "a_head_has_found_the_neighbours",
        Claim::times(3.0, "even_look_share", "most_local_head_share"),
    )]
}
