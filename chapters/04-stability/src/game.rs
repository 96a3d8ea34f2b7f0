//! What two players are scored by, by name.

use gan::plain::{self, Scored};
use ndarray::{Array2, NdFloat};

use crate::losses::{
    d_hinge, d_least_squares, d_wasserstein, g_hinge, g_least_squares,
    g_wasserstein,
};

// ANCHOR: game
/// The losses of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Game {
    /// Chapter 1's losses, the generator's non-saturating.
    NonSaturating,
    /// Chapter 1's losses, the generator's saturating.
    Saturating,
    /// A fake is compared with a real example (eq. 4.32).
    Relativistic,
    /// Squared distances from 1 and 0.
    LeastSquares,
    /// What lies beyond 1 and -1 counts no more.
    Hinge,
    /// The logits themselves.
    Wasserstein,
}

impl Game {
    /// Chapter 3's game of the same name, if it has it.
    pub fn of_chapter_3(self) -> Option<plain::Game> {
        match self {
            Game::NonSaturating => Some(plain::Game::NonSaturating),
            Game::Saturating => Some(plain::Game::Saturating),
            Game::Relativistic => Some(plain::Game::Relativistic),
            _ => None,
        }
    }
}

/// The discriminator's loss and its gradients at the logits `[B, 1]`.
pub fn d_loss_of<F: NdFloat>(
    game: Game,
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> Scored<F> {
    match (game, game.of_chapter_3()) {
        (_, Some(game)) => plain::d_loss_of(game, s_real, s_fake),
        (Game::LeastSquares, _) => d_least_squares(s_real, s_fake),
        (Game::Hinge, _) => d_hinge(s_real, s_fake),
        _ => d_wasserstein(s_real, s_fake),
    }
}

/// The generator's loss and its gradient at the fake logits `[B, 1]`.
pub fn g_loss_of<F: NdFloat>(
    game: Game,
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> (F, Array2<F>) {
    match (game, game.of_chapter_3()) {
        (_, Some(game)) => plain::g_loss_of(game, s_real, s_fake),
        (Game::LeastSquares, _) => g_least_squares(s_fake),
        (Game::Hinge, _) => g_hinge(s_fake),
        _ => g_wasserstein(s_fake),
    }
}
// ANCHOR_END: game
