//! Exercises 10.2 and 10.3: a distance of features, and its gradient.

use super::*;

/// Features of three batches, layer by layer.
#[derive(Clone)]
struct Features {
    real: Vec<Array2<f64>>,
    x: Vec<Array2<f64>>,
    x_hat: Vec<Array2<f64>>,
}

fn mean(of: &Array2<f64>) -> f64 {
    of.sum() / of.len() as f64
}

/// Exercise 10.2, as it can go wrong.
fn apart(of: &Features, is: Is, tap: Tap) -> Out {
    let all = of.x.len();
    let from = if is("without the first layer") { 1 } else { 0 };
    let from =
        if is("last layer alone") { all.saturating_sub(1) } else { from };
    let to = match () {
        _ if is("first layer alone") => all.min(1),
        _ if is("without the last layer") => all.saturating_sub(1),
        _ => all,
    };
    let scale = |n: usize| {
        let of = match () {
            _ if is("scale of x") => &of.x[n],
            _ if is("scale of the reconstructions") => &of.x_hat[n],
            _ if is("scale of x and of real pictures") => {
                let squares = [&of.real[n], &of.x[n]].map(|a| mean(&(a * a)));
                return (squares[0] + squares[1]) / 2.0;
            }
            _ if is("scale of the last layer") => &of.real[all - 1],
            _ => &of.real[n],
        };
        let square = of * of;
        match () {
            _ if is("no scale") => 1.0,
            _ if is("sum for the scale") => square.sum(),
            _ if is("variance for the scale") => {
                mean(&square) - mean(of).powi(2)
            }
            _ if is("square of the mean for the scale") => mean(of).powi(2),
            _ if is("mean size for the scale") => mean(&of.mapv(f64::abs)),
            _ if is("largest for the scale") => {
                square.fold(0.0, |a, b| b.max(a))
            }
            _ => mean(&square),
        }
    };
    let scales: Vec<f64> = (0..all).map(scale).collect();
    let common = scales.iter().sum::<f64>() / all as f64;
    let (mut sum, mut many) = (0.0, 0.0);
    for (n, scale) in scales.iter().enumerate().take(to).skip(from) {
        let [x, y] = [&of.x[n], &of.x_hat[n]];
        let [x, y] = match is("each picture's features of length 1") {
            false => [x.clone(), y.clone()],
            true => [x, y].map(|of| {
                let mut of = of.clone();
                for mut row in of.rows_mut() {
                    let long = row.dot(&row).sqrt();
                    row /= if long > 0.0 { long } else { 1.0 };
                }
                of
            }),
        };
        let x = tapped(tap, "the features of x", x);
        let y = tapped(tap, "the features of x̂", y);
        let d = tapped(tap, "the differences of a layer", &y - &x);
        let square = &d * &d;
        let scale = tap_scale(tap, *scale);
        let by = match () {
            _ if is("root of the scale") => scale.sqrt(),
            _ if is("square of the scale") => scale * scale,
            _ if is("multiplied by the scale") => 1.0 / scale,
            _ if is("one scale for all") => common,
            _ => scale,
        };
        let dead = scales[n] == 0.0 && !is("zero by zero");
        let by = if dead { 1.0 } else { by };
        let of_layer = match () {
            _ if is("sum of squares") => square.sum(),
            _ if is("sum over the features") => {
                square.sum() / x.nrows() as f64
            }
            _ if is("sum over the pictures") => {
                square.sum() / x.ncols() as f64
            }
            _ if is("sizes of differences") => mean(&d.mapv(f64::abs)),
            _ if is("features averaged first") => mean(&d).powi(2),
            _ if is("differences of mean squares") => {
                (mean(&(&x * &x)) - mean(&(&y * &y))).abs()
            }
            _ if is("root in each layer") => mean(&square).sqrt(),
            _ if is("one mean over all numbers") => square.sum(),
            _ => mean(&square),
        };
        many += x.len() as f64;
        let of_layer =
            number_through(tap, "the mean square of a layer", of_layer);
        sum += number_through(tap, "the part of a layer", of_layer / by);
    }
    let sum = number_through(tap, "the sum over layers", sum);
    let by = match () {
        _ if is("sum over layers") => 1.0,
        _ if is("one mean over all numbers") => many,
        _ if is("empty layers left out of the mean") => {
            scales.iter().filter(|s| **s > 0.0).count() as f64
        }
        _ => number_through(tap, "L", all as f64),
    };
    let value =
        if all == 0 && !is("no layer by none") { 0.0 } else { sum / by };
    number(match () {
        _ if is("root of it all") => value.sqrt(),
        _ if is("half of it") => value / 2.0,
        _ => value,
    })
}

