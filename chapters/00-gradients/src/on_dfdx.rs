//! The same functions under the same names on dfdx: only the forward passes
//! are written, the tape finds the gradients. Generic over the device; widths
//! are known at run time, since a checkpoint may decide them.

use dfdx::prelude::*;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use ndarray::{Array2, ArrayD, NdFloat};

use crate::classifier::{self, Classifies, Source};
use crate::model::{State, check_loss};
use crate::plain;

// ANCHOR: names
/// What the numbers of both rooms are.
pub trait Number: Dtype + NdFloat {}

impl Number for f32 {}
impl Number for f64 {}

/// A matrix: parameters, or a batch with a row for each example. With a tape
/// it knows how it came about.
pub type Matrix<E, D, T = NoneTape> = Tensor<(usize, usize), E, D, T>;
/// A vector of parameters.
pub type Vector<E, D> = Tensor<(usize,), E, D>;
/// A batch with its tape.
pub type Taped<E, D> = Matrix<E, D, OwnedTape<E, D>>;
/// A loss with its tape.
pub type Loss<E, D> = Tensor<(), E, D, OwnedTape<E, D>>;
// ANCHOR_END: names

/// A constant in the precision of the tensors around it.
pub fn number<E: Dtype>(v: f64) -> E {
    E::from_f64(v).expect("f32 and f64 hold every f64, rounded")
}

// ANCHOR: linear
/// Eq. 0.1: `y = x w + b`. The tape that comes with `x` leaves with `y`.
pub fn linear<B: Dim, I: Dim, O: Dim, E: Dtype, D: Device<E>, T>(
    x: Tensor<(B, I), E, D, T>,
    w: Tensor<(I, O), E, D>,
    b: Tensor<(O,), E, D>,
) -> Tensor<(B, O), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let y = x.matmul(w); // [B, O]
    let shape = *y.shape();
    y + b.broadcast_like(&shape) // [B, O]
}
// ANCHOR_END: linear

// ANCHOR: losses
/// Eq. 0.5: mean binary cross-entropy, in nats, of logits and targets.
pub fn bce_with_logits<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    s: Tensor<S, E, D, T>,
    t: Tensor<S, E, D>,
) -> Tensor<(), E, D, T> {
    s.bce_with_logits(t).mean()
}

/// Eq. 0.7: mean squared error.
pub fn mse<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    y: Tensor<S, E, D, T>,
    t: Tensor<S, E, D>,
) -> Tensor<(), E, D, T> {
    (y - t).square().mean()
}

/// Eq. 0.8: mean cross-entropy, in nats, of the softmax of logits `s` and
/// one-hot targets, both `[B, K]`.
pub fn cross_entropy<B: Dim, K: Dim, E: Dtype, D: Device<E>, T>(
    s: Tensor<(B, K), E, D, T>,
    one_hot: Tensor<(B, K), E, D>,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D>,
{
    let rows = E::from_usize(s.shape().0.size()).expect("a count");
    let picked = s.log_softmax::<Axis<1>>() * one_hot; // [B, K]
    picked.sum().negate() / rows
}
// ANCHOR_END: losses

// ANCHOR: activation
/// Eq. 0.3: the value of an activation. Any shape.
pub fn activation<S: Shape, E: Dtype, D: Device<E>, T>(
    kind: plain::Activation,
    x: Tensor<S, E, D, T>,
) -> Tensor<S, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    match kind {
        plain::Activation::Identity => x,
        plain::Activation::Relu => x.relu(),
        plain::Activation::LeakyRelu(slope) => {
            let above = x.retaped::<T>().relu() * number::<E>(1.0 - slope);
            above + x * number::<E>(slope) // dfdx's prelu is slow
        }
        plain::Activation::Tanh => {
            let twice = x * number::<E>(2.0);
            twice.sigmoid() * number::<E>(2.0) - number::<E>(1.0)
        }
        plain::Activation::Sigmoid => x.sigmoid(),
    }
}
// ANCHOR_END: activation

// ANCHOR: types
/// A classifier of digits as a type: the compiler checks every width.
pub type TypedClassifier<D> = (
    (modules::Linear<784, 128, f32, D>, ReLU),
    modules::Linear<128, 10, f32, D>,
);
// ANCHOR_END: types

