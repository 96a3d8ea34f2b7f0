//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::sync::LazyLock;

use gradients::plain::sigmoid;
use lab::{Diagnosis, Results};
use ndarray::{Array1, Array2, Axis, arr0, arr1, array, concatenate, s};
use stability::CHAPTER;
use stability::causes::{Cause, GAMMA, Line, log, works};
use stability::logged::{SAID, SEEDS, SHOWN, apart, named};
use stability::plain::{
    Game, Order, Score, alternating as in_turn, average, norm, simultaneous,
};

use lab::judging::{
    Exercise, Out, Suspect, in_place_of, none, number, one, two,
};

/// θ, ψ and γ.
type Place = (f64, f64, f64);

/// The slope of the logistic function.
fn bend(s: f64) -> f64 {
    sigmoid(s) * sigmoid(-s)
}

fn slopes_of_the_field(&(theta, psi, gamma): &Place) -> Array2<f64> {
    let s = psi * theta;
    let b = bend(s);
    array![
        [-psi * psi * b, sigmoid(-s) - s * b],
        [-sigmoid(s) - s * b, -theta * theta * b - gamma],
    ]
}

/// The Jacobian with another sigmoid.
fn by_sigmoid(&(theta, psi, gamma): &Place, of: fn(f64) -> f64) -> Out {
    let s = psi * theta;
    let b = of(s) * of(-s);
    one(array![
        [-psi * psi * b, of(-s) - s * b],
        [-of(s) - s * b, -theta * theta * b - gamma],
    ])
}

const JACOBIANS: &[Suspect<Place>] = &[
    (
        |p| one(-slopes_of_the_field(p)),
        "gradients",
        "These are the slopes of the gradients. The field goes downhill, so every sign is turned; with these signs R1 would drive \
         the pair out.",
    ),
    (
        |p| one(slopes_of_the_field(p).reversed_axes()),
        "transposed",
        "Rows and columns are exchanged: a row belongs to a component of the field, a column to the number by which it is \
         differentiated.",
    ),
    (
        |p| one(slopes_of_the_field(&(p.0, p.1, 0.0))),
        "penalty forgotten",
        "R1 is missing. It adds -γψ to the discriminator's component, whose slope in ψ is -γ.",
    ),
    (
        |p| one(slopes_of_the_field(&(0.0, 0.0, p.2))),
        "at the end only",
        "This is the Jacobian where the game ends, θ = ψ = 0. Elsewhere σ(ψθ) is not ½.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            one(array![[0.0, sigmoid(-s)], [-sigmoid(s), -gamma]])
        },
        "product rule",
        "The sigmoid holds θ and ψ too: by the product rule each entry has a term with σ'(ψθ).",
    ),
    (
        |p| {
            let mut m = slopes_of_the_field(p);
            m[[0, 1]] = m[[1, 0]];
            one(m)
        },
        "one common loss",
        "The two entries off the diagonal are alike. So they would be if both players descended one loss; here they have opposite \
         signs, which is why the pair turns.",
    ),
    (
        |p| {
            let mut m = slopes_of_the_field(p);
            m[[1, 0]] = -m[[0, 1]];
            one(m)
        },
        "one sigmoid for both",
        "The two entries off the diagonal are opposite. Their first terms are σ(-ψθ) above and -σ(ψθ) below: the two differ as soon as \
         ψθ is not 0.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(p);
            one(array![[m[[0, 1]], m[[0, 0]]], [m[[1, 1]], m[[1, 0]]]])
        },
        "ψ before θ",
        "The columns are exchanged: the first belongs to θ, the second to ψ.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(p);
            one(array![[m[[1, 0]], m[[1, 1]]], [m[[0, 0]], m[[0, 1]]]])
        },
        "discriminator first",
        "The rows are exchanged: the first is the generator's component, the second the discriminator's.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(p);
            one(array![[m[[1, 1]], m[[1, 0]]], [m[[0, 1]], m[[0, 0]]]])
        },
        "both in the other order",
        "Rows and columns are both in the other order: θ comes before ψ, in both.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            one(array![
                [-psi * b, sigmoid(-s) - psi * b],
                [-sigmoid(s) - theta * b, -theta * b - gamma],
            ])
        },
        "chain rule",
        "The slope of σ(ψθ) in θ is σ'(ψθ) times ψ, and in ψ it is σ'(ψθ) times θ. This inner factor is missing in each of the four.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            one(array![
                [-theta * theta * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -psi * psi * b - gamma],
            ])
        },
        "squares exchanged",
        "θ² and ψ² have changed places on the diagonal. The generator's component has the factor ψ, and its slope in θ brings another.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            one(array![
                [-psi * psi * b, sigmoid(s) - s * b],
                [-sigmoid(-s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "sigmoids exchanged",
        "σ(ψθ) and σ(-ψθ) have changed places off the diagonal: the generator's component has the minus inside.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = sigmoid(s);
            one(array![
                [-psi * psi * sigmoid(-s), sigmoid(-s) - s * sigmoid(-s)],
                [-b - s * b, -theta * theta * b - gamma],
            ])
        },
        "slope of the sigmoid",
        "Where the sigmoid is differentiated it was left as it is. Its slope is σ(t) σ(-t).",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let up = sigmoid(s) * (1.0 + sigmoid(s));
            let down = sigmoid(-s) * (1.0 + sigmoid(-s));
            one(array![
                [-psi * psi * down, sigmoid(-s) - s * down],
                [-sigmoid(s) - s * up, -theta * theta * up - gamma],
            ])
        },
        "slope of the sigmoid",
        "The slope of the sigmoid is σ (1 - σ), with a minus.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            one(array![
                [-s * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -s * b - gamma],
            ])
        },
        "ψθ on the diagonal",
        "On the diagonal stands ψθ. The generator's component has the factor ψ, and its slope in θ brings another ψ; below it is θ twice.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = sigmoid(s).powi(2);
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "slope of the sigmoid",
        "The slope of the sigmoid is σ(t) σ(-t). Yours is the square of σ(t).",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = s * (1.0 - s);
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "slope of the sigmoid",
        "The slope of the sigmoid is σ (1 - σ). Yours has ψθ itself where σ(ψθ) should stand.",
    ),
    (
        |&(theta, psi, gamma)| {
            let mut m = slopes_of_the_field(&(theta, psi, 0.0));
            m[[1, 1]] -= gamma * psi;
            one(m)
        },
        "penalty not differentiated",
        "R1's part of the field, -γψ, stands in the Jacobian as it is. Its slope in ψ is -γ.",
    ),
    (
        |&(theta, psi, gamma)| {
            let mut m = slopes_of_the_field(&(theta, psi, 0.0));
            m[[0, 0]] -= gamma;
            one(m)
        },
        "penalty on the generator",
        "-γ stands in the generator's row. R1 is the discriminator's: it belongs to the entry of v_ψ and ψ.",
    ),
    (
        |&(_, _, gamma)| one(array![[0.0, 1.0], [-1.0, -gamma]]),
        "the linear game",
        "This is the linear game, whose f' is 1 everywhere. Here f is the softplus, and its slope is σ.",
    ),
    (
        |p| by_sigmoid(p, |t| t.exp() / (1.0 + t.exp())),
        "overflow",
        "At ψθ = ±1,000 it is not a number: e^t is infinite there, and infinity over infinity is none. 1 / (1 + e^-t) is right at both \
         ends.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = (-s).exp() / (1.0 + (-s).exp()).powi(2);
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "overflow",
        "At ψθ = -1,000 it is not a number: the slope as e^-t / (1 + e^-t)² is infinity over infinity there. σ(t) σ(-t) is right at \
         both ends.",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = s.exp() / (1.0 + s.exp()).powi(2);
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "overflow",
        "At ψθ = 1,000 it is not a number: the slope as e^t / (1 + e^t)² is infinity over infinity there. σ(t) σ(-t) is right at both \
         ends.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(&(p.0, p.1, 0.0));
            let last = -m[[1, 1]] - p.2;
            one(array![[m[[0, 0]], m[[0, 1]]], [-m[[1, 0]], last]])
        },
        "sign of the discriminator's component",
        "The sign of ψ's row is turned: its component of the field is -θ σ(ψθ) - γψ.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(p);
            one(array![[m[[0, 0]], m[[0, 1]]], [-m[[1, 0]], -m[[1, 1]]]])
        },
        "sign of the discriminator's component",
        "The sign of ψ's row is turned: its component of the field is -θ σ(ψθ) - γψ.",
    ),
    (
        |p| {
            let m = slopes_of_the_field(p);
            one(array![[-m[[0, 0]], -m[[0, 1]]], [m[[1, 0]], m[[1, 1]]]])
        },
        "sign of the generator's component",
        "The sign of θ's row is turned: its component of the field is ψ σ(-ψθ).",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            one(array![
                [psi * psi * b, sigmoid(s) + s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "the saturating loss",
        "The generator's row is that of the saturating loss, ψ σ(ψθ). In use is ψ σ(-ψθ).",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = 2.0 * bend(s);
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "slope of the sigmoid",
        "Where the sigmoid is differentiated there is twice its slope: it is σ(t) σ(-t).",
    ),
    (
        |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = 0.25;
            one(array![
                [-psi * psi * b, sigmoid(-s) - s * b],
                [-sigmoid(s) - s * b, -theta * theta * b - gamma],
            ])
        },
        "slope of the sigmoid",
        "The slope of the sigmoid was taken for ¼. That is its slope at 0; elsewhere it is σ(t) σ(-t).",
    ),
    (
        |&(theta, psi, gamma)| {
            let mut m = slopes_of_the_field(&(theta, psi, 0.0));
            m[[1, 1]] -= gamma * psi * psi / 2.0;
            one(m)
        },
        "penalty not differentiated",
        "The penalty itself, γψ²/2, stands in the Jacobian. Its slope, -γψ, is in the field; and the slope of that in ψ is -γ.",
    ),
];

pub fn jacobian(
    candidate: fn(f64, f64, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § Which way it turns, equation 4.8",
        results: &["the Jacobian"],
        right: |p| one(slopes_of_the_field(p)),
        suspects: JACOBIANS,
        terms: |&(theta, psi, gamma)| {
            let s = psi * theta;
            let b = bend(s);
            let at = |n: usize, m: usize, v: f64| {
                let mut one_entry = Array2::zeros((2, 2));
                one_entry[[n, m]] = v;
                one(one_entry)
            };
            vec![
                (
                    "σ(-ψθ), the upper right entry's first term,",
                    at(0, 1, sigmoid(-s)),
                ),
                (
                    "-σ(ψθ), the lower left entry's first term,",
                    at(1, 0, -sigmoid(s)),
                ),
                ("-ψ² σ', the upper left entry,", at(0, 0, -psi * psi * b)),
                (
                    "-ψθ σ', the upper right entry's second term,",
                    at(0, 1, -s * b),
                ),
                (
                    "-ψθ σ', the lower left entry's second term,",
                    at(1, 0, -s * b),
                ),
                (
                    "-θ² σ', in the lower right entry,",
                    at(1, 1, -theta * theta * b),
                ),
                ("-γ, in the lower right entry,", at(1, 1, -gamma)),
            ]
        },
        others: |&(t, p, g)| {
            let mut all = in_place_of("θ", t, |t| (t, p, g));
            all.extend(in_place_of("ψ", p, |p| (t, p, g)));
            all.extend(in_place_of("γ", g, |g| (t, p, g)));
            all
        },
        numbers: |&(theta, psi, gamma)| {
            vec![("θ", theta), ("ψ", psi), ("γ", gamma)]
        },
        tolerance: 1e-10,
    };
    exercise.judge(
        &[
            ("θ = 0.8, ψ = -1.5, γ = 0.7", (0.8, -1.5, 0.7)),
            ("θ = -2, ψ = -0.3, γ = 0", (-2.0, -0.3, 0.0)),
            ("θ = ψ = 0, γ = 2", (0.0, 0.0, 2.0)),
            ("θ = 0, ψ = 3, γ = 0.5", (0.0, 3.0, 0.5)),
            ("θ = 0.5, ψ = 2, γ = 3", (0.5, 2.0, 3.0)),
            ("θ = 1.4, ψ = 0, γ = 0.1", (1.4, 0.0, 0.1)),
            ("θ = 20, ψ = 50, γ = 1", (20.0, 50.0, 1.0)),
            ("θ = -20, ψ = 50, γ = 1", (-20.0, 50.0, 1.0)),
        ],
        |p| one(candidate(p.0, p.1, p.2)),
    )
}

/// θ, ψ, η and γ.
type Move = (f64, f64, f64, f64);

fn pair(theta: f64, psi: f64) -> Out {
    vec![arr1(&[theta]).into_dyn(), arr1(&[psi]).into_dyn()]
}

/// In turn, with this for the discriminator's gradient.
fn turn(&(theta, psi, eta, _): &Move, d_psi: f64) -> Out {
    let psi = psi - eta * d_psi;
    pair(theta + eta * psi, psi)
}

const MOVES: &[Suspect<Move>] = &[
    (
        |&(theta, psi, eta, gamma)| {
            pair(theta + eta * psi, psi - eta * (theta + gamma * psi))
        },
        "both at once",
        "The generator looked at the old ψ. In turn means that it answers the discriminator that has just moved.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let theta = theta + eta * psi;
            pair(theta, psi - eta * (theta + gamma * psi))
        },
        "generator first",
        "The generator moved first. The discriminator does, here as in chapter 3.",
    ),
    (
        |m| turn(m, m.0),
        "penalty forgotten",
        "R1 is missing: it adds γψ to the discriminator's gradient.",
    ),
    (
        |m| turn(m, m.0 - m.3 * m.1),
        "penalty climbed",
        "The discriminator climbs its penalty. R1 is part of the loss that it descends.",
    ),
    (
        |m| turn(m, m.0 + m.3 / 2.0 * m.1),
        "half a penalty",
        "The gradient of γψ²/2 is γψ; the half goes with the square.",
    ),
    (
        |m| turn(m, m.0 + 2.0 * m.3 * m.1),
        "twice the penalty",
        "R1 counts twice. The gradient of γψ²/2 is γψ: the 2 of the square meets the half.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * (m.0 + m.3 * m.1);
            pair(m.0 - m.2 * psi, psi)
        },
        "one loss for both",
        "The generator descends ψθ, the discriminator's loss, and helps to tell its own fakes. Its loss is -ψθ.",
    ),
    (
        |m| turn(m, -m.0 - m.3 * m.1),
        "discriminator uphill",
        "The discriminator goes uphill. A step against the gradient of ψθ + γψ²/2 is minus η times it.",
    ),
    (
        |m| turn(m, -m.0 + m.3 * m.1),
        "discriminator uphill",
        "The discriminator climbs ψθ, as if it wished to take fakes for real. It descends all of its loss.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * m.0;
            let psi = psi - m.2 * m.3 * psi;
            pair(m.0 + m.2 * psi, psi)
        },
        "penalty behind the step",
        "The penalty was taken at a ψ that had moved. The discriminator takes one step, by the gradient of its whole loss at the old ψ.",
    ),
    (
        |m| turn(m, m.1 + m.3 * m.1),
        "its own number",
        "The slope of ψθ in ψ is θ: what moves ψ is where the fake lies.",
    ),
    (
        |m| turn(m, m.0 * m.1 + m.3 / 2.0 * m.1 * m.1),
        "a loss for a gradient",
        "The discriminator moved by its loss. It moves by the slope of that in ψ, which is θ + γψ.",
    ),
    (
        |m| turn(m, m.0 + m.3 * m.1 * m.1),
        "penalty not differentiated",
        "γψ² stands in the discriminator's gradient. The slope of γψ²/2 is γψ.",
    ),
    (
        |m| turn(m, m.0 + m.3 / 2.0 * m.1 * m.1),
        "penalty not differentiated",
        "γψ²/2, the penalty itself, stands in the discriminator's gradient. Its slope is γψ.",
    ),
    (
        |m| turn(m, m.0 + m.3),
        "slope of the penalty",
        "γ stands in the discriminator's gradient. The slope of γψ²/2 in ψ is γψ; γ is the slope of that.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * theta - gamma * psi;
            pair(theta + eta * moved, moved)
        },
        "penalty without step size",
        "The penalty was taken off without η. It is part of the gradient, which is multiplied by η as a whole.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * moved, psi)
        },
        "old ψ returned",
        "The θ is right, and the ψ that is returned is the old one.",
    ),
    (
        |m| pair(m.0, m.1 - m.2 * (m.0 + m.3 * m.1)),
        "old θ returned",
        "The ψ is right, and the generator has not moved: the θ that is returned is the old one.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(moved, theta + eta * moved)
        },
        "ψ before θ",
        "Both are right, in the other order: θ comes first.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * theta, moved)
        },
        "its own number",
        "The slope of -ψθ in θ is -ψ: what moves the fake is the line's tilt.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * moved * theta, moved)
        },
        "a loss for a gradient",
        "The generator moved by its loss. It moves by the slope of that in θ, which is -ψ.",
    ),
    (
        |&(theta, psi, _, gamma)| {
            let moved = psi - (theta + gamma * psi);
            pair(theta + moved, moved)
        },
        "step size forgotten",
        "The step size is missing: both moves are multiplied by η.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + moved, moved)
        },
        "step size forgotten",
        "The generator's step is taken without η.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - (theta + gamma * psi);
            pair(theta + eta * moved, moved)
        },
        "step size forgotten",
        "The discriminator's step is taken without η.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * (moved + gamma * theta), moved)
        },
        "penalty on the generator",
        "The generator has a penalty too. R1 is the discriminator's alone.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * (moved - gamma * theta), moved)
        },
        "penalty on the generator",
        "The generator has a penalty too. R1 is the discriminator's alone.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = psi - eta * (theta + gamma * psi);
            pair(theta + eta * (moved - psi), moved)
        },
        "the change for the number",
        "The generator moved by the change of ψ. It looks at the new ψ itself.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved =
                psi - eta * (theta * sigmoid(psi * theta) + gamma * psi);
            pair(theta + eta * moved * sigmoid(-moved * theta), moved)
        },
        "the logistic game",
        "This is a step of the logistic game. In the linear one f' is 1, and there is no sigmoid.",
    ),
    (
        |&(theta, psi, eta, gamma)| {
            let moved = eta * (theta + gamma * psi);
            pair(theta - eta * moved, -moved)
        },
        "old numbers dropped",
        "The move stands in the place of the number: the new ψ is the old one and the move.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * (m.0 + m.3 * m.1);
            pair(m.2 * psi, psi - m.1)
        },
        "old numbers dropped",
        "These are the moves. The new number is the old one and its move.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * (m.0 + m.3 * m.1);
            pair(m.0 + 2.0 * m.2 * psi, psi)
        },
        "generator twice",
        "The generator moves twice, or twice as far. Each player takes one step of η.",
    ),
    (
        |m| {
            let psi = m.1 - 2.0 * m.2 * (m.0 + m.3 * m.1);
            pair(m.0 + m.2 * psi, psi)
        },
        "discriminator twice",
        "The discriminator moves twice as far. Each player takes one step of η.",
    ),
    (
        |m| {
            let psi = (m.1 - m.2 * m.0) / (1.0 + m.2 * m.3);
            pair(m.0 + m.2 * psi, psi)
        },
        "penalty at the new ψ",
        "The penalty was taken at the ψ behind the step. The discriminator's gradient is that at the old ψ.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * (m.0 + m.3 * m.1.powi(3));
            pair(m.0 + m.2 * psi, psi)
        },
        "penalty not differentiated",
        "ψ³ stands in the discriminator's gradient. The slope of γψ²/2 in ψ is γψ.",
    ),
    (
        |m| {
            let psi = m.1 - m.2 * (m.0 + m.3 * m.0);
            pair(m.0 + m.2 * psi, psi)
        },
        "penalty on θ",
        "The penalty is made of θ. R1 is on the line's slope, ψ.",
    ),
    (
        |m| {
            let first = m.1 - m.2 * (m.0 + m.3 * m.1);
            let theta = m.0 + m.2 * first;
            pair(theta, m.1 - m.2 * (theta + m.3 * m.1))
        },
        "discriminator again",
        "The discriminator moved once more, from its old ψ, when the generator had moved. It moves first, and then stands still.",
    ),
];

