//! The checks of this chapter's exercises.

use std::cmp::Ordering;
use std::sync::LazyLock;

use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, Parameters, init_layer, mse,
    mse_backward,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, Axis, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rayon::prelude::*;
use vq_vae::plain::{half, half_backward};
use vq_vae::rate::{Prices, Rate, cheapest as cheapest_codes};
use vq_vae::{coding, plain, rate as price}; // `causes` finds them here

#[path = "../../src/run/experiments/logged/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

/// Numbers that differ from one another, with a zero and two that are large.
fn numbers(rows: usize, columns: usize) -> Array2<f64> {
    let mut x = Array2::from_shape_fn((rows, columns), |(n, c)| {
        1.0 + n as f64 + 0.01 * (n * n) as f64 - 37.0 * c as f64
    });
    if rows > 2 {
        (x[[0, 0]], x[[1, 0]], x[[2, 0]]) = (0.0, 1000.0, -1000.0);
    }
    x
}

/// The rows around each place of grids of `side` × `side`, and what `edge` says beyond their edge.
fn around(
    (n, side): (usize, usize),
    edge: impl Fn(isize, isize) -> Option<isize>,
) -> Vec<[Option<usize>; 9]> {
    let end = side as isize;
    let row = |n: usize| {
        std::array::from_fn(|tap| {
            let line = (n / side % side + tap / 3) as isize - 1;
            let column = (n % side + tap % 3) as isize - 1;
            let (line, column) = (edge(line, end)?, edge(column, end)?);
            let grid = n / (side * side) * side * side;
            Some(grid + (end * line + column) as usize)
        })
    };
    (0..n).map(row).collect()
}

fn zeros(v: isize, end: isize) -> Option<isize> {
    (0..end).contains(&v).then_some(v)
}

fn wrapped(v: isize, end: isize) -> Option<isize> {
    Some(v.rem_euclid(end))
}

fn repeated(v: isize, end: isize) -> Option<isize> {
    Some(v.clamp(0, end - 1))
}

/// The same by row numbers alone: from a line's end into the next line, and into another grid.
fn flat((n, side): (usize, usize)) -> Vec<[Option<usize>; 9]> {
    let row = |row: usize| {
        std::array::from_fn(|tap| {
            let m = row + tap / 3 * side + tap % 3;
            m.checked_sub(side + 1).filter(|m| *m < n)
        })
    };
    (0..n).map(row).collect()
}

/// The same with the left and right edges right, and none between one grid and the next.
fn stacked((n, side): (usize, usize)) -> Vec<[Option<usize>; 9]> {
    let row = |row: usize| {
        std::array::from_fn(|tap| {
            let column = (row % side + tap % 3) as isize - 1;
            zeros(column, side as isize)?;
            let m = row + tap / 3 * side + tap % 3;
            m.checked_sub(side + 1).filter(|m| *m < n)
        })
    };
    (0..n).map(row).collect()
}

/// Without the four corners.
fn cross(around: &[[Option<usize>; 9]]) -> Vec<[Option<usize>; 9]> {
    let row = |taps: &[Option<usize>; 9]| {
        std::array::from_fn(|tap| match tap {
            0 | 2 | 6 | 8 => None,
            tap => taps[tap],
        })
    };
    around.iter().map(row).collect()
}

/// Rows of nine copies, in the place that `order` gives tap and channel.
fn laid_out(
    x: &Array2<f64>,
    around: &[[Option<usize>; 9]],
    order: impl Fn(usize, usize) -> usize,
) -> Array2<f64> {
    let (n, channels) = x.dim();
    let mut columns = Array2::zeros((n, 9 * channels));
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            for c in 0..channels {
                columns[[n, order(tap, c)]] = m.map_or(0.0, |m| x[[m, c]]);
            }
        }
    }
    columns
}

/// The transpose of `laid_out`: what all copies say, added up.
fn collected(
    d: &Array2<f64>,
    around: &[[Option<usize>; 9]],
    order: impl Fn(usize, usize) -> usize,
) -> Array2<f64> {
    let (n, channels) = (d.nrows(), d.ncols() / 9);
    let mut sums = Array2::zeros((n, channels));
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            let Some(m) = *m else { continue };
            for c in 0..channels {
                sums[[m, c]] += d[[n, order(tap, c)]];
            }
        }
    }
    sums
}

/// A part of an input, by name: the part alone, and what is right for it.
type Part = (String, Array2<f64>, Array2<f64>);

/// Which parts of a sum are wrong when each comes alone, if not all are.
fn alone(
    parts: Vec<Part>,
    candidate: &dyn Fn(&Array2<f64>) -> Array2<f64>,
) -> String {
    let many = parts.len();
    let told = |(name, d, right): Part| {
        let came = candidate(&d);
        let near = |times: f64| {
            let pairs = came.iter().zip(&right);
            came.shape() == right.shape() && { pairs }
                .all(|(a, b)| (a - times * b).abs() < 1e-9)
        };
        let what = match [1.0, 0.0, 2.0, 0.5, -1.0].map(near) {
            [true, ..] => return None,
            [_, true, ..] => "is not heard",
            [_, _, true, ..] => "counts twice",
            [_, _, _, true, _] => "counts half",
            [.., true] => "has the wrong sign",
            _ => "is wrong",
        };
        Some(format!("{name} {what}"))
    };
    let wrong: Vec<String> = parts.into_iter().filter_map(told).collect();
    match wrong.len() {
        0 => String::new(),
        n if n == many => String::new(),
        _ => format!(" Alone, {}; the others are right.", wrong.join(", ")),
    }
}

/// Without all columns but some.
fn only(d: &Array2<f64>, keep: impl Fn(usize) -> bool) -> Array2<f64> {
    let mut d = d.clone();
    for (n, mut column) in d.columns_mut().into_iter().enumerate() {
        if !keep(n) {
            column.fill(0.0);
        }
    }
    d
}

/// Rows, side, channels: two grids, one of another side, places without neighbours, and no grid at all.
const GRIDS: [(usize, usize, usize); 4] =
    [(18, 3, 3), (16, 4, 1), (4, 1, 3), (0, 3, 2)];

/// In which directions columns are wrong, if not in all, and if they are so beyond the edge alone.
fn directions(
    right: &Array2<f64>,
    came: &Array2<f64>,
    around: &[[Option<usize>; 9]],
) -> String {
    let channels = right.ncols() / 9;
    let differs = |((n, t), v): ((usize, usize), &f64)| {
        (right[[n, t]] != *v).then_some((n, t / channels))
    };
    let wrong: Vec<_> = came.indexed_iter().filter_map(differs).collect();
    if wrong.iter().all(|(n, tap)| around[*n][*tap].is_none()) {
        return " Inside the grid they are right; beyond its edge, where zeros stand, they are not.".into();
    }
    let taps: Vec<String> = (0..9)
        .filter(|tap| wrong.iter().any(|(_, t)| t == tap))
        .map(|tap| tap.to_string())
        .collect();
    match taps.len() {
        0 | 9 => String::new(),
        _ => format!(
            " They are right in all directions but {}, counted from 0, line by line.",
            taps.join(", ")
        ),
    }
}

