//! The ledger of chapter 3: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Device, SumTo, Trace};
use gradients::compare::{
    ScalarLoss, Taped, TapedScalar, network_err, numeric_gradient_of_network,
    reference_network, scalar_err, worst,
};
use gradients::on_dfdx::{
    self as tape, Loss, gradients, to_plain, value_and_gradients, zeros,
};
use gradients::plain::{Activation, Mlp};
use lab::{Against, Reference, ReferenceError, Row, tensor, three_rows};
use ndarray::Array2;

use crate::on_dfdx;
use crate::plain::{
    Game, Penalties, d_step, g_loss_of, g_step, packed, paired, penalty,
    through,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

const LEAKY: Activation = Activation::LeakyRelu(0.2);
/// What follows the layers of the reference generator, 3 → 6 → 5 → 4.
pub const GENERATOR: [Activation; 3] = [LEAKY, LEAKY, Activation::Tanh];
/// What follows the layers of the reference discriminators, 4 → 6 → 5 → 1, and 8 → 6 → 5 → 1 for two examples.
pub const DISCRIMINATOR: [Activation; 3] =
    [LEAKY, LEAKY, Activation::Identity];

/// The generator, the discriminator, and the discriminator of two examples.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_players(
    values: &mut Reference,
) -> anyhow::Result<[Mlp<f64>; 3]> {
    Ok([
        reference_network(values, "g/", &GENERATOR)?,
        reference_network(values, "d/", &DISCRIMINATOR)?,
        reference_network(values, "d_of_two/", &DISCRIMINATOR)?,
    ])
}

/// The games with their names in the reference file.
pub const GAMES: [(&str, Game); 3] = [
    ("non_saturating", Game::NonSaturating),
    ("saturating", Game::Saturating),
    ("relativistic", Game::Relativistic),
];

/// Every row of the ledger; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
) -> anyhow::Result<Vec<Row>> {
    let mut values = reference()?;
    let mut rows = Vec::new();
    let mut add = |function, errors| {
        rows.extend(three_rows(function, dfdx, errors));
    };
    add("g_step", generator_step(&mut values, dev)?);
    add("g_step_packed", packed_step(&mut values, dev)?);
    add("through", input(&mut values, dev)?);
    add("paired", pairs(&mut values, dev)?);
    add("penalty", penalties(&mut values, dev)?);
    add("d_step", discriminator_step(&mut values, dev)?);
    Ok(rows)
}

/// A loss and its gradient at the network `net`, which is `like` in the plain room.
fn on_tape<D: Device<f64>>(
    like: &Mlp<f64>,
    net: &tape::Mlp<f64, D>,
    loss: Loss<f64, D>,
) -> (f64, Mlp<f64>) {
    // The penalty has no gradient at any bias; these are zeros then.
    let none = loss.device().zeros().traced(zeros(net));
    let (value, found) = value_and_gradients(loss + none);
    (value.as_vec()[0], to_plain(like, &gradients(net, &found)))
}

/// A loss and its gradient at a network: by hand; on dfdx; from the reference file; and the loss alone, for the finite
/// difference.
struct Compared<'a> {
    net: &'a Mlp<f64>,
    loss: &'a dyn Fn(&Mlp<f64>) -> f64,
    hand: (f64, Mlp<f64>),
    dfdx: (f64, Mlp<f64>),
    reference: (f64, Mlp<f64>),
}

impl Compared<'_> {
    fn errors(self) -> [f64; 3] {
        let (value, d_net) = &self.hand;
        let numeric = numeric_gradient_of_network(self.loss, self.net);
        let from = |(other, d_other): &(f64, Mlp<f64>)| {
            worst([scalar_err(*value, *other), network_err(d_net, d_other)])
        };
        let difference = network_err(d_net, &numeric);
        [difference, from(&self.dfdx), from(&self.reference)]
    }
}

fn worse(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|n| worst([a[n], b[n]]))
}

fn generator_step<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [g, d, _] = reference_players(values)?;
    let (z, s_real) = (values.matrix("z")?, values.matrix("s_real")?);
    let [other_g, other_d] = [&g, &d].map(|net| tape::Mlp::new(dev, net));
    let mut errors = [0.0; 3];
    for (name, game) in GAMES {
        let loss = on_dfdx::g_step(
            &other_g,
            &other_d,
            tensor(dev, &z, z.dim()),
            tensor(dev, &s_real, s_real.dim()),
            game,
            1,
        );
        let compared = Compared {
            net: &g,
            loss: &|g| g_loss_of(game, &s_real, &d.output(&g.output(&z))).0,
            hand: g_step(&g, &d, &z, &s_real, game, 1),
            dfdx: on_tape(&g, &other_g, loss),
            reference: (
                values.scalar(&format!("g_step/{name}/loss"))?,
                reference_network(
                    values,
                    &format!("g_step/{name}/"),
                    &GENERATOR,
                )?,
            ),
        };
        errors = worse(errors, compared.errors());
    }
    Ok(errors)
}