pub fn alternating(
    candidate: fn(f64, f64, f64, f64) -> [f64; 2],
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § Both at once, or in turn, equations 4.4 and 4.7",
        results: &["the new θ", "the new ψ"],
        right: |m| turn(m, m.0 + m.3 * m.1),
        suspects: MOVES,
        terms: none,
        others: |&(t, p, e, g)| {
            let mut all = in_place_of("η", e, |e| (t, p, e, g));
            all.extend(in_place_of("γ", g, |g| (t, p, e, g)));
            all.extend(in_place_of("θ", t, |t| (t, p, e, g)));
            all.extend(in_place_of("ψ", p, |p| (t, p, e, g)));
            all
        },
        numbers: none,
        tolerance: 1e-10,
    };
    exercise.judge(
        &[
            ("θ = 1.3, ψ = -0.4, η = 0.2, γ = 0.7", (1.3, -0.4, 0.2, 0.7)),
            ("θ = -2, ψ = 1.1, η = 0.5, γ = 3", (-2.0, 1.1, 0.5, 3.0)),
            ("θ = 0.6, ψ = 0.9, η = 0.1, γ = 0.4", (0.6, 0.9, 0.1, 0.4)),
            ("θ = 1000, ψ = 0.3, η = 0.1, γ = 0", (1e3, 0.3, 0.1, 0.0)),
            ("θ = 0, ψ = -1000, η = 0.3, γ = 1", (0.0, -1e3, 0.3, 1.0)),
            ("θ = -0.7, ψ = 0, η = 0.4, γ = 2", (-0.7, 0.0, 0.4, 2.0)),
        ],
        |m| {
            let [theta, psi] = candidate(m.0, m.1, m.2, m.3);
            pair(theta, psi)
        },
    )
}

/// J and η.
type Step = (Array2<f64>, f64);

