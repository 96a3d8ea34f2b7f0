use discriminator_training::plain::d_step;
use gan::plain::average;
use gradients::plain::{Adam, Mlp};
use ndarray::Array2;

use crate::checks::{Recipe, Trained, g_turn};

pub fn train(
    mut g: Mlp<f64>,
    mut d: Mlp<f64>,
    recipe: Recipe,
    real: &mut dyn FnMut() -> Array2<f64>,
    noise: &mut dyn FnMut() -> Array2<f64>,
) -> Trained {
    let Recipe { steps, k, adam, alpha } = recipe;
    let (mut adam_g, mut adam_d) = (Adam::new(&g, adam), Adam::new(&d, adam));
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    for n in 0..steps {
        let done = n as f64;
        let lr = adam.lr * (1.0 - done / steps as f64);
        (adam_g.config.lr, adam_d.config.lr) = (lr, lr);
        let mut d_loss = 0.0;
        for _ in 0..k {
            let x_fake = g.output(&noise()); // [B, X]
            let (loss, d_d) = d_step(&d, &real(), &x_fake);
            adam_d.step(&mut d, &d_d);
            d_loss = loss;
        }
        let (g_loss, d_g) = g_turn(&g, &d, &noise());
        adam_g.step(&mut g, &d_g);
        average(&mut mean, &g, alpha.min((done + 1.0) / (done + 10.0)));
        losses.push([d_loss, g_loss]);
    }
    Trained { g, d, mean, losses }
}
