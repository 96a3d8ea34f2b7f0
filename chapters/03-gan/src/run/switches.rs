//! What goes wrong, each behind one switch of the training's configuration.

use gradients::plain::{AdamConfig, sigmoid};
use lab::{Axis, Lab, Plot, Within};

use super::for_each_seed;
use super::modes::Task;
use crate::plain::{Game, Penalties};
use crate::training::{Config, Noise, in_room};

/// Seeds of each case.
const SEEDS: u64 = 10;

/// A small pair that works, and five ways to break it.
pub fn switches(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::wide_ring()?;
    let steps: u64 = lab.by_scale(60, 1500, 1500);
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    let working = Config {
        batch: 64,
        noise: Noise::normal(2),
        penalties: Penalties { real: 0.1, fake: 0.1 },
        every: 2,
        g: adam,
        d: adam,
        ..Config::default()
    };
    let bare = Penalties { real: 0.0, fake: 0.0 };
    let faster = AdamConfig { lr: 10.0 * adam.lr, ..adam };
    let cases = [
        ("working", working),
        ("saturating", Config { game: Game::Saturating, ..working }),
        ("no_detach", Config { detach: false, ..working }),
        (
            "strong_d",
            Config {
                k: 10,
                penalties: bare,
                game: Game::Saturating,
                ..working
            },
        ),
        ("fast_g", Config { g: faster, penalties: bare, ..working }),
        ("no_penalty", Config { penalties: bare, ..working }),
    ];
    let seeds: Vec<u64> = (0..SEEDS).collect();
    let base = lab.seed();
    let mut plot = Plot::new("")
        .x("switch", Axis::Linear)
        .x_range(0.4, 6.6)
        .y("modes found of 8", Axis::Linear)
        .y_range(-0.4, 9.0);
    for (case, (name, config)) in cases.into_iter().enumerate() {
        let judged = for_each_seed(&seeds, |seed| {
            let gan = task.pair(config, 32, base.wrapping_add(seed));
            let mut gan = in_room(lab, gan)?;
            lab.train(&format!("switch-{name}-{seed}"), steps, &mut gan)?;
            let z = config.noise.sample(512, &mut lab::rng_at(base, seed));
            let s = gan.d().output(&gan.g().output(&z)); // [512, 1]
            let belief = s.mapv(sigmoid).sum() / s.len() as f32;
            Ok((task.judge(&gan.g(), config.noise), f64::from(belief)))
        })?;
        let mean = |pick: fn(&(super::modes::Judged, f64)) -> f64| {
            judged.iter().map(pick).sum::<f64>() / judged.len() as f64
        };
        let failed = judged.iter().filter(|j| j.0.modes < 8.0).count();
        let name_of = |what: &str| format!("switch_{what}_{name}");
        let within = Within::Absolute(3.0);
        lab.result(&name_of("failed_seeds"), failed as f64, within)?;
        let within = Within::Absolute(1.5);
        lab.result(&name_of("modes"), mean(|j| j.0.modes), within)?;
        let within = Within::Absolute(0.15);
        lab.result(
            &name_of("high_quality"),
            mean(|j| j.0.high_quality),
            within,
        )?;
        lab.result(
            &name_of("d_of_fakes"),
            mean(|j| j.1),
            Within::Absolute(0.2),
        )?;
        // Ten dots side by side for each case.
        let found = judged.iter().zip(&seeds).map(|(j, seed)| {
            let aside = 0.07 * (*seed as f64 - 4.5);
            (case as f64 + 1.0 + aside, j.0.modes)
        });
        plot = plot.points(&name.replace('_', " "), found);
    }
    lab.result("switch_steps", steps as f64, Within::Exactly)?;
    lab.figure("switches", &plot.svg()?)
}
