//! Gradients by hand, in plain ndarray: every forward pass has its backward
//! pass right below. A gradient is called `d_` and what it is the gradient of.

pub use lab::product;
use ndarray::{Array, Array1, Array2, ArrayView, ArrayView2, ArrayViewMut};
use ndarray::{Axis, Dimension, IxDyn, NdFloat, Zip};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use rayon::prelude::*;

/// A number in the precision of the arrays around it.
pub fn real<F: NdFloat>(value: f64) -> F {
    F::from(value).expect("f32 and f64 hold every f64, rounded")
}

// ANCHOR: product
/// The matrix product of `a` and `b` as it is defined: row `i` of `a` and
/// column `j` of `b`, element by element, added up. [`product`] gives the
/// same numbers, sooner.
pub fn product_as_defined<F: NdFloat>(
    a: ArrayView2<F>, // [M, N]
    b: ArrayView2<F>, // [N, O]
) -> Array2<F> {
    Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
        Zip::from(a.row(i))
            .and(b.column(j))
            .fold(F::zero(), |sum, &a, &b| sum + a * b)
    }) // [M, O]
}
// ANCHOR_END: product

// ANCHOR: linear
/// Eq. 0.1: `y = x w + b`, for a batch of `B` rows.
pub fn linear<F: NdFloat>(
    x: &Array2<F>, // [B, I]
    w: &Array2<F>, // [I, O]
    b: &Array1<F>, // [O]
) -> Array2<F> {
    product(x.view(), w.view()) + b // [B, O]
}
// ANCHOR_END: linear

// ANCHOR: linear_backward
/// Eq. 0.2: the gradients at `x`, `w` and `b`, given the one at `y`.
pub fn linear_backward<F: NdFloat>(
    x: &Array2<F>,   // [B, I]
    w: &Array2<F>,   // [I, O]
    d_y: &Array2<F>, // [B, O]
) -> (Array2<F>, Array2<F>, Array1<F>) {
    let (d_w, d_b) = linear_backward_parameters(x, d_y);
    (product(d_y.view(), w.t()), d_w, d_b) // [B, I]
}

/// Those at `w` and `b` alone.
pub fn linear_backward_parameters<F: NdFloat>(
    x: &Array2<F>,   // [B, I]
    d_y: &Array2<F>, // [B, O]
) -> (Array2<F>, Array1<F>) {
    #[cfg(feature = "mine")]
    lab::yours!(linear_backward_parameters(x, d_y));
    let d_w = product(x.t(), d_y.view()); // [I, O]
    (d_w, d_y.sum_axis(Axis(0))) // [O]
}
// ANCHOR_END: linear_backward

// ANCHOR: formulas
/// The logistic function, 1 / (1 + e^-s), without overflow at either end.
pub fn sigmoid<F: NdFloat>(s: F) -> F {
    let e = (-s.abs()).exp(); // in (0, 1]
    let large = F::one() / (F::one() + e);
    if s >= F::zero() { large } else { e * large }
}

/// The hyperbolic tangent, (1 - e^-2x) / (1 + e^-2x), without overflow at
/// either end. Near 0 the difference cancels: the error is small beside 1,
/// not beside x. `F::tanh` has no such gap, and is several times as slow.
pub fn tanh<F: NdFloat>(x: F) -> F {
    let e = (-(x.abs() + x.abs())).exp(); // in (0, 1]
    ((F::one() - e) / (F::one() + e)).copysign(x)
}
// ANCHOR_END: formulas

// ANCHOR: activations
/// What follows a linear layer, element by element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// y = x
    Identity,
    /// y = max(x, 0)
    Relu,
    /// y = x where x > 0, slope · x elsewhere
    LeakyRelu(f64),
    /// y = tanh x
    Tanh,
    /// y = 1 / (1 + e^-x)
    Sigmoid,
}

impl Activation {
    /// Eq. 0.3: the value. Any shape.
    pub fn forward<F: NdFloat>(self, mut x: Array2<F>) -> Array2<F> {
        match self {
            Activation::Identity => x,
            Activation::Relu => x.mapv_into(|v| v.max(F::zero())),
            Activation::LeakyRelu(slope) => {
                let slope: F = real(slope);
                x.mapv_into(|v| if v > F::zero() { v } else { slope * v })
            }
            Activation::Tanh => {
                x.par_mapv_inplace(tanh); // on all threads
                x
            }
            Activation::Sigmoid => x.mapv_into(sigmoid),
        }
    }

