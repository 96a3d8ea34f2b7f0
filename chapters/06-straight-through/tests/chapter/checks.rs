//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use codebook_lookup::plain::{
    cluster_means, gather, nearest_by_definition, usage,
};
use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, last, mse,
    mse_backward,
};
use lab::{Diagnosis, judge, rng_at};
use ndarray::{Array, Array1, Array2, Axis, Dimension, array};
use straight_through::plain; // `causes` finds it here
use straight_through::plain::{descend, rotation_backward as turned_back};

#[allow(dead_code)]
#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

/// A mistake, what to say of it, and what it gives.
type Suspect<'a, C, D> =
    (&'static str, String, Box<dyn Fn(&C) -> Array<f64, D> + 'a>);

fn suspect<'a, C, D>(
    name: &'static str,
    what: &str,
    gives: impl Fn(&C) -> Array<f64, D> + 'a,
) -> Suspect<'a, C, D> {
    (name, what.into(), Box::new(gives))
}

/// Whether two arrays are the same up to rounding; what is no number equals what is none.
fn same<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || a.is_nan() && b.is_nan()
            || (a - b).abs() <= TOLERANCE * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

const TOLERANCE: f64 = 1e-9;

/// The number by which all of `a` has to be multiplied to give `b`, if there is one; `None` inside where both are 0.
fn factor<D: Dimension>(
    a: &Array<f64, D>,
    b: &Array<f64, D>,
) -> Option<Option<f64>> {
    if a.shape() != b.shape() {
        return None;
    }
    let pairs = a.iter().zip(b);
    let largest = pairs.max_by(|p, q| p.0.abs().total_cmp(&q.0.abs()));
    let times = largest.map_or(0.0, |(a, b)| b / a);
    let many = a.iter().filter(|v| **v != 0.0).count() > 1;
    if many && times.is_finite() && times != 0.0 && same(&(a * times), b) {
        return Some(Some(times));
    }
    (!many && same(a, b)).then_some(None)
}

/// What came in several cases, against what is right. A mistake is named if it gives what came in every case, or what came but for a
/// factor, where what came is no multiple of what is right.
fn settle<C, D: Dimension>(
    see: &'static str,
    wrong: &str,
    cases: &[(&str, C)],
    came: &[Array<f64, D>],
    right: impl Fn(&C) -> Array<f64, D>,
    suspects: Vec<Suspect<C, D>>,
) -> Result<(), Diagnosis> {
    let agrees = |of: &dyn Fn(&C) -> Array<f64, D>| {
        cases.iter().zip(came).all(|((_, case), came)| same(&of(case), came))
    };
    let factors = |of: &dyn Fn(&C) -> Array<f64, D>| {
        let each = cases.iter().zip(came);
        let each: Option<Vec<_>> =
            each.map(|((_, case), came)| factor(&of(case), came)).collect();
        let all: Vec<f64> = each?.into_iter().flatten().collect();
        (!all.is_empty()).then_some(all)
    };
    let exactly = suspects.iter().find(|(_, _, gives)| agrees(gives));
    let mut found = exactly.map(|(name, what, _)| (*name, what.clone()));
    if found.is_none() && factors(&right).is_none() {
        found = suspects.iter().find_map(|(name, what, gives)| {
            let all = factors(gives)?;
            let alike = all.iter().all(|f| (f / all[0] - 1.0).abs() < 1e-6);
            let besides = match alike {
                true => {
                    format!("Besides, all is multiplied by {:.3}.", all[0])
                }
                false => "Besides, a factor is wrong.".into(),
            };
            Some((*name, format!("{what} {besides}")))
        });
    }
    let mut before = 0;
    for ((label, case), came) in cases.iter().zip(came) {
        let right = right(case);
        if same(&right, came) {
            before += 1;
            continue;
        }
        if let Some((name, what)) = found {
            let told = Diagnosis::new(name, what, see);
            let known = vec![(came.clone(), told.clone())];
            return judge(&right, came, TOLERANCE, known, told);
        }
        let what = match before {
            0 => wrong.to_string(),
            _ => format!("{wrong} It is right elsewhere, but not {label}."),
        };
        let told = Diagnosis::new("value", what, see);
        judge(&right, came, TOLERANCE, vec![], told)?;
    }
    Ok(())
}

type Three = (Array2<f64>, Array2<f64>, Array2<f64>);
type Trio = [Array2<f64>; 3];

