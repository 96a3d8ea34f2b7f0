//! Encoder, codebook and decoder of chapter 8 on pictures in colour, and what
//! a second and a third term add to the squared error: a distance of
//! features, and a discriminator's opinion, weighed against the rest at the
//! decoder's last layer. A batch of pictures is a matrix `[B, H·W·C]`, the
//! channels of a pixel side by side.

use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Found, Quantizer};
use gradients::plain::{
    Mlp, Parameters, last, mse, mse_backward, product, real,
};
use minimax_loss::plain::{
    g_loss_non_saturating, g_loss_non_saturating_backward,
};
use ndarray::{Array1, Array2, ArrayView, ArrayViewMut, IxDyn, NdFloat, Zip};
use stability::net::Net;
use vq_vae::plain::{Half, half, half_backward};
use vq_vae::rate::choose;

/// The form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Lines, and columns.
    pub side: usize,
    /// 1 for grey, 3 for colour.
    pub channels: usize,
}

impl Form {
    /// Numbers in a picture.
    pub fn numbers(self) -> usize {
        self.side * self.side * self.channels
    }
}

// ANCHOR: contrast
/// What makes numbers of mean 0 and variance 1 of bytes as numbers in
/// [0, 1]: networks learn from differences, and a white ground hides them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// Of all numbers that are learnt from.
    pub mean: f32,
    /// Their standard deviation.
    pub deviation: f32,
}

impl Contrast {
    /// Numbers in [0, 1], with mean 0 and variance 1. The same shape.
    pub fn apply<F: NdFloat>(self, x: Array2<F>) -> Array2<F> {
        let [mean, deviation] =
            [self.mean, self.deviation].map(|v| real::<F>(v.into()));
        x.mapv_into(|v| (v - mean) / deviation)
    }

    /// The inverse, clamped to [0, 1]. The same shape.
    pub fn undo<F: NdFloat>(self, x: Array2<F>) -> Array2<F> {
        let [mean, deviation] =
            [self.mean, self.deviation].map(|v| real::<F>(v.into()));
        let unit = |v: F| v.max(F::zero()).min(F::one());
        x.mapv_into(|v| unit(v * deviation + mean))
    }
}
// ANCHOR_END: contrast

// ANCHOR: depth
/// Eq. 10.1: space to depth with channels. The pictures as grids of patches
/// of `patch` × `patch` pixels, a patch a row. `[B·S², patch²·C]`
///
/// # Panics
/// The rows are not pictures of this form, or `patch` does not divide them.
pub fn space_to_depth<F: NdFloat>(
    x: &Array2<F>, // [B, H·W·C]
    form: Form,
    patch: usize,
) -> Array2<F> {
    let grid = grid(form, patch);
    assert_eq!(x.ncols(), form.numbers(), "numbers in a row");
    let line = patch * form.channels; // a patch's, in one piece
    let shape = (x.nrows() * grid * patch, grid, line);
    let x = x.to_shape(shape).expect("whole lines"); // [B·S·p, S, p·C]
    let shape = (x.dim().0 / patch, patch, grid, line);
    let x = x.to_shape(shape).expect("whole grids"); // [B·S, p, S, p·C]
    let x = x.permuted_axes([0, 2, 1, 3]); // [B·S, S, p, p·C]
    let rows = (x.dim().0 * grid, patch * line);
    x.to_shape(rows).expect("as many").into_owned() // [B·S², p²·C]
}

/// Its inverse, depth to space. `[B, H·W·C]`
///
/// # Panics
/// The rows do not make whole pictures.
pub fn depth_to_space<F: NdFloat>(
    rows: &Array2<F>, // [B·S², patch²·C]
    form: Form,
    patch: usize,
) -> Array2<F> {
    let grid = grid(form, patch);
    let line = patch * form.channels;
    assert_eq!(rows.ncols(), patch * line, "numbers in a patch");
    let shape = (rows.nrows() / grid, grid, patch, line);
    let x = rows.to_shape(shape).expect("whole lines of patches");
    let x = x.permuted_axes([0, 2, 1, 3]); // [B·S, p, S, p·C]
    let shape = (rows.nrows() / (grid * grid), form.numbers());
    x.to_shape(shape).expect("whole pictures").into_owned() // [B, H·W·C]
}
// ANCHOR_END: depth

/// Patches on a side, S.
fn grid(form: Form, patch: usize) -> usize {
    assert!(
        patch > 0 && form.side.is_multiple_of(patch),
        "patches of {patch} in pictures of {}",
        form.side
    );
    form.side / patch
}

// ANCHOR: perceptual
/// A network that has learnt to tell pictures apart, as a ruler: how large
/// each layer's features are on real pictures is what a difference is
/// measured by.
#[derive(Clone, Debug, PartialEq)]
pub struct Perception<F> {
    /// Its layers up to the last whose features count.
    pub net: Net<F>,
    /// The mean square of each layer's features. `[L]`
    pub scales: Vec<F>,
}

