//! Exercise 11.4: a pixel between what is known of it and what is left of it.

use uses::plain::{Damage, Pixels, wiener};

use super::*;

/// What the Wiener filter makes of one pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Where a = 1 and ν is as large as the pixel's variance.
    pub alike: f64,
    /// Where a = 1, and ν a hundredth of it.
    pub sharp: f64,
    /// Where a = 1, and ν a hundred times it.
    pub noisy: f64,
    /// Where a = 0, whatever ν is.
    pub unseen: f64,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    ByTheirVariances,
    BelievesTheData,
    BelievesTheMean,
    DividesByA,
    TakesTheMiddle,
}

const MEAN: f64 = 0.2;
const VARIANCE: f64 = 0.04;
const LEFT: f64 = 0.9;

/// a and ν of each case. Where a is 0, any ν would do.
const CASES: [(f64, f64); 4] =
    [(1.0, 0.04), (1.0, 0.0004), (1.0, 4.0), (0.0, 0.04)];

/// The chapter's filter, of one pixel: x̂, and G.
fn filtered(a: f64, noise: f64) -> [f64; 2] {
    let pixels =
        Pixels { mean: array![MEAN], covariance: array![[VARIANCE]] };
    let filter = wiener(&pixels, &Damage { a: array![[a]], noise });
    let g = filter.map_or(f64::NAN, |g| g[[0, 0]]);
    [MEAN + g * (LEFT - a * MEAN), g]
}

pub fn weighs(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 11, § Restoration, equation 11.3";
    let found = CASES.map(|(a, nu)| filtered(a, nu));
    let right = found.map(|[x, _]| x);
    let yours = candidate();
    let came = [yours.alike, yours.sharp, yours.noisy, yours.unseen];
    // Two digits behind the point are enough.
    let near = |a: f64, b: f64| (a - b).abs() <= 0.005_1;
    let hits = [0, 1, 2, 3].map(|n| near(came[n], right[n]));
    let show = |of: [f64; 4]| of.map(|v| format!("{v:.3}")).join(", ");
    let told = |name, what: String| {
        let measured = format!(
            "`wiener` of this chapter, asked for one pixel, makes {} of it{}.",
            show(right),
            if hits == [true; 4] { ", as you say" } else { "" }
        );
        let told = Diagnosis::new(name, format!("{measured} {what}"), SEE);
        let came = format!("{}, {:?}", show(came), yours.why);
        Err(told.with(show(right), came))
    };
    let because = |name, what: &str| told(name, what.into());
    match yours.why {
        Why::BelievesTheData => because(
            "believes the data",
            "It is near 0.9 in one case of the four, where ν is a hundredth of the pixel's variance. What is left is believed as far as its \
             noise is small beside what the pixel does by itself.",
        ),
        Why::BelievesTheMean => because(
            "believes the mean",
            "The mean is the answer where nothing is left, and nearly so where ν is a hundred times the pixel's variance. With little noise \
             it is hardly asked.",
        ),
        Why::DividesByA => because(
            "divides by a",
            "y / a is the answer that fits best, and the prior is not asked. It would be 0.9 for each ν, and none at all where a is 0; the \
             filter divides by a² C + ν, which never is 0.",
        ),
        Why::TakesTheMiddle => because(
            "takes the middle",
            "The middle of 0.2 and 0.9 is right where ν and the pixel's variance are the same, as in the first case. In the others one of \
             the two counts a hundred times as much, or alone.",
        ),
        Why::ByTheirVariances => {
            let Some(n) = hits.iter().position(|hit| !hit) else {
                return Ok(());
            };
            let field = ["alike", "sharp", "noisy", "unseen"][n];
            let (a, nu) = CASES[n];
            let g = found[n][1];
            let (c, s) = (VARIANCE, VARIANCE.sqrt());
            let exchanged = nu / (c + nu);
            let rooted = s / (s + nu.sqrt());
            let between = |share: f64| MEAN + share * (LEFT - MEAN);
            let as_if_seen = c / (c + nu);
            let known = [
                (
                    LEFT,
                    match n {
                        3 => {
                            "that is y, which is nothing but noise where a is 0"
                        }
                        _ => "that is y, and nothing of the mean",
                    },
                ),
                (MEAN, "that is the mean, and nothing of y"),
                (
                    0.0,
                    match n {
                        3 => {
                            "that is G. Where nothing is left, the mean is still known"
                        }
                        _ => {
                            "there is something to say: a mean, and what is left"
                        }
                    },
                ),
                (
                    g,
                    "that is G, by which y - a μ is multiplied; then the mean is added",
                ),
                (
                    g * LEFT,
                    "that is G times y. It is y - a μ that is multiplied, and the mean is added",
                ),
                (
                    g * (LEFT - a * MEAN),
                    "that is how far it moves from the mean; add the mean",
                ),
                (
                    MEAN + g * LEFT,
                    "that leaves a μ out: what is multiplied by G is y - a μ",
                ),
                (between(as_if_seen), "that is what a = 1 would give"),
                (
                    between(exchanged),
                    "that has ν above where C belongs: the noisier y is, the less it counts",
                ),
                (
                    between(rooted),
                    "that weighs by standard deviations; C and ν are variances",
                ),
                (between(0.5), "that is the middle of y and the mean"),
                (
                    MEAN + c / nu * (LEFT - MEAN),
                    "that divides by ν alone; below stands a² C + ν",
                ),
            ];
            let off = |v: f64| (came[n] - v).abs();
            let known = known.iter().filter(|(v, _)| near(came[n], *v));
            let known = known.min_by(|a, b| off(a.0).total_cmp(&off(b.0)));
            let words = match known {
                Some((_, words)) => format!("; {words}"),
                None if !came[n].is_finite() => {
                    "; nothing is divided by a, but by a² C + ν".into()
                }
                None => String::new(),
            };
            told(
                field,
                format!(
                    "The reason is right, and `{field}` is not{words}. There G is {}.",
                    shortly(g)
                ),
            )
        }
    }
}

fn shortly(g: f64) -> String {
    if g == 0.0 { "0".into() } else { format!("{g:.4}") }
}