pub fn straight_through(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Three,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Straight through, equations 6.2 and 6.3";
    let cases: [(&str, Trio); 3] = [
        (
            "in general",
            [
                array![
                    [0.3, -1.2, 0.0],
                    [2.0, 0.5, -0.4],
                    [1000.0, 0.0, 1.0],
                    [-0.7, -0.7, 0.2]
                ],
                array![
                    [0.0, -1.0, 0.4],
                    [1.5, 1.5, -1.0],
                    [-1000.0, 1.0, 1.0],
                    [-0.7, -0.7, 0.2]
                ],
                array![
                    [0.7, -0.1, 0.3],
                    [-0.4, 0.2, 0.0],
                    [0.0, 1000.0, -2.0],
                    [0.5, -0.5, 0.1]
                ],
            ],
        ),
        (
            "for one latent",
            [0.5, 1.5, -0.25].map(|v| Array2::from_elem((1, 5), v)),
        ),
        ("for no latent", [0.0; 3].map(|v| Array2::from_elem((0, 2), v))),
    ];
    let came: Vec<Three> = cases
        .iter()
        .map(|(_, [z_e, z_q, d])| candidate(z_e, z_q, d))
        .collect();
    let of = |n: usize| -> Vec<Array2<f64>> {
        let one = |(a, b, c): &Three| [a, b, c][n].clone();
        came.iter().map(one).collect()
    };
    settle(
        SEE,
        "The value is wrong.",
        &cases,
        &of(0),
        |[_, z_q, _]| z_q.clone(),
        vec![
            suspect(
                "not quantised",
                "This hands on z_e. The decoder must see the code: sg changes no value.",
                |[z_e, ..]: &Trio| z_e.clone(),
            ),
            suspect(
                "bracket reversed",
                "The bracket is z_q - z_e: what is missing from z_e to its code.",
                |[z_e, z_q, _]: &Trio| z_e + &(z_e - z_q),
            ),
            suspect(
                "the bracket alone",
                "This is the bracket alone. It is added to z_e.",
                |[z_e, z_q, _]: &Trio| z_q - z_e,
            ),
            suspect(
                "the bracket alone",
                "This is the bracket alone, and reversed. z_q - z_e is added to z_e.",
                |[z_e, z_q, _]: &Trio| z_e - z_q,
            ),
            suspect(
                "a sum",
                "This is z_e + z_q. The bracket is z_q - z_e, and its value counts: sg stops the gradient only.",
                |[z_e, z_q, _]: &Trio| z_e + z_q,
            ),
            suspect(
                "half way",
                "This is half way between z_e and z_q. z_e + (z_q - z_e) is z_q.",
                |[z_e, z_q, _]: &Trio| (z_e + z_q) / 2.0,
            ),
            suspect(
                "the gradient for the value",
                "The first of the three is the value z_st, and this is the gradient at it.",
                |[_, _, d]: &Trio| d.clone(),
            ),
        ],
    )?;
    type At = fn(&Array2<f64>) -> Array2<f64>;
    let nothing: At = |d| Array2::zeros(d.raw_dim());
    let all: At = |d| d.clone();
    let less: At = |d| -d;
    let pairs: [(&'static str, &str, At, At); 5] = [
        (
            "not stopped",
            "At z_e you have 0, at z_q the whole gradient. That is the formula without sg: differentiated too, the bracket's -1 \
             cancels the 1 in front, and the encoder learns nothing. With sg it is the other way round.",
            nothing,
            all,
        ),
        (
            "nothing handed on",
            "Both gradients are 0. The bracket is a constant, but the z_e in front of it is none: the gradient goes on there as it is.",
            nothing,
            nothing,
        ),
        (
            "to both",
            "z_q stands in the bracket, so it gets no gradient. What moves the codebook is a loss of its own.",
            all,
            all,
        ),
        (
            "minus to the code",
            "z_q stands in the bracket, so it gets no gradient, neither d nor -d.",
            all,
            less,
        ),
        (
            "sign",
            "The gradient at z_e has its sign turned: it is handed on as it is.",
            less,
            nothing,
        ),
    ];
    let is = |n: usize, at: At| {
        let pairs = cases.iter().zip(of(n));
        pairs.into_iter().all(|((_, [_, _, d]), came)| same(&at(d), &came))
    };
    let found = pairs.iter().find(|(_, _, e, q)| is(1, *e) && is(2, *q));
    let at = |n: usize, wrong: &str, right: At| {
        let known = found.into_iter().map(|(name, what, e, q)| {
            let gives = [*e, *q][n - 1];
            suspect(name, what, move |[_, _, d]: &Trio| gives(d))
        });
        let [d_plus, times] = [
            suspect(
                "times the bracket",
                "The gradient is multiplied by the bracket. A sum hands its gradient on as it is.",
                |[z_e, z_q, d]: &Trio| d * &(z_q - z_e),
            ),
            suspect(
                "times z_e",
                "The gradient is multiplied by z_e. The slope of z_e in itself is 1.",
                |[z_e, _, d]: &Trio| d * z_e,
            ),
        ];
        let known = known.chain([d_plus, times]).collect();
        let right = |[_, _, d]: &Trio| right(d);
        settle(SEE, wrong, &cases, &of(n), right, known)
    };
    at(1, "The gradient at z_e is wrong.", all)?;
    at(2, "The gradient at z_q is wrong.", nothing)
}

/// An encoder, a codebook, a decoder, and inputs.
type Linear = [Array2<f64>; 4];

pub fn encoder_gradient(
    candidate: fn(
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Straight through, equation 6.3";
    let w_e = array![[0.5, -0.2], [0.1, 0.9], [-0.7, 0.3]];
    let w_d = array![[1.0, 0.2, -0.5], [-0.3, 0.8, 0.4]];
    // The latent 0 is equally far from the first two.
    let codebook =
        array![[0.0, 1.0], [1.0, 0.0], [-1.0, -0.5], [3.0, 3.0], [0.5, 2.0]];
    let x = array![
        [1.0, 0.5, -0.2],
        [-0.4, 1.2, 0.3],
        [0.0, 0.0, 0.0],
        [0.2, -0.9, 1.1],
        [2.0, 0.1, 0.4],
        [0.0, 1.0, 1.0],
        [0.3, 0.3, 0.3]
    ];
    let far = array![[1000.0, -1000.0, 0.0], [0.0, 1.0, 1000.0]];
    let of = |x: Array2<f64>| [w_e.clone(), codebook.clone(), w_d.clone(), x];
    let cases: [(&str, Linear); 5] = [
        ("in general", of(x.clone())),
        ("for one input", of(x.slice(ndarray::s![..1, ..]).to_owned())),
        ("for large numbers", of(far)),
        (
            "where several codes are equally near",
            [
                array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]],
                array![[0.0, 1.0], [2.0, 1.0], [1.0, 0.0], [5.0, 5.0]],
                w_d.clone(),
                array![[1.0, 1.0, 0.5], [1.0, 1.0, -2.0]],
            ],
        ),
        (
            "with more latent numbers than inputs",
            [
                w_d.clone(),
                array![[0.5, 0.0, 0.2], [-1.0, 0.3, 0.0]],
                w_e.clone(),
                array![[0.2, -1.0], [1.5, 0.4], [0.0, 0.3], [-1.0, -1.0]],
            ],
        ),
    ];
    let came: Vec<_> = cases
        .iter()
        .map(|(_, [w_e, codebook, w_d, x])| candidate(w_e, codebook, w_d, x))
        .collect();
    let latents = |[w_e, _, _, x]: &Linear| x.dot(w_e);
    let quantised = |it: &Linear| {
        let z_e = latents(it);
        gather(&it[1], &nearest_by_definition(&z_e, &it[1]))
    };
    let error =
        |it: &Linear, z: &Array2<f64>| mse_backward(&z.dot(&it[2]), &it[3]);
    let back = |[_, _, w_d, x]: &Linear, d_y: Array2<f64>| {
        x.t().dot(&d_y.dot(&w_d.t()))
    };
    let right = |it: &Linear| back(it, error(it, &quantised(it)));
    let pull = |it: &Linear| {
        it[3].t().dot(&mse_backward(&latents(it), &quantised(it)))
    };
    type Far = fn(ndarray::ArrayView1<f64>, ndarray::ArrayView1<f64>) -> f64;
    let squared: Far = |z, e| (&z - &e).mapv(|v| v * v).sum();
    let chosen = |it: &Linear, far: Far, better: fn(f64, f64) -> bool| {
        let index = |z: ndarray::ArrayView1<f64>| {
            let d = it[1].map_axis(Axis(1), |e| far(z, e));
            (1..d.len())
                .fold(0, |a, b| if better(d[b], d[a]) { b } else { a })
        };
        let z_e = latents(it);
        let indices: Vec<_> = z_e.rows().into_iter().map(index).collect();
        back(it, error(it, &gather(&it[1], &indices)))
    };
    settle(
        SEE,
        "The gradient is wrong.",
        &cases,
        &came,
        right,
        vec![
            suspect(
                "true derivative",
                "This is the true derivative, which is 0 almost everywhere, and with which no encoder learns.",
                |[w_e, ..]: &Linear| Array2::zeros(w_e.raw_dim()),
            ),
            suspect(
                "lookup left out",
                "The loss is taken without the lookup. Straight-through leaves it out on the way back only; the error is that of the \
                 decoded code.",
                |it: &Linear| back(it, error(it, &latents(it))),
            ),
            suspect(
                "mean forgotten",
                "The loss is a mean over all numbers of x; `mse_backward` divides by them.",
                |it: &Linear| right(it) * it[3].len() as f64,
            ),
            suspect(
                "mean over rows",
                "Divided by the number of rows. The loss is a mean over all numbers of x, rows times columns.",
                |it: &Linear| right(it) * it[3].ncols() as f64,
            ),
            suspect(
                "square forgotten",
                "The derivative of a square has a factor of 2.",
                |it: &Linear| right(it) / 2.0,
            ),
            suspect(
                "sign",
                "The sign is turned: the error is y - x, what is decoded less what it should be.",
                |it: &Linear| -right(it),
            ),
            suspect(
                "pulled to the code",
                "This pulls z_e to its code. That is the commitment term of chapter 7; it knows nothing of the decoder.",
                pull,
            ),
            suspect(
                "away from the code",
                "This drives z_e away from its code, and knows nothing of the decoder. The loss is mse(y, x).",
                |it: &Linear| -pull(it),
            ),
            suspect(
                "pulled to the code too",
                "The decoder's gradient is right, and a pull of z_e to its code is added to it. That is the commitment term of \
                 chapter 7, and not in this loss.",
                |it: &Linear| right(it) + pull(it),
            ),
            suspect(
                "the decoder's weights",
                "This is the gradient at the decoder's weights, w_d.",
                |it: &Linear| {
                    quantised(it).t().dot(&error(it, &quantised(it)))
                },
            ),
            suspect(
                "the last step",
                "This is the gradient at the latents, one row for each input. One step is missing, from z_e = x w_e to w_e.",
                |it: &Linear| error(it, &quantised(it)).dot(&it[2].t()),
            ),
            suspect(
                "transposed",
                "This is the right gradient, transposed: it has the shape of w_e, [X, C].",
                |it: &Linear| right(it).reversed_axes(),
            ),
            suspect(
                "latents for inputs",
                "The last step goes through z_e = x w_e, so that x stands at the left of the product, and no latent or code.",
                |it: &Linear| {
                    let d_z = error(it, &quantised(it)).dot(&it[2].t());
                    quantised(it).t().dot(&d_z)
                },
            ),
            suspect(
                "the last of equals",
                "Of equally near codes the last was taken; it is the first, as in chapter 5.",
                |it: &Linear| chosen(it, squared, |a, b| a <= b),
            ),
            suspect(
                "another distance",
                "The nearest code was taken by the sum of absolute differences. It is the squared distance that counts.",
                |it: &Linear| {
                    let absolute: Far = |z, e| (&z - &e).mapv(f64::abs).sum();
                    chosen(it, absolute, |a, b| a < b)
                },
            ),
            suspect(
                "another distance",
                "The code with the largest product z·e was taken. A long code has a large product and need not be near.",
                |it: &Linear| chosen(it, |z, e| -z.dot(&e), |a, b| a < b),
            ),
            suspect(
                "the first code",
                "Every latent was given the first code.",
                |it: &Linear| chosen(it, squared, |_, _| false),
            ),
            suspect(
                "the error forgotten",
                "The error is y - x; yours is y alone.",
                |it: &Linear| {
                    let y = quantised(it).dot(&it[2]);
                    let nothing = Array2::zeros(y.raw_dim());
                    back(it, mse_backward(&y, &nothing))
                },
            ),
            suspect(
                "another target",
                "The target is x, what went in; yours is what the decoder makes of z_e.",
                |it: &Linear| {
                    let target = latents(it).dot(&it[2]);
                    back(
                        it,
                        mse_backward(&quantised(it).dot(&it[2]), &target),
                    )
                },
            ),
            suspect(
                "times the bracket",
                "The gradient is multiplied by z_q - z_e on its way past the lookup. It is handed on as it is.",
                |it: &Linear| {
                    let d_z = error(it, &quantised(it)).dot(&it[2].t());
                    it[3].t().dot(&(d_z * &(quantised(it) - latents(it))))
                },
            ),
            suspect(
                "a step too far",
                "This is the gradient at x. The one at the weights w_e is asked for.",
                |it: &Linear| {
                    error(it, &quantised(it)).dot(&it[2].t()).dot(&it[0].t())
                },
            ),
            suspect(
                "the farthest code",
                "Each latent was given the code that is farthest from it.",
                |it: &Linear| chosen(it, squared, |a, b| a > b),
            ),
        ],
    )
}

/// Losses, noise, and its width.
type Draws = (Array1<f64>, Array2<f64>, f64);

