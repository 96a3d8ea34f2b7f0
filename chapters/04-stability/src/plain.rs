//! The smallest game: one real datum at 0, one fake at θ, and a
//! discriminator with one number, the slope ψ of its logit. The two players
//! are a pair `[θ, ψ]`. Losses are in nats.

use gradients::plain::{real, sigmoid, softplus};
use ndarray::{Array2, NdFloat, array};

// ANCHOR: score
/// The function `f` by which a logit is scored (eq. 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// `f(t) = t`: what happens can be said exactly.
    Linear,
    /// `f(t) = softplus(t)`: chapter 1's losses, the generator's
    /// non-saturating.
    Logistic,
}

impl Score {
    /// `f(t)`.
    pub fn value<F: NdFloat>(self, t: F) -> F {
        match self {
            Score::Linear => t,
            Score::Logistic => softplus(t),
        }
    }

    /// `f'(t)`.
    pub fn slope<F: NdFloat>(self, t: F) -> F {
        match self {
            Score::Linear => F::one(),
            Score::Logistic => sigmoid(t),
        }
    }

    /// `f''(t)`.
    pub fn curvature<F: NdFloat>(self, t: F) -> F {
        match self {
            Score::Linear => F::zero(),
            Score::Logistic => sigmoid(t) * sigmoid(-t),
        }
    }
}
// ANCHOR_END: score

// ANCHOR: losses
/// The game: how a logit is scored, and the weight γ of R1, 0 for none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Game {
    /// The function `f`.
    pub score: Score,
    /// R1's γ.
    pub gamma: f64,
}

/// Eq. 4.1: what the discriminator minimises; with R1, eq. 4.7.
pub fn d_loss<F: NdFloat>(game: Game, [theta, psi]: [F; 2]) -> F {
    let (s_real, s_fake) = (psi * F::zero(), psi * theta);
    let r1 = real::<F>(game.gamma / 2.0) * psi * psi;
    game.score.value(-s_real) + game.score.value(s_fake) + r1
}

/// Eq. 4.1: what the generator minimises.
pub fn g_loss<F: NdFloat>(game: Game, [theta, psi]: [F; 2]) -> F {
    game.score.value(-psi * theta)
}

/// Eq. 4.2: where each player would go, downhill on its own loss, while the
/// other stands still. Of θ and of ψ.
pub fn field<F: NdFloat>(game: Game, [theta, psi]: [F; 2]) -> [F; 2] {
    let s_fake = psi * theta;
    let d_theta = -psi * game.score.slope(-s_fake);
    let d_psi =
        theta * game.score.slope(s_fake) + real::<F>(game.gamma) * psi;
    [-d_theta, -d_psi]
}
// ANCHOR_END: losses

// ANCHOR: steps
/// Eq. 4.3: both players look, then both move. `eta` is the step size.
pub fn simultaneous<F: NdFloat>(
    game: Game,
    [theta, psi]: [F; 2],
    eta: F,
) -> [F; 2] {
    let [v_theta, v_psi] = field(game, [theta, psi]);
    [theta + eta * v_theta, psi + eta * v_psi]
}

/// Eq. 4.4: the discriminator moves, and the generator answers the new one.
pub fn alternating<F: NdFloat>(
    game: Game,
    [theta, psi]: [F; 2],
    eta: F,
) -> [F; 2] {
    let [_, v_psi] = field(game, [theta, psi]);
    let psi = psi + eta * v_psi;
    let [v_theta, _] = field(game, [theta, psi]);
    [theta + eta * v_theta, psi]
}
// ANCHOR_END: steps

/// Who moves when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Both at once.
    Simultaneous,
    /// The discriminator first.
    Alternating,
}

impl Order {
    /// A step of both players in this order.
    pub fn step<F: NdFloat>(self, game: Game, w: [F; 2], eta: F) -> [F; 2] {
        match self {
            Order::Simultaneous => simultaneous(game, w, eta),
            Order::Alternating => alternating(game, w, eta),
        }
    }
}

// ANCHOR: exact
/// How far the pair is from where the game ends, `[0, 0]`.
pub fn norm<F: NdFloat>([theta, psi]: [F; 2]) -> F {
    theta.hypot(psi)
}

/// Eq. 4.5: by what `t` simultaneous steps of the linear game multiply the
/// norm.
pub fn growth(eta: f64, t: usize) -> f64 {
    (1.0 + eta * eta).powf(t as f64 / 2.0)
}

/// Eq. 4.6: what an alternating step of the linear game leaves as it is.
pub fn invariant<F: NdFloat>([theta, psi]: [F; 2], eta: F) -> F {
    theta * theta + psi * psi - eta * theta * psi
}

/// Eq. 4.6: no alternating step makes the norm larger than this, times what
/// it was at the start. `eta` is below 2.
pub fn widest(eta: f64) -> f64 {
    ((2.0 + eta) / (2.0 - eta)).sqrt()
}
// ANCHOR_END: exact

// ANCHOR: jacobian
/// Eq. 4.8: the slopes of the field. A row for each of its components, a
/// column for each of θ and ψ. `[2, 2]`
pub fn jacobian<F: NdFloat>(game: Game, [theta, psi]: [F; 2]) -> Array2<F> {
    let (s, f) = (psi * theta, game.score);
    let (of_g, of_d) = (f.slope(-s), f.slope(s));
    let (bend_g, bend_d) = (f.curvature(-s), f.curvature(s));
    array![
        [-psi * psi * bend_g, of_g - s * bend_g],
        [-of_d - s * bend_d, -theta * theta * bend_d - real(game.gamma)],
    ] // [2, 2]
}

