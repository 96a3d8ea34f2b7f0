use gradients::plain::{last, mse, mse_backward};
use ndarray::Array2;
use vq_gan::plain::{adaptive_weight, opinion};

use crate::checks::{Players, Rules, Terms, d_gradient};

/// The discriminator sees what the decoder draws behind its step.
pub fn shown_the_next_one(
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
    of_decoder.step(decoder, &d_decoder);
    let behind = decoder.output(z_q);
    let d_d = d_gradient(discriminator, x, &behind);
    of_discriminator.step(discriminator, &d_d);
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

pub fn discriminator_first(
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
    let d_d = d_gradient(discriminator, x, x_hat);
    of_discriminator.step(discriminator, &d_d);

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
    of_decoder.step(decoder, &d_decoder);
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

pub fn lambda_at_the_pixels(
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
        let balance = rules.balance;
        lambda = match balance.adaptive {
            true => adaptive_weight(&d_x_hat, &d_adv, balance.most),
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

/// The opinion is added, and then weighed.
pub fn lambda_of_the_sum(
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
        let d_rest = &d_x_hat + &d_adv;
        lambda = match balance.adaptive {
            true => adaptive_weight(&at(&d_rest), &at(&d_adv), balance.most),
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

pub fn lambda_of_the_error_alone(
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
        let d_error = mse_backward(x_hat, x) / rules.variance;
        lambda = match balance.adaptive {
            true => adaptive_weight(&at(&d_error), &at(&d_adv), balance.most),
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

pub fn lambda_on_the_rest(
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
        d_x_hat = d_x_hat * lambda + &d_adv;
    }

    let d_decoder = decoder.backward_parameters(&seen, d_x_hat);
    let d_d = d_gradient(discriminator, x, x_hat);
    of_decoder.step(decoder, &d_decoder);
    of_discriminator.step(discriminator, &d_d);
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

pub fn learns_only_when_heard(
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
    if heard {
        of_discriminator.step(discriminator, &d_d);
    }
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

/// Two backward passes, two steps.
pub fn a_step_for_each(
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
        let d = decoder.backward_parameters(&seen, d_x_hat.clone());
        of_decoder.step(decoder, &d);
        d_x_hat = d_adv * lambda;
    }

    let d_decoder = decoder.backward_parameters(&seen, d_x_hat);
    let d_d = d_gradient(discriminator, x, x_hat);
    of_decoder.step(decoder, &d_decoder);
    of_discriminator.step(discriminator, &d_d);
    let reconstruction = mse(x_hat, x) / rules.variance;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

pub fn terms_weighed(
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
        adversarial = loss * lambda;
        d_x_hat.scaled_add(lambda, &d_adv);
    }

    let d_decoder = decoder.backward_parameters(&seen, d_x_hat);
    let d_d = d_gradient(discriminator, x, x_hat);
    of_decoder.step(decoder, &d_decoder);
    of_discriminator.step(discriminator, &d_d);
    let reconstruction = mse(x_hat, x) / rules.variance;
    let perceptual = perceptual * rules.weight;
    Terms { reconstruction, perceptual, adversarial, lambda }
}

pub fn share_before_the_bound(
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
            true => {
                adaptive_weight(&at(&d_x_hat), &at(&d_adv), f64::INFINITY)
            }
            false => 1.0,
        } * balance.share;
        if balance.adaptive {
            lambda = lambda.min(balance.most);
        }
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

/// Whether λ is adaptive is not looked at.
pub fn always_a_ratio(
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
        lambda = adaptive_weight(&at(&d_x_hat), &at(&d_adv), balance.most)
            * balance.share;
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