pub fn im2col(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    for (n, side, channels) in GRIDS {
        let x = numbers(n, channels);
        let usual = |tap: usize, c: usize| channels * tap + c;
        let grids = (n, side);
        let inside = around(grids, zeros);
        let by = |around: &[[Option<usize>; 9]]| laid_out(&x, around, usual);
        let ordered = |order: &dyn Fn(usize, usize) -> usize| {
            laid_out(&x, &inside, order)
        };
        let together = inside.iter().map(|taps| {
            let mut there = taps.iter().filter(|m| m.is_some());
            std::array::from_fn(|_| there.next().copied().flatten())
        });
        let squeezed = by(&together.collect::<Vec<_>>());
        let crossed = cross(&inside);
        let of_first = (0..n).map(|n| inside[n % (side * side)]);
        let of_first: Vec<_> = of_first.collect();
        let (right, came) = (by(&inside), candidate(&x, side));
        let mut wrong = if right.shape() == came.shape() {
            directions(&right, &came, &inside)
        } else {
            String::new()
        };
        if n > 0 && wrong.is_empty() {
            let each = (0..channels).map(|c| {
                let x = only(&x, |t| t == c);
                let right = laid_out(&x, &inside, usual);
                (format!("channel {c}"), x, right)
            });
            let of = |x: &Array2<f64>| candidate(x, side);
            wrong = at_edges(&right, &came, &inside).into();
            wrong.push_str(moved(&right, &came));
            if wrong.is_empty() {
                wrong = alone(each.collect(), &of);
            }
        }
        judge(
            &right,
            &came,
            1e-12,
            vec![
                (
                    by(&around(grids, wrapped)),
                    told(
                        "around the edge",
                        "What leaves the grid on one side comes back on the other. Zeros stand beyond the edge.",
                    ),
                ),
                (
                    by(&around(grids, repeated)),
                    told(
                        "edge repeated",
                        "Beyond the edge the last line and the last column are repeated. Zeros stand there.",
                    ),
                ),
                (
                    ordered(&|tap, c| 9 * c + tap),
                    told(
                        "channels outside",
                        "The nine values of one channel lie together. All channels of one place do, so that they can be \
                         copied in one piece; the weights are in the same order.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual(8 - tap, c)),
                    told(
                        "upside down",
                        "The neighbours come in the opposite order: the last is the one up and to the left. That is what \
                         the gradient needs, not the forward pass.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual(tap % 3 * 3 + tap / 3, c)),
                    told(
                        "column by column",
                        "The neighbours come column by column. Line by line, the second is the one above, and the fourth the one to \
                         the left.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual(tap, channels - 1 - c)),
                    told(
                        "channels backwards",
                        "The channels of each place come in the opposite order.",
                    ),
                ),
                (
                    by(&flat(grids)),
                    told(
                        "across the edge",
                        "A step to the left of the first column led to the end of the line above, or into another image. \
                         Line and column have to be looked at one by one.",
                    ),
                ),
                (
                    by(&stacked(grids)),
                    told(
                        "into the next image",
                        "Left and right edges are right. Below the last line of a grid the next image begins, and its first line was \
                         taken for a neighbour; each grid has an edge of its own.",
                    ),
                ),
                (
                    ordered(&|tap, c| match tap {
                        4 => usual(4, c),
                        tap => usual((tap + 1) % 9, c),
                    }),
                    told(
                        "one too far",
                        "The neighbours stand one place too far on in their row.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual((tap + 8) % 9, c)),
                    told(
                        "one too early",
                        "The neighbours stand one place too early in their row.",
                    ),
                ),
                (
                    by(&crossed),
                    told(
                        "four neighbours",
                        "Only the neighbours in the same line and in the same column were copied. The four at the corners belong to a 3 × 3 \
                         convolution too.",
                    ),
                ),
                (
                    by(&of_first),
                    told(
                        "the first image",
                        "Every image got the neighbours of the first one. Each grid has places of its own.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual(tap / 3 * 3 + 2 - tap % 3, c)),
                    told(
                        "right to left",
                        "Each line of neighbours comes from right to left.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual((2 - tap / 3) * 3 + tap % 3, c)),
                    told(
                        "lines upside down",
                        "The line below comes first. Line by line, the neighbours begin above.",
                    ),
                ),
                (
                    squeezed,
                    told(
                        "moved together",
                        "Where a neighbour is missing, those after it moved up. Each direction has its own place in the row, and zeros stand \
                         in that of a missing one.",
                    ),
                ),
            ],
            told("value", &format!("The columns are wrong.{wrong}")),
        )?;
    }
    Ok(())
}

/// Whether the places inside are right, and one at an edge is not; or the reverse.
fn at_edges(
    right: &Array2<f64>,
    came: &Array2<f64>,
    around: &[[Option<usize>; 9]],
) -> &'static str {
    if right.shape() != came.shape() {
        return "";
    }
    let (mut inside, mut edge) = ([0, 0], [0, 0]);
    let pairs = right.rows().into_iter().zip(came.rows());
    for ((right, came), near) in pairs.zip(around) {
        let wrong = right.iter().zip(came).any(|(a, b)| (a - b).abs() > 1e-9);
        let of = match near.contains(&None) {
            true => &mut edge,
            false => &mut inside,
        };
        of[usize::from(wrong)] += 1;
    }
    match (inside.map(|n| n > 0), edge.map(|n| n > 0)) {
        ([true, false], [false, true]) => {
            " The places inside are right; those at an edge, which have fewer neighbours, are not."
        }
        ([false, true], [true, false]) => {
            " The places at the edges are right; those inside, which have nine neighbours, are not."
        }
        _ => "",
    }
}

/// Whether the rows are those expected, in another order.
fn moved(right: &Array2<f64>, came: &Array2<f64>) -> &'static str {
    if right.shape() != came.shape() || right == came {
        return "";
    }
    let sorted = |of: &Array2<f64>| {
        let rows = of.rows().into_iter().map(|row| row.to_vec());
        let mut rows: Vec<Vec<f64>> = rows.collect();
        let less = |a: &Vec<f64>, b: &Vec<f64>| {
            let each = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
            { each }.find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        };
        rows.sort_by(less);
        rows.concat()
    };
    let pairs = sorted(right).into_iter().zip(sorted(came));
    match { pairs }.all(|(a, b)| (a - b).abs() < 1e-9) {
        true => " The rows are right, and come in another order.",
        false => "",
    }
}

/// Whether the first image is right, `rows` rows of it, and a later one is not.
fn first_images(
    right: &Array2<f64>,
    came: &Array2<f64>,
    rows: usize,
) -> &'static str {
    if right.shape() != came.shape() || right.nrows() <= rows {
        return "";
    }
    let near = (right - came).mapv(|v| v.abs() < 1e-9);
    let first = near.slice(s![..rows, ..]).iter().all(|near| *near);
    if came.slice(s![rows.., ..]).iter().all(|v| *v == 0.0) {
        return " Nothing stands in later images than the first.";
    }
    match first && near.iter().any(|near| !near) {
        true => " The first image is right, and a later one is not.",
        false => moved(right, came),
    }
}

pub fn col2im(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    for (n, side, channels) in GRIDS {
        let mut d = Array2::from_shape_fn((n, 9 * channels), |(n, t)| {
            ((7 * n + 5 * t) % 23) as f64 - 11.0 + 0.1 * t as f64
        });
        if n > 9 {
            (d[[4, 0]], d[[9, 5]]) = (1000.0, -1000.0);
        }
        let usual = |tap: usize, c: usize| channels * tap + c;
        let grids = (n, side);
        let around_each = around(grids, zeros);
        let right = collected(&d, &around_each, usual);
        let [mut last, mut same, mut own_inside, mut beside] =
            [(); 4].map(|()| Array2::zeros((n, channels)));
        let mut counts: Array1<f64> = Array1::zeros(n);
        for (n, taps) in around_each.iter().enumerate() {
            for (tap, m) in taps.iter().enumerate() {
                let Some(m) = *m else { continue };
                counts[m] += 1.0;
                for c in 0..channels {
                    last[[m, c]] = d[[n, usual(tap, c)]];
                    same[[n, c]] += d[[m, usual(tap, c)]];
                    own_inside[[n, c]] += d[[n, usual(tap, c)]];
                    beside[[n, c]] += d[[m, usual((9 - tap) % 9, c)]];
                }
            }
        }
        let mut mean = right.clone();
        for (mut row, count) in mean.rows_mut().into_iter().zip(&counts) {
            row /= *count;
        }
        let middle = d.slice(s![.., 4 * channels..5 * channels]).to_owned();
        let own = Array2::from_shape_fn((n, channels), |(n, c)| {
            (0..9).map(|tap| d[[n, usual(tap, c)]]).sum()
        });
        let by = |around: &[[Option<usize>; 9]]| collected(&d, around, usual);
        let ordered = |order: &dyn Fn(usize, usize) -> usize| {
            collected(&d, &around_each, order)
        };
        let came = candidate(&d, side);
        let mut first: String =
            first_images(&right, &came, side * side).into();
        if n > 0 && first.is_empty() {
            let part = |name: String, d: Array2<f64>| {
                let right = collected(&d, &around_each, usual);
                (name, d, right)
            };
            let taps = (0..9).map(|tap| {
                let d = only(&d, |t| t / channels == tap);
                part(format!("direction {tap}"), d)
            });
            let of = |d: &Array2<f64>| candidate(d, side);
            first = at_edges(&right, &came, &around_each).into();
            if first.is_empty() {
                first = alone(taps.collect(), &of);
            }
            if first.is_empty() {
                let each = (0..channels).map(|c| {
                    let d = only(&d, |t| t % channels == c);
                    part(format!("channel {c}"), d)
                });
                first = alone(each.collect(), &of);
            }
        }
        judge(
            &right,
            &came,
            1e-10,
            vec![
                (
                    last,
                    told(
                        "last one wins",
                        "Each copy overwrote what the one before had said. A number was copied up to nine times; the \
                         gradients of its copies add up.",
                    ),
                ),
                (
                    mean,
                    told(
                        "averaged",
                        "The copies were averaged. A sum in the forward pass, which the product takes, is a sum here too.",
                    ),
                ),
                (
                    &right / 9.0,
                    told(
                        "averaged",
                        "The copies were averaged over nine, and their gradients add up.",
                    ),
                ),
                (
                    same,
                    told(
                        "same direction",
                        "Each place collected from its neighbour in direction t what that one says about *its own* \
                         direction t. Seen from the neighbour, this place lies in the opposite direction, 8 - t.",
                    ),
                ),
                (
                    &right - &middle,
                    told(
                        "the middle is missing",
                        "The copy in the middle was left out: a place is its own neighbour in direction 4.",
                    ),
                ),
                (
                    middle,
                    told(
                        "middle alone",
                        "Only the copy in the middle was counted. The eight others are the same number and have gradients \
                         too.",
                    ),
                ),
                (
                    own,
                    told(
                        "its own row",
                        "Each place added up the nine parts of its own row. They are copies of its neighbours' numbers: what a place's \
                         own copies say stands in the rows of its neighbours.",
                    ),
                ),
                (
                    by(&flat(grids)),
                    told(
                        "across the edge",
                        "A step to the left of the first column led to the end of the line above, or into another image. No copy was made \
                         there, so nothing comes back from there.",
                    ),
                ),
                (
                    by(&stacked(grids)),
                    told(
                        "into the next image",
                        "Left and right edges are right. Below the last line of a grid the next image begins, and its rows hold no copies \
                         of this one.",
                    ),
                ),
                (
                    by(&around(grids, wrapped)),
                    told(
                        "around the edge",
                        "What leaves the grid on one side came back on the other. Beyond the edge stood zeros, which nobody learns.",
                    ),
                ),
                (
                    by(&around(grids, repeated)),
                    told(
                        "edge repeated",
                        "The places at the edge were given what belongs to those beyond it. Zeros stood there, which nobody learns.",
                    ),
                ),
                (
                    ordered(&|tap, c| 9 * c + tap),
                    told(
                        "channels outside",
                        "A row was read as if the nine values of one channel lay together. All channels of one place do.",
                    ),
                ),
                (
                    ordered(&|tap, c| usual(tap % 3 * 3 + tap / 3, c)),
                    told(
                        "column by column",
                        "A row was read as if the neighbours came column by column. They come line by line.",
                    ),
                ),
                (
                    by(&cross(&around_each)),
                    told(
                        "four neighbours",
                        "Only the neighbours in the same line and in the same column were heard. The four at the corners hold copies too.",
                    ),
                ),
                (
                    own_inside,
                    told(
                        "its own row",
                        "Each place added up the parts of its own row that lie inside the grid. They are copies of its neighbours' numbers: \
                         what a place's own copies say stands in the rows of its neighbours.",
                    ),
                ),
                (
                    beside,
                    told(
                        "one direction off",
                        "Each place asked its neighbours for another copy than its own. Seen from the neighbour in direction t, it lies in \
                         direction 8 - t, counted from 0.",
                    ),
                ),
            ],
            told("value", &format!("The gradient is wrong.{first}")),
        )?;
    }
    Ok(())
}

/// How often one way and the other were counted, if that is all that is wrong.
fn mixture(
    came: &Array2<f64>,
    one: &Array2<f64>,
    other: &Array2<f64>,
) -> Option<String> {
    if came.shape() != one.shape() {
        return None;
    }
    let dot = |a: &Array2<f64>, b: &Array2<f64>| (a * b).sum();
    let (aa, ab, bb) = (dot(one, one), dot(one, other), dot(other, other));
    let (a, b) = (dot(one, came), dot(other, came));
    let whole = aa * bb - ab * ab;
    let (s, t) = ((a * bb - b * ab) / whole, (b * aa - a * ab) / whole);
    let mixed = one * s + other * t;
    let fits = (&mixed - came).iter().all(|v| v.abs() < 1e-9);
    fits.then(|| {
        format!(
            " You have {s:.2} times what comes by the shortcut, and {t:.2} times what comes through the convolution."
        )
    })
}

pub fn residual_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § Two halves, equation 8.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        (
            array![[0.5, 0.0, 1.2], [0.0, 2.0, 0.3]],
            array![[0.7, -0.4, 0.2], [1.1, -0.9, 0.6]],
            array![[-0.3, 0.8, 0.5], [0.25, 0.15, -1.4]],
        ),
        (
            array![[1000.0], [1e-9], [0.0], [0.0]],
            array![[-1000.0], [0.0], [3.0], [0.0]],
            array![[0.5], [1000.0], [0.0], [-2.0]],
        ),
        (Array2::zeros((0, 3)), Array2::zeros((0, 3)), Array2::zeros((0, 3))),
    ];
    for (a, d_h, d_a) in cases {
        let mask = a.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
        let sign = d_h.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
        let right = &d_h + &(&d_a * &mask);
        let came = candidate(&a, &d_h, &d_a);
        let more = mixture(&came, &d_h, &(&d_a * &mask)).or_else(|| {
            let mut all = came.indexed_iter();
            let (at, _) = all.find(|(at, v)| {
                right.get(*at).is_some_and(|r| (r - *v).abs() > 1e-12)
            })?;
            Some(format!(
                " First where a is {}, d_h is {} and d_a is {}.",
                a[at], d_h[at], d_a[at]
            ))
        });
        judge(
            &right,
            &came,
            1e-12,
            vec![
                (
                    &d_a * &mask,
                    told(
                        "convolution alone",
                        "The shortcut is missing: h holds s itself as well, so its gradient reaches s unchanged.",
                    ),
                ),
                (
                    d_h.clone(),
                    told(
                        "shortcut alone",
                        "The way through the convolution is missing; nothing trains what lies before it to help it.",
                    ),
                ),
                (
                    &d_h + &d_a,
                    told(
                        "no ReLU",
                        "The convolution sees a, not s: where the ReLU gave 0, nothing comes back by that way. A place where a is 0 is \
                         such a place.",
                    ),
                ),
                (
                    (&d_h + &d_a) * &mask,
                    told(
                        "ReLU on both ways",
                        "The shortcut starts before the ReLU, so what comes back by it does not pass one.",
                    ),
                ),
                (
                    &d_h * &mask + &d_a,
                    told(
                        "ReLU on the wrong way",
                        "The ReLU stands on the way through the convolution. The shortcut has none.",
                    ),
                ),
                (
                    &d_h + &(&d_a * &a),
                    told(
                        "times the value",
                        "What comes back was multiplied by what the ReLU gave. Its slope is 1 there, and 0 where it gave 0.",
                    ),
                ),
                (
                    &d_h + &(&d_a * &sign),
                    told(
                        "another's sign",
                        "What comes back was kept where d_h is positive. The ReLU looked at s: keep it where a is positive.",
                    ),
                ),
                (
                    &d_h + &(&d_a * &(1.0 - &mask)),
                    told(
                        "the wrong half",
                        "What comes back was kept where the ReLU gave 0, and dropped where it let something pass.",
                    ),
                ),
                (
                    &d_h - &(&d_a * &mask),
                    told(
                        "subtracted",
                        "What comes by two ways adds up; one was subtracted.",
                    ),
                ),
                (
                    &d_h * &(&d_a * &mask),
                    told(
                        "multiplied",
                        "What comes by two ways adds up; the two were multiplied.",
                    ),
                ),
                (
                    &d_h + &d_a.mapv(|v| v.max(0.0)),
                    told(
                        "a ReLU of the gradient",
                        "The gradient itself went through a ReLU. Negative gradients come back as well; what counts is where a is positive.",
                    ),
                ),
                (
                    &right + &a,
                    told(
                        "the value added",
                        "What the ReLU gave was added as well. Only gradients add up here.",
                    ),
                ),
                (
                    &d_h * &a + &d_a * &mask,
                    told(
                        "times the value",
                        "The shortcut's gradient was multiplied by what the ReLU gave. It comes as it is.",
                    ),
                ),
            ],
            told(
                "value",
                &format!(
                    "The gradient is wrong.{}",
                    more.unwrap_or_default()
                ),
            ),
        )?;
    }
    Ok(())
}

/// Pixels of pictures from patches `[N, p²]`; `order` says at which line and column of a patch a number belongs, `places`
/// the line and the column of a patch in its grid of lines × columns.
fn joined(
    rows: &Array2<f64>,
    (height, width): (usize, usize),
    order: impl Fn(usize, usize) -> (usize, usize),
    places: impl Fn(usize, usize, usize) -> (usize, usize),
) -> Array2<f64> {
    let p = rows.ncols().isqrt();
    let (lines, columns) = (height / p, width / p);
    let each = lines * columns;
    let mut x = Array2::zeros((rows.nrows() / each, height * width));
    for ((n, v), d) in rows.indexed_iter() {
        let (i, j) = places(n % each, lines, columns);
        let (u, v) = order(v, p);
        x[[n / each, (p * i + u) * width + p * j + v]] = *d;
    }
    x
}

pub fn strided_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, (usize, usize)) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § From pixels to places, equation 8.1";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // Pictures, their lines and columns, p, channels.
    let cases = [
        (2, (4, 6), 2, 3),
        (3, (6, 3), 3, 2),
        (1, (2, 3), 1, 2),
        (0, (4, 2), 2, 3),
    ];
    for (many, (height, width), p, channels) in cases {
        let places = many * (height / p) * (width / p);
        let d_y = numbers(places, channels);
        let w = Array2::from_shape_fn((p * p, channels), |(v, o)| {
            (v + 1) as f64 - 0.3 * (o * o) as f64 + 0.07 * (v * o) as f64
        });
        let rows = d_y.dot(&w.t()); // [N, p²]
        let size = (height, width);
        let pixel = |v: usize, p: usize| (v / p, v % p);
        let place =
            |n: usize, _: usize, columns: usize| (n / columns, n % columns);
        let right = joined(&rows, size, pixel, place);
        let reshaped = rows.to_shape((many, height * width));
        let reshaped = reshaped.expect("as many numbers").to_owned();
        let mixed_up = Array2::from_shape_fn(rows.dim(), |(n, v)| {
            let each = places / many.max(1);
            rows[[n % each * many + n / each, v]]
        });
        let sums = Array2::from_shape_fn(rows.dim(), |(n, v)| {
            d_y.row(n).sum() * w.row(v).sum()
        });
        let unweighed =
            Array2::from_shape_fn(rows.dim(), |(n, _)| d_y.row(n).sum());
        let mut first_alone = right.clone();
        for mut row in first_alone.rows_mut() {
            row.assign(&right.row(0));
        }
        let last = d_y.column(channels - 1).insert_axis(Axis(1));
        let turned = |v: usize, p: usize| pixel(p * p - 1 - v, p);
        let turned_over = |v: usize, p: usize| (v % p, v / p);
        let down = |n: usize, lines: usize, _: usize| (n % lines, n / lines);
        let came = candidate(&d_y, &w, size);
        let mut more: String = first_images(&right, &came, 1).into();
        if more.is_empty() && places > 0 {
            let each = (0..channels).map(|c| {
                let d = only(&d_y, |o| o == c);
                let right = joined(&d.dot(&w.t()), size, pixel, place);
                (format!("channel {c}"), d, right)
            });
            let of = |d: &Array2<f64>| candidate(d, &w, size);
            more = alone(each.collect(), &of);
        }
        if more.is_empty() && came.shape() == right.shape() {
            let wrong = |v: &usize| {
                came.indexed_iter().any(|((b, at), came)| {
                    let (line, column) = (at / width, at % width);
                    let pixel = line % p * p + column % p;
                    pixel == *v && (came - right[[b, at]]).abs() > 1e-9
                })
            };
            let wrong: Vec<_> = (0..p * p).filter(wrong).collect();
            if !wrong.is_empty() && wrong.len() < p * p {
                more = format!(
                    " In each patch it is right but for the pixels {wrong:?}, counted from 0, line by line."
                );
            }
        }
        let whole = right.to_shape((many, height, width));
        let whole = whole.expect("as many numbers");
        let across = whole.view().permuted_axes([0, 2, 1]);
        let across = across.as_standard_layout().to_owned();
        let across = across.into_shape_with_order((many, height * width));
        let across = across.expect("as many numbers");
        let upside = whole.slice(s![.., ..;-1, ..]);
        let upside = upside.as_standard_layout().to_owned();
        let upside = upside.into_shape_with_order((many, height * width));
        let upside = upside.expect("as many numbers");
        let reversed = right.slice(s![..;-1, ..]).to_owned();
        let mirrored = whole.slice(s![.., .., ..;-1]);
        let mirrored = mirrored.as_standard_layout().to_owned();
        let mirrored = mirrored.into_shape_with_order((many, height * width));
        let mirrored = mirrored.expect("as many numbers");
        judge(
            &right,
            &came,
            1e-10,
            vec![
                (
                    reshaped,
                    told(
                        "patches in a row",
                        "The numbers are right, and stand patch by patch. In a picture they stand line by line: equation 8.1 says where \
                         each came from.",
                    ),
                ),
                (
                    joined(&rows, size, turned_over, place),
                    told(
                        "patches turned",
                        "Lines and columns of each patch are exchanged: number v of a patch stands in its line v / p and its column v % p.",
                    ),
                ),
                (
                    joined(&rows, size, pixel, down),
                    told(
                        "column by column",
                        "The patches were put down column by column. They come line by line.",
                    ),
                ),
                (
                    joined(&rows, size, turned, place),
                    told(
                        "weights turned",
                        "The weights were turned about their middle. Here each pixel was read once, by one weight, and hears back through \
                         that one.",
                    ),
                ),
                (
                    &right / (p * p) as f64,
                    told(
                        "averaged",
                        "The pixels of a patch share nothing: each gets the whole of its own gradient, not a part of it.",
                    ),
                ),
                (
                    &right / channels as f64,
                    told(
                        "averaged",
                        "The channels were averaged. A pixel acts on each of them, and what comes back adds up.",
                    ),
                ),
                (
                    joined(
                        &(&d_y.column(0).insert_axis(Axis(1)) * &w.column(0)),
                        size,
                        pixel,
                        place,
                    ),
                    told(
                        "first channel alone",
                        "Only the first channel was heard. A pixel acts on each of them.",
                    ),
                ),
                (
                    joined(
                        &(&last * &w.column(channels - 1)),
                        size,
                        pixel,
                        place,
                    ),
                    told(
                        "last channel alone",
                        "Only the last channel was heard: a sum over the channels was overwritten at each.",
                    ),
                ),
                (
                    first_alone,
                    told(
                        "the first picture",
                        "Every picture got what belongs to the first.",
                    ),
                ),
                (
                    joined(&mixed_up, size, pixel, place),
                    told(
                        "pictures innermost",
                        "The rows were taken place by place, with all pictures at each. They come picture by picture.",
                    ),
                ),
                (
                    joined(&rows, size, pixel, |n, lines, _| {
                        (n / lines % (height / p), n % lines)
                    }),
                    told(
                        "lines for columns",
                        "A line of the grid was taken to be as long as the grid is high. It has as many places as fit into the width.",
                    ),
                ),
                (
                    joined(&sums, size, pixel, place),
                    told(
                        "sums multiplied",
                        "The channels' gradients were added up before they met their weights. Each has a weight of its own.",
                    ),
                ),
                (
                    across,
                    told(
                        "pictures turned",
                        "Lines and columns of the whole picture are exchanged. A picture is stored line by line.",
                    ),
                ),
                (
                    mirrored,
                    told(
                        "mirrored",
                        "Each line of the picture comes from right to left.",
                    ),
                ),
                (
                    &right * &right,
                    told("squared", "The numbers are squared."),
                ),
                (
                    upside,
                    told(
                        "upside down",
                        "The lines of each picture come from below.",
                    ),
                ),
                (
                    reversed,
                    told(
                        "pictures backwards",
                        "The pictures come in the opposite order.",
                    ),
                ),
                (
                    joined(&unweighed, size, pixel, place),
                    told(
                        "without weights",
                        "What comes back was not multiplied by the weights.",
                    ),
                ),
                (
                    joined(
                        &d_y.mapv(|v| v.max(0.0)).dot(&w.t()),
                        size,
                        pixel,
                        place,
                    ),
                    told(
                        "a ReLU of the gradient",
                        "The gradient went through a ReLU. There is none here; negative gradients come back as well.",
                    ),
                ),
                (
                    joined(
                        &d_y.slice(s![.., ..;-1]).dot(&w.t()),
                        size,
                        pixel,
                        place,
                    ),
                    told(
                        "channels backwards",
                        "The channels of d_y met the weights of others: they come in the opposite order.",
                    ),
                ),
            ],
            told(
                "value",
                &format!("The gradient at the pictures is wrong.{more}"),
            ),
        )?;
    }
    Ok(())
}