impl<F: NdFloat> Perception<F> {
    /// The layers of a network without its last one, which names classes,
    /// measured on real pictures `[B, H·W·C]`.
    pub fn new(mut net: Net<F>, x: &Array2<F>) -> Self {
        net.layers.pop();
        let features = net.forward(x);
        let square = |a: &Array2<F>| {
            let n = real::<F>(a.len().max(1) as f64);
            a.fold(F::zero(), |sum, &v| sum + v * v) / n
        };
        let scales = features[1..].iter().map(square).collect();
        Self { net, scales }
    }

    /// Eq. 10.2: the mean squared difference of the features of two batches,
    /// each layer's over its scale, and the mean over layers. Eq. 10.3: its
    /// gradient at the second batch. `[B, H·W·C]`
    pub fn distance(&self, x: &Array2<F>, y: &Array2<F>) -> (F, Array2<F>) {
        let (of_x, of_y) =
            rayon::join(|| self.net.forward(x), || self.net.forward(y));
        let layers = self.net.layers.len();
        let share = |n: usize| {
            let scale = self.scales[n - 1].max(F::min_positive_value());
            F::one() / (scale * real(layers as f64))
        };
        let mut distance = F::zero();
        let mut v = Array2::zeros((0, 0)); // at the features of layer n
        for n in (1..=layers).rev() {
            distance += mse(&of_y[n], &of_x[n]) * share(n);
            let own = mse_backward(&of_y[n], &of_x[n]) * share(n);
            let d = match n == layers {
                true => own,
                false => v + own,
            };
            let layer = &self.net.layers[n - 1];
            let u = layer.activation.backward(&of_y[n], d); // at the sum
            v = layer.back(&u); // at the features of layer n - 1
        }
        (distance, v)
    }
}
// ANCHOR_END: perceptual

// ANCHOR: opinion
/// Eq. 10.4: what a discriminator says of each patch of a batch, as a loss
/// of the decoder (eq. 1.9), and its gradient at the batch. `[B, H·W·C]`
pub fn opinion<F: NdFloat>(
    d: &Net<F>,
    x_hat: &Array2<F>, // [B, H·W·C]
) -> (F, Array2<F>) {
    let seen = d.forward(x_hat);
    let s = last(&seen); // [B, P], a logit for each patch
    let d_s = g_loss_non_saturating_backward(s); // [B, P]
    (g_loss_non_saturating(s), d.through(&seen, d_s))
}
// ANCHOR_END: opinion

// ANCHOR: coder
/// An encoder or a decoder: chapter 8's half on the grid of codes, and what
/// stands between the grid and the pixels. Without layers at that end it is
/// space to depth, eq. 10.1; else windows of 4 × 4 that overlap, eq. 4.35 on
/// the way in and eq. 4.36 on the way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Coder<F> {
    /// On the grid.
    pub half: Mlp<F>,
    /// Between grid and pixels.
    pub end: Net<F>,
}

/// What an encoder or a decoder computes, and its gradient needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded<F> {
    /// Of chapter 8's half.
    pub half: Half<F>,
    /// What goes into the end, then every layer's output.
    pub end: Vec<Array2<F>>,
}

/// Rows of pictures as rows of places, or back: the order is the same.
fn in_rows<F: NdFloat>(x: &Array2<F>, rows: usize) -> Array2<F> {
    let shape = (rows, x.len() / rows.max(1));
    x.to_shape(shape).expect("whole rows").into_owned()
}

impl<F: NdFloat> Coder<F> {
    /// From pictures `[B, H·W·C]` to latents, `half.y`, `[N, D]`.
    pub fn encode(&self, x: &Array2<F>, (form, patch): Of) -> Coded<F> {
        let side = grid(form, patch);
        let end = self.end.forward(x);
        let rows = match self.end.layers.is_empty() {
            true => space_to_depth(x, form, patch), // [N, patch²·C]
            false => in_rows(last(&end), x.nrows() * side * side), // [N, C]
        };
        Coded { half: half(&self.half, rows, side), end }
    }

    /// From latents `[N, D]` to pictures `[B, H·W·C]`, the last of `end`.
    pub fn decode(&self, z: &Array2<F>, (form, patch): Of) -> Coded<F> {
        let side = grid(form, patch);
        let half = half(&self.half, z.clone(), side);
        let pictures = z.nrows() / (side * side);
        let end = match self.end.layers.is_empty() {
            true => vec![depth_to_space(&half.y, form, patch)],
            false => self.end.forward(&in_rows(&half.y, pictures)),
        };
        Coded { half, end }
    }

