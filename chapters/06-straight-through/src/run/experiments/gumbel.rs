//! The gradient of Gumbel-softmax against temperature: how wrong on average, how noisy, and how mixed the mixture is.

use codebook_lookup::plain::squared_distances;
use gradients::plain::softmax;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::{Array1, Array2, ArrayView1, Axis as Dim, array};

use super::{aimed, average, seven_codes, uniform};
use crate::plain::{gumbel_noise, gumbel_softmax, gumbel_softmax_backward};

pub const EXPERIMENT: Experiment = Experiment {
    name: "gumbel",
    cost: Cost::Seconds,
    measure,
    figures: &[("gumbel", draw)],
    claims,
};

/// The temperatures with names, by their places among thirteen.
const NAMED: [(&str, usize); 3] = [("cold", 0), ("at_1", 6), ("hot", 12)];
/// What is measured at each.
const SEEN: [&str; 4] = ["bias", "noise", "chance", "entropy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let latents = uniform(8, 1.0, &mut lab.rng("gumbel"))?; // [8, 2]
    let draws = lab.by_scale(500, 10_000, 100_000);
    let taus = (-6..=6).map(|n| 10_f64.powf(f64::from(n) / 4.0));
    let taus: Vec<f64> = taus.collect();
    let seen = taus.iter().map(|tau| at(lab, &latents, draws, *tau));
    let seen = seen.collect::<anyhow::Result<Vec<_>>>()?;
    lab.column("temperature", taus.iter().copied())?;
    for (n, what) in SEEN.into_iter().enumerate() {
        lab.column(what, seen.iter().map(|seen| seen[n]))?;
        for (name, place) in NAMED {
            let within = match what {
                "entropy" => Within::Absolute(0.05),
                "bias" => Within::Factor(3.0),
                _ => Within::Factor(1.5),
            };
            let name = format!("gumbel_{what}_{name}");
            lab.result(&name, seen[place][n], within)?;
        }
    }
    for (name, place) in [NAMED[0], NAMED[2]] {
        let name = format!("gumbel_temperature_{name}");
        lab.result(&name, taus[place], Within::Relative(1e-9))?;
    }
    Ok(())
}

/// Bias, noise and the bias that so many draws show by chance, relative to the true gradient's length; and the entropy of
/// the mixture.
fn at(
    lab: &Lab,
    latents: &Array2<f64>,
    draws: usize,
    tau: f64,
) -> anyhow::Result<[f64; 4]> {
    let (codebook, aim) = (seven_codes(), array![-0.05, -0.2]);
    let (mut off, mut spread, mut size, mut mixed) = (0.0, 0.0, 0.0, vec![]);
    let squares = |v: &Array2<f64>| v.mapv(|v| v * v).sum();
    for z in latents.rows() {
        let exact = exact(z, &codebook, &aim); // [1, 2]
        let z = z.broadcast((draws, 2)).expect("rows").to_owned(); // [draws, 2]
        let noise = gumbel_noise((draws, 7), &mut lab.rng("gumbel-noise")); // [draws, 7]
        let soft = gumbel_softmax(&z, &codebook, &noise, tau)?;
        let (_, d_z_q) = aimed(&soft.z_q, &aim); // [draws, 2]
        let (d_z, _) =
            gumbel_softmax_backward(&z, &codebook, &soft.p, tau, &d_z_q);
        let mean = d_z.sum_axis(Dim(0)) / draws as f64; // [2]
        off += squares(&(&exact - &mean));
        spread += squares(&(&d_z - &mean)) / draws as f64;
        size += squares(&exact);
        let terms = soft.p.mapv(|p| if p > 0.0 { -p * p.ln() } else { 0.0 });
        mixed.push(terms.sum() / draws as f64);
    }
    let (off, spread) = ((off / size).sqrt(), (spread / size).sqrt());
    Ok([off, spread, spread / (draws as f64).sqrt(), average(mixed)])
}

/// The gradient of the mean loss of a drawn code. `[1, 2]`
fn exact(
    z: ArrayView1<f64>,
    codebook: &Array2<f64>,
    aim: &Array1<f64>,
) -> Array2<f64> {
    let (losses, _) = aimed(codebook, aim); // [7]
    let z = z.insert_axis(Dim(0)).to_owned(); // [1, 2]
    let p = softmax(&-squared_distances(&z, codebook)); // [1, 7]
    let mean = p.dot(&losses)[0];
    (p * (&losses - mean)).dot(codebook) * 2.0 // [1, 2]
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |title| Plot::new(title).x("temperature", Axis::Log);
    let curve = |name| of.curve("temperature", name);
    let errors = plot("error of the gradient")
        .y("relative to its length", Axis::Log)
        .line("bias", curve("bias")?)
        .line("noise", curve("noise")?)
        .colour(0)
        .dashed("bias by chance", curve("chance")?);
    let entropy = plot("entropy of the mixture")
        .y("nats", Axis::Linear)
        .y_range(0.0, 2.2)
        .colour(2)
        .line("", curve("entropy")?)
        .horizontal("log 7", 7.0_f64.ln());
    lab::panels(&[errors, entropy], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |what| NAMED.map(|(name, _)| format!("gumbel_{what}_{name}"));
    vec![
        ("bias_grows_with_temperature", Claim::rises(all("bias"))),
        ("noise_falls_with_temperature", Claim::falls(all("noise"))),
        (
            "cold_bias_is_lost_in_the_noise",
            Claim::equal(
                0.1,
                "gumbel_bias_cold",
                "gumbel_chance_cold",
                "gumbel_bias_at_1",
            ),
        ),
        ("hot_it_is_quiet", Claim::all_below(["gumbel_noise_hot"], 0.01)),
        ("and_says_nothing", Claim::all_above(["gumbel_bias_hot"], 0.9)),
        (
            "hot_it_mixes",
            Claim::equal(
                0.01,
                "gumbel_entropy_hot",
                7.0_f64.ln(),
                "gumbel_entropy_at_1",
            ),
        ),
    ]
}
