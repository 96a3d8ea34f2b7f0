//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use lab::{Diagnosis, Results, judge};
use ndarray::{Array1, Array2, Axis, arr1, array, concatenate, s};
use stability::CHAPTER;
use stability::causes::{Cause, GAMMA, Line, log, works};
use stability::logged::{SAID, SEEDS, SHOWN, apart, named};
use stability::plain::{
    Game, Order, Score, alternating as in_turn, average, norm, simultaneous,
};

pub fn jacobian(
    candidate: fn(f64, f64, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § Which way it turns, equation 4.8";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let sigmoid = |t: f64| 1.0 / (1.0 + (-t).exp());
    let of = |theta: f64, psi: f64, gamma: f64| {
        let s = psi * theta;
        let bend = sigmoid(s) * sigmoid(-s);
        array![
            [-psi * psi * bend, sigmoid(-s) - s * bend],
            [-sigmoid(s) - s * bend, -theta * theta * bend - gamma],
        ]
    };
    let places = [
        (0.8, -1.5, 0.7),
        (-2.0, -0.3, 0.0),
        (0.0, 0.0, 2.0),
        (0.0, 3.0, 0.5),
        (20.0, 50.0, 1.0),
        (-20.0, 50.0, 1.0),
    ];
    for (theta, psi, gamma) in places {
        let right = of(theta, psi, gamma);
        let s = psi * theta;
        let mut one_loss = right.clone();
        one_loss[[0, 1]] = one_loss[[1, 0]];
        judge(
            &right,
            &candidate(theta, psi, gamma),
            1e-10,
            vec![
                (
                    -&right,
                    told(
                        "gradients",
                        "These are the slopes of the gradients. The field goes downhill, so every sign is turned; \
                         with these signs R1 would drive the pair out.",
                    ),
                ),
                (
                    right.t().to_owned(),
                    told(
                        "transposed",
                        "Rows and columns are exchanged: a row belongs to a component of the field, a column to \
                         the number by which it is differentiated.",
                    ),
                ),
                (
                    of(theta, psi, 0.0),
                    told(
                        "penalty forgotten",
                        "R1 is missing. It adds -γψ to the discriminator's component, whose slope in ψ is -γ.",
                    ),
                ),
                (
                    of(0.0, 0.0, gamma),
                    told(
                        "at the end only",
                        "This is the Jacobian where the game ends, θ = ψ = 0. Elsewhere σ(ψθ) is not ½.",
                    ),
                ),
                (
                    array![[0.0, sigmoid(-s)], [-sigmoid(s), -gamma]],
                    told(
                        "product rule",
                        "The sigmoid holds θ and ψ too: by the product rule each entry has a term with σ'(ψθ).",
                    ),
                ),
                (
                    one_loss,
                    told(
                        "one common loss",
                        "The two entries off the diagonal are alike. So they would be if both players descended \
                         one loss; here they have opposite signs, which is why the pair turns.",
                    ),
                ),
            ],
            told("value", "The Jacobian is wrong."),
        )?;
    }
    Ok(())
}

pub fn alternating(
    candidate: fn(f64, f64, f64, f64) -> [f64; 2],
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Both at once, or in turn, equations 4.4 and 4.7";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let places = [
        (1.3, -0.4, 0.2, 0.7),
        (-2.0, 1.1, 0.5, 3.0),
        (1000.0, 0.3, 0.1, 0.0),
        (0.0, -1000.0, 0.3, 1.0),
    ];
    for (theta, psi, eta, gamma) in places {
        let after = |d_psi: f64| {
            let psi: f64 = psi - eta * d_psi;
            arr1(&[theta + eta * psi, psi])
        };
        let right = after(theta + gamma * psi);
        let first = theta + eta * psi;
        let came: Array1<f64> = arr1(&candidate(theta, psi, eta, gamma));
        judge(
            &right,
            &came,
            1e-10,
            vec![
                (
                    arr1(&[first, right[1]]),
                    told(
                        "both at once",
                        "The generator looked at the old ψ. In turn means that it answers the discriminator that \
                         has just moved.",
                    ),
                ),
                (
                    arr1(&[first, psi - eta * (first + gamma * psi)]),
                    told(
                        "generator first",
                        "The generator moved first. The discriminator does, here as in chapter 3.",
                    ),
                ),
                (
                    after(theta),
                    told(
                        "penalty forgotten",
                        "R1 is missing: it adds γψ to the discriminator's gradient.",
                    ),
                ),
                (
                    after(theta - gamma * psi),
                    told(
                        "penalty climbed",
                        "The discriminator climbs its penalty. R1 is part of the loss that it descends.",
                    ),
                ),
                (
                    after(theta + gamma / 2.0 * psi),
                    told(
                        "half a penalty",
                        "The gradient of γψ²/2 is γψ; the half goes with the square.",
                    ),
                ),
                (
                    arr1(&[theta - eta * right[1], right[1]]),
                    told(
                        "one loss for both",
                        "The generator descends ψθ, the discriminator's loss, and helps to tell its own fakes. \
                         Its loss is -ψθ.",
                    ),
                ),
            ],
            told("value", "The step is wrong."),
        )?;
    }
    Ok(())
}

