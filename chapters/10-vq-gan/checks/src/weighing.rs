//! Exercise 10.5: how the opinion is weighed.

use super::*;

/// What goes into a last layer, and two gradients behind it.
#[derive(Clone)]
struct Weighed {
    a: Array2<f64>,
    d_rest: Array2<f64>,
    d_adv: Array2<f64>,
    most: f64,
}

const DELTA: f64 = 1e-6;

fn mean(of: &Array2<f64>) -> f64 {
    of.sum() / of.len().max(1) as f64
}

/// Exercise 10.5, as it can go wrong.
fn weighed(of: &Weighed, is: Is, tap: Tap) -> Out {
    let a = match () {
        _ if is("no map") => Array2::eye(of.a.nrows()),
        _ if is("with the bias") => {
            let ones = Array2::ones((of.a.nrows(), 1));
            ndarray::concatenate![ndarray::Axis(1), of.a, ones]
        }
        _ if is("the bias alone") => Array2::ones((of.a.nrows(), 1)),
        _ if is("what is positive of a") => of.a.mapv(|a| a.max(0.0)),
        _ => of.a.clone(),
    };
    let a = tapped(tap, "a", a);
    let d_rest = match () {
        _ if is("of the sum above") => &of.d_rest + &of.d_adv,
        _ => of.d_rest.clone(),
    };
    let d_adv = match () {
        _ if is("of the sum below") => &of.d_rest + &of.d_adv,
        _ => of.d_adv.clone(),
    };
    let norm = |d: &Array2<f64>| {
        let squares = (d * d).sum();
        match () {
            _ if is("squared norms") => squares,
            _ if is("sums of sizes") => d.mapv(f64::abs).sum(),
            _ if is("largest sizes") => {
                d.fold(0.0, |a: f64, b| a.max(b.abs()))
            }
            _ if is("sums") => d.sum(),
            _ if is("means of squares") => {
                (squares / d.len().max(1) as f64).sqrt()
            }
            _ if is("δ under the root") => (squares + DELTA).sqrt(),
            _ => squares.sqrt(),
        }
    };
    let rows = |d: &Array2<f64>| {
        let all = d.rows().into_iter().map(|r| r.dot(&r).sqrt());
        all.sum::<f64>() / d.nrows().max(1) as f64
    };
    let at = |d: &Array2<f64>| match is("each picture by itself") {
        false => a.t().dot(d),
        true => {
            // The length of an outer product is the product of lengths.
            let long = a.rows().into_iter().map(|r| r.dot(&r).sqrt());
            let long: Vec<f64> = long.collect();
            let mut d = d.clone();
            d.rows_mut().into_iter().zip(long).for_each(|(mut d, l)| d *= l);
            d
        }
    };
    let [rest, adv] = [
        ("the rest's gradient at the weights", at(&d_rest)),
        ("the opinion's gradient at the weights", at(&d_adv)),
    ]
    .map(|(name, d)| tapped(tap, name, d));
    let [r, o] = [&rest, &adv].map(|d| match is("each picture by itself") {
        true => rows(d),
        false => norm(d),
    });
    let r = number_through(tap, "the rest's length", r);
    let o = number_through(tap, "the opinion's length", o);
    let (r, o) = match () {
        _ if is("at the output") && of.a.ncols() == rest.nrows() => {
            let of = |d: &Array2<f64>| norm(&of.a.dot(d));
            (of(&rest), of(&adv))
        }
        _ if is("lengths multiplied") => {
            (norm(&of.a) * norm(&d_rest), norm(&of.a) * norm(&d_adv))
        }
        _ if is("the bound on the rest") => (r.min(of.most), o),
        _ => (r, o),
    };
    let (r, o) = if is("upside down") { (o, r) } else { (r, o) };
    let delta = match () {
        _ if is("no δ") || is("δ outside") || is("δ under the root") => {
            0.0
        }
        _ if is("δ of 1e-4") => 1e-4,
        _ if is("δ of 1e-8") => 1e-8,
        _ if is("δ of 1e-12") => 1e-12,
        _ => DELTA,
    };
    let below = match () {
        _ if is("δ as a floor") => o.max(DELTA),
        _ => o + delta,
    };
    let above = if is("δ above too") { r + DELTA } else { r };
    let ratio = match () {
        _ if is("a projection") => {
            (&rest * &adv).sum() / ((&adv * &adv).sum() + DELTA)
        }
        _ if is("element by element") => {
            mean(&(&rest / &(&adv + DELTA)).mapv(f64::abs))
        }
        _ if is("element by element, of sizes") => {
            mean(&(rest.mapv(f64::abs) / (adv.mapv(f64::abs) + DELTA)))
        }
        _ if is("δ outside") => above / below + DELTA,
        _ if is("a share of both") => above / (above + below),
        _ => above / below,
    };
    let ratio = number_through(tap, "the ratio", ratio);
    let cut = match () {
        _ if is("a lower bound") => ratio.max(of.most),
        _ if is("no bound") || is("the bound on the rest") => ratio,
        _ if is("0 beyond the bound") && ratio > of.most => 0.0,
        _ if is("1 beyond the bound") && ratio > of.most => 1.0,
        _ if is("bounded by 1 below") => ratio.clamp(1.0, of.most.max(1.0)),
        _ if is("the bound on the opinion") => above / below.max(of.most),
        _ => ratio.min(of.most),
    };
    number(match () {
        _ if is("1 without opinion") && o == 0.0 => 1.0_f64.min(of.most),
        _ if is("0 without opinion") && o == 0.0 => 0.0,
        _ => cut,
    })
}

