//! Comparing a hand gradient with everything that can contradict it: the tools behind every chapter's ledger.

use dfdx::prelude::{Backward, Device, Gradients, OwnedTape, Tensor, Trace};
use lab::{Reference, array, column, max_rel_err, tensor};
use ndarray::{Array1, Array2, arr1};

use crate::on_dfdx;
use crate::plain::{Activation, Layer, Mlp, numeric_gradient};

/// The step of the central differences, near the best for f64.
pub const H: f64 = 1e-5;

/// A matrix on a device with the tape that records what happens to it.
pub type Taped<D> = Tensor<(usize, usize), f64, D, OwnedTape<f64, D>>;

/// A number on a device with the tape that says where it came from.
pub type TapedScalar<D> = Tensor<(), f64, D, OwnedTape<f64, D>>;

/// The largest of some errors; NaN when any is.
pub fn worst(errors: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
    errors.into_iter().fold(0.0, larger)
}

/// Relative error of one number.
pub fn scalar_err(a: f64, b: f64) -> f64 {
    max_rel_err(&arr1(&[a]), &arr1(&[b]))
}

/// A scalar function of a matrix, with its hand gradient, in both rooms.
pub struct ScalarLoss<'a, D: Device<f64>> {
    /// The value in ndarray.
    pub plain: &'a dyn Fn(&Array2<f64>) -> f64,
    /// The hand gradient at the matrix.
    pub backward: &'a dyn Fn(&Array2<f64>) -> Array2<f64>,
    /// The value on dfdx.
    pub on_dfdx: &'a dyn Fn(Taped<D>) -> TapedScalar<D>,
}

impl<D: Device<f64>> ScalarLoss<'_, D> {
    /// Largest relative errors at `x` against central differences, against dfdx, and against a reference value and
    /// gradient.
    pub fn errors(
        &self,
        dev: &D,
        x: &Array2<f64>,
        reference: (f64, &Array2<f64>),
    ) -> [f64; 3] {
        let (value, d_x) = ((self.plain)(x), (self.backward)(x));
        let difference = numeric_gradient(self.plain, x, H);
        let on_dev = tensor(dev, x, x.dim());
        let loss = (self.on_dfdx)(on_dev.leaky_trace());
        let same_value = scalar_err(value, loss.as_vec()[0]);
        let gradients = loss.backward();
        let dfdx = array(&gradients.get(&on_dev));
        [
            max_rel_err(&d_x, &difference),
            worst([same_value, max_rel_err(&d_x, &dfdx)]),
            worst([
                scalar_err(value, reference.0),
                max_rel_err(&d_x, reference.1),
            ]),
        ]
    }
}

/// A network of any widths on a device, in f64, with the weights of a plain one.
pub struct OnDevice<D: Device<f64>> {
    layers: Vec<(Matrix<D>, Vector<D>, Activation)>,
}

type Matrix<D> = Tensor<(usize, usize), f64, D>;
type Vector<D> = Tensor<(usize,), f64, D>;

impl<D: Device<f64>> OnDevice<D> {
    /// Copies the weights.
    pub fn new(dev: &D, net: &Mlp<f64>) -> Self {
        let copy = |l: &Layer<f64>| {
            let w = tensor(dev, &l.w, l.w.dim());
            (w, tensor(dev, &l.b, (l.b.len(),)), l.activation)
        };
        Self { layers: net.layers.iter().map(copy).collect() }
    }

    /// The last output `[B, O]`; the tape of `x` goes on.
    pub fn forward(&self, x: Taped<D>) -> Taped<D> {
        self.layers.iter().fold(x, |x, (w, b, activation)| {
            let s = on_dfdx::linear(x, w.clone(), b.clone());
            on_dfdx::activation(*activation, s)
        })
    }

    /// The gradient at every parameter.
    pub fn gradient(&self, gradients: &Gradients<f64, D>) -> Mlp<f64> {
        let copy =
            |(w, b, activation): &(Matrix<D>, Vector<D>, Activation)| {
                let w = array(&gradients.get(w));
                let b = column(&gradients.get(b));
                Layer { w, b, activation: *activation }
            };
        Mlp { layers: self.layers.iter().map(copy).collect() }
    }
}

/// The gradient of `f` at every parameter of a network, by central differences.
pub fn numeric_gradient_of_network(
    f: impl Fn(&Mlp<f64>) -> f64,
    net: &Mlp<f64>,
) -> Mlp<f64> {
    let mut slopes = net.clone();
    for (n, layer) in slopes.layers.iter_mut().enumerate() {
        let at_w = |w: &Array2<f64>| {
            let mut net = net.clone();
            net.layers[n].w.assign(w);
            f(&net)
        };
        layer.w = numeric_gradient(at_w, &net.layers[n].w, H);
        let at_b = |b: &Array1<f64>| {
            let mut net = net.clone();
            net.layers[n].b.assign(b);
            f(&net)
        };
        layer.b = numeric_gradient(at_b, &net.layers[n].b, H);
    }
    slopes
}

/// Largest relative error over all parameters of two gradients of one network.
pub fn network_err(a: &Mlp<f64>, b: &Mlp<f64>) -> f64 {
    let pairs = a.layers.iter().zip(&b.layers);
    worst(pairs.map(|(a, b)| {
        worst([max_rel_err(&a.w, &b.w), max_rel_err(&a.b, &b.b)])
    }))
}

/// A network of a reference file, with layers `{prefix}w0`, `{prefix}b0`, … for the given activations.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_network(
    values: &mut Reference,
    prefix: &str,
    activations: &[Activation],
) -> anyhow::Result<Mlp<f64>> {
    let layer = |(n, activation): (usize, &Activation)| {
        let w = values.matrix(&format!("{prefix}w{n}"))?;
        let b = values.vector(&format!("{prefix}b{n}"))?;
        Ok(Layer { w, b, activation: *activation })
    };
    let layers = activations.iter().enumerate().map(layer);
    Ok(Mlp { layers: layers.collect::<anyhow::Result<_>>()? })
}