type Batches = [(Array2<f64>, Array2<f64>)];

pub fn mse_over_variance(
    candidate: fn(&Batches) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § How good is it?, equation 8.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let some = vec![
        (
            array![[0.0, 0.9, 0.2], [0.1, 0.7, 1.0]],
            array![[0.1, 0.8, 0.2], [0.0, 0.9, 0.7]],
        ),
        (array![[0.6, 0.0, 0.5]], array![[0.2, 0.1, 0.9]]),
        (
            array![
                [1.0, 0.3, 0.0],
                [0.9, 0.0, 0.0],
                [0.8, 0.1, 0.4],
                [1.0, 0.0, 0.2]
            ],
            array![
                [0.9, 0.4, 0.0],
                [0.9, 0.1, 0.0],
                [0.7, 0.1, 0.5],
                [1.0, 0.1, 0.2]
            ],
        ),
    ];
    let one = vec![some[0].clone()];
    let mut gap = some.clone();
    gap.insert(1, (Array2::zeros((0, 3)), Array2::zeros((0, 3))));
    let loud = vec![(
        array![[1000.0, -1000.0], [0.0, 500.0]],
        array![[900.0, -1000.0], [0.0, 700.0]],
    )];
    for batches in [&some, &one, &gap, &loud] {
        let (right, suspects) = errors(batches);
        let suspects = suspects
            .into_iter()
            .map(|(value, name, what)| (value, told(name, what)));
        let otherwise = told("value", "The number is wrong.");
        let came = candidate(batches);
        if batches.iter().any(|(x, _)| x.is_empty()) && came.is_nan() {
            let what = "A batch without images makes it NaN: some quotient is taken of each batch, and 0 / 0 is one of them.";
            let empty = told("an empty batch", what);
            return Err(empty.with(format!("{right:.5}"), "NaN"));
        }
        judge_number(right, came, 1e-10, suspects.collect(), otherwise)?;
    }
    let far: Vec<_> = some.iter().map(|(x, y)| (x + 1e7, y + 1e7)).collect();
    let (right, _) = errors(&far);
    let lost = "It is right near 0, and 10,000,000 added to all pixels changes it: the variance was taken as the difference of two large \
                numbers, the mean square and the square of the mean. Take the mean off first.";
    judge_number(
        right,
        candidate(&far),
        1e-4,
        vec![],
        told("cancelled", lost),
    )
}