pub fn score_gradient(
    candidate: fn(&Array1<f64>, &Array2<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § What it is an estimate of, equation 6.5";
    let noise = array![
        [0.3, -1.0, 0.0],
        [-0.8, 0.4, 2.0],
        [1.5, 0.1, -0.3],
        [-0.2, 0.9, 0.7],
        [0.0, 0.0, 1.0]
    ];
    let losses = array![0.2, 0.2, 0.0, 3.0, -0.5];
    let cases: [(&str, Draws); 4] = [
        ("in general", (losses.clone(), noise.clone(), 0.4)),
        (
            "for two draws",
            (
                array![-2.0, 5.0],
                array![[1.0, 0.5, 0.0, -0.3], [-0.4, 2.0, 1.0, 1.0]],
                3.0,
            ),
        ),
        (
            "where all losses lie near 1,000",
            (&losses + 1000.0, noise.clone(), 0.1),
        ),
        (
            "where all losses are alike",
            (array![-7.0, -7.0, -7.0, -7.0, -7.0], noise, 0.5),
        ),
    ];
    let came: Vec<_> = cases
        .iter()
        .map(|(_, (losses, noise, s))| candidate(losses, noise, *s))
        .collect();
    let m = |l: &Array1<f64>| l.len() as f64;
    let above = |l: &Array1<f64>| l - &((l.sum() - l) / (m(l) - 1.0));
    let right = |(l, e, s): &Draws| above(l).dot(e) / (s * m(l));
    let plain = |(l, e, s): &Draws| l.dot(e) / (s * m(l));
    let level = {
        let [here, there] = [0, 2].map(|n| {
            let (l, e, _) = &cases[n].1;
            plain(&(l.clone(), e.clone(), 0.4))
        });
        format!(
            "Nothing is subtracted: this is the page's estimate, and the level of the losses is noise in it. With 1,000 more on every \
             loss, which changes no slope, its first number goes from {:.2} to {:.0}.",
            here[0], there[0]
        )
    };
    // The number that is subtracted from all losses of a case, if there is one.
    let one_for_all = |it: &Draws, came: &Array1<f64>| {
        let (l, e, s) = it;
        let sums = e.sum_axis(Axis(0)) / (s * m(l));
        factor(&sums, &(plain(it) - came)).flatten()
    };
    let mut each = cases.iter().zip(&came).take(3);
    let shifted = each
        .by_ref()
        .map(|((_, it), came)| one_for_all(it, came))
        .collect::<Option<Vec<_>>>();
    let shifted = shifted.map_or(String::new(), |numbers| {
        format!(
            " One and the same number, here {:.3}, is subtracted from all losses. Each has its own: the mean of the others.",
            numbers[0]
        )
    });
    settle(
        SEE,
        &format!("The gradient is wrong.{shifted}"),
        &cases,
        &came,
        right,
        vec![
            suspect("nothing taken off", &level, plain),
            suspect(
                "own loss in the mean",
                "The mean that is subtracted holds the draw's own loss too. That is a part of what is to be kept: the result comes out \
                 short by a factor of (M - 1) / M. Take the mean of the *others*.",
                |(l, e, s): &Draws| (l - l.sum() / m(l)).dot(e) / (s * m(l)),
            ),
            suspect(
                "M - 1 for M",
                "The others are M - 1, but the mean over the draws is one of M.",
                |(l, e, s): &Draws| above(l).dot(e) / (s * (m(l) - 1.0)),
            ),
            suspect(
                "others divided by M",
                "The sum of the others is divided by M. They are M - 1.",
                |(l, e, s): &Draws| {
                    (l - &((l.sum() - l) / m(l))).dot(e) / (s * m(l))
                },
            ),
            suspect(
                "sum of the others",
                "The sum of the other losses is subtracted, and not their mean.",
                |(l, e, s): &Draws| (l - &(l.sum() - l)).dot(e) / (s * m(l)),
            ),
            suspect(
                "standardised",
                "Divided by the standard deviation of the losses. That makes the gradient as long for a small loss as for a large one.",
                |(l, e, s): &Draws| {
                    let spread = l.std(0.0).max(1e-12);
                    ((l - l.sum() / m(l)) / spread).dot(e) / (s * m(l))
                },
            ),
            suspect(
                "the others alone",
                "This is the mean of the other losses alone. It is to be subtracted from the draw's own loss.",
                |(l, e, s): &Draws| {
                    ((l.sum() - l) / (m(l) - 1.0)).dot(e) / (s * m(l))
                },
            ),
            suspect(
                "added",
                "The mean of the others is added. It is to be subtracted.",
                |(l, e, s): &Draws| {
                    (l + &((l.sum() - l) / (m(l) - 1.0))).dot(e) / (s * m(l))
                },
            ),
            suspect(
                "divided twice",
                "Divided by s once too often: s² belongs to the displacement s ε, and ε alone is given.",
                |it: &Draws| right(it) / it.2,
            ),
            suspect(
                "width forgotten",
                "The same ε moves the latent by s ε: divide by s.",
                |it: &Draws| right(it) * it.2,
            ),
            suspect(
                "width upside down",
                "Multiplied by s where it is divided by it.",
                |it: &Draws| right(it) * it.2 * it.2,
            ),
            suspect(
                "sum for mean",
                "An expectation is estimated by a mean over the draws, not by their sum.",
                |it: &Draws| right(it) * m(&it.0),
            ),
            suspect(
                "mean over all numbers",
                "Divided by M C, the number of all numbers in the noise. The mean is one over the M draws.",
                |it: &Draws| right(it) / it.1.ncols() as f64,
            ),
            suspect(
                "downhill",
                "The sign is turned: where the noise leads to large losses, the loss rises.",
                |it: &Draws| -right(it),
            ),
        ],
    )
}

/// Latents, codebook, shares, temperature, and the gradient at the mixture.
type Mixture = (Array2<f64>, Array2<f64>, Array2<f64>, f64, Array2<f64>);

pub fn gumbel_backward(
    candidate: fn(
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
        f64,
        &Array2<f64>,
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § A softer choice, equation 6.9";
    let codebook = array![[0.0, 1.0], [1.0, -0.5], [-1.0, 0.2], [2.0, 2.0]];
    let cases: [(&str, Mixture); 4] = [
        (
            "in general",
            (
                array![[0.2, -0.4], [1.0, 0.3], [0.0, 0.0]],
                codebook.clone(),
                array![
                    [0.2, 0.4, 0.3, 0.1],
                    [0.1, 0.8, 0.1, 0.0],
                    [0.25, 0.25, 0.25, 0.25]
                ],
                0.4,
                array![[0.7, -0.3], [-0.2, 0.9], [1.0, 0.0]],
            ),
        ),
        (
            "where one code has the whole share",
            (
                array![[0.5, 0.5]],
                codebook,
                array![[0.0, 1.0, 0.0, 0.0]],
                7.0,
                array![[3.0, -2.0]],
            ),
        ),
        (
            "for large numbers",
            (
                array![[1000.0, 0.0, -1.0], [0.0, 0.0, 0.0]],
                array![[-1000.0, 1.0, 0.5], [0.0, -2.0, 1000.0]],
                array![[0.5, 0.5], [0.125, 0.875]],
                2.0,
                array![[1.0, -1.0, 0.25], [0.0, 2.0, -1000.0]],
            ),
        ),
        (
            "for no latent",
            (
                Array2::zeros((0, 2)),
                array![[1.0, 2.0], [0.0, 1.0], [3.0, 1.0]],
                Array2::zeros((0, 3)),
                1.5,
                Array2::zeros((0, 2)),
            ),
        ),
    ];
    let came: Vec<_> = cases
        .iter()
        .map(|(_, (z, e, p, tau, d))| candidate(z, e, p, *tau, d))
        .collect();
    let at_shares = |(_, e, _, _, d): &Mixture| d.dot(&e.t());
    let column =
        |rows: Array2<f64>| rows.sum_axis(Axis(1)).insert_axis(Axis(1));
    let centred = |it: &Mixture| {
        let d_p = at_shares(it);
        let mean = column(&d_p * &it.2);
        d_p - mean
    };
    let logits = |it: &Mixture| centred(it) * &it.2 / it.3;
    let at_z = |it: &Mixture, d_logits: Array2<f64>| {
        let total = column(d_logits.clone());
        (d_logits.dot(&it.1) - &it.0 * &total) * 2.0
    };
    let right = |it: &Mixture| at_z(it, logits(it));
    let without_z =
        |it: &Mixture, d_logits: Array2<f64>| d_logits.dot(&it.1) * 2.0;
    let alone = |it: &Mixture| at_shares(it) * &it.2 * &(1.0 - &it.2) / it.3;
    let uncentred = |it: &Mixture| at_shares(it) * &it.2 / it.3;
    let plain_mean = |it: &Mixture| {
        let d_p = at_shares(it);
        let mean = column(d_p.clone()) / d_p.ncols() as f64;
        (d_p - mean) * &it.2 / it.3
    };
    let without_p = |it: &Mixture| centred(it) / it.3;
    let column_mean = |it: &Mixture| {
        let d_p = at_shares(it);
        let mean = (&d_p * &it.2).sum_axis(Axis(0)); // [K]
        (d_p - &mean) * &it.2 / it.3
    };
    type AtLogits<'a> = &'a dyn Fn(&Mixture) -> Array2<f64>;
    let apart = |it: &Mixture| {
        let own = column(&it.0 * &it.4); // z·d, [N, 1]
        (at_shares(it) - own) * &it.2 / it.3
    };
    let late_mean = |it: &Mixture| {
        let shared = at_shares(it) * &it.2;
        let mean = column(shared.clone());
        (shared - mean) / it.3
    };
    let shared_twice = |it: &Mixture| logits(it) * &it.2;
    let logits_gone_wrong: [(&'static str, &str, AtLogits); 8] = [
        (
            "each share alone",
            "Each share is differentiated by its own logit only. The shares sum to 1, so each depends on every logit: subtract the \
             mean of d_p under p.",
            &alone,
        ),
        (
            "mean forgotten",
            "The mean of d_p is not subtracted. The shares sum to 1: if one grows, the others shrink.",
            &uncentred,
        ),
        (
            "mean forgotten",
            "From e·d you take z·d. It is the mean of all e·d under p that is subtracted, z̃·d.",
            &apart,
        ),
        (
            "share twice",
            "The gradient at a logit has its share p as a factor once, and not twice.",
            &shared_twice,
        ),
        (
            "mean after the shares",
            "The mean is subtracted after the multiplication by p. It belongs before: p (d_p - mean).",
            &late_mean,
        ),
        (
            "mean over the codes",
            "The mean of d_p is one over all codes alike. Each code counts with its share p.",
            &plain_mean,
        ),
        (
            "share forgotten",
            "The gradient at a logit has its share p as a factor: what has no share moves nothing.",
            &without_p,
        ),
        (
            "wrong axis",
            "The mean of d_p is taken over the latents. It is one over the codes: each latent has its own.",
            &column_mean,
        ),
    ];
    let mut suspects: Vec<Suspect<Mixture, ndarray::Ix2>> = Vec::new();
    for (name, what, d_logits) in logits_gone_wrong {
        suspects.push(suspect(name, what, move |it: &Mixture| {
            at_z(it, d_logits(it))
        }));
        suspects.push(suspect(name, what, move |it: &Mixture| {
            without_z(it, d_logits(it))
        }));
        let what = format!("{what} And the temperature divides.");
        suspects.push(suspect(name, &what, move |it: &Mixture| {
            at_z(it, d_logits(it)) * it.3
        }));
        suspects.push(suspect(name, &what, move |it: &Mixture| {
            without_z(it, d_logits(it)) * it.3
        }));
    }
    suspects.extend([
            suspect(
                "temperature forgotten",
                "The softmax is of logits over the temperature: divide by it.",
                |it: &Mixture| right(it) * it.3,
            ),
            suspect(
                "temperature upside down",
                "Multiplied by the temperature where it is divided by it.",
                |it: &Mixture| right(it) * it.3 * it.3,
            ),
            suspect(
                "temperature twice",
                "Divided by the temperature twice.",
                |it: &Mixture| right(it) / it.3,
            ),
            suspect(
                "distance for logit",
                "The sign is turned. The logit is *minus* the squared distance, and nearer is likelier: its slope in z is 2 (e - z).",
                |it: &Mixture| -right(it),
            ),
            suspect(
                "square forgotten",
                "The derivative of a square has a factor of 2.",
                |it: &Mixture| right(it) / 2.0,
            ),
            suspect(
                "mean over the latents",
                "Divided by the number of latents. What comes in, the gradient at the mixture, holds every mean already.",
                |it: &Mixture| right(it) / it.0.nrows().max(1) as f64,
            ),
        suspect(
            "softmax twice",
            "p are the shares already: a softmax of them is another mixture.",
            |it: &Mixture| {
                let p = gradients::plain::softmax(&it.2);
                right(&(it.0.clone(), it.1.clone(), p, it.3, it.4.clone()))
            },
        ),
        suspect(
            "at the codebook",
            "This is the gradient at the codebook. The one at the latents is asked for.",
            |(z, e, p, tau, d): &Mixture| {
                plain::gumbel_softmax_backward(z, e, p, *tau, d).1
            },
        ),
            suspect(
                "at the logits",
                "This is the gradient at the logits, one number for each latent and code. The last step is missing, from -‖z - e‖² to z.",
                logits,
            ),
            suspect(
                "at the shares",
                "This is the gradient at the shares p. Two steps are missing, through the softmax and to z.",
                at_shares,
            ),
        suspect(
            "pulled to the mixture",
            "This pulls z to its mixture, and knows nothing of the gradient at the mixture.",
            |(z, e, p, ..): &Mixture| p.dot(e) - z,
        ),
            suspect(
                "handed on",
                "This is straight-through: the gradient at the mixture as it came.",
                |it: &Mixture| it.4.clone(),
            ),
    ]);
    settle(SEE, "The gradient is wrong.", &cases, &came, right, suspects)
}

type Vectors = [Array1<f64>; 3];

pub fn rotation_backward(
    candidate: fn(&Array1<f64>, &Array1<f64>, &Array1<f64>) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Turning with the latent, equation 6.11";
    let cases: [(&str, Vectors); 5] = [
        (
            "in general",
            [
                array![0.5, -1.0, 0.3],
                array![1.0, 0.4, 0.8],
                array![0.2, -0.6, 0.9],
            ],
        ),
        (
            "in the plane, at a right angle",
            [array![0.0, 2.0], array![1.0, 0.0], array![-1.0, 3.0]],
        ),
        (
            "where latent and code point the same way",
            [
                array![10.0, 0.0, -20.0, 0.0],
                array![1.0, 0.0, -2.0, 0.0],
                array![0.0, 1.0, 1.0, -0.5],
            ],
        ),
        (
            "for large numbers",
            [
                array![1000.0, 1.0, 0.0, -1000.0, 3.0],
                array![0.001, 0.0, 1.0, 0.002, 0.0],
                array![0.0, 1000.0, -1.0, 0.5, 2.0],
            ],
        ),
        (
            "beyond a right angle",
            [array![1.0, 0.2], array![-0.8, 0.3], array![0.0, 1.0]],
        ),
    ];
    let came: Vec<_> =
        cases.iter().map(|(_, [z, e, d])| candidate(z, e, d)).collect();
    let unit = |v: &Array1<f64>| v / v.dot(v).sqrt();
    let stretch = |[z, e, _]: &Vectors| (e.dot(e) / z.dot(z)).sqrt();
    let right = |[z, e, d]: &Vectors| {
        let row = |v: &Array1<f64>| v.clone().insert_axis(Axis(0)); // [1, C]
        turned_back(&row(z), &row(e), row(d)).remove_axis(Axis(0))
    };
    let back = |it: &Vectors| right(it) / stretch(it);
    let forward =
        |[z, e, d]: &Vectors| back(&[e.clone(), z.clone(), d.clone()]);
    // The three parts of the turn back: d, what r takes off, and what ẑ adds; with factors.
    let parts = |[z, e, d]: &Vectors, off: f64, on: f64| {
        let (a, b) = (unit(z), unit(e));
        let r = unit(&(&a + &b));
        d - &r * (off * r.dot(d)) + a * (on * b.dot(d))
    };
    settle(
        SEE,
        "The gradient is wrong.",
        &cases,
        &came,
        right,
        vec![
            suspect(
                "turned forward",
                "This turns the gradient from z towards e. A gradient goes back through a matrix by its transpose: from e towards z.",
                |it: &Vectors| forward(it) * stretch(it),
            ),
            suspect(
                "turned forward",
                "This turns the gradient from z towards e, and does not scale it. A gradient goes back through a matrix by its \
                 transpose, from e towards z; and it is scaled by ‖e‖ / ‖z‖.",
                forward,
            ),
            suspect(
                "turned forward",
                "This turns the gradient from z towards e, and scales it by ‖z‖ / ‖e‖: as if the two had changed places. It goes back \
                 from e towards z, and is scaled by ‖e‖ / ‖z‖.",
                |it: &Vectors| forward(it) / stretch(it),
            ),
            suspect(
                "length forgotten",
                "The forward step also scales by ‖e‖ / ‖z‖, and so does its gradient.",
                back,
            ),
            suspect(
                "length upside down",
                "The gradient is scaled by the same ‖e‖ / ‖z‖ as the value, not by its inverse.",
                |it: &Vectors| back(it) / stretch(it),
            ),
            suspect(
                "length squared",
                "Scaled by the square of ‖e‖ / ‖z‖: v.dot(v) is the square of a length.",
                |it: &Vectors| right(it) * stretch(it),
            ),
            suspect(
                "straight",
                "This is straight-through: the gradient is neither turned nor scaled.",
                |[_, _, d]: &Vectors| d.clone(),
            ),
            suspect(
                "scaled only",
                "The gradient is scaled, and not turned.",
                |it: &Vectors| &it[2] * stretch(it),
            ),
            suspect(
                "one mirror",
                "This is the first mirror alone, I - 2 r rᵀ, which takes ẑ to -ê. The turn has a third term, for its transpose ẑ (ê·d) \
                 times 2.",
                |it: &Vectors| parts(it, 2.0, 0.0) * stretch(it),
            ),
            suspect(
                "first term lost",
                "The term with r is missing: d less 2 r (r·d).",
                |it: &Vectors| parts(it, 0.0, 2.0) * stretch(it),
            ),
            suspect(
                "twos forgotten",
                "Both terms have a factor of 2.",
                |it: &Vectors| parts(it, 1.0, 1.0) * stretch(it),
            ),
            suspect(
                "a two forgotten",
                "The term with r has a factor of 2 too.",
                |it: &Vectors| parts(it, 1.0, 2.0) * stretch(it),
            ),
            suspect(
                "a two forgotten",
                "The term with ẑ and ê has a factor of 2 too.",
                |it: &Vectors| parts(it, 2.0, 1.0) * stretch(it),
            ),
            suspect(
                "sign",
                "The sign of the last term is turned: what ẑ gets is added.",
                |it: &Vectors| parts(it, 2.0, -2.0) * stretch(it),
            ),
            suspect(
                "the other mirror",
                "This is one mirror, along ê. The turn is two: d - 2 r (r·d) + 2 ẑ (ê·d).",
                |it: &Vectors| {
                    let (b, d) = (unit(&it[1]), &it[2]);
                    (d - &b * (2.0 * b.dot(d))) * stretch(it)
                },
            ),
            suspect(
                "ẑ twice",
                "In the last term both vectors are ẑ. It is ẑ (ê·d): the transpose of ê ẑᵀ, applied to d.",
                |it: &Vectors| {
                    let (a, d) = (unit(&it[0]), &it[2]);
                    let last = &a * (2.0 * a.dot(d));
                    (parts(it, 2.0, 0.0) + last) * stretch(it)
                },
            ),
            suspect(
                "ê twice",
                "In the last term both vectors are ê. It is ẑ (ê·d): the transpose of ê ẑᵀ, applied to d.",
                |it: &Vectors| {
                    let (b, d) = (unit(&it[1]), &it[2]);
                    let last = &b * (2.0 * b.dot(d));
                    (parts(it, 2.0, 0.0) + last) * stretch(it)
                },
            ),
            suspect(
                "a difference for the sum",
                "r lies half way between ẑ and ê: it is their sum that is brought to length 1, and not their difference.",
                |it: &Vectors| {
                    let (a, b, d) = (unit(&it[0]), unit(&it[1]), &it[2]);
                    let r = unit(&(&a - &b));
                    let turned =
                        d - &r * (2.0 * r.dot(d)) + a * (2.0 * b.dot(d));
                    turned * stretch(it)
                },
            ),
            suspect(
                "stretched by one length",
                "Scaled by ‖e‖ alone. It is ‖e‖ / ‖z‖.",
                |it: &Vectors| back(it) * it[1].dot(&it[1]).sqrt(),
            ),
            suspect(
                "stretched by one length",
                "Scaled by 1 / ‖z‖ alone. It is ‖e‖ / ‖z‖.",
                |it: &Vectors| back(it) / it[0].dot(&it[0]).sqrt(),
            ),
            suspect(
                "not of length 1",
                "In the last term ê is to have the length 1.",
                |it: &Vectors| {
                    let last = unit(&it[0]) * (2.0 * it[1].dot(&it[2]));
                    (parts(it, 2.0, 0.0) + last) * stretch(it)
                },
            ),
            suspect(
                "not of length 1",
                "In the last term ẑ is to have the length 1.",
                |it: &Vectors| {
                    let last = &it[0] * (2.0 * unit(&it[1]).dot(&it[2]));
                    (parts(it, 2.0, 0.0) + last) * stretch(it)
                },
            ),
            suspect(
                "along the vectors alone",
                "This is what lies along ê, turned to ẑ. What lies beside it is kept too: begin with d.",
                |it: &Vectors| {
                    unit(&it[0]) * (unit(&it[1]).dot(&it[2]) * stretch(it))
                },
            ),
            suspect(
                "signs exchanged",
                "The signs of the two terms are exchanged: what is along r is taken off.",
                |it: &Vectors| parts(it, -2.0, -2.0) * stretch(it),
            ),
            suspect(
                "not of length 1",
                "r is to have the length 1: divide ẑ + ê by its length.",
                |it: &Vectors| {
                    let [z, e, d] = it;
                    let (a, b) = (unit(z), unit(e));
                    let r = &a + &b;
                    let turned =
                        d - &r * (2.0 * r.dot(d)) + a * (2.0 * b.dot(d));
                    turned * stretch(it)
                },
            ),
            suspect(
                "half way between the vectors",
                "r lies half way between the *directions* of the two: add z and e after both have length 1.",
                |it: &Vectors| {
                    let [z, e, d] = it;
                    let r = unit(&(z + e));
                    let turned = d - &r * (2.0 * r.dot(d))
                        + unit(z) * (2.0 * unit(e).dot(d));
                    turned * stretch(it)
                },
            ),
            suspect(
                "not of length 1",
                "In the last term ẑ and ê are to have the length 1.",
                |it: &Vectors| {
                    let [z, e, d] = it;
                    parts(it, 2.0, 0.0) * stretch(it)
                        + z * (2.0 * e.dot(d)) * stretch(it)
                },
            ),
        ],
    )
}

type Gridded = (Array2<f64>, Vec<usize>);

pub fn fsq_index(
    candidate: fn(&Array2<f64>, &[usize]) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 6, § A grid in place of a codebook, equations 6.12 and 6.14";
    let cases: [(&str, Gridded); 6] = [
        (
            "in general",
            (
                array![
                    [-5.0, -0.2, 0.6],
                    [0.3, 0.95, -1.2],
                    [5.0, 5.0, 5.0],
                    [0.9, -3.0, 0.8],
                    [-0.6, 0.5, -0.3]
                ],
                vec![4, 3, 5],
            ),
        ),
        (
            "for many levels",
            (
                array![
                    [0.1, -1.5],
                    [-0.25, 1.0],
                    [0.55, 0.4],
                    [1.2, -0.7],
                    [-0.9, 2.0],
                    [0.75, -0.15],
                    [-1.7, 0.85]
                ],
                vec![9, 16],
            ),
        ),
        (
            "for two levels",
            (array![[-0.1, 1.3], [0.2, -0.4], [-2.0, 0.35]], vec![2, 7]),
        ),
        (
            "half way between two levels",
            (array![[0.0, 0.0], [-0.0, 1.0], [1.0, 0.0]], vec![2, 4]),
        ),
        (
            "at ±1,000",
            (
                array![[1000.0, -1000.0], [-1000.0, 1000.0], [400.0, 0.1]],
                vec![3, 4],
            ),
        ),
        ("for no latent", (Array2::zeros((0, 2)), vec![3, 2])),
    ];
    let came: Vec<Array1<f64>> = cases
        .iter()
        .map(|(_, (z, levels))| {
            let indices = candidate(z, levels);
            indices.into_iter().map(|n| n as f64).collect()
        })
        .collect();
    type Digit = fn(f64, usize) -> usize;
    type Weights = fn(&[usize]) -> Vec<usize>;
    let of = |(z, levels): &Gridded, digit: Digit, weights: Weights| {
        let weights = weights(levels);
        let number = |row: ndarray::ArrayView1<f64>| {
            let each = row.iter().zip(levels).zip(&weights);
            each.map(|((v, l), w)| (digit(*v, *l) * w) as f64).sum::<f64>()
        };
        z.rows().into_iter().map(number).collect::<Array1<f64>>()
    };
    let digit: Digit = |v, l| {
        let half = (l - 1) as f64 / 2.0;
        (v.tanh() * half + half + 0.5).floor() as usize
    };
    let weights: Weights = |levels| {
        (0..levels.len()).map(|c| levels[..c].iter().product()).collect()
    };
    const OVERFLOWS: &str = "It goes wrong for large latents: exp overflows, and infinity over infinity is no number. `f64::tanh` does not \
                             overflow.";
    let digits: [(&'static str, &str, Digit); 19] = [
        (
            "one level too many",
            "L levels have L - 1 steps between them; with L steps there is a level too many, and two codes share an index.",
            |v, l| {
                let half = l as f64 / 2.0;
                (v.tanh() * half + half + 0.5).floor() as usize
            },
        ),
        (
            "clipped",
            "Clipped in place of squeezed: outside [-1, 1] such a latent has no gradient at all.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.clamp(-1.0, 1.0) * half + half + 0.5).floor() as usize
            },
        ),
        (
            "not squeezed",
            "The latent itself is rounded. First tanh squeezes it into (-1, 1).",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                let level = (v * half + half + 0.5).floor() as usize;
                level.min(l - 1)
            },
        ),
        (
            "not squeezed",
            "The latent itself is rounded. First tanh squeezes it into (-1, 1).",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v * half + half + 0.5).floor() as usize
            },
        ),
        (
            "cut off",
            "Rounded down where it is rounded to the nearest level: the ½ inside the floor is missing.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.tanh() * half + half).floor() as usize
            },
        ),
        (
            "rounded too early",
            "Rounded before h is added. With an even number of levels h is no whole number, and the levels lie half way between \
             integers: add h first.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                ((v.tanh() * half).round() + half) as usize
            },
        ),
        (
            "h rounded down",
            "(L - 1) / 2 was computed in whole numbers, so that for an even L a half is lost.",
            |v, l| {
                let half = ((l - 1) / 2) as f64;
                (v.tanh() * half + half + 0.5).floor() as usize
            },
        ),
        (
            "bins for levels",
            "This cuts (-1, 1) into L parts of equal length. The levels lie from -1 to 1, ends included, so the two outer ones take \
             half as much as the others.",
            |v, l| {
                let level = ((v.tanh() + 1.0) / 2.0 * l as f64).floor();
                (level as usize).min(l - 1)
            },
        ),
        (
            "counted from above",
            "The levels are counted from the highest down. The lowest has the number 0.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (half - v.tanh() * half + 0.5).ceil() as usize - 1
            },
        ),
        (
            "levels counted from 1",
            "The levels are counted from 1. The lowest has the number 0.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.tanh() * half + half + 1.5).floor() as usize
            },
        ),
        (
            "h not added",
            "h is added inside the floor, so that the lowest level has the number 0. Yours are counted from the middle.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.tanh() * half + 0.5).floor() as usize
            },
        ),
        (
            "rounded up",
            "Rounded up where it is rounded to the nearest level.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.tanh() * half + half).ceil() as usize
            },
        ),
        (
            "ties to even",
            "Half way between two levels the upper one is taken, as the floor of a number plus ½ does. Yours goes to the even one.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                (v.tanh() * half + half).round_ties_even() as usize
            },
        ),
        (
            "half of L",
            "h is L / 2 in yours, rounded down. It is (L - 1) / 2, with a half if L is even.",
            |v, l| {
                let half = (l / 2) as f64;
                let level = (v.tanh() * half + half + 0.5).floor();
                (level as usize).min(l - 1)
            },
        ),
        (
            "half of L",
            "h is L / 2 in yours, and the number above the highest is cut off. It is (L - 1) / 2.",
            |v, l| {
                let half = l as f64 / 2.0;
                let level = (v.tanh() * half + half + 0.5).floor();
                (level as usize).min(l - 1)
            },
        ),
        (
            "logistic for tanh",
            "Squeezed by the logistic function, which is half as steep as tanh.",
            |v, l| (l as f64 / (1.0 + (-v).exp())).floor() as usize,
        ),
        (
            "logistic for tanh",
            "Squeezed by the logistic function, which is half as steep as tanh.",
            |v, l| {
                let half = (l - 1) as f64 / 2.0;
                ((v / 2.0).tanh() * half + half + 0.5).floor() as usize
            },
        ),
        ("tanh by exponentials", OVERFLOWS, |v, l| {
            let half = (l - 1) as f64 / 2.0;
            let power = (2.0 * v).exp();
            let tanh = (power - 1.0) / (power + 1.0);
            (tanh * half + half + 0.5).floor() as usize
        }),
        ("tanh by exponentials", OVERFLOWS, |v, l| {
            let half = (l - 1) as f64 / 2.0;
            let (up, down) = (v.exp(), (-v).exp());
            let tanh = (up - down) / (up + down);
            (tanh * half + half + 0.5).floor() as usize
        }),
    ];
    let orders: [(&'static str, &str, Weights); 6] = [
        (
            "first digit highest",
            "The first component is read as the highest digit; here it is the lowest.",
            |levels| {
                let after = |c: usize| levels[c + 1..].iter().product();
                (0..levels.len()).map(after).collect()
            },
        ),
        (
            "one base for all",
            "One base for all digits. A digit's weight is the product of the levels of those below it.",
            |levels| {
                (0..levels.len()).map(|c| levels[0].pow(c as u32)).collect()
            },
        ),
        (
            "own levels in the weight",
            "A digit's weight is the product of the levels *below* it; its own are in yours too. The lowest digit has the weight 1.",
            |levels| {
                let with = |c: usize| levels[..=c].iter().product();
                (0..levels.len()).map(with).collect()
            },
        ),
        (
            "weights not multiplied",
            "A digit's weight is the *product* of the levels of all digits below it, and not the one before it alone.",
            |levels| {
                let before =
                    |c: usize| if c == 0 { 1 } else { levels[c - 1] };
                (0..levels.len()).map(before).collect()
            },
        ),
        (
            "steps for levels",
            "A digit's weight is the product of the *levels* below it, L of each; yours has L - 1, their steps.",
            |levels| {
                let below =
                    |c: usize| levels[..c].iter().map(|l| l - 1).product();
                (0..levels.len()).map(below).collect()
            },
        ),
        (
            "digits added",
            "The digits are added up, so that different codes have one index. Each has a weight, the product of the levels below it.",
            |levels| vec![1; levels.len()],
        ),
    ];
    let mut suspects: Vec<Suspect<Gridded, ndarray::Ix1>> = Vec::new();
    for (name, what, order) in orders {
        suspects.push(suspect(name, what, move |it| of(it, digit, order)));
    }
    for (name, what, digit) in digits {
        suspects.push(suspect(name, what, move |it| of(it, digit, weights)));
    }
    suspects.push(suspect(
        "counted from 1",
        "Every index is 1 too large: they are counted from 0.",
        |it| of(it, digit, weights) + 1.0,
    ));
    settle(
        SEE,
        "Some index is wrong.",
        &cases,
        &came,
        |it| of(it, digit, weights),
        suspects,
    )
}