fn packed_step<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [g, _, d] = reference_players(values)?;
    let (z, game) = (values.matrix("z")?, Game::NonSaturating);
    let s_real = Array2::zeros((z.nrows() / 2, 1));
    let [other_g, other_d] = [&g, &d].map(|net| tape::Mlp::new(dev, net));
    let loss = on_dfdx::g_step(
        &other_g,
        &other_d,
        tensor(dev, &z, z.dim()),
        tensor(dev, &s_real, s_real.dim()),
        game,
        2,
    );
    let score = |g: &Mlp<f64>| d.output(&packed(g.output(&z), 2));
    let compared = Compared {
        net: &g,
        loss: &|g| g_loss_of(game, &s_real, &score(g)).0,
        hand: g_step(&g, &d, &z, &s_real, game, 2),
        dfdx: on_tape(&g, &other_g, loss),
        reference: (
            values.scalar("packed/loss")?,
            reference_network(values, "packed/", &GENERATOR)?,
        ),
    };
    Ok(compared.errors())
}

/// The sum of the logits as a function of the examples.
fn input<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [_, d, _] = reference_players(values)?;
    let x = values.matrix("x_real")?;
    let other = gradients::compare::OnDevice::new(dev, &d);
    let ones = Array2::ones((x.nrows(), 1));
    let loss = ScalarLoss {
        plain: &|x| d.output(x).sum(),
        backward: &|x| through(&d, &d.forward(x), ones.clone()).0,
        on_dfdx: &|x: Taped<D>| -> TapedScalar<D> { other.forward(x).sum() },
    };
    let reference =
        (values.matrix("s_real")?.sum(), &values.matrix("through/d_x")?);
    Ok(loss.errors(dev, &x, reference))
}

fn pairs<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (a, b) = (values.matrix("paired/a")?, values.matrix("paired/b")?);
    let on_dev = [&a, &b].map(|s| tensor(dev, s, s.dim()));
    let loss = values.scalar("paired/loss")?;
    let (d_a, d_b) =
        (values.matrix("paired/d_a")?, values.matrix("paired/d_b")?);
    let at_a = ScalarLoss {
        plain: &|a| paired(a, &b).0,
        backward: &|a| paired(a, &b).1.0,
        on_dfdx: &|a: Taped<D>| on_dfdx::paired(a, on_dev[1].clone()),
    };
    let at_b = ScalarLoss {
        plain: &|b| paired(&a, b).0,
        backward: &|b| paired(&a, b).1.1,
        on_dfdx: &|b: Taped<D>| on_dfdx::paired(on_dev[0].leaky_trace(), b),
    };
    let at_a = at_a.errors(dev, &a, (loss, &d_a));
    Ok(worse(at_a, at_b.errors(dev, &b, (loss, &d_b))))
}

fn penalties<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [_, d, _] = reference_players(values)?;
    let other = tape::Mlp::new(dev, &d);
    let mut errors = [0.0; 3];
    for (name, at) in [("r1", "x_real"), ("r2", "x_fake")] {
        let x = values.matrix(at)?;
        let gamma = values.scalar(&format!("{name}/gamma"))?;
        let on_dev = tensor(dev, &x, x.dim());
        let loss = on_dfdx::penalty(&other, on_dev, gamma);
        let compared = Compared {
            net: &d,
            loss: &|d| penalty(d, &x, gamma).0,
            hand: penalty(&d, &x, gamma),
            dfdx: on_tape(&d, &other, loss),
            reference: (
                values.scalar(&format!("{name}/value"))?,
                reference_network(
                    values,
                    &format!("{name}/"),
                    &DISCRIMINATOR,
                )?,
            ),
        };
        errors = worse(errors, compared.errors());
    }
    Ok(errors)
}

fn discriminator_step<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [_, d, _] = reference_players(values)?;
    let (x_real, x_fake) =
        (values.matrix("x_real")?, values.matrix("x_fake")?);
    let game = Game::NonSaturating;
    let penalties = Penalties {
        real: values.scalar("r1/gamma")?,
        fake: values.scalar("r2/gamma")?,
    };
    let other = tape::Mlp::new(dev, &d);
    let loss = on_dfdx::d_step(
        &other,
        tensor(dev, &x_real, x_real.dim()),
        tensor(dev, &x_fake, x_fake.dim()),
        game,
        penalties,
    );
    let compared = Compared {
        net: &d,
        loss: &|d| d_step(d, &x_real, &x_fake, game, penalties).0,
        hand: d_step(&d, &x_real, &x_fake, game, penalties),
        dfdx: on_tape(&d, &other, loss),
        reference: (
            values.scalar("d_step/loss")?,
            reference_network(values, "d_step/", &DISCRIMINATOR)?,
        ),
    };
    Ok(compared.errors())
}
