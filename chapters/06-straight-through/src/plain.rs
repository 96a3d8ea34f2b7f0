//! A step without a gradient, and gradients through it, in plain ndarray.
//! Latents `z` are rows `[N, C]`, a codebook is `[K, C]`.

use codebook_lookup::plain::{
    LookupError, check, gather, nearest, squared_distances,
};
use gradients::plain::{Activation, real, softmax};
use ndarray::{Array1, Array2, ArrayView1, Axis, NdFloat};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{Distribution, Gumbel};

/// Why something could not be quantised.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum QuantizeError {
    /// Latents and codebook do not fit together.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A width of noise or a temperature that is none.
    #[error("expected a positive, finite {what}, found {found}")]
    NotPositive {
        /// `noise` or `temperature`.
        what: &'static str,
        /// The number.
        found: f64,
    },
    /// Not one number for each pair.
    #[error("expected {array} of shape {expected:?}, found {found:?}")]
    Shape {
        /// `noise` or `losses`.
        array: &'static str,
        /// Rows and columns.
        expected: (usize, usize),
        /// Rows and columns.
        found: (usize, usize),
    },
    /// Levels that make no grid.
    #[error(
        "expected at least one number of levels, each at least 2, and a \
         product that fits a usize; found {0:?}"
    )]
    Levels(Vec<usize>),
}

fn positive<F: NdFloat>(
    what: &'static str,
    v: F,
) -> Result<(), QuantizeError> {
    if v > F::zero() && v.is_finite() {
        return Ok(());
    }
    let found = v.to_f64().expect("floats are f64 or fit into one");
    Err(QuantizeError::NotPositive { what, found })
}

// ANCHOR: straight-through
/// What a lookup hands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantized<F> {
    /// For each latent, the vector that stands for it. `[N, C]`
    pub z_q: Array2<F>,
    /// Which one that is. `[N]`
    pub indices: Vec<usize>,
}

/// Eq. 6.2: forward, the lookup and nothing else.
///
/// # Errors
/// The codebook is empty, the widths differ, or a number is not finite.
pub fn straight_through<F: NdFloat>(
    z_e: &Array2<F>,      // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Result<Quantized<F>, LookupError> {
    let indices = nearest(z_e, codebook)?; // [N]
    let z_q = gather(codebook, &indices); // [N, C]
    Ok(Quantized { z_q, indices })
}

/// Eq. 6.3: backward, as if the lookup had not been there. The gradient at
/// the decoder's input is handed to the encoder as it is; the codebook gets
/// nothing.
pub fn straight_through_backward<F: NdFloat>(d_z_q: Array2<F>) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(straight_through_backward(&d_z_q));
    d_z_q // [N, C]
}
// ANCHOR_END: straight-through

// ANCHOR: bracket
/// The value of Eq. 6.2 as a library with a tape computes it. The bracket
/// is a difference of numbers that are rounded, so this is `z_q` up to
/// rounding, and no longer when `z_e` is far longer than `z_q`. `[N, C]`
pub fn bracket<F: NdFloat>(z_e: &Array2<F>, z_q: &Array2<F>) -> Array2<F> {
    z_e + &(z_q - z_e) // [N, C]
}
// ANCHOR_END: bracket

// ANCHOR: smoothed
/// Eq. 6.4: for each latent, the mean loss when Gaussian noise of standard
/// deviation `s` is added before the lookup. Places `[M, C]` cover evenly
/// all that the noise can reach; `losses` are those of their codes. `[N]`
///
/// # Errors
/// `s` is not positive, or the shapes do not fit.
pub fn smoothed_loss<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    s: F,
    places: &Array2<F>, // [M, C]
    losses: &Array1<F>, // [M]
) -> Result<Array1<F>, QuantizeError> {
    Ok(weights(z, s, places, losses)?.dot(losses)) // [N]
}

/// How likely the noise is to lead from each latent to each place. `[N, M]`
fn weights<F: NdFloat>(
    z: &Array2<F>,
    s: F,
    places: &Array2<F>,
    losses: &Array1<F>,
) -> Result<Array2<F>, QuantizeError> {
    positive("noise", s)?;
    check(z, places)?;
    expect_shape("losses", (places.nrows(), 1), (losses.len(), 1))?;
    let scale = real::<F>(-0.5) / (s * s);
    Ok(softmax(&(squared_distances(z, places) * scale))) // [N, M]
}
// ANCHOR_END: smoothed

// ANCHOR: smoothed_backward
/// Eq. 6.5: its gradient at each latent. `[N, C]`
///
/// # Errors
/// As for [`smoothed_loss`].
pub fn smoothed_loss_backward<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    s: F,
    places: &Array2<F>, // [M, C]
    losses: &Array1<F>, // [M]
) -> Result<Array2<F>, QuantizeError> {
    let mut w = weights(z, s, places, losses)?; // [N, M]
    let mean = w.dot(losses).insert_axis(Axis(1)); // [N, 1]
    w *= &(losses - &mean); // [N, M]; each row now sums to 0
    Ok(w.dot(places) / (s * s)) // [N, C]
}
// ANCHOR_END: smoothed_backward