    /// Eq. 0.4: the gradient at the input, from the *output* `y`, which is
    /// all that each of these derivatives needs. Any shape.
    pub fn backward<F: NdFloat>(
        self,
        y: &Array2<F>,
        mut d_y: Array2<F>,
    ) -> Array2<F> {
        let (zero, one) = (F::zero(), F::one());
        match self {
            Activation::Identity => {}
            Activation::Relu => d_y.zip_mut_with(y, |d, &y| {
                *d = if y > zero { *d } else { zero };
            }),
            Activation::LeakyRelu(slope) => {
                let slope: F = real(slope);
                d_y.zip_mut_with(y, |d, &y| {
                    *d = if y > zero { *d } else { slope * *d };
                });
            }
            Activation::Tanh => {
                d_y.zip_mut_with(y, |d, &y| *d *= one - y * y);
            }
            Activation::Sigmoid => {
                d_y.zip_mut_with(y, |d, &y| *d *= y * (one - y));
            }
        }
        d_y // the shape of y
    }
}
// ANCHOR_END: activations

fn count<F: NdFloat>(n: usize) -> F {
    real(n as f64)
}

// ANCHOR: bce
/// `log(1 + e^s)`, without overflow at either end.
pub fn softplus<F: NdFloat>(s: F) -> F {
    s.max(F::zero()) + (-s.abs()).exp().ln_1p()
}

/// Eq. 0.5: mean binary cross-entropy, in nats, of logits `s` and targets
/// `t` in [0, 1]. Both of one shape, `[B, O]`.
pub fn bce_with_logits<F: NdFloat>(s: &Array2<F>, t: &Array2<F>) -> F {
    #[cfg(feature = "mine")]
    lab::yours!(bce_with_logits(s, t));
    let total = Zip::from(s)
        .and(t)
        .fold(F::zero(), |sum, &s, &t| sum + softplus(s) - t * s);
    total / count(s.len())
}
// ANCHOR_END: bce

// ANCHOR: bce_backward
/// Eq. 0.6: its gradient at the logits, `(σ(s) - t) / N`. `[B, O]`
pub fn bce_with_logits_backward<F: NdFloat>(
    s: &Array2<F>,
    t: &Array2<F>,
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(bce_backward(s, t));
    let n = count(s.len());
    let mut d_s = s.mapv(sigmoid); // [B, O]
    d_s.zip_mut_with(t, |d, &t| *d = (*d - t) / n);
    d_s
}
// ANCHOR_END: bce_backward

// ANCHOR: mse
/// Eq. 0.7: mean squared error of `y` and `t`, both `[B, O]`.
pub fn mse<F: NdFloat>(y: &Array2<F>, t: &Array2<F>) -> F {
    let total = Zip::from(y)
        .and(t)
        .fold(F::zero(), |sum, &y, &t| sum + (y - t) * (y - t));
    total / count(y.len())
}

/// Its gradient at `y`, `2 (y - t) / N`. `[B, O]`
pub fn mse_backward<F: NdFloat>(y: &Array2<F>, t: &Array2<F>) -> Array2<F> {
    (y - t) * (real::<F>(2.0) / count(y.len())) // [B, O]
}
// ANCHOR_END: mse

/// Rows with a single one, at the class of the row. `[B, K]`
///
/// # Panics
/// A class is not below `k`.
pub fn one_hot<F: NdFloat>(classes: &[usize], k: usize) -> Array2<F> {
    Array2::from_shape_fn((classes.len(), k), |(n, class)| {
        assert!(classes[n] < k, "class {} of {k}", classes[n]);
        if classes[n] == class { F::one() } else { F::zero() }
    })
}