/// An encoder, a codebook and a decoder at their start, and what they learn from.
struct Training {
    label: &'static str,
    encoder: Mlp<f64>,
    codebook: Array2<f64>,
    decoder: Mlp<f64>,
    batches: Vec<Array2<f64>>,
    keep: f64,
    config: AdamConfig,
}

/// What has become of them: losses, codebook, encoder, decoder.
type Learnt = [Array1<f64>; 4];

const LEARNT: [&str; 4] =
    ["the losses", "the codebook", "the encoder", "the decoder"];

pub type Learns = fn(
    &mut Mlp<f64>,
    &mut Array2<f64>,
    &mut Mlp<f64>,
    &[Array2<f64>],
    f64,
    AdamConfig,
) -> Vec<f64>;

fn laid(net: &Mlp<f64>) -> Array1<f64> {
    net.parameters().into_iter().flatten().copied().collect()
}

fn trainings() -> Vec<Training> {
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(66, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let ring = GaussianMixture::ring_of_8(0.1).expect("a ring");
    let codes = array![
        [0.0, 0.0],
        [0.5, -0.5],
        [-1.0, 0.25],
        [1.5, 1.5],
        [-30.0, 40.0]
    ];
    let small = vec![
        array![
            [1.0, 0.5, -0.2],
            [0.0, 0.0, 0.0],
            [-0.4, 1.2, 0.3],
            [2.0, -1.0, 1.0]
        ],
        array![[0.3, -0.9, 1.1]],
        array![
            [-1.0, -1.0, -1.0],
            [0.7, 0.7, 0.7],
            [0.7, 0.7, 0.7],
            [0.0, 2.0, -0.5],
            [1.5, 0.0, 0.0],
            [-0.2, 0.4, 3.0]
        ],
        array![[0.1, 0.0, -2.0], [1.0, 1.0, -1.0]],
    ];
    vec![
        Training {
            label: "after one step",
            encoder: net(&[3, 5, 2], 6),
            codebook: codes.clone(),
            decoder: net(&[2, 4, 3], 7),
            batches: small[..1].to_vec(),
            keep: 0.75,
            config,
        },
        Training {
            label: "after four steps",
            encoder: net(&[3, 5, 2], 0),
            codebook: codes.clone(),
            decoder: net(&[2, 4, 3], 1),
            batches: small,
            keep: 0.75,
            config,
        },
        Training {
            label: "for large numbers, and with a codebook that stands still",
            encoder: net(&[3, 2], 2),
            codebook: codes.clone(),
            decoder: net(&[2, 3], 3),
            batches: vec![
                array![[1000.0, -1000.0, 0.0]],
                array![[0.0, 1.0, 0.0], [-1000.0, 2.0, 5.0]],
            ],
            keep: 1.0,
            config,
        },
        Training {
            label: "without any batch",
            encoder: net(&[3, 2], 2),
            codebook: codes,
            decoder: net(&[2, 3], 3),
            batches: vec![],
            keep: 0.5,
            config,
        },
        Training {
            label: "in a training of 200 steps",
            encoder: net(&[2, 16, 2], 4),
            codebook: causes::codes(),
            decoder: net(&[2, 16, 2], 5),
            batches: (0..200)
                .map(|n| ring.sample(24 + n % 5, &mut rng_at(67, n as u64)))
                .collect(),
            keep: 0.9,
            config: AdamConfig { lr: 0.01, ..AdamConfig::default() },
        },
    ]
}

/// Mistakes in such a training.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slip {
    LookupLeftOut,
    NothingPassed,
    SignTurned,
    TakenAtTheLatent,
    PulledToTheCode,
    PulledToo,
    Rotated,
    EncoderFirst,
    ArgumentsSwapped,
    HandedTwice,
    DecoderFirstAgain,
    LossAtTheLatent,
    TrainedOnLatents,
    PlainSteps,
    NewLatents,
    LossAfterwards,
    LossSummed,
    NewAdams,
    DecoderFirst,
    MeansAfterwards,
    CodebookFirst,
    SharesSwapped,
    CodebookStill,
    JumpedToMeans,
    UnusedToZero,
    GradientsAdded,
    DecoderStill,
    OldIndices,
    ByRows,
    Summed,
}