fn stepped((j, eta): &Step) -> Array2<f64> {
    Array2::<f64>::eye(2) + *eta * j
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

const RADII: &[Suspect<Step>] = &[
    (
        |(j, _)| number(radius(j)),
        "of the Jacobian",
        "This is the radius of J. A step multiplies by I + ηJ, whose eigenvalues are 1 + ηλ.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number(half.abs() + under.sqrt())
        },
        "root of a negative",
        "The result is NaN where what stands under the root is negative. Then the two eigenvalues are complex, a ± bi, and their size \
         is √(a² + b²), the root of the determinant.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let root = under.sqrt();
            number((half + root).abs().max((half - root).abs()))
        },
        "root of a negative",
        "The result is NaN where what stands under the root is negative. Then the two eigenvalues are complex, a ± bi, and their size \
         is √(a² + b²), the root of the determinant.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number(half.abs() + under.max(0.0).sqrt())
        },
        "real part only",
        "Only the real part is counted. A complex eigenvalue a + bi has the size √(a² + b²); it is the b that makes a circling pair \
         leave.",
    ),
    (
        |step| {
            let m = stepped(step);
            let (half, under) = parts(&m);
            let complex = under < 0.0;
            number(if complex { radius(&m) } else { half + under.sqrt() })
        },
        "largest, not longest",
        "This is the larger eigenvalue, and the other one, which is negative, is longer. A pair that oversteps from side to side \
         leaves too.",
    ),
    (
        |step| {
            let m = stepped(step);
            let (half, under) = parts(&m);
            let real = (half + under.sqrt()).abs();
            number(if under < 0.0 { radius(&m) } else { real })
        },
        "largest, not longest",
        "Of two real eigenvalues, only the one with the plus before the root is looked at. The other one, if it is negative, may be \
         longer.",
    ),
    (
        |step| number(stepped(step).fold(0.0, |sum, v| sum + v * v).sqrt()),
        "length of the matrix",
        "This is the root of the sum of the squares. It bounds what one step can do; what many do, the eigenvalues say.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number((half * half - under).abs().sqrt())
        },
        "determinant alone",
        "The root of the determinant is the size of both only when they are complex. Two real ones share the determinant unequally.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number((half * half - under).sqrt())
        },
        "determinant alone",
        "The root of the determinant is the size of both only when they are complex. Two real ones share the determinant unequally, \
         and if one of them is negative it is NaN.",
    ),
    (
        |(j, _)| number(radius(&(Array2::<f64>::eye(2) + j))),
        "step size forgotten",
        "This is the radius of I + J. A step is I + ηJ.",
    ),
    (
        |(j, eta)| number(radius(&(*eta * j))),
        "identity forgotten",
        "This is the radius of ηJ, of what a step adds. The pair itself is multiplied by I + ηJ.",
    ),
    (
        |(j, eta)| number(1.0 + eta * radius(j)),
        "one and the radius",
        "This is 1 + ηρ(J). The eigenvalues of I + ηJ are 1 + ηλ, with λ where it points: if J's are -0.5 or ±i, they are not \
         1 + η times their size.",
    ),
    (
        |(j, eta)| number(radius(&(Array2::<f64>::eye(2) - *eta * j))),
        "sign of the step",
        "This is the radius of I - ηJ. The field points downhill already, so a step adds ηJ.",
    ),
    (
        |step| {
            let m = stepped(step);
            let (half, under) = parts(&m);
            let small = (half.abs() - under.sqrt()).abs();
            number(if under < 0.0 { radius(&m) } else { small })
        },
        "the smaller",
        "Of two real eigenvalues this is the smaller one's size. What is left after many steps, the larger one says.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let complex = half * half - under;
            let real = (half.abs() + under.sqrt()).powi(2);
            number(if under < 0.0 { complex } else { real })
        },
        "square of the size",
        "This is the square of the size.",
    ),
    (
        |step| {
            let m = stepped(step);
            let (half, under) = parts(&m);
            let complex = half * half - under;
            number(if under < 0.0 { complex } else { radius(&m) })
        },
        "square of the size",
        "Where the eigenvalues are complex this is the determinant. It is the product of both, so their size is its root.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number(half.abs() + under.abs().sqrt())
        },
        "added along the real line",
        "What stands under the root is negative, and its size was taken in place of it. Then the root is imaginary, b i, and stands at \
         a right angle to the real part: the size is √(a² + b²), not a + b.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let det = half * half - under;
            let under = half * half - 4.0 * det;
            let complex = under < 0.0;
            number(if complex {
                det.sqrt()
            } else {
                half.abs() + under.sqrt()
            })
        },
        "¼ in the wrong place",
        "Under the root stands ¼ tr² - det. With tr² - 4 det, the root has to be halved as the trace is.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let det = half * half - under;
            let whole = 4.0 * under;
            let complex = whole < 0.0;
            number(if complex {
                det.sqrt()
            } else {
                half.abs() + whole.sqrt()
            })
        },
        "root not halved",
        "Under the root stands tr² - 4 det, and so the root has to be halved as the trace is.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let (trace, det) = (2.0 * half, half * half - under);
            let under = trace * trace - det;
            let complex = under < 0.0;
            number(if complex {
                det.sqrt()
            } else {
                trace.abs() + under.sqrt()
            })
        },
        "trace not halved",
        "The trace is the sum of both eigenvalues; in equation 4.10 it is halved, before it is squared as well.",
    ),
    (
        |step| {
            let m = stepped(step);
            let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
            let det = m[[0, 0]] * m[[1, 1]] + m[[0, 1]] * m[[1, 0]];
            let under = half * half - det;
            let complex = under < 0.0;
            number(if complex {
                det.sqrt()
            } else {
                half.abs() + under.sqrt()
            })
        },
        "sign in the determinant",
        "The determinant is the product on the diagonal *less* that of the other two.",
    ),
    (
        |step| {
            let m = stepped(step);
            number(radius(&m.t().dot(&m)).sqrt())
        },
        "spectral norm",
        "This is the largest singular value: by how much one step can stretch a vector. What many steps do, the eigenvalues say.",
    ),
    (
        |step| {
            let m = stepped(step).mapv(f64::abs);
            number((m[[0, 0]] + m[[0, 1]]).max(m[[1, 0]] + m[[1, 1]]))
        },
        "a norm",
        "This is the largest sum of a row's sizes, a norm. It bounds what one step can do; what many do, the eigenvalues say.",
    ),
    (
        |step| {
            let m = stepped(step).mapv(f64::abs);
            number(m[[0, 0]].max(m[[1, 1]]))
        },
        "the diagonal",
        "This is the larger number on the diagonal. It is an eigenvalue only if one of the two others is 0.",
    ),
    (
        |step| {
            let m = stepped(step);
            let (_, under) = parts(&m);
            let complex = under < 0.0;
            number(if complex { (-under).sqrt() } else { radius(&m) })
        },
        "imaginary part only",
        "Where they are complex, only the imaginary part is counted. An eigenvalue a + bi has the size √(a² + b²).",
    ),
    (
        |(j, eta)| {
            let (half, under) = parts(j);
            let (trace, det) = (2.0 * half, half * half - under);
            let (half, det) = ((1.0 + eta * trace) / 2.0, 1.0 + eta * det);
            let under = half * half - det;
            let complex = under < 0.0;
            number(if complex {
                det.sqrt()
            } else {
                half.abs() + under.sqrt()
            })
        },
        "trace of the step",
        "Trace and determinant were made from those of J. The trace of I + ηJ is 2 + η tr J, and its determinant is 1 + η tr J + η² det J.",
    ),
    (
        |step| {
            let m = stepped(step);
            number(radius(&m) - 1.0)
        },
        "less one",
        "This is the radius less 1. The sign says whether the pair settles; asked for is the radius.",
    ),
    (
        |(j, eta)| number(radius(&(1.0 + *eta * j))),
        "ones for the identity",
        "1 was added to all four numbers. I has it on the diagonal alone.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            number((half * half - under).abs())
        },
        "the determinant",
        "This is the determinant, the product of both eigenvalues.",
    ),
    (
        |step| number(2.0 * parts(&stepped(step)).0.abs()),
        "the trace",
        "This is the trace, the sum of both eigenvalues.",
    ),
    (
        |step| {
            let m = stepped(step).mapv(f64::abs);
            number(m.iter().copied().fold(0.0, f64::max))
        },
        "the largest entry",
        "This is the largest of the four numbers.",
    ),
    (
        |step| {
            let (half, under) = parts(&stepped(step));
            let complex = (half * half - under).sqrt();
            let real = 2.0 * half.abs() + under.sqrt();
            number(if under < 0.0 { complex } else { real })
        },
        "trace not halved",
        "Where the eigenvalues are real, the root was added to the whole trace. It is added to half of it.",
    ),
];

pub fn spectral_radius(
    candidate: fn(&Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § Where training is stable, equations 4.9 and 4.10",
        results: &["the radius"],
        right: |step| number(radius(&stepped(step))),
        suspects: RADII,
        terms: none,
        others: |(j, eta)| in_place_of("η", *eta, |eta| (j.clone(), eta)),
        numbers: |(_, eta)| vec![("η", *eta)],
        tolerance: 1e-6, // where both are equal a rounding error has a large root
    };
    let turned = |b: f64, c: f64, d: f64| array![[0.0, b], [c, d]];
    exercise.judge(
        &[
            ("a J that turns inward", (turned(1.0, -1.0, -0.5), 0.3)),
            ("a J that turns alone", (turned(1.0, -1.0, 0.0), 0.5)),
            (
                "a step too long, so that one eigenvalue is -1.87",
                (turned(1.0, -1.0, -5.0), 0.6),
            ),
            (
                "two eigenvalues that are real and above 0",
                (array![[-1.0, 2.0], [0.5, -3.0]], 0.2),
            ),
            (
                "one above 0 and a longer one below",
                (array![[-1.0, 2.0], [3.0, -4.0]], 0.7),
            ),
            (
                "a J of which one entry is much larger",
                (array![[0.5, 8.0], [0.0, -0.25]], 0.4),
            ),
            (
                "a J that turns, both real parts below 0",
                (array![[-6.0, 3.0], [-3.0, -5.0]], 0.8),
            ),
            (
                "η = 1, where two steps end the game",
                (turned(1.0, -1.0, -2.0), 1.0),
            ),
            ("a J of zeros", (Array2::zeros((2, 2)), 0.1)),
            ("a J of ±1,000", (turned(1e3, -1e3, 0.0), 1.0)),
            (
                "a J with -1,000 on the diagonal",
                (array![[-1e3, 0.0], [3.0, 2.0]], 0.5),
            ),
        ],
        |(j, eta)| number(candidate(j, *eta)),
    )
}

