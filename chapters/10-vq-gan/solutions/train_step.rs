use gradients::plain::{last, mse, mse_backward};
use ndarray::Array2;
use vq_gan::plain::{adaptive_weight, opinion};

use crate::checks::{Players, Rules, Terms, d_gradient};

pub fn train_step(
    players: &mut Players,
    z_q: &Array2<f64>,
    x: &Array2<f64>,
    rules: &Rules,
    heard: bool,
) -> Terms {
    let Players { decoder, of_decoder, discriminator, of_discriminator } =
        players;
    let seen = decoder.forward(z_q);
    let x_hat = last(&seen); // [B, X]

    let (perceptual, d_ruler) = rules.ruler.distance(x, x_hat);
    let mut d_x_hat = mse_backward(x_hat, x) / rules.variance; // [B, X]
    d_x_hat.scaled_add(rules.weight, &d_ruler); // the rest, so far
    let (mut adversarial, mut lambda) = (0.0, 0.0);
    if heard {
        let (loss, d_adv) = opinion(discriminator, x_hat); // [B, X]
        let n = decoder.layers.len() - 1;
        let at = |d| decoder.layers[n].weight(&seen[n], d);
        let balance = rules.balance;
        lambda = match balance.adaptive {
            true => adaptive_weight(&at(&d_x_hat), &at(&d_adv), balance.most),
            false => 1.0,
        } * balance.share;
        adversarial = loss;
        d_x_hat.scaled_add(lambda, &d_adv);
    }

    let d_decoder = decoder.backward_parameters(&seen, d_x_hat);
    let d_d = d_gradient(discriminator, x, x_hat);
    of_decoder.step(decoder, &d_decoder);
    of_discriminator.step(discriminator, &d_d);
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}