const SLIPS: [(Slip, &str, &str); 30] = [
    (
        Slip::LookupLeftOut,
        "lookup left out",
        "The decoder was trained on z_e. It has to see the code, z_q, and gets nothing else later.",
    ),
    (
        Slip::NothingPassed,
        "nothing passed",
        "The encoder has not moved. Hand the decoder's gradient at z_q on to it, as if the lookup had not been there, and step.",
    ),
    (
        Slip::SignTurned,
        "sign",
        "The encoder goes uphill: the gradient is handed on as it is, and `step` goes against it.",
    ),
    (
        Slip::TakenAtTheLatent,
        "taken at the latent",
        "The gradient for the encoder was taken with z_e as the decoder's input. Straight-through asks the decoder about z_q.",
    ),
    (
        Slip::PulledToTheCode,
        "pulled to the code",
        "The encoder was told how far its latents are from their codes, and nothing of the loss. That is the commitment term of \
         chapter 7.",
    ),
    (
        Slip::PulledToo,
        "pulled to the code too",
        "A pull of the latents to their codes was added. That is the commitment term of chapter 7, and not in this loss.",
    ),
    (
        Slip::Rotated,
        "rotated",
        "The gradient was turned and scaled, as the rotation trick does. Here it is handed on as it is.",
    ),
    (
        Slip::EncoderFirst,
        "encoder first",
        "The encoder had moved already when the decoder was trained: the decoder saw codes of new latents. One forward pass serves both.",
    ),
    (
        Slip::ArgumentsSwapped,
        "arguments swapped",
        "Both networks go uphill: `mse_backward` takes first what was decoded, then what it should be.",
    ),
    (
        Slip::HandedTwice,
        "handed twice",
        "The encoder gets the gradient twice. It is handed on once, as it is.",
    ),
    (
        Slip::DecoderFirstAgain,
        "decoder first",
        "The decoder had moved already, and decoded again, when the gradient for the encoder was taken. One pass serves both: go back \
         through all, then step.",
    ),
    (
        Slip::LossAtTheLatent,
        "loss at the latent",
        "The losses are those of decoded latents. They are those of decoded codes, by which the networks go.",
    ),
    (
        Slip::TrainedOnLatents,
        "trained on latents",
        "The losses are those of the codes, and the gradients those of decoded latents. Go back through the pass that gave the loss.",
    ),
    (
        Slip::PlainSteps,
        "plain steps",
        "Both networks go plain steps of gradient descent. Here each has an Adam.",
    ),
    (
        Slip::NewLatents,
        "means afterwards",
        "The codes went to the means of latents that were encoded anew, after the step, with the old choices. They are those of the \
         forward pass.",
    ),
    (
        Slip::LossAfterwards,
        "loss afterwards",
        "The losses are those after each step. They belong before it: what is decoded in the forward pass is at hand.",
    ),
    (
        Slip::LossSummed,
        "sum for mean",
        "The losses are sums. `mse` is the mean over all numbers of the batch.",
    ),
    (
        Slip::NewAdams,
        "new Adams",
        "Each step has new optimisers. An Adam keeps two means of past gradients, and counts its steps: it stands before the loop.",
    ),
    (
        Slip::DecoderFirst,
        "decoder first",
        "The decoder had moved already when the gradient went back through it to the encoder. Go back through all, then step.",
    ),
    (
        Slip::MeansAfterwards,
        "means afterwards",
        "The codes went to the means of latents that were encoded anew, after the step. They are those of the forward pass.",
    ),
    (
        Slip::CodebookFirst,
        "codebook first",
        "The codebook had moved already when its codes were decoded. Decode first, then move it.",
    ),
    (
        Slip::SharesSwapped,
        "shares swapped",
        "`keep` is what a code keeps of itself, and 1 - keep what it takes from the mean. Yours are exchanged.",
    ),
    (
        Slip::CodebookStill,
        "codebook still",
        "The codebook has not moved. Each code takes the share 1 - keep from the mean of its latents, z_e and not z_q.",
    ),
    (
        Slip::JumpedToMeans,
        "jumped to the means",
        "The codes jump to the means of their latents. They keep the share `keep` of themselves.",
    ),
    (
        Slip::UnusedToZero,
        "unused to zero",
        "Codes that no latent chose went towards 0. A mean of nothing is none: they stay. `cluster_means` gives each its own place.",
    ),
    (
        Slip::GradientsAdded,
        "gradients not cleared",
        "Gradients of earlier steps were added to those of the next. Each step has its own.",
    ),
    (Slip::DecoderStill, "decoder still", "The decoder has not moved."),
    (
        Slip::OldIndices,
        "first codebook",
        "Latents were looked up in the codebook as it came in. They choose among the codes as they are now.",
    ),
    (
        Slip::ByRows,
        "mean over rows",
        "The gradient is that of a mean over rows, of sums over columns. `mse` is a mean over all numbers of the batch.",
    ),
    (
        Slip::Summed,
        "sum for mean",
        "The gradient is that of a sum. `mse` is the mean over all numbers of the batch, and so is what `mse_backward` gives.",
    ),
];