/// A function from `W`, `u`, `v` and a gradient to a gradient.
type Backward =
    fn(&Array2<f64>, &Array1<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

/// What such a function is given.
struct Weight {
    w: Array2<f64>,
    u: Array1<f64>,
    v: Array1<f64>,
    d_bar: Array2<f64>,
}

impl Weight {
    fn sigma(&self) -> f64 {
        self.u.dot(&self.w.dot(&self.v))
    }

    fn outer(&self) -> Array2<f64> {
        &self.u.view().insert_axis(Axis(1)) * &self.v
    }

    /// The sum of the products of the gradient's and the weight's elements.
    fn inner(&self) -> f64 {
        (&self.d_bar * &self.w).sum()
    }

    /// The gradient less a share of u vᵀ, over σ.
    fn less(&self, share: f64) -> Out {
        one((&self.d_bar - self.outer() * share) / self.sigma())
    }
}

/// The gradient with another number for σ.
fn by_sigma(w: &Weight, sigma: f64) -> Out {
    one((&w.d_bar - w.outer() * (w.inner() / sigma)) / sigma)
}

const WEIGHTS: &[Suspect<Weight>] = &[
    (
        |w| w.less(0.0),
        "norm held constant",
        "σ is taken for a constant. u and v are constants; σ = uᵀWv moves with W, and what it takes away is ⟨∂L/∂W̄, W̄⟩ u vᵀ / σ.",
    ),
    (
        |w| one(w.d_bar.clone()),
        "handed through",
        "The gradient is handed on as it came. The weight was divided on its way in: the gradient is divided by σ too, and σ itself \
         moves with W.",
    ),
    (
        |w| w.less(w.inner()),
        "by the bare weight",
        "The second term is divided by σ once. It is divided twice: by the quotient rule, as the first term is, and because the inner \
         product is with W̄ = W/σ, not with W.",
    ),
    (
        |w| w.less(w.inner() / w.sigma().powi(2)),
        "divided twice",
        "The inner product was divided by σ once more. With W̄ = W/σ it is ⟨∂L/∂W̄, W̄⟩, and the bracket is divided by σ once.",
    ),
    (
        |w| w.less(-w.inner() / w.sigma()),
        "sign",
        "The second term is added. A larger σ makes W/σ smaller, so it is taken away.",
    ),
    (
        |w| {
            let length = (&w.w * &w.w).sum().sqrt();
            let along = w.inner() / (length * length);
            one((&w.d_bar - &w.w * along) / length)
        },
        "length of all numbers",
        "This is the gradient of W over the root of the sum of its squares. The spectral norm is the largest singular value alone, and \
         its slope is u vᵀ.",
    ),
    (
        |w| w.less((&w.d_bar * &w.outer()).sum()),
        "projected along u vᵀ",
        "What lies along u vᵀ is taken away. How much σ changes the loss is ⟨∂L/∂W̄, W̄⟩: all of W̄ shrinks when σ grows, not one \
         direction of it.",
    ),
    (
        |w| {
            let bar = &w.w / w.sigma();
            one((&w.d_bar - &bar * (w.inner() / w.sigma())) / w.sigma())
        },
        "along the weight",
        "What is taken away points along W̄. It points along the slope of σ at W, which is u vᵀ.",
    ),
    (
        |w| {
            let bar = &w.d_bar * &w.w / w.sigma();
            one((&w.d_bar - &bar * &w.outer()) / w.sigma())
        },
        "not added up",
        "The products of ∂L/∂W̄ and W̄ were not added up. ⟨·, ·⟩ is one number: how much the loss changes with σ.",
    ),
    (
        |w| {
            let along = w.inner() / w.sigma();
            one(&w.d_bar - w.outer() * (along / w.sigma()))
        },
        "first term not divided",
        "The first term is not divided by σ. By the quotient rule both are.",
    ),
    (
        |w| w.less(w.inner() / w.sigma() / w.w.len() as f64),
        "mean for sum",
        "The inner product is a mean here. It is the sum over all elements.",
    ),
    (
        |w| w.less(w.d_bar.sum() / w.sigma()),
        "weight left out",
        "The elements of the gradient were added up. In the inner product each is multiplied by W̄'s.",
    ),
    (
        |w| w.less(w.sigma()),
        "σ for the inner product",
        "What is taken away is σ u vᵀ. It is ⟨∂L/∂W̄, W̄⟩ u vᵀ: without a gradient at W̄ there is none at W.",
    ),
    (
        |w| {
            let along = w.inner() / w.sigma();
            let turned = w.outer().reversed_axes() * along;
            let (i, o) = w.w.dim();
            match i == o || i == 1 || o == 1 {
                true => one((&w.d_bar - &turned) / w.sigma()),
                false => vec![],
            }
        },
        "outer product turned",
        "The outer product is v uᵀ, `[O, I]`. The slope of uᵀWv at W has the shape of W: u vᵀ, u along the rows.",
    ),
    (
        |w| {
            one((&w.d_bar
                - w.outer() * (w.d_bar.dot(&w.w.t()).sum() / w.sigma()))
                / w.sigma())
        },
        "matrix product",
        "The inner product was taken from a matrix product, all of whose numbers were added up. It is the sum of the products of \
         elements: `(d_bar * w).sum()`.",
    ),
    (
        |w| by_sigma(w, w.w.dot(&w.v).dot(&w.w.dot(&w.v))),
        "another σ",
        "σ is the squared length of Wv here. It is uᵀWv.",
    ),
    (
        |w| by_sigma(w, w.w.dot(&w.v).dot(&w.w.dot(&w.v)).sqrt()),
        "another σ",
        "σ is the length of Wv here. That is uᵀWv only once the iteration has arrived; what the weight was divided by is uᵀWv.",
    ),
    (
        |w| by_sigma(w, w.w.t().dot(&w.u).dot(&w.w.t().dot(&w.u)).sqrt()),
        "another σ",
        "σ is the length of Wᵀu here. That is uᵀWv only once the iteration has arrived; what the weight was divided by is uᵀWv.",
    ),
    (
        |w| match w.w.is_square() {
            true => {
                let sigma = w.v.dot(&w.w.dot(&w.u));
                let along = w.inner() / sigma;
                one((&w.d_bar - &(w.outer() * along)) / sigma)
            }
            false => vec![],
        },
        "u and v exchanged",
        "σ is vᵀWu here. u belongs to the inputs and stands on the left: uᵀWv.",
    ),
    (
        |w| w.less((&w.w * &w.w).sum() / w.sigma()),
        "weight with itself",
        "The inner product is that of W with itself. It is that of the gradient with W̄.",
    ),
    (
        |w| one((&w.d_bar - w.inner() / w.sigma()) / w.sigma()),
        "u vᵀ left out",
        "u vᵀ is missing: the same number is taken from each element. σ moves with W by u vᵀ, element by element.",
    ),
    (
        |w| {
            let other = w.outer() * w.sigma();
            one((&w.d_bar - &(other * (w.inner() / w.sigma()))) / w.sigma())
        },
        "σ u vᵀ for u vᵀ",
        "σ u vᵀ stands where u vᵀ should. The slope of uᵀWv at W is u vᵀ.",
    ),
    (
        |w| {
            one((&w.d_bar * &w.outer() - w.outer() * (w.inner() / w.sigma()))
                / w.sigma())
        },
        "first term along u vᵀ",
        "The first term was multiplied by u vᵀ. It is the gradient as it is.",
    ),
];

pub fn normalised_backward(candidate: Backward) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § A slope that is bounded, equation 4.20",
        results: &["the gradient"],
        right: |w: &Weight| w.less(w.inner() / w.sigma()),
        suspects: WEIGHTS,
        terms: |w| {
            let second = w.outer() * (-w.inner() / w.sigma().powi(2));
            vec![
                ("the first term, ∂L/∂W̄ over σ,", one(&w.d_bar / w.sigma())),
                ("the second term, that of u vᵀ,", one(second)),
            ]
        },
        others: |w| {
            let with = |w_: Array2<f64>, u: Array1<f64>, v: Array1<f64>| {
                Weight { w: w_, u, v, d_bar: w.d_bar.clone() }
            };
            let length = |v: &Array1<f64>| v / v.dot(v).sqrt();
            let ones = |v: &Array1<f64>| length(&Array1::ones(v.len()));
            vec![
                (
                    "if u were the same in all places".into(),
                    with(w.w.clone(), ones(&w.u), w.v.clone()),
                ),
                (
                    "if v were the same in all places".into(),
                    with(w.w.clone(), w.u.clone(), ones(&w.v)),
                ),
                ("after one more step of power iteration".into(), {
                    let v = length(&w.w.t().dot(&w.u));
                    with(w.w.clone(), length(&w.w.dot(&v)), v)
                }),
            ]
        },
        numbers: |w| {
            let (i, o) = w.w.dim();
            vec![("σ", w.sigma()), ("I", i as f64), ("O", o as f64)]
        },
        tolerance: 1e-10,
    };
    let (u, v) = (array![0.8, 0.6], array![2.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0]);
    let w = array![[2.0, -0.5, 0.3], [0.4, 1.0, -1.2]];
    let d_bar = array![[0.7, -1.1, 0.2], [1.3, 0.5, -0.4]];
    let zeros = |w: &Array2<f64>| w * 0.0;
    exercise.judge(
        &[
            (
                "W of [2, 3]",
                Weight { w: w.clone(), u: u.clone(), v: v.clone(), d_bar },
            ),
            (
                "W of [3, 2], with zeros",
                Weight {
                    w: array![[2.0, 0.0], [0.0, 1.0], [0.0, -1.0]],
                    u: array![1.0, 0.0, 0.0],
                    v: array![0.6, 0.8],
                    d_bar: array![[1.0, 1.0], [1.0, 1.0], [0.0, -2.0]],
                },
            ),
            (
                "W of [2, 1]",
                Weight {
                    w: array![[300.0], [400.0]],
                    u: array![0.6, 0.8],
                    v: array![1.0],
                    d_bar: array![[-2.0], [5.0]],
                },
            ),
            (
                "W of [1, 4], with ±1,000",
                Weight {
                    w: array![[1000.0, -3.0, 0.0, 2.0]],
                    u: array![1.0],
                    v: array![0.5, -0.5, 0.5, 0.5],
                    d_bar: array![[0.4, -1000.0, 1.0, 0.0]],
                },
            ),
            ("a gradient of zeros", Weight { d_bar: zeros(&w), w, u, v }),
            (
                "W of [2, 2]",
                Weight {
                    w: array![[1.5, -0.4], [0.9, 0.7]],
                    u: array![0.8, 0.6],
                    v: array![0.28, 0.96],
                    d_bar: array![[0.3, -0.8], [1.2, 0.5]],
                },
            ),
        ],
        |w| one(candidate(&w.w, &w.u, &w.v, &w.d_bar)),
    )
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
            match distance {
                _ if near(here * here) => format!(
                    "The reason is right, and {distance:.3} is the square of the distance. Its root is asked for."
                ),
                _ if near(bare) => format!(
                    "The reason is right, and {distance:.3} is where it circles without R1: half of that square is left."
                ),
                _ => format!(
                    "The reason is right. Its number: without R1 the balance is at r² = 2η, and half of that is r² = {:.2}.",
                    here * here
                ),
            },
        ),
        Because::TheSquareIsHalved => Ok(()),
    }
}

/// A game, where it starts, how many steps, their size, what an average keeps; to the pair and its average.
type Trains = fn(Game, [f64; 2], usize, f64, f64) -> [[f64; 2]; 2];

/// What such a function is given.
struct Played {
    game: Game,
    start: [f64; 2],
    steps: usize,
    eta: f64,
    decay: f64,
}

fn both([w, m]: [[f64; 2]; 2]) -> Out {
    two((arr1(&w), arr1(&m)))
}

impl Played {
    /// Steps of the pair, each with its average behind it.
    fn by(
        &self,
        first: [f64; 2],
        step: fn(Game, [f64; 2], f64) -> [f64; 2],
        steps: usize,
        decay: f64,
    ) -> Out {
        let (mut w, mut mean) = (self.start, first);
        for _ in 0..steps {
            w = step(self.game, w, self.eta);
            mean = average(mean, w, decay);
        }
        both([w, mean])
    }

    /// All pairs from the first to the last.
    fn way(&self) -> Vec<[f64; 2]> {
        let mut way = vec![self.start];
        for n in 0..self.steps {
            way.push(in_turn(self.game, way[n], self.eta));
        }
        way
    }