fn tap_scale(tap: Tap, scale: f64) -> f64 {
    number_through(tap, "the scale of a layer", scale)
}

const APART: Mistakes<Features> = mistakes!(
    apart,
    [
        "sum over layers",
        "The layers were added up. Equation 10.2 takes their mean, so that a deeper ruler is no longer one."
    ],
    [
        "root of the scale",
        "Squared differences were divided by the root of the scale. The scale is a mean of squares as they are: divide by it."
    ],
    [
        "square of the scale",
        "Squared differences were divided by the square of the scale. The scale is a mean of squares already."
    ],
    [
        "multiplied by the scale",
        "The differences were multiplied by the scale. A layer with large features would count most; divided, all count alike."
    ],
    [
        "no scale",
        "The scale is missing: the layer with the largest features decides alone."
    ],
    [
        "scale of x",
        "The scale was measured on x. It belongs to the ruler: measured once, on `real`, and the same for every x."
    ],
    [
        "scale of the reconstructions",
        "The scale was measured on the reconstructions. They could make their distance small by making their features large; it is \
         measured on `real`."
    ],
    [
        "scale of x and of real pictures",
        "The scale was measured on x, too. It belongs to the ruler: measured once, on `real` alone."
    ],
    [
        "differences of mean squares",
        "The mean squares of both batches were compared. A distance compares feature by feature: first the difference, then its square."
    ],
    [
        "scale of the last layer",
        "Every layer was divided by the last one's scale. Each has its own."
    ],
    [
        "one scale for all",
        "Every layer was divided by the mean of all scales. Each has its own."
    ],
    [
        "sum for the scale",
        "The scale is a sum of squares. It is their mean, as the difference is."
    ],
    [
        "variance for the scale",
        "The scale is a variance: the mean was taken out. It is the mean of the squares as they are, of features that are seldom around 0."
    ],
    [
        "square of the mean for the scale",
        "The scale is the square of the mean. It is the mean of the squares."
    ],
    [
        "mean size for the scale",
        "The scale is the mean of sizes. It is the mean of squares."
    ],
    [
        "largest for the scale",
        "The scale is the largest square. It is the mean of squares."
    ],
    [
        "sum of squares",
        "The squared differences of a layer were added up. It is their mean, or the layer with most features decides."
    ],
    [
        "sum over the features",
        "Per picture the squares were added up over its features. It is the mean over both, pictures and features."
    ],
    [
        "sum over the pictures",
        "Per feature the squares were added up over pictures. It is the mean over both, pictures and features."
    ],
    [
        "sizes of differences",
        "Sizes of differences were taken. They are squared."
    ],
    [
        "features averaged first",
        "The differences were averaged, and then squared: what is too much in one feature makes good what is too little in another. Square \
         first."
    ],
    [
        "root in each layer",
        "Each layer's mean square went through a root. There is none in equation 10.2."
    ],
    [
        "one mean over all numbers",
        "One mean was taken over the features of all layers. Each layer has a mean of its own, and then comes the mean over layers, so \
         that small layers count as much as large ones."
    ],
    [
        "each picture's features of length 1",
        "Each picture's features were brought to length 1. Here a layer has one scale, whatever the picture."
    ],
    ["first layer alone", "Only the first layer was heard."],
    ["last layer alone", "Only the last layer was heard."],
    [
        "without the first layer",
        "The first layer is missing in the sum: `of_x[0]` holds its features already, not the pictures."
    ],
    ["without the last layer", "The last layer is missing in the sum."],
    [
        "zero by zero",
        "A layer that is 0 on `real` gives 0 by 0 where it is 0 on these, too. It adds nothing: look at the scale before you divide."
    ],
    [
        "empty layers left out of the mean",
        "A layer whose scale is 0 adds nothing, but it is one of the layers: the mean is over all."
    ],
    [
        "no layer by none",
        "Without any layer there is 0 by 0. The distance is 0 there."
    ],
    [
        "root of it all",
        "A root was taken in the end. The distance is a mean of squares."
    ],
    ["half of it", "This is half of it."],
);