fn learnt(training: &Training, slip: Option<Slip>) -> Learnt {
    let is = |one: Slip| slip == Some(one);
    let Training { batches, keep, config, .. } = training;
    let (mut encoder, mut decoder) =
        (training.encoder.clone(), training.decoder.clone());
    let mut codebook = training.codebook.clone();
    let fresh = |net: &Mlp<f64>| Adam::new(net, *config);
    let mut adams = (fresh(&encoder), fresh(&decoder));
    let mut before: Option<(Mlp<f64>, Mlp<f64>)> = None;
    let mut losses = Vec::new();
    let found = |z_e: &Array2<f64>, codebook: &Array2<f64>| {
        nearest_by_definition(z_e, codebook)
    };
    for x in batches {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let among = match is(Slip::OldIndices) {
            true => &training.codebook,
            false => &codebook,
        };
        let indices = found(z_e, among);
        let moved = |z_e: &Array2<f64>, indices: &[usize]| {
            let mut means = cluster_means(z_e, indices, &codebook); // [K, C]
            let counts = usage(indices, codebook.nrows());
            if is(Slip::UnusedToZero) {
                for (mut mean, n) in means.rows_mut().into_iter().zip(counts)
                {
                    if n == 0 {
                        mean.fill(0.0);
                    }
                }
            }
            let keep = match slip {
                Some(Slip::SharesSwapped) => 1.0 - keep,
                Some(Slip::CodebookStill) => 1.0,
                Some(Slip::JumpedToMeans) => 0.0,
                _ => *keep,
            };
            &codebook * keep + means * (1.0 - keep)
        };
        let mut next = moved(z_e, &indices);
        let z_q = match is(Slip::CodebookFirst) {
            true => gather(&next, &indices),
            false => gather(&codebook, &indices),
        };
        let latents = is(Slip::LookupLeftOut) || is(Slip::TrainedOnLatents);
        let seen = if latents { z_e } else { &z_q };
        let made = decoder.forward(seen);
        let y = last(&made);
        let mut d_y = mse_backward(y, x);
        if is(Slip::ByRows) {
            d_y *= x.ncols() as f64;
        }
        if is(Slip::Summed) {
            d_y *= x.len() as f64;
        }
        if is(Slip::ArgumentsSwapped) {
            d_y *= -1.0;
        }
        let loss = mse(y, x);
        let decoder_before = decoder.clone();
        let (mut d_z, mut d_decoder) = decoder.backward(&made, d_y.clone());
        if is(Slip::DecoderFirst) {
            adams.1.step(&mut decoder, &d_decoder);
            d_z = decoder.backward(&made, d_y).0;
        }
        match slip {
            Some(Slip::NothingPassed) => d_z.fill(0.0),
            Some(Slip::SignTurned) => d_z *= -1.0,
            Some(Slip::HandedTwice) => d_z *= 2.0,
            Some(Slip::DecoderFirstAgain) => {
                adams.1.step(&mut decoder, &d_decoder);
                let made = decoder.forward(&z_q);
                d_z = decoder.backward(&made, mse_backward(last(&made), x)).0;
            }
            Some(Slip::TakenAtTheLatent) => {
                let made = decoder.forward(z_e);
                d_z = decoder.backward(&made, mse_backward(last(&made), x)).0;
            }
            Some(Slip::Rotated) => d_z = turned_back(z_e, &z_q, d_z),
            Some(Slip::PulledToTheCode) => d_z = mse_backward(z_e, &z_q),
            Some(Slip::PulledToo) => d_z += &mse_backward(z_e, &z_q),
            _ => {}
        }
        let (_, mut d_encoder) = encoder.backward(&coded, d_z);
        if let Some(before) = before.filter(|_| is(Slip::GradientsAdded)) {
            add(&mut d_encoder, &before.0);
            add(&mut d_decoder, &before.1);
        }
        if is(Slip::PlainSteps) {
            for (net, d) in
                [(&mut encoder, &d_encoder), (&mut decoder, &d_decoder)]
            {
                let each = net.parameters_mut().into_iter();
                for (mut p, d) in each.zip(d.parameters()) {
                    p.scaled_add(-config.lr, &d);
                }
            }
            d_encoder = Mlp { layers: vec![] };
            d_decoder = Mlp { layers: vec![] };
        }
        let code_loss = mse(&decoder_before.output(&z_q), x);
        let latent_loss = mse(&decoder_before.output(z_e), x);
        if is(Slip::NewAdams) {
            adams = (fresh(&encoder), fresh(&decoder));
        }
        adams.0.step(&mut encoder, &d_encoder);
        if is(Slip::EncoderFirst) {
            let z_e = encoder.output(x);
            let z_q = gather(&codebook, &found(&z_e, &codebook));
            let made = decoder.forward(&z_q);
            d_decoder =
                decoder.backward(&made, mse_backward(last(&made), x)).1;
        }
        let first = is(Slip::DecoderFirst) || is(Slip::DecoderFirstAgain);
        if !first && !is(Slip::DecoderStill) {
            adams.1.step(&mut decoder, &d_decoder);
        }
        if is(Slip::MeansAfterwards) {
            let z_e = encoder.output(x);
            next = moved(&z_e, &found(&z_e, &codebook));
        }
        if is(Slip::NewLatents) {
            next = moved(&encoder.output(x), &indices);
        }
        codebook = next;
        before = Some((d_encoder, d_decoder));
        losses.push(match slip {
            Some(Slip::TrainedOnLatents) => code_loss,
            Some(Slip::LossAtTheLatent) => latent_loss,
            Some(Slip::LossSummed) => loss * x.len() as f64,
            Some(Slip::LossAfterwards) => {
                let z_e = encoder.output(x);
                let z_q = gather(&codebook, &found(&z_e, &codebook));
                mse(&decoder.output(&z_q), x)
            }
            _ => loss,
        });
    }
    let codebook = codebook.into_iter().collect();
    [losses.into(), codebook, laid(&encoder), laid(&decoder)]
}

