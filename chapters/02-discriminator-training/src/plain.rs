//! One step of the discriminator in plain ndarray, and what it leaves to the
//! generator. Logits are columns `[B, 1]`.

use gradients::plain::{
    Mlp, add, bce_with_logits, bce_with_logits_backward, last, real, softplus,
};
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, NdFloat, Zip};
use rayon::join;

// ANCHOR: step
/// Eq. 2.1 and 2.2: the discriminator's loss on a real and a fake batch,
/// and its gradient at every parameter of `d`. The fakes are numbers; where
/// they came from is not known here.
pub fn d_step<F: NdFloat>(
    d: &Mlp<F>,
    x_real: &Array2<F>, // [B, X]
    x_fake: &Array2<F>, // [B, X]
) -> (F, Mlp<F>) {
    d_step_under(d, x_real, x_fake, |s_real, s_fake| {
        (d_loss(s_real, s_fake), d_loss_backward(s_real, s_fake))
    })
}

/// The same under any loss of the two columns of logits, which gives its
/// value and its two gradients: two forward passes, two backward passes,
/// one sum. The two batches do not know of each other, so each may have a
/// thread.
pub fn d_step_under<F: NdFloat>(
    d: &Mlp<F>,
    x_real: &Array2<F>, // [B, X]
    x_fake: &Array2<F>, // [B, X]
    loss: impl Fn(&Array2<F>, &Array2<F>) -> (F, (Array2<F>, Array2<F>)),
) -> (F, Mlp<F>) {
    let (real, fake) = join(|| d.forward(x_real), || d.forward(x_fake));
    let (value, (d_real, d_fake)) = loss(last(&real), last(&fake)); // [B, 1]
    let ((_, mut d_net), (_, from_fake)) = join(
        || d.backward_parameters(&real, d_real),
        || d.backward_parameters(&fake, d_fake),
    );
    add(&mut d_net, &from_fake);
    (value, d_net)
}
// ANCHOR_END: step

// ANCHOR: leak
/// Eq. 2.4: what the same loss says about the *generator's* parameters.
/// With `detach` the fakes are constants and every entry is zero. Without
/// it, the gradient runs on through the fakes: descending it would help the
/// generator to be caught.
pub fn leak_into_generator<F: NdFloat>(
    g: &Mlp<F>,
    d: &Mlp<F>,
    z: &Array2<F>, // [B, Z]
    detach: bool,
) -> Mlp<F> {
    let made = g.forward(z);
    let fake = d.forward(last(&made));
    let zeros = Array2::zeros(last(&fake).raw_dim()); // [B, 1]
    let d_s = bce_with_logits_backward(last(&fake), &zeros); // [B, 1]
    let (mut d_x, _) = d.backward(&fake, d_s); // [B, X]
    if detach {
        d_x.fill(F::zero());
    }
    g.backward(&made, d_x).1
}
// ANCHOR_END: leak

// ANCHOR: input
/// Eq. 2.7: the gradient that reaches the fakes, `[B, X]`, through `d`,
/// given a generator loss's gradient at the logits.
pub fn input_gradient<F: NdFloat>(
    d: &Mlp<F>,
    x_fake: &Array2<F>, // [B, X]
    loss_backward: impl Fn(&Array2<F>) -> Array2<F>,
) -> Array2<F> {
    let fake = d.forward(x_fake);
    let d_s = loss_backward(last(&fake)); // [B, 1]
    d.backward(&fake, d_s).0 // [B, X]
}
// ANCHOR_END: input

// ANCHOR: smoothing
/// What the discriminator is told to answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Targets {
    /// To real inputs; 1 without smoothing.
    pub real: f64,
    /// To fakes; 0 without smoothing.
    pub fake: f64,
}

/// Eq. 2.5: the discriminator's loss with smoothed targets.
pub fn smoothed_d_loss<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
    targets: Targets,
) -> F {
    let to = |s: &Array2<F>, target| {
        bce_with_logits(s, &Array2::from_elem(s.raw_dim(), real(target)))
    };
    to(s_real, targets.real) + to(s_fake, targets.fake)
}

/// Its gradients at the real and at the fake logits.
pub fn smoothed_d_loss_backward<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
    targets: Targets,
) -> (Array2<F>, Array2<F>) {
    let to = |s: &Array2<F>, target| {
        let t = Array2::from_elem(s.raw_dim(), real(target));
        bce_with_logits_backward(s, &t)
    };
    (to(s_real, targets.real), to(s_fake, targets.fake))
}