    /// The decoder's gradients at the latents, `[N, D]`, and at its
    /// parameters.
    pub fn decode_backward(
        &self,
        of: &Coded<F>,
        d_x_hat: Array2<F>, // [B, H·W·C]
        (form, patch): Of,
    ) -> (Array2<F>, Self) {
        let (d_y, end) = self.end.backward(&of.end, d_x_hat);
        let d_y = match self.end.layers.is_empty() {
            true => space_to_depth(&d_y, form, patch), // [N, patch²·C]
            false => in_rows(&d_y, of.half.y.nrows()), // [N, C]
        };
        let side = grid(form, patch);
        let (d_s, d_half) = half_backward(&self.half, &of.half, &d_y, side);
        let first = &self.half.layers[0];
        let d_z = product(d_s.view(), first.w.t()); // [N, D]
        (d_z, Self { half: d_half, end })
    }

    /// The encoder's gradients at its parameters.
    pub fn encode_backward(
        &self,
        of: &Coded<F>,
        d_z: &Array2<F>, // [N, D]
        (form, patch): Of,
    ) -> Self {
        let side = grid(form, patch);
        let (d_s, half) = half_backward(&self.half, &of.half, d_z, side);
        let end = match self.end.layers.is_empty() {
            true => self.end.clone(),
            false => {
                let first = &self.half.layers[0];
                let d = product(d_s.view(), first.w.t()); // [N, C]
                let pictures = of.end[0].nrows();
                let d = in_rows(&d, pictures); // [B, S²·C]
                self.end.backward_parameters(&of.end, d)
            }
        };
        Self { half, end }
    }

    /// Eq. 10.5: the decoder's gradient at the weights of its last layer
    /// alone, from the one at its pictures.
    pub fn at_last_weights(
        &self,
        of: &Coded<F>,
        d_x_hat: &Array2<F>, // [B, H·W·C]
        (form, patch): Of,
    ) -> Array2<F> {
        match self.end.layers.last() {
            None => {
                let d = space_to_depth(d_x_hat, form, patch);
                product(last(&of.half.a).t(), d.view()) // [C, patch²·C]
            }
            Some(layer) => {
                let before = &of.end[of.end.len() - 2];
                layer.weight(before, d_x_hat) // [16·C, C]
            }
        }
    }
}

/// The form of the pictures, and pixels on the side of a place.
pub type Of = (Form, usize);
// ANCHOR_END: coder

impl<F> Parameters<F> for Coder<F> {
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>> {
        let mut all = self.half.parameters();
        all.extend(self.end.parameters());
        all
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>> {
        let mut all = self.half.parameters_mut();
        all.extend(self.end.parameters_mut());
        all
    }
}

// ANCHOR: weight
/// How a discriminator's opinion is weighed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// What the adversarial term counts beside the rest, w.
    pub share: f64,
    /// Whether it is weighed by the ratio of gradients at all.
    pub adaptive: bool,
    /// λ is not larger than this.
    pub most: f64,
}

impl Default for Balance {
    /// Weighed by the ratio, once, and bounded.
    fn default() -> Self {
        Self { share: 1.0, adaptive: true, most: 1.0 }
    }
}

/// Eq. 10.6: how many times the adversarial gradient at the decoder's last
/// weights goes into the gradient of the rest there,
/// `λ = ‖∇R‖ / (‖∇A‖ + δ)`, and no more than `most`.
pub fn adaptive_weight<F: NdFloat>(
    d_rest: &Array2<F>, // of the last weights' shape
    d_adv: &Array2<F>,  // of the same
    most: f64,
) -> F {
    let norm =
        |d: &Array2<F>| d.fold(F::zero(), |sum, &v| sum + v * v).sqrt();
    let lambda = norm(d_rest) / (norm(d_adv) + real(DELTA));
    lambda.min(real(most))
}

/// Keeps λ finite where the discriminator has no opinion.
pub const DELTA: f64 = 1e-6;
// ANCHOR_END: weight

/// What judges reconstructions besides their squared error.
#[derive(Clone, Copy, Debug)]
pub struct Critics<'a, F> {
    /// The ruler of features, and its weight.
    pub perception: Option<(&'a Perception<F>, f64)>,
    /// The discriminator, and how its opinion is weighed.
    pub discriminator: Option<(&'a Net<F>, Balance)>,
}

// ANCHOR: step
/// The terms of one step, its lookup, and its gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<F> {
    /// Mean squared error, of numbers whose variance is 1.
    pub reconstruction: F,
    /// Eq. 10.2, before its weight.
    pub perceptual: F,
    /// Eq. 10.4, before its weight.
    pub adversarial: F,
    /// Eq. 10.6, its share included; 0 where there is no discriminator.
    pub lambda: F,
    /// The lookup, and the other two terms.
    pub found: Found<F>,
    /// What was looked up. `[N, D]`
    pub z_e: Array2<F>,
    /// The reconstruction. `[B, H·W·C]`
    pub x_hat: Array2<F>,
    /// The gradient at every parameter of the encoder.
    pub d_encoder: Coder<F>,
    /// The gradient at every parameter of the decoder.
    pub d_decoder: Coder<F>,
}