    /// The pair where it ends, and this average.
    fn with(&self, mean: [f64; 2]) -> Out {
        both([*self.way().last().unwrap_or(&self.start), mean])
    }
}

const PLAYED: &[Suspect<Played>] = &[
    (
        |p| p.by(p.start, simultaneous, p.steps, p.decay),
        "both at once",
        "Both moved at once. In turn the generator answers the discriminator that has just moved; `alternating` does that.",
    ),
    (
        |p| {
            let (mut w, mut mean) = (p.start, p.start);
            for _ in 0..p.steps {
                w = in_turn(p.game, mean, p.eta);
                mean = average(mean, w, p.decay);
            }
            both([w, mean])
        },
        "the average plays",
        "The average takes part in the game. It only watches: the step is the pair's, and what the average is changes no step.",
    ),
    (
        |p| {
            let (mut w, mut mean) = (p.start, p.start);
            for _ in 0..p.steps {
                w = in_turn(p.game, w, p.eta);
                mean = average(mean, w, p.decay);
                w = mean;
            }
            both([w, mean])
        },
        "the average plays",
        "The pair goes on from its average. The average only watches: what it is changes no step.",
    ),
    (
        |p| {
            let way = p.way();
            let before = way.iter().take(p.steps);
            let mean = before.fold(p.start, |m, w| average(m, *w, p.decay));
            p.with(mean)
        },
        "averaged before the step",
        "The pair is averaged before it moves, so that the last step is missing and the start counts twice.",
    ),
    (
        |p| p.by([0.0; 2], in_turn, p.steps, p.decay),
        "the average begins at nothing",
        "The average begins at 0, which here happens to be the end of the game, and looks better than it is. It begins as the pair does.",
    ),
    (
        |p| p.by(p.start, in_turn, p.steps, 1.0 - p.decay),
        "keeps what it should forget",
        "The average keeps 1 - decay of itself, and so is nearly the pair. It keeps `decay`.",
    ),
    (
        |p| {
            let last = *p.way().last().unwrap_or(&p.start);
            p.with(average(p.start, last, p.decay))
        },
        "averaged once at the end",
        "The average saw the last pair alone. It takes something of each.",
    ),
    (
        |p| p.by(p.start, in_turn, p.steps.saturating_sub(1), p.decay),
        "one step too few",
        "There is one step too few.",
    ),
    (
        |p| p.by(p.start, in_turn, p.steps + 1, p.decay),
        "one step too many",
        "There is one step too many.",
    ),
    (
        |p| {
            let way = p.way();
            let n = way.len() as f64;
            let sum = |k: usize| way.iter().map(|w| w[k]).sum::<f64>();
            p.with([sum(0) / n, sum(1) / n])
        },
        "the mean of all",
        "This is the plain mean of all pairs. The average keeps `decay` of itself at each step, so that it forgets the first ones.",
    ),
    (
        |p| {
            let way = p.way();
            let n = (way.len() - 1).max(1) as f64;
            let sum =
                |k: usize| way.iter().skip(1).map(|w| w[k]).sum::<f64>();
            p.with([sum(0) / n, sum(1) / n])
        },
        "the mean of all",
        "This is the plain mean of all pairs. The average keeps `decay` of itself at each step, so that it forgets the first ones.",
    ),
    (
        |p| {
            let [w, mean] = [p.way(), vec![]];
            let mean = mean.last().unwrap_or(&p.start);
            both([*w.last().unwrap_or(&p.start), *mean])
        },
        "the average stays",
        "The average stays where it begins.",
    ),
    (
        |p| {
            let last = *p.way().last().unwrap_or(&p.start);
            p.with(last)
        },
        "the pair twice",
        "The average is the pair itself.",
    ),
    (
        |p| {
            let mut out = p.by(p.start, in_turn, p.steps, p.decay);
            out.reverse();
            out
        },
        "the average first",
        "Both are right, in the other order: the pair comes first.",
    ),
    (
        |p| {
            let add = |m: [f64; 2], w: &[f64; 2]| {
                [0, 1].map(|k| p.decay * m[k] + w[k])
            };
            p.with(p.way().iter().skip(1).fold(p.start, add))
        },
        "the new pair whole",
        "The average takes all of the new pair, and keeps `decay` of itself besides: it grows. It takes 1 - decay of it.",
    ),
    (
        |p| {
            let order = |game, w, eta| {
                let first = simultaneous(game, w, eta)[0];
                [first, simultaneous(game, [first, w[1]], eta)[1]]
            };
            p.by(p.start, order, p.steps, p.decay)
        },
        "generator first",
        "The generator moves first. In turn, the discriminator does; `alternating` does that.",
    ),
    (
        |p| {
            let game = Game { gamma: 0.0, ..p.game };
            Played { game, ..*p }.by(p.start, in_turn, p.steps, p.decay)
        },
        "penalty forgotten",
        "The game was played without its R1.",
    ),
    (
        |p| {
            let game = Game { score: Score::Linear, ..p.game };
            Played { game, ..*p }.by(p.start, in_turn, p.steps, p.decay)
        },
        "the linear game",
        "The linear game was played, whatever the game is.",
    ),
    (
        |p| {
            let (mut w, mut mean) = (p.start, p.start);
            for n in 0..p.steps {
                w = in_turn(p.game, w, p.eta);
                mean = if n == 0 { w } else { average(mean, w, p.decay) };
            }
            both([w, mean])
        },
        "the average begins after a step",
        "The average begins at the first pair behind a step. It begins as the pair does.",
    ),
    (
        |p| {
            let mut mean = p.start;
            for (n, w) in p.way().iter().skip(1).enumerate() {
                let n = n as f64;
                mean = average(mean, *w, p.decay.min((n + 1.0) / (n + 10.0)));
            }
            p.with(mean)
        },
        "a decay that warms up",
        "The average forgets faster at first, as that of a network does. Here it keeps `decay` from the first step on.",
    ),
    (
        |p| {
            let way = p.way();
            let after = way.iter().skip(1);
            let mean = after.fold(p.start, |m, w| average(m, *w, p.decay));
            p.with([mean[0], way[p.steps][1]])
        },
        "θ alone averaged",
        "θ alone is averaged. The average is one of both numbers.",
    ),
    (
        |p| {
            let mut mean = [0.0; 2];
            for (n, w) in p.way().iter().enumerate().skip(1) {
                mean = average(mean, *w, p.decay);
                if n == p.steps {
                    mean = mean.map(|m| m / (1.0 - p.decay.powf(n as f64)));
                }
            }
            p.with(if p.steps == 0 { p.start } else { mean })
        },
        "the start divided out",
        "The average begins at 0 and its start is divided out, as Adam does. Here it begins as the pair does, and keeps a share of that.",
    ),
    (
        |p| {
            let way = p.way();
            let mean = way.iter().skip(1);
            p.with(mean.fold(p.start, |m, w| average(m, *w, 0.5)))
        },
        "half and half",
        "The average keeps half of itself. It keeps `decay`.",
    ),
    (
        |p| {
            let w = in_turn(p.game, p.start, p.eta);
            let still = |mean, _| average(mean, w, p.decay);
            let mean = (0..p.steps).fold(p.start, still);
            both([if p.steps > 0 { w } else { p.start }, mean])
        },
        "each step from the start",
        "Each step begins at the start. It begins where the one before has led.",
    ),
    (
        |p| p.by(p.start, in_turn, p.steps.max(1), p.decay),
        "at least one step",
        "With no step to take, one is taken.",
    ),
    (
        |p| {
            let way = p.way();
            let mean = match p.steps {
                0 => p.start,
                n => average(way[n - 1], way[n], p.decay),
            };
            p.with(mean)
        },
        "the last two alone",
        "The average is one of the last two pairs alone. It is carried from step to step, and takes something of each.",
    ),
];

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § What averages do, equations 4.4 and 4.14",
        results: &["the pair", "its average"],
        right: |p: &Played| p.by(p.start, in_turn, p.steps, p.decay),
        suspects: PLAYED,
        terms: none,
        others: |p| {
            let mut all =
                in_place_of("η", p.eta, |eta| Played { eta, ..*p });
            all.extend(in_place_of("the decay", p.decay, |decay| Played {
                decay,
                ..*p
            }));
            let gamma = |gamma| Game { gamma, ..p.game };
            all.extend(in_place_of("γ", p.game.gamma, |g| Played {
                game: gamma(g),
                ..*p
            }));
            all
        },
        numbers: none,
        tolerance: 1e-10,
    };
    let game = |score, gamma| Game { score, gamma };
    let of = |game, start, steps, eta, decay| Played {
        game,
        start,
        steps,
        eta,
        decay,
    };
    let (line, curve) = (Score::Linear, Score::Logistic);
    exercise.judge(
        &[
            ("one step", of(game(line, 0.1), [0.5, 3.0], 1, 0.5, 0.7)),
            ("no step", of(game(line, 0.0), [1.5, -0.5], 0, 0.1, 0.9)),
            (
                "7 steps of the linear game",
                of(game(line, 0.0), [1.0, 0.5], 7, 0.3, 0.8),
            ),
            (
                "2 steps of the logistic game with R1",
                of(game(curve, 0.4), [1.0, -1.0], 2, 0.25, 0.6),
            ),
            (
                "40 steps of the logistic game with R1",
                of(game(curve, 0.4), [-2.0, 1.0], 40, 0.2, 0.95),
            ),
            (
                "3 steps from ±1,000",
                of(game(line, 1.0), [1000.0, -1000.0], 3, 0.2, 0.5),
            ),
        ],
        |p| both(candidate(p.game, p.start, p.steps, p.eta, p.decay)),
    )
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

/// The slopes, and λ.
type Slopes = (Array2<f64>, f64);

/// The mean over rows of a function of the length, and its gradient, by which the row is multiplied.
fn of_length(
    (v, lambda): &Slopes,
    value: fn(f64) -> f64,
    along: fn(f64) -> f64,
) -> Out {
    let (rows, mut sum, mut d_v) = (v.nrows() as f64, 0.0, v.clone());
    for mut row in d_v.rows_mut() {
        let n = row.dot(&row).sqrt();
        sum += lambda * value(n) / rows;
        row *= if n > 0.0 { lambda * along(n) / rows } else { 0.0 };
    }
    two((arr0(sum), d_v))
}

fn square(n: f64) -> f64 {
    (n - 1.0).powi(2)
}

fn over(n: f64) -> f64 {
    (n - 1.0).max(0.0)
}

fn sign(a: f64) -> f64 {
    if a == 0.0 { 0.0 } else { a.signum() }
}

/// A penalty on the lengths of the columns, divided by so many.
fn of_columns((v, lambda): &Slopes, lanes: usize) -> Out {
    let (lanes, mut sum, mut d_v) = (lanes as f64, 0.0, v.clone());
    for mut lane in d_v.columns_mut() {
        let n = lane.dot(&lane).sqrt();
        sum += lambda * square(n) / lanes;
        lane *=
            if n > 0.0 { lambda * 2.0 * (n - 1.0) / n / lanes } else { 0.0 };
    }
    two((arr0(sum), d_v))
}

