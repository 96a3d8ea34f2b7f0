//! The same networks on dfdx. A convolution is a gathering and a product;
//! its transpose gathers too, from what each place gave.

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Changed, Loss, Matrix, Number, Parameter, Parameters, Seen, Taped,
    Vector, activation, arrays, number,
};
use gradients::plain::Activation;
use lab::tensor;
use ndarray::ArrayD;

use crate::net::{self, Map};

/// A map, its weight and bias, and what follows.
#[derive(Clone, Debug)]
pub struct Layer<E: Number, D: Device<E>> {
    /// The kind of map.
    pub map: Map,
    /// Its weight; of [`Map::Deviation`], one that is not used.
    pub w: Matrix<E, D>,
    /// A bias for each output or channel.
    pub b: Vector<E, D>,
    /// What follows.
    pub activation: Activation,
}

/// Layers, one behind the other.
#[derive(Clone, Debug)]
pub struct Net<E: Number, D: Device<E>> {
    /// The first one sees the input.
    pub layers: Vec<Layer<E, D>>,
}

// ANCHOR: gather
/// Eq. 4.35: for each place of a grid of half the side its sixteen
/// neighbours in one row; what lies outside is gathered from a row of zeros.
/// `[B · side²/4, 16 C]`
pub fn gather<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [B, side² · C]
    side: usize,
) -> Matrix<E, D, T> {
    let (b, width) = *x.shape();
    let (half, c) = (side / 2, width / (side * side));
    let taps = (0..b * half * half * 16).map(|n| {
        let (image, place, tap) =
            (n / (half * half * 16), n / 16 % (half * half), n % 16);
        let line = 2 * (place / half) + tap / 4;
        let column = 2 * (place % half) + tap % 4;
        let within = |n: usize| (1..=side).contains(&n);
        match within(line) && within(column) {
            true => (image * side + line - 1) * side + column - 1,
            false => b * side * side,
        }
    });
    rows_of(x.reshape_like(&(b * side * side, c)), taps.collect())
        .reshape_like(&(b * half * half, 16 * c))
}

/// Rows of a matrix by number; behind the last stands one of zeros.
fn rows_of<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [N, C]
    rows: Vec<usize>,
) -> Matrix<E, D, T> {
    let (dev, n) = (x.device().clone(), rows.len());
    let zeros: Matrix<E, D> = dev.zeros_like(&(1, x.shape().1));
    let rows = dev.tensor_from_vec(rows, (n,));
    (x, zeros).concat_along(Axis::<0>).gather(rows) // [rows, C]
}

/// Its transpose: each place adds up what four windows gave it.
/// `[B, side² · C]`
pub fn scatter<E: Number, D: Device<E>, T: Tape<E, D>>(
    columns: Matrix<E, D, T>, // [B · side²/4, 16 C]
    b: usize,
    side: usize,
) -> Matrix<E, D, T> {
    let ((rows, width), half) = (*columns.shape(), side / 2);
    // A place lies at tap 1 or 2 of one window, at 3 or 0 of its neighbour.
    let windows = |at: usize| match at % 2 {
        0 => [(Some(at / 2), 1), ((at / 2).checked_sub(1), 3)],
        _ => [(Some(at / 2), 2), (Some(at / 2 + 1).filter(|n| *n < half), 0)],
    };
    let mut given = Vec::new();
    for n in 0..b * side * side {
        let (image, line, column) =
            (n / (side * side), n / side % side, n % side);
        for (window, down) in windows(line) {
            for (beside, right) in windows(column) {
                let row = window.zip(beside).map(|(line, column)| {
                    let place = (image * half + line) * half + column;
                    place * 16 + down * 4 + right
                });
                given.push(row.unwrap_or(16 * rows));
            }
        }
    }
    let c = width / 16;
    let four = rows_of(columns.reshape_like(&(16 * rows, c)), given);
    let four = four.reshape_like(&(b * side * side, 4, c));
    let sum = four.sum::<(usize, usize), Axis<1>>(); // [B · side², C]
    sum.reshape_like(&(b, side * side * c))
}
// ANCHOR_END: gather