/// The error over the variance of all batches together, and what mistakes make of it.
fn errors(
    batches: &Batches,
) -> (f64, Vec<(f64, &'static str, &'static str)>) {
    let rows = |of: fn(&(Array2<f64>, Array2<f64>)) -> &Array2<f64>| {
        let views: Vec<_> = batches.iter().map(|b| of(b).view()).collect();
        ndarray::concatenate(Axis(0), &views).unwrap_or_default()
    };
    let (x, y) = (rows(|b| &b.0), rows(|b| &b.1));
    let square = |x: &Array2<f64>, y: &Array2<f64>| {
        (y - x).mapv(|v| v * v).mean().unwrap_or(f64::NAN)
    };
    let mse = square(&x, &y);
    let variance = x.var(0.0);
    let each: Vec<_> = batches.iter().filter(|b| !b.0.is_empty()).collect();
    let mean = |of: &dyn Fn(&(Array2<f64>, Array2<f64>)) -> f64| {
        each.iter().map(|b| of(b)).sum::<f64>() / each.len() as f64
    };
    let weighed = |of: &dyn Fn(&(Array2<f64>, Array2<f64>)) -> f64| {
        let all = each.iter().map(|b| of(b) * b.0.len() as f64).sum::<f64>();
        all / x.len() as f64
    };
    let quotient =
        |(x, y): &(Array2<f64>, Array2<f64>)| square(x, y) / x.var(0.0);
    let pixels = x.var_axis(Axis(0), 0.0).mean().unwrap_or(0.0);
    let error = &y - &x;
    let last = each.last().map_or(f64::NAN, |b| quotient(b));
    let images = x.rows().into_iter().zip(error.rows());
    let rows_alone: f64 =
        images.map(|(x, e)| e.dot(&e) / x.len() as f64 / x.var(0.0)).sum();
    let suspects = vec![
        (
            mse,
            "undivided",
            "This is the mean squared error itself. Its size depends on how much ink there is.",
        ),
        (
            mse / variance.sqrt(),
            "over deviation",
            "Divided by the standard deviation; an error that is squared wants a square.",
        ),
        (
            mse / pixels,
            "pixel by pixel",
            "Divided by the mean of each pixel's own variance. The convention is one mean for all pixels.",
        ),
        (
            mse * x.ncols() as f64 / variance,
            "summed over pixels",
            "The squares of an image were added, not averaged.",
        ),
        (
            mean(&quotient) * each.len() as f64,
            "a sum of quotients",
            "Each batch was divided by its own variance, and the quotients were added up. The variance is that of all pixels of all batches, \
             about one mean.",
        ),
        (
            mean(&quotient),
            "mean of quotients",
            "Each batch was divided by its own variance, and the quotients were averaged. The variance is that of all pixels of all batches, \
             about one mean.",
        ),
        (
            weighed(&quotient),
            "mean of quotients",
            "Each batch was divided by its own variance, and the quotients were averaged. The variance is that of all pixels of all batches, \
             about one mean.",
        ),
        (
            mean(&|(x, y)| square(x, y)) / variance,
            "mean of means",
            "The batches' mean errors were averaged as if all batches were of one size. Add up squares, and count pixels.",
        ),
        (
            mse / mean(&|(x, _)| x.var(0.0)),
            "mean of variances",
            "The batches' variances were averaged, each about its own mean. There is one mean, that of all pixels of all batches.",
        ),
        (
            mse / weighed(&|(x, _)| x.var(0.0)),
            "mean of variances",
            "The batches' variances were averaged, each about its own mean. There is one mean, that of all pixels of all batches.",
        ),
        (last, "the last batch", "This is the last batch alone."),
        (
            rows_alone / x.nrows() as f64,
            "image by image",
            "Each image was divided by its own variance, and the quotients were averaged. The variance is that of all pixels of all \
             batches, about one mean.",
        ),
        (
            each.first().map_or(f64::NAN, |b| quotient(b)),
            "the first batch",
            "This is the first batch alone.",
        ),
        (
            mse / x.var(1.0),
            "one less",
            "The variance was divided by one less than there are pixels. The mean square about the mean divides by their number.",
        ),
        (
            mse / y.var(0.0),
            "of what comes back",
            "Divided by the variance of the reconstruction. A decoder that draws more contrast would be told that it is better.",
        ),
        (
            mse / x.mapv(|v| v * v).mean().unwrap_or(f64::NAN),
            "about zero",
            "Divided by the mean square of the pixels. The variance is taken about their mean.",
        ),
        (
            error.var(0.0) / variance,
            "without its mean",
            "The mean of the error was taken off. A reconstruction that is too light everywhere would cost nothing.",
        ),
        (
            error.mapv(f64::abs).mean().unwrap_or(f64::NAN) / variance,
            "not squared",
            "The differences were not squared.",
        ),
        ((mse / variance).sqrt(), "a root", "This is the root of it."),
        (
            mse * x.len() as f64 / variance,
            "a sum",
            "The squares were added up over all pixels, and the variance is a mean.",
        ),
        (
            mse / (variance * x.len() as f64),
            "a sum",
            "The squares about the mean were added up over all pixels, and the error is a mean.",
        ),
        (
            variance / mse,
            "upside down",
            "This is the variance over the error.",
        ),
        (
            1.0 - mse / variance,
            "what comes back",
            "This is the share of the variance that does come back. Equation 8.9 is what does not.",
        ),
    ];
    (mse / variance, suspects)
}