fn batches() -> Vec<(&'static str, Features)> {
    let of = |widths: &[usize], real: usize, b: usize, size: f64| {
        let layer = |b, stream: u64, shift: f64| {
            let of = widths.iter().enumerate();
            let of = of.map(|(n, width)| {
                let one = rows(b, *width, 10 * stream + n as u64);
                one * (n as f64 + 0.5) * size + shift
            });
            of.collect::<Vec<_>>()
        };
        Features {
            real: layer(real, 1, 0.4),
            x: layer(b, 2, 0.3),
            x_hat: layer(b, 3, 0.1),
        }
    };
    let simple = Features {
        real: vec![array![[1.0, -1.0]], array![[2.0, -2.0, 2.0]]],
        x: vec![array![[1.0, 0.0]], array![[0.0, 1.0, 0.0]]],
        x_hat: vec![array![[1.0, 2.0]], array![[4.0, 1.0, 0.0]]],
    };
    let mut large = of(&[3, 2], 4, 3, 1.0);
    large.x[0][[0, 0]] = 1000.0;
    large.x_hat[1][[1, 1]] = -1000.0;
    let mut dead = of(&[3, 4, 2], 5, 3, 1.0);
    for of in [&mut dead.real, &mut dead.x, &mut dead.x_hat] {
        of[1].fill(0.0);
    }
    let mut same = of(&[3, 2], 4, 3, 1.0);
    same.x_hat = same.x.clone();
    let nothing = Features { real: vec![], x: vec![], x_hat: vec![] };
    vec![
        ("no layer at all", nothing),
        ("two layers, and a picture in each batch", simple),
        ("one layer of three features", of(&[3], 4, 2, 1.0)),
        ("one layer of a single feature", of(&[1], 2, 5, 1.0)),
        ("three layers of 4, 2 and 5 features", of(&[4, 2, 5], 6, 3, 1.0)),
        ("large features", of(&[2, 3], 3, 4, 30.0)),
        ("four layers, and one picture", of(&[5, 4, 3, 2], 7, 1, 1.0)),
        ("features of ±1,000", large),
        ("reconstructions that are the pictures", same),
        ("a layer that is 0 for all", dead),
        (
            "two layers of 3 and 4 features, two pictures",
            of(&[3, 4], 5, 2, 1.5),
        ),
    ]
}

pub fn perceptual_distance(
    candidate: fn(&[Array2<f64>], &[Array2<f64>], &[Array2<f64>]) -> f64,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § A ruler of features, equation 10.2",
        results: &["the distance"],
        right: |of| rightly(apart, of),
        suspects: APART.0,
        terms: none,
        others: |of| {
            let swapped = Features {
                real: of.x.clone(),
                x: of.real.clone(),
                ..of.clone()
            };
            match of.real.iter().zip(&of.x).all(|(a, b)| a.dim() == b.dim()) {
                true => {
                    vec![("with `real` and `of_x` exchanged".into(), swapped)]
                }
                false => vec![(
                    "with `real` and `of_x` exchanged".into(),
                    of.clone(),
                )],
            }
        },
        numbers: |of| {
            let width = of.x.first().map_or(0, |x| x.ncols());
            let rows = of.x.first().map_or(0, |x| x.nrows());
            let all = [("L", of.x.len()), ("B", rows), ("F", width)];
            all.map(|(name, n)| (name, n as f64)).to_vec()
        },
        tolerance: 1e-10,
    };
    judged(&exercise, apart, APART.1, &batches(), |of| {
        number(candidate(&of.real, &of.x, &of.x_hat))
    })
}