// ANCHOR: deviation
/// Eq. 4.34: the mean deviation within each row's group, `[B, 1]`.
pub fn deviation<E: Number, D: Device<E>, T>(
    x: Matrix<E, D, T>, // [B, X], whole groups
    group: usize,
) -> Matrix<E, D, T>
where
    T: Tape<E, D> + Merge<T>,
{
    let (b, width) = *x.shape();
    let (groups, shape) = (b / group, (b / group, group, width));
    let x = x.reshape_like(&shape);
    let mean = x.retaped::<T>().mean::<_, Axis<1>>(); // [groups, X]
    let off = x - mean.broadcast_like::<_, Axis<1>>(&shape);
    let squares = off.square().mean::<(usize, usize), Axis<1>>();
    let deviations = (squares + number::<E>(1e-8)).sqrt(); // [groups, X]
    let told = deviations.mean::<(usize,), Axis<1>>(); // [groups]
    let told = told.broadcast_like::<_, Axis<1>>(&(groups, group));
    told.reshape_like(&(b, 1))
}
// ANCHOR_END: deviation

impl<E: Number, D: Device<E>> Layer<E, D> {
    // ANCHOR: products
    /// What the weight makes of a batch; no bias. `[B, O]`
    fn apply<T>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        let (w, b) = (self.w.clone(), x.shape().0);
        match self.map {
            Map::Dense => x.matmul(w), // [B, O]
            Map::Down { side } => {
                let y = gather(x, side).matmul(w); // [B · S²/4, O]
                let width = y.shape().0 / b * y.shape().1;
                y.reshape_like(&(b, width))
            }
            Map::Up { side } => {
                let rows = (b * side * side, w.shape().1);
                let columns = x.reshape_like(&rows).matmul(w.permute());
                scatter(columns, b, 2 * side) // [B, 4 S² · O]
            }
            Map::Deviation { group } => {
                let told = deviation(x.retaped::<T>(), group); // [B, 1]
                (x, told).concat_along(Axis::<1>) // [B, X + 1]
            }
        }
    }

    /// The same with its transpose, the weight on the tape. `[B, I]`
    fn back(&self, u: Taped<E, D>) -> Taped<E, D> {
        let (w, b) = (self.w.leaky_trace(), u.shape().0);
        match self.map {
            Map::Dense => u.matmul(w.permute()), // [B, I]
            Map::Down { side } => {
                let rows = (u.shape().0 * side * side / 4, w.shape().1);
                let columns = u.reshape_like(&rows).matmul(w.permute());
                scatter(columns, b, side) // [B, S² · C]
            }
            Map::Up { side } => {
                let x = gather(u, 2 * side).matmul(w); // [B · S², C]
                let width = x.shape().0 / b * x.shape().1;
                x.reshape_like(&(b, width))
            }
            Map::Deviation { .. } => {
                let width = u.shape().1 - 1;
                u.slice((.., ..width)).realize() // [B, X]
            }
        }
    }
    // ANCHOR_END: products

    /// Map, bias and activation. `[B, O]`
    pub fn forward<T>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        let y = self.apply(x); // [B, O]
        if let Map::Deviation { .. } = self.map {
            return y;
        }
        let (shape, channels) = (*y.shape(), self.b.shape().0);
        let rows = (shape.0 * shape.1 / channels, channels);
        let bias = self.b.clone().broadcast_like::<_, Axis<0>>(&rows);
        let y = (y.reshape_like(&rows) + bias).reshape_like(&shape);
        activation(self.activation, y)
    }
}