/// What an answer says of a single place: of a code that always comes, and of two that come in turn.
fn one_code(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Option<String> {
    let q = array![[0.125, 0.875]];
    let always = candidate(&q, &array![[1.0, 0.0]]);
    let turns = candidate(&q, &array![[0.5, 0.5]]);
    let mean = 0.5 * (3.0 - 0.875_f64.log2());
    if (always - 3.0).abs() > 1e-9 {
        return Some(format!(
            " A code of share 1/8 that always comes costs 3 bits; yours are {always:.4}."
        ));
    }
    ((turns - mean).abs() > 1e-9).then(|| {
        format!(
            " A code alone costs what it should; where two of the shares 1/8 and 7/8 come equally often, the mean is {mean:.4}, and \
             yours {turns:.4}."
        )
    })
}

pub fn bits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A file, equation 8.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let q = array![
        [0.5, 0.25, 0.125, 0.125],
        [0.1, 0.6, 0.2, 0.1],
        [0.3, 0.3, 0.3, 0.1]
    ];
    let p = array![
        [0.2, 0.3, 0.4, 0.1],
        [0.05, 0.15, 0.1, 0.7],
        [0.25, 0.5, 0.15, 0.1]
    ];
    let certain = array![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let mut long = Array2::from_elem((400, 5), 1e-4);
    long.column_mut(3).fill(1.0 - 4e-4);
    let rare = Array2::from_elem((400, 5), 0.2);
    let cases = [
        (q, p),
        (certain.clone(), certain.clone()),
        (array![[0.5, 0.5, 0.0], [0.25, 0.25, 0.5]], certain.clone()),
        (long, rare),
        (array![[0.5, 0.0, 0.5], [0.0, 0.0, 1.0]], certain),
        (Array2::zeros((0, 4)), Array2::zeros((0, 4))),
    ];
    for (q, p) in cases {
        let came = candidate(&q, &p);
        let cost = |of: fn(f64) -> f64| {
            move |(q, p): (&f64, &f64)| match *p {
                0.0 => 0.0,
                p => p * of(*q),
            }
        };
        let of = |f: fn(f64) -> f64, q: &Array2<f64>, p: &Array2<f64>| {
            q.iter().zip(p).map(cost(f)).sum::<f64>()
        };
        let bit = |v: f64| -v.log2();
        let right = of(bit, &q, &p);
        if came.is_nan() {
            let what = "It is NaN: a code that never comes and has no share was paid 0 times infinity. What never comes costs nothing: leave \
                        it out by asking, not by multiplying.";
            return Err(told("zero times infinity", what).with(right, "NaN"));
        }
        if right.is_infinite() && came.is_finite() {
            let what = "A code that comes and has no share cannot be written at all: that costs infinitely many bits. Something small was \
                        added to the shares, they were cut off below, or the code was left out.";
            let hidden = told("hidden infinity", what);
            return Err(hidden.with(right, format!("{came:.5}")));
        }
        let apart = (came - right).abs();
        if apart > 1e-10 * right.max(1.0) && apart < 1e-5 * right {
            let what = "It is right to five digits and no further: something small was added to the shares before the logarithm.";
            let near = told("something small", what);
            return Err(
                near.with(format!("{right:.12}"), format!("{came:.12}"))
            );
        }
        let mixed: f64 = (q.rows().into_iter().zip(p.rows()))
            .map(|(q, p)| bit(q.dot(&p)))
            .sum();
        let more = one_code(candidate).unwrap_or_default();
        let first = q.rows().into_iter().next().map(|row| {
            let all = row.broadcast(q.raw_dim());
            all.map_or(f64::NAN, |all| of(bit, &all.to_owned(), &p))
        });
        let last = q.rows().into_iter().next_back().map_or(f64::NAN, |row| {
            let all = row.broadcast(q.raw_dim());
            all.map_or(f64::NAN, |all| of(bit, &all.to_owned(), &p))
        });
        let most = q.rows().into_iter();
        let most: f64 =
            most.map(|q| bit(q.fold(0.0, |a: f64, b| a.max(*b)))).sum();
        let likely: f64 = q
            .rows()
            .into_iter()
            .zip(p.rows())
            .map(|(q, p)| {
                let more = |a, b| if p[b] > p[a] { b } else { a };
                bit(q[(1..p.len()).fold(0, more)])
            })
            .sum();
        judge_number(
            right,
            came,
            1e-10,
            vec![
                (
                    of(|p| -p.ln(), &q, &p),
                    told(
                        "nats",
                        "This is in nats; a bit is a factor of two, log2.",
                    ),
                ),
                (
                    -right,
                    told(
                        "negative",
                        "The sign is missing: logarithms of shares are negative, and what a code costs is not.",
                    ),
                ),
                (
                    of(bit, &p, &q),
                    told(
                        "swapped",
                        "The two tables are exchanged. What a code costs is in the coder's table q; how often it comes is in p.",
                    ),
                ),
                (
                    of(bit, &q, &q),
                    told(
                        "the table's own",
                        "This is what maps would cost that are as the tables say. How often codes come is in p.",
                    ),
                ),
                (
                    of(bit, &p, &p),
                    told(
                        "the best table",
                        "This is what the best tables would charge, those of p itself. The coder has q.",
                    ),
                ),
                (
                    right - of(bit, &p, &p),
                    told(
                        "the surcharge",
                        "This is what the wrong tables cost more than the best ones. Asked for is all that a map costs.",
                    ),
                ),
                (
                    right / q.nrows() as f64,
                    told(
                        "by place",
                        "This is the mean of the places. A map has a code at each, and they add up.",
                    ),
                ),
                (
                    right / q.len() as f64,
                    told(
                        "mean of all",
                        "The costs of all codes at all places were averaged. Weigh each by how often it comes, and add up.",
                    ),
                ),
                (
                    q.iter().map(|q| bit(*q)).sum(),
                    told(
                        "unweighed",
                        "The costs of all codes were added up. Each comes as often as p says, and counts so much.",
                    ),
                ),
                (
                    q.iter().map(|q| bit(*q)).sum::<f64>() / q.ncols() as f64,
                    told(
                        "unweighed",
                        "The costs of all codes were averaged. Each comes as often as p says, and counts so much.",
                    ),
                ),
                (
                    first.unwrap_or(f64::NAN),
                    told(
                        "one table",
                        "The first place's table was used for every place; each has its own.",
                    ),
                ),
                (
                    of(|p| (-p.log2()).ceil(), &q, &p),
                    told(
                        "whole bits",
                        "Every code was rounded up to whole bits. A range coder pays fractions, and rounds up once a file.",
                    ),
                ),
                (
                    q.nrows() as f64 * (q.ncols() as f64).log2(),
                    told(
                        "all alike",
                        "Every code was paid the same; the tables say that some are cheap.",
                    ),
                ),
                (
                    likely,
                    told(
                        "the likeliest map",
                        "This is what the most frequent code of each place costs. The others come too.",
                    ),
                ),
                (
                    of(|p| -p.log10(), &q, &p),
                    told(
                        "digits",
                        "This is in decimal digits; a bit is a factor of two, log2.",
                    ),
                ),
                (
                    mixed,
                    told(
                        "logarithm of the mean",
                        "The mean was taken before the logarithm. Each code has its own cost, and the mean is that of the costs.",
                    ),
                ),
                (
                    q.iter()
                        .zip(&p)
                        .map(|(q, p)| {
                            -q.log2() * f64::from(u8::from(*p > 0.0))
                        })
                        .sum(),
                    told(
                        "unweighed",
                        "The costs of the codes that come were added up. Each comes as often as p says, and counts so much.",
                    ),
                ),
                (
                    right.ceil(),
                    told(
                        "whole bits",
                        "The sum was rounded up. Asked for is a mean, and it needs not be whole.",
                    ),
                ),
                (
                    right / q.ncols() as f64,
                    told(
                        "mean of all",
                        "The sum over the codes was divided by their number. Their shares weigh them already.",
                    ),
                ),
                (
                    last,
                    told(
                        "one table",
                        "The last place's table was used for every place; each has its own.",
                    ),
                ),
                (
                    most,
                    told(
                        "the table's likeliest",
                        "This is what the code with the largest share in q costs at each place. The others come too.",
                    ),
                ),
                (
                    q.iter()
                        .zip(&p)
                        .filter(|(_, p)| **p > 0.0)
                        .map(|(q, p)| bit(q * p))
                        .sum(),
                    told(
                        "logarithm of the product",
                        "The two shares were multiplied within the logarithm. It is taken of q alone, and weighed by p.",
                    ),
                ),
                (
                    of(|p| (-p.log2()).floor(), &q, &p),
                    told(
                        "whole bits",
                        "Every code was rounded down to whole bits. A range coder pays fractions.",
                    ),
                ),
                (
                    q.iter()
                        .zip(&p)
                        .filter(|(_, p)| **p > 0.0)
                        .map(|(q, p)| p * p * bit(*q))
                        .sum(),
                    told(
                        "weighed twice",
                        "Each cost was multiplied by its share p twice.",
                    ),
                ),
            ],
            told("value", &format!("The number of bits is wrong.{more}")),
        )?;
    }
    Ok(())
}

pub fn cheapest(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A price for bits, equation 8.13";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let rng = &mut rng_at(813, 0);
    let mut drawn = |shape: (usize, usize)| -> Array2<f64> {
        Array2::random_using(shape, StandardNormal, rng)
    };
    let prices = |x: Array2<f64>| x.mapv(|v| 1.5 * v.abs());
    let cases = [
        (drawn((72, 3)), drawn((7, 3)), prices(drawn((9, 7))) * 2.0),
        (
            array![[1000.0, 0.0], [-1000.0, 0.5]],
            array![[999.0, 0.0], [0.0, 0.0], [-999.0, 0.0]],
            array![[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]],
        ),
        // Ties: equal distances, equal prices, and one against the other.
        (
            array![[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
            array![[5.0, 0.0], [-3.0, 0.0], [3.0, 0.0]],
            array![[1.0, 1.0, 1.0], [0.0, 16.0, 16.0]],
        ),
        (drawn((3, 2)), drawn((1, 2)), prices(drawn((3, 1)))),
        (Array2::zeros((0, 2)), drawn((3, 2)), prices(drawn((2, 3)))),
    ];
    for (z, e, p) in cases {
        let (places, codes) = p.dim();
        let side = places.isqrt();
        let maps = (z.nrows() / places).max(1);
        type Cost<'a> = &'a dyn Fn(f64, usize, usize) -> f64;
        let choice = |cost: Cost, takes: fn(f64, f64) -> bool| {
            let of_latent = |n: usize| {
                let of = |k: usize| {
                    let far = &z.row(n) - &e.row(k);
                    cost(far.dot(&far), n, k)
                };
                let better = |a, b| if takes(of(b), of(a)) { b } else { a };
                (1..codes).fold(0, better) as f64
            };
            (0..z.nrows()).map(of_latent).collect::<Array1<f64>>()
        };
        let least = |cost: Cost| choice(cost, |b, a| b < a);
        let priced = |d: f64, n: usize, k: usize| d + p[[n % places, k]];
        let found = candidate(&z, &e, &p);
        let right = least(&priced);
        let mut pairs = right.iter().zip(&found).enumerate();
        let first = pairs.find(|(_, (a, b))| **a != **b as f64);
        let compared = first.and_then(|(n, (a, b))| {
            let of = |k: usize| {
                let far = &z.row(n) - &e.rows().into_iter().nth(k)?;
                let (d, r) = (far.dot(&far), p[[n % places, k]]);
                Some(format!("code {k} costs {d:.3} + {r:.3}"))
            };
            let [mine, yours] = [of(*a as usize)?, of(*b)?];
            Some(format!(
                "Other codes were expected. For latent {n}, at place {}, {mine}; yours, {yours}: distance and price.",
                n % places
            ))
        });
        let compared = compared.or(Some("Other codes were expected.".into()));
        judge(
            &right,
            &found.iter().map(|&k| k as f64).collect(),
            1e-10,
            vec![
                (
                    choice(&priced, |b, a| b <= a),
                    told(
                        "last of equals",
                        "Of codes that cost the same, the last was taken. Take the lower number, as chapter 5 does.",
                    ),
                ),
                (
                    choice(&priced, |b, a| b > a),
                    told(
                        "the most",
                        "The largest sum was taken, not the least.",
                    ),
                ),
                (
                    least(&|d, n, k| d - p[[n % places, k]]),
                    told(
                        "dear",
                        "The price was taken off: dear codes are preferred. It is added to the distance.",
                    ),
                ),
                (
                    least(&|d, _, k| d + p[[0, k]]),
                    told(
                        "first place",
                        "The first place's prices were used for every latent. Row n of the latents is at place n modulo S².",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[(n / maps).min(places - 1), k]]),
                    told(
                        "map for place",
                        "Latents of one place were taken to stand together. They stand map by map: row n is at place n modulo S².",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[n / places % places, k]]),
                    told(
                        "map for place",
                        "The number of the map was taken for that of the place. Row n is at place n modulo S².",
                    ),
                ),
                (
                    least(&|d, n, k| {
                        let n = n % places;
                        let side = side.max(1);
                        let turned = n % side * side + n / side;
                        d + p[[turned.min(places - 1), k]]
                    }),
                    told(
                        "column by column",
                        "The places were counted column by column. A map goes line by line, and so do its prices.",
                    ),
                ),
                (
                    least(&|d, n, k| d.sqrt() + p[[n % places, k]]),
                    told(
                        "not squared",
                        "The distance was not squared. Prices are in units of squared distances.",
                    ),
                ),
                (
                    least(&|d, n, k| {
                        d / z.ncols() as f64 + p[[n % places, k]]
                    }),
                    told(
                        "mean distance",
                        "The squares were averaged over the components. In equation 8.13 they are added up, and prices are in units of that.",
                    ),
                ),
                (
                    least(&|d, n, k| 0.5 * d + p[[n % places, k]]),
                    told(
                        "half the distance",
                        "Beside the distance the price counts twice as much as in equation 8.13: half of the distance was taken, or twice the price.",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[n % places, k]].powi(2)),
                    told(
                        "price squared",
                        "The price was squared. The root is for the picture of a code that stands far off; there it is squared again.",
                    ),
                ),
                (
                    least(&|d, n, k| d * p[[n % places, k]]),
                    told(
                        "multiplied",
                        "Distance and price were multiplied. They add up.",
                    ),
                ),
                (
                    least(&|d, _, k| {
                        d + p.column(k).mean().unwrap_or(f64::NAN)
                    }),
                    told(
                        "mean price",
                        "A code's price was taken as the mean of all places. Each place has its own prices.",
                    ),
                ),
                (
                    least(&|d, _, _| d),
                    told(
                        "nearest",
                        "This is the nearest code; the prices were not looked at.",
                    ),
                ),
                (
                    least(&|_, n, k| p[[n % places, k]]),
                    told(
                        "price alone",
                        "This is the cheapest code, however far it is.",
                    ),
                ),
                (
                    least(&|_, n, k| {
                        let far = &z.row(n) - &e.row(k);
                        far.mapv(f64::abs).sum() + p[[n % places, k]]
                    }),
                    told(
                        "not squared",
                        "The differences were not squared. Prices are in units of squared distances.",
                    ),
                ),
                (
                    least(&|_, n, k| {
                        let e = e.row(k);
                        e.dot(&e) - z.row(n).dot(&e) + p[[n % places, k]]
                    }),
                    told(
                        "a product without its 2",
                        "|z − e|² was written out, and the 2 of −2 z · e is missing.",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[n % places, k]].sqrt()),
                    told(
                        "root of the price",
                        "The root of the price was added. It is a coordinate, and is squared in a distance.",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[places - 1 - n % places, k]]),
                    told(
                        "places backwards",
                        "The places were counted from the end.",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[(n + 1) % places, k]]),
                    told(
                        "the next place",
                        "Each latent paid the prices of the place after its own. Rows and places are counted from 0.",
                    ),
                ),
                (
                    least(&|_, n, k| {
                        (z[[n, 0]] - e[[k, 0]]).powi(2) + p[[n % places, k]]
                    }),
                    told(
                        "one component",
                        "Only the first component of latent and code was compared.",
                    ),
                ),
                (
                    least(&|d, n, k| d / p[[n % places, k]]),
                    told(
                        "divided",
                        "The distance was divided by the price. They add up.",
                    ),
                ),
                (
                    least(&|d, n, k| d + p[[(n + places - 1) % places, k]]),
                    told(
                        "the place before",
                        "Each latent paid the prices of the place before its own. Rows and places are counted from 0.",
                    ),
                ),
                (
                    least(&|d, _, k| d + p[[places - 1, k]]),
                    told(
                        "last place",
                        "The last place's prices were used for every latent. Row n of the latents is at place n modulo S².",
                    ),
                ),
                (
                    least(&|_, n, k| {
                        p[[n % places, k]] - z.row(n).dot(&e.row(k))
                    }),
                    told(
                        "largest product",
                        "The product of latent and code was taken for nearness. It favours long codes; take the squared distance.",
                    ),
                ),
                (
                    least(&|d, n, k| 2.0 * d + p[[n % places, k]]),
                    told(
                        "half the price",
                        "Beside the distance the price counts half as much as in equation 8.13.",
                    ),
                ),
                (
                    least(&|d, _, k| d + p.column(k).sum()),
                    told(
                        "sum of the places",
                        "A code's price was added up over all places. Each place has its own prices.",
                    ),
                ),
                (
                    least(&priced).mapv(|k| k + 1.0),
                    told("counted from one", "Codes are counted from 0."),
                ),
            ],
            told("indices", &compared.unwrap_or_default()),
        )?;
    }
    Ok(())
}

