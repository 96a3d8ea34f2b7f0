use discriminator_training::plain::d_step;
use gradients::plain::{Adam, AdamConfig, Mlp};
use ndarray::Array2;

pub fn k_steps(
    mut d: Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    real: &mut dyn FnMut() -> Array2<f64>,
    noise: &mut dyn FnMut() -> Array2<f64>,
) -> (Mlp<f64>, Vec<f64>) {
    let mut adam = Adam::new(&d, config);
    let mut losses = Vec::new();
    for _ in 0..k {
        let x_fake = g.output(&noise()); // [B', X]
        let (loss, d_d) = d_step(&d, &real(), &x_fake);
        losses.push(loss);
        adam.step(&mut d, &d_d);
    }
    (d, losses)
}