// ANCHOR: mlp
/// A linear layer, and what follows it.
#[derive(Clone, Debug)]
pub struct Layer<E: Number, D: Device<E>> {
    /// Weights, `[I, O]`.
    pub w: Matrix<E, D>,
    /// Biases, `[O]`.
    pub b: Vector<E, D>,
    /// What follows.
    pub activation: plain::Activation,
}

/// A multi-layer perceptron.
#[derive(Clone, Debug)]
pub struct Mlp<E: Number, D: Device<E>> {
    /// The layers, input first.
    pub layers: Vec<Layer<E, D>>,
}

impl<E: Number, D: Device<E>> Layer<E, D> {
    /// Copies a layer of the plain room.
    pub fn new(dev: &D, from: &plain::Layer<E>) -> Self {
        Self {
            w: tensor(dev, &from.w, from.w.dim()),
            b: tensor(dev, &from.b, (from.b.len(),)),
            activation: from.activation,
        }
    }

    /// `[B, I]` to `[B, O]`.
    pub fn forward<T>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape>,
    {
        let y = linear(x, self.w.clone(), self.b.clone()); // [B, O]
        activation(self.activation, y)
    }
}

impl<E: Number, D: Device<E>> Mlp<E, D> {
    /// Copies a network of the plain room.
    pub fn new(dev: &D, from: &plain::Mlp<E>) -> Self {
        let layers = from.layers.iter();
        Self { layers: layers.map(|l| Layer::new(dev, l)).collect() }
    }

    /// Copies it back.
    pub fn to_plain(&self) -> plain::Mlp<E> {
        let numbers = arrays(self);
        let layer =
            |(layer, of): (&Layer<E, D>, &[ArrayD<E>])| plain::Layer {
                w: of[0].clone().into_dimensionality().expect("a matrix"),
                b: of[1].clone().into_dimensionality().expect("a vector"),
                activation: layer.activation,
            };
        let layers = self.layers.iter().zip(numbers.chunks(2));
        plain::Mlp { layers: layers.map(layer).collect() }
    }

    /// The last output, `[B, O]`.
    pub fn forward<T>(&self, x: Matrix<E, D, T>) -> Matrix<E, D, T>
    where
        T: Tape<E, D> + Merge<NoneTape>,
    {
        self.layers.iter().fold(x, |x, layer| layer.forward(x))
    }
}
// ANCHOR_END: mlp

// ANCHOR: parameters
/// A parameter is a matrix or a vector.
#[derive(Clone, Copy, Debug)]
pub enum Parameter<M, V> {
    /// `[I, O]`
    Matrix(M),
    /// `[O]`
    Vector(V),
}

/// A parameter that is only looked at.
pub type Seen<'a, E, D> = Parameter<&'a Matrix<E, D>, &'a Vector<E, D>>;
/// A parameter that may be changed.
pub type Changed<'a, E, D> =
    Parameter<&'a mut Matrix<E, D>, &'a mut Vector<E, D>>;

/// What is trained: its parameters, in the order of the plain room.
pub trait Parameters<E: Number, D: Device<E>> {
    /// Every parameter.
    fn parameters(&self) -> Vec<Seen<'_, E, D>>;

    /// The same, to be changed in place.
    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>>;
}

impl<E: Number, D: Device<E>> Parameters<E, D> for Mlp<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        let layers = self.layers.iter();
        let of = layers
            .flat_map(|l| [Parameter::Matrix(&l.w), Parameter::Vector(&l.b)]);
        of.collect()
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        let layers = self.layers.iter_mut();
        let of = layers.flat_map(|l| {
            [Parameter::Matrix(&mut l.w), Parameter::Vector(&mut l.b)]
        });
        of.collect()
    }
}
// ANCHOR_END: parameters

fn array<S: Shape, E: Number, D: Device<E>>(
    t: &Tensor<S, E, D>,
) -> ArrayD<E> {
    let shape = t.shape().concrete().into_iter().collect::<Vec<_>>();
    ArrayD::from_shape_vec(shape, t.as_vec()).expect("as many as there are")
}

