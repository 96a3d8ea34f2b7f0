//! Exercise 10.7: louder, fainter, and without a bound.

use vq_gan::plain::adaptive_weight as weight;

use super::*;

/// What an opinion contributes at the decoder's last weights: the length of λ times its gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Where the discriminator is ten times as loud.
    pub loud: f64,
    /// Where it has next to nothing to say.
    pub faint: f64,
    /// The same, without the bound.
    pub unbounded: f64,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    AsLongAsTheRest,
    SetOnce,
    ARatioBetweenTwoEnds,
    DeltaDoesIt,
    LambdaGrowsSoTheOpinionDoes,
}

/// Gradients of these lengths at the last weights, and what comes of them.
fn contributed(rest: f64, opinion: f64, most: f64) -> f64 {
    // Six numbers whose squares add up to 1.
    let one = array![[0.5, 0.5, -0.5], [0.1, -0.7_f64.sqrt() * 0.5, 0.0]];
    let one = &one / (&one * &one).sum().sqrt();
    let turned = one.mapv(|v| -v);
    let (d_rest, d_adv) = (one * rest, turned * opinion);
    let lambda = weight(&d_rest, &d_adv, most);
    let d = d_adv * lambda;
    (&d * &d).sum().sqrt()
}

pub fn fades(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 10, § How much to listen, equation 10.6";
    let right = [
        contributed(2.0, 5.0, 1e3),
        contributed(2.0, 5e-8, 1e3),
        contributed(2.0, 5e-8, f64::INFINITY),
    ];
    let yours = candidate();
    let came = [yours.loud, yours.faint, yours.unbounded];
    let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * b.abs();
    let hits: Vec<bool> =
        right.iter().zip(came).map(|(a, b)| near(b, *a)).collect();
    let measured = format!(
        "`adaptive_weight` of this chapter, asked with gradients of these lengths, contributes {}, {} and {}{}.",
        shortly(right[0]),
        shortly(right[1]),
        shortly(right[2]),
        if hits.iter().all(|hit| *hit) { ", as you say" } else { "" }
    );
    let told = |name, what: &str| {
        let told = Diagnosis::new(name, format!("{measured} {what}"), SEE);
        let show = |of: [f64; 3]| of.map(shortly).join(", ");
        let came = format!("{}, {:?}", show(came), yours.why);
        Err(told.with(show(right), came))
    };
    match yours.why {
        Why::AsLongAsTheRest => told(
            "as long as the rest",
            "That λ makes the opinion as long as the rest holds while the ratio rules. At 5e-8 it would have to be forty million: δ and \
             `most` come before.",
        ),
        Why::SetOnce => told(
            "set once",
            "λ is computed in each step anew, from that step's gradients. Ten times the opinion is a tenth of λ.",
        ),
        Why::DeltaDoesIt => told(
            "δ does it",
            "δ is in it, and alone it would leave 0.095. But 2 / (5e-8 + 1e-6) is nearly two million, and `most` is a thousand: the bound \
             comes first.",
        ),
        Why::LambdaGrowsSoTheOpinionDoes => told(
            "λ grows",
            "λ does grow when the opinion becomes faint, but what goes into the sum is their product. At best that stays as it was; at the \
             bound it falls as the opinion does.",
        ),
        Why::ARatioBetweenTwoEnds => {
            let Some(n) = hits.iter().position(|hit| !hit) else {
                return Ok(());
            };
            let (o, most) =
                [(5.0, 1e3), (5e-8, 1e3), (5e-8, f64::INFINITY)][n];
            let ratio: f64 = 2.0 / (o + 1e-6);
            let known = [
                (ratio.min(most), "that is λ, and not λ times the opinion"),
                (o, "that is the opinion before it is weighed"),
                (
                    0.2,
                    "that is a tenth of the rest: ten times as loud is a tenth of λ, and the product stays",
                ),
                (
                    20.0,
                    "that is what λ of before would give, 4; it falls to a tenth",
                ),
                (2.0, "that is what the ratio alone would give"),
                (
                    0.095_238,
                    "that is what δ alone would give; the bound comes first",
                ),
                (
                    2.0 * o / 2e-6,
                    "that would be so if λ were two million, not what equation 10.6 says",
                ),
                (
                    2e-7,
                    "that is the old λ, 4, times the opinion. λ is computed anew",
                ),
                (
                    5e-5,
                    "that is what the bound would give, and there is none",
                ),
                (
                    0.1,
                    "that leaves the opinion out of the sum with δ; 5e-8 is a twentieth of δ, and counts",
                ),
                (0.0, "it is faint, and not gone"),
                (2.0 + right[n], "that is the rest's length added to it"),
            ];
            let came_n = came[n];
            let known = known.iter().find(|(v, _)| near(came_n, *v));
            let words = match known {
                Some((_, words)) => format!("; {words}"),
                None => String::new(),
            };
            let field = ["loud", "faint", "unbounded"][n];
            told(
                field,
                &format!(
                    "The reason is right, and `{field}` is not{words}. There λ is {}.",
                    shortly(ratio.min(most))
                ),
            )
        }
    }
}

/// With three digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if !(1e-3..1e6).contains(&v) => format!("{v:.2e}"),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.2}"),
        _ => format!("{v:.4}"),
    }
}
