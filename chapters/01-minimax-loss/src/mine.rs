//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use lab::mine::{Exercise, narrow, one, wide};
use ndarray::{Array2, NdFloat};

#[cfg_attr(feature = "solved", path = "../solutions/d_loss.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/d_loss.rs")]
mod d_loss;
#[cfg_attr(feature = "solved", path = "../solutions/g_loss_backward.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/g_loss_backward.rs")]
mod g_loss_backward;

static D_LOSS: Exercise = Exercise::new("1.1 d_loss");
static G_LOSS_BACKWARD: Exercise = Exercise::new("1.2 g_loss_backward");

pub(crate) fn d_loss<F: NdFloat>(
    s_real: &Array2<F>, // [B, 1]
    s_fake: &Array2<F>, // [B, 1]
) -> Option<F> {
    D_LOSS.ask(|| one(d_loss::d_loss(&wide(s_real), &wide(s_fake))))
}

pub(crate) fn g_loss_backward<F: NdFloat>(
    s_fake: &Array2<F>, // [B, 1]
) -> Option<Array2<F>> {
    G_LOSS_BACKWARD
        .ask(|| narrow(g_loss_backward::g_loss_backward(&wide(s_fake), 1.0)))
}
