//! The ledger of chapter 4: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, SumTo, Trace};
use gradients::compare::{H, scalar_err, worst};
use gradients::plain::numeric_gradient;
use lab::{
    Against, Reference, ReferenceError, Row, array, column, max_rel_err,
    tensor, three_rows,
};
use ndarray::{Array1, Array2, Axis, arr1, stack};

use crate::on_dfdx::{self, numbers, pair};
use crate::plain::{self, Game, Score};
use crate::spectral;

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
