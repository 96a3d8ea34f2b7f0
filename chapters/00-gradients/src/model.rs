//! A model together with its optimiser: what a training run changes, and what its checkpoint holds.

use lab::{Checkpoint, CheckpointError, Diverged, Expecting};
use ndarray::{ArrayD, Dimension};

use crate::plain::{Activation, Adam, AdamConfig, Layer, Mlp, Parameters};

/// A model and the state of the Adam that trains it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model<N = Mlp<f32>> {
    /// What it is called, in checkpoints and when it diverges.
    pub name: &'static str,
    /// The model.
    pub net: N,
    /// Its optimiser.
    pub adam: Adam<f32>,
    /// The loss before each step.
    pub losses: Vec<f32>,
}

impl<N: Parameters<f32>> Model<N> {
    /// A model that has not been trained yet.
    pub fn new(name: &'static str, net: N, config: AdamConfig) -> Self {
        let adam = Adam::new(&net, config);
        Self { name, net, adam, losses: Vec::new() }
    }

    /// One step of Adam along the gradient of a loss.
    ///
    /// # Errors
    /// The loss is not finite; nothing is changed then.
    pub fn step(&mut self, loss: f32, d_net: &N) -> Result<f32, Diverged> {
        let numbers = || self.net.parameters().into_iter();
        check_loss(self.name, self.adam.t, loss, || {
            numbers().position(|p| p.iter().any(|v| !v.is_finite()))
        })?;
        self.losses.push(loss);
        self.adam.step(&mut self.net, d_net);
        Ok(loss)
    }

    /// Puts weights, running means, losses and the step count into a checkpoint, all under the model's name.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        let owned = |p: ndarray::ArrayViewD<f32>| p.to_owned();
        let state = State {
            parameters: self
                .net
                .parameters()
                .into_iter()
                .map(owned)
                .collect(),
            m: self.adam.m.clone(),
            v: self.adam.v.clone(),
            t: self.adam.t,
            losses: self.losses.clone(),
        };
        state.save(self.name, checkpoint);
    }

    /// The inverse of `save`; on an error nothing has changed.
    ///
    /// # Errors
    /// The checkpoint is of a model with other shapes, or of none.
    pub fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let shapes: Vec<_> = self.net.parameters();
        let shapes = shapes.iter().map(|p| p.shape().to_vec());
        let state =
            State::of(self.name, checkpoint, &Vec::from_iter(shapes))?;
        let parameters = self.net.parameters_mut().into_iter();
        for (mut p, new) in parameters.zip(&state.parameters) {
            p.assign(new);
        }
        (self.adam.m, self.adam.v) = (state.m, state.v);
        (self.adam.t, self.losses) = (state.t, state.losses);
        Ok(())
    }
}

/// That a loss is finite, or which array of parameters, if any, is to blame.
///
/// # Errors
/// It is not.
pub fn check_loss(
    name: &str,
    step: u64,
    loss: f32,
    broken: impl FnOnce() -> Option<usize>,
) -> Result<(), Diverged> {
    let mut found = match Diverged::unless_finite(loss, name, step) {
        Ok(_) => return Ok(()),
        Err(diverged) => diverged,
    };
    if let Some(n) = broken() {
        found.what += &format!("; `{name}.parameter.{n}` is not finite");
    }
    Err(found)
}

/// What a checkpoint holds of a model and its optimiser, whichever room they are in.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// One array per parameter.
    pub parameters: Vec<ArrayD<f32>>,
    /// Means of gradients.
    pub m: Vec<ArrayD<f32>>,
    /// Means of squared gradients.
    pub v: Vec<ArrayD<f32>>,
    /// Steps done.
    pub t: u64,
    /// The loss before each step.
    pub losses: Vec<f32>,
}