/// The numbers of every parameter, on the host.
pub fn arrays<E: Number, D: Device<E>>(
    model: &impl Parameters<E, D>,
) -> Vec<ArrayD<E>> {
    let all = model.parameters().into_iter();
    let copied = all.map(|p| match p {
        Parameter::Matrix(p) => array(p),
        Parameter::Vector(p) => array(p),
    });
    copied.collect()
}

/// What `d` holds for every parameter of `model`, on the host.
///
/// # Panics
/// It holds nothing for one.
pub fn gradients<E: Number, D: Device<E>>(
    model: &impl Parameters<E, D>,
    d: &Gradients<E, D>,
) -> Vec<ArrayD<E>> {
    let all = model.parameters().into_iter();
    let copied = all.map(|p| match p {
        Parameter::Matrix(p) => array(&d.get(p)),
        Parameter::Vector(p) => array(&d.get(p)),
    });
    copied.collect()
}

/// A loss without its tape, and every gradient that the tape finds.
pub fn value_and_gradients<E: Number, D: Device<E>>(
    loss: Loss<E, D>,
) -> (Tensor<(), E, D>, Gradients<E, D>) {
    let (value, tape) = loss.split_tape();
    (value.clone(), value.put_tape(tape).backward())
}

/// A gradient of zero at every parameter, for a tape that may not lead there.
///
/// # Panics
/// The device has no memory left.
pub fn zeros<E: Number, D: Device<E>>(
    model: &impl Parameters<E, D>,
) -> Gradients<E, D> {
    let (mut d, room) = (Gradients::leaky(), "room for a gradient");
    for p in model.parameters() {
        match p {
            Parameter::Matrix(p) => d.try_alloc_for(p).expect(room),
            Parameter::Vector(p) => d.try_alloc_for(p).expect(room),
        }
    }
    d
}

/// A model of the plain room, shaped `like` this one, with these numbers: weights, or their gradient.
///
/// # Panics
/// The shapes differ.
pub fn to_plain<F: Number, P: plain::Parameters<F> + Clone>(
    like: &P,
    numbers: &[ArrayD<F>],
) -> P {
    let mut plain = like.clone();
    let parameters = plain.parameters_mut().into_iter();
    parameters.zip(numbers).for_each(|(mut p, from)| p.assign(from));
    plain
}

/// Copies numbers to the device, into every parameter.
///
/// # Panics
/// The shapes differ.
pub fn assign<E: Number, D: Device<E>>(
    model: &mut impl Parameters<E, D>,
    numbers: &[ArrayD<E>],
) {
    for (p, from) in model.parameters_mut().into_iter().zip(numbers) {
        let from: Vec<E> = from.iter().copied().collect();
        match p {
            Parameter::Matrix(p) => p.copy_from(&from),
            Parameter::Vector(p) => p.copy_from(&from),
        }
    }
}

// ANCHOR: adam
/// Eq. 0.12 on the device, for a whole model. The two running means are kept
/// as dfdx keeps gradients: one for each parameter, found by its name.
pub struct Adam<E: Number, D: Device<E>> {
    /// The four constants.
    pub config: plain::AdamConfig,
    /// Steps done.
    pub t: u64,
    m: Gradients<E, D>,
    v: Gradients<E, D>,
}

impl<E: Number, D: Device<E>> Adam<E, D> {
    /// Means of zero.
    pub fn new(config: plain::AdamConfig) -> Self {
        Self { config, t: 0, m: Gradients::leaky(), v: Gradients::leaky() }
    }

    /// One step for every parameter, given all gradients of a loss.
    ///
    /// # Panics
    /// The device has no memory left.
    pub fn step(
        &mut self,
        model: &mut impl Parameters<E, D>,
        d: &mut Gradients<E, D>,
    ) {
        self.t += 1;
        for p in model.parameters_mut() {
            match p {
                Parameter::Matrix(p) => self.move_one(p, d),
                Parameter::Vector(p) => self.move_one(p, d),
            }
        }
    }

