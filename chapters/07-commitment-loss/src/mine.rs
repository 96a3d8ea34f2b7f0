//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use lab::mine::{Exercise, narrow, wide};
use ndarray::{Array2, NdFloat};

use crate::plain::{Ema, Reduction};

#[cfg_attr(feature = "solved", path = "../solutions/ema_update.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/ema_update.rs")]
mod ema_update;
#[cfg_attr(feature = "solved", path = "../solutions/encoder_gradient.rs")]
#[cfg_attr(
    not(feature = "solved"),
    path = "../exercises/encoder_gradient.rs"
)]
mod encoder_gradient;
#[cfg_attr(feature = "solved", path = "../solutions/perplexity.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/perplexity.rs")]
mod perplexity;

static ENCODER_GRADIENT: Exercise = Exercise::new("7.3 encoder_gradient");
static EMA_UPDATE: Exercise = Exercise::new("7.5 ema_update");
static PERPLEXITY: Exercise = Exercise::new("7.6 perplexity");

pub(crate) fn encoder_gradient<F: NdFloat>(
    d_z_q: &Array2<F>, // [N, C]
    z_e: &Array2<F>,   // [N, C]
    z_q: &Array2<F>,   // [N, C]
    beta: f64,
    reduction: Reduction,
) -> Option<Array2<F>> {
    // The exercise asks for the mean over all numbers.
    let mean = reduction == Reduction::Mean;
    mean.then_some(())?;
    ENCODER_GRADIENT.ask(|| {
        let [d, z_e, z_q] = [d_z_q, z_e, z_q].map(wide);
        narrow(encoder_gradient::encoder_gradient(&d, &z_e, &z_q, beta))
    })
}

pub(crate) fn update<F: NdFloat>(
    ema: &mut Ema<F>,
    z_e: &Array2<F>, // [N, C]
    indices: &[usize],
) -> Option<()> {
    let (counts, sums, codebook) = EMA_UPDATE.ask(|| {
        ema_update::ema_update(
            &wide(&ema.counts),
            &wide(&ema.sums),
            &wide(z_e),
            indices,
            ema.gamma,
        )
    })?;
    // Where nothing was ever chosen, 0 / 0 is no place: the code stays.
    let codebook: Array2<F> = narrow(codebook); // [K, C]
    for (k, row) in codebook.rows().into_iter().enumerate() {
        if row.iter().all(|v| v.is_finite()) && indices.contains(&k) {
            ema.codebook.row_mut(k).assign(&row);
        }
    }
    (ema.counts, ema.sums) = (narrow(counts), narrow(sums));
    ema.steps += 1;
    Some(())
}

pub(crate) fn perplexity(
    counts: &ndarray::Array1<usize>, // [K]
) -> Option<f64> {
    PERPLEXITY.ask(|| perplexity::perplexity(counts))
}