// ANCHOR: score
/// Eq. 6.5 for one latent, estimated: noise `[M, C]`, and the loss `[M]` of
/// the code that each `z + s ε` is given. `[C]`
pub fn score_gradient<F: NdFloat>(
    losses: &Array1<F>, // [M]
    noise: &Array2<F>,  // [M, C]
    s: F,
) -> Array1<F> {
    noise.t().dot(losses) / (s * real(losses.len() as f64)) // [C]
}
// ANCHOR_END: score

// ANCHOR: descend
/// Gradient descent along the straight-through gradient of a loss of `z_q`.
/// Returns every latent with the code that it was given, the start first.
///
/// # Errors
/// As for [`straight_through`].
pub fn descend<F: NdFloat>(
    mut z: Array2<F>,     // [N, C]
    codebook: &Array2<F>, // [K, C]
    lr: F,
    steps: usize,
    loss_backward: impl Fn(&Array2<F>) -> Array2<F>,
) -> Result<Vec<(Array2<F>, Quantized<F>)>, LookupError> {
    let mut path = Vec::with_capacity(steps + 1);
    for _ in 0..=steps {
        let coded = straight_through(&z, codebook)?;
        let d_z = straight_through_backward(loss_backward(&coded.z_q));
        let next = &z - &(d_z * lr); // [N, C]
        path.push((std::mem::replace(&mut z, next), coded));
    }
    Ok(path)
}
// ANCHOR_END: descend

fn expect_shape(
    array: &'static str,
    expected: (usize, usize),
    found: (usize, usize),
) -> Result<(), QuantizeError> {
    if expected == found {
        return Ok(());
    }
    Err(QuantizeError::Shape { array, expected, found })
}

// ANCHOR: gumbel
/// A mixture of all codes in place of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxed<F> {
    /// The mixture. `[N, C]`
    pub z_q: Array2<F>,
    /// The share of each code. `[N, K]`
    pub p: Array2<F>,
}

/// Eq. 6.8: noise on every distance, then a softmax at a temperature.
///
/// # Errors
/// As for [`straight_through`]; or the temperature is not positive, or the
/// noise has another shape.
pub fn gumbel_softmax<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
    noise: &Array2<F>,    // [N, K]
    temperature: F,
) -> Result<Relaxed<F>, QuantizeError> {
    positive("temperature", temperature)?;
    check(z, codebook)?;
    let pairs = (z.nrows(), codebook.nrows());
    expect_shape("noise", pairs, noise.dim())?;
    let logits = noise - &squared_distances(z, codebook); // [N, K]
    let p = softmax(&(logits / temperature)); // [N, K]
    Ok(Relaxed { z_q: p.dot(codebook), p }) // [N, C]
}
// ANCHOR_END: gumbel

// ANCHOR: gumbel_backward
/// Eq. 6.9: its gradients at the latents and at the codebook, given the
/// shares `p`. `[N, C]` and `[K, C]`
pub fn gumbel_softmax_backward<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
    p: &Array2<F>,        // [N, K]
    temperature: F,
    d_z_q: &Array2<F>, // [N, C]
) -> (Array2<F>, Array2<F>) {
    let d_p = d_z_q.dot(&codebook.t()); // [N, K]
    let mean = (&d_p * p).sum_axis(Axis(1)).insert_axis(Axis(1)); // [N, 1]
    let d_logits = (d_p - mean) * p / temperature; // [N, K]; rows sum to 0
    let two = real::<F>(2.0);
    let d_z = d_logits.dot(codebook) * two; // [N, C]
    let per_code = d_logits.sum_axis(Axis(0)).insert_axis(Axis(1)); // [K, 1]
    let through_p = d_logits.t().dot(z) - codebook * &per_code; // [K, C]
    (d_z, p.t().dot(d_z_q) + through_p * two)
}
// ANCHOR_END: gumbel_backward

/// Gumbel's distribution: `argmax(logits + noise)` is then a draw from the
/// softmax of the logits.
pub fn gumbel_noise<F: NdFloat>(
    shape: (usize, usize),
    rng: &mut impl Rng,
) -> Array2<F> {
    let gumbel = Gumbel::new(0.0, 1.0).expect("a scale of 1 is positive");
    Array2::from_shape_simple_fn(shape, || real(gumbel.sample(rng)))
}

// ANCHOR: turn
/// What turns `z` into `e`: a plane, an angle, and a length.
struct Turn<F> {
    z: Array1<F>, // the direction of z, [C]
    e: Array1<F>, // the direction of e, [C]
    r: Array1<F>, // the direction half way, [C]
    scale: F,     // ‖e‖ / ‖z‖
}

/// `None` where there is no such plane: one of the two has no direction, or
/// they are opposite.
fn turn<F: NdFloat>(z: ArrayView1<F>, e: ArrayView1<F>) -> Option<Turn<F>> {
    let length = |v: &ArrayView1<F>| v.dot(v).sqrt();
    let (long_z, long_e) = (length(&z), length(&e));
    if long_z == F::zero() || long_e == F::zero() {
        return None;
    }
    let (z, e) = (&z / long_z, &e / long_e); // [C]
    let r = &z + &e; // [C]
    let long_r = length(&r.view());
    let turn = Turn { z, e, r: r / long_r, scale: long_e / long_z };
    (long_r > F::epsilon().sqrt()).then_some(turn)
}
// ANCHOR_END: turn

