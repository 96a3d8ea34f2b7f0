//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{
    BITS, bits_per_image as bits_of, embed, embed_backward, flat,
    shift_right as shifted,
};
use code_prior::sampling::{How, sample};
use code_prior::training::Config;
use code_prior::{model, plain, sampling}; // `causes` finds them here
use gradients::plain::{
    Adam, AdamConfig, Parameters, cross_entropy, cross_entropy_backward,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array, Array1, Array2, ArrayView1, Axis, Dimension, array, s};
use ndarray_rand::rand::Rng;

#[path = "../../src/run/experiments/wrong/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{BEST, CAUSES, SAID, SHOWN, STEPS, apart, late, log};

/// Queries, keys and values of five places, three numbers each; with a zero row, two equal keys, and scores of either sign.
fn head() -> [Array2<f64>; 3] {
    [
        array![
            [0.5, -1.0, 0.2],
            [1.5, 0.3, -0.4],
            [-0.7, 0.9, 1.1],
            [0.2, 1.1, 0.6],
            [0.0, 0.0, 0.0]
        ],
        array![
            [1.0, 0.4, -0.3],
            [-0.6, 0.8, 0.5],
            [1.0, 0.4, -0.3],
            [0.9, 0.7, 1.2],
            [0.3, -1.2, 0.1]
        ],
        array![
            [0.2, 1.0, -0.7],
            [-1.0, 0.5, 0.0],
            [0.6, -0.3, 0.8],
            [1.4, 0.1, -0.2],
            [0.3, 0.9, 0.4]
        ],
    ]
}

/// Softmax along the rows, over the places that `may(i, j)` admits; 0 where there are none.
fn shares(
    s: &Array2<f64>,
    may: impl Fn(usize, usize) -> bool,
) -> Array2<f64> {
    let mut e = Array2::zeros(s.dim());
    for ((i, row), mut e) in
        s.rows().into_iter().enumerate().zip(e.rows_mut())
    {
        let known = || row.iter().enumerate().filter(|(j, _)| may(i, *j));
        let most = known().fold(f64::NEG_INFINITY, |a, (_, b)| a.max(*b));
        known().for_each(|(j, s)| e[j] = (s - most).exp());
        let sum = e.sum().max(1e-300);
        e /= sum;
    }
    e
}

/// Whether two arrays agree, and are no number in the same places.
fn alike<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        let both = a.is_nan() && b.is_nan();
        both || a == b || (a - b).abs() <= 1e-9 * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// [`judge`] where what came may be no number: a suspect may be none there either.
fn judge_far<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    suspects: Vec<(Array<f64, D>, Diagnosis)>,
    otherwise: Diagnosis,
) -> Result<(), Diagnosis> {
    let right = alike(expected, came);
    let suspect = suspects.into_iter().find(|(wrong, _)| alike(wrong, came));
    match suspect {
        Some((_, told)) if !right => {
            Err(told.with(format!("{expected:.5}"), format!("{came:.5}")))
        }
        _ => judge(expected, came, 1e-9, vec![], otherwise),
    }
}

/// What a softmax without its maximum does with large scores.
const OVERFLOW: &str = "The exponential of a large score is infinite, and that of a very negative one is 0. Take the largest score out \
                        first; the shares stay the same.";

pub fn causal_weights(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Attention, causally, equation 9.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let [q, k, _] = head();
    let one = |x: &Array2<f64>| x.slice(s![1..2, ..]).to_owned();
    for (q, k) in [(q.clone(), k.clone()), (one(&q), one(&k))] {
        let root = (q.ncols() as f64).sqrt();
        let s = q.dot(&k.t()) / root;
        let known = |i, j| j <= i;
        let scaled = |times: f64| shares(&(&s * times), known);
        let all = shares(&s, |_, _| true);
        let kept = |p: &Array2<f64>| {
            Array2::from_shape_fn(p.dim(), |(i, j)| {
                if j <= i { p[[i, j]] } else { 0.0 }
            })
        };
        let turned = shares(&s.t().to_owned(), |i, j| j >= i);
        let mut none = shares(&s, |i, j| j < i);
        none.row_mut(0).fill(f64::NAN);
        judge_far(
            &scaled(1.0),
            &candidate(&q, &k),
            vec![
                (
                    none,
                    told(
                        "not itself",
                        "A place may look at itself: its row holds the code *before* it. Without it the first place sees \
                         nothing at all, and a softmax of nothing is 0 by 0.",
                    ),
                ),
                (
                    all.clone(),
                    told(
                        "no mask",
                        "Every place sees every other one, its future as well. In training the model then reads the answer; \
                         in drawing there is no future to read.",
                    ),
                ),
                (
                    shares(&s, |i, j| j <= i + 1),
                    told(
                        "one too many",
                        "Each place sees the one after it, and in there is the very code it has to say. The loss falls to \
                         nothing and the samples are noise.",
                    ),
                ),
                (
                    shares(&s, |i, j| j >= i),
                    told(
                        "wrong side",
                        "Each place sees itself and what comes later. Row i asks, column j answers: j > i is the future.",
                    ),
                ),
                (
                    shares(&s, |i, j| j < i),
                    told(
                        "not itself",
                        "A place may look at itself: its row holds the code *before* it. Without it the first place sees \
                         nothing at all.",
                    ),
                ),
                (
                    scaled(root),
                    told(
                        "no root",
                        "The products were not divided by the root of D. The wider the head, the larger its scores, and the \
                         softmax picks one place alone.",
                    ),
                ),
                (
                    scaled(-1.0),
                    told(
                        "sign",
                        "The worse a key fits, the more it counts: the scores have the opposite sign.",
                    ),
                ),
                (
                    scaled(root * root),
                    told(
                        "multiplied by the root",
                        "The products were multiplied by the root of D, which makes them larger still. It divides.",
                    ),
                ),
                (
                    scaled(1.0 / root),
                    told(
                        "divided by D",
                        "The products were divided by D. A sum of D products has *variance* D, so its size is the root of D.",
                    ),
                ),
                (
                    scaled(root / (q.nrows() as f64).sqrt()),
                    told(
                        "root of T",
                        "The products were divided by the root of the number of places. They are sums over the D columns of a \
                         head, and D is `ncols` of the queries.",
                    ),
                ),
                (
                    kept(&all),
                    told(
                        "masked after the softmax",
                        "The later places were removed after the softmax: rows no longer sum to 1, and the future still \
                         counts in their denominators.",
                    ),
                ),
                (
                    shares(&kept(&s), |_, _| true),
                    told(
                        "masked by 0",
                        "The scores of later places were set to 0, and 0 is a score like any other: its exponential is 1. What is \
                         hidden needs a score of -∞, or stays out of the sum.",
                    ),
                ),
                (
                    kept(&shares(&kept(&s), |_, _| true)),
                    told(
                        "masked by 0",
                        "The scores of later places were set to 0 before the softmax, and their exponentials, 1 each, are still in \
                         the denominators.",
                    ),
                ),
                (
                    turned.t().to_owned(),
                    told(
                        "columns",
                        "The columns sum to 1. Each row is one place's question, and its weights are what has to sum to 1.",
                    ),
                ),
                (
                    scaled(1.0).t().to_owned(),
                    told(
                        "transposed",
                        "These are the right weights, with rows and columns exchanged. Row i is the place that asks.",
                    ),
                ),
                (
                    shares(&s.t().to_owned(), known),
                    told(
                        "keys ask",
                        "Keys and queries have changed places: row i has to hold the products of query i with all keys.",
                    ),
                ),
                (
                    shares(&shares(&s, known), known),
                    told(
                        "softmax twice",
                        "A softmax was taken of what is a softmax already.",
                    ),
                ),
                (
                    kept(&s),
                    told(
                        "no softmax",
                        "These are the scores. Weights are not negative and add up to 1 in each row.",
                    ),
                ),
                (
                    kept(&s.mapv(f64::exp)),
                    told(
                        "not normalised",
                        "These are the exponentials; each row has to be divided by its sum.",
                    ),
                ),
            ],
            told("value", "The weights are wrong."),
        )?;
    }
    // Scores of a thousand and more of either sign, and of later places too.
    let mut q = q * 2000.0;
    q.row_mut(0).assign(&(&k.row(0) * -2000.0));
    let s = q.dot(&k.t()) / 3.0_f64.sqrt();
    let of = |most: &dyn Fn(usize) -> f64| {
        let e = Array2::from_shape_fn(s.dim(), |(i, j)| {
            if j <= i { (s[[i, j]] - most(i)).exp() } else { 0.0 }
        });
        let sums = e.sum_axis(Axis(1)).insert_axis(Axis(1));
        e / sums
    };
    let largest =
        |s: ArrayView1<f64>| s.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let of_all = s.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let late = "The largest score that was taken out is one of a place that may not be seen. Far above the others it leaves only zeros, \
                and 0 by 0. Take the largest of those that are seen.";
    let low = [-1e2, -1e3].map(|low| {
        let s = Array2::from_shape_fn(s.dim(), |(i, j)| {
            if j <= i { s[[i, j]] } else { low }
        });
        let what = "What is hidden was given a score that is low, and a score that is seen was lower still: the future got its weight. Only \
                    -∞ is below all scores.";
        (shares(&s, |_, _| true), told("masked by a number", what))
    });
    let mut suspects = Vec::from(low);
    suspects.extend([
            (of(&|_| 0.0), told("overflow", OVERFLOW)),
        (
            of(&|i| s[[i, 0]]),
            told("overflow", "The first score of each row was taken out. It may be far below the largest, and then exponentials are infinite."),
        ),
            (
                of(&|i| largest(s.row(i))),
                told("a later place's maximum", late),
            ),
            (
                of(&|_| of_all),
                told(
                    "one maximum for all",
                    "One maximum was taken out of all rows. Each row has its own softmax, and its own largest score.",
                ),
            ),
    ]);
    judge_far(
        &shares(&s, |i, j| j <= i),
        &candidate(&q, &k),
        suspects,
        told(
            "large scores",
            "At scores of a thousand and more the weights are wrong.",
        ),
    )
}

type Shifts = fn(&Array2<usize>, usize) -> Array2<usize>;

