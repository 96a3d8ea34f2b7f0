//! Exercise 10.10: how far, and how cold.

use code_prior::plain::tempered;
use vq_gan::plain::guide;

use super::*;

/// How probable the second of three codes is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leant {
    /// At γ = 0.
    pub unheard: f64,
    /// At γ = 2.
    pub twice: f64,
    /// At γ = -1.
    pub away: f64,
    /// At γ = 50.
    pub far: f64,
    /// At γ = 1 and a temperature of 0.02.
    pub cold: f64,
    pub why: Reason,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    ColderForTheWish,
    AlongALine,
    UntoldTimesThePower,
    ThePowerAlone,
    ToldTimesThePower,
}

/// The probabilities of three codes, untold and told.
const UNTOLD: [f64; 3] = [0.6, 0.1, 0.3];
const TOLD: [f64; 3] = [0.6, 0.3, 0.1];

/// Each question, in words, with its γ and its temperature.
const ASKED: [(&str, &str, f64, f64); 5] = [
    ("unheard", "γ = 0", 0.0, 1.0),
    ("twice", "γ = 2", 2.0, 1.0),
    ("away", "γ = -1", -1.0, 1.0),
    ("far", "γ = 50", 50.0, 1.0),
    ("cold", "γ = 1 and temperature 0.02", 1.0, 0.02),
];

/// What equation 10.9 gives to the three codes.
fn leaning(scale: f64, temperature: f64) -> [f64; 3] {
    let logits = |p: [f64; 3]| array![p.map(|p| p.ln() + 1.7)];
    let s = guide(&logits(TOLD), &logits(UNTOLD), scale);
    let p = tempered(s.row(0), temperature);
    std::array::from_fn(|n| p[n])
}

/// The share of the second of three weights.
fn second(weight: impl Fn(usize) -> f64) -> f64 {
    weight(1) / (0..3).map(weight).sum::<f64>()
}

pub fn leans(candidate: fn() -> Leant) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 10, § A prior that takes a wish, equation 10.9";
    let all = ASKED.map(|(_, _, scale, cold)| leaning(scale, cold));
    let right = all.map(|p| p[1]);
    let yours = candidate();
    let Leant { unheard, twice, away, far, cold, why } = yours;
    let came = [unheard, twice, away, far, cold];
    let near = |a: f64, b: f64| (a - b).abs() <= 0.004 + 0.01 * b.abs();
    let hits: Vec<bool> =
        right.iter().zip(came).map(|(a, b)| near(b, *a)).collect();
    let show = |of: [f64; 5]| of.map(shortly).join(", ");
    let measured = format!(
        "`guide` and `tempered` give the second code {}{}.",
        show(right),
        if hits.iter().all(|hit| *hit) { ", as you say" } else { "" }
    );
    let told = |name, what: &str| {
        let told = Diagnosis::new(name, format!("{measured} {what}"), SEE);
        let came = format!("{}, {:?}", show(came), yours.why);
        Err(told.with(show(right), came))
    };
    match why {
        Reason::ColderForTheWish => told(
            "a temperature",
            "A low temperature favours the code that is likeliest, here the first, and γ the code that the wish makes likelier, here the \
             second: at γ = 50 it is drawn always, and at temperature 0.02 never. And at γ = 0 all codes would be alike.",
        ),
        Reason::AlongALine => told(
            "a line",
            "Logits go along a line, and probabilities do not. A line of probabilities ends at 0 or 1; at γ = -1 it would already be below 0.",
        ),
        Reason::ThePowerAlone => told(
            "the power alone",
            "With told over untold alone, all codes would be alike at γ = 0. (10.9) begins with s_∅, so that a code that is rare has to \
             begin from there.",
        ),
        Reason::ToldTimesThePower => told(
            "told times the power",
            "In (10.9) γ = 0 has not heard the wish, and γ = 1 is the prior as it was trained. What stands before the power is the untold \
             probability.",
        ),
        Reason::UntoldTimesThePower => {
            let Some(n) = hits.iter().position(|hit| !hit) else {
                return Ok(());
            };
            let (field, words, scale, cold) = ASKED[n];
            let ratio = |k: usize| TOLD[k] / UNTOLD[k];
            let weight = |k: usize| {
                (UNTOLD[k] * ratio(k).powf(scale)).powf(1.0 / cold)
            };
            let power = |k: usize| ratio(k).powf(scale);
            let field_words = match (n, came[n]) {
                (2, v) if near(v, 0.0) => {
                    Some("it is not gone: 0.1 / 3 is more than 0")
                }
                (3, v) if near(v, 0.0) => Some(
                    "at 50 a ratio of 3 is all that is left, and that is the second code's, though the first is likelier told",
                ),
                (4, v) if near(v, 1.0) => Some(
                    "at γ = 1 it would be so if it were the likeliest, and that is the first code: 0.6 against 0.3",
                ),
                (4, v) if near(v, TOLD[1]) => Some(
                    "that is at temperature 1; near 0 the likeliest code is left alone, and that is the first",
                ),
                (_, v) if near(v, 100.0 * right[n]) => {
                    Some("that is in percent")
                }
                _ => None,
            };
            let known = [
                (all[n][0], "that is the first code's"),
                (all[n][2], "that is the third code's"),
                (weight(1), "that was not divided by the sum of the three"),
                (second(power), "that leaves out the untold probabilities"),
                (second(|k| TOLD[k] * power(k)), "that is for 1 more than γ"),
                (TOLD[1], "that is what the told one gives it"),
                (
                    second(|k| TOLD[k].powf(scale)),
                    "that is a power of the told probabilities, which is a temperature",
                ),
                (
                    UNTOLD[1] + scale * (TOLD[1] - UNTOLD[1]),
                    "that is a straight line from 0.1 through 0.3, and logits go along a line, not probabilities",
                ),
                (UNTOLD[1], "that is what the untold one gives it"),
                (1.0 / 3.0, "that would be so if all codes were alike"),
                (weight(2), "that is the third code's weight"),
            ];
            let known = known.iter().find(|(v, _)| near(came[n], *v));
            let said = match field_words.or(known.map(|(_, said)| *said)) {
                Some(said) => format!("; {said}"),
                None => String::new(),
            };
            let weights: Vec<_> = (0..3).map(weight).map(shortly).collect();
            let steps = match n {
                0..3 => {
                    format!(" The three weights are {}.", weights.join(", "))
                }
                _ => String::new(),
            };
            told(
                field,
                &format!(
                    "The reason is right, and `{field}` is not{said}. That is at {words}.{steps}"
                ),
            )
        }
    }
}

/// With three digits.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v < 5e-4 => "0".into(),
        _ if v.abs() < 0.1 => format!("{v:.4}"),
        _ => format!("{v:.3}"),
    }
}
