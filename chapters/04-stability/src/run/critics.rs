//! Critics between two clouds on a line, held in several ways, and how they are trained.

use discriminator_training::plain::d_step_under;
use gradients::plain::{Activation, Adam, AdamConfig, Mlp, add, real};
use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::critic::{between, clip, gradient_penalty};
use crate::losses::d_wasserstein;
use crate::spectral::{normalised, normalised_backward, power_step, start};

/// The real cloud is around half of this, the fake one around minus half.
pub const APART: f64 = 2.0;
/// How wide each is.
pub const WIDTH: f64 = 0.2;
/// The widths of every critic.
pub const WIDTHS: [usize; 4] = [1, 32, 32, 1];
/// What the gradient penalty weighs, as Gulrajani and others have it.
pub const LAMBDA: f64 = 10.0;
const BATCH: usize = 64;

/// What holds a critic.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Its weights are clipped.
    Clip(f64),
    /// Its slope is penalised.
    Penalty,
    /// Its weights are divided by their norms.
    Spectral,
}

/// Real examples and fakes, `[rows, 1]` each.
pub fn clouds(rows: usize, rng: &mut impl Rng) -> [Array2<f32>; 2] {
    [APART / 2.0, -APART / 2.0].map(|around| {
        let z = Array2::random_using((rows, 1), StandardNormal, rng);
        z * real::<f32>(WIDTH) + real::<f32>(around)
    })
}

/// For each layer the vectors of its last step of power iteration.
type Directions = Vec<(Array1<f32>, Array1<f32>)>;

/// The network with its weights divided by their norms, each after a step of power iteration.
fn divided(net: &Mlp<f32>, kept: &Directions) -> (Mlp<f32>, Directions) {
    let (mut bar, mut directions) = (net.clone(), vec![]);
    for (layer, (u, _)) in bar.layers.iter_mut().zip(kept) {
        let (u, v) = power_step(&layer.w, u); // [I], [O]
        layer.w = normalised(&layer.w, &u, &v); // [I, O]
        directions.push((u, v));
    }
    (bar, directions)
}

/// A critic that was trained to tell the clouds apart, as it is used.
pub fn train(way: Way, steps: usize, rng: &mut impl Rng) -> Mlp<f32> {
    let (leaky, last) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let mut net = Mlp::new(&WIDTHS, leaky, last, rng);
    let first = |n| (start(WIDTHS[n], rng), Array1::zeros(0));
    let mut kept: Directions = (0..net.layers.len()).map(first).collect();
    let config = AdamConfig { lr: 4e-3, beta1: 0.0, beta2: 0.9, eps: 1e-8 };
    let mut adam = Adam::new(&net, config);
    for t in 0..steps {
        adam.config.lr = config.lr * (1.0 - t as f64 / steps as f64);
        let [x_real, x_fake] = clouds(BATCH, rng); // [B, 1] each
        let step =
            |d: &Mlp<f32>| d_step_under(d, &x_real, &x_fake, d_wasserstein).1;
        let d_net = match way {
            Way::Clip(_) => step(&net),
            Way::Penalty => {
                let share = || rng.random();
                let eps = Array2::from_shape_simple_fn((BATCH, 1), share);
                let x = between(&x_real, &x_fake, &eps); // [B, 1]
                let mut d_net = step(&net);
                add(&mut d_net, &gradient_penalty(&net, &x, LAMBDA).1);
                d_net
            }
            Way::Spectral => {
                let (bar, now) = divided(&net, &kept);
                kept = now;
                let mut d_net = step(&bar);
                let layers = d_net.layers.iter_mut().zip(&net.layers);
                for ((d, layer), (u, v)) in layers.zip(&kept) {
                    d.w = normalised_backward(&layer.w, u, v, &d.w); // [I, O]
                }
                d_net
            }
        };
        adam.step(&mut net, &d_net);
        if let Way::Clip(c) = way {
            clip(&mut net, real(c));
        }
    }
    match way {
        Way::Spectral => divided(&net, &kept).0,
        _ => net,
    }
}