const PENALTIES: &[Suspect<Slopes>] = &[
    (
        |(v, lambda)| {
            let n = (v * v).sum().sqrt();
            let along = if n > 0.0 { 2.0 * (n - 1.0) / n } else { 0.0 };
            two((arr0(lambda * square(n)), v * (lambda * along)))
        },
        "length of the batch",
        "The length is taken over the whole batch. Each point has a slope of its own: a length for each row, and the mean over rows of \
         what is lost.",
    ),
    (
        |v| of_length(v, square, |n| 2.0 * (n - 1.0)),
        "division forgotten",
        "The slope of a length n at its vector v is v / n, of length 1. Yours is v: a row is pushed n times as hard as it should be.",
    ),
    (
        |v| of_length(v, |n| n * n, |_| 2.0),
        "R1 instead",
        "This is the mean squared length, which R1 penalises and which draws slopes to 0. Here they are drawn to 1.",
    ),
    (
        |v| of_length(v, square, |n| 2.0 * (n - 1.0) / (n * n)),
        "divided twice",
        "The row was divided by its squared length. The slope of a length n at its vector v is v / n.",
    ),
    (
        |v| of_length(v, |n| (n * n - 1.0).powi(2), |n| 4.0 * (n * n - 1.0)),
        "square of the length",
        "The squared length is compared with 1. It is the length itself: take the root first.",
    ),
    (
        |v| of_length(v, |n| over(n).powi(2), |n| 2.0 * over(n) / n),
        "one-sided",
        "Slopes below 1 go unpunished. That penalty exists too; equation 4.26 asks for 1 from both sides.",
    ),
    (
        |v| of_length(v, |n| (n - 1.0).abs(), |n| sign(n - 1.0) / n),
        "distance for its square",
        "The distance of the length from 1 is penalised as it is. It is its square: near 1 it costs little.",
    ),
    (
        |(v, lambda)| {
            let rows = v.nrows() as f64;
            let n: Vec<f64> =
                v.rows().into_iter().map(|v| v.dot(&v).sqrt()).collect();
            let mean = n.iter().sum::<f64>() / rows;
            let mut d_v = v * (2.0 * lambda * (mean - 1.0) / rows);
            for (mut row, n) in d_v.rows_mut().into_iter().zip(&n) {
                row /= if *n > 0.0 { *n } else { 1.0 };
            }
            two((arr0(lambda * square(mean)), d_v))
        },
        "the mean length",
        "The mean length is compared with 1. It is each length: else a row of 0 and one of 2 would cost nothing.",
    ),
    (
        |v| of_length(v, |n| square(n) * 2.0, |n| 2.0 * (n - 1.0) / n),
        "penalty doubled",
        "The penalty is twice what it should be; its gradient is right.",
    ),
    (
        |v| {
            let rows = v.0.nrows() as f64;
            of_length(&(v.0.clone(), v.1 * rows), square, |n| {
                2.0 * (n - 1.0) / n
            })
        },
        "sum over rows",
        "This is the sum over rows; the penalty is their mean, and its gradient too has a 1 / B.",
    ),
    (
        |v| of_length(v, square, |n| (n - 1.0) / n),
        "two forgotten",
        "The gradient is half of what it should be everywhere: a square's slope has a factor 2.",
    ),
    (
        |(v, lambda)| {
            let rows = v.nrows() as f64;
            let value = v.mapv(|a| lambda * square(a.abs())).sum() / rows;
            let slope = |a: f64| 2.0 * lambda * (a.abs() - 1.0) * sign(a);
            two((arr0(value), v.mapv(slope) / rows))
        },
        "number by number",
        "Each number is compared with 1. It is the length of the row that is: the root of the sum of its squares.",
    ),
    (
        |(v, lambda)| {
            let rows = v.nrows() as f64;
            let (mut sum, mut d_v) = (0.0, v.clone());
            for mut row in d_v.rows_mut() {
                let n = row.mapv(f64::abs).sum();
                sum += lambda * square(n) / rows;
                row.mapv_inplace(|a| {
                    2.0 * lambda * (n - 1.0) * sign(a) / rows
                });
            }
            two((arr0(sum), d_v))
        },
        "sum of sizes",
        "The sizes of a row's numbers were added up. Its length is the root of the sum of their squares.",
    ),
    (
        |v| of_columns(v, v.0.ncols()),
        "length of columns",
        "The lengths are those of the columns. A point's slope is a row.",
    ),
    (
        |v| of_columns(v, v.0.nrows()),
        "length of columns",
        "The lengths are those of the columns. A point's slope is a row.",
    ),
    (
        |(v, lambda)| {
            let (rows, mut sum, mut d_v) = (v.nrows() as f64, 0.0, v.clone());
            for mut row in d_v.rows_mut() {
                let n = row.dot(&row).sqrt();
                sum += lambda * square(n) / rows;
                row *= 2.0 * lambda * (n - 1.0) / (n * rows);
            }
            two((arr0(sum), d_v))
        },
        "zero over zero",
        "The gradient of a row of zeros is NaN, 0 divided by 0. There the length has no slope; the gradient in use is 0.",
    ),
    (
        |(v, lambda)| {
            let (rows, mut sum, mut d_v) = (v.nrows() as f64, 0.0, v.clone());
            for mut row in d_v.rows_mut() {
                let n = row.dot(&row).sqrt();
                if n == 0.0 {
                    continue;
                }
                sum += lambda * square(n) / rows;
                row *= 2.0 * lambda * (n - 1.0) / (n * rows);
            }
            two((arr0(sum), d_v))
        },
        "a row of zeros costs nothing",
        "A row of zeros was left out of the penalty. Its gradient is 0, but its length is 1 away from 1, and that costs λ / B.",
    ),
    (
        |v| of_length(v, square, |n| 2.0 * (n - 1.0).abs() / n),
        "sign of the distance",
        "Rows shorter than 1 are drawn to 0. The slope of (n - 1)² is 2 (n - 1), which is negative there: such a row is to grow.",
    ),
    (
        |v| of_length(v, square, |n| 2.0 * over(n) / n),
        "one-sided gradient",
        "The penalty is right, and its gradient is 0 for rows shorter than 1. They are to grow.",
    ),
    (
        |v| of_length(v, square, |n| 2.0 * square(n) / n),
        "slope of the square",
        "The gradient has the square (n - 1)² in it. Its slope is 2 (n - 1).",
    ),
    (
        |v| of_length(v, square, |n| 2.0 / n),
        "slope of the square",
        "The gradient lacks the distance: the slope of (n - 1)² is 2 (n - 1), which is 0 at a length of 1.",
    ),
    (
        |v| of_length(v, |n| (n + 1.0).powi(2), |n| 2.0 * (n + 1.0) / n),
        "sign of the one",
        "1 was added to the length. It is compared with 1: (n - 1)².",
    ),
    (
        |v| of_length(v, |n| n - 1.0, |n| 2.0 * (n - 1.0) / n),
        "square forgotten",
        "The penalty lacks its square; its gradient is right.",
    ),
    (
        |v| of_length(v, |n| n - 1.0, |n| 1.0 / n),
        "square forgotten",
        "The distance of the length from 1 is not squared.",
    ),
    (
        |v| of_length(v, |n| 1.0 - n * n, |n| -2.0 * n / n),
        "square of the length",
        "1 - n² is not (n - 1)².",
    ),
    (
        |v| of_length(v, |n| (n * n - 1.0).powi(2), |n| 2.0 * (n - 1.0) / n),
        "square of the length",
        "In the penalty the squared length is compared with 1. It is the length itself; the gradient is right.",
    ),
    (
        |(v, lambda)| {
            let rows = v.nrows() as f64;
            let (mut sum, mut d_v) = (0.0, v.clone());
            for mut row in d_v.rows_mut() {
                let n = row.fold(0.0_f64, |most, a| most.max(a.abs()));
                sum += lambda * square(n) / rows;
                row *= if n > 0.0 {
                    2.0 * lambda * (n - 1.0) / n / rows
                } else {
                    0.0
                };
            }
            two((arr0(sum), d_v))
        },
        "the largest number",
        "The largest number of a row was taken for its length. That is the root of the sum of the squares.",
    ),
    (
        |(v, lambda)| {
            let (rows, width) = (v.nrows() as f64, v.ncols() as f64);
            let (mut sum, mut d_v) = (0.0, v.clone());
            for mut row in d_v.rows_mut() {
                let n = (row.dot(&row) / width).sqrt();
                sum += lambda * square(n) / rows;
                row *= if n > 0.0 {
                    2.0 * lambda * (n - 1.0) / n / rows / width
                } else {
                    0.0
                };
            }
            two((arr0(sum), d_v))
        },
        "mean of the squares",
        "The squares of a row were averaged under the root. They add up: a length is the root of their sum.",
    ),
];

pub fn penalty_gradient(candidate: Penalty) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § Why gradients vanish, equations 4.26 and 4.27",
        results: &["the penalty", "its gradient"],
        right: |v| of_length(v, square, |n| 2.0 * (n - 1.0) / n),
        suspects: PENALTIES,
        terms: none,
        others: |(v, l)| in_place_of("λ", *l, |l| (v.clone(), l)),
        numbers: |(v, lambda): &Slopes| {
            let (b, x) = v.dim();
            vec![("B", b as f64), ("X", x as f64), ("λ", *lambda)]
        },
        tolerance: 1e-9,
    };
    exercise.judge(
        &[
            (
                "two rows of three",
                (array![[3.0, -4.0, 0.0], [0.2, 0.0, 0.1]], 10.0),
            ),
            ("one row, of length 1", (array![[0.6, 0.8]], 0.5)),
            (
                "one row of four, shorter than 1",
                (array![[0.1, -0.2, 0.4, 0.0]], 3.0),
            ),
            (
                "a row of zeros and one of -1,000",
                (array![[0.0, 0.0], [1.0, 1.0], [-1000.0, 0.0]], 2.0),
            ),
            (
                "four rows of one number",
                (array![[0.1], [-2.0], [0.4], [0.5]], 1.0),
            ),
            (
                "five equal rows",
                (
                    Array2::from_elem((5, 3), 0.5) * array![1.0, -1.0, 3.0],
                    4.0,
                ),
            ),
        ],
        |(v, lambda)| {
            let (value, d_v) = candidate(v, *lambda);
            two((arr0(value), d_v))
        },
    )
}

type Pair = (Array2<f64>, Array2<f64>);

/// A discriminator with one hidden layer, its inputs, and γ.
struct Small {
    x: Array2<f64>,
    w1: Array2<f64>,
    b1: Array1<f64>,
    w2: Array2<f64>,
    gamma: f64,
}

impl Small {
    /// `[B, H]`
    fn slopes(&self, below: f64) -> Array2<f64> {
        let y = self.x.dot(&self.w1) + &self.b1;
        y.mapv(|y| if y > 0.0 { 1.0 } else { below })
    }

    /// The gradients at the hidden layer's sum. `[B, H]`
    fn u(&self) -> Array2<f64> {
        self.slopes(0.2) * self.w2.t()
    }

    /// The slopes of the logit. `[B, X]`
    fn v(&self) -> Array2<f64> {
        self.u().dot(&self.w1.t())
    }

    fn rows(&self) -> f64 {
        self.x.nrows() as f64
    }

    /// R1's gradient at the slopes.
    fn d_v(&self) -> Array2<f64> {
        self.v() * (self.gamma / self.rows())
    }

