//! The ledger of chapter 4: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, SumTo, Trace};
use gan::plain::Scored;
use gradients::compare::{
    H, ScalarLoss, network_err, numeric_gradient_of_network,
    reference_network, scalar_err, worst,
};
use gradients::on_dfdx::{
    self as tape, Loss, Taped, gradients, to_plain, value_and_gradients,
    zeros,
};
use gradients::plain::{Activation, numeric_gradient};
use lab::{
    Against, Reference, ReferenceError, Row, array, column, max_rel_err,
    tensor, three_rows,
};
use ndarray::{Array1, Array2, Axis, arr1, stack};

use crate::on_dfdx::{self, numbers, pair};
use crate::plain::{self, Game, Score};
use crate::{critic, losses, metric, spectral};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The scores with their names in the reference file.
pub const SCORES: [(&str, Score); 2] =
    [("linear", Score::Linear), ("logistic", Score::Logistic)];

/// Every row of the ledger; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
) -> anyhow::Result<Vec<Row>> {
    let mut values = reference()?;
    let gamma = values.scalar("gamma")?;
    let mut rows = Vec::new();
    for (name, score) in SCORES {
        let game = Game { score, gamma };
        let [field, jacobian] = match score {
            Score::Linear => ["field_linear", "jacobian_linear"],
            Score::Logistic => ["field_logistic", "jacobian_logistic"],
        };
        let errors = compare_field(&mut values, name, game, dev)?;
        rows.extend(three_rows(field, dfdx, errors));
        let errors = compare_jacobian(&mut values, name, game, dev)?;
        rows.extend(three_rows(jacobian, dfdx, errors));
    }
    let errors = compare_normalised(&mut values, dev)?;
    rows.extend(three_rows("spectral_normalised", dfdx, errors));
    let errors = compare_penalty(&mut values, dev)?;
    rows.extend(three_rows("gradient_penalty", dfdx, errors));
    let errors = compare_line(&mut values, dev)?;
    rows.extend(three_rows("wasserstein_distance", dfdx, errors));
    let both = d_losses::<D>().into_iter().zip(g_losses::<D>());
    for ((name, row, of_d), of_g) in both {
        let errors = compare_losses(&mut values, name, of_d, of_g, dev)?;
        rows.extend(three_rows(row, dfdx, errors));
    }
    Ok(rows)
}

/// The worst of each of the three columns over the reference places.
fn at_every_place(
    places: &Array2<f64>,
    errors: impl Fn(usize, [f64; 2]) -> [f64; 3],
) -> [f64; 3] {
    let places = places.rows().into_iter().enumerate();
    let all: Vec<_> = places.map(|(n, w)| errors(n, [w[0], w[1]])).collect();
    [0, 1, 2].map(|column| worst(all.iter().map(|e| e[column])))
}

/// Both losses, and the field, which is minus their slopes.
fn compare_field<D: Device<f64>>(
    values: &mut Reference,
    name: &str,
    game: Game,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let places = values.matrix("places")?;
    let of_d = values.vector(&format!("{name}/d_loss"))?;
    let of_g = values.vector(&format!("{name}/g_loss"))?;
    let fields = values.matrix(&format!("{name}/field"))?;
    Ok(at_every_place(&places, |n, w| {
        let field = arr1(&plain::field(game, w)); // [2]
        let losses = [plain::d_loss(game, w), plain::g_loss(game, w)];
        let at = |w: &Array1<f64>| [w[0], w[1]];
        let of_g_at = |w: &Array1<f64>| -plain::g_loss(game, at(w));
        let of_d_at = |w: &Array1<f64>| -plain::d_loss(game, at(w));
        let slopes = arr1(&[
            numeric_gradient(of_g_at, &arr1(&w), H)[0],
            numeric_gradient(of_d_at, &arr1(&w), H)[1],
        ]); // [2]
        let there = pair(dev, w);
        let [theta, psi] = &there;
        let on_tape = [
            on_dfdx::d_loss(game, theta, psi.leaky_trace()).as_vec()[0],
            on_dfdx::g_loss(game, theta.leaky_trace(), psi).as_vec()[0],
        ];
        let by_tape = arr1(&numbers(&on_dfdx::field(game, &there))); // [2]
        [
            max_rel_err(&field, &slopes),
            worst([
                scalar_err(losses[0], on_tape[0]),
                scalar_err(losses[1], on_tape[1]),
                max_rel_err(&field, &by_tape),
            ]),
            worst([
                scalar_err(losses[0], of_d[n]),
                scalar_err(losses[1], of_g[n]),
                max_rel_err(&field, &fields.row(n)),
            ]),
        ]
    }))
}

