//! The losses of a pair by name.

use dfdx::prelude::*;
use gan::on_dfdx;
use gradients::on_dfdx::{Loss, Matrix, Number, Taped};

use super::losses::{
    d_hinge, d_least_squares, d_wasserstein, g_hinge, g_least_squares,
    g_wasserstein,
};
use crate::game::Game;

/// The discriminator's loss, from logits `[B, 1]`.
pub fn d_loss_of<E: Number, D: Device<E>>(
    game: Game,
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    match (game, game.of_chapter_3()) {
        (_, Some(game)) => on_dfdx::d_loss_of(game, s_real, s_fake),
        (Game::LeastSquares, _) => d_least_squares(s_real, s_fake),
        (Game::Hinge, _) => d_hinge(s_real, s_fake),
        _ => d_wasserstein(s_real, s_fake),
    }
}

/// The generator's; only the relativistic one looks at the real logits.
pub fn g_loss_of<E: Number, D: Device<E>>(
    game: Game,
    s_real: Matrix<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    match (game, game.of_chapter_3()) {
        (_, Some(game)) => on_dfdx::g_loss_of(game, s_real, s_fake),
        (Game::LeastSquares, _) => g_least_squares(s_fake),
        (Game::Hinge, _) => g_hinge(s_fake),
        _ => g_wasserstein(s_fake),
    }
}
