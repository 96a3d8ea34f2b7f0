//! The checks of this chapter's exercises.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use codebook_lookup::plain; // `causes` finds it here
use codebook_lookup::plain::{
    cluster_means as means_of, distortion, first_smallest, gather,
    kmeans_plus_plus, lloyd_step, squared_distance, usage,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{
    Array, Array0, Array1, Array2, ArrayView1, Axis, Dimension, arr0, array,
};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};
use rand_chacha::ChaCha8Rng;

#[path = "../../src/run/experiments/spoilt/causes.rs"]
#[allow(dead_code)]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, apart, late, run};

/// A mistake by its name, in words, and what an answer with this mistake gives.
struct Suspect<I, D>(&'static str, &'static str, Gives<I, D>);

type Gives<I, D> = Box<dyn Fn(&I) -> Array<f64, D>>;

/// Whether two arrays are the same, as far as a rounding error goes; what is no finite number equals what is none.
fn same<D: Dimension>(
    a: &Array<f64, D>,
    b: &Array<f64, D>,
    tolerance: f64,
) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || !(a.is_finite() || b.is_finite())
            || (a - b).abs() <= tolerance * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// Tries an answer on every input, the plainest first, and judges it where it first goes wrong. A mistake is named only if
/// an answer with it gives the same as this one on every input; of any other, `narrow` may say where it goes wrong.
fn tried<I, D: Dimension>(
    inputs: &[(&'static str, I)],
    tolerance: f64,
    candidate: impl Fn(&I) -> Array<f64, D>,
    right: impl Fn(&I) -> Array<f64, D>,
    suspects: Vec<Suspect<I, D>>,
    narrow: impl Fn(&I, &Array<f64, D>, &Array<f64, D>) -> String,
    (wrong, see): (&'static str, &'static str),
) -> Result<(), Diagnosis> {
    let caught = |of: &dyn Fn(&I) -> Array<f64, D>, input: &I| {
        catch_unwind(AssertUnwindSafe(|| of(input))).ok()
    };
    let mut came = vec![Some(candidate(&inputs[0].1))];
    came.extend(inputs[1..].iter().map(|(_, i)| caught(&candidate, i)));
    let agrees = |n: usize, of: &Option<Array<f64, D>>| match (&came[n], of) {
        (Some(came), Some(of)) => same(of, came, tolerance),
        (came, of) => came.is_none() && of.is_none(),
    };
    let expected: Vec<_> = inputs.iter().map(|(_, i)| right(i)).collect();
    let right_at = |n: &usize| agrees(*n, &Some(expected[*n].clone()));
    let Some(n) = (0..inputs.len()).find(|n| !right_at(n)) else {
        return Ok(());
    };
    let known = suspects.into_iter().find(|Suspect(_, _, gives)| {
        (0..inputs.len()).all(|n| agrees(n, &caught(gives, &inputs[n].1)))
    });
    let mut told = match known {
        Some(Suspect(name, what, _)) => Diagnosis::new(name, what, see),
        None if inputs[n].0.is_empty() => Diagnosis::new("value", wrong, see),
        None => {
            let what = format!("{wrong} It goes wrong {}.", inputs[n].0);
            Diagnosis::new("value", what, see)
        }
    };
    if let Some(factor) = one_factor(&expected, &came) {
        told.what += &format!(
            " On every input yours is {factor:.5} times what is right."
        );
    }
    let Some(came) = &came[n] else {
        told.what += " Here it stops with a panic, which stands above.";
        return Err(told);
    };
    if told.mistake == "value" && came.shape() == expected[n].shape() {
        told.what += &narrow(&inputs[n].1, &expected[n], came);
    }
    let known = told.mistake != "value" && !came.iter().any(|v| v.is_nan());
    let suspect = known.then(|| (came.clone(), told.clone()));
    judge(&expected[n], came, tolerance, suspect.into_iter().collect(), told)
}

/// The factor between numbers that came and right ones, if it is the same on all inputs and says something.
fn one_factor<D: Dimension>(
    right: &[Array<f64, D>],
    came: &[Option<Array<f64, D>>],
) -> Option<f64> {
    let lone = right.iter().all(|r| r.ndim() == 0);
    let pair = |(r, c): (&Array<f64, D>, &Option<Array<f64, D>>)| {
        Some((r.sum(), c.as_ref()?.sum()))
    };
    let pairs: Option<Vec<_>> = right.iter().zip(came).map(pair).collect();
    let ratios = pairs?.into_iter().filter(|p| p.0 != 0.0);
    let ratios: Vec<f64> = ratios.map(|(r, c)| c / r).collect();
    let factor = *ratios.first()?;
    let same = ratios.iter().all(|f| (f / factor - 1.0).abs() < 1e-9);
    (lone && same && ratios.len() > 1 && factor != 1.0).then_some(factor)
}

fn suspect<I, D>(
    name: &'static str,
    what: &'static str,
    gives: impl Fn(&I) -> Array<f64, D> + 'static,
) -> Suspect<I, D> {
    Suspect(name, what, Box::new(gives))
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(5, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

/// Latents and a codebook.
type Lookup = (Array2<f64>, Array2<f64>);

type Row<'a> = ArrayView1<'a, f64>;

fn square(z: Row, e: Row) -> f64 {
    (&z - &e).mapv(|v| v * v).sum()
}

fn numbers(indices: &[usize]) -> Array1<f64> {
    indices.iter().map(|&k| k as f64).collect()
}

/// For each latent, the code of which this is smallest, the first of equals.
fn least(of: fn(Row, Row) -> f64) -> impl Fn(&Lookup) -> Array1<f64> {
    move |(z, codebook)| {
        let index = |z| {
            let of_code = |e| of(z, e);
            first_smallest(codebook.map_axis(Axis(1), of_code).view()) as f64
        };
        z.rows().into_iter().map(index).collect()
    }
}

/// The same by squared distance, when a code replaces another if `better(new, old)`, and the first begins with `begun`.
fn running(
    begun: f64,
    better: fn(f64, f64) -> bool,
) -> impl Fn(&Lookup) -> Array1<f64> {
    move |(z, codebook)| {
        let index = |z| {
            let mut best = (begun, 0);
            for (k, e) in codebook.rows().into_iter().enumerate() {
                if better(square(z, e), best.0) {
                    best = (square(z, e), k);
                }
            }
            best.1 as f64
        };
        z.rows().into_iter().map(index).collect()
    }
}

/// The distances of a latent in turn, from which `pick` makes an index.
fn in_turn(pick: fn(&[f64]) -> usize) -> impl Fn(&Lookup) -> Array1<f64> {
    move |(z, codebook)| {
        let index = |z: Row| {
            let d = codebook.map_axis(Axis(1), |e| square(z, e));
            pick(&d.to_vec()) as f64
        };
        z.rows().into_iter().map(index).collect()
    }
}

/// Of the first latent that has the wrong code, how far both codes are.
fn two_codes(
    z: &Array2<f64>,
    e: &Array2<f64>,
    right: &Array1<f64>,
    came: &Array1<f64>,
) -> String {
    let first = (0..right.len()).find(|&n| right[n] != came[n]);
    first.map_or_else(String::new, |n| {
        let (to, yours) = (right[n] as usize, came[n] as usize);
        if yours >= e.nrows() {
            let k = e.nrows();
            return format!(" Latent {n} has code {yours}, and there are {k}.");
        }
        let far = |k| square(z.row(n), e.row(k));
        format!(
            " Latent {n} is {:.4} from code {yours}, which you say, and {:.4} from code {to}, both squared.",
            far(yours),
            far(to)
        )
    })
}

fn lookups() -> Vec<(&'static str, Lookup)> {
    let plain = (normal(12, 3, 0), normal(5, 3, 1));
    let whole = (
        array![[0.0, 0.0], [0.9, 0.1], [3.5, 2.0], [-1.0, -0.75], [1.0, 1.0]],
        array![
            [1.5, 0.0],
            [1.0, 1.0],
            [3.0, 2.0],
            [1.0, 1.0],
            [-1.0, -1.0],
            [1.375, 0.0],
            [-1.0, 1.0],
            [1.37499999, 0.0]
        ],
    );
    let wide = array![[-1000.0], [1000.0], [9e8], [-0.0], [-9e8]];
    let (far, codes) = (normal(9, 4, 2), normal(6, 4, 3));
    let dyadic = |x: Array2<f64>| x.mapv(|v| (v * 16.0).round() / 16.0 + 1e8);
    let lone = (normal(3, 2, 4), array![[5.0, -7.0]]);
    let nobody = (Array2::zeros((0, 3)), normal(5, 3, 1));
    vec![
        ("", plain),
        ("where codes are equal, or equally near, or the latent is 0", whole),
        (
            "where distances are large",
            (array![[3e8], [8e8], [-999.0], [-7e8]], wide),
        ),
        (
            "far from the origin, where ‖z‖² - 2 z·e + ‖e‖² has no digits left: subtract first, square then",
            (dyadic(far), dyadic(codes)),
        ),
        ("with a single code", lone),
        ("without any latent", nobody),
    ]
}

pub fn nearest(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    let came = |(z, e): &Lookup| numbers(&candidate(z, e));
    let expanded = |z: Row, e: Row| z.dot(&z) - 2.0 * z.dot(&e) + e.dot(&e);
    let suspects = vec![
        suspect(
            "last of equals",
            "Two codes are equally near, and the later one was taken. Replace the best so far only by something strictly \
             nearer.",
            running(f64::INFINITY, |new, old| new <= old),
        ),
        suspect(
            "farthest",
            "This is the farthest vector: an argmax of distances where the argmin belongs.",
            least(|z, e| -square(z, e)),
        ),
        suspect(
            "largest product",
            "This takes the largest dot product. It prefers long vectors: without ‖e‖² it is no distance.",
            least(|z, e| -z.dot(&e)),
        ),
        suspect(
            "largest cosine",
            "This takes the code of the same direction, however far away it is. Lengths count in a distance.",
            least(|z, e| {
                -z.dot(&e) / (z.dot(&z) * e.dot(&e)).sqrt().max(1e-300)
            }),
        ),
        suspect(
            "signed difference",
            "The differences were added up with their signs; square them first.",
            least(|z, e| (&z - &e).sum()),
        ),
        suspect(
            "squared too late",
            "The differences were added up and then squared, so that those of opposite signs cancel. Square each, then add.",
            least(|z, e| (&z - &e).sum().powi(2)),
        ),
        suspect(
            "sizes added",
            "The sizes of the differences were added up, not their squares. The two order codes differently: of 0, (1.5, 0) is \
             nearer than (1, 1) by sizes, and farther by squares.",
            least(|z, e| (&z - &e).mapv(f64::abs).sum()),
        ),
        suspect(
            "largest component",
            "Only the largest difference counts here. A distance adds the squares of all.",
            least(|z, e| (&z - &e).fold(0.0, |a, v| a.max(v.abs()))),
        ),
        suspect(
            "first component",
            "Only the first component is compared.",
            least(|z, e| (z[0] - e[0]).powi(2)),
        ),
        suspect(
            "last component forgotten",
            "The last component is left out.",
            least(|z, e| {
                let c = z.len() - 1;
                square(z.slice(ndarray::s![..c]), e.slice(ndarray::s![..c]))
            }),
        ),
        suspect(
            "never written down",
            "It is always the last code: the smallest so far is compared with, and never replaced by the new one.",
            in_turn(|d| d.len() - 1),
        ),
        suspect(
            "with the one before",
            "Each distance is compared with the one before it. Compare it with the smallest so far.",
            in_turn(|d| {
                let less = |k: &usize| d[*k] < d[*k - 1];
                (1..d.len()).rev().find(less).unwrap_or(0)
            }),
        ),
        suspect(
            "stopped early",
            "The search ends at the first code that is not nearer than the one before. Go through all of them.",
            in_turn(|d| {
                let more = |k: &usize| d[*k] >= d[*k - 1];
                (1..d.len()).find(more).unwrap_or(d.len()) - 1
            }),
        ),
        suspect(
            "plus",
            "This is the code of the smallest ‖z + e‖². Subtract.",
            least(|z, e| (&z + &e).mapv(|v| v * v).sum()),
        ),
        suspect(
            "lengths compared",
            "The lengths of the vectors are compared, not their places.",
            least(|z, e| (z.dot(&z).sqrt() - e.dot(&e).sqrt()).abs()),
        ),
        suspect(
            "begun at 0",
            "The smallest so far begins at 0, so nothing is ever smaller. Begin at infinity, or at the distance of the first \
             code.",
            running(0.0, |new, old| new < old),
        ),
        suspect(
            "begun too low",
            "Where distances are large, code 0 is always the answer, as if nothing were smaller than what the smallest so far begins \
             at. Begin at infinity, or at the distance of the first code, and compare distances as they are.",
            running(1e4, |new, old| new < old),
        ),
        suspect(
            "not begun again",
            "The smallest so far is kept from one latent to the next. Each latent begins anew, at infinity.",
            |(z, codebook): &Lookup| {
                let mut best = (f64::INFINITY, 0);
                let mut index = |z: Row| {
                    for (k, e) in codebook.rows().into_iter().enumerate() {
                        if square(z, e) < best.0 {
                            best = (square(z, e), k);
                        }
                    }
                    best.1 as f64
                };
                z.rows().into_iter().map(&mut index).collect()
            },
        ),
        suspect(
            "multiplied out",
            "Far from the origin ‖z‖² - 2 z·e + ‖e‖² subtracts large numbers that are nearly equal, and rounding decides. Subtract \
             first, square then: that is the definition.",
            least(expanded),
        ),
        suspect(
            "multiplied out",
            "Far from the origin ‖e‖² - 2 z·e subtracts large numbers that are nearly equal, and rounding decides. Subtract first, \
             square then: that is the definition.",
            least(|z, e| e.dot(&e) - 2.0 * z.dot(&e)),
        ),
        suspect(
            "counted from 1",
            "These count from 1. The first row of the codebook is row 0.",
            |i| least(square)(i) + 1.0,
        ),
        suspect(
            "a latent for each code",
            "This is the nearest latent of each code. An index is asked for each latent.",
            |(z, e): &Lookup| least(square)(&(e.clone(), z.clone())),
        ),
        suspect(
            "second code first",
            "The first code is never compared.",
            |(z, e): &Lookup| {
                let rest = e.slice(ndarray::s![1.., ..]).to_owned();
                least(square)(&(z.clone(), rest)) + 1.0
            },
        ),
    ];
    tried(
        &lookups(),
        1e-9,
        came,
        least(square),
        suspects,
        |(z, e), right, came| two_codes(z, e, right, came),
        (
            "Some index is wrong.",
            "chapter 5, § The nearest vector, equation 5.1",
        ),
    )
}

/// The distances of each pair by a formula.
fn pairs(of: fn(Row, Row) -> f64) -> impl Fn(&Lookup) -> Array2<f64> {
    move |(z, e)| {
        Array2::from_shape_fn((z.nrows(), e.nrows()), |(n, k)| {
            of(z.row(n), e.row(k))
        })
    }
}

/// Whether what is wrong belongs to the columns, to the rows, or to neither.
fn which_term(
    (z, e): &Lookup,
    right: &Array2<f64>,
    came: &Array2<f64>,
) -> String {
    let off = came - right;
    let even = |x: ArrayView1<f64>| {
        x.iter().all(|v| (v - x[0]).abs() < 1e-8 * v.abs().max(1.0))
    };
    let of_columns = off.columns().into_iter().all(even);
    let of_rows = off.rows().into_iter().all(even);
    let products = z.dot(&e.t());
    let factor = (&off * &products).sum() / (&products * &products).sum();
    if same(&(products * factor), &off, 1e-7) {
        let factor = factor - 2.0;
        return format!(
            " The mixed term z·e has a factor of {factor:.4} here; it is -2."
        );
    }
    match (of_columns, of_rows) {
        (true, true) => " It is off by one number throughout.",
        (true, false) => {
            " What is off is the same for all latents and differs from code to code: it is the term with ‖e‖²."
        }
        (false, true) => {
            " What is off is the same for all codes and differs from latent to latent: it is the term with ‖z‖²."
        }
        (false, false) => "",
    }
    .into()
}

fn norms(x: &Array2<f64>) -> Array1<f64> {
    x.map_axis(Axis(1), |row| row.dot(&row))
}

pub fn squared_distances(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let square_ = (
        array![[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]],
        array![[2.0, 0.0], [1.0, 1.0], [0.5, -1.0]],
    );
    let large = array![[1000.0, -1000.0, 0.0], [-999.5, 0.0, 1000.0]];
    let inputs = [
        ("", square_),
        (
            "with other numbers of latents, codes and components",
            (normal(4, 2, 0), normal(3, 2, 1)),
        ),
        (
            "with numbers near 1,000",
            (&large + 0.25, large.select(Axis(0), &[1, 0, 1])),
        ),
        ("with a single code", (normal(3, 2, 2), array![[0.0, -4.0]])),
        ("without any latent", (Array2::zeros((0, 2)), normal(3, 2, 3))),
    ];
    let suspects = vec![
        suspect(
            "codebook norm forgotten",
            "‖e‖² is missing. It differs from column to column, so the nearest may change, not only the numbers.",
            pairs(|z, e| z.dot(&z) - 2.0 * z.dot(&e)),
        ),
        suspect(
            "latent norm forgotten",
            "‖z‖² is missing. The nearest code is the same without it; the distance is not.",
            pairs(|z, e| e.dot(&e) - 2.0 * z.dot(&e)),
        ),
        suspect(
            "both norms forgotten",
            "This is the mixed term alone. Both squared lengths belong to it.",
            pairs(|z, e| -2.0 * z.dot(&e)),
        ),
        suspect(
            "two forgotten",
            "The product counts twice: -2 z·e.",
            pairs(|z, e| z.dot(&z) - z.dot(&e) + e.dot(&e)),
        ),
        suspect(
            "plus",
            "This is ‖z + e‖². The product is subtracted.",
            pairs(|z, e| z.dot(&z) + 2.0 * z.dot(&e) + e.dot(&e)),
        ),
        suspect(
            "norms subtracted",
            "‖e‖² was subtracted. Only the mixed term has a minus.",
            pairs(|z, e| z.dot(&z) - 2.0 * z.dot(&e) - e.dot(&e)),
        ),
        suspect(
            "axes swapped",
            "The norms were added along the wrong axes: ‖z‖² belongs to a row, ‖e‖² to a column. With N = K nothing complains.",
            |(z, e): &Lookup| {
                norms(z) - 2.0 * z.dot(&e.t()) + norms(e).insert_axis(Axis(1))
            },
        ),
        suspect(
            "transposed",
            "This is the transpose: a latent has a row, a code has a column.",
            |i| pairs(square)(i).reversed_axes(),
        ),
        suspect(
            "rooted",
            "These are distances; the squares were asked for. The nearest is the same, the loss and its gradient are not.",
            |i| pairs(square)(i).mapv(f64::sqrt),
        ),
        suspect(
            "lengths multiplied",
            "The lengths were multiplied in the mixed term, or subtracted from each other. It is the dot product of the vectors.",
            pairs(|z, e| (z.dot(&z).sqrt() - e.dot(&e).sqrt()).powi(2)),
        ),
        suspect(
            "squared twice",
            "These are the squares of what is right.",
            pairs(|z, e| square(z, e).powi(2)),
        ),
        suspect(
            "lengths not squared",
            "The lengths were added, not their squares.",
            pairs(|z, e| {
                z.dot(&z).sqrt() - 2.0 * z.dot(&e) + e.dot(&e).sqrt()
            }),
        ),
        suspect(
            "sizes added",
            "The sizes of the differences were added up, not their squares.",
            pairs(|z, e| (&z - &e).mapv(f64::abs).sum()),
        ),
        suspect(
            "all codes at once",
            "The squares of all codes were added up to one number. ‖e‖² is a sum along a row of the codebook, one for each code.",
            |(z, e): &Lookup| {
                let of_z = norms(z).insert_axis(Axis(1));
                of_z - 2.0 * z.dot(&e.t()) + norms(e).sum()
            },
        ),
        suspect(
            "squared too late",
            "The components of a code were added up and then squared. ‖e‖² is a sum of squares.",
            pairs(|z, e| z.dot(&z) - 2.0 * z.dot(&e) + e.sum().powi(2)),
        ),
        suspect(
            "squared too late",
            "The components of a vector were added up and then squared. A squared length is a sum of squares.",
            pairs(|z, e| z.sum().powi(2) - 2.0 * z.dot(&e) + e.sum().powi(2)),
        ),
        suspect(
            "a mean over components",
            "The squares were averaged over the components. A distance adds them.",
            pairs(|z, e| square(z, e) / z.len() as f64),
        ),
    ];
    tried(
        &inputs,
        1e-8,
        |(z, e)| candidate(z, e),
        pairs(square),
        suspects,
        which_term,
        (
            "Some distance is wrong.",
            "chapter 5, § All distances in one product, equation 5.2",
        ),
    )
}

/// Latents, a codebook, and the rows of a tile.
type Tiled = (Array2<f64>, Array2<f64>, usize);

/// Goes through the tiles and keeps, for each latent, what `keep(best, (tile, its rows, place in it), distance)` leaves.
fn walk(
    tiles: impl Fn(usize, usize) -> usize + 'static,
    keep: fn(&mut (f64, usize), (usize, usize, usize, usize), f64),
    of: fn(Row, Row) -> f64,
) -> impl Fn(&Tiled) -> Array1<f64> {
    move |(z, codebook, tile)| {
        let mut best = vec![(f64::INFINITY, 0); z.nrows()];
        let parts = codebook.axis_chunks_iter(Axis(0), *tile);
        let visited = tiles(codebook.nrows(), *tile);
        for (t, part) in parts.enumerate().take(visited) {
            for (best, z) in best.iter_mut().zip(z.rows()) {
                for (k, e) in part.rows().into_iter().enumerate() {
                    keep(best, (t, k, *tile, part.nrows()), of(z, e));
                }
            }
        }
        best.into_iter().map(|(_, k)| k as f64).collect()
    }
}

fn every(_: usize, _: usize) -> usize {
    usize::MAX
}

fn keeps(
    best: &mut (f64, usize),
    (t, k, tile, _): (usize, usize, usize, usize),
    d: f64,
) {
    if d < best.0 {
        *best = (d, t * tile + k);
    }
}

/// What the wrong indices have in common.
fn tile_wise(
    tile: usize,
    e: &Array2<f64>,
    right: &Array1<f64>,
    came: &Array1<f64>,
) -> String {
    let last = |k: f64| {
        (k as usize + 1).is_multiple_of(tile) || k as usize + 1 == e.nrows()
    };
    let wrong = right.iter().zip(came).filter(|(r, c)| r != c);
    let lasts = right.iter().zip(came).filter(|(r, _)| last(**r));
    let all_last = tile > 1
        && wrong.clone().all(|(r, _)| last(*r))
        && lasts.clone().all(|(r, c)| r != c);
    if wrong.clone().all(|(r, c)| c - r == tile as f64) {
        " All are one tile too far: tiles are counted from 0.".into()
    } else if all_last {
        " Wrong are those whose code is the last of its tile.".into()
    } else {
        String::new()
    }
}

/// Each tile gives its first smallest, and later tiles win ties.
fn later_tile_wins((z, codebook, tile): &Tiled) -> Array1<f64> {
    let index = |z: Row| {
        let mut best = (f64::INFINITY, 0);
        for (t, part) in codebook.axis_chunks_iter(Axis(0), *tile).enumerate()
        {
            let d = part.map_axis(Axis(1), |e| square(z, e));
            let k = first_smallest(d.view());
            if d[k] <= best.0 {
                best = (d[k], t * tile + k);
            }
        }
        best.1 as f64
    };
    z.rows().into_iter().map(index).collect()
}

/// Each tile gives its last smallest, and earlier tiles win ties.
fn later_in_a_tile_wins((z, codebook, tile): &Tiled) -> Array1<f64> {
    let index = |z: Row| {
        let mut best = (f64::INFINITY, 0);
        for (t, part) in codebook.axis_chunks_iter(Axis(0), *tile).enumerate()
        {
            let d = part.map_axis(Axis(1), |e| square(z, e));
            let later = |a: usize, b| if d[b] <= d[a] { b } else { a };
            let k = (1..d.len()).fold(0, later);
            if d[k] < best.0 {
                best = (d[k], t * tile + k);
            }
        }
        best.1 as f64
    };
    z.rows().into_iter().map(index).collect()
}

pub fn nearest_in_tiles(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    let codes = array![
        [0.0, 0.0],
        [1.0, 0.5],
        [0.0, 0.0],
        [3.0, -1.0],
        [4.0, 2.0],
        [1.0, 0.5],
        [9.0, 9.0]
    ];
    let z = array![
        [0.125, 0.0],
        [1.25, 0.5],
        [2.5, -1.0],
        [4.5, 1.5],
        [8.0, 9.0]
    ];
    let large =
        array![[1000.0, 0.0], [-1000.0, 3.0], [0.0, 0.0], [999.0, 0.0]];
    let inputs = [
        ("", (z.clone(), codes.clone(), 3)),
        ("with tiles of one code", (z.clone(), codes.clone(), 1)),
        (
            "with a tile larger than the codebook",
            (z.clone(), codes.clone(), 10),
        ),
        (
            "where the tiles divide the codebook",
            (normal(9, 3, 0), normal(6, 3, 1), 2),
        ),
        ("with random latents", (normal(11, 3, 2), normal(14, 3, 3), 4)),
        ("with numbers near 1,000", (&large * 0.75 + 0.25, large, 3)),
        ("without any latent", (Array2::zeros((0, 2)), codes, 3)),
    ];
    let right = walk(every, keeps, square);
    let suspects = vec![
        suspect(
            "place in the tile",
            "This is the place within a tile. Add where the tile begins: tile number times tile size.",
            walk(
                every,
                |best, (_, k, ..), d| {
                    if d < best.0 {
                        *best = (d, k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "tile number added",
            "The number of the tile was added to the place in it. The tile begins at its number times the tile size.",
            walk(
                every,
                |best, (t, k, ..), d| {
                    if d < best.0 {
                        *best = (d, t + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "place forgotten",
            "This is where the tile begins. Add the place of the code in it.",
            walk(
                every,
                |best, (t, _, tile, _), d| {
                    if d < best.0 {
                        *best = (d, t * tile);
                    }
                },
                square,
            ),
        ),
        suspect(
            "with the tile before",
            "The smallest distance of a tile is compared with that of the tile before. Compare it with the smallest so far.",
            |(z, codebook, tile): &Tiled| {
                let index = |z: Row| {
                    let (mut before, mut index) = (f64::INFINITY, 0);
                    for (t, part) in
                        codebook.axis_chunks_iter(Axis(0), *tile).enumerate()
                    {
                        let d = part.map_axis(Axis(1), |e| square(z, e));
                        let k = first_smallest(d.view());
                        if d[k] < before {
                            index = t * tile + k;
                        }
                        before = d[k];
                    }
                    index as f64
                };
                z.rows().into_iter().map(index).collect()
            },
        ),
        suspect(
            "product twice",
            "The score is ½ ‖e‖² - z·e. Here z·e counts twice, beside half of ‖e‖².",
            walk(every, keeps, |z, e| 0.5 * e.dot(&e) - 2.0 * z.dot(&e)),
        ),
        suspect(
            "length of this tile",
            "Where a tile begins was reckoned with its own number of rows. The last one is shorter; all before it have `tile` rows.",
            walk(
                every,
                |best, (t, k, _, rows), d| {
                    if d < best.0 {
                        *best = (d, t * rows + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "minimum forgotten",
            "The smallest distance so far does not last from tile to tile, so the last tile decides: it was thrown away at the start of \
             each tile, or never written down.",
            walk(
                every,
                |best, (t, k, tile, _), d| {
                    if k == 0 || d < best.0 {
                        *best = (d, t * tile + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "last of equals",
            "Two codes are the same vector; the lower index wins. Compare strictly.",
            walk(
                every,
                |best, (t, k, tile, _), d| {
                    if d <= best.0 {
                        *best = (d, t * tile + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "last tile of equals",
            "Two codes in two tiles are the same vector; the lower index wins. A later tile has to be strictly nearer.",
            later_tile_wins,
        ),
        suspect(
            "last of equals in a tile",
            "Two codes of one tile are the same vector; the lower index wins. `min_by` gives the first of equals, `max_by` the last.",
            later_in_a_tile_wins,
        ),
        suspect(
            "short tile dropped",
            "The last tile is shorter than the others, and it was not visited.",
            walk(|k, tile| k / tile, keeps, square),
        ),
        suspect(
            "halves of the first tile",
            "½ ‖e‖² was taken by the place in the tile, from the first tile. Each code has its own.",
            |(z, codebook, tile): &Tiled| {
                let half =
                    |k: usize| 0.5 * codebook.row(k).dot(&codebook.row(k));
                let index = |z: Row| {
                    let score =
                        |k: usize| half(k % tile) - z.dot(&codebook.row(k));
                    let all: Array1<f64> =
                        (0..codebook.nrows()).map(score).collect();
                    first_smallest(all.view()) as f64
                };
                z.rows().into_iter().map(index).collect()
            },
        ),
        suspect(
            "last of a tile skipped",
            "The last code of each tile is not looked at.",
            walk(
                every,
                |best, (t, k, tile, rows), d| {
                    if k + 1 < rows && d < best.0 {
                        *best = (d, t * tile + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "first of a tile skipped",
            "The first code of each tile is not looked at.",
            walk(
                every,
                |best, (t, k, tile, _), d| {
                    if k > 0 && d < best.0 {
                        *best = (d, t * tile + k);
                    }
                },
                square,
            ),
        ),
        suspect(
            "first tile alone",
            "Only the first tile was visited.",
            walk(|_, _| 1, keeps, square),
        ),
        suspect(
            "half forgotten",
            "The score is ½ ‖e‖² - z·e. Here ‖e‖² counts whole, or z·e once where it counts twice.",
            walk(every, keeps, |z, e| e.dot(&e) - z.dot(&e)),
        ),
        suspect(
            "codebook norm forgotten",
            "This takes the largest dot product. It prefers long vectors: ½ ‖e‖² belongs to the score.",
            walk(every, keeps, |z, e| -z.dot(&e)),
        ),
        suspect(
            "plus",
            "The score is ½ ‖e‖² minus z·e; here they are added.",
            walk(every, keeps, |z, e| 0.5 * e.dot(&e) + z.dot(&e)),
        ),
        suspect(
            "farthest",
            "This is the farthest vector: a running maximum where the minimum belongs.",
            walk(every, keeps, |z, e| -square(z, e)),
        ),
        suspect(
            "sizes added",
            "The sizes of the differences were added up, not their squares.",
            walk(every, keeps, |z, e| (&z - &e).mapv(f64::abs).sum()),
        ),
        suspect(
            "begun at 0",
            "The smallest so far begins at 0, so nothing is ever smaller. Begin at infinity.",
            |(z, ..): &Tiled| Array1::zeros(z.nrows()),
        ),
        suspect(
            "place times tile",
            "The place in the tile was multiplied by the tile size, and the number of the tile added. It is the other way round.",
            walk(
                every,
                |best, (t, k, tile, _), d| {
                    if d < best.0 {
                        *best = (d, k * tile + t);
                    }
                },
                square,
            ),
        ),
        suspect(
            "counted from 1",
            "These count from 1. The first row of the codebook is row 0.",
            |it| walk(every, keeps, square)(it) + 1.0,
        ),
        suspect(
            "one minimum for all",
            "All latents share one smallest distance, so that only what is nearer than all before counts. Keep one for each latent.",
            |(z, codebook, tile): &Tiled| {
                let (mut least, mut index) =
                    (f64::INFINITY, Array1::zeros(z.nrows()));
                for (t, part) in
                    codebook.axis_chunks_iter(Axis(0), *tile).enumerate()
                {
                    for (n, z) in z.rows().into_iter().enumerate() {
                        for (k, e) in part.rows().into_iter().enumerate() {
                            if square(z, e) < least {
                                least = square(z, e);
                                index[n] = (t * tile + k) as f64;
                            }
                        }
                    }
                }
                index
            },
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |(z, e, tile)| numbers(&candidate(z, e, *tile)),
        right,
        suspects,
        |(z, e, tile), right, came| {
            two_codes(z, e, right, came) + &tile_wise(*tile, e, right, came)
        },
        (
            "Some index is wrong.",
            "chapter 5, § Without storing the distances, equation 5.3",
        ),
    )
}

/// The gradient at the z_q, the codebook, indices and gains.
type Gained = (Array2<f64>, Array2<f64>, Vec<usize>, Array1<f64>);

/// A gradient at the codebook: for the n-th latent so many times its gradient is added.
fn collected(
    times: fn(&Gained, usize) -> f64,
) -> impl Fn(&Gained) -> Array2<f64> {
    move |it| {
        let (d, codebook, indices, _) = it;
        let mut sums = Array2::zeros(codebook.raw_dim());
        for (n, &k) in indices.iter().enumerate() {
            sums.row_mut(k).scaled_add(times(it, n), &d.row(n));
        }
        sums
    }
}

/// Which codes are wrong, if all are alike that so many latents chose.
fn by_choices(
    indices: &[usize],
    right: &Array2<f64>,
    came: &Array2<f64>,
) -> String {
    let counts = usage(indices, right.nrows());
    let wrong = |k: &usize| {
        let pairs = right.row(*k).into_iter().zip(came.row(*k));
        let near =
            |(r, c): (&f64, &f64)| (r - c).abs() <= 1e-9 * r.abs().max(1.0);
        !pairs.into_iter().all(near)
    };
    let kinds: [(fn(usize) -> bool, &str); 3] = [
        (|n| n == 0, "that no latent chose"),
        (|n| n == 1, "that one latent chose"),
        (|n| n > 1, "that several latents chose"),
    ];
    let (mut bad, mut good) = (Vec::new(), Vec::new());
    for (is, words) in kinds {
        let of: Vec<usize> =
            (0..counts.len()).filter(|k| is(counts[*k])).collect();
        if of.is_empty() {
            continue;
        }
        match of.iter().filter(|k| wrong(k)).count() {
            0 => good.push(words),
            n if n == of.len() => bad.push(words),
            _ => return String::new(),
        }
    }
    if good.is_empty() || bad.is_empty() {
        return String::new();
    }
    let (bad, good) = (bad.join(" and those "), good.join(" and those "));
    format!(" Wrong are the codes {bad}; right are those {good}.")
}

/// How often the code of the n-th latent was chosen by the others, those before, and those after it.
fn others((_, _, indices, _): &Gained, n: usize) -> [usize; 2] {
    let same = |m: &usize| indices[*m] == indices[n];
    [(0..n).filter(same).count(), (n + 1..indices.len()).filter(same).count()]
}

/// A gradient at the gains, each by a formula of the gradient at its z_q and its code.
fn for_each(of: fn(Row, Row, f64) -> f64) -> impl Fn(&Gained) -> Array1<f64> {
    move |(d, codebook, indices, gains)| {
        let at = |n: usize| of(d.row(n), codebook.row(indices[n]), gains[n]);
        (0..indices.len()).map(at).collect()
    }
}

type Gains = fn(
    &Array2<f64>,
    &Array2<f64>,
    &[usize],
    &Array1<f64>,
) -> (Array2<f64>, Array1<f64>);

pub fn gains_backward(candidate: Gains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § What stands for a latent, equation 5.5";
    let plain = (
        normal(6, 3, 0),
        normal(4, 3, 1),
        vec![2, 1, 2, 0, 2, 1],
        array![2.0, -1.0, 0.5, 3.0, 0.25, 1.5],
    );
    let zeros = (
        array![[1.0, 0.0], [0.0, -1000.0], [4.0, 1000.0], [0.0, 0.0]],
        array![
            [0.0, 0.0],
            [1000.0, 2.0],
            [0.0, -3.0],
            [1.0, 1.0],
            [7.0, 0.0]
        ],
        vec![1, 2, 1, 0],
        array![0.0, -2.0, 1000.0, 1.0],
    );
    let nobody = (
        Array2::zeros((0, 3)),
        normal(2, 3, 2),
        Vec::new(),
        Array1::zeros(0),
    );
    let inputs = [
        ("", plain),
        ("with zeros and numbers near 1,000", zeros),
        ("without any latent", nobody),
    ];
    let came = |(d, e, indices, g): &Gained| candidate(d, e, indices, g);
    let at_codes = vec![
        suspect(
            "overwritten",
            "A code that was handed out several times got the gradient of the last alone. Gradients of several uses add up. \
             (Assignment with repeated indices does this in NumPy too.)",
            collected(|it, n| match others(it, n) {
                [_, 0] => it.3[n],
                _ => 0.0,
            }),
        ),
        suspect(
            "first alone",
            "A code that was handed out several times got the gradient of the first alone. Gradients of several uses add up.",
            collected(|it, n| match others(it, n) {
                [0, _] => it.3[n],
                _ => 0.0,
            }),
        ),
        suspect(
            "averaged",
            "A code that was handed out several times got the mean of its gradients. The chain rule adds; a mean, if wanted, is the \
             loss's business.",
            collected(|it, n| {
                it.3[n] / (1 + others(it, n).iter().sum::<usize>()) as f64
            }),
        ),
        suspect(
            "gain forgotten",
            "The gain is missing at the codebook. What the receiver multiplies by g has a slope g times as large.",
            collected(|_, _| 1.0),
        ),
        suspect(
            "gain squared",
            "The gain counts twice at the codebook.",
            collected(|it, n| it.3[n] * it.3[n]),
        ),
        suspect(
            "divided by the gain",
            "The gradient was divided by the gain. The chain rule multiplies by the slope.",
            collected(|it, n| 1.0 / it.3[n]),
        ),
        suspect(
            "gain of another",
            "The gain was looked up by the code's index. There is one for each latent: n, not k, counts them.",
            collected(|it, n| it.3[it.2[n]]),
        ),
        suspect(
            "gain of the last",
            "The sum of a code was multiplied by the gain of the latent that chose it last. Each gradient has a gain of its own.",
            collected(|it, n| {
                let last = it.2.iter().rposition(|k| *k == it.2[n]);
                it.3[last.unwrap_or(n)]
            }),
        ),
        suspect(
            "divided by N",
            "The gradient at the codebook was divided by the number of latents. If the loss is a mean, d_z_q has that in it already.",
            collected(|it, n| it.3[n] / it.2.len() as f64),
        ),
        suspect(
            "divided by the gains",
            "The sum at a code was divided by the sum of its gains. Gradients are added, not averaged.",
            |it: &Gained| {
                let mut sums = collected(|it, n| it.3[n])(it);
                let mut all = Array1::<f64>::zeros(it.1.nrows());
                it.2.iter().zip(&it.3).for_each(|(&k, g)| all[k] += g);
                for (mut row, all) in sums.rows_mut().into_iter().zip(&all) {
                    if *all != 0.0 {
                        row /= *all;
                    }
                }
                sums
            },
        ),
        suspect(
            "code in its own slope",
            "The gradient at a code has the code in it: z_q was used where the gain belongs. The slope of g·e in e is g.",
            |(d, codebook, indices, g): &Gained| {
                let z_q =
                    gather(codebook, indices) * g.view().insert_axis(Axis(1));
                plain::gather_backward(&(d * &z_q), indices, codebook.nrows())
            },
        ),
        suspect(
            "begun at the codebook",
            "The sums began at the codebook. A gradient begins at 0.",
            |it: &Gained| collected(|it, n| it.3[n])(it) + &it.1,
        ),
        suspect(
            "a row for each latent",
            "The gradient at the codebook has a row for each code, [K, C]; this has one for each latent. Add up those of one code.",
            |it: &Gained| &it.0 * &it.3.view().insert_axis(Axis(1)),
        ),
        suspect(
            "code for gradient",
            "The code itself was added up, and not the gradient that comes back.",
            |it: &Gained| {
                let z_q = gather(&it.1, &it.2);
                let turned = (z_q, it.1.clone(), it.2.clone(), it.3.clone());
                collected(|it, n| it.3[n])(&turned)
            },
        ),
        suspect(
            "stopped",
            "Nothing arrives at the codebook. It is the choice of the index that has no derivative; the row that was handed out is as \
             differentiable as any copy.",
            collected(|_, _| 0.0),
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |it| came(it).0,
        collected(|it, n| it.3[n]),
        at_codes,
        |it, right, came| by_choices(&it.2, right, came),
        ("Some gradient at the codebook is wrong.", SEE),
    )?;
    let at_gains = vec![
        suspect(
            "code forgotten",
            "The gradient at a gain is a sum over the components, each times the code's number there; here that number is missing.",
            for_each(|d, _, _| d.sum()),
        ),
        suspect(
            "gain in its own slope",
            "The gradient at a gain has the gain in it: z_q was used where the code belongs. The slope of g·e in g is e.",
            for_each(|d, e, g| g * d.dot(&e)),
        ),
        suspect(
            "a mean over components",
            "The gradient at a gain was averaged over the components. One gain moves all of them: add up.",
            for_each(|d, e, _| d.dot(&e) / d.len() as f64),
        ),
        suspect(
            "code forgotten",
            "The gradient at a gain is a sum over the components, each times the code's number there; this is the mean of the gradient \
             alone.",
            for_each(|d, _, _| d.sum() / d.len() as f64),
        ),
        suspect(
            "divided by the gain",
            "The gradient at a gain was had from z_q by a division by the gain. Where a gain is 0 that is 0/0: take the code itself.",
            for_each(|d, e, g| g * d.dot(&e) / g),
        ),
        suspect(
            "gradient forgotten",
            "The gradient at a gain is that at z_q times the code; here the gradient at z_q is missing.",
            for_each(|_, e, _| e.sum()),
        ),
        suspect(
            "gradient squared",
            "The gradient at a gain was multiplied by itself, not by the code.",
            for_each(|d, _, _| d.dot(&d)),
        ),
        suspect(
            "gain and codebook swapped",
            "The gradient at a gain was multiplied by the gain, not by the code.",
            for_each(|d, _, g| g * d.sum()),
        ),
        suspect(
            "first component",
            "The gradient at a gain comes from the first component alone.",
            for_each(|d, e, _| d[0] * e[0]),
        ),
        suspect(
            "a gain for each code",
            "The gradients at the gains were added up by code. There is one gain for each latent, [N].",
            |it: &Gained| {
                let (d, codebook, indices, _) = it;
                let mut sums = Array1::zeros(codebook.nrows());
                for (n, &k) in indices.iter().enumerate() {
                    sums[k] += d.row(n).dot(&codebook.row(k));
                }
                sums
            },
        ),
        suspect(
            "nothing at the gains",
            "Nothing arrives at the gains.",
            for_each(|_, _, _| 0.0),
        ),
        suspect(
            "code by its sum",
            "The gradient at a gain was taken from the sum that came together at its code. Only the gradient at its own z_q belongs to it.",
            |it: &Gained| {
                let sums = collected(|it, n| it.3[n])(it);
                let at = |k: &usize| sums.row(*k).dot(&it.1.row(*k));
                it.2.iter().map(at).collect()
            },
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |it| came(it).1,
        for_each(|d, e, _| d.dot(&e)),
        at_gains,
        |_, _, _| String::new(),
        ("Some gradient at the gains is wrong.", SEE),
    )
}

/// Latents, their indices, and the codebook.
type Chosen = (Array2<f64>, Vec<usize>, Array2<f64>);

/// Of each code, what a formula makes of the sum of its latents, their number, and the code.
fn each_code(
    of: fn(&Chosen, &Array1<f64>, f64, Row) -> Array1<f64>,
) -> impl Fn(&Chosen) -> Array2<f64> {
    move |it| {
        let (z, indices, codebook) = it;
        let mut rows = codebook.clone();
        for (k, mut row) in rows.rows_mut().into_iter().enumerate() {
            let own: Vec<usize> =
                (0..z.nrows()).filter(|&n| indices[n] == k).collect();
            let sum = z.select(Axis(0), &own).sum_axis(Axis(0));
            row.assign(&of(it, &sum, own.len() as f64, codebook.row(k)));
        }
        rows
    }
}

/// If all vectors went the same part of their way, which.
fn part_of_the_way(
    (_, _, codebook): &Chosen,
    right: &Array2<f64>,
    came: &Array2<f64>,
) -> Option<String> {
    let (way, went) = (right - codebook, came - codebook);
    let part = (&way * &went).sum() / (&way * &way).sum();
    same(&(way * part), &went, 1e-8).then(|| {
        format!(" The vectors went {part:.3} of their way; Lloyd's step goes all of it.")
    })
}

fn or_stays(n: f64, mean: Array1<f64>, e: Row) -> Array1<f64> {
    if n > 0.0 { mean } else { e.to_owned() }
}

pub fn cluster_means(
    candidate: fn(&Array2<f64>, &[usize], &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let plain = (
        array![
            [1.0, 0.0, 4.0],
            [3.0, 2.0, -1.0],
            [5.0, 5.0, 0.5],
            [2.0, 4.0, 0.0],
            [-5.0, 1.0, 2.5]
        ],
        vec![0, 0, 2, 0, 2],
        array![
            [1.5, 1.0, 2.0],
            [-7.0, 8.0, 9.0],
            [4.0, 4.0, 4.0],
            [6.0, -6.0, 3.0]
        ],
    );
    let cancel = (
        array![[1000.0, -3.0], [-1000.0, 3.0], [0.0, 0.0], [1000.5, 2.0]],
        vec![4, 4, 0, 2],
        normal(6, 2, 0),
    );
    let nobody = (Array2::zeros((0, 3)), Vec::new(), normal(2, 3, 1));
    let inputs = [
        ("", plain),
        ("where a mean is 0, and where codes outnumber latents", cancel),
        ("without any latent", nobody),
    ];
    let walked = |step: fn(Row, Row, f64) -> Array1<f64>| {
        move |(z, indices, codebook): &Chosen| {
            let mut rows = codebook.clone();
            let mut seen = vec![0.0; codebook.nrows()];
            for (z, &k) in z.rows().into_iter().zip(indices) {
                seen[k] += 1.0;
                let next = step(rows.row(k), z, seen[k]);
                rows.row_mut(k).assign(&next);
            }
            rows
        }
    };
    let suspects = vec![
        suspect(
            "nothing over nothing",
            "Nobody chose some vector, and 0 / 0 is not a number. One such row spoils every distance of the next step; leave the \
             vector where it is.",
            each_code(|_, sum, n, _| sum / n),
        ),
        suspect(
            "empty to the origin",
            "Nobody chose some vector, and it was sent to the origin: a place it has no reason to be in.",
            each_code(|_, sum, n, _| sum / n.max(1.0)),
        ),
        suspect(
            "divided by all",
            "Each sum was divided by N. Divide by the number of latents that chose the vector.",
            each_code(|(z, ..), sum, n, e| {
                or_stays(n, sum / z.nrows() as f64, e)
            }),
        ),
        suspect(
            "divided by all",
            "Each sum was divided by N, those of the empty ones too. Divide by the number of latents that chose the vector, and leave \
             alone what nobody chose.",
            each_code(|(z, ..), sum, _, _| sum / z.nrows().max(1) as f64),
        ),
        suspect(
            "not divided",
            "These are sums. Divide by the number of latents that chose the vector.",
            each_code(|_, sum, n, e| or_stays(n, sum.clone(), e)),
        ),
        suspect(
            "not divided",
            "These are sums. Divide by the number of latents that chose the vector; leave alone what nobody chose.",
            each_code(|_, sum, _, _| sum.clone()),
        ),
        suspect(
            "old one counted",
            "The old vector was averaged with its latents. Lloyd's step forgets it; a step that remembers is chapter 7's moving average.",
            each_code(|_, sum, n, e| (sum + &e) / (n + 1.0)),
        ),
        suspect(
            "old one added",
            "The sums began at the old codebook and not at 0.",
            each_code(|_, sum, n, e| or_stays(n, (sum + &e) / n, e)),
        ),
        suspect(
            "one too many",
            "The count is one too large: it began at 1.",
            each_code(|_, sum, n, e| or_stays(n, sum / (n + 1.0), e)),
        ),
        suspect(
            "one too many",
            "The count is one too large, and a vector that nobody chose was sent to the origin. Where nobody chose it, leave it.",
            each_code(|_, sum, n, _| sum / (n + 1.0)),
        ),
        suspect(
            "half way",
            "The vector went half of the way to its mean. Lloyd's step goes all of it.",
            each_code(|_, sum, n, e| or_stays(n, (sum / n + e) / 2.0, e)),
        ),
        suspect(
            "divided by K",
            "Each sum was divided by the number of codes. Divide by the number of latents that chose the vector.",
            each_code(|(_, _, codebook), sum, n, e| {
                or_stays(n, sum / codebook.nrows() as f64, e)
            }),
        ),
        suspect(
            "a mean over components",
            "Each vector is one number over and over: the mean was taken over the components too. It is a mean for each component.",
            each_code(|_, sum, n, e| {
                let one = sum.sum() / (n * sum.len() as f64);
                or_stays(n, Array1::from_elem(sum.len(), one), e)
            }),
        ),
        suspect(
            "last alone",
            "A vector is the last latent that chose it: each overwrote the one before. Add up, then divide.",
            walked(|_, z, _| z.to_owned()),
        ),
        suspect(
            "first alone",
            "A vector is the first latent that chose it. Add up all of them, then divide.",
            walked(
                |old, z, n| {
                    if n > 1.0 { old.to_owned() } else { z.to_owned() }
                },
            ),
        ),
        suspect(
            "means of two",
            "Each latent was averaged with what was there, half and half, so that later ones weigh more. Add up, then divide once.",
            walked(|old, z, _| (&old + &z) / 2.0),
        ),
        suspect(
            "mean of all",
            "Each vector that was chosen went to the mean of all latents. It is the mean of those that chose it.",
            each_code(|(z, ..), _, n, e| {
                let mean = z.sum_axis(Axis(0)) / z.nrows() as f64;
                or_stays(n, mean, e)
            }),
        ),
        suspect(
            "old one added",
            "The mean was added to the old vector. It takes its place.",
            each_code(|_, sum, n, e| or_stays(n, sum / n + e, e)),
        ),
        suspect(
            "empty to the mean",
            "Nobody chose some vector, and it was sent to the mean of all latents. Leave it where it is.",
            each_code(|(z, ..), sum, n, _| match n {
                0.0 => z.sum_axis(Axis(0)) / z.nrows() as f64,
                n => sum / n,
            }),
        ),
        suspect(
            "empty by its sum",
            "A vector was left where it is because its latents add up to 0. That is a mean like any other; ask for the count.",
            each_code(|_, sum, n, e| match sum.iter().all(|v| *v == 0.0) {
                true => e.to_owned(),
                false => sum / n,
            }),
        ),
        suspect(
            "one too few",
            "The sums were divided by the count less 1. A mean divides by the count.",
            each_code(
                |_, sum, n, e| {
                    if n > 1.0 { sum / (n - 1.0) } else { e.to_owned() }
                },
            ),
        ),
        suspect(
            "one too few",
            "The sums were divided by the count less 1. A mean divides by the count.",
            each_code(|_, sum, n, e| match n {
                0.0 => e.to_owned(),
                n => sum / (n - 1.0).max(1.0),
            }),
        ),
        suspect(
            "lone ones stay",
            "A vector that a single latent chose has stayed where it was. Its mean is that latent.",
            each_code(
                |_, sum, n, e| {
                    if n > 1.0 { sum / n } else { e.to_owned() }
                },
            ),
        ),
        suspect(
            "nothing moved",
            "No vector has moved.",
            |(_, _, codebook): &Chosen| codebook.clone(),
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |(z, indices, e)| candidate(z, indices, e),
        each_code(|_, sum, n, e| or_stays(n, sum / n, e)),
        suspects,
        |it, right, came| match part_of_the_way(it, right, came) {
            Some(said) => said,
            None => by_choices(&it.1, right, came),
        },
        (
            "Some mean is wrong.",
            "chapter 5, § Learning a codebook, equation 5.7",
        ),
    )
}

/// Latents and the rows that are in the start.
type Started = (Array2<f64>, Vec<usize>);

/// Weights from the squared distances of a latent from those in the start, to add up to 1.
fn drawn(of: fn(&[f64]) -> f64) -> impl Fn(&Started) -> Array1<f64> {
    move |it| {
        let weights = weights(of)(it);
        &weights / weights.sum()
    }
}

/// The same, and 0 for what is in the start.
fn zeroed(of: fn(&[f64]) -> f64) -> impl Fn(&Started) -> Array1<f64> {
    move |it| {
        let mut weights = weights(of)(it);
        it.1.iter().for_each(|n| weights[*n] = 0.0);
        &weights / weights.sum()
    }
}

fn weights(of: fn(&[f64]) -> f64) -> impl Fn(&Started) -> Array1<f64> {
    move |(z, chosen)| {
        let weight = |z: Row, rows: &Array2<f64>| {
            let to = |&c: &usize| square(z, rows.row(c));
            of(&chosen.iter().map(to).collect::<Vec<_>>())
        };
        z.rows().into_iter().map(|row| weight(row, z)).collect()
    }
}

/// What probabilities and a start have to obey.
fn as_shares(chosen: &[usize], came: &Array1<f64>) -> String {
    let sum = came.sum();
    let again = chosen.iter().find(|n| came[**n] != 0.0);
    let mut said = String::new();
    if (sum - 1.0).abs() > 1e-9 {
        said += &format!(" They add up to {sum:.5}, not to 1.");
    }
    if let Some(n) = again {
        said += &format!(" Latent {n} is in the start, and could be drawn.");
    }
    said
}

fn smallest(d: &[f64]) -> f64 {
    d.iter().copied().fold(f64::INFINITY, f64::min)
}

fn largest(d: &[f64]) -> f64 {
    d.iter().copied().fold(0.0, f64::max)
}

pub fn next_start(
    candidate: fn(&Array2<f64>, &[usize]) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    let plain = (
        array![
            [0.0, 0.0],
            [1.0, 0.0],
            [4.0, 1.0],
            [6.0, 0.0],
            [10.0, -2.0],
            [1.0, 5.0]
        ],
        vec![3, 0],
    );
    let copies = array![[-1000.0], [1000.0], [0.0], [1000.0], [0.0], [999.0]];
    let inputs = [
        ("", plain.clone()),
        ("when a single latent is in the start", (plain.0, vec![1])),
        ("with copies, zeros and numbers near 1,000", (copies, vec![1, 2])),
        (
            "with many latents in the start",
            (normal(9, 3, 0), vec![4, 8, 1, 0, 6]),
        ),
    ];
    let suspects = vec![
        suspect(
            "not squared",
            "These are proportional to the distance. k-means++ draws by its square, which is what a latent adds to the distortion.",
            drawn(|d| smallest(d).sqrt()),
        ),
        suspect(
            "squared twice",
            "These are proportional to the fourth power of the distance: it was squared twice.",
            drawn(|d| smallest(d).powi(2)),
        ),
        suspect(
            "from the newest",
            "Only the distance from the last of the chosen was used. The nearest of them counts: even the latent that was chosen first \
             could be drawn again here.",
            drawn(|d| d[d.len() - 1]),
        ),
        suspect(
            "from the first",
            "Only the distance from the first of the chosen was used. The nearest of them counts.",
            drawn(|d| d[0]),
        ),
        suspect(
            "all added",
            "The distances from all the chosen were added up, or averaged. A latent is served by its nearest alone.",
            drawn(|d| d.iter().sum()),
        ),
        suspect(
            "from the farthest",
            "The largest distance was taken, from the farthest of the chosen. A latent is served by the nearest.",
            drawn(largest),
        ),
        suspect(
            "multiplied",
            "The distances from all the chosen were multiplied. A latent is served by its nearest alone.",
            drawn(|d| d.iter().product()),
        ),
        suspect(
            "always the farthest",
            "This always takes the farthest latent, which is where outliers are. k-means++ draws.",
            |it: &Started| {
                let d = weights(smallest)(it);
                let most = d.fold(0.0_f64, |a, v| a.max(*v));
                let at = d.iter().position(|v| *v == most);
                (0..d.len()).map(|n| f64::from(Some(n) == at)).collect()
            },
        ),
        suspect(
            "always the farthest",
            "This always takes the farthest latent, which is where outliers are. k-means++ draws.",
            |it: &Started| {
                let d = weights(smallest)(it);
                let most = d.fold(0.0_f64, |a, v| a.max(*v));
                let at = d.iter().rposition(|v| *v == most);
                (0..d.len()).map(|n| f64::from(Some(n) == at)).collect()
            },
        ),
        suspect(
            "from the newest",
            "Only the distance from the last of the chosen was used, and the others were set to 0. The nearest of the chosen counts.",
            zeroed(|d| d[d.len() - 1]),
        ),
        suspect(
            "all added",
            "The distances from all the chosen were added up, or averaged, and the chosen were set to 0. A latent is served by its \
             nearest alone.",
            zeroed(|d| d.iter().sum()),
        ),
        suspect(
            "from the farthest",
            "The largest distance was taken, from the farthest of the chosen. A latent is served by the nearest.",
            zeroed(largest),
        ),
        suspect(
            "the near preferred",
            "These grow as the distance falls: the near are preferred. The far are badly served, and are to be drawn more often.",
            zeroed(|d| 1.0 / smallest(d).max(1e-12)),
        ),
        suspect(
            "turned round",
            "These are 1 less the probabilities, to scale: what is to be drawn often is drawn rarely.",
            |it: &Started| {
                let rest = 1.0 - drawn(smallest)(it);
                &rest / rest.sum()
            },
        ),
        suspect(
            "all added, not squared",
            "The distances from all the chosen were added up, without their squares. A latent is served by its nearest alone.",
            zeroed(|d| d.iter().map(|d| d.sqrt()).sum()),
        ),
        suspect(
            "all added, not squared",
            "The distances from all the chosen were added up, without their squares. A latent is served by its nearest alone.",
            drawn(|d| d.iter().map(|d| d.sqrt()).sum()),
        ),
        suspect(
            "begun at 0",
            "The smallest distance begins at 0, so that it stays 0 for all, and 0 is divided by 0. Begin at infinity.",
            drawn(|_| 0.0),
        ),
        suspect(
            "from their middle",
            "The distance was taken from the mean of the chosen. It is that from the nearest of them.",
            |(z, chosen): &Started| {
                let rows = z.select(Axis(0), chosen);
                let middle = rows.sum_axis(Axis(0)) / chosen.len() as f64;
                let d = z.map_axis(Axis(1), |z| square(z, middle.view()));
                &d / d.sum()
            },
        ),
        suspect(
            "first component",
            "Only the first component is compared.",
            |(z, chosen): &Started| {
                let one = z.slice(ndarray::s![.., ..1]).to_owned();
                drawn(smallest)(&(one, chosen.clone()))
            },
        ),
        suspect(
            "added up on the way",
            "Each is the sum of all up to it, which is how one draws. The probabilities themselves are asked for.",
            |it: &Started| {
                let mut sum = 0.0;
                drawn(smallest)(it).mapv(|p| {
                    sum += p;
                    sum
                })
            },
        ),
        suspect(
            "lengths compared",
            "The lengths of the latents were compared, not their places.",
            |(z, chosen): &Started| {
                let n = norms(z);
                let off = |i: usize| {
                    let to = chosen.iter().map(|&c| (n[i] - n[c]).abs());
                    to.fold(f64::INFINITY, f64::min)
                };
                let d: Array1<f64> = (0..z.nrows()).map(off).collect();
                &d / d.sum()
            },
        ),
        suspect(
            "not divided",
            "These are the squared distances themselves. Probabilities add up to 1: divide by the sum.",
            weights(smallest),
        ),
        suspect(
            "divided by the largest",
            "These were divided by the largest. Probabilities add up to 1: divide by the sum.",
            |it: &Started| {
                let d = weights(smallest)(it);
                let most = d.fold(0.0_f64, |a, v| a.max(*v));
                d / most
            },
        ),
        suspect(
            "divided by N",
            "These were divided by the number of latents. Probabilities add up to 1: divide by the sum.",
            |it: &Started| weights(smallest)(it) / it.0.nrows() as f64,
        ),
        suspect(
            "sizes added",
            "The sizes of the differences were added up, not their squares.",
            |(z, chosen): &Started| {
                let to = |z: Row, c: Row| (&z - &c).mapv(f64::abs).sum();
                let near = |row| {
                    let d = chosen.iter().map(|&c| to(row, z.row(c)));
                    d.fold(f64::INFINITY, f64::min)
                };
                let d: Array1<f64> = z.rows().into_iter().map(near).collect();
                &d / d.sum()
            },
        ),
        suspect(
            "all alike",
            "All that are not in the start got the same probability. It grows with the squared distance.",
            |(z, chosen): &Started| {
                let left = |n| f64::from(!chosen.contains(&n));
                let d: Array1<f64> = (0..z.nrows()).map(left).collect();
                &d / d.sum()
            },
        ),
        suspect(
            "a softmax",
            "These went through a softmax. The probability is proportional to the squared distance itself.",
            |it: &Started| {
                let d = weights(smallest)(it);
                let most = d.fold(0.0_f64, |a, v| a.max(*v));
                let d = d.mapv(|d| (d - most).exp());
                &d / d.sum()
            },
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |(z, chosen)| candidate(z, chosen),
        drawn(smallest),
        suspects,
        |it, _, came| as_shares(&it.1, came),
        (
            "Some probability is wrong.",
            "chapter 5, § Learning a codebook, equation 5.8",
        ),
    )
}

/// How often each code comes, how often it came in other images, and the codes of an image.
type Coded = (Array1<usize>, Array1<usize>, usize);

fn shares(counts: &Array1<usize>) -> Array1<f64> {
    counts.mapv(|n| n as f64) / counts.sum() as f64
}

/// The lengths of words, in bits.
fn words(seen: &Array1<usize>) -> Array1<f64> {
    shares(seen).mapv(|q| -q.log2())
}

/// A sum of shares times lengths, in which nothing times infinity is nothing.
fn weighed(shares: &Array1<f64>, lengths: &Array1<f64>) -> f64 {
    let terms = shares.iter().zip(lengths);
    terms.filter(|(p, _)| **p != 0.0).map(|(p, l)| p * l).sum()
}

/// The right numbers on the way.
fn in_words((counts, seen, _): &Coded) -> String {
    format!(
        " Here the words have {:.3} bits, and are written with the shares {:.3}.",
        words(&(seen + 1)),
        shares(counts)
    )
}

/// The bits of an image by a formula for those of a code.
fn priced(
    of: fn(&Array1<usize>, &Array1<usize>) -> f64,
) -> impl Fn(&Coded) -> Array0<f64> {
    move |(counts, seen, codes)| arr0(*codes as f64 * of(counts, seen))
}

pub fn coded_bits(
    candidate: fn(&Array1<usize>, &Array1<usize>, usize) -> f64,
) -> Result<(), Diagnosis> {
    let plain = (array![8, 4, 2, 1, 1], array![6, 1, 0, 3, 9], 49);
    let inputs = [
        ("", plain),
        (
            "where a code is never used",
            (array![14, 1, 1, 0], array![2, 5, 3, 40], 7),
        ),
        (
            "where the coder has seen nothing",
            (array![3, 0, 9], array![0, 0, 0], 10),
        ),
        ("with a single code", (array![5], array![1000], 3)),
        (
            "with large counts",
            (array![1_000_000, 0, 1], array![0, 999_999, 3], 2),
        ),
    ];
    let suspects = vec![
        suspect(
            "in nats",
            "This is in nats. The size of a file is in bits: divide by ln 2.",
            priced(|counts, seen| {
                weighed(&shares(counts), &words(&(seen + 1))) * 2_f64.ln()
            }),
        ),
        suspect(
            "one code",
            "This is the cost of one code; an image has many.",
            |(counts, seen, _): &Coded| {
                arr0(weighed(&shares(counts), &words(&(seen + 1))))
            },
        ),
        suspect(
            "its own frequencies",
            "This is the entropy of `counts`: what a coder would need that knew these frequencies. This one has to guess them from \
             `seen`, and its words have the lengths that suit those.",
            priced(|counts, _| weighed(&shares(counts), &words(counts))),
        ),
        suspect(
            "as it believes",
            "This is the entropy of what the coder believes. How often a word is written is said by `counts`.",
            priced(|_, seen| {
                weighed(&shares(&(seen + 1)), &words(&(seen + 1)))
            }),
        ),
        suspect(
            "roles swapped",
            "`counts` and `seen` are swapped: the coder believes `seen`, and writes what `counts` says.",
            priced(|counts, seen| {
                weighed(&shares(seen), &words(&(counts + 1)))
            }),
        ),
        suspect(
            "no word for the unseen",
            "The one is missing that is added to each count of `seen`: a code that was never seen has no word, or an infinite one.",
            priced(|counts, seen| weighed(&shares(counts), &words(seen))),
        ),
        suspect(
            "one added without its share",
            "The one was added to each count of `seen`, and not to their sum: the shares do not add up to 1.",
            priced(|counts, seen| {
                let sum = seen.sum() as f64;
                let words = seen.mapv(|n| -((n + 1) as f64 / sum).log2());
                weighed(&shares(counts), &words)
            }),
        ),
        suspect(
            "one added once",
            "The sum of `seen` grew by one. Each of the K counts has one more, so the sum has K more.",
            priced(|counts, seen| {
                let sum = (seen.sum() + 1) as f64;
                let words = seen.mapv(|n| -((n + 1) as f64 / sum).log2());
                weighed(&shares(counts), &words)
            }),
        ),
        suspect(
            "one added to both",
            "One was added to the counts of these images too. They say what was written, and nothing is guessed of them.",
            priced(|counts, seen| {
                weighed(&shares(&(counts + 1)), &words(&(seen + 1)))
            }),
        ),
        suspect(
            "one for the unseen alone",
            "Only the counts that were 0 became 1. One is added to each.",
            priced(|counts, seen| {
                let seen = seen.mapv(|n| n.max(1));
                weighed(&shares(counts), &words(&seen))
            }),
        ),
        suspect(
            "it knows these images",
            "The counts of these images were added to those that the coder has seen. It has not seen them.",
            priced(|counts, seen| {
                weighed(&shares(counts), &words(&(counts + seen + 1)))
            }),
        ),
        suspect(
            "one added to the shares",
            "One was added to the shares of `seen`. It is added to the counts, and then they are divided.",
            priced(|counts, seen| {
                let words = shares(seen).mapv(|q| -(q + 1.0).log2());
                weighed(&shares(counts), &words)
            }),
        ),
        suspect(
            "the wrong number of codes",
            "The bits of a code were multiplied by how many codes were counted. An image has `codes` of them.",
            |(counts, seen, _): &Coded| {
                let bits = weighed(&shares(counts), &words(&(seen + 1)));
                arr0(bits * counts.sum() as f64)
            },
        ),
        suspect(
            "a mean over codes",
            "The terms were averaged over the codebook. They are added up; that the shares add up to 1 makes it a mean.",
            priced(|counts, seen| {
                weighed(&shares(counts), &words(&(seen + 1)))
                    / seen.len() as f64
            }),
        ),
        suspect(
            "weighed twice",
            "A word was weighed by the coder's share and by the real one. It is written as often as `counts` says.",
            priced(|counts, seen| {
                let q = shares(&(seen + 1));
                weighed(&shares(counts), &(&q * &words(&(seen + 1))))
            }),
        ),
        suspect(
            "K for the codes",
            "The bits of a code were multiplied by the size of the codebook. An image has `codes` of them.",
            |(counts, seen, _): &Coded| {
                let bits = weighed(&shares(counts), &words(&(seen + 1)));
                arr0(bits * counts.len() as f64)
            },
        ),
        suspect(
            "counts under the logarithm",
            "The logarithm was taken of counts. A word has the length of its share: divide by the sum first.",
            priced(|counts, seen| {
                let words = seen.mapv(|n| -((n + 1) as f64).log2());
                weighed(&shares(counts), &words)
            }),
        ),
        suspect(
            "rounded up",
            "The price of the image was rounded up to whole bits. Nothing is rounded here: it is a mean over images.",
            |i: &Coded| {
                let of = priced(|counts, seen| {
                    weighed(&shares(counts), &words(&(seen + 1)))
                });
                of(i).mapv(f64::ceil)
            },
        ),
        suspect(
            "no logarithm",
            "The shares were multiplied with each other. A word of share q has -log2 q bits.",
            priced(|counts, seen| shares(counts).dot(&shares(&(seen + 1)))),
        ),
        suspect(
            "in decimal digits",
            "This is a logarithm to the base 10. A bit is one to the base 2.",
            priced(|counts, seen| {
                let bits = weighed(&shares(counts), &words(&(seen + 1)));
                bits * 2_f64.log10()
            }),
        ),
        suspect(
            "counts for shares",
            "The lengths were multiplied by the counts. The mean length weighs them by the shares: divide by the sum of `counts`.",
            priced(|counts, seen| {
                counts.mapv(|n| n as f64).dot(&words(&(seen + 1)))
            }),
        ),
        suspect(
            "a plain mean",
            "The lengths were averaged as if each code came equally often.",
            priced(|_, seen| words(&(seen + 1)).sum() / seen.len() as f64),
        ),
        suspect(
            "rounded up",
            "The words were rounded up to whole bits. A coder that sees many codes at once need not.",
            priced(|counts, seen| {
                let words = words(&(seen + 1)).mapv(f64::ceil);
                weighed(&shares(counts), &words)
            }),
        ),
        suspect(
            "rounded up",
            "The mean was rounded up to whole bits. A coder that sees many codes at once need not.",
            priced(|counts, seen| {
                weighed(&shares(counts), &words(&(seen + 1))).ceil()
            }),
        ),
        suspect(
            "all alike",
            "This is log2 K for every code, the cost when no use is made of how often each occurs.",
            priced(|counts, _| (counts.len() as f64).log2()),
        ),
        suspect(
            "the surplus alone",
            "This is what the guess costs beyond the entropy. The entropy has to be paid too.",
            priced(|counts, seen| {
                let p = shares(counts);
                weighed(&p, &words(&(seen + 1))) - weighed(&p, &words(counts))
            }),
        ),
    ];
    tried(
        &inputs,
        1e-9,
        |(counts, seen, codes)| arr0(candidate(counts, seen, *codes)),
        priced(|counts, seen| weighed(&shares(counts), &words(&(seen + 1)))),
        suspects,
        |it, _, _| in_words(it),
        (
            "The number of bits is wrong.",
            "chapter 5, § Digits in few patches, equations 5.9 and 5.10",
        ),
    )
}

/// Draws a codebook of so many codes for some latents.
type Start = fn(&Array2<f64>, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// What an answer to exercise 5.8 is given.
#[derive(Clone)]
struct Training {
    said: &'static str,
    z: Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    seed: u64,
}

impl Training {
    fn rng(&self) -> ChaCha8Rng {
        rng_at(self.seed, 58)
    }
}

fn plus_plus(z: &Array2<f64>, k: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    kmeans_plus_plus(z, k, rng).unwrap_or_else(|e| panic!("{e}"))
}

/// Anywhere in a box that is wider than the latents.
fn in_a_box(z: &Array2<f64>, k: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let wide = Uniform::new(-9.0, 9.0).unwrap_or_else(|e| panic!("{e}"));
    Array2::random_using((k, z.ncols()), wide, rng)
}

/// Points around some places, more of them around later places.
fn clouds(places: &Array2<f64>, sigma: f64, stream: u64) -> Array2<f64> {
    let many = |k: usize| vec![k; 8 + 7 * k];
    let rows: Vec<usize> = (0..places.nrows()).flat_map(many).collect();
    let z = places.select(Axis(0), &rows);
    &z + &(normal(rows.len(), places.ncols(), stream) * sigma)
}

fn trainings() -> [Training; 5] {
    let plane = array![
        [0.0, 0.0],
        [2.0, 0.5],
        [-2.0, 1.0],
        [0.5, 2.5],
        [-1.0, -2.0],
        [2.5, -2.0]
    ];
    let space = array![
        [0.0, 0.0, 1.0],
        [2.0, -2.0, 0.0],
        [-2.0, 1.0, -1.0],
        [1.0, 2.0, 2.0],
        [-1.0, -1.0, 2.5]
    ];
    [
        Training {
            said: "six clouds in the plane, starts from k-means++",
            z: clouds(&plane, 1.2, 0),
            k: 9,
            restarts: 6,
            start: plus_plus,
            seed: 1,
        },
        Training {
            said: "five clouds in space, starts from a box that is much wider",
            z: clouds(&space, 0.8, 1),
            k: 8,
            restarts: 5,
            start: in_a_box,
            seed: 5,
        },
        Training {
            said: "five clouds in space, starts from a box, other draws",
            z: clouds(&space, 0.8, 1),
            k: 8,
            restarts: 5,
            start: in_a_box,
            seed: 1,
        },
        Training {
            said: "one restart and one code",
            z: clouds(&plane, 0.6, 2),
            k: 1,
            restarts: 1,
            start: in_a_box,
            seed: 3,
        },
        Training {
            said: "seven latents in three places, and five codes",
            z: plane.select(Axis(0), &[1, 1, 2, 1, 3, 3, 2]),
            k: 5,
            restarts: 2,
            start: plus_plus,
            seed: 4,
        },
    ]
}

/// What an answer to exercise 5.8 can do wrong in a step.
#[derive(Clone, Copy, PartialEq)]
enum Slip {
    EmptyStays,
    AllOnOne,
    ByTheNewMeans,
    FromTheCode,
    NearestLatent,
    BestServed,
    FromTheMiddle,
    OnlyAtFirst,
    ToTheOrigin,
}

const SLIPS: [(Slip, &str, &str); 9] = [
    (
        Slip::EmptyStays,
        "empty codes stay",
        "A code that no latent chose stayed where it began, for good. It goes to the latent that lies farthest from its code.",
    ),
    (
        Slip::AllOnOne,
        "all on one",
        "Codes that no latent chose all went to the same latent. Once a latent is taken, the next code gets the second farthest.",
    ),
    (
        Slip::ByTheNewMeans,
        "by the new means",
        "The farthest latent was sought after the codes had moved. Measure from the codes of this lookup.",
    ),
    (
        Slip::FromTheCode,
        "far from the empty code",
        "A code that no latent chose went to the latent farthest from itself. What counts is how far a latent is from the code that \
         stands for it.",
    ),
    (
        Slip::NearestLatent,
        "near to the empty code",
        "A code that no latent chose went to the latent that is nearest to it, and that one may be served well. Take the one that \
         lies farthest from its own code.",
    ),
    (
        Slip::BestServed,
        "the best served",
        "A code that no latent chose went to the latent that lies nearest to its own code, and needs none. Take the farthest: \
         `first_smallest` of the distances, each with a minus.",
    ),
    (
        Slip::FromTheMiddle,
        "far from the middle",
        "A code that no latent chose went to the latent farthest from the middle of all. That one may have a code close by: what \
         counts is how far it is from its own.",
    ),
    (
        Slip::OnlyAtFirst,
        "only at first",
        "Codes that no latent chose got a new place in the first step alone. A code can lose its latents later, too.",
    ),
    (
        Slip::ToTheOrigin,
        "empty to the origin",
        "A code that no latent chose went to the origin. Take the latent that lies farthest from its code.",
    ),
];

/// One restart: the distortion of its start, the codebook at its end, and the distortion of that.
struct Restart {
    begun: f64,
    codebook: Array2<f64>,
    error: f64,
}

/// All restarts of a training, with a slip or without; each ends after 300 steps, whether or not it rests.
fn restarts(training: &Training, slip: Option<Slip>) -> Vec<Restart> {
    let Training { z, k, restarts, start, .. } = training;
    let rng = &mut training.rng();
    let one = |_| {
        let mut codebook = start(z, *k, rng);
        let begun = error_of(z, &codebook);
        for step in 0..300 {
            let slip = match slip {
                Some(Slip::OnlyAtFirst) if step == 0 => None,
                Some(Slip::OnlyAtFirst) => Some(Slip::EmptyStays),
                slip => slip,
            };
            let next = stepped(z, &codebook, slip);
            if next == codebook {
                break;
            }
            codebook = next;
        }
        let error = error_of(z, &codebook);
        Restart { begun, codebook, error }
    };
    (0..*restarts).map(one).collect()
}

fn looked_up(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    plain::nearest(z, codebook).unwrap_or_else(|e| panic!("{e}"))
}

fn error_of(z: &Array2<f64>, codebook: &Array2<f64>) -> f64 {
    distortion(z, &gather(codebook, &looked_up(z, codebook)))
}

fn stepped(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    slip: Option<Slip>,
) -> Array2<f64> {
    let is = |one: Slip| slip == Some(one);
    let indices = looked_up(z, codebook);
    let mut next = means_of(z, &indices, codebook);
    let from = if is(Slip::ByTheNewMeans) { &next } else { codebook };
    let far = |n: usize| squared_distance(z.row(n), from.row(indices[n]));
    let mut far: Array1<f64> = (0..z.nrows()).map(far).collect();
    if is(Slip::FromTheMiddle) {
        let middle = z.sum_axis(Axis(0)) / z.nrows() as f64;
        far = z.map_axis(Axis(1), |z| squared_distance(z, middle.view()));
    }
    let used = usage(&indices, codebook.nrows());
    let from_itself = |k: usize| {
        z.map_axis(Axis(1), |z| squared_distance(z, codebook.row(k)))
    };
    for k in (0..codebook.nrows()).filter(|k| used[*k] == 0) {
        let by = match slip {
            Some(Slip::FromTheCode) => -from_itself(k),
            Some(Slip::NearestLatent) => from_itself(k),
            Some(Slip::BestServed) => far.clone(),
            _ => -&far,
        };
        let taken = first_smallest(by.view());
        if is(Slip::ToTheOrigin) {
            next.row_mut(k).fill(0.0);
        } else if far[taken] > 0.0 && !is(Slip::EmptyStays) {
            next.row_mut(k).assign(&z.row(taken));
            if !is(Slip::AllOnOne) {
                far[taken] = 0.0;
            }
        }
    }
    next
}

fn lowest(restarts: &[Restart]) -> usize {
    let errors: Array1<f64> = restarts.iter().map(|r| r.error).collect();
    first_smallest(errors.view())
}

/// A codebook whose rows are in order, so that codebooks can be compared whose codes are numbered otherwise.
fn in_order(codebook: &Array2<f64>) -> Array2<f64> {
    let mut rows: Vec<usize> = (0..codebook.nrows()).collect();
    let (a, c) = (codebook, codebook.ncols());
    rows.sort_by(|&i, &j| {
        let each = (0..c).map(|n| a[[i, n]].total_cmp(&a[[j, n]]));
        each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    codebook.select(Axis(0), &rows)
}

fn same_codes(a: &Array2<f64>, b: &Array2<f64>) -> bool {
    a.shape() == b.shape() && same(&in_order(a), &in_order(b), 1e-7)
}

/// What a function gives, if it comes to an end in twenty seconds.
fn in_time<T: Send + 'static>(
    of: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, receive) = channel();
    let thread = thread::spawn(move || {
        let _ = send.send(of());
    });
    match receive.recv_timeout(Duration::from_secs(20)) {
        Ok(came) => Some(came),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(raised) => resume_unwind(raised),
            Ok(()) => None,
        },
    }
}

type Learns = fn(
    &Array2<f64>,
    usize,
    usize,
    Start,
    &mut ChaCha8Rng,
) -> (Array2<f64>, f64);

pub fn k_means(candidate: Learns) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 5, § Learning a codebook, equations 5.6 to 5.8";
    let mut seen = Vec::new();
    for training in trainings() {
        let it = training.clone();
        let came = in_time(move || {
            let Training { z, k, restarts, start, .. } = &it;
            let rng = &mut it.rng();
            let came = candidate(z, *k, *restarts, *start, rng);
            (came, rng.random::<u64>())
        });
        let Some((came, next)) = came else {
            let what = format!(
                "It has not come to an end in twenty seconds: {}. A step that changes nothing is the last; and a latent that lies \
                 on its code is not taken for another.",
                training.said
            );
            return Err(Diagnosis::new("never ends", what, SEE));
        };
        seen.push((training, came, next));
    }
    // Where codes outnumber places, copies may lie anywhere.
    let (copies, (codebook, error), _) = seen.pop().expect("five trainings");
    for (training, (codebook, error), _) in &seen {
        let right = restarts(training, None);
        let best = &right[lowest(&right)];
        if !same_codes(&best.codebook, codebook) {
            return Err(no_codebook(&seen, training, codebook, &right));
        }
        let told = |name, what: &str| Diagnosis::new(name, what, SEE);
        let n = training.z.nrows() as f64;
        judge_number(
            best.error,
            *error,
            1e-9,
            vec![
                (
                    best.error * n,
                    told(
                        "a sum for the mean",
                        "The codebook is right. Its distortion is a mean over the latents; this is the sum.",
                    ),
                ),
                (
                    best.error / training.z.ncols() as f64,
                    told(
                        "a mean over components",
                        "The codebook is right. Its distortion adds the components' squares; this is their mean.",
                    ),
                ),
                (
                    best.error.sqrt(),
                    told(
                        "rooted",
                        "The codebook is right. Its distortion is a mean of squares; this is the root of it.",
                    ),
                ),
                (
                    best.begun,
                    told(
                        "of the start",
                        "The codebook is right. This is the distortion of the start that it came from.",
                    ),
                ),
                (
                    right[right.len() - 1].error,
                    told(
                        "of the last",
                        "The codebook is right. This is the distortion of the last restart.",
                    ),
                ),
            ],
            told("value", "The codebook is right, its distortion is not."),
        )?;
    }
    let (k, c) = (copies.k, copies.z.ncols());
    let fits = codebook.dim() == (k, c)
        && codebook.iter().all(|v| v.is_finite())
        && error == 0.0
        && error_of(&copies.z, &codebook) == 0.0;
    if fits {
        return Ok(());
    }
    let what = format!(
        "It goes wrong where codes outnumber places: {}. Each place gets a code, and the distortion is 0.",
        copies.said
    );
    Err(Diagnosis::new("codes outnumber places", what, SEE)
        .with(0, format!("{error}, from\n{codebook:.3}")))
}

type Seen = (Training, (Array2<f64>, f64), u64);

/// What to say of a codebook that is not the right one.
fn no_codebook(
    seen: &[Seen],
    training: &Training,
    codebook: &Array2<f64>,
    right: &[Restart],
) -> Diagnosis {
    const SEE: &str =
        "chapter 5, § Learning a codebook, equations 5.6 to 5.8";
    let Training { said, z, k, .. } = training;
    let best = &right[lowest(right)];
    let told = |name, what: String| {
        Diagnosis::new(name, what, SEE).with(
            format!("{:.4}", in_order(&best.codebook)),
            format!("{:.4}", in_order(codebook)),
        )
    };
    if codebook.dim() != (*k, z.ncols()) {
        let shape = Diagnosis::new(
            "wrong shape",
            "The codebook's shape is wrong.",
            SEE,
        );
        return shape.with(
            format!("{:?}", [*k, z.ncols()]),
            format!("{:?}", codebook.shape()),
        );
    }
    if codebook.iter().any(|v| !v.is_finite()) {
        return told(
            "no number",
            format!(
                "There are numbers in the codebook that are none: {said}."
            ),
        );
    }
    if codebook.iter().all(|v| *v == 0.0) {
        return told(
            "nothing kept",
            "All numbers are 0: no restart was kept. The lowest distortion so far begins at infinity.".into(),
        );
    }
    let here = error_of(z, codebook);
    let ends = format!(
        " ({said}: yours ends at a distortion of {here:.5}, the right one at {:.5}.)",
        best.error
    );
    let everywhere = |of: &dyn Fn(&[Restart]) -> usize, slip| {
        seen.iter().all(|(training, (codebook, _), _)| {
            let all = restarts(training, slip);
            same_codes(&all[of(&all)].codebook, codebook)
        })
    };
    for (slip, name, what) in SLIPS {
        if everywhere(&lowest, Some(slip)) {
            return told(name, format!("{what}{ends}"));
        }
    }
    let by = |of: fn(&Restart) -> f64| {
        move |all: &[Restart]| {
            let all: Array1<f64> = all.iter().map(of).collect();
            first_smallest(all.view())
        }
    };
    let picks: [(&'static str, &str, &dyn Fn(&[Restart]) -> usize); 5] = [
        (
            "the last",
            "This is what the last restart ends with. Keep the best so far, and replace it only by one of lower distortion.",
            &|all| all.len() - 1,
        ),
        (
            "the first",
            "This is what the first restart ends with. Either the others were not tried, or they all began with the same draws: the \
             generator goes on from restart to restart.",
            &|_| 0,
        ),
        (
            "starts compared",
            "The start of the lowest distortion was taken. Which one ends lowest is known when all have ended.",
            &by(|r| r.begun),
        ),
        (
            "one too few",
            "The last restart was not tried, or could not win: it ends lower.",
            &|all| lowest(&all[..(all.len() - 1).max(1)]),
        ),
        (
            "the highest",
            "This is the restart with the highest distortion.",
            &by(|r| -r.error),
        ),
    ];
    for (name, what, of) in picks {
        if everywhere(of, None) {
            return told(name, format!("{what}{ends}"));
        }
    }
    let sum = right.iter().map(|r| &r.codebook);
    let mean = sum.fold(Array2::zeros(codebook.raw_dim()), |a, e| a + e);
    if same(&(mean / right.len() as f64), codebook, 1e-7) {
        return told(
            "averaged",
            format!(
                "The ends were averaged. Code 3 of one restart has nothing to do with code 3 of another: take the best codebook as a \
                 whole.{ends}"
            ),
        );
    }
    let step = stepped(z, codebook, None);
    let way = (&step - codebook).fold(0.0_f64, |a, v| a.max(v.abs()));
    if way > 1e-6 {
        let used = usage(&looked_up(z, codebook), *k);
        let empty = used.iter().filter(|n| **n == 0).count();
        let empty = match empty {
            0 => String::new(),
            n => format!(" and no latent chooses {n} of them"),
        };
        return told(
            "not at rest",
            format!(
                "This codebook is not done: another step moves a number of it by {way:.1e}{empty}. Go on until a step changes \
                 nothing.{ends}"
            ),
        );
    }
    if let Some(n) =
        right.iter().position(|r| same_codes(&r.codebook, codebook))
    {
        return told(
            "another restart",
            format!(
                "It comes to rest where restart {} of {} does, and restart {} ends lower. Either the best was not kept, or the steps to it \
                 were others.{ends}",
                n + 1,
                right.len(),
                lowest(right) + 1
            ),
        );
    }
    let drawn = seen.iter().find(|(t, ..)| t.said == *said);
    let mut rng = training.rng();
    for _ in 0..training.restarts {
        let _ = (training.start)(z, *k, &mut rng);
    }
    if drawn.is_some_and(|(.., next)| *next != rng.random::<u64>()) {
        return told(
            "other draws",
            format!(
                "The codebook is at rest, and it is none that these starts lead to: your function has drawn more random numbers, or \
                 fewer. Only `start` draws, once for each restart.{ends}"
            ),
        );
    }
    told(
        "value",
        format!(
            "The codebook is at rest, and it is none that these starts lead to.{ends}"
        ),
    )
}

/// Why so much of the distortion of exercise 5.9 is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// A cell is half as wide.
    HalfAsWide,
    /// The codes share the error among them.
    TheyShareIt,
    /// The width of a cell is a root of its volume.
    TheSideIsARoot,
    /// One component is cut twice as finely.
    OneComponentIsCut,
    /// More codes are stuck.
    TheyAreStuck,
}

/// Latents of so many components, each even between 0 and 1.
fn even(c: usize) -> Array2<f64> {
    let unit = Uniform::new(0.0, 1.0).unwrap_or_else(|e| panic!("{e}"));
    Array2::random_using((4000, c), unit, &mut rng_at(5, 9))
}

/// The distortions of so many codes for these latents, from several starts.
fn learnt(z: &Array2<f64>, k: usize, starts: usize) -> Vec<f64> {
    let rng = &mut rng_at(5, k as u64);
    let one = |_| {
        let mut codebook = plus_plus(z, k, rng);
        for _ in 0..60 {
            let step = lloyd_step(z, &codebook);
            codebook = step.unwrap_or_else(|e| panic!("{e}")).0;
        }
        error_of(z, &codebook)
    };
    (0..starts).map(one).collect()
}

fn best_of(errors: &[f64]) -> f64 {
    errors.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The share that twice 16 codes leave, in so many components.
fn left(c: usize) -> f64 {
    let z = even(c);
    best_of(&learnt(&z, 32, 4)) / best_of(&learnt(&z, 16, 4))
}

/// The share that 32 codes on a lattice leave which has two steps in three components and four in one.
fn on_a_lattice() -> f64 {
    let z = even(4);
    let place = |n: usize, steps: usize| (n as f64 + 0.5) / steps as f64;
    let lattice = |k: usize| {
        Array2::from_shape_fn((k, 4), |(n, axis)| match axis {
            0 => place(n / 8, k / 8),
            axis => place(n >> (axis - 1) & 1, 2),
        })
    };
    error_of(&z, &lattice(32)) / error_of(&z, &lattice(16))
}

pub fn doubled(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § Digits in few patches";
    static HERE: LazyLock<f64> = LazyLock::new(|| left(4));
    let (share, because) = candidate();
    let here = *HERE;
    let right = (share - here).abs() <= 0.04;
    let came = match right {
        true => "The number came: the share that is left is",
        false => "The share that is left is",
    };
    let told = |name, what: String| {
        let what = format!("{came} {here:.2}. {what}");
        Err(Diagnosis::new(name, what, SEE)
            .with(format!("{here:.2}"), format!("{share:.2}, {because:?}")))
    };
    match because {
        Because::HalfAsWide => told(
            "half as wide",
            format!(
                "In one component a cell is half as wide, and {:.2} is left there. In four, cells half as wide in each would be sixteen \
                 times as many.",
                left(1)
            ),
        ),
        Because::TheyShareIt => told(
            "they share it",
            format!(
                "Each code has half as many latents; but why should each of these be half as far from it, squared? It is so in the plane, \
                 where {:.2} is left. In one component it is {:.2}.",
                left(2),
                left(1)
            ),
        ),
        Because::OneComponentIsCut => told(
            "one component is cut",
            format!(
                "That would leave {:.2}: three components as before, and a quarter of one. Codes need not lie on a lattice, and k-means \
                 finds a place for them where all four gain.",
                on_a_lattice()
            ),
        ),
        Because::TheyAreStuck => {
            let errors = learnt(&even(4), 32, 12);
            let most = errors.iter().copied().fold(0.0, f64::max);
            told(
                "they are stuck",
                format!(
                    "Of 12 starts the best ends at {:.4} and the worst at {most:.4}: hardly anything depends on the start. These latents \
                     have no clusters in which a code could be stuck.",
                    best_of(&errors)
                ),
            )
        }
        Because::TheSideIsARoot if !right => told(
            "a reason without its number",
            "The reason is right. Its number: half the volume is a width of the fourth root of ½, and the error goes with the square of \
             the width."
                .into(),
        ),
        Because::TheSideIsARoot => Ok(()),
    }
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::OneCluster => "one cluster",
        Cause::FarStart => "far start",
        Cause::DotProduct => "dot product",
        Cause::DividedByAll => "divided by all",
        Cause::OneLatent => "one latent",
        Cause::ScaledCopy => "scaled copy",
        Cause::LargeOffset => "large offset",
        Cause::UnitLength => "unit length",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::OneCluster => {
            "From a start in one cluster all codes stay in use, and most of them share that cluster, while one has to serve several others; \
             after a few steps nothing moves."
        }
        Cause::FarStart => {
            "From a start far out the few codes that are nearest to the latents serve them all. The others stay where they began, and most \
             of these lie outside the picture."
        }
        Cause::DotProduct => {
            "By the largest dot product the long codes win: what lies in the middle is chosen by no latent, and stays at its place, and a \
             code may lie between the clusters that it serves."
        }
        Cause::DividedByAll => {
            "Divided by N, each code is drawn to the middle by the share of the latents that chose it, until all lie there, close together."
        }
        Cause::OneLatent => {
            "With one latent a step, a code jumps onto a latent and stays there until it is chosen again: in the right cluster, beside its \
             middle, and never at rest."
        }
        Cause::ScaledCopy => {
            "Learnt from a scaled copy, the codes come to rest as if all were well; but they lie on a grid of another width than the \
             latents do, off by more the farther out."
        }
        Cause::LargeOffset => {
            "Far off the origin the product errs in f32 by as much as clusters are apart: latents are given to a code of the neighbours, \
             the means move, and at the next step others are given away."
        }
        Cause::UnitLength => {
            "Brought to length 1, all codes lie on a circle, and the latents inside and outside have none nearby."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § What goes wrong and § Exercises";
    /// Run once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 4])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&run(Some(cause), 1).lines));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 4])
    };
    let runs = ["A", "B", "C", "D"];
    for ((letter, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
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
            "Run {letter} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        0.0 => "0".into(),
        _ => format!("{v:.0e}"),
    }
}