fn compare_jacobian<D: Device<f64>>(
    values: &mut Reference,
    name: &str,
    game: Game,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let places = values.matrix("places")?;
    let jacobians = values.matrix(&format!("{name}/jacobian"))?;
    Ok(at_every_place(&places, |n, w| {
        let jacobian = plain::jacobian(game, w); // [2, 2]
        let flat = jacobian.flatten().to_owned(); // [4]
        let tape = on_dfdx::jacobian(game, &pair(dev, w)); // [2, 2]
        [
            max_rel_err(&jacobian, &numeric_jacobian(game, w)),
            max_rel_err(&jacobian, &tape),
            max_rel_err(&flat, &jacobians.row(n)),
        ]
    }))
}

/// The slopes of the field by central differences. `[2, 2]`
pub fn numeric_jacobian(game: Game, w: [f64; 2]) -> Array2<f64> {
    let row = |n: usize| {
        let v = |w: &Array1<f64>| plain::field(game, [w[0], w[1]])[n];
        numeric_gradient(v, &arr1(&w), H) // [2]
    };
    stack(Axis(0), &[row(0).view(), row(1).view()]).expect("two rows of two")
}

/// A step of power iteration, the weight that it normalises, and the gradient.
fn compare_normalised<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut matrix = |name| values.matrix(&format!("spectral/{name}"));
    let [w, d_bar] = [matrix("w")?, matrix("d_bar")?]; // [I, O] each
    let expected = [matrix("bar")?, matrix("d_w")?]; // [I, O] each
    let mut vector = |name| values.vector(&format!("spectral/{name}"));
    let kept = vector("kept")?; // [I]
    let ends = (vector("u")?, vector("v")?); // [I], [O]
    let (u, v) = spectral::power_step(&w, &kept); // [I], [O]
    let bar = spectral::normalised(&w, &u, &v); // [I, O]
    let d_w = spectral::normalised_backward(&w, &u, &v, &d_bar); // [I, O]
    let loss =
        |w: &Array2<f64>| (spectral::normalised(w, &u, &v) * &d_bar).sum();

    let on_dev = |m: &Array2<f64>| tensor(dev, m, m.dim());
    let there = on_dev(&w); // [I, O]
    let kept = tensor(dev, &kept, (kept.len(),)); // [I]
    let (p, q) = on_dfdx::power_step(&there, &kept); // [I], [O]
    let on_tape = on_dfdx::normalised(there.leaky_trace(), &p, &q); // [I, O]
    let by_tape = array(&on_tape); // [I, O]
    let slopes = (on_tape * on_dev(&d_bar)).sum().backward();
    let d_there = array(&slopes.get(&there)); // [I, O]
    Ok([
        max_rel_err(&d_w, &numeric_gradient(loss, &w, H)),
        worst([
            max_rel_err(&u, &column(&p)),
            max_rel_err(&v, &column(&q)),
            max_rel_err(&bar, &by_tape),
            max_rel_err(&d_w, &d_there),
        ]),
        worst([
            max_rel_err(&u, &ends.0),
            max_rel_err(&v, &ends.1),
            max_rel_err(&bar, &expected[0]),
            max_rel_err(&d_w, &expected[1]),
        ]),
    ])
}

/// What follows the layers of the reference critic, 4 → 6 → 5 → 1.
pub const CRITIC: [Activation; 3] = [
    Activation::LeakyRelu(0.2),
    Activation::LeakyRelu(0.2),
    Activation::Identity,
];

/// The gradient penalty between real and fake, at every parameter of a critic.
fn compare_penalty<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let d = reference_network(values, "critic/", &CRITIC)?;
    let d_expected = reference_network(values, "critic/d_", &CRITIC)?;
    let mut matrix = |name| values.matrix(&format!("critic/{name}"));
    let [x_real, x_fake] = [matrix("x_real")?, matrix("x_fake")?]; // [B, X]
    let [eps, there] = [matrix("eps")?, matrix("x")?]; // [B, 1], [B, X]
    let lambda = values.scalar("critic/lambda")?;
    let expected = values.scalar("critic/penalty")?;
    let x = critic::between(&x_real, &x_fake, &eps); // [B, X]
    let (value, d_d) = critic::gradient_penalty(&d, &x, lambda);
    let of = |d: &_| critic::gradient_penalty(d, &x, lambda).0;

    let other = tape::Mlp::new(dev, &d);
    let on_dev = tensor(dev, &x, x.dim());
    let loss = on_dfdx::critic::gradient_penalty(&other, on_dev, lambda);
    // The penalty has no gradient at any bias; these are zeros then.
    let none = dev.zeros().traced(zeros(&other));
    let (by_tape, found) = value_and_gradients(loss + none);
    let d_tape = to_plain(&d, &gradients(&other, &found));
    Ok([
        network_err(&d_d, &numeric_gradient_of_network(of, &d)),
        worst([
            scalar_err(value, by_tape.as_vec()[0]),
            network_err(&d_d, &d_tape),
        ]),
        worst([
            max_rel_err(&x, &there),
            scalar_err(value, expected),
            network_err(&d_d, &d_expected),
        ]),
    ])
}

