//! Short trainings of a smaller network: which choice makes what difference, and what more bits buy.

use commitment_loss::quantizer::{Learning, Settings};
use lab::{Axis, Lab, Plot, Within};
use ndarray::Array2;

use super::digits::{Data, in_use, recipe};
use crate::measures::{patches_by_kmeans, principal_components};
use crate::training::{Config, Sizes, Start, in_room};

/// A smaller network and fewer steps than the page's.
fn short(lab: &Lab, data: &Data) -> Config {
    let config = recipe(lab, data);
    let channels = lab.by_scale(8, 64, 128);
    Config {
        sizes: Sizes { channels, ..config.sizes },
        steps: lab.by_scale(9, 800, 15_000),
        ..config
    }
}

/// What a short training comes to.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    error: f64,
    perplexity: f64,
    used: f64,
}

fn trained(
    lab: &mut Lab,
    data: &Data,
    name: &str,
    config: Config,
) -> anyhow::Result<Outcome> {
    let training = data.training(config, lab.seed())?;
    let mut training = in_room(lab, training)?;
    lab.train(name, config.steps, &mut training)?;
    let model = training.model();
    let codes = model.encode(&data.test)?;
    let error = data.unexplained(&data.test, &model.decode(&codes)?);
    let (perplexity, used) = in_use(&codes, model.codes());
    let numbers = [
        ("mse_over_variance", error, Within::Factor(1.3)),
        ("perplexity", perplexity, Within::Factor(1.3)),
        ("codes_used_share", used, Within::Absolute(0.15)),
        ("seconds", lab.seconds(name)?, Within::Timing),
    ];
    for (what, value, within) in numbers {
        lab.result(&format!("{name}_{what}"), value, within)?;
    }
    Ok(Outcome { error, perplexity, used })
}

/// β, how the codebook learns, where it starts, and revival.
pub fn table(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    lab.result("short_steps", base.steps as f64, Within::Exactly)?;
    let channels = base.sizes.channels as f64;
    lab.result("short_channels", channels, Within::Exactly)?;
    let with = |quantizer: Settings| Config { quantizer, ..base };
    let settings = base.quantizer;
    let none = Settings { revival: None, ..settings };
    let by_gradient =
        Settings { learning: Learning::gradient(1e-3), ..settings };
    let uniform = Start::Uniform;
    let variants = [
        ("way_base", base),
        ("way_beta_0", with(Settings { beta: 0.0, ..settings })),
        ("way_beta_0.05", with(Settings { beta: 0.05, ..settings })),
        ("way_beta_1", with(Settings { beta: 1.0, ..settings })),
        ("way_beta_4", with(Settings { beta: 4.0, ..settings })),
        ("way_gradient", with(by_gradient)),
        ("way_uniform", Config { start: uniform, ..base }),
        ("way_no_revival", with(none)),
        ("way_uniform_no_revival", Config { start: uniform, ..with(none) }),
    ];
    for (name, config) in variants {
        let found = trained(lab, &data, name, config)?;
        debug_assert!(found.used <= 1.0 && found.perplexity >= 1.0);
    }
    Ok(())
}

/// Error against bits: codes and grids swept, beside principal components and k-means of patches.
pub fn rate(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = short(lab, &data);
    let codes = lab.by_scale(
        vec![4, 16],
        vec![16, 32, 64, 128, 256, 512],
        vec![16, 32, 64, 128, 256, 512, 1024],
    );
    let mut of_codes = Vec::new();
    for &k in &codes {
        let sizes = Sizes { codes: k, ..base.sizes };
        let config = Config { sizes, ..base };
        let found = trained(lab, &data, &format!("codes_{k}"), config)?;
        of_codes.push((bits(sizes), found.error));
    }
    let mut of_grids = Vec::new();
    for (patch, steps) in
        [(14, base.steps), (7, base.steps), (2, base.steps / 3)]
    {
        let sizes = Sizes { patch, ..base.sizes };
        let config = Config { sizes, steps, ..base };
        let name = format!("grid_{}", sizes.side());
        let found = trained(lab, &data, &name, config)?;
        lab.result(
            &format!("{name}_bits"),
            bits(sizes),
            Within::Absolute(1e-9),
        )?;
        of_grids.push((bits(sizes), found.error));
    }
    let of_patches = kmeans(lab, &data, &codes)?;
    let of_components = components(lab, &data)?;
    let plot = Plot::new("")
        .x("bits an image, every code at the same price", Axis::Log)
        .y("squared error over variance, unseen", Axis::Log)
        .line("VQ-VAE, K from 16 to 512", of_codes.clone())
        .points("VQ-VAE, other grids", of_grids)
        .line("k-means of patches", of_patches)
        .line("principal components", of_components);
    lab.figure("rate", &plot.svg()?)
}

fn bits(sizes: Sizes) -> f64 {
    sizes.places() as f64 * (sizes.codes as f64).log2()
}

/// Chapter 5's k-means of patches of 4 × 4.
fn kmeans(
    lab: &mut Lab,
    data: &Data,
    codes: &[usize],
) -> anyhow::Result<Vec<(f64, f64)>> {
    let train = data.learnt(lab.by_scale(50, 2000, 10_000));
    let mut all = Vec::new();
    for &k in codes {
        let rng = &mut lab.rng("patches");
        let steps = lab.by_scale(2, 12, 30);
        let y = patches_by_kmeans(&train, &data.test, (4, k, steps), rng)?;
        let error = data.unexplained(&data.test, &y);
        let name = format!("patches_{k}_mse_over_variance");
        lab.result(&name, error, Within::Factor(1.2))?;
        all.push((bits(Sizes { codes: k, ..Sizes::default() }), error));
    }
    Ok(all)
}

/// Principal components, their coefficients rounded with the bits that codes would take.
fn components(lab: &mut Lab, data: &Data) -> anyhow::Result<Vec<(f64, f64)>> {
    let wide = |x: &Array2<f32>| x.mapv(f64::from);
    let train = wide(&data.learnt(lab.by_scale(200, 10_000, 60_000)));
    let test = wide(&data.first(2000));
    let found = principal_components(&train);
    let mut all = Vec::new();
    for bits in [49, 98, 196, 294, 343, 392, 441] {
        let rng = &mut lab.rng("components");
        let y = found.quantised(&train, &test, bits, rng)?;
        let y = y.mapv(|v| v as f32);
        let error = data.unexplained(&data.first(2000), &y);
        let name = format!("components_{bits}_mse_over_variance");
        lab.result(&name, error, Within::Factor(1.2))?;
        all.push((bits as f64, error));
    }
    Ok(all)
}
