//! The same losses on dfdx; the tape finds their gradients.

use dfdx::optim::Adam;
use dfdx::prelude::*;
use gradients::on_dfdx::{Loss, Number, Taped, adam_config, bce_with_logits};
use gradients::plain::AdamConfig;
use lab::tensor;
use ndarray::Array1;

// ANCHOR: losses
/// `log(1 + e^s)` of every logit: binary cross-entropy with target 0.
fn softplus<S: Shape, E: Number, D: Device<E>>(
    s: Tensor<S, E, D, OwnedTape<E, D>>,
) -> Tensor<S, E, D, OwnedTape<E, D>> {
    let zeros = s.device().zeros_like(&s.shape().clone());
    s.bce_with_logits(zeros)
}

/// Eq. 1.6: what the discriminator minimises.
pub fn d_loss<E: Number, D: Device<E>>(
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    let ones = s_real.device().ones_like(&s_real.shape().clone());
    let zeros = s_fake.device().zeros_like(&s_fake.shape().clone());
    bce_with_logits(s_real, ones) + bce_with_logits(s_fake, zeros)
}

/// Eq. 1.8: the generator's share of V.
pub fn g_loss_saturating<E: Number, D: Device<E>>(
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    softplus(s_fake).mean().negate()
}

/// Eq. 1.9: the loss in use.
pub fn g_loss_non_saturating<E: Number, D: Device<E>>(
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    softplus(s_fake.negate()).mean()
}

/// Eq. 1.11: the article's loss, a sigmoid before a loss on logits.
pub fn g_loss_double_sigmoid<E: Number, D: Device<E>>(
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    softplus(s_fake.sigmoid().negate()).mean()
}
// ANCHOR_END: losses

// ANCHOR: climb
/// Eq. 1.1 with its sign turned, for a tabular discriminator of logits `s`.
/// All `[N]`. V is written forward; the tape does the rest.
pub fn minus_value_of_tables<S: Shape, E: Number, D: Device<E>>(
    s: Tensor<S, E, D, OwnedTape<E, D>>,
    p: &Tensor<S, E, D>,
    q: &Tensor<S, E, D>,
) -> Loss<E, D> {
    let (s, tape) = s.split_tape();
    let minus_log_d = softplus(s.clone().put_tape(tape).negate());
    let (minus_log_d, tape) = (minus_log_d * p.clone()).split_tape(); // [N]
    let minus_log_not_d = softplus(s.put_tape(tape)) * q.clone(); // [N]
    (minus_log_not_d + minus_log_d).sum()
}

/// Lets a tabular discriminator climb; returns its logits at the end, `[N]`.
///
/// # Panics
/// The tables do not have N cells.
pub fn climb<const N: usize, D: Device<f64>>(
    dev: &D,
    p: &Array1<f64>,
    q: &Array1<f64>,
    config: AdamConfig,
    steps: usize,
) -> Array1<f64> {
    let shape = (Const::<N>,);
    let (p, q) = (tensor(dev, p, shape), tensor(dev, q, shape));
    let mut s: Tensor<Rank1<N>, f64, D> = dev.zeros(); // [N]
    let mut adam = Adam::new(&s, adam_config(config));
    for _ in 0..steps {
        let minus_v = minus_value_of_tables(s.leaky_trace(), &p, &q);
        adam.update(&mut s, &minus_v.backward()).expect("s has a gradient");
    }
    lab::column(&s)
}
// ANCHOR_END: climb