/// Half the trace of a matrix, and what stands under the root.
fn parts(m: &Array2<f64>) -> (f64, f64) {
    let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    (half, half * half - (m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]]))
}

fn radius(m: &Array2<f64>) -> f64 {
    let (half, under) = parts(m);
    match under < 0.0 {
        true => (half * half - under).sqrt(),
        false => half.abs() + under.sqrt(),
    }
}

pub fn spectral_radius(
    candidate: fn(&Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Where training is stable, equations 4.9 and 4.10";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        (array![[0.0, 1.0], [-1.0, -0.5]], 0.3), // turns inward
        (array![[0.0, 1.0], [-1.0, 0.0]], 0.5),  // turns, and leaves
        (array![[0.0, 1.0], [-1.0, -5.0]], 0.6), // oversteps: -1.87
        (array![[-1.0, 2.0], [0.5, -3.0]], 0.2), // two that are real
        (array![[0.0, 1.0], [-1.0, -2.0]], 1.0), // nothing is left
        (array![[0.0, 0.0], [0.0, 0.0]], 0.1),   // nobody moves
        (array![[0.0, 1e3], [-1e3, 0.0]], 1.0),
    ];
    let rounding =
        |v: f64| if v.is_nan() { v } else { (v * 1e7).round() / 1e7 };
    for (j, eta) in cases {
        let m = Array2::<f64>::eye(2) + eta * &j;
        let (half, under) = parts(&m);
        let right = radius(&m);
        let came = candidate(&j, eta);
        if came.is_nan() && under < 0.0 {
            let what = "The result is NaN: what stands under the root is negative. Then the two eigenvalues are \
                        complex, a ± bi, and their size is √(a² + b²), the root of the determinant.";
            return Err(told("root of a negative", what).with(right, came));
        }
        let length = m.fold(0.0, |sum, v| sum + v * v).sqrt();
        lab::judge_number(
            rounding(right),
            rounding(came),
            1e-6,
            vec![
                (
                    radius(&j),
                    told(
                        "of the Jacobian",
                        "This is the radius of J. A step multiplies by I + ηJ, whose eigenvalues are 1 + ηλ.",
                    ),
                ),
                (
                    half.abs() + under.max(0.0).sqrt(),
                    told(
                        "real part only",
                        "Only the real part is counted. A complex eigenvalue a + bi has the size √(a² + b²); it is \
                         the b that makes a circling pair leave.",
                    ),
                ),
                (
                    half + under.max(0.0).sqrt(),
                    told(
                        "largest, not longest",
                        "This is the larger eigenvalue, and the other one, which is negative, is longer. A pair that \
                         oversteps from side to side leaves too.",
                    ),
                ),
                (
                    length,
                    told(
                        "length of the matrix",
                        "This is the root of the sum of the squares. It bounds what one step can do; what many do, the \
                         eigenvalues say.",
                    ),
                ),
                (
                    (half * half - under).abs().sqrt(),
                    told(
                        "determinant alone",
                        "The root of the determinant is the size of both only when they are complex. Two real ones \
                         share the determinant unequally.",
                    ),
                ),
            ],
            told("value", "The radius is wrong."),
        )?;
    }
    Ok(())
}