pub fn shift_right(candidate: Shifts) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § What is known at a place, equation 9.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let numbers = |a: Array2<usize>| a.mapv(|v| v as f64);
    type Of<'a> = &'a dyn Fn(usize, usize) -> usize;
    for (codes, k) in [
        (array![[3, 1, 2, 4], [2, 0, 1, 1], [0, 0, 4, 3]], 5),
        (array![[2, 0, 1, 1, 2]], 3),
        (array![[1], [0], [1]], 2),
    ] {
        let (b, t) = codes.dim();
        let of = |from: Of| {
            numbers(Array2::from_shape_fn((b, t), |(n, i)| from(n, i)))
        };
        let before = |n: usize, i: usize| codes[[n, i - 1]];
        let came = candidate(&codes, k);
        if came.dim() == (b, t + 1) {
            let what = "Each row has a number too many: when the start comes in, the last code has to fall out. Nothing is guessed from it.";
            return Err(told("the last code is left", what).with(
                format!("{:?}", codes.shape()),
                format!("{:?}", came.shape()),
            ));
        }
        judge(
            &of(&|n, i| if i == 0 { k } else { before(n, i) }),
            &numbers(came),
            0.0,
            vec![
                (
                    of(&|n, i| if i == 0 { k } else { codes[[n, 0]] }),
                    told(
                        "the first code everywhere",
                        "The first code stands at every place behind the start. Was each place overwritten from one that had been overwritten \
                         already? Go from the end, or write into a new array.",
                    ),
                ),
                (
                    of(&|n, i| match (n, i) {
                        (0, 0) => k,
                        (_, 0) => 0,
                        _ => before(n, i),
                    }),
                    told(
                        "one start alone",
                        "Only the first image has a start token. Each has one.",
                    ),
                ),
                (
                    of(&|_, i| if i == 0 { k } else { 0 }),
                    told(
                        "nothing copied",
                        "The start is there, and the codes were not copied.",
                    ),
                ),
                (
                    of(&|n, i| (codes[[n, i]] + k) % (k + 1)),
                    told(
                        "numbers for places",
                        "Each code's *number* was lowered by one. It is the places that move; a code keeps its name.",
                    ),
                ),
                (
                    of(&|_, i| if i == 0 { k } else { before(0, i) }),
                    told(
                        "one image for all",
                        "All images see the codes of the first one.",
                    ),
                ),
                (
                    numbers(codes.clone()),
                    told(
                        "no shift",
                        "The input is the target. The model learns to copy, its loss goes to 0, and drawing cannot begin: \
                         there is nothing to copy.",
                    ),
                ),
                (
                    of(&|n, i| codes.get((n, i + 1)).copied().unwrap_or(k)),
                    told(
                        "to the left",
                        "Each place sees the code *after* it, which is the future.",
                    ),
                ),
                (
                    of(&|n, i| if i == 0 { 0 } else { before(n, i) }),
                    told(
                        "code 0 as the start",
                        "Code 0 is a code like the others. The start needs a number of its own, or the model cannot tell \
                         where it is.",
                    ),
                ),
                (
                    of(&|n, i| if i == 0 { k - 1 } else { before(n, i) }),
                    told(
                        "the last code as the start",
                        "The start was k - 1, which is a code like the others. They are counted from 0, so the first number that is \
                         free is k.",
                    ),
                ),
                (
                    of(&|n, i| if i == 0 { k + 1 } else { before(n, i) }),
                    told(
                        "a row too far",
                        "The start was k + 1. The codes are 0 to k - 1, and the start comes right behind them.",
                    ),
                ),
                (
                    of(&|n, i| if i == 0 { k } else { codes[[n, i]] }),
                    told(
                        "the first code replaced",
                        "The start stands where the first code was, and all others are still at their own places.",
                    ),
                ),
                (
                    of(&|n, i| codes[[n, (i + t - 1) % t]]),
                    told(
                        "round and round",
                        "The last code came in at the front: the first place sees the end.",
                    ),
                ),
                (
                    of(&|n, i| match n * t + i {
                        0 => k,
                        at => codes[[(at - 1) / t, (at - 1) % t]],
                    }),
                    told(
                        "across images",
                        "The last code of one image became the start of the next. Each row of the batch is a sequence of \
                         its own.",
                    ),
                ),
                (
                    of(&|n, i| if n == 0 { k } else { codes[[n - 1, i]] }),
                    told(
                        "down the batch",
                        "Each image sees the image before it. What moves is the place, from left to right, within a row.",
                    ),
                ),
                (
                    of(&|n, i| if i < 2 { k } else { codes[[n, i - 2]] }),
                    told(
                        "two places",
                        "The codes have moved by two places. Each place is told the code right before it.",
                    ),
                ),
            ],
            told("value", "The inputs are wrong."),
        )?;
    }
    Ok(())
}

type AttentionBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> [Array2<f64>; 3];

/// What can be wrong on the way back through a head.
#[derive(Clone, Copy, PartialEq)]
enum Back {
    Right,
    ValuesNotTransposed,
    ValuesForTheirGradient,
    ElementByElement,
    SoftmaxForgotten,
    MeanForgotten,
    PlainMean,
    MeanOfColumns,
    MeanOverPlaces,
    ValuesForBoth,
    MeanAdded,
    PlainSum,
    MeanUnweighted,
    WeightForgotten,
    NotTimesValues,
    Transposed,
    RootForgotten,
    RootAlongTime,
    RootTwice,
    KeysNotTransposed,
    OwnRows,
    Swapped,
    Away,
}

const BACK: [(Back, &str, &str); 22] = [
    (
        Back::ValuesNotTransposed,
        "values not transposed",
        "A value collects from the places that looked at it: down a column of the weights, not along a row.",
    ),
    (
        Back::ValuesForTheirGradient,
        "values for their gradient",
        "These are weights times values, or the gradient itself: what is asked for is the weights, transposed, times the gradient at \
         the output.",
    ),
    (
        Back::ValuesForBoth,
        "values for their gradient",
        "These are the weights, transposed, times the values. In their place belongs the gradient at the output.",
    ),
    (
        Back::MeanAdded,
        "mean added",
        "The weighted mean of the row was added to d. It is taken out.",
    ),
    (
        Back::PlainSum,
        "plain sum",
        "What was taken out of a row of d is its sum. It is its mean, weighted by p.",
    ),
    (
        Back::MeanUnweighted,
        "weight forgotten",
        "Only d was multiplied by p, and not the mean that is taken out: p stands in front of the bracket.",
    ),
    (
        Back::MeanOverPlaces,
        "weighted, and divided too",
        "What is taken out of a row of d was weighted by p and then divided by the number of places. The weights add up to 1: the weighted \
         sum *is* the mean.",
    ),
    (
        Back::ElementByElement,
        "element by element",
        "p (1 - p) is the slope of one weight in its own score. Raising a score lowers all the other weights of its row, too.",
    ),
    (
        Back::SoftmaxForgotten,
        "softmax forgotten",
        "The gradient at the weights was taken for the gradient at the scores.",
    ),
    (
        Back::MeanForgotten,
        "mean forgotten",
        "The gradient at the scores is p times d, and p times the weighted mean of d in the row has not been taken out of it. All scores \
         of a row that grow alike change nothing.",
    ),
    (
        Back::PlainMean,
        "plain mean",
        "The mean that is taken out of a row of d counts all places alike. It has to be weighted by p.",
    ),
    (
        Back::MeanOfColumns,
        "mean of columns",
        "The mean was taken down the columns. The softmax is that of a row, and so is the mean.",
    ),
    (
        Back::WeightForgotten,
        "weight forgotten",
        "The mean has been taken out of d, and the factor p in front of the bracket is missing.",
    ),
    (
        Back::NotTimesValues,
        "the values are missing",
        "The gradient at the weights is that at the output times the values, transposed: a weight counts as much as its value can change \
         the loss.",
    ),
    (
        Back::Transposed,
        "weights' gradient transposed",
        "The gradient at the weights has rows and columns exchanged: row i is that of the place that asked, so it is the gradient at the \
         output times the values, transposed.",
    ),
    (
        Back::RootForgotten,
        "root forgotten",
        "The scores were divided by the root of D on the way in, so their gradient is on the way back.",
    ),
    (
        Back::RootAlongTime,
        "root of T",
        "The root is that of the number of places. The scores were divided by the root of D, the columns of a head.",
    ),
    (
        Back::RootTwice,
        "root twice",
        "The gradient was divided by the root of D twice.",
    ),
    (
        Back::KeysNotTransposed,
        "keys not transposed",
        "A key collects from every place that asked it: down a column of the scores' gradient.",
    ),
    (
        Back::OwnRows,
        "its own rows",
        "A score is a query times a key: the slope by the query is the *key*, and by the key it is the query.",
    ),
    (
        Back::Swapped,
        "order of the results",
        "The gradients are right, and stand in another order. It is queries, keys, values.",
    ),
    (Back::Away, "sign", "Everything that came has the opposite sign."),
];

fn back(
    [q, k, v]: [&Array2<f64>; 3],
    p: &Array2<f64>,
    d_y: &Array2<f64>,
    slip: Back,
) -> [Array2<f64>; 3] {
    let row = |x: Array1<f64>| x.insert_axis(Axis(1)); // [T, 1]
    let d_v = match slip {
        Back::ValuesNotTransposed => p.dot(d_y),
        Back::ValuesForTheirGradient => p.dot(v),
        Back::ValuesForBoth => p.t().dot(v),
        _ => p.t().dot(d_y),
    };
    let d_p = match slip {
        Back::NotTimesValues => d_y.dot(&d_y.t()),
        Back::Transposed => v.dot(&d_y.t()),
        _ => d_y.dot(&v.t()),
    };
    let mean = row((p * &d_p).sum_axis(Axis(1)));
    let d_s = match slip {
        Back::ElementByElement => p * &(1.0 - p) * &d_p,
        Back::SoftmaxForgotten => d_p,
        Back::MeanForgotten => p * &d_p,
        Back::PlainMean => {
            let mean = d_p.sum_axis(Axis(1)) / d_p.ncols() as f64;
            p * &(&d_p - &row(mean))
        }
        Back::MeanOfColumns => p * &(&d_p - &(p * &d_p).sum_axis(Axis(0))),
        Back::MeanAdded => p * &(d_p + mean),
        Back::PlainSum => p * &(&d_p - &row(d_p.sum_axis(Axis(1)))),
        Back::MeanUnweighted => p * &d_p - mean,
        Back::MeanOverPlaces => p * &(&d_p - &(mean / p.ncols() as f64)),
        Back::WeightForgotten => d_p - mean,
        _ => p * &(d_p - mean),
    };
    let d = q.ncols() as f64;
    let root = match slip {
        Back::RootForgotten => 1.0,
        Back::RootAlongTime => (q.nrows() as f64).sqrt(),
        Back::RootTwice => d,
        _ => d.sqrt(),
    };
    let d_s = d_s / root;
    let (d_q, d_k) = match slip {
        Back::KeysNotTransposed => (d_s.dot(k), d_s.dot(q)),
        Back::OwnRows => (d_s.dot(q), d_s.t().dot(k)),
        _ => (d_s.dot(k), d_s.t().dot(q)),
    };
    match slip {
        Back::Swapped => [d_k, d_q, d_v],
        Back::Away => [-d_q, -d_k, -d_v],
        _ => [d_q, d_k, d_v],
    }
}