/// Eq. 4.9: the eigenvalues of the Jacobian where the game ends, each as
/// its real and its imaginary part.
pub fn eigenvalues(game: Game) -> [(f64, f64); 2] {
    let (a, middle) = (game.score.slope(0.0_f64), -game.gamma / 2.0);
    let under = middle * middle - a * a;
    let root = under.abs().sqrt();
    match under < 0.0 {
        true => [(middle, root), (middle, -root)],
        false => [(middle + root, 0.0), (middle - root, 0.0)],
    }
}
// ANCHOR_END: jacobian

// ANCHOR: radius
/// One step near the end of the game as a matrix: for both at once `I + ηJ`,
/// in turn the discriminator's move and then the generator's. `[2, 2]`
pub fn step_matrix(game: Game, order: Order, eta: f64) -> Array2<f64> {
    let a = game.score.slope(0.0_f64);
    let of_d = array![[1.0, 0.0], [-eta * a, 1.0 - eta * game.gamma]];
    let of_g = array![[1.0, eta * a], [0.0, 1.0]];
    match order {
        Order::Simultaneous => &of_d + &of_g - Array2::<f64>::eye(2),
        Order::Alternating => of_g.dot(&of_d), // [2, 2]
    }
}

/// Eq. 4.10: the size of the larger eigenvalue of a real `[2, 2]`, from its
/// trace and its determinant.
pub fn radius_of_two(m: &Array2<f64>) -> f64 {
    let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    let determinant = m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]];
    match half * half - determinant {
        under if under < 0.0 => determinant.sqrt(), // a conjugate pair
        under => half.abs() + under.sqrt(),
    }
}

/// Eq. 4.11: whether the end of the game attracts, from γ and η alone.
pub fn is_stable(game: Game, order: Order, eta: f64) -> bool {
    let (a, gamma) = (game.score.slope(0.0_f64), game.gamma);
    let square = eta * a * a;
    match order {
        Order::Simultaneous => {
            square < gamma && gamma < 2.0 / eta + square / 2.0
        }
        Order::Alternating => 0.0 < gamma && gamma < 2.0 / eta - square / 2.0,
    }
}
// ANCHOR_END: radius

// ANCHOR: momentum
/// Eq. 4.12: heavy balls. Each player keeps `beta` of its last move, and so
/// the state is `[θ, ψ, m_θ, m_ψ]`.
pub fn heavy_ball<F: NdFloat>(
    game: Game,
    order: Order,
    [theta, psi, m_theta, m_psi]: [F; 4],
    (eta, beta): (F, F),
) -> [F; 4] {
    let [v_theta, v_psi] = field(game, [theta, psi]);
    let m_psi = beta * m_psi + v_psi;
    let next = psi + eta * m_psi;
    let v_theta = match order {
        Order::Simultaneous => v_theta,
        Order::Alternating => field(game, [theta, next])[0],
    };
    let m_theta = beta * m_theta + v_theta;
    [theta + eta * m_theta, next, m_theta, m_psi]
}

/// The matrix of a step that is linear: each column is what becomes of a
/// unit vector. `[4, 4]`
pub fn matrix_of(step: impl Fn([f64; 4]) -> [f64; 4]) -> Array2<f64> {
    let mut m = Array2::zeros((4, 4)); // [4, 4]
    for n in 0..4 {
        let mut unit = [0.0; 4];
        unit[n] = 1.0;
        for (k, v) in step(unit).into_iter().enumerate() {
            m[[k, n]] = v;
        }
    }
    m
}

/// Eq. 4.13: the size of the largest eigenvalue, by squaring: after `k`
/// rounds `power` is the matrix to the power 2^k, brought to length 1.
pub fn spectral_radius(m: &Array2<f64>) -> f64 {
    let (mut power, mut log, mut share) = (m.clone(), 0.0, 1.0); // [N, N]
    for _ in 0..48 {
        let length = power.fold(0.0, |sum, v| sum + v * v).sqrt();
        if length == 0.0 {
            return 0.0; // some power is nothing at all
        }
        log += share * length.ln();
        power /= length;
        power = power.dot(&power); // [N, N]
        share /= 2.0;
    }
    log.exp()
}
// ANCHOR_END: momentum

// ANCHOR: average
/// Chapter 3's average of a player, eq. 3.6, for a pair: it keeps `decay`
/// of itself.
pub fn average<F: NdFloat>(mean: [F; 2], w: [F; 2], decay: F) -> [F; 2] {
    [0, 1].map(|n| decay * mean[n] + (F::one() - decay) * w[n])
}

/// Eq. 4.14: how near the average of a circling pair is, as a share of how
/// near the pair is, once the start is forgotten. Each step multiplies the
/// pair by a complex number of size `radius` and angle `angle`.
pub fn shrink(radius: f64, angle: f64, decay: f64) -> f64 {
    let (re, im) = (radius * angle.cos() - decay, radius * angle.sin());
    (1.0 - decay) * radius / re.hypot(im)
}
// ANCHOR_END: average