    /// From the gradient at the slopes to both weights.
    fn at(&self, d_v: &Array2<f64>) -> Pair {
        let d_w2 = (self.slopes(0.2) * d_v.dot(&self.w1)).sum_axis(Axis(0));
        (d_v.t().dot(&self.u()), d_w2.insert_axis(Axis(1)))
    }

    /// All of it with other slopes of the activation.
    fn with_slopes(&self, slopes: Array2<f64>) -> Out {
        let u = &slopes * &self.w2.t();
        let d_v = u.dot(&self.w1.t()) * (self.gamma / self.rows());
        let d_w2 = (slopes * d_v.dot(&self.w1)).sum_axis(Axis(0));
        two((d_v.t().dot(&u), d_w2.insert_axis(Axis(1))))
    }
}

const STEEP: &[Suspect<Small>] = &[
    (
        |d| two(d.at(&(d.d_v() * d.rows()))),
        "mean forgotten",
        "R1 is a mean over the batch; the 1 / B is missing, and the penalty grows with the batch.",
    ),
    (
        |d| two(d.at(&(d.d_v() * 2.0))),
        "half forgotten",
        "This is twice too large: the 1/2 in gamma / 2 cancels the 2 of the square.",
    ),
    (
        |d| two(d.at(&(d.d_v() * 0.5))),
        "two forgotten",
        "This is half of it: the 2 of the square cancels the 1/2 in gamma / 2.",
    ),
    (
        |d| {
            let v = d.v();
            let length = v.map_axis(Axis(1), |v| v.dot(&v).sqrt());
            let unit = v / length.insert_axis(Axis(1));
            two(d.at(&(unit * (0.5 * d.gamma / d.rows()))))
        },
        "length",
        "This penalises the length of the gradient. R1 takes its square, whose pull fades as the gradient does; the length pulls \
         equally hard however flat D is.",
    ),
    (
        |d| two(d.at(&(d.d_v() / d.rows().powi(2)))),
        "mean logit",
        "The gradient was taken of the mean logit, so each row's is B times too small, and the penalty B squared times too weak. Each \
         row has its own logit: take the gradient of their sum.",
    ),
    (
        |d| {
            let mean =
                d.v().sum_axis(Axis(0)).insert_axis(Axis(0)) / d.rows();
            let all = Array2::zeros(d.x.raw_dim()) + &mean;
            two(d.at(&(all * (d.gamma / d.rows()))))
        },
        "mean slope",
        "The slopes were averaged over the batch before they were squared. Rows whose slopes point opposite ways would cost nothing.",
    ),
    (
        |d| two((Array2::zeros(d.w1.raw_dim()), d.at(&d.d_v()).1)),
        "last layer only",
        "The first layer gets nothing. Its slopes are constants, but w1 itself is a factor of ds/dx.",
    ),
    (
        |d| two((d.at(&d.d_v()).0, Array2::zeros(d.w2.raw_dim()))),
        "first layer only",
        "The last layer gets nothing. w2 is a factor of ds/dx too.",
    ),
    (
        |d| {
            let d_w2 = d.d_v().dot(&d.w1).sum_axis(Axis(0));
            two((d.at(&d.d_v()).0, d_w2.insert_axis(Axis(1))))
        },
        "slopes forgotten at w2",
        "At w2 the activation's slopes are missing. u is slopes · w2, so what comes back at u is multiplied by the slopes.",
    ),
    (
        |d| {
            let flat = d.w2.t();
            let u = Array2::zeros((d.x.nrows(), d.w1.ncols())) + flat;
            two((d.d_v().t().dot(&u), d.at(&d.d_v()).1))
        },
        "slopes forgotten at w1",
        "At w1 the activation's slopes are missing: u is slopes · w2, not w2.",
    ),
    (
        |d| d.with_slopes(Array2::ones((d.x.nrows(), d.w1.ncols()))),
        "no activation",
        "The activation is missing: its slope is 1 for sums above 0 and 0.2 below.",
    ),
    (
        |d| d.with_slopes(d.slopes(0.0)),
        "ReLU",
        "The slope below zero was taken for 0. It is 0.2: the activation is leaky.",
    ),
    (
        |d| {
            let y = d.x.dot(&d.w1);
            d.with_slopes(y.mapv(|y| if y > 0.0 { 1.0 } else { 0.2 }))
        },
        "bias forgotten",
        "The slopes were taken without the bias. It has no gradient here, but it decides on which side of zero a sum lies.",
    ),
    (
        |d| d.with_slopes(d.slopes(0.1)),
        "another slope",
        "The slope below zero is 0.2, and not 0.1.",
    ),
    (
        |d| d.with_slopes(d.slopes(0.01)),
        "another slope",
        "The slope below zero is 0.2, and not 0.01.",
    ),
    (
        |d| {
            let (d_v, u) = (d.d_v(), d.u());
            two((d_v.t().dot(&(u * d.slopes(0.2))), d.at(&d_v).1))
        },
        "slopes twice at w1",
        "At w1 the activation's slopes are multiplied on twice. They are in u already.",
    ),
    (
        |d| {
            let (d_v, slopes) = (d.d_v(), d.slopes(0.2));
            let d_u = &slopes * &slopes * d_v.dot(&d.w1);
            let d_w2 = d_u.sum_axis(Axis(0)).insert_axis(Axis(1));
            two((d.at(&d_v).0, d_w2))
        },
        "slopes twice at w2",
        "At w2 the activation's slopes are multiplied on twice. u is slopes · w2: its slope in w2 has them once.",
    ),
    (
        |d| {
            let d_v = d.d_v();
            let d_w2 = (d.u() * d_v.dot(&d.w1)).sum_axis(Axis(0));
            two((d.at(&d_v).0, d_w2.insert_axis(Axis(1))))
        },
        "w2 in its own gradient",
        "w2 is a factor in its own gradient. u is slopes · w2, so its slope in w2 is the slopes alone.",
    ),
    (
        |d| {
            let y = d.x.dot(&d.w1) + &d.b1;
            d.with_slopes(y.mapv(|y| if y > 0.0 { 0.2 } else { 1.0 }))
        },
        "slopes exchanged",
        "The slopes are exchanged: 1 above zero, 0.2 below.",
    ),
    (
        |d| {
            let y = d.x.dot(&d.w1) + &d.b1;
            d.with_slopes(y.mapv(|y| if y > 0.0 { y } else { 0.2 * y }))
        },
        "the activation for its slope",
        "The hidden layer's output stands where the slopes of its activation should: 1 or 0.2, nothing else.",
    ),
    (
        |d| {
            let slopes = d.slopes(0.2);
            let d_v = slopes.dot(&d.w1.t()) * (d.gamma / d.rows());
            let d_w2 = (&slopes * &d_v.dot(&d.w1)).sum_axis(Axis(0));
            two((d_v.t().dot(&slopes), d_w2.insert_axis(Axis(1))))
        },
        "w2 forgotten",
        "w2 is missing in ds/dx: it is slopes · w2, times w1 turned over.",
    ),
    (
        |d| {
            let y = d.x.dot(&d.w1) + &d.b1;
            let h = y.mapv(|y| if y > 0.0 { y } else { 0.2 * y });
            let d_w2 = h.sum_axis(Axis(0)).insert_axis(Axis(1)) / d.rows();
            two((d.x.t().dot(&d.u()) / d.rows(), d_w2))
        },
        "of the logit",
        "This is the gradient of the mean logit at the weights. R1 is made of the logit's gradient at x, squared.",
    ),
    (
        |d| {
            let (d_w1, d_w2) = d.at(&d.d_v());
            two((
                d.x.t().dot(&d.u()) * (d.gamma / d.rows()) + d_w1 * 0.0,
                d_w2,
            ))
        },
        "x for d",
        "At w1 the examples stand where the gradient at ds/dx should. Equation 4.31 looks like chapter 0's, but the batch before the \
         layer is d, not x.",
    ),
    (
        |d| {
            let (d_w1, d_w2) = d.at(&d.d_v());
            two((d_w1.reversed_axes(), d_w2))
        },
        "transposed",
        "The gradient at w1 is turned over. A gradient has the shape of what it is the gradient of: `[X, H]`.",
    ),
    (
        |d| {
            let (d_w1, d_w2) = d.at(&d.d_v());
            two((d_w1, d_w2.reversed_axes()))
        },
        "transposed",
        "The gradient at w2 is turned over. A gradient has the shape of what it is the gradient of: `[H, 1]`.",
    ),
    (
        |d| {
            let (d_w1, d_w2) = d.at(&d.d_v());
            two((d_w1.reversed_axes(), d_w2.reversed_axes()))
        },
        "transposed",
        "Both gradients are turned over. A gradient has the shape of what it is the gradient of.",
    ),
    (
        |d| match d.w1.is_square() {
            true => {
                let (u, slopes) = (d.u(), d.slopes(0.2));
                let d_v = u.dot(&d.w1) * (d.gamma / d.rows());
                let d_w2 = (slopes * d_v.dot(&d.w1)).sum_axis(Axis(0));
                two((d_v.t().dot(&u), d_w2.insert_axis(Axis(1))))
            }
            false => vec![],
        },
        "w1 not turned over",
        "ds/dx is u times w1 *turned over*: the way back multiplies by the transpose.",
    ),
    (
        |d| match d.w1.is_square() {
            true => {
                let (slopes, d_v) = (d.slopes(0.2), d.d_v());
                let d_w2 = (slopes * d_v.dot(&d.w1.t())).sum_axis(Axis(0));
                two((d.at(&d_v).0, d_w2.insert_axis(Axis(1))))
            }
            false => vec![],
        },
        "w1 turned over on the way to w2",
        "On the way to w2 the gradient at ds/dx is multiplied by w1 as it is: ds/dx was made with the transpose, and its way back has \
         the transpose of that.",
    ),
    (
        |d| {
            let y = d.x.dot(&d.w1) - &d.b1;
            d.with_slopes(y.mapv(|y| if y > 0.0 { 1.0 } else { 0.2 }))
        },
        "sign of the bias",
        "The bias was taken off. It is added before the activation.",
    ),
    (
        |d| {
            let (d_v, slopes) = (d.d_v(), d.slopes(0.2));
            let d_w2 = (slopes * d_v.dot(&d.w1)).sum_axis(Axis(1));
            two((d.at(&d_v).0, d_w2.insert_axis(Axis(1))))
        },
        "sum over the wrong axis",
        "At w2 the sum is over the hidden units. It is over the rows of the batch: each unit's weight hears from every example.",
    ),
    (
        |d| {
            let v = d.v();
            two(d.at(&(&v * &v * (d.gamma / d.rows()))))
        },
        "square not differentiated",
        "The gradient at ds/dx has its square. The slope of γ/2 v² is γ v.",
    ),
    (
        |d| {
            let ones = Array2::ones(d.x.raw_dim()) * (d.gamma / d.rows());
            two(d.at(&ones))
        },
        "v left out",
        "The gradient at ds/dx is the same for all. The slope of γ/2 v² is γ v.",
    ),
    (
        |d| two(d.at(&(&d.x * (d.gamma / d.rows())))),
        "x for v",
        "x stands where ds/dx should: what is penalised is the slope at x.",
    ),
];

