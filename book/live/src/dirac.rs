//! Chapter 4's game of two numbers: where a pair goes from where it is put.

use stability::plain::{
    Game, Order, Score, field, heavy_ball, matrix_of, norm, spectral_radius,
};

use crate::{Answer, Demo, LiveError, Numbers, unknown};

/// Where each of the two parts of a chosen place may lie.
const REACH: f64 = 10.0;
/// A pair that is farther off has left for good.
const GONE: f64 = 1e6;
/// A place so near the end of the game that a step is linear in it.
const NEAR: f64 = 1e-6;
/// Arrows on a side.
const ARROWS: usize = 13;

/// The game, who moves when, the step size and the share of the last move.
struct Way {
    game: Game,
    order: Order,
    eta: f64,
    beta: f64,
}

/// It keeps nothing: each question brings all that it is about.
#[derive(Default)]
pub(crate) struct Dirac;

impl Demo for Dirac {
    /// Score (0 linear, 1 logistic), order (0 at once, 1 in turn), γ, η and β, and then
    /// - `way … theta psi steps`: the pair from there on, and its distances.
    /// - `field … reach`: arrows.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        let way = Way::new(of)?;
        match what {
            "way" => way.walked(of),
            "field" => Ok(vec![way.arrows(of.at(5)?.clamp(0.1, REACH))]),
            _ => Err(unknown(&format!("dirac.{what}"))),
        }
    }
}

impl Way {
    fn new(of: Numbers) -> Result<Self, LiveError> {
        let score =
            [Score::Linear, Score::Logistic][of.whole(0, 1)? as usize];
        let orders = [Order::Simultaneous, Order::Alternating];
        let order = orders[of.whole(1, 1)? as usize];
        let gamma = of.at(2)?.clamp(0.0, 100.0);
        let (eta, beta) =
            (of.at(3)?.clamp(0.0, 10.0), of.at(4)?.clamp(-1.0, 1.0));
        Ok(Self { game: Game { score, gamma }, order, eta, beta })
    }

    fn step(&self, w: [f64; 4]) -> [f64; 4] {
        heavy_ball(self.game, self.order, w, (self.eta, self.beta))
    }

    /// The pair at the start and after each step, `[n + 1, 2]`; how far it is from the end of the game each time; and the
    /// spectral radius of a step there.
    fn walked(&self, of: Numbers) -> Result<Answer, LiveError> {
        let start = [of.at(5)?, of.at(6)?].map(|v| v.clamp(-REACH, REACH));
        let steps = of.whole(7, 10_000)? as usize;
        let start = [start[0], start[1], 0.0, 0.0];
        let next = |w: &[f64; 4]| Some(self.step(*w));
        let pairs = std::iter::successors(Some(start), next)
            .map(|[theta, psi, ..]| [theta, psi])
            .take_while(|w| norm(*w) < GONE)
            .take(steps + 1);
        let (mut places, mut norms) = (Vec::new(), Vec::new());
        for w in pairs {
            places.extend(w.map(|v| v as f32));
            norms.push(norm(w) as f32);
        }
        Ok(vec![places, norms, vec![self.radius() as f32]])
    }

    fn radius(&self) -> f64 {
        spectral_radius(&matrix_of(|w| {
            self.step(w.map(|v| NEAR * v)).map(|v| v / NEAR)
        }))
    }

    /// Places on a grid and how the field leads away from each, `[n, 4]`.
    fn arrows(&self, reach: f64) -> Vec<f32> {
        let apart = 2.0 * reach / ARROWS as f64;
        let at = |n: usize| apart * (n as f64 - (ARROWS - 1) as f64 / 2.0);
        let places =
            (0..ARROWS * ARROWS).map(|n| [at(n % ARROWS), at(n / ARROWS)]);
        let arrows = places.flat_map(|w| {
            let v = field(self.game, w);
            [w[0], w[1], v[0], v[1]].map(|v| v as f32)
        });
        arrows.collect()
    }
}