pub fn learn(candidate: Learns) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § An encoder that learns through a lookup, and equation 6.3";
    let trainings = trainings();
    let came: Vec<Learnt> = trainings
        .iter()
        .map(|t| {
            let (mut encoder, mut decoder) =
                (t.encoder.clone(), t.decoder.clone());
            let mut codebook = t.codebook.clone();
            let losses = candidate(
                &mut encoder,
                &mut codebook,
                &mut decoder,
                &t.batches,
                t.keep,
                t.config,
            );
            let codebook = codebook.into_iter().collect();
            [losses.into(), codebook, laid(&encoder), laid(&decoder)]
        })
        .collect();
    // A long training magnifies what is rounded otherwise.
    let near = |n: usize, a: &Learnt, b: &Learnt| {
        let tolerance =
            if trainings[n].batches.len() > 100 { 1e-6 } else { 1e-9 };
        let nothing = Diagnosis::new("", "", "");
        a.iter().zip(b).position(|(a, b)| {
            judge(a, b, tolerance, vec![], nothing.clone()).is_err()
        })
    };
    for (n, (training, came_here)) in trainings.iter().zip(&came).enumerate()
    {
        let right = learnt(training, None);
        let Some(part) = near(n, &right, came_here) else { continue };
        let agrees = |slip: Slip| {
            let each = trainings.iter().zip(&came).enumerate();
            each.take(4).all(|(n, (training, came))| {
                near(n, &learnt(training, Some(slip)), came).is_none()
            })
        };
        let ends = match (
            came_here[0].last(),
            right[0].last(),
            n == trainings.len() - 1,
        ) {
            (Some(yours), Some(ours), true) => format!(
                " The loss before the last step is {yours:.4}; it should be {ours:.4}."
            ),
            _ => String::new(),
        };
        let known = SLIPS.iter().find(|(slip, ..)| agrees(*slip));
        if let Some((_, name, what)) = known {
            let what = format!("{what}{ends}");
            let told = Diagnosis::new(name, what, SEE);
            let (right, came) = (&right[part], &came_here[part]);
            let known = vec![(came.clone(), told.clone())];
            return judge(right, came, TOLERANCE, known, told);
        }
        let steps = training.batches.len();
        if came_here[0].len() != steps {
            let what = "There is a loss for each batch, before its step. Their number is wrong.";
            let told = Diagnosis::new("number of losses", what, SEE);
            return Err(told.with(steps, came_here[0].len()));
        }
        let (rights, wrongs): (Vec<_>, Vec<_>) =
            (0..4).partition(|p| same(&right[*p], &came_here[*p]));
        let named = |parts: Vec<usize>| match parts.len() {
            0 => "nothing".to_string(),
            _ => parts
                .iter()
                .map(|p| LEARNT[*p])
                .collect::<Vec<_>>()
                .join(", "),
        };
        let what = format!(
            "Wrong {}: {}. Right: {}.{ends}",
            training.label,
            named(wrongs),
            named(rights)
        );
        let told = Diagnosis::new("value", what, SEE);
        return judge(
            &right[part],
            &came_here[part],
            TOLERANCE,
            vec![],
            told,
        );
    }
    Ok(())
}