pub fn r1_gradient(candidate: R1Gradient) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § A penalty on steepness, equation 4.31",
        results: &["the gradient at w1", "the gradient at w2"],
        right: |d: &Small| two(d.at(&d.d_v())),
        suspects: STEEP,
        terms: none,
        others: none,
        numbers: |d| {
            let (x, h) = d.w1.dim();
            vec![
                ("B", d.rows()),
                ("X", x as f64),
                ("H", h as f64),
                ("γ", d.gamma),
            ]
        },
        tolerance: 1e-10,
    };
    let x = array![
        [1.0, -0.5, 0.2],
        [0.3, 2.0, -1.0],
        [-1.5, 0.1, 0.4],
        [0.7, -0.3, 1.1]
    ];
    let w1 = array![[0.5, -1.0, 0.3], [1.2, 0.4, -0.7], [-0.2, 0.9, 1.1]];
    exercise.judge(
        &[
            (
                "B = 4, X = 3, H = 5",
                Small {
                    x: x.clone(),
                    w1: array![
                        [0.5, -1.0, 0.3, 0.8, -0.4],
                        [1.2, 0.4, -0.7, -0.1, 0.6],
                        [-0.2, 0.9, 1.1, 0.5, -1.3]
                    ],
                    b1: array![0.1, -0.6, 0.2, 0.7, -0.3],
                    w2: array![[0.8], [-1.5], [0.6], [0.3], [-0.9]],
                    gamma: 0.7,
                },
            ),
            (
                "one row, B = 1, X = 4, H = 2",
                Small {
                    x: array![[0.4, 0.0, -1.0, 2.0]],
                    w1: array![
                        [0.3, 1.0],
                        [-0.6, 0.2],
                        [0.9, 0.7],
                        [0.5, -0.8]
                    ],
                    b1: array![-0.4, 0.3],
                    w2: array![[1.1], [-0.7]],
                    gamma: 3.0,
                },
            ),
            (
                "B = 5, X = 1, H = 3, with zeros and ±1,000",
                Small {
                    x: array![[0.0], [1000.0], [-1000.0], [0.5], [0.5]],
                    w1: array![[0.4, -1.2, 0.0]],
                    b1: array![0.3, -0.1, 0.5],
                    w2: array![[1.0], [0.0], [-2.0]],
                    gamma: 10.0,
                },
            ),
            (
                "B = 4, X = 3, H = 3",
                Small {
                    x,
                    w1,
                    b1: array![0.1, -0.6, 0.2],
                    w2: array![[0.8], [-1.5], [0.6]],
                    gamma: 1.6,
                },
            ),
        ],
        |d| two(candidate(&d.x, &d.w1, &d.b1, &d.w2, d.gamma)),
    )
}

type R1Gradient =
    fn(&Array2<f64>, &Array2<f64>, &Array1<f64>, &Array2<f64>, f64) -> Pair;

/// Real examples, fakes, and how many make a pack.
type Batches = (Array2<f64>, Array2<f64>, usize);

/// Packs of these rows: `of(n, j)` is the j-th row of the n-th pack.
fn packs(
    (real, fake, pack): &Batches,
    of: impl Fn(usize, usize) -> usize,
) -> Out {
    let packs = real.nrows() / pack;
    let one = |x: &Array2<f64>| {
        let rows = (0..packs).flat_map(|n| (0..*pack).map(move |j| (n, j)));
        let rows: Vec<_> = rows.map(|(n, j)| of(n, j)).collect();
        let x = x.select(Axis(0), &rows);
        x.to_shape((packs, pack * x.ncols())).expect("as many").into_owned()
    };
    two((one(real), one(fake)))
}

/// Both batches, each seen in another way.
fn each(
    (real, fake, _): &Batches,
    of: impl Fn(&Array2<f64>) -> Array2<f64>,
) -> Out {
    two((of(real), of(fake)))
}

/// The columns of each pack in another order.
fn columns(b: &Batches, of: impl Fn(usize) -> usize) -> Out {
    let (width, pack) = (b.0.ncols(), b.2);
    let right = packs(b, |n, j| n * pack + j);
    let order: Vec<_> = (0..width * pack).map(of).collect();
    right.iter().map(|a| a.select(Axis(1), &order)).collect()
}

const PACKS: &[Suspect<Batches>] = &[
    (
        |b| {
            let (width, pack) = (b.0.ncols(), b.2);
            columns(b, |c| (c % pack) * width + c / pack)
        },
        "features beside features",
        "The features of a pack are shuffled together. Put whole examples side by side, one after the other, so that the way back can \
         take them apart.",
    ),
    (
        |b| {
            each(b, |x| {
                let shape = (x.nrows() / b.2, b.2, x.ncols());
                let x = x.to_shape(shape).expect("as many");
                x.sum_axis(Axis(1)) / b.2 as f64
            })
        },
        "averaged",
        "The examples of a pack were averaged. That keeps one number for each feature and hides what packing is to show: that two \
         fakes are alike.",
    ),
    (
        |b| {
            each(b, |x| {
                let shape = (x.nrows() / b.2, b.2, x.ncols());
                x.to_shape(shape).expect("as many").sum_axis(Axis(1))
            })
        },
        "added up",
        "The examples of a pack were added up. They stand side by side, and the pack is as many times as wide.",
    ),
    (
        |b| {
            let packs_ = b.0.nrows() / b.2;
            packs(b, |n, j| j * packs_ + n)
        },
        "rows that are far apart",
        "A pack's rows lie B / pack apart. Neighbours make a pack: the first `pack` rows are the first.",
    ),
    (
        |b| packs(b, |n, j| n * b.2 + (b.2 - 1 - j)),
        "last row first",
        "The rows of a pack stand in the other order.",
    ),
    (
        |b| packs(b, |n, j| (n + j) % b.0.nrows()),
        "overlapping",
        "Each pack begins one row behind the one before, so that they share rows. A row stands in one pack: the next begins where this \
         one ends.",
    ),
    (
        |b| {
            let x = packs(b, |n, j| n * b.2 + j);
            vec![x[1].clone(), x[0].clone()]
        },
        "fakes first",
        "The packs of fakes come first. Those of real examples do.",
    ),
    (
        |b| {
            let x = packs(b, |n, j| n * b.2 + j);
            vec![x[0].clone(), x[0].clone()]
        },
        "real twice",
        "The packs of real examples stand in both places.",
    ),
    (
        |b| {
            vec![
                packs(b, |n, j| n * b.2 + j).remove(0),
                b.1.clone().into_dyn(),
            ]
        },
        "fakes not packed",
        "The fakes are as they came. A discriminator that is shown packs is shown packs of both.",
    ),
    (
        |b| {
            each(b, |x| {
                let shape = (b.2, x.len() / b.2);
                x.to_shape(shape).expect("as many").into_owned()
            })
        },
        "shape exchanged",
        "There are `pack` rows here, of B / pack examples each. There are B / pack packs, of `pack` examples each.",
    ),
    (
        |b| {
            let even = b.0.nrows().is_multiple_of(2);
            let of = |x: &Array2<f64>| {
                let shape = (x.nrows() / 2, 2 * x.ncols());
                x.to_shape(shape).expect("as many").into_owned()
            };
            if even { each(b, of) } else { vec![] }
        },
        "always two",
        "Two examples make a pack here, whatever `pack` is.",
    ),
    (
        |b| each(b, |x| x.slice(s![..x.nrows() / b.2, ..]).to_owned()),
        "the first rows alone",
        "These are the first rows, one for each pack, and the others are nowhere. A pack holds `pack` examples, side by side.",
    ),
    (
        |b| {
            each(b, |x| {
                let rows = x.nrows() / b.2;
                let x = x.slice(s![..rows * b.2;b.2, ..]);
                x.to_owned()
            })
        },
        "every so many rows",
        "Only the first row of each pack is there. The others stand beside it.",
    ),
    (
        |b| {
            each(b, |x| {
                let shape = (x.nrows() / b.2, b.2 * x.ncols());
                let turned = x.t().as_standard_layout().into_owned();
                turned.to_shape(shape).expect("as many").into_owned()
            })
        },
        "columns laid out",
        "The numbers were laid out column by column. Lay the rows one behind the other.",
    ),
    (
        |b| {
            let x = concatenate![Axis(0), b.0, b.1];
            let shape = (x.nrows() / b.2, b.2 * x.ncols());
            let all = x.to_shape(shape).expect("as many").into_owned();
            two((all.clone(), all))
        },
        "one batch of both",
        "Real packs and packs of fakes are in one array. Each batch has its own.",
    ),
    (
        |b| each(b, Clone::clone),
        "not packed",
        "The batches are as they came. A pack is one row, `pack` times as wide.",
    ),
    (
        |b| {
            let x = packs(b, |n, j| n * b.2 + j);
            vec![x[1].clone(), x[1].clone()]
        },
        "fakes twice",
        "The packs of fakes stand in both places.",
    ),
];

pub fn packing(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Pair,
) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 4, § Side by side, equation 4.33",
        results: &["the packs of real examples", "the packs of fakes"],
        right: |b: &Batches| packs(b, |n, j| n * b.2 + j),
        suspects: PACKS,
        terms: none,
        others: none,
        numbers: |b| vec![("pack", b.2 as f64)],
        tolerance: 1e-10,
    };
    // Real numbers are above 0 and fakes below, and no two are alike.
    let of = |b: usize, x: usize, pack: usize| -> Batches {
        let number = |(n, c): (usize, usize)| match (n, c) {
            (0, 0) => 1000.0,
            _ => 0.5 + (n * x + c) as f64,
        };
        let real = Array2::from_shape_fn((b, x), number);
        let fake = -&real * 1.5;
        (real, fake, pack)
    };
    let inputs = [
        ("B = 4, X = 3, pack = 2", of(4, 3, 2)),
        ("B = 6, X = 2, pack = 3", of(6, 2, 3)),
        ("B = 6, X = 4, pack = 2", of(6, 4, 2)),
        ("pack = 1", of(2, 3, 1)),
        ("one pack of all, B = 4", of(4, 2, 4)),
        ("X = 1, B = 8, pack = 4", of(8, 1, 4)),
    ];
    let judged = exercise.judge(&inputs, |(real, fake, pack)| {
        two(candidate(real, fake, *pack))
    });
    judged.map_err(|told| match told.mistake {
        "value" | "wrong shape" => {
            let (real, fake, pack) = &inputs[0].1;
            let came = candidate(real, fake, *pack).0;
            mixture(&came, real.ncols(), told)
        }
        _ => told,
    })
}

/// What a pack that came holds: a fake beside a real example, or an example again.
fn mixture(came: &Array2<f64>, width: usize, told: Diagnosis) -> Diagnosis {
    let both = |row: &[f64]| {
        row.iter().any(|v| *v > 0.0) && row.iter().any(|v| *v < 0.0)
    };
    let again = |row: &[f64]| {
        let rows: Vec<_> = row.chunks(width).collect();
        rows.iter().enumerate().any(|(n, r)| rows[..n].contains(r))
    };
    let rows: Vec<_> = came.rows().into_iter().map(|r| r.to_vec()).collect();
    let (name, what) = match () {
        _ if rows.iter().any(|row| both(row)) => (
            "real beside fake",
            "A real example stands beside a fake. A pack is all real or all fake: its one answer has to be right for every example in \
             it.",
        ),
        _ if rows.iter().any(|row| again(row)) => (
            "one example repeated",
            "A pack holds one example several times. Only *different* examples show whether a generator varies.",
        ),
        _ => return told,
    };
    Diagnosis { mistake: name, what: what.into(), ..told }
}