/// A network of features, and what it gives for two batches.
#[derive(Clone)]
struct Way {
    weights: Vec<Array2<f64>>,
    x: Vec<Array2<f64>>,
    x_hat: Vec<Array2<f64>>,
    shares: Vec<f64>,
}

/// Exercise 10.3, as it can go wrong.
fn way_back(of: &Way, is: Is, tap: Tap) -> Out {
    let all = of.weights.len();
    let slopes = |n: usize| {
        let y = if is("slopes of x") { &of.x[n] } else { &of.x_hat[n] };
        let (above, below) = match () {
            _ if is("slopes exchanged") => (0.2, 1.0),
            _ if is("0 below") => (1.0, 0.0),
            _ if is("no slope") => (1.0, 1.0),
            _ if is("no slope in the last layer") && n + 1 == all => {
                (1.0, 1.0)
            }
            _ if is("no slope in the first layer") && n == 0 => (1.0, 1.0),
            _ if is("slope twice") => (1.0, 0.04),
            _ if is("a slope of 0.01") => (1.0, 0.01),
            _ if is("a slope of 0.1") => (1.0, 0.1),
            _ if is("the value for the slope") => return y.clone(),
            _ => (1.0, 0.2),
        };
        let zero = is("slope of 1 at 0");
        y.mapv(|y| if y > 0.0 || zero && y == 0.0 { above } else { below })
    };
    let mut v: Option<Array2<f64>> = None;
    let mut at_first = None;
    for n in (0..all).rev() {
        let d = &of.x_hat[n] - &of.x[n];
        let d = tapped(tap, "the differences of a layer", d);
        let many = match () {
            _ if is("sum for mean") => 1.0,
            _ if is("the root of their number") => (d.len() as f64).sqrt(),
            _ if is("mean over the pictures alone") => d.nrows() as f64,
            _ if is("mean over the features alone") => d.ncols() as f64,
            _ => d.len() as f64,
        };
        let share = match () {
            _ if is("shares left out") => 1.0,
            _ if is("first share for all") => of.shares[0],
            _ if is("last share for all") => of.shares[all - 1],
            _ if is("shares the wrong way round") => of.shares[all - 1 - n],
            _ if is("divided by the shares") => 1.0 / of.shares[n],
            _ => of.shares[n],
        };
        let share = number_through(tap, "a layer's share", share);
        let two = if is("the 2 left out") { 1.0 } else { 2.0 };
        let sign = if is("at x") { -1.0 } else { 1.0 };
        let d = if is("sign of the difference") {
            d.mapv(f64::signum)
        } else {
            d
        };
        let own = d * (sign * two * share / many);
        let own = tapped(tap, "a layer's own gradient", own);
        let own = match () {
            _ if is("last layer alone") && n + 1 < all => own * 0.0,
            _ if is("first layer not heard") && n == 0 && all > 1 => {
                own * 0.0
            }
            _ if is("last layer not heard") && n + 1 == all && all > 1 => {
                own * 0.0
            }
            _ if is("last one twice") && n + 1 == all => own * 2.0,
            _ => own,
        };
        let slope = tapped(tap, "the slopes of a layer", slopes(n));
        let u = match v.take() {
            None if is("behind the activation") => own,
            Some(v) if is("behind the activation") => v * slope + own,
            Some(v) if is("slopes on its own alone") => v + own * slope,
            Some(v) if is("shares on what comes from behind") => {
                (v * of.shares[n] + own) * slope
            }
            Some(_) if is("overwritten") => own * slope,
            Some(v) if is("the mean of both") => (v + own) / 2.0 * slope,
            None => own * slope,
            Some(v) => (v + own) * slope,
        };
        let u = tapped(tap, "the gradient at a sum", u);
        at_first = Some(u.clone());
        let back = u.dot(&of.weights[n].t());
        v = Some(tapped(tap, "the gradient before a layer", back));
        if is("only down to the layer below") && n + 1 == all && all > 1 {
            break;
        }
    }
    if is("stops at the last map") {
        return at_first.map(one).unwrap_or_default();
    }
    if is("mean over layers again") {
        v = v.map(|v| v / all as f64);
    }
    v.map(one).unwrap_or_default()
}