// ANCHOR: rotation
/// Eq. 6.10: `x`, turned as `z` is turned into `e`, and scaled as `z` is
/// scaled; `z` itself becomes `e`. Where there is no such turn, `x` moves as
/// straight-through lets it, `x + (e - z)`. All `[N, C]`.
pub fn rotate<F: NdFloat>(
    z: &Array2<F>,
    e: &Array2<F>,
    x: &Array2<F>,
) -> Array2<F> {
    let mut y = x + &(e - z); // [N, C]
    for (n, mut y) in y.rows_mut().into_iter().enumerate() {
        let x = x.row(n);
        if let Some(Turn { z, e, r, scale }) = turn(z.row(n), e.row(n)) {
            let two = real::<F>(2.0);
            let turned = &x - &(&r * (two * r.dot(&x))); // [C]
            y.assign(&((turned + e * (two * z.dot(&x))) * scale));
        }
    }
    y
}
// ANCHOR_END: rotation

// ANCHOR: rotation_backward
/// Eq. 6.11: the gradient at `z_e`, turned back and scaled alike; where
/// there is no such turn, straight-through's. `[N, C]`
pub fn rotation_backward<F: NdFloat>(
    z_e: &Array2<F>, // [N, C]
    z_q: &Array2<F>, // [N, C]
    mut d_z_q: Array2<F>,
) -> Array2<F> {
    for (n, mut d) in d_z_q.rows_mut().into_iter().enumerate() {
        if let Some(Turn { z, e, r, scale }) = turn(z_e.row(n), z_q.row(n)) {
            let two = real::<F>(2.0);
            let (along_r, along_e) = (two * r.dot(&d), two * e.dot(&d));
            let turned = &d - &(r * along_r) + z * along_e; // [C]
            d.assign(&(turned * scale));
        }
    }
    d_z_q
}
// ANCHOR_END: rotation_backward

/// How many values each component may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(Vec<usize>);

impl Levels {
    /// Levels for each component of a latent.
    ///
    /// # Errors
    /// There is none, one is below 2, or the product overflows.
    pub fn new(levels: &[usize]) -> Result<Self, QuantizeError> {
        let product = levels.iter().try_fold(1, |k: usize, &l| {
            if l < 2 { None } else { k.checked_mul(l) }
        });
        match product {
            Some(k) if k > 1 => Ok(Self(levels.to_vec())),
            _ => Err(QuantizeError::Levels(levels.to_vec())),
        }
    }

    /// The number of levels of each component.
    pub fn each(&self) -> &[usize] {
        &self.0
    }

    /// The number of codes, the product.
    pub fn codes(&self) -> usize {
        self.0.iter().product()
    }

    /// The codebook that nobody stores: row n is the code of index n.
    /// `[K, C]`
    ///
    /// # Panics
    /// It does not fit into memory.
    pub fn codebook<F: NdFloat>(&self) -> Array2<F> {
        Array2::from_shape_fn((self.codes(), self.0.len()), |(index, c)| {
            let stride: usize = self.0[..c].iter().product();
            place(index / stride % self.0[c], self.0[c])
        })
    }
}

/// Where the n-th of `levels` values lies: evenly from -1 to 1.
fn place<F: NdFloat>(n: usize, levels: usize) -> F {
    let half = (levels - 1) as f64 / 2.0;
    real((n as f64 - half) / half)
}

// ANCHOR: fsq
/// Eq. 6.12 and 6.14: each component is squeezed into (-1, 1) and rounded to
/// one of its levels; the levels' numbers are the digits of the index.
///
/// # Errors
/// The latents have another width than the levels, or one is not finite.
pub fn finite_scalar<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    levels: &Levels,
) -> Result<Quantized<F>, LookupError> {
    check(z, &Array2::zeros((1, levels.0.len())))?;
    let mut z_q = z.mapv(F::tanh); // [N, C]
    let mut indices = vec![0; z.nrows()]; // [N]
    let mut stride = 1;
    for (mut column, &l) in z_q.columns_mut().into_iter().zip(&levels.0) {
        let half = real::<F>((l - 1) as f64 / 2.0);
        for (v, index) in column.iter_mut().zip(&mut indices) {
            let level = (*v * half + half + real(0.5)).floor();
            let digit = level.to_usize().unwrap_or(0).min(l - 1);
            *index += digit * stride;
            *v = place(digit, l);
        }
        stride *= l;
    }
    Ok(Quantized { z_q, indices })
}

/// Eq. 6.13: backward, the rounding is passed straight through, the
/// squeezing is not: `d_z_q (1 - tanh² z)`. `[N, C]`
pub fn finite_scalar_backward<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    d_z_q: Array2<F>,
) -> Array2<F> {
    let squeezed = z.mapv(F::tanh); // [N, C]
    Activation::Tanh.backward(&squeezed, straight_through_backward(d_z_q))
}
// ANCHOR_END: fsq