pub fn attention_backward(
    candidate: AttentionBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Attention, causally, equation 9.8";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let [q, k, v] = head();
    let d_y = array![
        [0.3, -0.2, 0.5],
        [0.8, 0.1, -0.9],
        [0.0, 0.0, 0.0],
        [-0.5, 0.6, 0.4],
        [0.2, 0.9, -0.1]
    ];
    let of = |rows: std::ops::Range<usize>| {
        [&q, &k, &v, &d_y].map(|x| x.slice(s![rows.clone(), ..]).to_owned())
    };
    // Four of five places come first: with all five the last query is 0.
    for [q, k, v, d_y] in [of(0..4), of(0..5), of(1..2)] {
        let root = (q.ncols() as f64).sqrt();
        let p = shares(&(q.dot(&k.t()) / root), |i, j| j <= i);
        let came = candidate(&q, &k, &v, &p, &d_y);
        let run = |slip| back([&q, &k, &v], &p, &d_y, slip);
        let right = run(Back::Right);
        let [of_q, of_k, of_v] = right.clone();
        let others = [
            [&of_q, &of_v, &of_k],
            [&of_v, &of_q, &of_k],
            [&of_k, &of_v, &of_q],
            [&of_v, &of_k, &of_q],
            [&of_k, &of_q, &of_v],
        ];
        let in_order = |other: &[&Array2<f64>; 3]| {
            other.iter().zip(&came).all(|(a, b)| alike(a, b))
        };
        if q.nrows() > 1 && others.iter().any(in_order) {
            let (name, what) = (
                "order of the results",
                "The gradients are right, and stand in another order. It is queries, keys, values.",
            );
            return Err(told(name, what));
        }
        for (n, name, what) in [
            (2, "values", "The gradient at the values is wrong."),
            (0, "queries", "The gradient at the queries is wrong."),
            (1, "keys", "The gradient at the keys is wrong."),
        ] {
            let suspects = BACK.iter().map(|(slip, name, what)| {
                (run(*slip)[n].clone(), told(name, what))
            });
            let suspects = suspects.collect();
            judge(&right[n], &came[n], 1e-10, suspects, told(name, what))?;
        }
    }
    Ok(())
}