/// Eq. 2.6: the discriminator that minimises it, for tables or densities.
/// `[N]`, 1/2 where neither has mass.
pub fn smoothed_optimal_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    targets: Targets,
) -> Array1<f64> {
    let best =
        |p: f64, q: f64| (targets.real * p + targets.fake * q) / (p + q);
    Zip::from(p)
        .and(q)
        .map_collect(|&p, &q| if p + q > 0.0 { best(p, q) } else { 0.5 })
}
// ANCHOR_END: smoothing

// ANCHOR: article
/// Eq. 2.8: the article's discriminator loss, its batch scored against 1
/// and against 0: `softplus(-s) + softplus(s)`, never below `2 log 2`.
pub fn article_d_loss<F: NdFloat>(s_real: &Array2<F>) -> F {
    let both = |s: F| softplus(-s) + softplus(s);
    s_real.mapv(both).sum() / real(s_real.len() as f64)
}

/// Its gradient at the logits: `(2 σ(s) - 1) / B`. Every logit is pulled
/// to 0.
pub fn article_d_loss_backward<F: NdFloat>(s_real: &Array2<F>) -> Array2<F> {
    let (d_ones, d_zeros) = d_loss_backward(s_real, s_real); // [B, 1]
    d_ones + d_zeros
}
// ANCHOR_END: article

// ANCHOR: accuracy
/// The share of a real and a fake batch that a discriminator names rightly.
/// It answers "real" when D > 1/2, that is, when the *logit* is above 0.
pub fn accuracy<F: NdFloat>(s_real: &Array2<F>, s_fake: &Array2<F>) -> f64 {
    let zero = F::zero();
    let right = s_real.iter().filter(|s| **s > zero).count()
        + s_fake.iter().filter(|s| **s <= zero).count();
    right as f64 / (s_real.len() + s_fake.len()) as f64
}
// ANCHOR_END: accuracy

/// Eq. 2.3: the most that any discriminator can name rightly of equal numbers of
/// both, for tables that sum to 1: one half plus half the total variation.
pub fn best_accuracy(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    0.5 + 0.25 * (p - q).mapv(f64::abs).sum()
}

/// Images `[N, H, W]` blurred with a Gaussian of `sigma` pixels, the edge
/// continued; `sigma` 0 leaves them as they are.
pub fn blur(images: &Array3<f32>, sigma: f64) -> Array3<f32> {
    let reach = (4.0 * sigma).ceil() as i64;
    let weight = |n: i64| {
        if reach == 0 {
            1.0
        } else {
            (-0.5 * (n as f64 / sigma).powi(2)).exp()
        }
    };
    let kernel: Vec<f64> = (-reach..=reach).map(weight).collect();
    let total: f64 = kernel.iter().sum();
    let along = |images: &Array3<f32>, axis: usize| {
        let size = images.len_of(Axis(axis)) as i64;
        Array3::from_shape_fn(images.raw_dim(), |(n, y, x)| {
            let at = |shift: i64| {
                let mut index = [n, y, x];
                let place = index[axis] as i64 + shift;
                index[axis] = place.clamp(0, size - 1) as usize;
                f64::from(images[index])
            };
            let terms = kernel.iter().zip(-reach..=reach);
            let sum: f64 = terms.map(|(w, shift)| w * at(shift)).sum();
            (sum / total) as f32
        })
    };
    along(&along(images, 1), 2) // [N, H, W]
}

/// Rows `[N, H·W]` as images.
///
/// # Panics
/// The rows do not have `H·W` elements.
pub fn as_images(rows: &Array2<f32>, size: (usize, usize)) -> Array3<f32> {
    let shape = (rows.nrows(), size.0, size.1);
    let rows = rows.as_standard_layout().into_owned();
    rows.into_shape_with_order(shape).expect("rows of H·W pixels") // [N, H, W]
}

/// Images as rows `[N, H·W]`.
///
/// # Panics
/// Never: the number of pixels is the same.
pub fn as_rows(images: Array3<f32>) -> Array2<f32> {
    let shape = (images.dim().0, images.dim().1 * images.dim().2);
    images.into_shape_with_order(shape).expect("one row per image") // [N, H·W]
}

/// Size of the mean row of a gradient: the root of the mean over rows of
/// the squared length.
pub fn root_mean_square(gradient: ArrayView2<f32>) -> f64 {
    let squares: f64 = gradient.iter().map(|g| f64::from(g * g)).sum();
    (squares * gradient.nrows() as f64).sqrt()
}
