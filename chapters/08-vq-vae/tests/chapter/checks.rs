//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, array};

const TWO: usize = 2;

/// Two grids of 3 × 3 with two channels; no number occurs twice.
fn grids() -> Array2<f64> {
    Array2::from_shape_fn((18, TWO), |(n, c)| {
        1.0 + n as f64 + 0.01 * (n * n) as f64 + 100.0 * c as f64
    })
}

/// The rows around each place of 3 × 3, and what `edge` says beyond it.
fn around(edge: impl Fn(isize) -> Option<isize>) -> Vec<[Option<usize>; 9]> {
    let row = |n: usize| {
        std::array::from_fn(|tap| {
            let line = edge((n / 3 % 3 + tap / 3) as isize - 1)?;
            let column = edge((n % 3 + tap % 3) as isize - 1)?;
            Some(n / 9 * 9 + (3 * line + column) as usize)
        })
    };
    (0..18).map(row).collect()
}

fn zeros(v: isize) -> Option<isize> {
    (0..3).contains(&v).then_some(v)
}

/// Rows of nine copies, in the place that `order` gives tap and channel.
fn laid_out(
    around: &[[Option<usize>; 9]],
    order: impl Fn(usize, usize) -> usize,
) -> Array2<f64> {
    let x = grids();
    let mut columns = Array2::zeros((18, 9 * TWO));
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            for c in 0..TWO {
                columns[[n, order(tap, c)]] = m.map_or(0.0, |m| x[[m, c]]);
            }
        }
    }
    columns
}

pub fn im2col(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let usual = |tap: usize, c: usize| TWO * tap + c;
    let right = laid_out(&around(zeros), usual);
    let flat = |n: usize| {
        std::array::from_fn(|tap| {
            let m = (n + tap / 3 * 3 + tap % 3).checked_sub(4)?;
            (m < 18).then_some(m)
        })
    };
    let flat: Vec<[Option<usize>; 9]> = (0..18).map(flat).collect();
    judge(
        &right,
        &candidate(&grids(), 3),
        1e-12,
        vec![
            (
                laid_out(&around(|v| Some(v.rem_euclid(3))), usual),
                told(
                    "around the edge",
                    "What leaves the grid on one side comes back on the other. Zeros stand beyond the edge.",
                ),
            ),
            (
                laid_out(&around(|v| Some(v.clamp(0, 2))), usual),
                told(
                    "edge repeated",
                    "Beyond the edge the last line and the last column are repeated. Zeros stand there.",
                ),
            ),
            (
                laid_out(&around(zeros), |tap, c| 9 * c + tap),
                told(
                    "channels outside",
                    "The nine values of one channel lie together. All channels of one place do, so that they can be \
                     copied in one piece; the weights are in the same order.",
                ),
            ),
            (
                laid_out(&around(zeros), |tap, c| usual(8 - tap, c)),
                told(
                    "upside down",
                    "The neighbours come in the opposite order: the last is the one up and to the left. That is what \
                     the gradient needs, not the forward pass.",
                ),
            ),
            (
                laid_out(&flat, usual),
                told(
                    "across the edge",
                    "A step to the left of the first column led to the end of the line above, or into another image. \
                     Line and column have to be looked at one by one.",
                ),
            ),
        ],
        told("value", "The columns are wrong."),
    )
}

