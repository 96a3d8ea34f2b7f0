//! What a lookup's posterior costs, and that it has no slope.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use crate::vae::{categorical_kl, categorical_kl_backward};

pub const EXPERIMENT: Experiment = Experiment {
    name: "constant",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// Codes of an image, and of the codebook, in chapter 8.
const CODES: (usize, usize) = (49, 128);

/// The logit of the code that is chosen, above those of the others.
const LOGITS: [(&str, f64); 2] = [("lookup", 1e4), ("soft", 3.0)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let (places, k) = CODES;
    for (name, logit) in LOGITS {
        let at = |(n, code)| if code == 5 * n % k { logit } else { 0.0 };
        let s = Array2::from_shape_fn((places, k), at); // [49, 128]
        let nats = places as f64 * categorical_kl(&s);
        let slope = categorical_kl_backward(&s) * places as f64; // [49, 128]
        let largest = slope.fold(0.0_f64, |a, b| a.max(b.abs()));
        let small = Within::Relative(1e-9);
        lab.result(&format!("{name}_nats"), nats, small)?;
        let bits = nats / std::f64::consts::LN_2;
        lab.result(&format!("{name}_bits"), bits, small)?;
        lab.result(&format!("{name}_slope"), largest, small)?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "a_lookup_s_divergence_has_no_slope",
        Claim::equal(0.0, "lookup_slope", 0.0, "soft_slope"),
    )]
}