    fn move_one<S: Shape>(
        &mut self,
        p: &mut Tensor<S, E, D>,
        d: &mut Gradients<E, D>,
    ) {
        let t = i32::try_from(self.t).unwrap_or(i32::MAX);
        let room = "room for a gradient";
        let m = self.m.get_or_alloc_mut(p).expect(room);
        let v = self.v.get_or_alloc_mut(p).expect(room);
        let d = d.get_or_alloc_mut(p).expect(room);
        let config = adam_config(self.config);
        config.try_update(t, p, m, v, d).expect("all of one shape");
    }
}
// ANCHOR_END: adam

impl<E: Number, D: Device<E>> Adam<E, D> {
    /// Its means on the host.
    ///
    /// # Panics
    /// It has taken steps, but none with this model.
    pub fn to_plain(&self, model: &impl Parameters<E, D>) -> plain::Adam<E> {
        // Before the first step, a parameter has no mean.
        let zero = |p: &ArrayD<E>| ArrayD::zeros(p.raw_dim());
        let [m, v] = [&self.m, &self.v].map(|means| match self.t {
            0 => arrays(model).iter().map(zero).collect(),
            _ => gradients(model, means),
        });
        plain::Adam { config: self.config, t: self.t, m, v }
    }

    /// Goes on with this model where an Adam of the plain room is.
    pub fn of_plain(
        model: &impl Parameters<E, D>,
        from: &plain::Adam<E>,
    ) -> Self {
        let [m, v] = [&from.m, &from.v].map(|means| keyed(model, means));
        Self { config: from.config, t: from.t, m, v }
    }
}

/// Adam's constants as dfdx takes them.
pub fn adam_config(config: plain::AdamConfig) -> AdamConfig {
    AdamConfig {
        lr: config.lr,
        betas: [config.beta1, config.beta2],
        eps: config.eps,
        weight_decay: None,
    }
}

/// Losses stay on the device until so many have come together.
const AT_A_TIME: usize = 64;

// ANCHOR: model
/// A model on a device and the state of the Adam that trains it.
pub struct Model<N, D: Device<f32>> {
    /// What it is called, in checkpoints and when it diverges.
    pub name: &'static str,
    /// The model.
    pub net: N,
    /// Its optimiser.
    pub adam: Adam<f32, D>,
    losses: Vec<f32>,
    on_device: Vec<Tensor<(), f32, D>>,
}

impl<N: Parameters<f32, D>, D: Device<f32>> Model<N, D> {
    /// A model that has not been trained yet.
    pub fn new(
        name: &'static str,
        net: N,
        config: plain::AdamConfig,
    ) -> Self {
        let adam = Adam::new(config);
        Self { name, net, adam, losses: Vec::new(), on_device: Vec::new() }
    }

    /// One step of Adam. The loss stays where it is until it is asked for;
    /// one that is not finite is found within 64 steps.
    ///
    /// # Errors
    /// A loss was not finite.
    pub fn step(
        &mut self,
        loss: Tensor<(), f32, D>,
        d: &mut Gradients<f32, D>,
    ) -> Result<(), Diverged> {
        self.adam.step(&mut self.net, d);
        self.on_device.push(loss);
        match self.on_device.len() < AT_A_TIME {
            true => Ok(()),
            false => self.settle(),
        }
    }
}
// ANCHOR_END: model

impl<N: Parameters<f32, D>, D: Device<f32>> Model<N, D> {
    /// Brings the losses to the host.
    ///
    /// # Errors
    /// One is not finite.
    pub fn settle(&mut self) -> Result<(), Diverged> {
        for loss in std::mem::take(&mut self.on_device) {
            let loss = loss.as_vec()[0];
            check_loss(self.name, self.losses.len() as u64, loss, || {
                let finite =
                    |p: &ArrayD<f32>| p.iter().all(|v| v.is_finite());
                arrays(&self.net).iter().position(|p| !finite(p))
            })?;
            self.losses.push(loss);
        }
        Ok(())
    }

    /// The loss before each step.
    pub fn losses(&self) -> Vec<f32> {
        let pending = self.on_device.iter().map(|loss| loss.as_vec()[0]);
        self.losses.iter().copied().chain(pending).collect()
    }