/// A function from `W`, `u`, `v` and a gradient to a gradient.
type Backward =
    fn(&Array2<f64>, &Array1<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

pub fn normalised_backward(candidate: Backward) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § A slope that is bounded, equation 4.20";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        (
            array![[2.0, -0.5, 0.3], [0.4, 1.0, -1.2]],
            array![0.8, 0.6],
            array![2.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0],
            array![[0.7, -1.1, 0.2], [1.3, 0.5, -0.4]],
        ),
        (
            array![[2.0, 0.0], [0.0, 1.0]],
            array![1.0, 0.0],
            array![1.0, 0.0],
            array![[1.0, 1.0], [1.0, 1.0]],
        ),
        (
            array![[300.0], [400.0]],
            array![0.6, 0.8],
            array![1.0],
            array![[-2.0], [5.0]],
        ),
    ];
    for (w, u, v, d_bar) in cases {
        let (sigma, column) = (u.dot(&w.dot(&v)), u.view());
        let u_v = &column.insert_axis(Axis(1)) * &v;
        let inner = (&d_bar * &w).sum();
        let less = |share: f64| (&d_bar - &u_v * share) / sigma;
        let length = (&w * &w).sum().sqrt();
        judge(
            &less(inner / sigma),
            &candidate(&w, &u, &v, &d_bar),
            1e-10,
            vec![
                (
                    less(0.0),
                    told(
                        "norm held constant",
                        "σ is taken for a constant. u and v are constants; σ = uᵀWv moves with W, and what it takes away \
                         is ⟨∂L/∂W̄, W̄⟩ u vᵀ / σ.",
                    ),
                ),
                (
                    d_bar.clone(),
                    told(
                        "handed through",
                        "The gradient is handed on as it came. The weight was divided on its way in: the gradient is \
                         divided by σ too, and σ itself moves with W.",
                    ),
                ),
                (
                    less(inner),
                    told(
                        "by the bare weight",
                        "The inner product is with W. It is with W̄ = W/σ: the fraction's denominator is squared when \
                         it is differentiated.",
                    ),
                ),
                (
                    less(-inner / sigma),
                    told(
                        "sign",
                        "The second term is added. A larger σ makes W/σ smaller, so it is taken away.",
                    ),
                ),
                (
                    (&d_bar - &w * (inner / (length * length))) / length,
                    told(
                        "length of all numbers",
                        "This is the gradient of W over the root of the sum of its squares. The spectral norm is the \
                         largest singular value alone, and its slope is u vᵀ.",
                    ),
                ),
                (
                    less((&d_bar * &u_v).sum()),
                    told(
                        "projected along u vᵀ",
                        "What lies along u vᵀ is taken away. How much σ changes the loss is ⟨∂L/∂W̄, W̄⟩: all of W̄ \
                         shrinks when σ grows, not one direction of it.",
                    ),
                ),
            ],
            told("value", "The gradient is wrong."),
        )?;
    }
    Ok(())
}

/// What the committed logs say of a cause: means over the last third of a run, by seed.
fn said(results: &Results, cause: Cause) -> Vec<[f64; SEEDS]> {
    let of = |(said, _): (&str, &str)| {
        std::array::from_fn(|n| {
            let name = format!("{}@{}", named(cause, said), n + 1);
            *results.values.get(&name).unwrap_or_else(|| {
                panic!("no `{name}`: `cargo run -- --fresh --only stability`")
            })
        })
    };
    SAID.into_iter().map(of).collect()
}

/// What a cause does to a run, in a sentence.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NoDetach => {
            "Without detach, fakes are pushed down where they pass: the pair comes to no rest and the samples stay blurred, \
             while the gradient stays large."
        }
        Cause::FrozenDiscriminator => {
            "A discriminator that does not move gives real examples the same from first to last, and the generator runs \
             to wherever this gives 1."
        }
        Cause::FrozenGenerator => {
            "If the generator does not move, the samples stay what they were, and the discriminator learns to tell them and \
             goes on telling them."
        }
        Cause::FastGenerator => {
            "A generator ten times as fast outruns its discriminator: where that points at the moment, all samples go, \
             and a few hundred steps later somewhere else."
        }
        Cause::LongSteps => {
            "With steps a hundred times as long both players overstep, and the losses go to tens and hundreds."
        }
        Cause::Momentum => {
            "Momentum makes the pair circle farther out, so that modes are sharp later, but most of them are there."
        }
        Cause::StrongPenalty => {
            "A penalty that strong keeps the discriminator flat: it gives nearly one half everywhere, and the gradient that \
             it hands on fades."
        }
        Cause::NoiseOnce => {
            "If each player meets the same rows of noise at every step, both get better on their own rows at once: both \
             losses lie below log 2 and 2 log 2. All modes are found."
        }
    }
}