const BACK: Mistakes<Way> = mistakes!(
    way_back,
    [
        "last layer alone",
        "Only the last layer's own gradient goes back. Every layer's features are compared, so each adds its own where the gradient from \
         behind passes by."
    ],
    [
        "first layer not heard",
        "The first layer's own gradient is missing: the loop ends, or adds, one layer too early."
    ],
    [
        "last layer not heard",
        "The last layer's own gradient is missing. Nothing comes from behind it; its own is where the way back begins."
    ],
    [
        "last one twice",
        "The last layer's own gradient is there twice: as what the way back begins with, and once more in the loop."
    ],
    [
        "overwritten",
        "The gradient that came from behind was overwritten by the layer's own, so that the first layer alone is left. Add them."
    ],
    [
        "the mean of both",
        "The mean of what comes from behind and of a layer's own was taken. A gradient of a sum is the sum of gradients."
    ],
    [
        "slopes on its own alone",
        "Only a layer's own gradient was multiplied by the slopes. What comes from behind arrives at the same features, and goes through \
         the same activation: add first."
    ],
    [
        "shares on what comes from behind",
        "The share was multiplied to what comes from behind, too. That has its shares already; only the layer's own needs one."
    ],
    [
        "mean over layers again",
        "The sum was divided by L once more. The shares hold it already: 1 / (L · scale)."
    ],
    ["a slope of 0.01", "The slope is 0.2 here, not 0.01."],
    ["a slope of 0.1", "The slope is 0.2 here, not 0.1."],
    [
        "behind the activation",
        "A layer's own gradient was added at the sum, past the slope of its activation. The features that are compared stand *behind* the \
         activation: add first, then multiply by the slopes."
    ],
    [
        "stops at the last map",
        "This is the gradient at the first layer's sum. The pixels are one map further: times the transpose of the first weight."
    ],
    ["only down to the layer below", "The way back ends after one layer."],
    [
        "no slope",
        "The slopes of the activations are missing: 0.2 where a feature is not positive."
    ],
    [
        "no slope in the last layer",
        "The last layer's slopes are missing: its features, too, stand behind an activation."
    ],
    ["no slope in the first layer", "The first layer's slopes are missing."],
    ["slope twice", "The slopes were multiplied in twice."],
    [
        "slopes of x",
        "The slopes are those at the features of x. The gradient is wanted at x̂, and so are the slopes."
    ],
    [
        "slopes exchanged",
        "The slopes are exchanged: 1 where a feature is positive, 0.2 elsewhere."
    ],
    [
        "0 below",
        "Where a feature is not positive the gradient was cut off. A leaky ReLU lets 0.2 of it through."
    ],
    [
        "slope of 1 at 0",
        "At a feature of exactly 0 the slope is 0.2: the workbook counts 0 to what is not positive."
    ],
    [
        "the value for the slope",
        "The gradient was multiplied by the features. It is multiplied by the activation's *slopes*."
    ],
    [
        "at x",
        "This is the gradient at x: the sign is turned. It is wanted at x̂, from (x̂'s features less x's)."
    ],
    [
        "sign of the difference",
        "The gradient of a squared difference is the difference, times 2; its sign alone is that of the size."
    ],
    [
        "shares left out",
        "The shares are missing: 1 / (L · scale) of each layer."
    ],
    [
        "first share for all",
        "Every layer has the first one's share. Each has its own."
    ],
    [
        "last share for all",
        "Every layer has the last one's share. Each has its own."
    ],
    [
        "shares the wrong way round",
        "The shares belong to the layers in the opposite order: on the way back, the last comes first."
    ],
    [
        "divided by the shares",
        "A layer's own gradient was divided by its share. The share is a factor."
    ],
    ["the 2 left out", "The factor 2 of a square's derivative is missing."],
    [
        "sum for mean",
        "A layer's own gradient is that of a sum of squares. It is that of their mean: over B · F, its numbers."
    ],
    [
        "the root of their number",
        "A layer's own gradient was divided by the root of B · F. It is that of a mean: over B · F."
    ],
    [
        "mean over the pictures alone",
        "A layer's own gradient was divided by B alone. The mean is over its pictures and its features, B · F."
    ],
    [
        "mean over the features alone",
        "A layer's own gradient was divided by its features alone. The mean is over its pictures and its features, B · F."
    ],
);