const WEIGHED: Mistakes<Weighed> = mistakes!(
    weighed,
    [
        "upside down",
        "The ratio is upside down. λ is to make the opinion as long as the rest: the rest's length above."
    ],
    [
        "no map",
        "The lengths are those of the gradients behind the layer, at its output. λ compares them at the layer's *weights*, where a and the \
         gradient meet in a product."
    ],
    [
        "with the bias",
        "The bias's gradient was counted, too. λ compares at the weights alone."
    ],
    [
        "the bias alone",
        "These are the lengths at the bias: the sums over rows. At the weights it is aᵀ times the gradient."
    ],
    [
        "what is positive of a",
        "What goes into the last layer went through a ReLU once more. a is what came out of the activation already."
    ],
    [
        "of the sum above",
        "Above stands the length of the sum of both gradients. It is the rest's alone; λ is decided before the opinion is added."
    ],
    [
        "of the sum below",
        "Below stands the length of the sum of both gradients. It is the opinion's alone."
    ],
    [
        "squared norms",
        "The lengths were not rooted: this is the ratio of squared lengths."
    ],
    [
        "sums of sizes",
        "The sizes of all elements were added up. The length is the root of the sum of squares."
    ],
    [
        "largest sizes",
        "The largest elements were compared. The length is the root of the sum of squares."
    ],
    [
        "sums",
        "The elements were added up as they are, so that what is negative takes away. The length is the root of the sum of squares."
    ],
    [
        "means of squares",
        "The lengths are roots of *mean* squares. That changes no ratio, but makes δ count more: it is the root of the sum."
    ],
    [
        "each picture by itself",
        "Each row's gradient was measured by itself, and then the mean taken. The gradient at the weights is the sum over rows; where \
         pictures pull in opposite ways, it is short. Measure the sum."
    ],
    [
        "no δ",
        "δ is missing. Where the discriminator has no opinion its length is 0, and the ratio none, or infinite."
    ],
    [
        "δ outside",
        "δ was added to the ratio. It belongs to the opinion's length, below."
    ],
    [
        "δ under the root",
        "δ stands under the root. It is added to the length."
    ],
    [
        "δ above too",
        "δ was added to the rest's length, too. Without rest λ is 0."
    ],
    [
        "δ as a floor",
        "The larger of the opinion's length and δ was taken. They are added."
    ],
    ["δ of 1e-4", "δ is 1e-6, not 1e-4."],
    ["δ of 1e-8", "δ is 1e-6, not 1e-8."],
    ["δ of 1e-12", "δ is 1e-6, not 1e-12."],
    [
        "a projection",
        "The rest was projected onto the opinion, so that their directions count, and a sign. λ compares lengths alone."
    ],
    [
        "element by element",
        "The ratio was taken weight by weight, and then the mean. λ is one ratio, of two lengths."
    ],
    [
        "element by element, of sizes",
        "The ratio of sizes was taken weight by weight, and then the mean. λ is one ratio, of two lengths."
    ],
    [
        "at the output",
        "The gradients were taken to the weights, and from there through a once more. Their lengths are measured at the weights."
    ],
    [
        "lengths multiplied",
        "The length of a was multiplied by that of the gradient. Rows that pull in opposite ways cancel in the product: the length is that \
         of aᵀ times the gradient."
    ],
    [
        "the bound on the rest",
        "`most` bounds the rest's length. It bounds λ, the ratio."
    ],
    [
        "a share of both",
        "This is the rest's share of both lengths. λ is the rest's over the opinion's."
    ],
    [
        "a lower bound",
        "`most` became the least. λ is not to be larger than it: `min`."
    ],
    [
        "no bound",
        "There is no bound: the less the discriminator has to say, the more it is multiplied, up to R / δ."
    ],
    [
        "0 beyond the bound",
        "Beyond the bound λ became 0. It stays at the bound."
    ],
    [
        "1 beyond the bound",
        "Beyond the bound λ became 1. It stays at the bound."
    ],
    [
        "bounded by 1 below",
        "λ was kept at 1 or more. A loud discriminator is to be turned down: λ may be as small as it comes."
    ],
    [
        "the bound on the opinion",
        "`most` bounds the opinion's length. It bounds λ, the ratio."
    ],
    [
        "1 without opinion",
        "Without any opinion λ was set to 1. It follows from the formula: R / δ, and then the bound."
    ],
    [
        "0 without opinion",
        "Without any opinion λ was set to 0. It follows from the formula: R / δ, and then the bound."
    ],
);