// ANCHOR: cross_entropy
/// The softmax of each row, `[B, K]`: positive, and each row sums to 1.
pub fn softmax<F: NdFloat>(s: &Array2<F>) -> Array2<F> {
    let mut p = s.clone(); // [B, K]
    for mut row in p.rows_mut() {
        let largest = row.fold(F::neg_infinity(), |a, &b| a.max(b));
        row.mapv_inplace(|v| (v - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    p
}

/// Eq. 0.8: mean cross-entropy, in nats, of the softmax of logits `s`,
/// `[B, K]`, and the true class of each row.
pub fn cross_entropy<F: NdFloat>(s: &Array2<F>, classes: &[usize]) -> F {
    let mut total = F::zero();
    for (row, &class) in s.rows().into_iter().zip(classes) {
        let largest = row.fold(F::neg_infinity(), |a, &b| a.max(b));
        let sum = row.fold(F::zero(), |a, &v| a + (v - largest).exp());
        total += largest + sum.ln() - row[class];
    }
    total / count(classes.len())
}

/// Its gradient at the logits: softmax minus one-hot, over B. `[B, K]`
pub fn cross_entropy_backward<F: NdFloat>(
    s: &Array2<F>,
    classes: &[usize],
) -> Array2<F> {
    let mut d_s = softmax(s); // [B, K]
    for (mut row, &class) in d_s.rows_mut().into_iter().zip(classes) {
        row[class] -= F::one();
    }
    d_s / count::<F>(classes.len())
}
// ANCHOR_END: cross_entropy

// ANCHOR: numeric
/// Eq. 0.9: the gradient of `f` at `x` by central differences of step `h`,
/// one element at a time. The shape of `x`.
pub fn numeric_gradient<F: NdFloat, D: Dimension>(
    f: impl Fn(&Array<F, D>) -> F,
    x: &Array<F, D>,
    h: F,
) -> Array<F, D> {
    let mut slopes = x.clone(); // the shape of x
    for (n, slope) in slopes.iter_mut().enumerate() {
        let moved = |by: F| {
            let mut x = x.clone();
            x.iter_mut().skip(n).take(1).for_each(|v| *v += by);
            f(&x)
        };
        *slope = (moved(h) - moved(-h)) / (h + h);
    }
    slopes
}
// ANCHOR_END: numeric

// ANCHOR: layer
/// A linear layer and the activation after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<F> {
    /// Weights, `[I, O]`.
    pub w: Array2<F>,
    /// Biases, `[O]`.
    pub b: Array1<F>,
    /// What follows.
    pub activation: Activation,
}

/// A multi-layer perceptron. Its gradient has the same type.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp<F> {
    /// The layers, input first.
    pub layers: Vec<Layer<F>>,
}
// ANCHOR_END: layer

impl<F: NdFloat> Mlp<F> {
    // ANCHOR: forward
    /// The input and the output of every layer: L + 1 arrays, `[B, ·]`.
    pub fn forward(&self, x: &Array2<F>) -> Vec<Array2<F>> {
        let mut outputs = vec![x.clone()];
        for layer in &self.layers {
            let x = &outputs[outputs.len() - 1]; // [B, I]
            let y = linear(x, &layer.w, &layer.b); // [B, O]
            outputs.push(layer.activation.forward(y));
        }
        outputs
    }
    // ANCHOR_END: forward

    // ANCHOR: backward
    /// The gradients at the input and at every parameter, given what
    /// `forward` returned and the gradient at the last output.
    pub fn backward(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>,
    ) -> (Array2<F>, Mlp<F>) {
        let (d_s, d_net) = self.backward_parameters(outputs, d_y);
        match self.layers.first() {
            Some(layer) => (product(d_s.view(), layer.w.t()), d_net),
            None => (d_s, d_net),
        }
    }
    // ANCHOR_END: backward

    // ANCHOR: walk
    /// The same, but only as far down as the first layer's sum: who does
    /// not ask for the gradient at the input is spared a product.
    pub fn backward_parameters(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>,
    ) -> (Array2<F>, Mlp<F>) {
        #[cfg(feature = "mine")]
        lab::yours!(backward_parameters(self, outputs, &d_y));
        let (mut d_s, mut layers) = (d_y, Vec::new());
        for (n, layer) in self.layers.iter().enumerate().rev() {
            d_s = layer.activation.backward(&outputs[n + 1], d_s);
            let (w, b) = linear_backward_parameters(&outputs[n], &d_s);
            layers.push(Layer { w, b, activation: layer.activation });
            if n > 0 {
                d_s = product(d_s.view(), layer.w.t()); // [B, I]
            }
        }
        layers.reverse();
        (d_s, Mlp { layers })
    }
    // ANCHOR_END: walk
}

// ANCHOR: init
/// Eq. 0.10: He's initialisation. Weights are normal with variance
/// `2 / ((1 + a²) I)`, `a` being the negative slope of a (leaky) ReLU;
/// other activations get Glorot's `2 / (I + O)`. Biases are zero.
pub fn init_layer<F: NdFloat>(
    inputs: usize,
    outputs: usize,
    activation: Activation,
    rng: &mut impl Rng,
) -> Layer<F> {
    let variance = match activation {
        Activation::Relu => 2.0 / inputs as f64,
        Activation::LeakyRelu(a) => 2.0 / ((1.0 + a * a) * inputs as f64),
        _ => 2.0 / (inputs + outputs) as f64,
    };
    let w = Array2::random_using((inputs, outputs), StandardNormal, rng);
    let scale = variance.sqrt();
    let w = w.mapv(|v: f64| real(scale * v)); // [I, O]
    Layer { w, b: Array1::zeros(outputs), activation }
}
// ANCHOR_END: init

impl<F: NdFloat> Mlp<F> {
    /// A network with layers of these widths, input first; `hidden` follows
    /// every layer but the last, which `last` follows.
    pub fn new(
        widths: &[usize],
        hidden: Activation,
        last: Activation,
        rng: &mut impl Rng,
    ) -> Self {
        let pairs: Vec<_> = widths.windows(2).collect();
        let layer = |(n, pair): (usize, &&[usize])| {
            let end = n + 1 == pairs.len();
            init_layer(pair[0], pair[1], if end { last } else { hidden }, rng)
        };
        Self { layers: pairs.iter().enumerate().map(layer).collect() }
    }

    /// The last output alone, `[B, O]`.
    pub fn output(&self, x: &Array2<F>) -> Array2<F> {
        self.layers.iter().fold(x.clone(), |x, layer| {
            layer.activation.forward(linear(&x, &layer.w, &layer.b))
        })
    }
}

/// The last of the outputs that `forward` gives, `[B, O]`.
///
/// # Panics
/// There is none.
pub fn last<F>(outputs: &[Array2<F>]) -> &Array2<F> {
    &outputs[outputs.len() - 1]
}

// ANCHOR: parameters
/// What is trained: a list of arrays, always in the same order. The gradient
/// of a loss is a value of the same type.
pub trait Parameters<F> {
    /// Every array of parameters.
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>>;

    /// The same, to be changed in place.
    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>>;
}

impl<F> Parameters<F> for Mlp<F> {
    /// Layer by layer, weights before biases.
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>> {
        let layers = self.layers.iter();
        let of = layers
            .flat_map(|l| [l.w.view().into_dyn(), l.b.view().into_dyn()]);
        of.collect()
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>> {
        let layers = self.layers.iter_mut();
        let of = layers.flat_map(|l| {
            [l.w.view_mut().into_dyn(), l.b.view_mut().into_dyn()]
        });
        of.collect()
    }
}
// ANCHOR_END: parameters

/// Adds the gradient `b` of a model to another of its gradients.
pub fn add<F: NdFloat>(a: &mut impl Parameters<F>, b: &impl Parameters<F>) {
    for (mut a, b) in a.parameters_mut().into_iter().zip(b.parameters()) {
        a += &b;
    }
}

// ANCHOR: sgd
/// Eq. 0.11: one step of gradient descent, `θ ← θ - η ∂L/∂θ`. Any shape.
pub fn sgd_step<F: NdFloat, D: Dimension>(
    theta: &mut ArrayViewMut<F, D>,
    d_theta: &ArrayView<F, D>,
    lr: F,
) {
    theta.zip_mut_with(d_theta, |p, &g| *p -= lr * g);
}
// ANCHOR_END: sgd

// ANCHOR: adam
/// Adam's four constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamConfig {
    /// Step size η.
    pub lr: f64,
    /// Decay of the mean of gradients.
    pub beta1: f64,
    /// Decay of the mean of squared gradients.
    pub beta2: f64,
    /// Keeps the division finite.
    pub eps: f64,
}

/// Eq. 0.12 for one number: what step `t`, counted from 1, does to a
/// parameter and to the two running means, given the gradient.
fn adam<F: NdFloat>(
    t: u64,
    config: AdamConfig,
) -> impl Fn(&mut F, &F, &mut F, &mut F) + Copy + Sync {
    let [b1, b2, eps] = [config.beta1, config.beta2, config.eps].map(real);
    let t = i32::try_from(t).unwrap_or(i32::MAX);
    let m_scale = real::<F>(config.lr / (1.0 - config.beta1.powi(t)));
    let v_scale = real::<F>(1.0 / (1.0 - config.beta2.powi(t)));
    move |p, &g, m, v| {
        *m = b1 * *m + (F::one() - b1) * g;
        *v = b2 * *v + (F::one() - b2) * g * g;
        *p -= m_scale * *m / ((v_scale * *v).sqrt() + eps);
    }
}

/// The same for an array of parameters; all arrays are of one shape.
pub fn adam_step<F: NdFloat>(
    theta: &mut ArrayViewMut<F, IxDyn>,
    d_theta: &ArrayView<F, IxDyn>,
    m: &mut Array<F, IxDyn>,
    v: &mut Array<F, IxDyn>,
    t: u64,
    config: AdamConfig,
) {
    Zip::from(theta).and(d_theta).and(m).and(v).for_each(adam(t, config));
}
// ANCHOR_END: adam

// ANCHOR: adam_defaults
impl Default for AdamConfig {
    fn default() -> Self {
        Self { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 }
    }
}
// ANCHOR_END: adam_defaults

// ANCHOR: adam_fast
/// Parameters that a thread takes at a time.
const SHARE: usize = 1 << 15;

/// What `adam_step` does, to the bit. Arrays that lie in one piece are
/// shared out between all threads, and a slice runs ten times as fast.
pub fn adam_step_fast<F: NdFloat>(
    theta: &mut ArrayViewMut<F, IxDyn>,
    d_theta: &ArrayView<F, IxDyn>,
    m: &mut Array<F, IxDyn>,
    v: &mut Array<F, IxDyn>,
    t: u64,
    config: AdamConfig,
) {
    #[cfg(feature = "mine")]
    lab::yours!(adam_step(theta, d_theta, m, v, t, config));
    let flat = (theta.as_slice_mut(), d_theta.as_slice());
    let means = (m.as_slice_mut(), v.as_slice_mut());
    if let ((Some(p), Some(g)), (Some(m), Some(v))) = (flat, means) {
        let update = adam(t, config);
        let means = m.par_chunks_mut(SHARE).zip(v.par_chunks_mut(SHARE));
        let all = p.par_chunks_mut(SHARE).zip(g.par_chunks(SHARE)).zip(means);
        all.for_each(|((p, g), (m, v))| {
            let rest = g.iter().zip(m).zip(v);
            p.iter_mut()
                .zip(rest)
                .for_each(|(p, ((g, m), v))| update(p, g, m, v));
        });
    } else {
        adam_step(theta, d_theta, m, v, t, config);
    }
}
// ANCHOR_END: adam_fast

// ANCHOR: optimiser
/// Adam for a whole model: the running means of every parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<F> {
    /// The four constants.
    pub config: AdamConfig,
    /// Steps done.
    pub t: u64,
    /// Means of gradients, one array per parameter.
    pub m: Vec<Array<F, IxDyn>>,
    /// Means of squared gradients, one array per parameter.
    pub v: Vec<Array<F, IxDyn>>,
}

impl<F: NdFloat> Adam<F> {
    /// Means of zero for the parameters of `model`.
    pub fn new(model: &impl Parameters<F>, config: AdamConfig) -> Self {
        let zeros = || {
            let parameters = model.parameters().into_iter();
            parameters.map(|p| Array::zeros(p.raw_dim())).collect()
        };
        Self { config, t: 0, m: zeros(), v: zeros() }
    }

    /// One step for every parameter of a model, given its gradient.
    pub fn step<M: Parameters<F>>(&mut self, model: &mut M, d_model: &M) {
        self.t += 1;
        let means = self.m.iter_mut().zip(&mut self.v);
        let parameters = model.parameters_mut().into_iter();
        for ((mut p, g), (m, v)) in
            parameters.zip(d_model.parameters()).zip(means)
        {
            adam_step_fast(&mut p, &g, m, v, self.t, self.config);
        }
    }
}
// ANCHOR_END: optimiser
