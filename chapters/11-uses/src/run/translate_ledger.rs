//! The ledger of the way there and back, equation 11.9: the gradients of both generators, each on both trips.

use dfdx::prelude::Device;
use gradients::compare::{reference_network, scalar_err, worst};
use gradients::on_dfdx::{gradients, to_plain, value_and_gradients};
use gradients::plain::Activation;
use lab::{Against, Reference, Row, tensor, three_rows};
use ndarray::Array2;
use stability::net::{Layer, Map, Net};
use stability::on_dfdx::net::Net as NetOnDevice;
use vq_gan::ledger::{numeric_gradients, parameters_err};

use super::ledger::reference;
use crate::cycle::step;
use crate::on_dfdx::cycle::trip;

const LEAKY: Activation = Activation::LeakyRelu(0.2);
const LINEAR: Activation = Activation::Identity;
const ENDS: [Activation; 2] = [LEAKY, LINEAR];

/// What the reference file holds of both artists.
pub struct Case {
    /// Generators, from artist 0 and from artist 1.
    pub g: [Net<f64>; 2],
    /// Discriminators of each artist's pictures.
    pub d: [Net<f64>; 2],
    /// Pictures of 4 × 4 pixels and two channels by each. `[3, 32]`
    pub x: [Array2<f64>; 2],
    /// λ.
    pub lambda: f64,
}

fn net(
    values: &mut Reference,
    prefix: &str,
    maps: [Map; 2],
) -> anyhow::Result<Net<f64>> {
    let of = reference_network(values, prefix, &ENDS)?;
    let layers = of.layers.into_iter().zip(maps);
    let layer = |(l, map): (gradients::plain::Layer<f64>, Map)| Layer {
        map,
        w: l.w,
        b: l.b,
        activation: l.activation,
    };
    Ok(Net { layers: layers.map(layer).collect() })
}

fn generator(values: &mut Reference, of: &str) -> anyhow::Result<Net<f64>> {
    let maps = [Map::Down { side: 4 }, Map::Up { side: 2 }];
    net(values, &format!("translate/{of}/"), maps)
}

impl Case {
    /// That of the file.
    ///
    /// # Errors
    /// The reference values cannot be read.
    pub fn new(values: &mut Reference) -> anyhow::Result<Self> {
        let maps = [Map::Down { side: 4 }, Map::Down { side: 2 }];
        Ok(Self {
            g: [generator(values, "g0")?, generator(values, "g1")?],
            d: [
                net(values, "translate/d0/", maps)?,
                net(values, "translate/d1/", maps)?,
            ],
            x: [
                values.matrix("translate/x0")?,
                values.matrix("translate/x1")?,
            ],
            lambda: values.scalar("translate/lambda")?,
        })
    }

    /// Both losses, with these generators.
    pub fn losses(&self, g: [&Net<f64>; 2]) -> [f64; 2] {
        let (d, x) = (self.d.each_ref(), self.x.each_ref());
        step(g, d, x, self.lambda).losses
    }
}

/// The rows; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn translate_rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
) -> anyhow::Result<Vec<Row>> {
    let mut values = reference()?;
    let case = Case::new(&mut values)?;
    let [g, h] = case.g.each_ref();
    let (d, x) = (case.d.each_ref(), case.x.each_ref());
    let done = step([g, h], d, x, case.lambda);

    let sum = |g: [&Net<f64>; 2]| case.losses(g).iter().sum::<f64>();
    let slopes = [
        numeric_gradients(|g: &Net<f64>| sum([g, h]), g),
        numeric_gradients(|h: &Net<f64>| sum([g, h]), h),
    ];

    let on = [g, h].map(|net| NetOnDevice::new(dev, net));
    let of = d.map(|net| NetOnDevice::new(dev, net));
    let at = x.map(|x| tensor(dev, x, x.dim()));
    let [at_0, at_1] = at;
    let (one, _) = trip([&on[0], &on[1]], &of[1], at_0, case.lambda);
    let (other, _) = trip([&on[1], &on[0]], &of[0], at_1, case.lambda);
    let values_there = [one.as_vec()[0], other.as_vec()[0]];
    let (_, d_on) = value_and_gradients(one + other);

    let mut errors = [0.0; 3];
    for n in 0..2 {
        let taped = to_plain(&case.g[n], &gradients(&on[n], &d_on));
        let theirs = generator(&mut values, &format!("d_g{n}"))?;
        let loss = values.scalar(&format!("translate/loss{n}"))?;
        let found = [
            parameters_err(&done.d[n], &slopes[n]),
            worst([
                scalar_err(done.losses[n], values_there[n]),
                parameters_err(&done.d[n], &taped),
            ]),
            worst([
                scalar_err(done.losses[n], loss),
                parameters_err(&done.d[n], &theirs),
            ]),
        ];
        for (error, found) in errors.iter_mut().zip(found) {
            *error = worst([*error, found]);
        }
    }
    Ok(three_rows("there_and_back", dfdx, errors).into())
}
