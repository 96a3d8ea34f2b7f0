//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use lab::mine::{Exercise, narrow, wide};
use ndarray::{Array1, Array2, NdFloat};

#[cfg_attr(feature = "solved", path = "../solutions/cluster_means.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/cluster_means.rs")]
mod cluster_means;
#[cfg_attr(feature = "solved", path = "../solutions/gains_backward.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/gains_backward.rs")]
mod gains_backward;
#[cfg_attr(feature = "solved", path = "../solutions/nearest.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/nearest.rs")]
mod nearest;

static NEAREST: Exercise = Exercise::new("5.1 nearest");
static GAINS_BACKWARD: Exercise = Exercise::new("5.4 gains_backward");
static CLUSTER_MEANS: Exercise = Exercise::new("5.5 cluster_means");

pub(crate) fn nearest<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Option<Vec<usize>> {
    NEAREST.ask(|| nearest::nearest(&wide(z), &wide(codebook)))
}

pub(crate) fn gather_backward<F: NdFloat>(
    d_z_q: &Array2<F>, // [N, C]
    indices: &[usize], // [N]
    k: usize,
) -> Option<Array2<F>> {
    GAINS_BACKWARD.ask(|| {
        // With gains of 1, whatever the codes are.
        let codebook = Array2::zeros((k, d_z_q.ncols()));
        let gains = Array1::ones(indices.len());
        let d = wide(d_z_q); // [N, C]
        narrow(
            gains_backward::gains_backward(&d, &codebook, indices, &gains).0,
        )
    })
}

pub(crate) fn cluster_means<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    indices: &[usize],    // [N]
    codebook: &Array2<F>, // [K, C]
) -> Option<Array2<F>> {
    CLUSTER_MEANS.ask(|| {
        let (z, codebook) = (wide(z), wide(codebook));
        narrow(cluster_means::cluster_means(&z, indices, &codebook))
    })
}
