//! The ledger of the pair that is told classes: both players' gradients against finite differences, dfdx, and PyTorch.

use dfdx::prelude::Device;
use gan::plain::Game;
use gradients::compare::{
    network_err, numeric_gradient_of_network, reference_network, scalar_err,
    worst,
};
use gradients::on_dfdx::{
    Loss, Mlp as Taped, gradients, to_plain, value_and_gradients,
};
use gradients::plain::{Activation, Mlp};
use lab::{Against, Reference, Row, tensor, three_rows};
use ndarray::Array2;

use crate::conditional::{d_step, g_step};
use crate::on_dfdx::conditional as on_dfdx;

/// R1's strength in the reference file.
pub const GAMMA: f64 = 0.7;

/// The rows of both players; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn conditional_rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
    values: &mut Reference,
) -> anyhow::Result<Vec<Row>> {
    let leaky = Activation::LeakyRelu(0.2);
    let of_g = [leaky, Activation::Tanh];
    let of_d = [leaky, leaky, Activation::Identity];
    let mut net = |of: &str, layers: &[Activation]| {
        reference_network(values, &format!("conditional/{of}/"), layers)
    };
    let [g, d_g] = [net("g", &of_g)?, net("d_g", &of_g)?];
    let [d, d_d] = [net("d", &of_d)?, net("d_d", &of_d)?];
    let mut matrix = |of: &str| values.matrix(&format!("conditional/{of}"));
    let [x, x_fake] = [matrix("x")?, matrix("x_fake")?];
    let [y, z] = [matrix("y")?, matrix("z")?];
    let g_loss = values.scalar("conditional/g_loss")?;
    let d_loss = values.scalar("conditional/d_loss")?;

    let game = Game::NonSaturating;
    let both = [&x, &x_fake];
    let on = |x: &Array2<f64>| tensor(dev, x, x.dim());
    let [g_taped, d_taped] = [&g, &d].map(|net| Taped::new(dev, net));
    let of_g = Compared {
        net: &g,
        hand: &|g| g_step(g, &d, &z, &y, game),
        dfdx: on_tape(
            (&g, &g_taped),
            on_dfdx::g_step(&g_taped, &d_taped, on(&z), on(&y), game),
        ),
        reference: (g_loss, d_g),
    };
    let of_d = Compared {
        net: &d,
        hand: &|d| d_step(d, both, &y, game, GAMMA),
        dfdx: on_tape(
            (&d, &d_taped),
            on_dfdx::d_step(&d_taped, both.map(on), on(&y), game, GAMMA),
        ),
        reference: (d_loss, d_d),
    };
    let rows = [
        three_rows("conditional_g_step", dfdx, of_g.errors()),
        three_rows("conditional_d_step", dfdx, of_d.errors()),
    ];
    Ok(rows.concat())
}

/// A loss and its gradient at the network, which is of the plain room and of the device.
fn on_tape<D: Device<f64>>(
    (like, net): (&Mlp<f64>, &Taped<f64, D>),
    loss: Loss<f64, D>,
) -> (f64, Mlp<f64>) {
    let (value, found) = value_and_gradients(loss);
    (value.as_vec()[0], to_plain(like, &gradients(net, &found)))
}

/// By hand, and what that is compared with.
struct Compared<'a> {
    net: &'a Mlp<f64>,
    hand: &'a dyn Fn(&Mlp<f64>) -> (f64, Mlp<f64>),
    dfdx: (f64, Mlp<f64>),
    reference: (f64, Mlp<f64>),
}

impl Compared<'_> {
    fn errors(self) -> [f64; 3] {
        let (value, d_net) = (self.hand)(self.net);
        let numeric =
            numeric_gradient_of_network(|net| (self.hand)(net).0, self.net);
        let from = |(other, d_other): &(f64, Mlp<f64>)| {
            worst([scalar_err(value, *other), network_err(&d_net, d_other)])
        };
        let difference = network_err(&d_net, &numeric);
        [difference, from(&self.dfdx), from(&self.reference)]
    }
}