/// What exercise 8.8 trains.
#[derive(Clone)]
struct Nets {
    encoder: Mlp<f64>,
    decoder: Mlp<f64>,
    quantizer: Quantizer<f64>,
}

/// Encoder, decoder, codebook, batches, side and variance, Adam's constants; to the errors.
type Trains = fn(
    &mut Mlp<f64>,
    &mut Mlp<f64>,
    &mut Quantizer<f64>,
    &[Array2<f64>],
    (usize, f64),
    AdamConfig,
) -> Vec<f64>;

/// What can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    FedLatents,
    NoStraightThrough,
    NoCommitment,
    CodesForLatents,
    TargetForOutput,
    Undivided,
    ErrorUndivided,
    GradientUndivided,
    AllDivided,
    DecoderMovedFirst,
    CodebookFirst,
    CodebookStands,
    EncoderStands,
    DecoderStands,
    NothingMoves,
    StepStays,
    CountedFromOne,
    AdamAnew,
    ErrorBehindTheStep,
    FirstBatchAgain,
    ConstantsForgotten,
}

const SLIPS: [(Slip, &str, &str); 21] = [
    (
        Slip::FedLatents,
        "fed latents",
        "The decoder was trained on latents. It gets codes: only they are there when an image is decoded.",
    ),
    (
        Slip::NoStraightThrough,
        "no straight-through",
        "The encoder follows the commitment term alone. The gradient of the error at the decoder's input is handed past the lookup, \
         as if it were the latents'; `encoder_gradient` takes it as its third argument.",
    ),
    (
        Slip::NoCommitment,
        "no commitment",
        "The encoder follows the error alone. The commitment term has a gradient at the latents too; `encoder_gradient` adds it.",
    ),
    (
        Slip::CodesForLatents,
        "codes for latents",
        "Latents and codes came in the wrong order, so that the commitment term pushes latents away from their codes. \
         `encoder_gradient` takes z_e first, then z_q.",
    ),
    (
        Slip::TargetForOutput,
        "target for output",
        "The gradient of the error is that at the target, which is minus that at the output: the pictures get worse. `mse_backward` takes \
         the output first.",
    ),
    (
        Slip::Undivided,
        "undivided",
        "Neither the error nor its gradient is divided by the variance. Then the commitment term has another weight beside \
         it than in equation 8.7.",
    ),
    (
        Slip::ErrorUndivided,
        "error undivided",
        "What is learnt is right. The errors that came back are not divided by the variance.",
    ),
    (
        Slip::GradientUndivided,
        "gradient undivided",
        "The error is divided by the variance, and its gradient is not: the commitment term has another weight than in equation 8.7.",
    ),
    (
        Slip::AllDivided,
        "commitment divided too",
        "The commitment term's gradient was divided by the variance as well. In equation 8.7 the error alone is.",
    ),
    (
        Slip::DecoderMovedFirst,
        "decoder moved first",
        "The decoder had moved before the gradient passed its first weights on the way to the encoder. A gradient belongs to the weights \
         of the forward pass: all gradients first, then all steps.",
    ),
    (
        Slip::CodebookFirst,
        "codebook moved first",
        "The codebook moved before the decoder got its codes, which are then not those that the latents found. It learns last.",
    ),
    (
        Slip::CodebookStands,
        "the codebook stands still",
        "Encoder and decoder move, and the codebook stays where it was. `learn` moves it, if it is given the *latents*: the mean of \
         copies of a code is that code.",
    ),
    (
        Slip::EncoderStands,
        "the encoder stands still",
        "The encoder has not moved. Its gradient comes from `half_backward` of `encoder`, and its Adam takes a step of its own.",
    ),
    (
        Slip::DecoderStands,
        "the decoder stands still",
        "The decoder has not moved. Its gradient comes from `half_backward` of `decoder`, and its Adam takes a step of its own.",
    ),
    (
        Slip::NothingMoves,
        "copies are trained",
        "The errors are right, and what was to be trained has not moved. Were copies trained?",
    ),
    (
        Slip::StepStays,
        "the step size stays",
        "The step size stayed at its first value. In equation 8.8 it falls to zero: set `config.lr` of both Adams before each step.",
    ),
    (
        Slip::CountedFromOne,
        "counted from one",
        "The first step is already shorter, and the last one has no length: t was counted from 1. In equation 8.8 it begins at 0.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "The Adams were made anew for each step, so that their running means begin at zero again. Make them once, before the loop.",
    ),
    (
        Slip::ErrorBehindTheStep,
        "error behind the step",
        "What is learnt is right. The errors that came back are those behind each step; asked for are those before it.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step saw the first batch.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants, but for the step size. It was to be made of the `adam` that came.",
    ),
];