/// Eq. 10.7: one step on pictures `[B, H·W·C]` of variance 1, forward and
/// backward.
///
/// # Errors
/// The encoder's output is not finite, or does not fit the codebook.
pub fn step<F: NdFloat>(
    (encoder, decoder): (&Coder<F>, &Coder<F>),
    quantizer: &Quantizer<F>,
    critics: Critics<F>,
    x: &Array2<F>, // [B, H·W·C]
    of: Of,
) -> Result<Step<F>, CommitmentError> {
    let encoded = encoder.encode(x, of);
    let z_e = encoded.half.y.clone(); // [N, D]
    let indices = choose(&z_e, quantizer.codebook(), None)?; // [N]
    let found = quantizer.found(&z_e, indices);
    let z_q = &found.quantized.z_q; // [N, D]
    let decoded = decoder.decode(z_q, of);
    let x_hat = last(&decoded.end); // [B, H·W·C]

    let reconstruction = mse(x_hat, x);
    let mut d_x_hat = mse_backward(x_hat, x); // [B, H·W·C]
    let mut perceptual = F::zero();
    if let Some((ruler, weight)) = critics.perception {
        let (distance, d) = ruler.distance(x, x_hat);
        perceptual = distance;
        d_x_hat.scaled_add(real(weight), &d);
    }
    let (mut adversarial, mut lambda) = (F::zero(), F::zero());
    if let Some((d, Balance { share, adaptive, most })) =
        critics.discriminator
    {
        let (loss, d_adv) = opinion(d, x_hat); // [B, H·W·C]
        let at = |d| decoder.at_last_weights(&decoded, d, of);
        adversarial = loss;
        lambda = match adaptive {
            true => adaptive_weight(&at(&d_x_hat), &at(&d_adv), most),
            false => F::one(),
        } * real(share);
        d_x_hat.scaled_add(lambda, &d_adv);
    }

    let x_hat = x_hat.clone();
    let (d_z_q, d_decoder) = decoder.decode_backward(&decoded, d_x_hat, of);
    let d_z_e = quantizer.encoder_gradient(&z_e, z_q, d_z_q); // [N, D]
    let d_encoder = encoder.encode_backward(&encoded, &d_z_e, of);
    Ok(Step {
        reconstruction,
        perceptual,
        adversarial,
        lambda,
        found,
        z_e,
        x_hat,
        d_encoder,
        d_decoder,
    })
}
// ANCHOR_END: step

// ANCHOR: sharpness
/// Eq. 10.8: the mean squared difference of neighbouring pixels, right and
/// below, of each picture. `[B]`
///
/// # Panics
/// The rows are not pictures of this form.
pub fn roughness<F: NdFloat>(x: &Array2<F>, form: Form) -> Array1<f64> {
    let Form { side, channels } = form;
    let line = side * channels;
    let number = |v: F| v.to_f64().expect("floats are f64 or fit into one");
    let square =
        |row: &[F], a: usize, b: usize| number(row[a] - row[b]).powi(2);
    assert_eq!(x.ncols(), form.numbers(), "numbers in a row");
    let x = x.as_standard_layout();
    Zip::from(x.rows()).map_collect(|row| {
        let row = row.to_slice().expect("in one piece");
        let right = (0..row.len()).filter(|n| n % line < line - channels);
        let right: f64 = right.map(|n| square(row, n, n + channels)).sum();
        let below = 0..row.len() - line;
        let below: f64 = below.map(|n| square(row, n, n + line)).sum();
        (right + below) / (2 * (side - 1) * line) as f64
    })
}

/// The roughness of reconstructions as a share of that of the pictures: 1
/// where nothing was smoothed away, and more where something was added.
pub fn sharpness<F: NdFloat>(
    x: &Array2<F>,     // [B, H·W·C]
    x_hat: &Array2<F>, // [B, H·W·C]
    form: Form,
) -> f64 {
    roughness(x_hat, form).sum() / roughness(x, form).sum()
}
// ANCHOR_END: sharpness

// ANCHOR: guide
/// Eq. 10.9: the logits of a prior that leans towards a wish,
/// `s_∅ + γ (s_c - s_∅)`. At γ = 0 it has not heard the wish, at 1 it has and
/// does not lean, and beyond 1 it leans. `[N, K]`
///
/// # Panics
/// The two have different shapes.
pub fn guide<F: NdFloat>(
    told: &Array2<F>,   // s_c, [N, K]
    untold: &Array2<F>, // s_∅, [N, K]
    scale: f64,
) -> Array2<F> {
    untold + (told - untold) * real::<F>(scale)
}
// ANCHOR_END: guide
