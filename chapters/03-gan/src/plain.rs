//! Two players in plain ndarray: a generator that learns through its
//! discriminator, and what keeps the pair from falling apart.

use std::ops::Range;

use discriminator_training::plain::d_step_under;
use gradients::plain::{
    Activation, Layer, Mlp, Parameters, add, last, product, real, sigmoid,
    softplus,
};
use minimax_loss::plain::{
    d_loss, d_loss_backward, g_loss_non_saturating,
    g_loss_non_saturating_backward, g_loss_saturating,
    g_loss_saturating_backward,
};
use ndarray::{Array1, Array2, Axis, NdFloat, concatenate};
use rayon::join;

// ANCHOR: through
/// Eq. 3.3: the gradient at the input of a network, and on the way the one
/// at every layer's sum, `u`, first layer first. No parameter's gradient is
/// computed: the network is only passed through.
pub fn through<F: NdFloat>(
    net: &Mlp<F>,
    outputs: &[Array2<F>],
    d_y: Array2<F>, // [B, O]
) -> (Array2<F>, Vec<Array2<F>>) {
    let (mut v, mut sums) = (d_y, Vec::new());
    for (n, layer) in net.layers.iter().enumerate().rev() {
        let u = layer.activation.backward(&outputs[n + 1], v); // [B, O]
        v = product(u.view(), layer.w.t()); // [B, I]
        sums.push(u);
    }
    sums.reverse();
    (v, sums)
}
// ANCHOR_END: through

// ANCHOR: game
/// What the two players are scored by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Game {
    /// Chapter 1's losses, the generator's non-saturating.
    NonSaturating,
    /// Chapter 1's losses, the generator's saturating.
    Saturating,
    /// A fake is compared with a real example (eq. 4.32).
    Relativistic,
}

/// A loss and its gradients at the real and at the fake logits.
pub type Scored<F> = (F, (Array2<F>, Array2<F>));

