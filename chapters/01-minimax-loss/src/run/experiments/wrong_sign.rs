//! A discriminator that descends the value instead of climbing it, and a generator that follows.

use gradients::plain::sigmoid;
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array1, array};

use super::noise;
use crate::plain::{
    d_loss_backward, g_loss_non_saturating_backward, value_of_tables_backward,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "wrong-sign",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const STEPS: usize = 200;
/// How far the generator is from the data at the start.
const START: f64 = 1.0;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    // Of the first kind four fifths of the data and one fifth of the fakes; of the second the reverse.
    let (p, q) = (array![0.8, 0.2], array![0.2, 0.8]);
    let down = (0..STEPS).fold(Array1::zeros(2), |s: Array1<f64>, _| {
        &s - value_of_tables_backward(&p, &q, &s) // [2]
    });
    let d = down.mapv(sigmoid); // [2]
    lab.result("descended_d_of_data", d[0], Within::Absolute(1e-6))?;
    lab.result("descended_d_of_fakes", d[1], Within::Absolute(1e-6))?;
    lab.result("descended_steps", STEPS as f64, Within::Exactly)?;
    lab.result("sign_distance_start", START, Within::Exactly)?;
    for (name, sign) in [("climbing", 1.0), ("descending", -1.0)] {
        let name = format!("sign_distance_{name}");
        lab.result(&name, follow(sign).abs(), Within::Absolute(1e-6))?;
    }
    Ok(())
}

/// Where the mean of a generator N(mean, 1) ends that follows a discriminator of logit a x + b, which itself follows
/// the slope of V, or its opposite. Data N(0, 1).
fn follow(sign: f64) -> f64 {
    let (z, mass) = noise();
    let n = z.len() as f64;
    let (mut a, mut b, mut mean) = (0.0, 0.0, START);
    for _ in 0..STEPS {
        let fakes = &z + mean; // [400, 1]
        let (s_real, s_fake) = (&z * a + b, &fakes * a + b); // [400, 1]
        let (d_real, d_fake) = d_loss_backward(&s_real, &s_fake); // [400, 1]
        let (d_real, d_fake) = (d_real * &mass * n, d_fake * &mass * n); // [400, 1]
        a -= sign * 0.5 * ((&d_real * &z).sum() + (&d_fake * &fakes).sum());
        b -= sign * 0.5 * (d_real.sum() + d_fake.sum());
        let d_s =
            g_loss_non_saturating_backward(&(&fakes * a + b)) * &mass * n; // [400, 1]
        mean -= 0.1 * d_s.sum() * a;
    }
    mean
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (of_data, of_fakes) = ("descended_d_of_data", "descended_d_of_fakes");
    vec![
        ("it_calls_real_what_is_fake", Claim::times(50.0, of_data, of_fakes)),
        (
            "and_leads_the_generator_away",
            Claim::rises([
                "sign_distance_climbing",
                "sign_distance_start",
                "sign_distance_descending",
            ]),
        ),
    ]
}