fn pairs() -> Vec<(&'static str, Weighed)> {
    let of = |n, i, o, stream: u64, most| {
        let rest = rows(n, o, stream + 1) * 0.5 + 0.1;
        let adv = rows(n, o, stream + 2) * 0.2 - 0.05;
        Weighed {
            a: rows(n, i, stream) + 0.2,
            d_rest: rest,
            d_adv: adv,
            most,
        }
    };
    let simple = Weighed {
        a: array![[1.0], [2.0], [0.0]],
        d_rest: array![[3.0, 0.0], [0.0, 2.0], [7.0, 7.0]],
        d_adv: array![[0.5, 0.0], [0.0, -1.0], [-2.0, 9.0]],
        most: 1e3,
    };
    let none =
        Weighed { d_adv: Array2::zeros((4, 3)), ..of(4, 2, 3, 50, 1e3) };
    let none_unbounded = Weighed { most: 1e9, ..none.clone() };
    let faint = of(3, 4, 2, 60, 1e9);
    let faint = Weighed { d_adv: &faint.d_adv * 1e-6, ..faint };
    let faintest = Weighed { d_adv: &faint.d_adv * 1e-3, ..faint.clone() };
    let rest_0 =
        Weighed { d_rest: Array2::zeros((5, 2)), ..of(5, 3, 2, 70, 1e3) };
    let both_0 = Weighed { d_adv: Array2::zeros((5, 2)), ..rest_0.clone() };
    let loud = of(3, 2, 4, 80, 1e3);
    let loud = Weighed { d_adv: &loud.d_adv * 1000.0, ..loud };
    let hard = of(3, 2, 4, 90, 1e3);
    let hard = Weighed { d_rest: &hard.d_rest * 1000.0, ..hard };
    let mut opposite = of(2, 3, 2, 95, 1e3);
    let back = -&opposite.a.row(1);
    opposite.a.row_mut(0).assign(&back);
    vec![
        ("one number goes in, two come out", simple),
        ("ordinary gradients", of(4, 3, 2, 0, 1e3)),
        ("ordinary gradients, of one row", of(1, 2, 3, 10, 1e3)),
        ("ordinary gradients, wide", of(3, 5, 2, 20, 1e3)),
        ("a bound of 0.7", of(4, 2, 3, 30, 0.7)),
        ("rows that pull in opposite ways", opposite),
        ("an opinion a thousand times as loud", loud),
        ("a rest a thousand times as long", hard),
        ("a faint opinion", faint),
        ("the faintest opinion", faintest),
        ("no opinion", none),
        ("no opinion, and hardly a bound", none_unbounded),
        ("no rest", rest_0),
        ("neither rest nor opinion", both_0),
    ]
}

pub fn adaptive_weight(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § How much to listen, equations 10.5 and 10.6",
        results: &["the weight λ"],
        right: |of| rightly(weighed, of),
        suspects: WEIGHED.0,
        terms: none,
        others: |of| {
            let exchanged = Weighed {
                d_rest: of.d_adv.clone(),
                d_adv: of.d_rest.clone(),
                ..of.clone()
            };
            let all = in_place_of("most", of.most, |most| Weighed {
                most,
                ..of.clone()
            });
            let first =
                [("with the two gradients exchanged".into(), exchanged)];
            first.into_iter().chain(all).collect()
        },
        numbers: |of| {
            let (n, i) = of.a.dim();
            let all = [("N", n), ("I", i), ("O", of.d_rest.ncols())];
            let mut all = all.map(|(name, n)| (name, n as f64)).to_vec();
            all.push(("most", of.most));
            all
        },
        tolerance: 1e-9,
    };
    judged(&exercise, weighed, WEIGHED.1, &pairs(), |of| {
        number(candidate(&of.a, &of.d_rest, &of.d_adv, of.most))
    })
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(weighed, WEIGHED.1, &pairs())
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(weighed, WEIGHED.1, &pairs());
}