/// The discriminator's loss in a game, from logits `[B, 1]`.
pub fn d_loss_of<F: NdFloat>(
    game: Game,
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> Scored<F> {
    match game {
        Game::Relativistic => paired(s_real, s_fake),
        _ => (d_loss(s_real, s_fake), d_loss_backward(s_real, s_fake)),
    }
}

/// The generator's loss and its gradient at the fake logits; only the
/// relativistic one looks at the real logits.
pub fn g_loss_of<F: NdFloat>(
    game: Game,
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> (F, Array2<F>) {
    match game {
        Game::NonSaturating => (
            g_loss_non_saturating(s_fake),
            g_loss_non_saturating_backward(s_fake),
        ),
        Game::Saturating => {
            (g_loss_saturating(s_fake), g_loss_saturating_backward(s_fake))
        }
        Game::Relativistic => {
            let (loss, (d_fake, _)) = paired(s_fake, s_real);
            (loss, d_fake)
        }
    }
}

/// Eq. 4.32: `softplus(-(a - b))`, the mean over pairs of rows, and its
/// gradients at both: `a` should score higher than `b`.
pub fn paired<F: NdFloat>(a: &Array2<F>, b: &Array2<F>) -> Scored<F> {
    let n = real::<F>(a.len() as f64);
    let gap = a - b; // [B, 1]
    let loss = gap.fold(F::zero(), |sum, &s| sum + softplus(-s)) / n;
    let d_a = gap.mapv(|s| (sigmoid(s) - F::one()) / n); // [B, 1]
    let d_b = d_a.mapv(|v| -v); // [B, 1]
    (loss, (d_a, d_b))
}
// ANCHOR_END: game

// ANCHOR: g_step
/// Eq. 3.1 and 3.2: the generator's loss on fresh noise, and its gradient
/// at every parameter of `g`: backwards through `d`, which stays as it is,
/// and on through `g`. The real logits matter to the relativistic game.
pub fn g_step<F: NdFloat>(
    g: &Mlp<F>,
    d: &Mlp<F>,
    z: &Array2<F>,      // [B, Z]
    s_real: &Array2<F>, // [B / pack, 1]
    game: Game,
    pack: usize,
) -> (F, Mlp<F>) {
    let made = g.forward(z); // …, [B, X]
    let x_fake = packed(last(&made).clone(), pack); // [B / pack, pack · X]
    let fake = d.forward(&x_fake); // …, [B / pack, 1]
    let (loss, d_s) = g_loss_of(game, s_real, last(&fake)); // [B / pack, 1]
    let (d_x, _) = through(d, &fake, d_s); // [B / pack, pack · X]
    let (_, d_g) = g.backward_parameters(&made, unpacked(d_x, pack));
    (loss, d_g)
}
// ANCHOR_END: g_step

// ANCHOR: packing
/// Eq. 4.33: `pack` examples side by side as one, `[B / pack, pack · X]`, so
/// that the discriminator sees variety, or the lack of it.
///
/// # Panics
/// `pack` does not divide the batch.
pub fn packed<F: NdFloat>(x: Array2<F>, pack: usize) -> Array2<F> {
    let (b, width) = x.dim();
    let shape = (b / pack, pack * width);
    x.into_shape_clone(shape).expect("pack divides the batch")
}

/// The inverse. `[B, X]`
pub fn unpacked<F: NdFloat>(x: Array2<F>, pack: usize) -> Array2<F> {
    let (b, width) = x.dim();
    let shape = (b * pack, width / pack);
    x.into_shape_clone(shape).expect("a multiple of pack columns")
}
// ANCHOR_END: packing

// ANCHOR: penalty
/// Eq. 4.30: `γ/2` times the mean squared length of the logit's gradient at
/// the examples, and (eq. 4.31) the gradient of that at every parameter of
/// `d`. Exact for layers that are linear in pieces, whose slopes do not
/// change when the weights do.
///
/// # Panics
/// An activation is curved.
pub fn penalty<F: NdFloat>(
    d: &Mlp<F>,
    x: &Array2<F>, // [B, X]
    gamma: f64,
) -> (F, Mlp<F>) {
    let outputs = d.forward(x);
    let ones = Array2::ones(last(&outputs).raw_dim()); // [B, 1]
    let (d_x, sums) = through(d, &outputs, ones); // [B, X]
    let scale = real::<F>(gamma / x.nrows() as f64);
    let squares = d_x.fold(F::zero(), |sum, &v| sum + v * v);
    let mut layers = Vec::new();
    let mut d_v = d_x * scale; // [B, X]
    for ((layer, u), y) in d.layers.iter().zip(sums).zip(&outputs[1..]) {
        assert!(linear_in_pieces(layer.activation), "a curved activation");
        let w = product(d_v.t(), u.view()); // [I, O]
        let d_u = product(d_v.view(), layer.w.view()); // [B, O]
        d_v = layer.activation.backward(y, d_u); // [B, O]
        let b = Array1::zeros(layer.b.len()); // [O]
        layers.push(Layer { w, b, activation: layer.activation });
    }
    (squares * scale * real(0.5), Mlp { layers })
}

fn linear_in_pieces(activation: Activation) -> bool {
    !matches!(activation, Activation::Tanh | Activation::Sigmoid)
}
// ANCHOR_END: penalty

// ANCHOR: d_step
/// The zero-centred penalties of a step: γ at real examples (R1) and at
/// fakes (R2); 0 is off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// R1's γ.
    pub real: f64,
    /// R2's γ.
    pub fake: f64,
}

/// The discriminator's loss with its penalties, and the gradient at every
/// parameter: chapter 2's step, and on top of it eq. 4.31.
pub fn d_step<F: NdFloat>(
    d: &Mlp<F>,
    x_real: &Array2<F>, // [B, X]
    x_fake: &Array2<F>, // [B, X]
    game: Game,
    penalties: Penalties,
) -> (F, Mlp<F>) {
    let (mut loss, mut d_net) =
        d_step_under(d, x_real, x_fake, |s_real, s_fake| {
            d_loss_of(game, s_real, s_fake)
        });
    let of = |x, gamma| (gamma > 0.0).then(|| penalty(d, x, gamma));
    let Penalties { real, fake } = penalties;
    let (at_real, at_fake) = join(|| of(x_real, real), || of(x_fake, fake));
    for (more, d_more) in [at_real, at_fake].into_iter().flatten() {
        loss += more;
        add(&mut d_net, &d_more);
    }
    (loss, d_net)
}
// ANCHOR_END: d_step

// ANCHOR: halves
/// The loss and its gradients of a batch of `rows`, half of it a thread. A
/// mean over all rows is the mean of the halves' means, each counted by its
/// share, and so are its gradients. It is cut in two on any machine, so the
/// result is the same.
pub fn in_halves<F: NdFloat, P: Parameters<F> + Send>(
    rows: usize,
    of: impl Fn(Range<usize>) -> (F, P) + Sync,
) -> (F, P) {
    let middle = rows / 2;
    if middle == 0 {
        return of(0..rows);
    }
    let (one, other) = join(|| of(0..middle), || of(middle..rows));
    let ((loss, mut d), (more, d_more)) = (one, other);
    let b = real::<F>((rows - middle) as f64 / rows as f64);
    let a = F::one() - b;
    for (mut d, more) in
        d.parameters_mut().into_iter().zip(d_more.parameters())
    {
        d.zip_mut_with(&more, |d, &more| *d = a * *d + b * more);
    }
    (a * loss + b * more, d)
}

/// What the network makes of `z`, half of the rows a thread. `[B, X]`
pub fn output_in_halves<F: NdFloat>(
    net: &Mlp<F>,
    z: &Array2<F>, // [B, Z]
) -> Array2<F> {
    let (one, other) = z.view().split_at(Axis(0), z.nrows() / 2);
    let [one, other] = [one, other].map(|z| z.to_owned());
    let (one, other) = join(|| net.output(&one), || net.output(&other));
    concatenate![Axis(0), one, other] // [B, X]
}
// ANCHOR_END: halves

// ANCHOR: average
/// Eq. 3.6: moves the averaged generator a little towards the one in
/// training.
pub fn average<F: NdFloat, P: Parameters<F>>(
    mean: &mut P,
    g: &P,
    decay: f64,
) {
    let keep = real::<F>(decay);
    let parameters = mean.parameters_mut().into_iter();
    for (mut mean, now) in parameters.zip(g.parameters()) {
        mean.zip_mut_with(&now, |m, &p| {
            *m = keep * *m + (F::one() - keep) * p
        });
    }
}
// ANCHOR_END: average

// ANCHOR: modes
/// Eq. 3.5: of samples `[N, dim]`, how many lie within three standard
/// deviations of the nearest mode, and of which modes there is at least one
/// such sample.
pub fn modes(
    samples: &Array2<f64>, // [N, dim]
    means: &Array2<f64>,   // [M, dim]
    sigma: f64,
) -> (usize, Vec<usize>) {
    let mut found = vec![0; means.nrows()];
    for x in samples.rows() {
        let squares = means.rows().into_iter().map(|m| {
            x.iter().zip(m).map(|(x, m)| (x - m).powi(2)).sum::<f64>()
        });
        let nearest = squares.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((mode, square)) = nearest
            && square <= (3.0 * sigma).powi(2)
        {
            found[mode] += 1;
        }
    }
    (found.iter().sum(), found)
}
// ANCHOR_END: modes

// ANCHOR: interpolate
/// Eq. 3.7: from noise `a` to noise `b` along the sphere, which keeps its
/// length typical. `t` runs from 0 to 1. `[Z]`
pub fn interpolate(a: &Array1<f32>, b: &Array1<f32>, t: f32) -> Array1<f32> {
    let lengths = (a.dot(a) * b.dot(b)).sqrt();
    let angle = (a.dot(b) / lengths).clamp(-1.0, 1.0).acos();
    let (of_a, of_b) = match angle.sin() {
        sine if sine < 1e-4 => (1.0 - t, t), // of one direction: a line
        sine => (((1.0 - t) * angle).sin() / sine, (t * angle).sin() / sine),
    };
    a * of_a + b * of_b // [Z]
}
// ANCHOR_END: interpolate