/// Why the latent of exercise 6.8 pays what it pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// A cut gradient is a shorter step, and that changes nothing.
    AStepIsAStep,
    /// Equation 6.7 holds as long as the latent stays in bounds.
    TheMeanCodeIsTheAim,
    /// The worse code's gradient is cut, and with it the code's weight.
    TheWorseCodeSaysLess,
    /// After the cut both steps are equally long.
    BothEquallyOften,
    /// What is cut is the step that leads out of the worse cell.
    TheWayBackIsShorter,
}

/// Where the latent is in the second half of many steps: its mean loss, its mean code, the share of the worse one, and the mean of
/// the gradients by which it went. Gradients longer than `most` are cut.
fn hovering(lr: f64, most: f64) -> [f64; 4] {
    let codes = array![[-1.0], [1.0]];
    let cut = |d: Array2<f64>| d.mapv(|d| d.clamp(-most, most));
    let path =
        descend(array![[-0.9]], &codes, lr, 20_000, |z_q| cut(z_q + 0.2));
    let path = path.unwrap_or_else(|e| panic!("{e}"));
    let late = &path[path.len() / 2..];
    let mean = |of: &dyn Fn(f64) -> f64| {
        let each = late.iter().map(|(_, code)| of(code.z_q[[0, 0]]));
        each.sum::<f64>() / late.len() as f64
    };
    [
        mean(&|e| 0.5 * (e + 0.2).powi(2)),
        mean(&|e| e),
        mean(&|e| f64::from(e > 0.0)),
        mean(&|e| (e + 0.2).clamp(-most, most)),
    ]
}

pub fn clip(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § When it misleads, equation 6.7";
    let (loss, because) = candidate();
    let [uncut, _, worse_uncut, _] = hovering(0.02, f64::INFINITY);
    let [here, code, worse, mean] = hovering(0.02, 1.0);
    let [short, ..] = hovering(0.01, f64::INFINITY);
    let [half, _, worse_half, _] = hovering(0.02, 0.5);
    let right = (loss - here).abs() <= 0.005;
    let came = match right {
        true => format!("The number came: the mean loss is {here:.3}. "),
        false => format!("The mean loss is {here:.3}. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told
            .with(format!("{here:.4}"), format!("{loss:.4}, {because:?}")))
    };
    match because {
        Because::AStepIsAStep => told(
            "a step is a step",
            format!(
                "That is so if both steps get shorter alike: with steps of half the size and no cut it is {short:.3}, as before. But the \
                 gradients are -0.8 and 1.2, and of these the cut shortens one."
            ),
        ),
        Because::TheMeanCodeIsTheAim => told(
            "the mean code is the aim",
            format!(
                "It does stay in bounds. But the steps that equation 6.7 adds up are now those of cut gradients: the mean of these is \
                 {:.3}, and the mean code is {code:.3} where the aim is -0.200.",
                mean.abs()
            ),
        ),
        Because::TheWorseCodeSaysLess => told(
            "the worse code says less",
            format!(
                "It does say less, and what it says is 'away from here': its gradient leads back to the better cell. Of the steps, \
                 {:.0} % are at the worse code now, where {:.0} % were.",
                100.0 * worse,
                100.0 * worse_uncut
            ),
        ),
        Because::BothEquallyOften => told(
            "both equally often",
            format!(
                "So it is if both are cut: at a length of 0.5 the latent is at the worse code {:.0} % of the time, and pays {half:.2}. \
                 At a length of 1 the better code's gradient, -0.8, stays as it is; the share is {:.1} %.",
                100.0 * worse_half,
                100.0 * worse
            ),
        ),
        Because::TheWayBackIsShorter if !right => told(
            "a reason without its number",
            format!(
                "The reason is right. Its number: one way the latent goes 0.8 times the step size, the other way 1 times. If it stays, \
                 0.8 times the share of the better code is 1 times that of the worse one, so that the worse one has {worse:.3}. \
                 Without the cut it paid {uncut:.2}."
            ),
        ),
        Because::TheWayBackIsShorter => Ok(()),
    }
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NothingPassed => "nothing passed",
        Cause::SignTurned => "sign turned",
        Cause::LookupLeftOut => "lookup left out",
        Cause::TakenAtTheLatent => "taken at the latent",
        Cause::PulledToTheCode => "pulled to the code",
        Cause::TurnedForward => "turned forward",
        Cause::HotMixture => "hot mixture",
        Cause::LongSteps => "long steps",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NothingPassed => {
            "If the gradient ends at the lookup, the encoder never moves: both lengths stay what they were at the first step, to the \
             last digit."
        }
        Cause::SignTurned => {
            "If the sign is turned, the encoder makes the loss larger as fast as the decoder makes it smaller, and neither comes to rest."
        }
        Cause::LookupLeftOut => {
            "If the decoder is trained on latents, the loss on the batches falls below what eight codes can do, and the error through \
             the codes does not follow it."
        }
        Cause::TakenAtTheLatent => {
            "If the gradient is taken at the latent, it changes as the latent moves and ends where a latent is decoded well: latents \
             stay among the codes, and the error is low."
        }
        Cause::PulledToTheCode => {
            "If the encoder hears of its codes alone, its latents sink into them, and the error stays where the first cells left it."
        }
        Cause::TurnedForward => {
            "A gradient that is turned forward is still the decoder's, at a wrong angle and shorter far out: latents run away from \
             their codes, only more slowly."
        }
        Cause::HotMixture => {
            "If mixtures are decoded, the decoder learns to read places between codes, and latents go out until their mixtures are far \
             enough apart; through single codes the error is higher."
        }
        Cause::LongSteps => {
            "If the steps are too long, latents run away all the faster, and the error does not mind."
        }
    }
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 1000.0 => format!("{v:.0e}"),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Exercises and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 4])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS).lines));
        CAUSES.map(end).into()
    });
    let answer = candidate();
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 4])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(answer) {
        if right == came {
            continue;
        }
        let mut told: Vec<_> = SAID
            .iter()
            .zip(end(right).iter().zip(end(came)))
            .map(|((name, words), (here, there))| {
                (apart(name, *here, there), words, *here, there)
            })
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, here, there)| {
            format!(
                "{words} would be about {}; here it is {}",
                shortly(*there),
                shortly(*here)
            )
        });
        let what = format!(
            "Run {run} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}
