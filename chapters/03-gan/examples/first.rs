//! A GAN in ten lines, on a ring of eight modes: `cargo run -p gan --example first`.

use datasets::toy::{Density, GaussianMixture};
use discriminator_training::plain::d_step;
use gan::plain::{modes, through};
use gradients::plain::{Activation, Adam, AdamConfig, Mlp, last};
use lab::{rng_at, say};
use minimax_loss::plain::{
    g_loss_non_saturating, g_loss_non_saturating_backward,
};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

/// Both players' optimiser.
pub const ADAM: AdamConfig =
    AdamConfig { lr: 2e-3, beta1: 0.5, beta2: 0.999, eps: 1e-8 };

/// Examples in a batch, and components of the noise.
const B: usize = 64;
const Z: usize = 2;
const STEPS: u64 = 3000;

// ANCHOR: g_step
/// Eq. 3.1 and 3.2: the generator's loss, and its gradient at every
/// parameter of `g`. `d` stays as it is.
fn g_step(g: &Mlp<f32>, d: &Mlp<f32>, z: &Array2<f32>) -> (f32, Mlp<f32>) {
    let made = g.forward(z); // …, [B, X]
    let fake = d.forward(last(&made)); // …, [B, 1]
    let loss = g_loss_non_saturating(last(&fake));
    let d_s = g_loss_non_saturating_backward(last(&fake)); // [B, 1]
    let (d_x, _) = through(d, &fake, d_s); // [B, X]
    let (_, d_g) = g.backward_parameters(&made, d_x);
    (loss, d_g)
}
// ANCHOR_END: g_step

/// Trains the generator `g` and the discriminator `d` for so many steps.
pub fn train(
    [g, d]: [&mut Mlp<f32>; 2],
    steps: u64,
    real: impl Fn(u64) -> Array2<f32>,
    noise: impl Fn(u64) -> [Array2<f32>; 2],
    mut look: impl FnMut(u64, &Mlp<f32>, [f32; 2]),
) {
    // ANCHOR: loop
    let (mut adam_g, mut adam_d) = (Adam::new(g, ADAM), Adam::new(d, ADAM));
    for step in 0..steps {
        let x_real = real(step); // [B, X]
        let [z_d, z_g] = noise(step); // [B, Z], [B, Z]
        let x_fake = g.output(&z_d); // [B, X]
        let (d_loss, d_d) = d_step(d, &x_real, &x_fake); // chapter 2
        adam_d.step(d, &d_d);
        let (g_loss, d_g) = g_step(g, d, &z_g);
        adam_g.step(g, &d_g);
        look(step, g, [d_loss, g_loss]);
    }
    // ANCHOR_END: loop
}

fn main() -> anyhow::Result<()> {
    let ring = GaussianMixture::ring_of_8(0.05)?;
    let net = |outputs, stream| {
        let (leaky, last) =
            (Activation::LeakyRelu(0.2), Activation::Identity);
        Mlp::new(&[2, 32, 32, outputs], leaky, last, &mut rng_at(1, stream))
    };
    let normal = |n, rng: &mut _| {
        Array2::<f32>::random_using((n, Z), StandardNormal, rng) // [n, Z]
    };
    let real = |step| {
        ring.sample(B, &mut rng_at(2, step)).mapv(|v| v as f32) // [B, 2]
    };
    let noise = |step| {
        let rng = &mut rng_at(3, step);
        [normal(B, rng), normal(B, rng)] // [B, Z], [B, Z]
    };
    let z = normal(2500, &mut rng_at(4, 0)); // [2500, Z]
    let look = |step: u64, g: &Mlp<f32>, [d_loss, g_loss]: [f32; 2]| {
        if (step + 1).is_multiple_of(500) || step == 0 {
            let x = g.output(&z).mapv(f64::from); // [2500, 2]
            let (good, found) = modes(&x, ring.means(), ring.sigma());
            let found = found.iter().filter(|n| **n > 0).count();
            let share = 100.0 * good as f64 / 2500.0;
            say(format_args!(
                "step {:4}  D {d_loss:.3}  G {g_loss:.3}  {found} of 8 modes, {share:.0}% of high quality",
                step + 1
            ));
        }
    };
    train([&mut net(2, 0), &mut net(1, 1)], STEPS, real, noise, look);
    Ok(())
}