/// Wasserstein's distance on a line, and its gradient at the fakes.
fn compare_line<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut vector = |name| values.vector(&format!("line/{name}"));
    let [real, fake] = [vector("real")?, vector("fake")?]; // [N] each
    let d_expected = vector("d_fake")?; // [N]
    let expected = values.scalar("line/distance")?;
    let value = metric::wasserstein(&real, &fake);
    let d_fake = metric::wasserstein_backward(&real, &fake); // [N]
    let of = |fake: &Array1<f64>| metric::wasserstein(&real, fake);
    let on_dev = |x: &Array1<f64>| tensor(dev, x, (x.len(),));
    let there = on_dev(&fake); // [N]
    let loss =
        on_dfdx::critic::wasserstein(&on_dev(&real), there.leaky_trace());
    let by_tape = loss.as_vec()[0];
    let d_tape = column(&loss.backward().get(&there)); // [N]
    Ok([
        max_rel_err(&d_fake, &numeric_gradient(of, &fake, H)),
        worst([scalar_err(value, by_tape), max_rel_err(&d_fake, &d_tape)]),
        worst([
            scalar_err(value, expected),
            max_rel_err(&d_fake, &d_expected),
        ]),
    ])
}

type DLoss = fn(&Array2<f64>, &Array2<f64>) -> Scored<f64>;
type GLoss = fn(&Array2<f64>) -> (f64, Array2<f64>);
type OnTape<D> = fn(Taped<f64, D>, Taped<f64, D>) -> Loss<f64, D>;
type OnOneTape<D> = fn(Taped<f64, D>) -> Loss<f64, D>;
/// The name in the reference file, the row, and the discriminator's loss in both rooms.
type Named<D> = (&'static str, &'static str, (DLoss, OnTape<D>));

fn d_losses<D: Device<f64>>() -> [Named<D>; 3] {
    use on_dfdx::losses::{d_hinge, d_least_squares, d_wasserstein};
    [
        (
            "wasserstein",
            "wasserstein_loss",
            (losses::d_wasserstein, d_wasserstein),
        ),
        (
            "least_squares",
            "least_squares",
            (losses::d_least_squares, d_least_squares),
        ),
        ("hinge", "hinge", (losses::d_hinge, d_hinge)),
    ]
}

fn g_losses<D: Device<f64>>() -> [(GLoss, OnOneTape<D>); 3] {
    use on_dfdx::losses::{g_hinge, g_least_squares, g_wasserstein};
    [
        (losses::g_wasserstein, g_wasserstein),
        (losses::g_least_squares, g_least_squares),
        (losses::g_hinge, g_hinge),
    ]
}

/// The discriminator's loss at its real and at its fake logits, and the generator's.
fn compare_losses<D: Device<f64>>(
    values: &mut Reference,
    name: &str,
    (of_d, d_on_tape): (DLoss, OnTape<D>),
    (of_g, g_on_tape): (GLoss, OnOneTape<D>),
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let s_real = values.matrix("losses/s_real")?; // [B, 1]
    let s_fake = values.matrix("losses/s_fake")?; // [B, 1]
    let on_dev = |s: &Array2<f64>| tensor(dev, s, s.dim()).leaky_traced();
    let at_real = ScalarLoss {
        plain: &|s| of_d(s, &s_fake).0,
        backward: &|s| of_d(s, &s_fake).1.0,
        on_dfdx: &|s| d_on_tape(s, on_dev(&s_fake)),
    };
    let at_fake = ScalarLoss {
        plain: &|s| of_d(&s_real, s).0,
        backward: &|s| of_d(&s_real, s).1.1,
        on_dfdx: &|s| d_on_tape(on_dev(&s_real), s),
    };
    let of_g = ScalarLoss {
        plain: &|s| of_g(s).0,
        backward: &|s| of_g(s).1,
        on_dfdx: &g_on_tape,
    };
    let mut expected = |value: &str, at: &str| {
        let value = values.scalar(&format!("{name}/{value}"))?;
        anyhow::Ok((value, values.matrix(&format!("{name}/{at}"))?))
    };
    let mut worst_of = [0.0; 3];
    for (loss, s, (value, d_s)) in [
        (at_real, &s_real, expected("d", "d_real")?),
        (at_fake, &s_fake, expected("d", "d_fake")?),
        (of_g, &s_fake, expected("g", "g_fake")?),
    ] {
        let errors = loss.errors(dev, s, (value, &d_s));
        for (most, error) in worst_of.iter_mut().zip(errors) {
            *most = worst([*most, error]);
        }
    }
    Ok(worst_of)
}