fn run(
    start: &Nets,
    batches: &[Array2<f64>],
    (side, variance): (usize, f64),
    adam: AdamConfig,
    slip: Slip,
) -> (Nets, Vec<f64>) {
    let adam = match slip {
        Slip::ConstantsForgotten => {
            AdamConfig { lr: adam.lr, ..AdamConfig::default() }
        }
        _ => adam,
    };
    let mut nets = start.clone();
    let anew = |nets: &Nets| {
        [&nets.encoder, &nets.decoder].map(|net| Adam::new(net, adam))
    };
    let (mut adams, mut errors) = (anew(&nets), Vec::new());
    for (t, own) in batches.iter().enumerate() {
        let x = if slip == Slip::FirstBatchAgain { &batches[0] } else { own };
        if slip == Slip::AdamAnew {
            adams = anew(&nets);
        }
        let left = |t: usize| 1.0 - t as f64 / batches.len() as f64;
        let left = match slip {
            Slip::StepStays => 1.0,
            Slip::CountedFromOne => left(t + 1),
            _ => left(t),
        };
        adams.iter_mut().for_each(|of| of.config.lr = adam.lr * left);
        let error = one_step(&mut nets, &mut adams, x, side, variance, slip);
        errors.push(match slip {
            Slip::ErrorBehindTheStep => {
                let z_e = half(&nets.encoder, x.clone(), side).y;
                let z_q = found(&nets, &z_e).0;
                mse(&half(&nets.decoder, z_q, side).y, x) / variance
            }
            Slip::Undivided | Slip::ErrorUndivided => error * variance,
            _ => error,
        });
    }
    match slip {
        Slip::NothingMoves => (start.clone(), errors),
        _ => (nets, errors),
    }
}

/// The codes of latents, and which.
fn found(nets: &Nets, z_e: &Array2<f64>) -> (Array2<f64>, Vec<usize>) {
    let found = nets.quantizer.quantize(z_e);
    let found = found.unwrap_or_else(|e| panic!("{e}")).quantized;
    (found.z_q, found.indices)
}

