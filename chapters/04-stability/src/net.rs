//! A network of linear maps, dense or convolutional, with an activation
//! behind each. Whatever a player or a penalty needs of a layer are three
//! products: with its weight, with the weight's transpose, and of two
//! batches to a gradient of the weight.

use gradients::plain::{
    Activation, Mlp, Parameters, init_layer, last, product, real,
};
use ndarray::{
    Array1, Array2, ArrayView, ArrayViewMut, ArrayViewMut1, Axis, IxDyn,
    NdFloat, s,
};
use ndarray_rand::rand::Rng;

use crate::conv::{gather, scatter};
use crate::deviation::{deviation, deviation_backward};

// ANCHOR: map
/// What stands between a layer's input and its activation. A grid of
/// `side` × `side` places with C channels is a row of side² · C numbers,
/// place by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    /// `x W`, with `W` `[I, O]`.
    Dense,
    /// A convolution to half the side, `W` `[16 C, O]` (eq. 4.35).
    Down {
        /// Of the grid that comes in.
        side: usize,
    },
    /// Its transpose, to twice the side, `W` `[16 O, C]` (eq. 4.36).
    Up {
        /// Of the grid that comes in.
        side: usize,
    },
    /// One number more, the deviation within `group` rows (eq. 4.34).
    Deviation {
        /// So many rows, one after the other.
        group: usize,
    },
}

/// A map, its weight and bias, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<F> {
    /// The kind of map.
    pub map: Map,
    /// Its weight; of [`Map::Deviation`], nothing.
    pub w: Array2<F>,
    /// A bias for each output or channel.
    pub b: Array1<F>,
    /// What follows.
    pub activation: Activation,
}

/// Layers, one behind the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Net<F> {
    /// The first one sees the input.
    pub layers: Vec<Layer<F>>,
}
// ANCHOR_END: map

impl Map {
    /// Whether there is anything to learn in it.
    pub fn has_weight(self) -> bool {
        !matches!(self, Map::Deviation { .. })
    }
}

fn reshaped<F: NdFloat>(x: Array2<F>, rows: usize) -> Array2<F> {
    let width = x.len() / rows.max(1);
    x.into_shape_with_order((rows, width)).expect("in one piece")
}

/// A batch of grids `[B, S² · C]` as a row for each place, `[B · S², C]`.
fn places<F: NdFloat>(x: &Array2<F>, channels: usize) -> Array2<F> {
    let rows = x.len() / channels;
    x.to_shape((rows, channels)).expect("whole places").into_owned()
}

// ANCHOR: products
impl<F: NdFloat> Layer<F> {
    /// What the weight makes of a batch; no bias. `[B, O]`
    pub fn apply(&self, x: &Array2<F>) -> Array2<F> {
        let w = self.w.view();
        match self.map {
            Map::Dense => product(x.view(), w), // [B, O]
            Map::Down { side } => {
                let columns = gather(x, side); // [B · S²/4, 16 C]
                reshaped(product(columns.view(), w), x.nrows())
            }
            Map::Up { side } => {
                let x_places = places(x, w.ncols()); // [B · S², C]
                let columns = product(x_places.view(), w.t());
                scatter(&columns, x.nrows(), 2 * side) // [B, 4 S² · O]
            }
            Map::Deviation { .. } => self.beside(x, F::zero()),
        }
    }

    /// The same with its transpose: from a gradient behind the map to the
    /// one before it. `[B, I]`
    pub fn back(&self, u: &Array2<F>) -> Array2<F> {
        let w = self.w.view();
        match self.map {
            Map::Dense => product(u.view(), w.t()), // [B, I]
            Map::Down { side } => {
                let u_places = places(u, w.ncols()); // [B · S²/4, O]
                let columns = product(u_places.view(), w.t());
                scatter(&columns, u.nrows(), side) // [B, S² · C]
            }
            Map::Up { side } => {
                let columns = gather(u, 2 * side); // [B · S², 16 O]
                reshaped(product(columns.view(), w), u.nrows())
            }
            Map::Deviation { .. } => u.slice(s![.., ..-1]).to_owned(),
        }
    }

    /// The weight's gradient, from a batch before the map and a gradient
    /// behind it. The shape of the weight.
    pub fn weight(&self, x: &Array2<F>, u: &Array2<F>) -> Array2<F> {
        let channels = self.w.ncols();
        match self.map {
            Map::Dense => product(x.t(), u.view()), // [I, O]
            Map::Down { side } => {
                let u_places = places(u, channels); // [B · S²/4, O]
                product(gather(x, side).t(), u_places.view())
            }
            Map::Up { side } => {
                let x_places = places(x, channels); // [B · S², C]
                product(gather(u, 2 * side).t(), x_places.view())
            }
            Map::Deviation { .. } => Array2::zeros((0, 0)),
        }
    }
}
// ANCHOR_END: products