impl<E: Number, D: Device<E>> Net<E, D> {
    /// Copies a network of the plain room.
    pub fn new(dev: &D, from: &net::Net<E>) -> Self {
        let layer = |l: &net::Layer<E>| {
            let (w, b) = match l.map {
                Map::Deviation { .. } => {
                    (dev.zeros_like(&(1, 1)), dev.zeros_like(&(1,)))
                }
                _ => (
                    tensor(dev, &l.w, l.w.dim()),
                    tensor(dev, &l.b, (l.b.len(),)),
                ),
            };
            Layer { map: l.map, w, b, activation: l.activation }
        };
        Self { layers: from.layers.iter().map(layer).collect() }
    }

    /// Copies its numbers back, into a network shaped like it.
    pub fn to_plain(&self, like: &net::Net<E>) -> net::Net<E> {
        let numbers: Vec<ArrayD<E>> = arrays(self);
        gradients::on_dfdx::to_plain(like, &numbers)
    }

    /// The last output, `[B, O]`.
    pub fn forward<T>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape> + Merge<T>,
    {
        self.layers.iter().fold(x, |x, layer| layer.forward(x))
    }
}

// ANCHOR: penalty
/// The gradient of the logits at the examples, `[B, X]`, from the weights,
/// which are on the tape, and slopes, which are constants.
///
/// # Panics
/// An activation is curved.
pub fn slopes_at<E: Number, D: Device<E>>(
    d: &Net<E, D>,
    x: Matrix<E, D>, // [B, X]
) -> Taped<E, D> {
    let (mut y, mut all) = (x, Vec::new());
    for layer in &d.layers {
        y = layer.forward(y); // [B, O]
        all.push(slopes(layer.activation, &y)); // [B, O]
    }
    let mut v = y.device().ones_like(y.shape()).leaky_traced(); // [B, 1]
    for (layer, slopes) in d.layers.iter().zip(all).rev() {
        v = layer.back(v * slopes); // [B, I]
    }
    v
}

/// The slope of an activation behind each of its outputs.
fn slopes<E: Number, D: Device<E>>(
    activation: Activation,
    y: &Matrix<E, D>, // [B, O]
) -> Matrix<E, D> {
    let ones = y.device().ones_like(y.shape()); // [B, O]
    let below = match activation {
        Activation::Identity => return ones,
        Activation::Relu => 0.0,
        Activation::LeakyRelu(slope) => slope,
        _ => panic!("a curved activation"),
    };
    let bent = ones.clone() * number::<E>(below); // [B, O]
    y.gt(E::default()).choose(ones, bent)
}

/// Eq. 4.30 for any map: `γ/2` times the mean squared slope.
pub fn r1<E: Number, D: Device<E>>(
    d: &Net<E, D>,
    x: Matrix<E, D>, // [B, X]
    gamma: f64,
) -> Loss<E, D> {
    let rows = x.shape().0 as f64;
    slopes_at(d, x).square().sum() * number::<E>(0.5 * gamma / rows)
}

/// WGAN-GP: `λ` times the mean squared difference of the slope from 1.
pub fn near_one<E: Number, D: Device<E>>(
    d: &Net<E, D>,
    x: Matrix<E, D>, // [B, X]
    lambda: f64,
) -> Loss<E, D> {
    let squares = slopes_at(d, x).square().sum::<(usize,), Axis<1>>();
    // Where a slope is 0 the root's own slope is not infinite.
    let slopes = (squares + number::<E>(1e-30)).sqrt(); // [B]
    let off = slopes - number::<E>(1.0); // [B]
    off.square().mean() * number::<E>(lambda)
}
// ANCHOR_END: penalty

impl<E: Number, D: Device<E>> Parameters<E, D> for Net<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        let layers = self.layers.iter().filter(|l| l.map.has_weight());
        let of = layers
            .flat_map(|l| [Parameter::Matrix(&l.w), Parameter::Vector(&l.b)]);
        of.collect()
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        let layers = self.layers.iter_mut().filter(|l| l.map.has_weight());
        let of = layers.flat_map(|l| {
            [Parameter::Matrix(&mut l.w), Parameter::Vector(&mut l.b)]
        });
        of.collect()
    }
}