fn round(value: f64) -> String {
    match value.abs() {
        size if size >= 10.0 => format!("{value:.0}"),
        size if size >= 0.01 => format!("{value:.2}"),
        size if size >= 0.001 => format!("{value:.3}"),
        _ => "less than 0.001".into(),
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § Exercises, and \"Is my curve normal?\"";
    let results = Results::load(&CHAPTER.committed());
    let results = results.unwrap_or_else(|e| panic!("{e}"));
    for ((run, right), came) in
        ["A", "B", "C", "D"].iter().zip(SHOWN).zip(candidate())
    {
        if right == came {
            continue;
        }
        let (here, there) = (said(&results, right), said(&results, came));
        let mut told: Vec<_> = SAID
            .iter()
            .zip(here.iter().zip(&there))
            .map(|((name, words), (here, there))| {
                let mean = there.iter().sum::<f64>() / SEEDS as f64;
                (apart(name, here[0], mean), words, here[0], mean)
            })
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, here, there)| {
            format!(
                "{words} would be about {}; here it is {}",
                round(*there),
                round(*here)
            )
        });
        let what = format!(
            "Run {run} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(came.name(), what, SEE));
    }
    Ok(())
}

/// Why the pair of exercise 4.5 ends where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    AnyPenaltySettles,
    BelowTheBorderNothing,
    BelowTheBorderItLeaves,
    TheSquareIsHalved,
    TheCircleIsHalved,
}

/// The mean distance over the last 500 of so many steps of η = 0.2.
fn circles(score: Score, gamma: f64, order: Order, steps: usize) -> f64 {
    let (mut w, mut sum) = ([2.0, 0.0], 0.0);
    for n in 0..steps {
        w = order.step(Game { score, gamma }, w, 0.2);
        if n + 500 >= steps {
            sum += norm(w) / 500.0;
        }
    }
    sum
}

pub fn circle(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § With chapter 1's losses";
    let (both, gamma) = (Order::Simultaneous, 0.025);
    let here = circles(Score::Logistic, gamma, both, 20_000);
    let bare = circles(Score::Logistic, 0.0, both, 20_000);
    let (distance, because) = candidate();
    let near = |to: f64| (distance - to).abs() <= 0.05 * to;
    let right = near(here);
    let came = match right {
        true => format!("The number came: the pair circles at {here:.3}. "),
        false => format!("The pair circles at {here:.3}. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told.with(
            format!("{here:.3}"),
            format!("{distance:.3}, {because:?}"),
        ))
    };
    match because {
        Because::AnyPenaltySettles => {
            let turn =
                circles(Score::Logistic, gamma, Order::Alternating, 20_000);
            let strong = circles(Score::Logistic, 0.1, both, 20_000);
            told(
                "any penalty settles",
                format!(
                    "It does settle in turn, where γ > 0 is enough: {turn:.0e} is left after 20,000 steps. Both at once, R1 \
                     has to outweigh ηa² = 0.05: with γ = 0.1, {strong:.0e} is left."
                ),
            )
        }
        Because::BelowTheBorderNothing => told(
            "below the border nothing",
            format!(
                "Without R1 it circles at {bare:.3}. The border says what happens at the end of the game; farther away, what R1 \
                 takes adds to what the lean takes."
            ),
        ),
        Because::BelowTheBorderItLeaves => {
            let linear = circles(Score::Linear, 4.0 * gamma, both, 2_000);
            told(
                "below the border it leaves",
                format!(
                    "The linear game with half of its border's penalty leaves: {linear:.0e} away after 2,000 steps. With \
                     chapter 1's losses the field leans inward, the more the farther out, and holds the pair."
                ),
            )
        }
        Because::TheCircleIsHalved => told(
            "the circle is halved",
            format!(
                "Half of {bare:.3}, where it circles without R1, would be {:.3}. What a step adds and what R1 takes go with r², \
                 the lean with r⁴: divide by r², and it is r² that falls in a straight line with γ.",
                bare / 2.0
            ),
        ),
        Because::TheSquareIsHalved if !right => told(
            "a reason without its number",
            format!(
                "The reason is right. Its number: without R1 the balance is at r² = 2η, and half of that is r² = {:.2}.",
                here * here
            ),
        ),
        Because::TheSquareIsHalved => Ok(()),
    }
}