impl<F: NdFloat> Layer<F> {
    /// The batch with one more column of `value`. `[B, I + 1]`
    fn beside(&self, x: &Array2<F>, value: F) -> Array2<F> {
        let mut y = Array2::from_elem((x.nrows(), x.ncols() + 1), value);
        y.slice_mut(s![.., ..-1]).assign(x);
        y
    }

    /// Map, bias and activation. `[B, O]`
    pub fn forward(&self, x: &Array2<F>) -> Array2<F> {
        let mut y = match self.map {
            Map::Deviation { group } => return deviation(x, group),
            _ => self.apply(x), // [B, O]
        };
        let channels = self.b.len();
        for mut row in y.rows_mut() {
            let cells = row.as_slice_mut().expect("in one piece");
            for place in cells.chunks_exact_mut(channels) {
                ArrayViewMut1::from(place).zip_mut_with(&self.b, |y, &b| {
                    *y += b;
                });
            }
        }
        self.activation.forward(y)
    }

    /// The gradient at the bias: the sum over rows and places. `[O]`
    fn bias(&self, u: &Array2<F>) -> Array1<F> {
        match self.map {
            Map::Deviation { .. } => Array1::zeros(0),
            _ => places(u, self.b.len()).sum_axis(Axis(0)), // [O]
        }
    }

    fn of(&self, w: Array2<F>, b: Array1<F>) -> Self {
        Self { map: self.map, w, b, activation: self.activation }
    }
}

// ANCHOR: backward
impl<F: NdFloat> Net<F> {
    /// What goes in, then every layer's output.
    pub fn forward(&self, x: &Array2<F>) -> Vec<Array2<F>> {
        let mut outputs = vec![x.clone()];
        for layer in &self.layers {
            outputs.push(layer.forward(last(&outputs)));
        }
        outputs
    }

    /// Chapter 0's backward pass: the gradients at the input, if it is
    /// wanted, and at every parameter.
    fn backward_to(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>, // [B, O]
        input: bool,
    ) -> (Array2<F>, Self) {
        let (mut v, mut layers) = (d_y, Vec::new());
        for (n, layer) in self.layers.iter().enumerate().rev() {
            let u = layer.activation.backward(&outputs[n + 1], v); // [B, O]
            let w = layer.weight(&outputs[n], &u);
            layers.push(layer.of(w, layer.bias(&u)));
            v = match layer.map {
                _ if n == 0 && !input => u,
                Map::Deviation { group } => {
                    deviation_backward(&outputs[n], group, &u)
                }
                _ => layer.back(&u), // [B, I]
            };
        }
        layers.reverse();
        (v, Self { layers })
    }
}
// ANCHOR_END: backward

impl<F: NdFloat> Net<F> {
    /// The gradients at the input, `[B, I]`, and at every parameter.
    pub fn backward(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>, // [B, O]
    ) -> (Array2<F>, Self) {
        self.backward_to(outputs, d_y, true)
    }

    /// The gradient at every parameter.
    pub fn backward_parameters(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>, // [B, O]
    ) -> Self {
        self.backward_to(outputs, d_y, false).1
    }

    /// The last output alone, `[B, O]`.
    pub fn output(&self, x: &Array2<F>) -> Array2<F> {
        let (first, rest) = self.layers.split_first().expect("a layer");
        rest.iter().fold(first.forward(x), |x, layer| layer.forward(&x))
    }

    /// The gradient at the input, `[B, I]`, without any at parameters.
    pub fn through(
        &self,
        outputs: &[Array2<F>],
        d_y: Array2<F>, // [B, O]
    ) -> Array2<F> {
        let layers = self.layers.iter().enumerate().rev();
        layers.fold(d_y, |v, (n, layer)| {
            let u = layer.activation.backward(&outputs[n + 1], v); // [B, O]
            match layer.map {
                Map::Deviation { group } => {
                    deviation_backward(&outputs[n], group, &u)
                }
                _ => layer.back(&u), // [B, I]
            }
        })
    }
}

// ANCHOR: lengths
/// R1's and R2's function of a length (eq. 4.30), and its slope.
pub fn zero_centred<F: NdFloat>(gamma: f64) -> impl Fn(F) -> (F, F) {
    let gamma = real::<F>(gamma);
    move |n| (gamma * n * n / real(2.0), gamma * n)
}

/// WGAN-GP's (eq. 4.26), and its slope.
pub fn near_one<F: NdFloat>(lambda: f64) -> impl Fn(F) -> (F, F) {
    let lambda = real::<F>(lambda);
    move |n| {
        let off = n - F::one();
        (lambda * off * off, real::<F>(2.0) * lambda * off)
    }
}
// ANCHOR_END: lengths