type NormaliseBackward =
    fn(&Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

pub fn normalise_backward(
    candidate: NormaliseBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Rows of one size, equation 9.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let wide = (
        array![
            [1.5, -0.5, -1.4, 0.4],
            [1.0, -1.0, 1.0, -1.0],
            [0.0, 0.0, 0.0, 0.0] // of a constant row
        ],
        array![2.0, 0.5, 316.0],
        array![
            [0.4, 0.1, -0.6, 0.3],
            [1.0, -0.2, 0.7, 0.1],
            [0.5, -0.4, 0.0, 0.2]
        ],
    );
    let narrow =
        (array![[0.0], [0.0]], array![316.0, 316.0], array![[0.7], [-0.2]]);
    for (x_hat, scale, d) in [wide, narrow] {
        let column = |x: Array1<f64>| x.insert_axis(Axis(1));
        let (n, w) = d.dim();
        let [n, w] = [n, w].map(|size| size as f64);
        let sum = |x: &Array2<f64>| column(x.sum_axis(Axis(1)));
        let (moved, along) = (sum(&d) / w, sum(&(&d * &x_hat)) / w);
        let scale_of = column(scale.clone());
        let over = |x: &Array2<f64>| x.sum_axis(Axis(0)) / n;
        let of = |moved: f64,
                  along: f64,
                  by: &Array2<f64>,
                  m: &Array2<f64>,
                  a: &Array2<f64>| {
            (&d - &(m * moved) - &x_hat * &(a * along)) * by
        };
        let usual = |a: f64, b: f64| of(a, b, &scale_of, &moved, &along);
        let sums = "A sum stands where the mean of a row belongs: both are divided by W, the number of columns.";
        let mut suspects = vec![
            (
                &d * &scale_of,
                told(
                    "statistics held fixed",
                    "Mean and scale were taken for constants. They are made of the same row, and move with it.",
                ),
            ),
            (
                usual(1.0, 0.0),
                told(
                    "stretch forgotten",
                    "Only the mean was taken out. Stretching a row changes nothing either.",
                ),
            ),
            (
                usual(0.0, 1.0),
                told(
                    "move forgotten",
                    "Only the stretch was taken out. Moving a row as a whole changes nothing either.",
                ),
            ),
            (
                (&d - &over(&d) - &x_hat * &over(&(&d * &x_hat))) * &scale_of,
                told(
                    "over the batch",
                    "The means are over the batch, as in batch normalisation. Here each row stands for itself.",
                ),
            ),
            (usual(w, w), told("sum for mean", sums)),
            (
                usual(w, 1.0),
                told("sum for mean", &format!("{sums} The second is right.")),
            ),
            (
                usual(1.0, w),
                told("sum for mean", &format!("{sums} The first is right.")),
            ),
            (
                usual(w / n, 1.0),
                told(
                    "divided by N",
                    "The first sum was divided by the number of rows. It runs along a row, over its W columns.",
                ),
            ),
            (
                usual(1.0, w / n),
                told(
                    "divided by N",
                    "The second sum was divided by the number of rows. It runs along a row, over its W columns.",
                ),
            ),
            (
                (&moved + &x_hat * &along) * &scale_of,
                told(
                    "what is taken out",
                    "This is what has to be taken out of the gradient. What is asked for is what is left.",
                ),
            ),
            (
                (&d - d.sum() / (n * w)
                    - &x_hat * ((&d * &x_hat).sum() / (n * w)))
                    * &scale_of,
                told(
                    "over everything",
                    "The means are those of all rows together. Each row has its own.",
                ),
            ),
            (
                usual(w / n, w / n),
                told(
                    "divided by N",
                    "The sums were divided by the number of rows. They run along a row, over its W columns.",
                ),
            ),
            (
                of(1.0, 1.0, &Array2::ones(d.dim()), &moved, &along),
                told(
                    "factor forgotten",
                    "The factor r in front of the bracket is missing: a row that was multiplied by r on the way in hands back r times its \
                     gradient.",
                ),
            ),
            (
                (&d - &moved - &x_hat * &along) / &scale_of,
                told(
                    "divided by the factor",
                    "It was divided by `scale`. That is r itself, by which the row was *multiplied*.",
                ),
            ),
            (
                (&d - &moved - &along) * &scale_of,
                told(
                    "not along the row",
                    "The second mean was taken out of all columns alike. It is the part along the normalised row, and goes out of column j \
                     as much as x̂ⱼ says.",
                ),
            ),
            (
                (&d - &moved) * &scale_of - &x_hat * &along,
                told(
                    "factor on one part",
                    "The factor r stands before the first two parts alone. It multiplies all three.",
                ),
            ),
            (
                (&d - &moved - &x_hat * &(&x_hat * &d)) * &scale_of,
                told(
                    "no mean of the product",
                    "Of x̂ times d the mean of the row has to be taken, before it is multiplied by x̂ again.",
                ),
            ),
            (
                (&d - &moved - &d * &along) * &scale_of,
                told(
                    "the gradient for the row",
                    "The second part was taken out along d. It goes out along x̂, the normalised row.",
                ),
            ),
            (
                usual(w / (w - 1.0), w / (w - 1.0)),
                told(
                    "divided by W - 1",
                    "The sums were divided by W - 1. The normalisation divides by W.",
                ),
            ),
            (
                usual(1.0, w / (w - 1.0)),
                told(
                    "divided by W - 1",
                    "The second sum was divided by W - 1. The normalisation divides by W.",
                ),
            ),
            (
                &d * &scale_of - &moved - &x_hat * &along,
                told(
                    "factor on one part",
                    "The factor r stands before the gradient alone. It multiplies all three parts.",
                ),
            ),
            (
                usual(1.0, -1.0),
                told(
                    "stretch added",
                    "The part along the normalised row was added. It is taken out.",
                ),
            ),
            (
                usual(-1.0, 1.0),
                told("move added", "The mean was added. It is taken out."),
            ),
            (
                usual(-1.0, -1.0),
                told(
                    "both added",
                    "Both parts were added. They are taken out.",
                ),
            ),
        ];
        for (factor, what) in [
            (&scale_of * &scale_of, "The factor r was applied twice."),
            (
                scale_of.mapv(|r| r * r * r),
                "The factor r was applied three times.",
            ),
        ] {
            let bracket = of(1.0, 1.0, &factor, &moved, &along);
            suspects.push((bracket, told("factor twice", what)));
            let inner =
                (&d - &moved - &x_hat * &(&along * &factor / &scale_of))
                    * &scale_of;
            suspects.push((
                inner,
                told("factor inside", "The part along the row was multiplied by r inside the bracket too; it belongs in front of it, once."),
            ));
        }
        judge(
            &usual(1.0, 1.0),
            &candidate(&x_hat, &scale, &d),
            1e-10,
            suspects,
            told("value", "The gradient is wrong."),
        )?;
    }
    Ok(())
}

pub fn bits_per_image(
    candidate: fn(&Array2<f64>, &Array2<usize>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Bits, equation 9.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let logits = array![
        [0.0, 1.0, -1.0],
        [0.5, 0.5, 2.0],
        [1.0, 0.0, 0.3],
        [-0.5, 0.7, 0.1],
        [2.0, 0.2, 0.4],
        [0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0],
        [-1.0, 0.6, 0.2]
    ];
    let two = array![[1, 2, 0, 0], [0, 2, 1, 2]]; // of 4 places
    let one = array![[1, 2, 0, 0, 0, 2, 1, 2]]; // of 8
    for codes in [two, one] {
        let (images, all) = (codes.nrows() as f64, codes.len() as f64);
        let e = logits.mapv(f64::exp);
        let p = &e / &e.sum_axis(Axis(1)).insert_axis(Axis(1));
        let turned = &e / &e.sum_axis(Axis(0));
        let listed: Vec<usize> = flat(&codes);
        let by_place: Vec<usize> = codes.t().iter().copied().collect();
        let nats = |p: &Array2<f64>, codes: &[usize]| -> f64 {
            let each = p.rows().into_iter().zip(codes);
            each.map(|(row, &code)| -row[code].ln()).sum()
        };
        let (ln_2, total) = (2.0_f64.ln(), nats(&p, &listed));
        let entropy = -p.mapv(|p| p * p.log2()).sum() / images;
        let chances = p.rows().into_iter().zip(&listed);
        let chances = chances.map(|(row, &code)| row[code]).sum::<f64>();
        judge_number(
            total / images / ln_2,
            candidate(&logits, &codes),
            1e-10,
            vec![
                (
                    total / all / ln_2,
                    told(
                        "mean over places",
                        "This is what one code costs on average. An image costs the sum over its places.",
                    ),
                ),
                (
                    total / images,
                    told(
                        "nats",
                        "This is in nats. A bit is ln 2 nats, so there are more bits than nats.",
                    ),
                ),
                (
                    total / images * ln_2,
                    told(
                        "wrong way round",
                        "Nats were multiplied by ln 2. A bit is the smaller unit: divide.",
                    ),
                ),
                (
                    total / ln_2,
                    told(
                        "summed over images",
                        "This is what all images cost together. It has to be averaged over them.",
                    ),
                ),
                (
                    total * images / all / ln_2,
                    told(
                        "divided by the places",
                        "All bits were divided by the number of places. An image costs the sum over its places; it is the images that are \
                         averaged over.",
                    ),
                ),
                (
                    total / all,
                    told(
                        "nats of a code",
                        "This is the loss: nats, and of one code on average. Bits an image are the loss, times T, over ln 2.",
                    ),
                ),
                (
                    total,
                    told(
                        "nats of all images",
                        "This is what all images cost together, in nats.",
                    ),
                ),
                (
                    total / images / 10.0_f64.ln(),
                    told(
                        "decimal digits",
                        "The logarithm was that to base 10. A bit is a factor of two.",
                    ),
                ),
                (
                    -total / images / ln_2,
                    told(
                        "sign",
                        "The logarithm of a probability is negative, and a cost is not: the minus is missing.",
                    ),
                ),
                (
                    nats(&turned, &listed) / images / ln_2,
                    told(
                        "softmax over the places",
                        "The softmax ran down the columns. At each place the K codes share one probability: along a row.",
                    ),
                ),
                (
                    nats(&p, &by_place) / images / ln_2,
                    told(
                        "place by place",
                        "The codes were read down the columns. The rows of the logits are image by image: all places of the first, then \
                         those of the second.",
                    ),
                ),
                (
                    -logits
                        .rows()
                        .into_iter()
                        .zip(&listed)
                        .map(|(row, &c)| row[c])
                        .sum::<f64>()
                        / images
                        / ln_2,
                    told(
                        "no softmax",
                        "A logit is no logarithm of a probability before the softmax: the sum of the exponentials is missing.",
                    ),
                ),
                (
                    -(chances / all).log2() * all / images,
                    told(
                        "logarithm of a mean",
                        "The probabilities were averaged, and then the logarithm was taken. It is the logarithms that are added up.",
                    ),
                ),
                (
                    p.rows()
                        .into_iter()
                        .map(|row| {
                            -row.fold(0.0, |a: f64, b| a.max(*b)).log2()
                        })
                        .sum::<f64>()
                        / images,
                    told(
                        "the likeliest",
                        "This is what the likeliest code of each place would cost. It is the code that is there that has to be paid for.",
                    ),
                ),
                (
                    logits
                        .rows()
                        .into_iter()
                        .zip(&listed)
                        .map(|(row, &c)| {
                            row.mapv(f64::exp2).sum().log2() - row[c]
                        })
                        .sum::<f64>()
                        / images,
                    told(
                        "powers of two",
                        "The softmax was taken to the base 2. The model's probabilities are those of e; only the logarithm of what comes out is \
                         that to base 2.",
                    ),
                ),
                (
                    total / images / ln_2 * (all / images),
                    told(
                        "times T",
                        "The sum over places was multiplied by their number again. It is the *mean* over places that is.",
                    ),
                ),
                (
                    total / 3.0 / ln_2,
                    told(
                        "divided by K",
                        "All bits were divided by the number of codes, the columns of the logits. It is the images that are averaged over.",
                    ),
                ),
                (
                    all / images * 3.0_f64.log2(),
                    told(
                        "all codes alike",
                        "This is T log₂ K, what a map costs if all codes are equally likely.",
                    ),
                ),
                (
                    nats(&p, &codes.row(0).to_vec()) / ln_2,
                    told(
                        "the first image alone",
                        "This is what the first image costs. Asked for is the mean over all of them.",
                    ),
                ),
                (
                    entropy,
                    told(
                        "the codes were not looked at",
                        "This is the model's own entropy: what its samples would cost. The codes that are there may cost \
                         more.",
                    ),
                ),
            ],
            told("value", "The bits are wrong."),
        )?;
    }
    // A code whose exponential is 0, and one whose exponential is infinite.
    let far = array![[1000.0, 0.0], [-1000.0, -1000.0], [3.0, 1000.0]];
    let codes = array![[1, 0, 1]];
    let came = candidate(&far, &codes);
    let right = 1000.0 * BITS + 1.0;
    if came.is_finite() {
        let lost = |least: f64| (1.0 - least.log2(), least);
        let clamps = [
            1e-6,
            1e-7,
            1e-8,
            1e-9,
            1e-10,
            1e-12,
            1e-15,
            1e-16,
            1e-20,
            1e-30,
            1e-38,
            1e-300,
            f64::MIN_POSITIVE,
            f64::EPSILON,
        ];
        let clamp = clamps
            .map(lost)
            .into_iter()
            .find(|(bits, _)| (came - bits).abs() < 1e-6);
        if let Some((_, least)) = clamp {
            let what = format!(
                "A probability that is too small for a float was raised to {least:e}. So no code costs more than {:.1} bits, however wrong the \
                 model is. The logarithm of a softmax needs no division: it is the logit, less the largest, less the logarithm of the sum.",
                -least.log2()
            );
            return Err(Diagnosis::new("clamped", what, SEE)
                .with(format!("{right:.3}"), format!("{came:.3}")));
        }
    } else {
        let what = "At logits of ±1,000 your bits are not finite. Take the largest logit of a row out before the exponential, and do not \
                    take the logarithm of a probability, which may be too small for a float: write -ln p as ln Σ exp(s) - s of the code.";
        return Err(Diagnosis::new("overflow", what, SEE)
            .with(format!("{right:.3}"), format!("{came:.3}")));
    }
    judge_number(
        right,
        came,
        1e-10,
        vec![],
        told("large logits", "At logits of ±1,000 the bits are wrong."),
    )
}

pub fn tempered(
    candidate: fn(&Array1<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Drawing, equation 9.14";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let softmax = |s: Array1<f64>| {
        let s = s.insert_axis(Axis(0)); // [1, K]
        shares(&s, |_, _| true).remove_axis(Axis(0))
    };
    for (logits, t) in [
        (array![1.0, 2.5, -0.5, 0.8, 0.0], 0.5),
        (array![1.0, 2.5, 2.5, -3.0], 3.0),
        (array![0.7], 0.5),
    ] {
        let one = softmax(logits.clone());
        let powers = one.mapv(|p| p.powf(t));
        let most = logits.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        judge(
            &softmax(&logits / t),
            &candidate(&logits, t),
            1e-10,
            vec![
                (
                    softmax(&logits * t),
                    told(
                        "multiplied",
                        "The logits were multiplied: colder became hotter. A temperature divides.",
                    ),
                ),
                (
                    one.clone(),
                    told(
                        "divided too late",
                        "This is temperature 1. Dividing *probabilities* by one number and normalising gives the same probabilities again: it is the logits \
                         that are divided.",
                    ),
                ),
                (
                    &one / t,
                    told(
                        "divided too late",
                        "The *probabilities* were divided by the temperature, so they no longer sum to 1. It divides the logits, before \
                         the softmax.",
                    ),
                ),
                (
                    softmax(&one / t),
                    told(
                        "softmax twice",
                        "The temperature belongs to the logits; here the softmax of a softmax was taken, which is nearly \
                         flat.",
                    ),
                ),
                (
                    one.mapv(|p| p.powf(1.0 / t)),
                    told(
                        "not normalised",
                        "Powers of probabilities are right in their proportions, and no longer sum to 1.",
                    ),
                ),
                (
                    (&logits / t).mapv(f64::exp),
                    told(
                        "no sum",
                        "These are the exponentials; they have to be divided by their sum.",
                    ),
                ),
                (
                    (&logits / t).mapv(f64::exp)
                        / logits.mapv(f64::exp).sum(),
                    told(
                        "the sum without it",
                        "The sum below is that of temperature 1. Numerator and denominator are exponentials of the same logits.",
                    ),
                ),
                (
                    logits.mapv(|s| (s - most) / t).mapv(f64::exp)
                        / logits.mapv(|s| (s - most).exp()).sum(),
                    told(
                        "the sum without it",
                        "The sum below is that of temperature 1. Numerator and denominator are exponentials of the same logits.",
                    ),
                ),
                (
                    &powers / powers.sum(),
                    told(
                        "multiplied",
                        "The probabilities were raised to the power τ. It is 1/τ: the colder, the sharper.",
                    ),
                ),
                (
                    softmax(&logits / t.sqrt()),
                    told(
                        "the root",
                        "The logits were divided by the root of the temperature.",
                    ),
                ),
                (
                    softmax(&logits / (t * t)),
                    told("twice", "The temperature was applied twice."),
                ),
                (
                    softmax(&logits - t),
                    told(
                        "subtracted",
                        "The temperature was subtracted, and what is subtracted from all logits changes no probability.",
                    ),
                ),
                (
                    softmax(&logits / t).mapv(f64::ln),
                    told(
                        "logarithms",
                        "These are the logarithms of the probabilities.",
                    ),
                ),
            ],
            told("value", "The probabilities are wrong."),
        )?;
    }
    for (logits, t) in [
        (array![1000.0, 999.0, -1000.0], 0.5),
        (array![-1000.0, -1000.0], 0.5),
        (array![1000.0, 0.0, -500.0], 1000.0),
    ] {
        let of = |s: Array1<f64>| &s / s.sum();
        let colder = &logits / t;
        let powers = softmax(logits.clone()).mapv(|p| p.powf(1.0 / t));
        let largest = logits.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let clamped = [50.0, 80.0, 88.0, 100.0, 500.0, 700.0, 709.0].map(|most| {
            let what = "Exponents were cut, so that large logits which differ come out alike. Take the largest one out, and nothing has to be cut.";
            let e = colder.mapv(|s| s.clamp(-most, most).exp());
            (of(e), told("clamped", what))
        });
        let above = [50.0, 80.0, 88.0, 100.0, 500.0, 700.0, 709.0].map(|most| {
            let what = "Exponents were cut, so that large logits which differ come out alike. Take the largest one out, and nothing has to be cut.";
            let e = colder.mapv(|s| s.min(most).exp());
            (of(e), told("clamped", what))
        });
        let mut suspects = Vec::from(clamped);
        suspects.extend(above);
        suspects.extend([
                (of(colder.mapv(f64::exp)), told("overflow", OVERFLOW)),
                (
                of(powers),
                told(
                    "powers of 0",
                    "The probabilities of temperature 1 were raised to a power. One that is too small for a float is 0, and stays 0 however \
                     hot it gets. Divide the logits.",
                ),
            ),
                (
                    of(logits.mapv(|s| ((s - largest).exp()) / t)),
                    told(
                        "divided too late",
                        "The exponentials were divided by the temperature. It divides the logits.",
                    ),
                ),
                (
                    of(colder.mapv(|s| (s - largest).exp())),
                    told(
                        "overflow",
                        "The largest logit was taken out of logits that had been divided by the temperature, and it had not. Both or \
                         neither: otherwise the exponentials are still infinite.",
                    ),
                ),
        ]);
        judge_far(
            &softmax(colder.clone()),
            &candidate(&logits, t),
            suspects,
            told(
                "large logits",
                "At logits of ±1,000 the probabilities are wrong.",
            ),
        )?;
    }
    Ok(())
}

type OneQuery = fn(
    &Array1<f64>,
    &Array1<f64>,
    &Array1<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> Array1<f64>;

pub fn one_query(candidate: OneQuery) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § Nothing twice, equation 9.15";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let [q, mut k, v] = head();
    k.row_mut(3).mapv_inplace(|v| 0.5 * v); // so that no newest place fits best
    let root = 3.0_f64.sqrt();
    // The place that asks, and what its query is multiplied by: then the first place, of which nothing is kept, and large scores.
    for (at, times) in
        [(3, 1.0), (1, 1.0), (0, 1.0), (3, 2000.0), (0, 2000.0)]
    {
        let q = &q * times;
        let s = q.dot(&k.t()) / root;
        let row = |x: &Array2<f64>| x.row(at).to_owned();
        let before = |x: &Array2<f64>| x.slice(s![..at, ..]).to_owned();
        let came =
            candidate(&row(&q), &row(&k), &row(&v), &before(&k), &before(&v));
        let right = shares(&s, |i, j| j <= i).row(at).dot(&v); // [D]
        if at == 0 && (came.len() != 3 || came.iter().any(|v| v.is_nan()))
            || at == 0 && times == 1.0 && !alike(&right, &came)
        {
            let what = "At the first place nothing is kept, and the newest place looks at itself alone: its value comes out. The first code of \
                        every map is drawn so.";
            return Err(told("nothing before", what)
                .with(format!("{right:.5}"), format!("{came:.5}")));
        }
        if times > 1.0 {
            let e = s.row(at).slice(s![..=at]).mapv(f64::exp);
            let y = (&e / e.sum()).dot(&v.slice(s![..=at, ..]));
            judge_far(
                &right,
                &came,
                vec![(y, told("overflow", OVERFLOW))],
                told(
                    "large scores",
                    "At scores of a thousand and more the output is wrong.",
                ),
            )?;
            continue;
        }
        let last = |p: Array2<f64>| p.row(at).dot(&v); // [D]
        let known = |i, j| j <= i;
        let scaled = |times: f64| last(shares(&(&s * times), known));
        let long = (at as f64 + 1.0).sqrt();
        let by = |s: &Array2<f64>| shares(s, known).row(at).to_owned();
        let twice = shares(&s, known).row(at).to_owned();
        let twice =
            twice.slice(s![..at]).dot(&v.slice(s![..at, ..])) + v.row(at);
        let doubled = {
            let mut e = s.row(at).slice(s![..=at]).mapv(f64::exp);
            let sum = e.slice(s![..at]).sum().max(1e-300);
            e /= sum;
            e.dot(&v.slice(s![..=at, ..]))
        };
        let raw = s
            .row(at)
            .slice(s![..=at])
            .mapv(f64::exp)
            .dot(&v.slice(s![..=at, ..]));
        let kept = shares(&s, known)
            .row(at)
            .slice(s![..at])
            .dot(&v.slice(s![..at, ..]));
        let own_alone = |times: f64| {
            let mut s = s.clone();
            s[[at, at]] *= times;
            last(shares(&s, known))
        };
        let beside = last(shares(&s, |i, j| j < i)) + v.row(at);
        let order: Vec<usize> = std::iter::once(at).chain(0..at).collect();
        let rolled = by(&s).slice(s![..=at]).dot(&v.select(Axis(0), &order));
        let back: Vec<usize> = (1..=at).chain([0]).collect();
        let other = by(&s).slice(s![..=at]).dot(&v.select(Axis(0), &back));
        let wrong = "Each value got another one's weight: the newest stands at the end of one list and at the beginning of the other.";
        judge(
            &right,
            &came,
            1e-10,
            vec![
                (
                    own_alone(root),
                    told(
                        "one score without the root",
                        "The newest score was not divided by the root of D, and the others were.",
                    ),
                ),
                (
                    own_alone(1.0 / root),
                    told(
                        "one score without the root",
                        "The newest score was divided by the root of D twice, or the others were not.",
                    ),
                ),
                (
                    beside,
                    told(
                        "its value unweighted",
                        "The softmax is of what was kept alone, and the newest value was added as a whole. It belongs among the others, with a \
                         weight by its own score.",
                    ),
                ),
                (
                    last(shares(&(&s * 1e9), known)),
                    told(
                        "the best alone",
                        "Only the value whose key fits best came out. All are averaged, by how well they fit.",
                    ),
                ),
                (
                    scaled(root) / root,
                    told(
                        "root behind the softmax",
                        "The weights were divided by the root of D. It is the scores that are, before the softmax.",
                    ),
                ),
                (
                    {
                        let mut e = s.row(at).slice(s![..=at]).mapv(f64::exp);
                        e[at] *= 2.0;
                        (&e / e.sum()).dot(&v.slice(s![..=at, ..]))
                    },
                    told(
                        "the newest twice",
                        "The newest place was counted twice.",
                    ),
                ),
                (
                    v.slice(s![..=at, ..]).sum_axis(Axis(0)),
                    told(
                        "no weights",
                        "The values were added up without weights.",
                    ),
                ),
                (
                    last(shares(&s, |i, j| j <= i && (j > 0 || i == 0))),
                    told(
                        "the first left out",
                        "The first of the places that are kept was left out.",
                    ),
                ),
                (rolled, told("weights of others", wrong)),
                (other, told("weights of others", wrong)),
                (
                    last(shares(&s, |i, j| j < i)),
                    told(
                        "not itself",
                        "The newest place was left out. Its own row holds the code just drawn, the nearest there is.",
                    ),
                ),
                (
                    kept,
                    told(
                        "its value is missing",
                        "The newest key has its share of the weights, and the newest value was not added.",
                    ),
                ),
                (
                    twice,
                    told(
                        "its value unweighted",
                        "The newest value was added as a whole. It counts by its weight, as the others do.",
                    ),
                ),
                (
                    doubled,
                    told(
                        "its score is not in the sum",
                        "The weights are divided by a sum to which the newest score does not belong: they add up to more than 1.",
                    ),
                ),
                (
                    row(&v),
                    told(
                        "nothing kept",
                        "Only the newest value came out: what was kept was not looked at.",
                    ),
                ),
                (
                    scaled(root),
                    told(
                        "no root",
                        "The products were not divided by the root of D, as they were in training.",
                    ),
                ),
                (
                    scaled(1.0 / root),
                    told(
                        "divided by D",
                        "The products were divided by D. It is the root of D.",
                    ),
                ),
                (
                    scaled(root * root),
                    told(
                        "multiplied by the root",
                        "The products were multiplied by the root of D. It divides.",
                    ),
                ),
                (
                    scaled(root / long),
                    told(
                        "root of the places",
                        "The products were divided by the root of the number of places. They are sums over D columns: D is `query.len()`.",
                    ),
                ),
                (
                    scaled(root / (at as f64).sqrt().max(1e-300)),
                    told(
                        "root of the places",
                        "The products were divided by the root of the number of places. They are sums over D columns: D is `query.len()`.",
                    ),
                ),
                (
                    last(shares(&(k.dot(&k.t()) / root), known)),
                    told(
                        "key for query",
                        "The newest key asked in place of the query.",
                    ),
                ),
                (
                    by(&s).dot(&k),
                    told(
                        "keys averaged",
                        "The keys were averaged. A key says how much its place counts; what it has to say is the value.",
                    ),
                ),
                (
                    by(&(q.dot(&v.t()) / root)).dot(&v),
                    told(
                        "values asked",
                        "The query was multiplied with the values. It is the keys that it looks for.",
                    ),
                ),
                (
                    raw,
                    told(
                        "not normalised",
                        "The exponentials were not divided by their sum.",
                    ),
                ),
                (
                    last(Array2::from_shape_fn(s.dim(), |(i, j)| {
                        f64::from(j <= i) / (i + 1) as f64
                    })),
                    told(
                        "all alike",
                        "All values count alike. How much each counts, its score says.",
                    ),
                ),
            ],
            told("value", "The output is wrong."),
        )?;
    }
    Ok(())
}

pub fn in_units(candidate: fn(&[f64]) -> Vec<u32>) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 9, § A digit in ten bytes, equation 9.17";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // One is all but impossible and one is; the largest is neither first nor last.
    let p = [0.19, 0.0, 0.43, 0.15, 1e-9, 0.16, 0.069999999];
    let one = f64::from(1 << 24);
    let shared = one - p.len() as f64;
    let each =
        |unit: &dyn Fn(f64) -> f64| p.map(|p| unit(p).floor()).to_vec();
    let plus = |mut units: Vec<f64>, at: usize| {
        units[at] += one - units.iter().sum::<f64>();
        Array1::from(units)
    };
    let right = || each(&|p| 1.0 + shared * p);
    let numbers = |units: Vec<u32>| Array1::from(units).mapv(f64::from);
    let came = candidate(&p);
    let sum: f64 = came.iter().map(|units| f64::from(*units)).sum();
    let value = match sum == one {
        true => "The units are wrong.".to_string(),
        false => format!(
            "The units are wrong. They add up to {sum}, and not to 2²⁴, which is {one}."
        ),
    };
    judge(
        &plus(right(), 2),
        &numbers(came),
        0.0,
        vec![
            (
                each(&|p| (one * p).round().max(1.0)).into(),
                told(
                    "rounded",
                    "Rounded one by one, and the rare ones raised to 1: the sum is not 2²⁴. The coder would cut a piece \
                     from its interval that is not there.",
                ),
            ),
            (
                each(&|p| one * p).into(),
                told(
                    "impossible codes",
                    "A code of small probability has 0 units: its share of the interval is empty, and a map that has it cannot be written.",
                ),
            ),
            (
                plus(each(&|p| one * p), 2),
                told(
                    "impossible codes",
                    "A code of small probability has 0 units: its share of the interval is empty, and a map that has it \
                     cannot be written.",
                ),
            ),
            (
                {
                    let mut units = right();
                    let spare = one - units.iter().sum::<f64>();
                    units
                        .iter_mut()
                        .take(spare as usize)
                        .for_each(|u| *u += 1.0);
                    units.into()
                },
                told(
                    "rest one by one",
                    "What is left over was dealt out one by one, from the first code on. All of it goes to the largest.",
                ),
            ),
            (
                plus(each(&|p| 1.0 + (one - 1.0) * p), 2),
                told(
                    "K ones",
                    "2²⁴ - 1 units were shared out. Each of the K codes gets a unit before: 2²⁴ - K are left.",
                ),
            ),
            (
                {
                    let mut units = right();
                    units[2] -= one - units.iter().sum::<f64>();
                    units.into()
                },
                told(
                    "rest taken away",
                    "What is left over was taken from the largest. It is added, so that the sum is 2²⁴.",
                ),
            ),
            (
                {
                    let mut units = right();
                    units[2] += 1.0;
                    units.into()
                },
                told(
                    "one of the rest",
                    "The largest got one unit more, and more than one was left over. All of it goes there.",
                ),
            ),
            (
                plus(right(), 1),
                told(
                    "rest to the smallest",
                    "What is left over went to the smallest. The largest feels it least: there it is the smallest part of what it has.",
                ),
            ),
            (
                plus(
                    each(&|p| if p == 0.0 { 1.0 } else { (one - 1.0) * p }),
                    2,
                ),
                told(
                    "ones to zeros alone",
                    "Only codes of probability 0 got a unit. Each code gets one before the rest is shared out: a share may also be too small \
                     for one unit.",
                ),
            ),
            (
                plus(right(), 0),
                told(
                    "rest to the first",
                    "What is left over went to the first code. The largest feels it least: there it is the smallest \
                     part of what it has.",
                ),
            ),
            (
                plus(right(), p.len() - 1),
                told(
                    "rest to the last",
                    "What is left over went to the last code. The largest feels it least: there it is the smallest part \
                     of what it has.",
                ),
            ),
            (
                right().into(),
                told(
                    "rest forgotten",
                    "Rounding down leaves some units over, and nobody has got them: the sum is below 2²⁴.",
                ),
            ),
            (
                each(&|p| (1.0 + shared * p).round()).into(),
                told(
                    "rounded to the nearest",
                    "The shares were rounded to the nearest, so that they may add up to more than 2²⁴. Round down, and give what is left \
                     over to the largest.",
                ),
            ),
            (
                each(&|p| (1.0 + shared * p).ceil()).into(),
                told(
                    "rounded up",
                    "The shares were rounded up: they add up to more than 2²⁴, and the coder has no room for it.",
                ),
            ),
            (
                plus(each(&|p| (one * p).max(1.0)), 2),
                told(
                    "raised to 1",
                    "The rare ones were raised to 1, and the largest paid for it. That adds up to 2²⁴, and is another rule: the decoder would \
                     have to know it. In equation 9.17 each code gets one unit first.",
                ),
            ),
            (
                each(&|p| shared * p).into(),
                told(
                    "ones forgotten",
                    "2²⁴ - K units were shared out, and the one unit that each code gets before is missing.",
                ),
            ),
            (
                each(&|p| 1.0 + one * p).into(),
                told(
                    "no room",
                    "One unit for each code came on top of 2²⁴ that were shared out already. Share out 2²⁴ - K.",
                ),
            ),
        ],
        told("value", &value),
    )?;
    for (p, units) in [
        (vec![0.0, 1.0], vec![1.0, one - 1.0]),
        (vec![1.0], vec![one]),
        (vec![0.25, 0.5, 0.25], vec![4194304.0, 8388608.0, 4194304.0]),
    ] {
        judge(
            &Array1::from(units),
            &numbers(candidate(&p)),
            0.0,
            vec![],
            told(
                "few codes",
                "Of one code, or of a few with all the probability on one, the units are wrong.",
            ),
        )?;
    }
    Ok(())
}

pub fn mask(
    candidate: fn(usize, usize, bool) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § A PixelCNN, for comparison, equation 9.20";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let inverted = |own| {
        candidate(5, 3, own)
            == Array1::from_shape_fn(75, |row| {
                f64::from(row / 3 < 12 + usize::from(!own))
            })
    };
    if inverted(true) && inverted(false) {
        return Err(told(
            "the other way round",
            "The middle is seen when `own` is false, and hidden when it is true.",
        ));
    }
    // 5 × 5 places of 3 channels, then 3 × 3 of 2, with the own place and without.
    for (size, c, own) in [
        (5, 3, false),
        (5, 3, true),
        (3, 2, false),
        (3, 2, true),
        (1, 2, false),
        (1, 2, true),
    ] {
        let (middle, half) = (size / 2, size * size / 2);
        let before = half + usize::from(own);
        let came = candidate(size, c, own);
        if came.len() != size * size * c {
            let what = "There are not as many rows as the weights have: each place of the kernel has a row for each of \
                        its C channels, and its mask holds for all of them.";
            let rows = |n: usize| format!("{n} rows");
            let told = told("channels", what);
            return Err(told.with(rows(size * size * c), rows(came.len())));
        }
        let ones = |may: &dyn Fn(usize, usize) -> bool| {
            Array1::from_shape_fn(size * size * c, |row| {
                let tap = row / c;
                f64::from(may(tap / size, tap % size))
            })
        };
        let at = |i: usize, j: usize| i * size + j;
        let itself = |i, j| (i, j) == (middle, middle);
        judge(
            &ones(&|i, j| at(i, j) < before),
            &came,
            0.0,
            vec![
                (
                    ones(&|_, _| true),
                    told(
                        "no mask",
                        "Nothing is hidden. What comes behind the middle in reading order has to be 0.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) >= before),
                    told(
                        "wrong side",
                        "What may be used is 0 and what may not is 1: it is the other way round.",
                    ),
                ),
                (
                    ones(&|i, j| {
                        i < middle && j == middle
                            || i == middle && j < middle
                            || own && itself(i, j)
                    }),
                    told(
                        "a cross",
                        "Above the middle only the same column is seen. Lines that come before come before as a whole.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) <= half),
                    told(
                        "its own code",
                        "The first layer sees the code that it has to guess. Its loss goes to 0, and its samples are rubble: \
                         only when `own` may the middle be used.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) < half),
                    told(
                        "never itself",
                        "With `own` the middle may be used: behind the first layer it holds what came before, not the answer.",
                    ),
                ),
                (
                    ones(&|i, j| {
                        i < middle || i == middle && (own || j != middle)
                    }),
                    told(
                        "the whole row",
                        "Places to the right in the same line are seen. They come later.",
                    ),
                ),
                (
                    ones(&|i, j| i < middle || own && itself(i, j)),
                    told(
                        "nothing to the left",
                        "What stands to the left in the same line comes before as well.",
                    ),
                ),
                (
                    ones(&|i, j| {
                        i <= middle && j <= middle && (own || !itself(i, j))
                    }),
                    told(
                        "above on the right",
                        "The lines above come before as a whole, also what stands to the right there.",
                    ),
                ),
                (
                    ones(&|i, j| j * size + i < before),
                    told(
                        "column by column",
                        "This is the order of columns. Maps are read line by line.",
                    ),
                ),
                (
                    Array1::from_shape_fn(size * size * c, |row| {
                        f64::from(row < before)
                    }),
                    told(
                        "rows for places",
                        "So many *places* may be used, and each has a row for each of its C channels.",
                    ),
                ),
                (
                    Array1::from_shape_fn(size * size * c, |row| {
                        f64::from(row < half * c + usize::from(own))
                    }),
                    told(
                        "one channel of the middle",
                        "Of the middle place one channel may be used. It has C of them.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) < middle + usize::from(own)),
                    told(
                        "half of a line",
                        "Half of `size` is half of a line. Before the middle come half of all size² places.",
                    ),
                ),
                (
                    Array1::from_shape_fn(size * size * c, |row| {
                        f64::from(row % (size * size) < before)
                    }),
                    told(
                        "channels first",
                        "The rows are place by place, and the C channels of a place stand together.",
                    ),
                ),
                (
                    ones(&|i, j| at(i, j) > half || own && itself(i, j)),
                    told(
                        "wrong side",
                        "What comes later is kept, and what comes before is masked.",
                    ),
                ),
            ],
            told("value", "The mask is wrong."),
        )?;
    }
    Ok(())
}

/// A prior, batches of code maps, how; to the bits an image of each batch.
type Trains = fn(&mut Prior<f64>, &[Array2<usize>], &Config) -> Vec<f64>;

/// What can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    NoShift,
    ToTheLeft,
    CodeForStart,
    EmbeddingsStand,
    TableStands,
    PositionsStand,
    RowsOfTargets,
    Nats,
    OfACode,
    OfABatch,
    Uphill,
    SumForMean,
    LastPlaceAlone,
    CountedFromOne,
    StepStays,
    AdamAnew,
    BitsBehindTheStep,
    FirstBatchAgain,
    ConstantsForgotten,
    NothingMoves,
    StepSizeLate,
    Summed,
    OfTheStart,
    TwoSteps,
    RunningMean,
    NoAdam,
    Backwards,
}

const SLIPS: [(Slip, &str, &str); 27] = [
    (
        Slip::NoShift,
        "no shift",
        "Each place sees its own code. The bits fall to nothing, and what has been learnt is to copy: there is nothing to copy when it draws.",
    ),
    (
        Slip::ToTheLeft,
        "to the left",
        "Each place sees the code after it, which is the future. `shift_right` shows it the code before.",
    ),
    (
        Slip::CodeForStart,
        "code 0 as the start",
        "The start token was code 0, a code like the others. It has a row of its own, number K, which is `prior.codes()`.",
    ),
    (
        Slip::EmbeddingsStand,
        "embeddings stand still",
        "The table and the positions have not moved: `backward_rows` leaves their gradients at 0. `embed_backward` gives both, of the \
         gradient at the rows.",
    ),
    (
        Slip::TableStands,
        "the table stands still",
        "The positions move, and the table of embeddings does not. `embed_backward` gives the gradients of both.",
    ),
    (
        Slip::PositionsStand,
        "positions stand still",
        "The table of embeddings moves, and the positions do not. `embed_backward` gives the gradients of both.",
    ),
    (
        Slip::RowsOfTargets,
        "rows of the targets",
        "The gradient at a place went to the row of the code that was to be guessed there. It goes to the row that was taken: that of what was \
         *seen*.",
    ),
    (
        Slip::Nats,
        "nats",
        "What is learnt is right. What came back is in nats; `BITS` are in a nat.",
    ),
    (
        Slip::OfACode,
        "of a code",
        "What is learnt is right. What came back is what one code costs; an image has T of them.",
    ),
    (
        Slip::OfABatch,
        "of a batch",
        "What is learnt is right. What came back is what all images of the batch cost together.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The prior climbs its loss. `cross_entropy_backward` gives the gradient of the loss, and `step` goes against it by itself.",
    ),
    (
        Slip::SumForMean,
        "sum for mean",
        "The gradient is that of the sum over all places; the loss is their mean.",
    ),
    (
        Slip::LastPlaceAlone,
        "the last place alone",
        "Only the guess at the last place was scored. One pass makes T guesses of each map, and each has a target.",
    ),
    (
        Slip::CountedFromOne,
        "counted from one",
        "The steps were counted from 1. `config.lr` counts from 0: the first step is that of n = 0.",
    ),
    (
        Slip::StepStays,
        "the step size stays",
        "The step size stayed at that of `config.adam`, which is the largest. Set `adam.config.lr` before each step.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each step, so that its running means begin at zero again. Make it once, before the loop.",
    ),
    (
        Slip::BitsBehindTheStep,
        "bits behind the step",
        "What is learnt is right. The bits that came back are those behind each step; asked for are those before it.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step saw the first batch.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made of `config.adam`.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The bits are right, and the prior that came has not moved. Was a copy trained?",
    ),
    (
        Slip::StepSizeLate,
        "the step size comes late",
        "The step size is set behind the step, so each step has that of the one before, and the first one the largest.",
    ),
    (
        Slip::OfTheStart,
        "gradients of the start",
        "Every pass went through the prior as it was before the first step. Each batch is to be seen by the prior that the steps before have made.",
    ),
    (Slip::TwoSteps, "two steps", "Two steps were made for each batch."),
    (
        Slip::RunningMean,
        "running mean",
        "What is learnt is right. What came back is the mean of all batches so far; asked for is that of each batch.",
    ),
    (
        Slip::NoAdam,
        "no Adam",
        "This is a step against the gradient, as long as the step size says. Adam divides by the size of the gradient first.",
    ),
    (
        Slip::Backwards,
        "from the last batch",
        "The batches were taken from the last to the first.",
    ),
    (
        Slip::Summed,
        "gradients added up",
        "The gradients of all batches were added up. Each step takes that of its own batch.",
    ),
];

fn run(
    start: &Prior<f64>,
    batches: &[Array2<usize>],
    config: &Config,
    slip: Slip,
) -> (Prior<f64>, Vec<f64>) {
    let constants = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config.adam,
    };
    let (mut prior, mut bits) = (start.clone(), Vec::new());
    let mut adam = Adam::new(&prior, constants);
    let mut sum: Option<Prior<f64>> = None;
    for (n, own) in batches.iter().enumerate() {
        let codes = match slip {
            Slip::FirstBatchAgain => &batches[0],
            Slip::Backwards => &batches[batches.len() - 1 - n],
            _ => own,
        };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&prior, constants);
        }
        adam.config.lr = match slip {
            Slip::CountedFromOne => config.lr(n as u64 + 1),
            Slip::StepStays => constants.lr,
            Slip::StepSizeLate if n == 0 => constants.lr,
            Slip::StepSizeLate => config.lr(n as u64 - 1),
            _ => config.lr(n as u64),
        };
        let at = if slip == Slip::OfTheStart { start } else { &prior };
        let (nats, mut d) = learnt(at, codes, slip);
        if slip == Slip::Summed {
            if let Some(sum) = &sum {
                let all = d.parameters_mut().into_iter();
                all.zip(sum.parameters()).for_each(|(mut d, s)| d += &s);
            }
            sum = Some(d.clone());
        }
        if slip == Slip::NoAdam {
            let all = prior.parameters_mut().into_iter();
            let lr = config.lr(n as u64);
            all.zip(d.parameters())
                .for_each(|(mut p, d)| p.scaled_add(-lr, &d));
        } else {
            adam.step(&mut prior, &d);
        }
        if slip == Slip::TwoSteps {
            adam.step(&mut prior, &d);
        }
        let nats = match slip {
            Slip::BitsBehindTheStep => learnt(&prior, codes, slip).0,
            _ => nats,
        };
        let places = codes.ncols() as f64;
        bits.push(match slip {
            Slip::Nats => nats * places,
            Slip::OfACode => nats * BITS,
            Slip::OfABatch => nats * BITS * codes.len() as f64,
            _ => nats * BITS * places,
        });
    }
    if slip == Slip::RunningMean {
        let mut sum = 0.0;
        for (n, bits) in bits.iter_mut().enumerate() {
            sum += *bits;
            *bits = sum / (n + 1) as f64;
        }
    }
    match slip {
        Slip::NothingMoves => (start.clone(), bits),
        _ => (prior, bits),
    }
}