/// A game, where it starts, how many steps, their size, what an average keeps; to the pair and its average.
type Trains = fn(Game, [f64; 2], usize, f64, f64) -> [[f64; 2]; 2];

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § What averages do, equations 4.4 and 4.14";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let game = |score, gamma| Game { score, gamma };
    let cases = [
        (game(Score::Linear, 0.0), [1.0, 0.5], 7, 0.3, 0.8),
        (game(Score::Logistic, 0.4), [-2.0, 1.0], 40, 0.2, 0.95),
        (game(Score::Linear, 0.0), [1.5, -0.5], 0, 0.1, 0.9),
        (game(Score::Linear, 0.1), [0.0, 3.0], 1, 0.5, 0.7),
    ];
    for (game, start, steps, eta, decay) in cases {
        let flat = |[w, m]: [[f64; 2]; 2]| arr1(&[w[0], w[1], m[0], m[1]]);
        let run = |first: [f64; 2],
                   decay: f64,
                   before: bool,
                   once: bool,
                   both: bool| {
            let (mut w, mut mean) = (start, first);
            for _ in 0..steps {
                if before {
                    mean = average(mean, w, decay);
                }
                w = match both {
                    true => simultaneous(game, w, eta),
                    false => in_turn(game, w, eta),
                };
                if !before && !once {
                    mean = average(mean, w, decay);
                }
            }
            if once {
                mean = average(mean, w, decay);
            }
            flat([w, mean])
        };
        let plays = || {
            let (mut w, mut mean) = (start, start);
            for _ in 0..steps {
                w = in_turn(game, mean, eta);
                mean = average(mean, w, decay);
            }
            flat([w, mean])
        };
        judge(
            &run(start, decay, false, false, false),
            &flat(candidate(game, start, steps, eta, decay)),
            1e-10,
            vec![
                (
                    run(start, decay, false, false, true),
                    told(
                        "both at once",
                        "Both moved at once. In turn the generator answers the discriminator that has just moved; \
                         `alternating` does that.",
                    ),
                ),
                (
                    plays(),
                    told(
                        "the average plays",
                        "The average takes part in the game. It only watches: the step is the pair's, and what the average \
                         is changes no step.",
                    ),
                ),
                (
                    run(start, decay, true, false, false),
                    told(
                        "averaged before the step",
                        "The pair is averaged before it moves, so that the last step is missing and the start counts twice.",
                    ),
                ),
                (
                    run([0.0; 2], decay, false, false, false),
                    told(
                        "the average begins at nothing",
                        "The average begins at 0, which here happens to be the end of the game, and looks better than it is. \
                         It begins as the pair does.",
                    ),
                ),
                (
                    run(start, 1.0 - decay, false, false, false),
                    told(
                        "keeps what it should forget",
                        "The average keeps 1 - decay of itself, and so is nearly the pair. It keeps `decay`.",
                    ),
                ),
                (
                    run(start, decay, false, true, false),
                    told(
                        "averaged once at the end",
                        "The average saw the last pair alone. It takes something of each.",
                    ),
                ),
            ],
            told("value", "The pair or its average is wrong."),
        )?;
    }
    Ok(())
}

/// What exercise 4.11 asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// D's loss swings half as much or less.
    pub steadier: bool,
    /// The share of high quality is half as large again or more.
    pub sharper: bool,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Why {
    DampedAndFlat,
    DampedAndSharp,
    MomentumWins,
    TheStepIsTooLong,
    NothingMoves,
}

/// Of the last third of three runs with β₁ = 0.9: how much D's loss swings, the share of high quality, the length of G's
/// gradient, how much the number of modes changes.
fn with_momentum(gamma: f64) -> [f64; 4] {
    let config = Cause::Momentum.spoil(works(gamma));
    let mut sums = [0.0; 4];
    for seed in 1..=3 {
        let lines = log(config, None, seed, 1_500);
        let lines = lines.unwrap_or_else(|e| panic!("{e}"));
        let late = &lines[lines.len() * 2 / 3..];
        let mean = |of: &dyn Fn(&Line) -> f64| {
            late.iter().map(of).sum::<f64>() / late.len() as f64
        };
        let swing = |of: fn(&Line) -> f64| {
            let middle = mean(&of);
            mean(&|line| (of(line) - middle).powi(2)).sqrt()
        };
        let one = [
            swing(|line| line.d_loss),
            mean(&|line| line.good),
            mean(&|line| line.slope),
            swing(|line| line.modes),
        ];
        for (sum, one) in sums.iter_mut().zip(one) {
            *sum += one / 3.0;
        }
    }
    sums
}

