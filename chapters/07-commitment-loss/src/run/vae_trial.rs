//! Variational autoencoders of digits, trained from several seeds to objectives that are compared.

use datasets::{Digits, PixelRange, Split};
use gradients::plain::{AdamConfig, mse};
use lab::{Lab, Within};
use ndarray::{Array2, Axis};

use crate::vae::{
    Objective, Training, Vae, halves, in_room, kl_per_component, networks,
};

/// Every objective is trained from so many starts.
pub const SEEDS: usize = 3;

/// A component is in use if the mean that the encoder gives for it varies by more than this over the images.
const ACTIVE: f64 = 0.01;

/// Digits to learn, and others to look at.
pub struct Data {
    pub train: Digits,
    pub held_out: Array2<f32>, // [N, 784]
}

impl Data {
    pub fn load(lab: &Lab) -> anyhow::Result<Self> {
        let train = Digits::load_28x28(lab.data(), Split::Train)?;
        let test = Digits::load_28x28(lab.data(), Split::Test)?;
        let rows = test.len().min(lab.by_scale(100, 2000, usize::MAX));
        test.at_least(2)?; // a variance
        test.varied(rows)?;
        let rows: Vec<usize> = (0..rows).collect();
        let held_out = test.pixels(&rows, PixelRange::Unit); // [N, 784]
        Ok(Self { train, held_out })
    }
}

/// What is seen of a run, on digits that it does not learn from.
#[derive(Clone)]
pub struct Seen {
    /// Nats of each component.
    pub kl: Vec<f64>,
    /// Components in use.
    pub active: f64,
    /// Squared error of the pixels over their variance, the latent at its mean.
    pub unexplained: f64,
}

impl Seen {
    pub fn nats(&self) -> f64 {
        self.kl.iter().sum()
    }
}

/// What comes out for images `[N, 784]` when the latent is at its mean.
pub fn rebuild(vae: &Vae, x: &Array2<f32>) -> Array2<f32> {
    vae.decoder.output(&halves(&vae.encoder.output(x)).0) // [N, 784]
}

fn see(vae: &Vae, x: &Array2<f32>) -> Seen {
    let (mu, log_var) = halves(&vae.encoder.output(x)); // [N, C]
    let varies = mu.mapv(f64::from).var_axis(Axis(0), 0.0); // [C]
    let kl = kl_per_component(&mu, &log_var).mapv(f64::from); // [C]
    let x_hat = vae.decoder.output(&mu); // [N, 784]
    Seen {
        kl: kl.to_vec(),
        active: varies.iter().filter(|v| **v > ACTIVE).count() as f64,
        unexplained: f64::from(mse(&x_hat, x) / x.var(0.0)),
    }
}

/// The variance of images `[N, 784]` along the direction in which it is largest, by power iteration.
pub fn widest(x: &Array2<f32>) -> f64 {
    let x = x.mapv(f64::from);
    let x = &x - &x.mean_axis(Axis(0)).expect("an image"); // [N, 784]
    let mut v = x.row(0).to_owned(); // [784]
    let mut variance = 0.0;
    for _ in 0..100 {
        v = x.t().dot(&x.dot(&v)) / x.nrows() as f64; // [784]
        variance = v.dot(&v).sqrt();
        v /= variance;
    }
    variance
}

/// The steps after which a run is looked at.
pub fn milestones(lab: &Lab) -> Vec<u64> {
    let every = lab.by_scale(2, 50, 1000);
    (0..=20).map(|n| n * every).collect()
}

/// Trains from one seed; runs of one seed begin at the same networks, and see the same images and noise.
fn train(
    lab: &Lab,
    data: &Data,
    objective: Objective,
    seed: usize,
) -> anyhow::Result<(Vae, Vec<Seen>)> {
    let rng = &mut lab.rng(&format!("vae-{seed}"));
    let hidden = lab.by_scale(32, 128, 512);
    let nets = networks(data.held_out.ncols(), hidden, rng);
    let order = lab.seed().wrapping_add(seed as u64);
    let config = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let run = Training::new(nets, objective, config, &data.train, order)?;
    let mut run = in_room(lab, run)?;
    let mut seen = Vec::new();
    for at in milestones(lab) {
        while run.steps_done() < at {
            run.step()?;
        }
        run.settle()?;
        seen.push(see(&run.now(), &data.held_out));
    }
    Ok((run.now(), seen))
}

/// Trains from every seed; records how each run ends, and of the first its course and its components. Gives the first.
pub fn try_out(
    lab: &mut Lab,
    data: &Data,
    name: &str,
    objective: Objective,
) -> anyhow::Result<Vae> {
    let runs = (1..=SEEDS).map(|seed| train(lab, data, objective, seed));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    let mut note = |what, within, of: fn(&[Seen]) -> f64| {
        let all: Vec<f64> = runs.iter().map(|(_, seen)| of(seen)).collect();
        lab.over_seeds(&format!("{name}_{what}"), &all, within)
    };
    note("active", Within::Absolute(2.0), |seen| seen[20].active)?;
    note("nats", Within::Absolute(1.0), |seen| seen[20].nats())?;
    note("lost", Within::Absolute(0.03), |seen| seen[20].unexplained)?;
    note("most_nats", Within::Absolute(2.0), |seen| {
        seen[1..].iter().map(Seen::nats).fold(0.0, f64::max)
    })?;
    let (vae, seen) = &runs[0];
    let mut kl = seen[20].kl.clone();
    kl.sort_by(|a, b| b.total_cmp(a));
    lab.column(&format!("{name}_kl"), kl)?;
    lab.column(&format!("{name}_nats"), seen.iter().map(Seen::nats))?;
    Ok(vae.clone())
}