/// The loss in nats, and the gradient of a step.
fn learnt(
    prior: &Prior<f64>,
    codes: &Array2<usize>,
    slip: Slip,
) -> (f64, Prior<f64>) {
    let (t, k) = (codes.ncols(), prior.codes());
    let seen = match slip {
        Slip::NoShift => codes.clone(),
        Slip::ToTheLeft => {
            let mut seen = Array2::from_elem(codes.dim(), k);
            seen.slice_mut(s![.., ..t - 1]).assign(&codes.slice(s![.., 1..]));
            seen
        }
        Slip::CodeForStart => shifted(codes, 0),
        _ => shifted(codes, k),
    };
    let pass =
        prior.forward_rows(embed(&prior.table, &prior.positions, &seen));
    let targets = flat(codes);
    let mut loss = cross_entropy(&pass.logits, &targets);
    let mut d_logits = cross_entropy_backward(&pass.logits, &targets);
    match slip {
        Slip::Uphill => d_logits *= -1.0,
        Slip::SumForMean => d_logits *= codes.len() as f64,
        Slip::LastPlaceAlone => {
            let ends = pass.logits.slice(s![t - 1..; t, ..]).to_owned();
            let there = codes.column(t - 1).to_vec();
            loss = cross_entropy(&ends, &there);
            d_logits.fill(0.0);
            d_logits
                .slice_mut(s![t - 1..; t, ..])
                .assign(&cross_entropy_backward(&ends, &there));
        }
        _ => {}
    }
    let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
    let to = if slip == Slip::RowsOfTargets { codes } else { &seen };
    let sizes = (prior.table.nrows(), prior.places());
    let (table, positions) = embed_backward(&d_x, to, sizes);
    if !matches!(slip, Slip::EmbeddingsStand | Slip::TableStands) {
        d.table = table;
    }
    if !matches!(slip, Slip::EmbeddingsStand | Slip::PositionsStand) {
        d.positions = positions;
    }
    (loss, d)
}