fn ways() -> Vec<(&'static str, Way)> {
    let of = |b: usize, widths: &[usize], stream: u64| {
        let pairs = widths.windows(2).enumerate();
        let weights: Vec<_> = pairs
            .map(|(n, w)| {
                rows(w[0], w[1], stream + n as u64) + 0.1 * (n as f64 + 1.0)
            })
            .collect();
        let forward = |x: Array2<f64>| {
            let mut all = vec![x];
            for w in &weights {
                let s = all[all.len() - 1].dot(w);
                all.push(s.mapv(|s| if s > 0.0 { s } else { 0.2 * s }));
            }
            all.remove(0);
            all
        };
        let layers = weights.len();
        let shares = (0..layers).map(|n| 0.4 + 0.3 * n as f64).collect();
        let x = forward(rows(b, widths[0], stream + 10) + 0.2);
        let x_hat = forward(rows(b, widths[0], stream + 20));
        Way { weights, x, x_hat, shares }
    };
    let mut zeros = of(3, &[4, 2, 5], 40);
    zeros.x_hat[0][[1, 1]] = 0.0;
    zeros.x_hat[1][[2, 3]] = 0.0;
    let mut large = of(3, &[2, 4, 3], 50);
    large.x[1][[0, 1]] = 1000.0;
    large.x_hat[0][[2, 0]] = -1000.0;
    vec![
        ("one layer, one picture", of(1, &[2, 3], 0)),
        ("one layer, three pictures", of(3, &[4, 2], 60)),
        ("two layers, one picture", of(1, &[3, 2, 4], 70)),
        (
            "two layers of 5 and 2 features, three pictures",
            of(3, &[4, 5, 2], 20),
        ),
        ("three layers, four pictures", of(4, &[2, 5, 3, 6], 30)),
        ("features of exactly 0", zeros),
        ("features of ±1,000", large),
        ("no picture at all", of(0, &[3, 2, 4], 80)),
    ]
}

pub fn perceptual_backward(
    candidate: fn(
        &[Array2<f64>],
        &[Array2<f64>],
        &[Array2<f64>],
        &[f64],
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § A ruler of features, equation 10.3",
        results: &["the gradient at x̂"],
        right: |of| rightly(way_back, of),
        suspects: BACK.0,
        terms: none,
        others: |of| {
            let mut ones = of.clone();
            ones.shares.fill(1.0);
            let exchanged = Way {
                x: of.x_hat.clone(),
                x_hat: of.x.clone(),
                ..of.clone()
            };
            let mut positive = of.clone();
            positive.weights.iter_mut().for_each(|w| *w *= -1.0);
            vec![
                ("if all shares were 1".into(), ones),
                ("with x and x̂ exchanged".into(), exchanged),
                ("for -W in place of each W".into(), positive),
            ]
        },
        numbers: |of| {
            let b = of.x[0].nrows();
            let all = [("L", of.weights.len()), ("B", b)];
            all.map(|(name, n)| (name, n as f64)).to_vec()
        },
        tolerance: 1e-10,
    };
    judged(&exercise, way_back, BACK.1, &ways(), |of| {
        one(candidate(&of.weights, &of.x, &of.x_hat, &of.shares))
    })
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(apart, APART.1, &batches());
    made_together(way_back, BACK.1, &ways());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    [
        two_alike(apart, APART.1, &batches()),
        two_alike(way_back, BACK.1, &ways()),
    ]
    .concat()
}
