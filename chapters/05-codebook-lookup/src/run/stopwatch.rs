//! How long something takes.

use std::hint::black_box;
use std::time::Instant;

use dfdx::prelude::{Device, Synchronize};
use lab::tensor;
use ndarray::Array2;

use super::experiments::median;
use crate::on_dfdx;

/// The median time of several runs, in seconds.
pub fn seconds(runs: usize, mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    median((0..runs).map(time).collect())
}

/// The seconds of the two forms on dfdx.
pub fn seconds_on_dfdx<D: Device<f32> + Synchronize>(
    dev: &D,
    z: &Array2<f32>,
    codebook: &Array2<f32>,
) -> [f64; 2] {
    let [z, e] = [z, codebook].map(|x| tensor(dev, x, x.dim()));
    let device = seconds(2, || {
        black_box(on_dfdx::nearest(z.clone(), &e));
        dev.synchronize();
    });
    let host = seconds(2, || {
        black_box(on_dfdx::nearest_on_host(z.clone(), &e));
    });
    [device, host]
}