pub fn steadier(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, §§ What momentum does and R1 turns it inward";
    /// Trained once, however many answers are looked at.
    static BOTH: LazyLock<[[f64; 4]; 2]> = LazyLock::new(|| {
        // Nets so small are slower on many threads than on one.
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let one = one.unwrap_or_else(|e| panic!("{e}"));
        one.install(|| [GAMMA, 10.0 * GAMMA].map(with_momentum))
    });
    let [[swing, good, slope, _], [less, now, short, modes]] = *BOTH;
    let came = Foreseen {
        steadier: less <= swing / 2.0,
        sharper: now >= 1.5 * good,
        why: Why::DampedAndFlat,
    };
    let yours = candidate();
    if yours == came {
        return Ok(());
    }
    let measured = format!(
        "Over three seeds D's loss swings by {less:.4} in place of {swing:.4}, and {:.0} % of the samples are of high quality \
         in place of {:.0} %.",
        100.0 * now,
        100.0 * good
    );
    let (name, what) = match yours.why {
        Why::DampedAndFlat => (
            "not what it says",
            "The reason is right, and says something else than your two answers: damped is steadier, and a D that says less makes \
             nothing sharper."
                .to_string(),
        ),
        Why::DampedAndSharp => (
            "a steady curve is a good generator",
            "It settles, and not on the data: with a large γ equation 4.7 leaves a tilt of -aθ/γ, a tenth for the same fake. A \
             steady curve says that the pair does not circle, and no more."
                .to_string(),
        ),
        Why::MomentumWins => (
            "momentum wins",
            "It does not win: in the smallest game γ = 0.5 is too little for β = 0.9 and γ = 2 is enough, and here ten times the \
             penalty damps the swings."
                .to_string(),
        ),
        Why::TheStepIsTooLong => (
            "the step is too long",
            "Overstepping would show: the penalty is part of D's loss, which would swing more, not less.".to_string(),
        ),
        Why::NothingMoves => (
            "nothing moves",
            format!(
                "G's gradient does get shorter, {short:.2} in place of {slope:.2}, but Adam divides by its size. G moves: from one \
                 line of the log to another the number of modes found changes, with a standard deviation of {modes:.1}."
            ),
        ),
    };
    Err(Diagnosis::new(name, format!("{measured} {what}"), SEE))
}

/// From the slopes of a critic and λ to the penalty and its gradient at the slopes.
type Penalty = fn(&Array2<f64>, f64) -> (f64, Array2<f64>);

