//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use lab::mine::{Exercise, narrow, wide};
use ndarray::{Array2, NdFloat};

#[cfg_attr(feature = "solved", path = "../solutions/straight_through.rs")]
#[cfg_attr(
    not(feature = "solved"),
    path = "../exercises/straight_through.rs"
)]
mod straight_through;

static STRAIGHT_THROUGH: Exercise = Exercise::new("6.1 straight_through");

pub(crate) fn straight_through_backward<F: NdFloat>(
    d_z_q: &Array2<F>, // [N, C]
) -> Option<Array2<F>> {
    STRAIGHT_THROUGH.ask(|| {
        let d_z_st = wide(d_z_q); // [N, C]
        let z = Array2::zeros(d_z_st.raw_dim()); // [N, C]
        // The gradients do not depend on where the latents and their codes are.
        let (_, d_z_e, _) =
            straight_through::straight_through(&z, &z, &d_z_st);
        narrow(d_z_e) // [N, C]
    })
}