impl State {
    /// Puts all of it into a checkpoint under `name`.
    pub fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        checkpoint.note(&format!("{name}.step"), self.t);
        let losses = ndarray::aview1(&self.losses);
        checkpoint.put(&format!("{name}.losses"), &losses);
        save_arrays(name, "parameter", &self.parameters, checkpoint);
        save_arrays(name, "adam.m", &self.m, checkpoint);
        save_arrays(name, "adam.v", &self.v, checkpoint);
    }

    /// The inverse of `save`.
    ///
    /// # Errors
    /// Something is missing, or has another shape.
    pub fn of(
        name: &str,
        checkpoint: &Checkpoint,
        shapes: &[Vec<usize>],
    ) -> Result<Self, CheckpointError> {
        let arrays = |kind| {
            arrays(name, kind, checkpoint, shapes.iter().map(|s| &s[..]))
        };
        let t = checkpoint.number(&format!("{name}.step"))?;
        let one_a_step = [usize::try_from(t).unwrap_or(usize::MAX)];
        let losses =
            checkpoint.get(&format!("{name}.losses"), &one_a_step)?;
        Ok(Self {
            parameters: arrays("parameter")?,
            m: arrays("adam.m")?,
            v: arrays("adam.v")?,
            t,
            losses: losses.iter().copied().collect(),
        })
    }
}

fn save_arrays<'a>(
    name: &str,
    kind: &str,
    arrays: impl IntoIterator<Item = &'a ArrayD<f32>>,
    checkpoint: &mut Checkpoint,
) {
    for (n, array) in arrays.into_iter().enumerate() {
        checkpoint.put(&format!("{name}.{kind}.{n}"), array);
    }
}

fn arrays<'a>(
    name: &str,
    kind: &str,
    checkpoint: &Checkpoint,
    shapes: impl Iterator<Item = &'a [usize]>,
) -> Result<Vec<ArrayD<f32>>, CheckpointError> {
    let array = |(n, shape): (usize, &[usize])| {
        checkpoint.get(&format!("{name}.{kind}.{n}"), shape).cloned()
    };
    shapes.enumerate().map(array).collect()
}

/// Puts parameters alone into a checkpoint, where [`Model::save`] puts them.
pub fn save_parameters(
    name: &str,
    net: &impl Parameters<f32>,
    checkpoint: &mut Checkpoint,
) {
    let arrays: Vec<_> =
        net.parameters().into_iter().map(|p| p.to_owned()).collect();
    save_arrays(name, "parameter", &arrays, checkpoint);
}

/// The inverse; on an error nothing has changed.
///
/// # Errors
/// An array is missing or has another shape.
pub fn restore_parameters(
    name: &str,
    net: &mut impl Parameters<f32>,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    let mut parameters = net.parameters_mut();
    let shapes = parameters.iter().map(|p| p.shape());
    let new = arrays(name, "parameter", checkpoint, shapes)?;
    parameters.iter_mut().zip(&new).for_each(|(p, new)| p.assign(new));
    Ok(())
}

/// A network in the words of a training's configuration: `784 → 128 Relu → 10 Identity`.
pub fn in_words(net: &Mlp<f32>) -> String {
    let input = net.layers.first().map_or(0, |layer| layer.w.nrows());
    let layers = net.layers.iter();
    layers.fold(input.to_string(), |words, layer| {
        format!("{words} → {} {:?}", layer.b.len(), layer.activation)
    })
}

/// A network whose widths are those of a checkpoint's arrays, one layer for each activation.
///
/// # Errors
/// An array is missing, or weights and biases do not fit together.
pub fn load_layers(
    from: Expecting,
    name: &str,
    activations: &[Activation],
) -> Result<Mlp<f32>, CheckpointError> {
    let layer = |(n, &activation): (usize, &Activation)| {
        let w = from.of_rank(&format!("{name}.parameter.{}", 2 * n))?;
        let b = from.of_rank(&format!("{name}.parameter.{}", 2 * n + 1))?;
        let layer = Layer { w, b, activation };
        match layer.w.ncols() == layer.b.len() {
            true => Ok(layer),
            false => Err(from.refuse(format!(
                "layer {n} of `{name}` of shapes {:?}, {:?}",
                layer.w.shape(),
                layer.b.raw_dim().slice()
            ))),
        }
    };
    let layers = activations.iter().enumerate().map(layer);
    Ok(Mlp { layers: layers.collect::<Result<_, CheckpointError>>()? })
}