    /// The last loss that has come to the host, for a progress bar.
    pub fn last_loss(&self) -> String {
        self.losses.last().map_or("…".into(), |loss| format!("{loss:.4}"))
    }

    fn state(&self) -> State {
        let plain::Adam { t, m, v, .. } = self.adam.to_plain(&self.net);
        let parameters = arrays(&self.net);
        State { parameters, m, v, t, losses: self.losses() }
    }

    /// Puts weights, running means, losses and the step count where the plain room's model puts them.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        self.state().save(self.name, checkpoint);
    }

    /// The inverse of `save`, and of the plain room's; on an error nothing has changed.
    ///
    /// # Errors
    /// The checkpoint is of a model with other shapes, or of none.
    pub fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let shapes = arrays(&self.net);
        let shapes = shapes.iter().map(|p| p.shape().to_vec());
        let state =
            State::of(self.name, checkpoint, &Vec::from_iter(shapes))?;
        assign(&mut self.net, &state.parameters);
        let State { t, m, v, .. } = state;
        let adam = plain::Adam { config: self.adam.config, t, m, v };
        self.adam = Adam::of_plain(&self.net, &adam);
        (self.losses, self.on_device) = (state.losses, Vec::new());
        Ok(())
    }
}

/// These numbers as dfdx keeps gradients: the gradient of `Σ p c` at `p` is `c`, exactly.
fn keyed<E: Number, D: Device<E>>(
    model: &impl Parameters<E, D>,
    numbers: &[ArrayD<E>],
) -> Gradients<E, D> {
    let terms = model.parameters().into_iter().zip(numbers);
    let terms = terms.map(|(p, c)| match p {
        Parameter::Matrix(p) => times(p, c),
        Parameter::Vector(p) => times(p, c),
    });
    let sum = terms.reduce(|a, b| a + b);
    sum.map_or_else(Gradients::leaky, |sum| sum.backward())
}

fn times<S: Shape, E: Number, D: Device<E>>(
    p: &Tensor<S, E, D>,
    c: &ArrayD<E>,
) -> Loss<E, D> {
    let c = tensor(&p.device().clone(), c, *p.shape());
    (p.leaky_trace() * c).sum()
}

// ANCHOR: classifier
/// The digit classifier in training on a device.
pub struct Classifier<'a, D: Trains> {
    dev: D,
    model: Model<Mlp<f32, D>, D>,
    configuration: String,
    source: Source<'a>,
}

impl<D: Trains> Classifier<'_, D> {
    /// One step on one batch: forward, loss, the tape's backward, Adam.
    ///
    /// # Errors
    /// The loss is not finite.
    pub fn train_on(
        &mut self,
        x: &Array2<f32>,
        classes: &[usize],
    ) -> Result<(), Diverged> {
        let x: Matrix<f32, D> = tensor(&self.dev, x, x.dim()); // [B, 784]
        let t = plain::one_hot(classes, 10);
        let t = tensor(&self.dev, &t, t.dim()); // [B, 10]
        let s = self.model.net.forward(x.leaky_traced()); // [B, 10]
        let loss = cross_entropy(s, t);
        let (value, mut d_net) = value_and_gradients(loss);
        self.model.step(value, &mut d_net)
    }
}
// ANCHOR_END: classifier

impl<'a, D: Trains> Classifier<'a, D> {
    /// Goes on where a classifier of the plain room begins.
    pub fn new(dev: &D, mut from: classifier::Classifier<'a>) -> Self {
        let configuration = from.configuration();
        let config = from.model.adam.config;
        let net = Mlp::new(dev, &from.model.net);
        let model = Model::new(from.model.name, net, config);
        let (dev, source) = (dev.clone(), from.source);
        Self { dev, model, configuration, source }
    }
}

impl<D: Trains> Resumable for Classifier<'_, D> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let (x, classes) = self.source.batch(self.model.adam.t);
        self.train_on(&x, &classes)?;
        Ok(format!("loss {}", self.model.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.model.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.model.restore(checkpoint)
    }
}

impl<D: Trains> Classifies for Classifier<'_, D> {
    fn net(&self) -> plain::Mlp<f32> {
        self.model.net.to_plain()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses()
    }
}