fn one_step(
    nets: &mut Nets,
    [adam_e, adam_d]: &mut [Adam<f64>; 2],
    x: &Array2<f64>,
    side: usize,
    variance: f64,
    slip: Slip,
) -> f64 {
    let encoded = half(&nets.encoder, x.clone(), side);
    let z_e = &encoded.y;
    let (mut z_q, indices) = found(nets, z_e);
    if slip == Slip::CodebookFirst {
        learn(nets, z_e, &indices);
        z_q = nets.quantizer.codebook().select(Axis(0), &indices);
    }
    let heard = if slip == Slip::FedLatents { z_e } else { &z_q };
    let decoded = half(&nets.decoder, heard.clone(), side);
    let over = match slip {
        Slip::Undivided | Slip::GradientUndivided => 1.0,
        _ => variance,
    };
    let d_x_hat = match slip {
        Slip::TargetForOutput => mse_backward(x, &decoded.y) / over,
        Slip::AllDivided => mse_backward(&decoded.y, x),
        _ => mse_backward(&decoded.y, x) / over,
    };
    let (d_s, mut d_decoder) =
        half_backward(&nets.decoder, &decoded, &d_x_hat, side);
    if slip == Slip::AllDivided {
        let divided = d_decoder.parameters_mut();
        divided.into_iter().for_each(|mut p| p /= variance);
    }
    if slip == Slip::DecoderMovedFirst {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    let mut d_z_q = d_s.dot(&nets.decoder.layers[0].w.t());
    if slip == Slip::NoStraightThrough {
        d_z_q.fill(0.0);
    }
    let d_z_e = match slip {
        Slip::NoCommitment => d_z_q,
        Slip::CodesForLatents => {
            nets.quantizer.encoder_gradient(&z_q, z_e, d_z_q)
        }
        Slip::AllDivided => {
            nets.quantizer.encoder_gradient(z_e, &z_q, d_z_q) / variance
        }
        _ => nets.quantizer.encoder_gradient(z_e, &z_q, d_z_q),
    };
    let (_, d_encoder) = half_backward(&nets.encoder, &encoded, &d_z_e, side);
    if slip != Slip::EncoderStands {
        adam_e.step(&mut nets.encoder, &d_encoder);
    }
    if !matches!(slip, Slip::DecoderStands | Slip::DecoderMovedFirst) {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    if !matches!(slip, Slip::CodebookStands | Slip::CodebookFirst) {
        learn(nets, z_e, &indices);
    }
    mse(&decoded.y, x) / variance
}

fn learn(nets: &mut Nets, z_e: &Array2<f64>, indices: &[usize]) {
    let learnt = nets.quantizer.learn(z_e, indices, &mut rng_at(0, 0));
    learnt.unwrap_or_else(|e| panic!("{e}"));
}

/// Every number of a training: errors, encoder, decoder, codebook.
fn laid((nets, errors): &(Nets, Vec<f64>)) -> Array1<f64> {
    let halves = [&nets.encoder, &nets.decoder];
    let of = |net: &Mlp<f64>| {
        let all: Vec<f64> =
            net.parameters().iter().flat_map(|p| p.iter().copied()).collect();
        all
    };
    let codebook = nets.quantizer.codebook().iter().copied();
    errors
        .iter()
        .copied()
        .chain(halves.into_iter().flat_map(of))
        .chain(codebook)
        .collect()
}

fn differs(a: f64, b: f64) -> bool {
    let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    !near // a NaN differs from everything
}

/// What differs first of two trainings: the errors, or a row of what was learnt.
fn first_difference(
    (right, errors): &(Nets, Vec<f64>),
    (came, yours): &(Nets, Vec<f64>),
) -> [String; 2] {
    if errors.iter().zip(yours).any(|(a, b)| differs(*a, *b)) {
        return [errors, yours].map(|e| match e.len() {
            0..=6 => format!("errors {e:.5?}"),
            _ => format!("errors {:.5?} …", &e[..6]),
        });
    }
    let row = |what: &str, a: &Array2<f64>, b: &Array2<f64>| {
        let pairs = a.rows().into_iter().zip(b.rows()).enumerate();
        let mut wrong = pairs.filter(|(_, (a, b))| {
            a.iter().zip(b).any(|(a, b)| differs(*a, *b))
        });
        let (n, (a, b)) = wrong.next()?;
        Some([a, b].map(|row| format!("row {n} of {what} {row:.5}")))
    };
    let halves = [
        ("encoder", &right.encoder, &came.encoder),
        ("decoder", &right.decoder, &came.decoder),
    ];
    for (name, right, came) in halves {
        for (n, (a, b)) in right.layers.iter().zip(&came.layers).enumerate() {
            let biases = |of: &Layer<f64>| of.b.clone().insert_axis(Axis(0));
            let what = format!("the weights of layer {n} of the {name}");
            let weights = row(&what, &a.w, &b.w);
            let what = format!("the biases of layer {n} of the {name}");
            let found = weights.or(row(&what, &biases(a), &biases(b)));
            if let Some(found) = found {
                return found;
            }
        }
    }
    let [a, b] = [right, came].map(|nets| nets.quantizer.codebook());
    row("the codebook", a, b).unwrap_or_default()
}

/// By how much errors are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    (right.len() > 1 && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// Two small halves and a codebook among the first latents.
fn nets(
    [inputs, channels, width]: [usize; 3],
    (blocks, codes): (usize, usize),
    (first, side): (&Array2<f64>, usize),
    seed: u64,
) -> Nets {
    let rng = &mut rng_at(88, seed);
    let mut of = |from: usize, to: usize| {
        let relu = Activation::Relu;
        let mut layers = vec![init_layer::<f64>(from, channels, relu, rng)];
        layers.extend(
            (0..blocks)
                .map(|_| init_layer(9 * channels, channels, relu, rng)),
        );
        layers.push(init_layer(channels, to, Activation::Identity, rng));
        layers.iter_mut().for_each(|layer| layer.w *= 0.5);
        Mlp { layers }
    };
    let (encoder, decoder) = (of(inputs, width), of(width, inputs));
    let settings = Settings {
        learning: Learning::Ema { gamma: 0.8, debias: true },
        beta: 0.7,
        ..Settings::default()
    };
    let z_e = half(&encoder, first.clone(), side).y;
    let quantizer = Quantizer::from_latents(&z_e, codes, 2, settings, rng);
    let quantizer = quantizer.unwrap_or_else(|e| panic!("{e}"));
    Nets { encoder, decoder, quantizer }
}

/// Patches of bars, each map with one of its own grey: `[maps · side², 4]`, half of the numbers 0.
fn bars(maps: usize, side: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(89, stream);
    let grey: Array2<f64> =
        Array2::random_using((maps, 2), StandardNormal, rng);
    Array2::from_shape_fn((maps * side * side, 4), |(n, pixel)| {
        let (map, column) = (n / (side * side), n % side);
        let upright = grey[[map, 1]] > 0.0;
        match (upright && column == 1) || (!upright && pixel < 2) {
            true => 1.0 + 0.3 * grey[[map, 0]],
            false => 0.0,
        }
    })
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § One step, equations 8.7 and 8.8";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![bars(3, 2, 0), bars(1, 2, 1), bars(2, 2, 2)];
    let mut far = bars(2, 3, 3);
    (far[[0, 0]], far[[10, 3]]) = (1000.0, -1000.0);
    let far = vec![far, bars(1, 3, 4) * 0.0];
    let long: Vec<_> = (0..60).map(|n| bars(4, 3, 10 + n)).collect();
    let of = |sizes, more, first: &Array2<f64>, side, seed| {
        nets(sizes, more, (first, side), seed)
    };
    let cases = [
        (of([4, 5, 3], (1, 4), &few[0], 2, 1), few, (2, 0.3), adam),
        (of([4, 3, 2], (2, 3), &far[0], 3, 2), far, (3, 20.0), adam),
        (of([4, 5, 2], (0, 2), &bars(2, 2, 5), 2, 3), vec![], (2, 1.0), adam),
        (
            of([4, 6, 3], (1, 5), &long[0], 3, 4),
            long,
            (3, 0.2),
            AdamConfig { lr: 0.02, ..AdamConfig::default() },
        ),
    ];
    for (start, batches, (side, variance), adam) in cases {
        let of = |slip| run(&start, &batches, (side, variance), adam, slip);
        let mut mine = start.clone();
        let errors = candidate(
            &mut mine.encoder,
            &mut mine.decoder,
            &mut mine.quantizer,
            &batches,
            (side, variance),
            adam,
        );
        let came = (mine, errors);
        if came.1.len() != batches.len() {
            let count = |n: usize| format!("{n} errors");
            let what =
                "There is one error for each batch, that before its step.";
            return Err(told("number of errors", what)
                .with(count(batches.len()), count(came.1.len())));
        }
        let right = of(Slip::None);
        let suspects = SLIPS
            .into_iter()
            .map(|(slip, name, what)| (laid(&of(slip)), told(name, what)));
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your errors are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 60 => told(
                "long training",
                "Few batches are right, and 60 are not.",
            ),
            None => told("value", "The errors or what was learnt is wrong."),
        };
        // Sixty steps make a little rounding larger.
        let near = if batches.len() == 60 { 1e-5 } else { 1e-9 };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            near,
            suspects.collect(),
            otherwise,
        );
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::LatentsDecoded => "latents decoded",
        Cause::NoSkip => "no skip",
        Cause::HighPrice => "high price",
        Cause::WrongVariance => "wrong variance",
        Cause::UnscaledPixels => "unscaled pixels",
        Cause::PatchesTurned => "patches turned",
        Cause::ColumnByColumn => "column by column",
        Cause::OldTables => "old tables",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::LatentsDecoded => {
            "A decoder that is trained on latents has a lower error on its batches than the healthy one, and a higher one in use, where it \
             gets codes. The letters come back all the same, a little coarse."
        }
        Cause::NoSkip => {
            "Without the sum past them, four convolutions with small weights let little through: the run learns slowly, few codes are in \
             use, and the letters are blurs. Training and use agree."
        }
        Cause::HighPrice => {
            "When bits are too dear, each place ends with one code, its cheapest. A picture then costs next to no bits, and all pictures \
             come back alike, though several codes are in use, one here and one there."
        }
        Cause::WrongVariance => {
            "Divided by 65,025 times the variance, the error on the batches is far below the axis from the first step on, and beside the \
             commitment term the pictures hardly count."
        }
        Cause::UnscaledPixels => {
            "An encoder that is given pixels from 0 to 255 finds codes that no training picture has at that place: the tables charge much \
             for them, fewer of them are in use, and strokes come back that were not there. The batches know nothing of it."
        }
        Cause::PatchesTurned => {
            "When lines and columns of each patch are exchanged, all patches stand in their places and are turned about their diagonals: \
             strokes break at every border. Codes, bits and batches are those of the healthy run."
        }
        Cause::ColumnByColumn => {
            "Read column by column, the codes are right and stand in other places: each letter comes back mirrored at the diagonal, with \
             patches that are upright. Codes, bits and batches are those of the healthy run."
        }
        Cause::OldTables => {
            "Tables of an untrained network's codes charge for habits that are gone. The bits are far too many, and the pictures as good as \
             in the healthy run: tables change no code."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § What goes wrong, on both pages";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 6])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS)));
        CAUSES.into_par_iter().map(end).collect()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 6])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
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

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

/// Why the second code of exercise 8.10 ends with the share that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// The codes are equally good, so prices change nothing.
    BothAreAsGood,
    /// Twice the price of a bit moves the border twice as far.
    TwiceThePrice,
    /// Latents beyond the second code never leave it.
    FarLatentsStay,
    /// The thousandth that is added to each share keeps the code in use.
    TheFloorHolds,
    /// What is rarer is dearer, and what is dearer is rarer.
    RarerIsDearer,
}

/// The share of the second code when nothing moves any more, and how much dearer it is then. `feedback`: whether prices
/// follow the shares, or stay as the nearest codes set them.
fn shares(lambda: f64, shift: f64, feedback: bool) -> (f64, f64) {
    const N: usize = 1000;
    let z = Array2::from_shape_fn((N, 1), |(n, _)| {
        -1.0 - shift + 2.0 * (n as f64 + 0.5) / N as f64
    });
    let e = array![[-0.5], [0.5]];
    let rate = Rate { lambda, warm_up: 1, keep: 0.9 };
    let prices = Prices::new(rate, 1, 2);
    let mut prices = prices.unwrap_or_else(|e| panic!("{e}"));
    let free = array![[0.0, 0.0]];
    let (mut share, mut dearer) = (f64::NAN, f64::NAN);
    for step in 0..2000 {
        let now = prices.table(step);
        let table = if feedback || step == 1999 { &now } else { &free };
        let found = cheapest_codes(&z, &e, table);
        let found = found.unwrap_or_else(|e| panic!("{e}"));
        let second = found.iter().filter(|k| **k == 1).count();
        share = second as f64 / N as f64;
        dearer = now[[0, 1]] - now[[0, 0]];
        prices.learn(&z, &e.select(Axis(0), &found), &found);
    }
    (share, dearer)
}

pub fn rarer(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A price for bits, equations 8.12 and 8.13";
    let (before, _) = shares(6.0, 0.02, true);
    let (here, dearer) = shares(12.0, 0.02, true);
    let (even, _) = shares(12.0, 0.0, true);
    let (once, _) = shares(12.0, 0.02, false);
    let (share, because) = candidate();
    let right = (share - here).abs() <= 1e-4;
    let came = match right {
        true => "The number came: the code ends",
        false => "The code ends",
    };
    let told = |name, what: String| {
        let what = format!("{came} with a share of {here}. {what}");
        let came = format!("{share}, {because:?}");
        Err(Diagnosis::new(name, what, SEE).with(here, came))
    };
    match because {
        Because::BothAreAsGood => told(
            "both are as good",
            format!(
                "If the latents lay exactly about 0, the share would stay at {even}, and two equal prices change nothing. But one latent in \
                 a hundred more is enough of a difference to begin with."
            ),
        ),
        Because::TwiceThePrice => told(
            "twice the price",
            format!(
                "That is so as long as prices stay as they are: set by the nearest codes and then kept, λ = 12 would leave a share of \
                 {once:.3}. But the prices follow the shares. With λ = 6 that ends at {before:.3}, for each round adds less than the one \
                 before; with λ = 12 each adds more."
            ),
        ),
        Because::FarLatentsStay => told(
            "far latents stay",
            format!(
                "The latents farthest to the right lie at 0.98, where the two squared distances differ by 1.96, and no latent has more to \
                 lose. In the end code 2 is dearer by {dearer:.0}."
            ),
        ),
        Because::TheFloorHolds => told(
            "the floor holds",
            format!(
                "What is added to the shares keeps the price finite: code 2 is dearer by {dearer:.0} in the end, and not by infinity. \
                 It keeps no latent at the code, for none has more than 1.96 to lose."
            ),
        ),
        Because::RarerIsDearer if !right => told(
            "a reason without its number",
            "The reason is right. Follow it to the end: is there a share at which a round adds no more?".into(),
        ),
        Because::RarerIsDearer => Ok(()),
    }
}