/// The bits, and then every number of the prior.
fn laid((prior, bits): &(Prior<f64>, Vec<f64>)) -> Array1<f64> {
    let parameters = prior.parameters();
    let parameters = parameters.iter().flat_map(|p| p.iter());
    bits.iter().chain(parameters).copied().collect()
}

/// What differs first of two trainings: the bits, or a row of what was learnt.
fn first_difference(
    (right, bits): &(Prior<f64>, Vec<f64>),
    (came, yours): &(Prior<f64>, Vec<f64>),
) -> [String; 2] {
    let differs = |(a, b): (&f64, &f64)| {
        let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        !near // a NaN differs from everything
    };
    if bits.iter().zip(yours).any(differs) {
        return [bits, yours].map(|b| match b.len() {
            0..=6 => format!("bits an image {b:.5?}"),
            _ => format!("bits an image {:.5?} …", &b[..6]),
        });
    }
    let all = right.parameters().into_iter().zip(came.parameters());
    for (n, (a, b)) in all.enumerate() {
        let name = match n {
            0 => "the table".to_string(),
            1 => "the positions".to_string(),
            n => format!("parameter {n} of the prior"),
        };
        let rows = a.outer_iter().zip(b.outer_iter()).enumerate();
        for (row, (a, b)) in rows {
            if a.iter().zip(&b).any(differs) {
                let row = format!("row {row} of {name}");
                return [a, b].map(|v| format!("{row} {v:.5}"));
            }
        }
    }
    [String::new(), String::new()]
}

