//! tmp
use gan::plain::{self, Scored};
use ndarray::{Array2, NdFloat};

/// What the two players are scored by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Game {
    /// ns
    NonSaturating,
    /// s
    Saturating,
    /// rel
    Relativistic,
}
/// d
pub fn d_loss_of<F: NdFloat>(game: Game, r: &Array2<F>, f: &Array2<F>) -> Scored<F> {
    plain::d_loss_of(match game { Game::NonSaturating => plain::Game::NonSaturating, Game::Saturating => plain::Game::Saturating, _ => plain::Game::Relativistic }, r, f)
}
/// g
pub fn g_loss_of<F: NdFloat>(game: Game, r: &Array2<F>, f: &Array2<F>) -> (F, Array2<F>) {
    plain::g_loss_of(match game { Game::NonSaturating => plain::Game::NonSaturating, Game::Saturating => plain::Game::Saturating, _ => plain::Game::Relativistic }, r, f)
}