pub fn penalty_gradient(candidate: Penalty) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Why gradients vanish, equations 4.26 and 4.27";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases: [(Array2<f64>, f64); 4] = [
        (array![[3.0, -4.0, 0.0], [0.2, 0.0, 0.1]], 10.0),
        (array![[0.6, 0.8]], 0.5), // of length 1: nothing to mend
        (array![[0.0, 0.0], [1.0, 1.0], [-1000.0, 0.0]], 2.0),
        (array![[1e-3], [-2.0], [0.0], [0.5]], 1.0),
    ];
    for (v, lambda) in cases {
        let rows = v.nrows() as f64;
        let lengths: Vec<f64> =
            v.rows().into_iter().map(|v| f64::sqrt(v.dot(&v))).collect();
        // The value, and by what each row is multiplied; both are laid in one row, the value first.
        let laid = |value: f64, d_v: Array2<f64>| -> Array1<f64> {
            std::iter::once(value).chain(d_v).collect()
        };
        let of = |value: &dyn Fn(f64) -> f64, along: &dyn Fn(f64) -> f64| {
            let mut d_v = v.clone();
            for (mut row, n) in d_v.rows_mut().into_iter().zip(&lengths) {
                row *= if *n > 0.0 { along(*n) / rows } else { 0.0 };
            }
            let value = lengths.iter().map(|n| value(*n)).sum::<f64>() / rows;
            laid(value, d_v)
        };
        let square = |n: f64| lambda * (n - 1.0).powi(2);
        let slope = |n: f64| 2.0 * lambda * (n - 1.0);
        let right = of(&square, &|n| slope(n) / n);
        let (value, d_v) = candidate(&v, lambda);
        if d_v.dim() != v.dim() {
            let what = "The gradient has the wrong shape. It has that of v: a row for each point.";
            return Err(told("wrong shape", what)
                .with(format!("{:?}", v.dim()), format!("{:?}", d_v.dim())));
        }
        let flat = lengths.contains(&0.0);
        if flat && d_v.iter().any(|d| d.is_nan()) {
            let what = "The gradient of a row of zeros is NaN, 0 divided by 0. There the length has no slope; the gradient \
                        in use is 0.";
            return Err(told("zero over zero", what)
                .with(format!("{right:.5}"), format!("{d_v:.5}")));
        }
        let whole = (&v * &v).sum().sqrt();
        let all = if whole > 0.0 { slope(whole) / whole } else { 0.0 };
        let over = |n: f64| (n - 1.0).max(0.0);
        let sign = |a: f64| if a == 0.0 { 0.0 } else { a.signum() };
        let each = v.mapv(|a| slope(a.abs()) * sign(a) / rows);
        judge(
            &right,
            &laid(value, d_v),
            1e-10,
            vec![
                (
                    laid(square(whole), &v * all),
                    told(
                        "length of the batch",
                        "The length is taken over the whole batch. Each point has a slope of its own: a length for each row, \
                         and the mean over rows of what is lost.",
                    ),
                ),
                (
                    of(&square, &slope),
                    told(
                        "division forgotten",
                        "The slope of a length n at its vector v is v / n, of length 1. Yours is v: a row is pushed n times as \
                         hard as it should be.",
                    ),
                ),
                (
                    of(&|n| lambda * n * n, &|_| 2.0 * lambda),
                    told(
                        "R1 instead",
                        "This is the mean squared length, which R1 penalises and which draws slopes to 0. Here they are drawn to 1.",
                    ),
                ),
                (
                    of(&|n| lambda * (n * n - 1.0).powi(2), &|n| {
                        4.0 * lambda * (n * n - 1.0)
                    }),
                    told(
                        "square of the length",
                        "The squared length is compared with 1. It is the length itself: take the root first.",
                    ),
                ),
                (
                    of(&|n| lambda * over(n).powi(2), &|n| {
                        2.0 * lambda * over(n) / n
                    }),
                    told(
                        "one-sided",
                        "Slopes below 1 go unpunished. That penalty exists too; equation 4.26 asks for 1 from both sides.",
                    ),
                ),
                (
                    right.mapv(|a| a * rows),
                    told(
                        "sum over rows",
                        "This is the sum over rows; the penalty is their mean, and its gradient too has a 1 / B.",
                    ),
                ),
                (
                    of(&square, &|n| slope(n) / (2.0 * n)),
                    told(
                        "two forgotten",
                        "The gradient is half of what it should be everywhere: a square's slope has a factor 2.",
                    ),
                ),
                (
                    laid(v.mapv(|a| square(a.abs())).sum() / rows, each),
                    told(
                        "number by number",
                        "Each number is compared with 1. It is the length of the row that is: the root of the sum of its squares.",
                    ),
                ),
            ],
            told(
                "value",
                "The penalty, shown first, or its gradient is wrong.",
            ),
        )?;
    }
    Ok(())
}

type Pair = (Array2<f64>, Array2<f64>);

/// A discriminator with one hidden layer, as wide as its input so that a forgotten transpose does not stop.
fn small() -> (Array2<f64>, Array2<f64>, Array1<f64>, Array2<f64>) {
    let x = array![
        [1.0, -0.5, 0.2],
        [0.3, 2.0, -1.0],
        [-1.5, 0.1, 0.4],
        [0.7, -0.3, 1.1]
    ];
    let w1 = array![[0.5, -1.0, 0.3], [1.2, 0.4, -0.7], [-0.2, 0.9, 1.1]];
    (x, w1, array![0.1, -0.6, 0.2], array![[0.8], [-1.5], [0.6]])
}

fn slopes(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
) -> Array2<f64> {
    (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 })
}

type R1Gradient =
    fn(&Array2<f64>, &Array2<f64>, &Array1<f64>, &Array2<f64>, f64) -> Pair;