/// By how much numbers are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    (right.len() > 1 && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// Maps whose second half repeats the first.
fn doubled(
    maps: usize,
    places: usize,
    codes: usize,
    stream: u64,
) -> Array2<usize> {
    let rng = &mut rng_at(99, stream);
    let mut all =
        Array2::from_shape_fn((maps, places), |_| rng.random_range(0..codes));
    let half = places.div_ceil(2);
    let first = all.slice(s![.., ..places - half]).to_owned();
    all.slice_mut(s![.., half..]).assign(&first);
    all
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Training, and equations 9.2, 9.3 and 9.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let sizes = |codes, places, blocks, classes| Sizes {
        codes,
        places,
        width: 8,
        heads: 2,
        blocks,
        classes,
    };
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let config = |sizes, batches: &[_], adam| Config {
        sizes,
        batch: 3,
        steps: batches.len() as u64,
        warm_up: 2,
        adam,
    };
    let few = vec![
        array![[4, 0, 0, 2], [1, 1, 3, 0], [0, 0, 0, 0]],
        array![[2, 4, 4, 4]],
        array![[3, 0, 1, 2], [4, 3, 2, 1]],
    ];
    let other = vec![doubled(2, 5, 3, 0), doubled(4, 5, 3, 1)];
    let long: Vec<_> = (0..60).map(|n| doubled(8, 6, 4, 10 + n)).collect();
    let usual = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let cases = [
        (sizes(5, 4, 1, 0), few, adam, 0.0),
        (sizes(3, 5, 2, 4), other, adam, 1000.0),
        (sizes(2, 3, 0, 0), vec![], adam, 0.0),
        (sizes(4, 6, 1, 0), long, usual, 0.0),
    ];
    for (n, (sizes, batches, adam, sure)) in cases.into_iter().enumerate() {
        let start = Prior::new(sizes, &mut rng_at(98, n as u64));
        let mut start = start.unwrap_or_else(|e| panic!("{e}"));
        start.head.b[1] = sure; // of one code, before anything is learnt
        let config = config(sizes, &batches, adam);
        let mut mine = start.clone();
        let bits = candidate(&mut mine, &batches, &config);
        let came = (mine, bits);
        if came.1.len() != batches.len() {
            let count = |n: usize| format!("{n} numbers");
            let what =
                "There is one number for each batch, that before its step.";
            return Err(told("how many numbers", what)
                .with(count(batches.len()), count(came.1.len())));
        }
        let right = run(&start, &batches, &config, Slip::None);
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = run(&start, &batches, &config, slip);
            (laid(&wrong), told(name, what))
        });
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your bits are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 60 => told(
                "long training",
                "Few batches are right, and 60 are not.",
            ),
            None => told("value", "The bits or the prior are wrong."),
        };
        // Sixty steps make a little rounding larger.
        let near = if batches.len() == 60 { 1e-5 } else { 1e-9 };
        let suspects = suspects.collect();
        let judged =
            judge(&laid(&right), &laid(&came), near, suspects, otherwise);
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}