// ANCHOR: penalty
/// Eq. 4.27: the mean over rows of a function of the length of the logit's
/// gradient, and the gradient of that mean at every parameter. `of_norm`
/// gives the function's value and its slope. A deviation within the batch
/// is taken for a constant.
///
/// # Panics
/// An activation is curved.
pub fn penalty<F: NdFloat>(
    d: &Net<F>,
    x: &Array2<F>, // [B, X]
    of_norm: impl Fn(F) -> (F, F),
) -> (F, Net<F>) {
    let outputs = d.forward(x);
    let mut v = Array2::ones(last(&outputs).raw_dim()); // [B, 1]
    let mut sums = Vec::new();
    for (n, layer) in d.layers.iter().enumerate().rev() {
        let u = layer.activation.backward(&outputs[n + 1], v); // [B, O]
        v = layer.back(&u); // [B, I], in the end [B, X]
        sums.push(u);
    }
    let (rows, mut value) = (real::<F>(x.nrows() as f64), F::zero());
    for mut v in v.rows_mut() {
        let n = v.dot(&v).sqrt();
        let (of_n, slope) = of_norm(n);
        value += of_n / rows;
        let along = if n > F::zero() { slope / n } else { F::zero() };
        v *= along / rows;
    }
    sums.reverse();
    (value, at_the_weights(d, &outputs, sums, v))
}

/// Eq. 4.31: from the gradient at the logit's gradient, `[B, X]`, to that
/// at every weight; `sums` is what the way back left at each layer.
fn at_the_weights<F: NdFloat>(
    d: &Net<F>,
    outputs: &[Array2<F>],
    sums: Vec<Array2<F>>,
    mut d_v: Array2<F>, // [B, X]
) -> Net<F> {
    let mut layers = Vec::new();
    for ((layer, u), y) in d.layers.iter().zip(sums).zip(&outputs[1..]) {
        let curved = [Activation::Tanh, Activation::Sigmoid];
        assert!(!curved.contains(&layer.activation), "a curved activation");
        let b = Array1::zeros(layer.b.len()); // [O]
        layers.push(layer.of(layer.weight(&d_v, &u), b));
        let d_u = layer.apply(&d_v); // [B, O]
        d_v = layer.activation.backward(y, d_u); // [B, O]
    }
    Net { layers }
}
// ANCHOR_END: penalty

impl<F> Parameters<F> for Net<F> {
    fn parameters(&self) -> Vec<ArrayView<'_, F, IxDyn>> {
        let layers = self.layers.iter().filter(|l| l.map.has_weight());
        let of = layers
            .flat_map(|l| [l.w.view().into_dyn(), l.b.view().into_dyn()]);
        of.collect()
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMut<'_, F, IxDyn>> {
        let layers = self.layers.iter_mut().filter(|l| l.map.has_weight());
        let of = layers.flat_map(|l| {
            [l.w.view_mut().into_dyn(), l.b.view_mut().into_dyn()]
        });
        of.collect()
    }
}

impl<F: NdFloat> From<Mlp<F>> for Net<F> {
    fn from(net: Mlp<F>) -> Self {
        let dense = |l: gradients::plain::Layer<F>| Layer {
            map: Map::Dense,
            w: l.w,
            b: l.b,
            activation: l.activation,
        };
        Self { layers: net.layers.into_iter().map(dense).collect() }
    }
}

impl<F: NdFloat> Net<F> {
    /// The same as chapter 0's network.
    ///
    /// # Panics
    /// A layer is not dense.
    pub fn into_mlp(self) -> Mlp<F> {
        let dense = |l: Layer<F>| {
            assert_eq!(l.map, Map::Dense, "a network of dense layers");
            let (w, b, activation) = (l.w, l.b, l.activation);
            gradients::plain::Layer { w, b, activation }
        };
        Mlp { layers: self.layers.into_iter().map(dense).collect() }
    }
}

/// A layer with chapter 0's initialisation: of so many channels, or
/// numbers, to so many.
pub fn layer<F: NdFloat>(
    map: Map,
    (inputs, outputs): (usize, usize),
    activation: Activation,
    rng: &mut impl Rng,
) -> Layer<F> {
    let of = |inputs, outputs, rng: &mut _| {
        init_layer::<F>(inputs, outputs, activation, rng)
    };
    let (w, b) = match map {
        Map::Dense => {
            let l = of(inputs, outputs, rng);
            (l.w, outputs)
        }
        Map::Down { .. } => (of(16 * inputs, outputs, rng).w, outputs),
        Map::Up { .. } => {
            // Four of the sixteen taps meet in a place.
            let w = of(4 * inputs, 4 * outputs, rng).w; // [4 C, 4 O]
            let w = w.into_shape_with_order((inputs, 16 * outputs));
            (w.expect("as many").reversed_axes(), outputs)
        }
        Map::Deviation { .. } => (Array2::zeros((0, 0)), 0),
    };
    let w = w.as_standard_layout().into_owned();
    Layer { map, w, b: Array1::zeros(b), activation }
}