pub fn r1_gradient(candidate: R1Gradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § A penalty on steepness, equation 4.31";
    let (x, w1, b1, w2) = small();
    let gamma = 0.7;
    let slopes = slopes(&x, &w1, &b1);
    let u = &slopes * &w2.t();
    let v = u.dot(&w1.t());
    let at_w1 = |d_v: &Array2<f64>| d_v.t().dot(&u);
    let at_w2 = |d_v: &Array2<f64>| {
        (&slopes * &d_v.dot(&w1)).sum_axis(Axis(0)).insert_axis(Axis(1))
    };
    let d_v = &v * (gamma / 4.0);
    let length = v.map_axis(Axis(1), |v| v.dot(&v).sqrt());
    let of_length = &v / &length.insert_axis(Axis(1)) * (0.5 * gamma / 4.0);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (d_w1, d_w2) = candidate(&x, &w1, &b1, &w2, gamma);
    judge(
        &at_w1(&d_v),
        &d_w1,
        1e-10,
        vec![
            (
                at_w1(&(&d_v * 4.0)),
                told(
                    "mean forgotten",
                    "R1 is a mean over the batch; the 1 / B is missing, and the penalty grows with the batch.",
                ),
            ),
            (
                at_w1(&(&d_v * 2.0)),
                told(
                    "half forgotten",
                    "This is twice too large: the 1/2 in gamma / 2 cancels the 2 of the square.",
                ),
            ),
            (
                at_w1(&of_length),
                told(
                    "length",
                    "This penalises the length of the gradient. R1 takes its square, whose pull fades as the \
                     gradient does; the length pulls equally hard however flat D is.",
                ),
            ),
            (
                at_w1(&(&d_v / 16.0)),
                told(
                    "mean logit",
                    "The gradient was taken of the mean logit, so each row's is B times too small, and the penalty B \
                     squared times too weak. Each row has its own logit: take the gradient of their sum.",
                ),
            ),
            (
                Array2::zeros(w1.raw_dim()),
                told(
                    "last layer only",
                    "The first layer gets nothing. Its slopes are constants, but w1 itself is a factor of ds/dx.",
                ),
            ),
        ],
        told("d_w1", "The gradient at w1 is wrong."),
    )?;
    judge(
        &at_w2(&d_v),
        &d_w2,
        1e-10,
        vec![],
        told(
            "d_w2",
            "The gradient at w2 is wrong; it goes from ds/dx through w1 and the slopes.",
        ),
    )
}

pub fn packing(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Pair,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § Side by side, equation 4.33";
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let real = concatenate![Axis(0), x, &x + 6.0];
    let fake = -&real;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (p_real, p_fake) = candidate(&real, &fake, 2);
    let pairs = |a: usize, b: usize| {
        concatenate![
            Axis(1),
            real.slice(s![a..4; 2, ..]),
            real.slice(s![b..4; 2, ..])
        ]
    };
    let right = pairs(0, 1);
    let order = [0, 3, 1, 4, 2, 5];
    let again = real.slice(s![..2, ..]);
    let firsts = real.slice(s![..;2, ..]);
    let repeated = || {
        told(
            "one example repeated",
            "Each pack holds one example several times. Only *different* examples show whether a generator varies.",
        )
    };
    let mixed = concatenate![Axis(1), real, fake];
    judge(
        &right,
        &p_real,
        1e-10,
        vec![
            (
                mixed.slice(s![..2, ..]).to_owned(),
                told(
                    "real beside fake",
                    "A real example stands beside a fake. A pack is all real or all fake: its one answer has to be \
                     right for every example in it.",
                ),
            ),
            (
                right.select(Axis(1), &order),
                told(
                    "features beside features",
                    "The features of a pack are shuffled together. Put whole examples side by side, one after the \
                     other, so that the way back can take them apart.",
                ),
            ),
            (concatenate![Axis(1), again, again], repeated()),
            (concatenate![Axis(1), firsts, firsts], repeated()),
            (
                (&real.slice(s![..;2, ..]) + &real.slice(s![1..;2, ..]))
                    / 2.0,
                told(
                    "averaged",
                    "The examples of a pack were averaged. That keeps one number for each feature and hides what \
                     packing is to show: that two fakes are alike.",
                ),
            ),
        ],
        told("real", "The packs of real examples are wrong."),
    )?;
    judge(
        &-right,
        &p_fake,
        1e-10,
        vec![],
        told("fake", "The packs of fakes are wrong."),
    )?;
    // Packs of three, two of them: nothing is as long as anything else.
    let more = concatenate![Axis(0), real, &x + 20.0]; // [6, 3]
    let (p_real, _) = candidate(&more, &-&more, 3);
    let three = more.to_shape((2, 9)).expect("as many").into_owned();
    judge(
        &three,
        &p_real,
        1e-10,
        vec![],
        told("three", "Packs of two are right, packs of three are not."),
    )
}