/// What exercise 9.11 asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Bits an image of what is drawn at temperature ½.
    pub cold: f64,
    /// Of what is drawn by top-2.
    pub cut: f64,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Why {
    DrawnByOnePaidByTheOther,
    PaidAsDrawn,
    HalfTheLogitsHalfTheBits,
    TheModelIsTheSame,
    OnlyTheLikeliest,
}

/// What 2,000 maps that are drawn so cost the prior of exercise 9.11, in bits an image, and the shares of the three codes in
/// them, in percent.
fn drawn(how: How) -> (f64, [f64; 3]) {
    let sizes = Sizes {
        codes: 3,
        places: 49,
        width: 2,
        heads: 1,
        blocks: 0,
        classes: 0,
    };
    let prior = Prior::<f64>::new(sizes, &mut rng_at(9, 11));
    let mut prior = prior.unwrap_or_else(|e| panic!("{e}"));
    prior.head.w.fill(0.0);
    prior.head.b = array![0.5, 0.25, 0.25].mapv_into(f64::ln);
    let maps = sample(&prior, 2000, how, 1);
    let maps = maps.unwrap_or_else(|e| panic!("{e}"));
    let nats = prior.nats(&maps).unwrap_or_else(|e| panic!("{e}"));
    let share = |k: usize| {
        let n = maps.iter().filter(|code| **code == k).count();
        100.0 * n as f64 / maps.len() as f64
    };
    (bits_of(&nats), [0, 1, 2].map(share))
}

pub fn colder(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Cutting the tail, equations 9.11, 9.14 and 9.19";
    type Drawn = (f64, [f64; 3]);
    /// Drawn once, however many answers are looked at.
    static ALL: LazyLock<[Drawn; 4]> = LazyLock::new(|| {
        let top_2 = How { top_k: Some(2), ..How::from(1.0) };
        [How::from(1.0), How::from(0.5), top_2, How::from(0.0)].map(drawn)
    });
    let [(usual, _), (cold, shares), (cut, kept), (coldest, _)] = *ALL;
    let yours = candidate();
    let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * b;
    let both = |times: f64| {
        near(yours.cold, times * cold) && near(yours.cut, times * cut)
    };
    let right = both(1.0);
    let came = format!(
        "2,000 maps drawn at temperature ½ cost {cold:.1} bits in the mean, by top-2 {cut:.1}{}.",
        if right { ", as you say" } else { "" }
    );
    let told = |name, what: String| {
        let yours = format!(
            "{:.1} and {:.1}, {:?}",
            yours.cold, yours.cut, yours.why
        );
        let told = Diagnosis::new(name, format!("{came} {what}"), SEE);
        Err(told.with(format!("{cold:.1} and {cut:.1}"), yours))
    };
    match yours.why {
        Why::DrawnByOnePaidByTheOther if right => Ok(()),
        Why::DrawnByOnePaidByTheOther if both(1.0 / 49.0) => told(
            "of a code",
            "The reason is right, and your numbers are those of one code. An image has 49.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther if both(2.0_f64.ln()) => told(
            "nats",
            "The reason is right, and your numbers are in nats: a bit is a factor of two.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther => told(
            "a reason without its numbers",
            format!(
                "The reason is right. At temperature ½ the three codes came in {:.0}, {:.0} and {:.0} of a hundred places, by top-2 in \
                 {:.0}, {:.0} and {:.0}: what is drawn adds up to 1, in either case. A code costs 1, 2 and 2 bits.",
                shares[0], shares[1], shares[2], kept[0], kept[1], kept[2]
            ),
        ),
        Why::PaidAsDrawn => {
            let entropy = |shares: [f64; 3]| {
                let bits = shares.map(|p| match p / 100.0 {
                    p if p > 0.0 => -p * p.log2(),
                    _ => 0.0,
                });
                49.0 * bits.iter().sum::<f64>()
            };
            told(
                "paid as drawn",
                format!(
                    "The entropies of what they were drawn from are {:.1} and {:.1} bits: so much they would cost a model that knew how they \
                     were drawn. The prior does not. Whenever it meets code 1 it asks 2 bits.",
                    entropy(shares),
                    entropy(kept)
                ),
            )
        }
        Why::HalfTheLogitsHalfTheBits => told(
            "half the bits",
            format!(
                "Half of {usual:.1} would be {:.1}, and the least that a map can cost is 49 bits, when all of it is code 0. The \
                 temperature changes how often a code comes, not what the prior asks for it.",
                usual / 2.0
            ),
        ),
        Why::TheModelIsTheSame => told(
            "the model is the same",
            format!(
                "The prior is the same, and so are its prices; drawn as it says, its maps cost {usual:.1}. But these are other maps: code 0, \
                 the cheap one, came in {:.0} of a hundred places at temperature ½ and in {:.0} by top-2, where it comes in 50.",
                shares[0], kept[0]
            ),
        ),
        Why::OnlyTheLikeliest => told(
            "only the likeliest",
            format!(
                "That is temperature 0, where all is code 0, and a map costs {coldest:.1} bits. At ½ a third of the places still have \
                 another code, and of two codes the second is drawn too."
            ),
        ),
    }
}

/// The name of a cause's diagnosis.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::MaskOffByOne => "mask off by one",
        Cause::NoShift => "no shift",
        Cause::NoPositions => "no positions",
        Cause::NoRoot => "no root",
        Cause::FewSequences => "few sequences",
        Cause::Nats => "nats",
        Cause::TooCold => "too cold",
        Cause::SharedDraw => "shared draw",
    }
}

/// What a cause does, in a sentence.
fn does(cause: Cause) -> String {
    match cause {
        Cause::MaskOffByOne => "With a mask that lets a place look one place too far, each place finds its answer in the row behind it, \
                                on any sequence; but the last place has no row behind it, and has to guess. In drawing no row behind it is \
                                there yet."
            .to_string(),
        Cause::NoShift => "Without the shift each place is told its own code, the last one too: every place costs nothing, on any \
                           sequence. In drawing it repeats what it is told."
            .to_string(),
        Cause::NoPositions => "Without positions no place can tell which code stands four places before it. It costs more than the best, \
                               and its samples do not repeat."
            .to_string(),
        Cause::NoRoot => "With D = 8 the root is less than three: the scores are larger, and so small a prior learns all the same.".to_string(),
        Cause::FewSequences => "Who sees the same 32 sequences at every step learns them by heart, at 5 bits each. What it has not seen \
                                costs the more for it, and it draws these 32 and hardly any other."
            .to_string(),
        Cause::Nats => format!(
            "In nats every number of the prior is ln 2 of what it is in bits: {:.2} where the best is {BEST:.2}. What is drawn does not depend \
             on units.",
            BEST * 2.0_f64.ln()
        ),
        Cause::TooCold => "Samples that are drawn too cold are too likely: they repeat nearly always, and many are equal. What is learnt, and \
                           what is computed of data, has no temperature."
            .to_string(),
        Cause::SharedDraw => "With one random number for all samples they are all equal. What is learnt is right.".to_string(),
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Exercises of the first page, and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 7])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS).0));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 7])
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
            format!("{words} would be about {there:.2}; here it is {here:.2}")
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