pub fn col2im(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let d = Array2::from_shape_fn((18, 9 * TWO), |(n, t)| {
        ((7 * n + 5 * t) % 23) as f64 - 11.0 + 0.1 * t as f64
    });
    let around = around(zeros);
    let shape = (18, TWO);
    let [mut right, mut last, mut same] =
        [(); 3].map(|()| Array2::zeros(shape));
    let mut counts: Array1<f64> = Array1::zeros(18);
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            let Some(m) = *m else { continue };
            counts[m] += 1.0;
            for c in 0..TWO {
                right[[m, c]] += d[[n, TWO * tap + c]];
                last[[m, c]] = d[[n, TWO * tap + c]];
                same[[n, c]] += d[[m, TWO * tap + c]];
            }
        }
    }
    let mut mean = right.clone();
    for (mut row, count) in mean.rows_mut().into_iter().zip(&counts) {
        row /= *count;
    }
    let middle = d.slice(ndarray::s![.., 4 * TWO..5 * TWO]).to_owned();
    judge(
        &right,
        &candidate(&d, 3),
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
                same,
                told(
                    "same direction",
                    "Each place collected from its neighbour in direction t what that one says about *its own* \
                     direction t. Seen from the neighbour, this place lies in the opposite direction, 8 - t.",
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
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn residual_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § Two halves, equation 8.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let a = array![[0.5, 0.0, 1.2], [0.0, 2.0, 0.3]];
    let d_h = array![[0.7, -0.4, 0.2], [1.1, -0.9, 0.6]];
    let d_a = array![[-0.3, 0.8, 0.5], [0.25, 0.15, -1.4]];
    let mask = a.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
    judge(
        &(&d_h + &(&d_a * &mask)),
        &candidate(&a, &d_h, &d_a),
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
                    "The convolution sees a, not s: where the ReLU gave 0, nothing comes back by that way.",
                ),
            ),
            (
                (&d_h + &d_a) * &mask,
                told(
                    "ReLU on both ways",
                    "The shortcut starts before the ReLU, so what comes back by it does not pass one.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn decoder_input(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § One step, equation 8.7";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let codebook = array![[0.0, 0.5], [1.0, 1.0], [4.0, 3.0]];
    let z_e = array![[0.9, 0.8], [0.1, 0.2], [2.0, 1.5], [-1.0, 0.0]];
    let of = |k: [usize; 4]| codebook.select(ndarray::Axis(0), &k);
    let right = of([1, 0, 1, 0]);
    judge(
        &right,
        &candidate(&z_e, &codebook),
        1e-12,
        vec![
            (
                z_e.clone(),
                told(
                    "the latent itself",
                    "This is z_e. A decoder that is trained on latents has never seen a code, and codes are all that \
                     is stored.",
                ),
            ),
            (
                (&z_e + &right) * 0.5,
                told(
                    "half way",
                    "This lies between the latent and its code. Of the two, only the code can be stored.",
                ),
            ),
            (
                of([2, 2, 2, 2]),
                told(
                    "the farthest",
                    "These are the farthest codes, not the nearest.",
                ),
            ),
            (
                of([2, 2, 2, 0]),
                told(
                    "largest product",
                    "The largest product favours long codes. The nearest code has the least squared distance.",
                ),
            ),
        ],
        told("value", "These are not the nearest codes."),
    )
}

pub fn mse_over_variance(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § How good is it?, equation 8.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let x = array![[0.0, 0.9, 0.2], [0.1, 0.7, 1.0]];
    let y = array![[0.1, 0.8, 0.2], [0.0, 0.9, 0.7]];
    let mse = (&y - &x).mapv(|v| v * v).mean().unwrap_or(0.0);
    let variance = x.var(0.0);
    let each = x.var_axis(ndarray::Axis(0), 0.0).mean().unwrap_or(0.0);
    judge_number(
        mse / variance,
        candidate(&x, &y),
        1e-10,
        vec![
            (
                mse,
                told(
                    "undivided",
                    "This is the mean squared error itself. Its size depends on how much ink there is.",
                ),
            ),
            (
                mse / variance.sqrt(),
                told(
                    "over deviation",
                    "Divided by the standard deviation; an error that is squared wants a square.",
                ),
            ),
            (
                mse / each,
                told(
                    "pixel by pixel",
                    "Divided by the mean of each pixel's own variance. The convention is one mean for all pixels.",
                ),
            ),
            (
                mse * 3.0 / variance,
                told(
                    "summed over pixels",
                    "The squares of an image were added, not averaged.",
                ),
            ),
        ],
        told("value", "The number is wrong."),
    )
}

pub fn bits(
    candidate: fn(&Array2<f64>, &[usize]) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A file, equation 8.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let p = array![[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]];
    let map = [1, 1, 2];
    let of = |f: fn(f64) -> f64| -> f64 {
        map.iter().enumerate().map(|(n, &k)| f(p[[n, k]])).sum()
    };
    judge_number(
        of(|p| -p.log2()),
        candidate(&p, &map),
        1e-10,
        vec![
            (
                of(|p| -p.ln()),
                told(
                    "nats",
                    "This is in nats; a bit is a factor of two, log2.",
                ),
            ),
            (
                p.iter().map(|p| -p * p.log2()).sum(),
                told(
                    "on average",
                    "This is the entropy of the tables: what a map costs on average, not what this map costs.",
                ),
            ),
            (
                map.iter().map(|&k| -p[[0, k]].log2()).sum(),
                told(
                    "one table",
                    "The first place's table was used for every place; each has its own.",
                ),
            ),
            (
                of(|p| (-p.log2()).ceil()),
                told(
                    "whole bits",
                    "Every code was rounded up to whole bits. A range coder pays fractions, and rounds up once a file.",
                ),
            ),
            (
                3.0 * 3.0_f64.log2(),
                told(
                    "all alike",
                    "Every code was paid the same; the tables say that some are frequent.",
                ),
            ),
        ],
        told("value", "The number of bits is wrong."),
    )
}

pub fn cheapest(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A price for bits, equation 8.13";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z = array![
        [0.5, 1.5],
        [-1.5, 0.0],
        [-1.5, -2.0],
        [0.0, 0.0],
        [2.0, -0.5],
        [-1.0, 1.0],
    ];
    let e = array![[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [-1.0, -1.0]];
    let p = array![
        [4.0, 2.0, 0.5, 7.0],
        [0.0, 0.0, 0.5, 1.0],
        [1.0, 1.0, 7.0, 1.0],
    ];
    let least = |cost: &dyn Fn(f64, usize, usize) -> f64| -> Array1<f64> {
        let of_latent = |n: usize| {
            let of = |k: usize| {
                let far = &z.row(n) - &e.row(k);
                cost(far.dot(&far), n, k)
            };
            let less = |a, b| if of(b) < of(a) { b } else { a };
            (1..4).fold(0, less) as f64
        };
        (0..6).map(of_latent).collect()
    };
    let found = candidate(&z, &e, &p);
    judge(
        &least(&|d, n, k| d + p[[n % 3, k]]),
        &found.iter().map(|&k| k as f64).collect(),
        1e-10,
        vec![
            (
                least(&|d, n, k| d - p[[n % 3, k]]),
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
                least(&|d, n, k| d + p[[n / 2, k]]),
                told(
                    "map for place",
                    "Latents of one place were taken to stand together. They stand map by map: row n is at place n modulo S².",
                ),
            ),
            (
                least(&|d, n, k| d.sqrt() + p[[n % 3, k]]),
                told(
                    "not squared",
                    "The distance was not squared. Prices are in units of squared distances.",
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
                least(&|_, n, k| p[[n % 3, k]]),
                told(
                    "price alone",
                    "This is the cheapest code, however far it is.",
                ),
            ),
        ],
        told("indices", "Other codes were expected."),
    )
}
