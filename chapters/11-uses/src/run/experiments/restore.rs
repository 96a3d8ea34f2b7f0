//! Four damages, and who mends them: without a model, by a Gaussian one, by codes, by codes and their prior, by a generator.

use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, rng_at,
};
use ndarray::{Array1, Array2, s};
use rayon::prelude::*;

use crate::damages::{KINDS, Kind};
use crate::plain::{Damage, Pixels, median_filter, psnr, wiener};
use crate::restore::{Effort, codes, noises};
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "restore",
    cost: Cost::Minutes,
    measure,
    figures: &[("restored", draw)],
    claims,
};

/// Who mends.
const WAYS: [&str; 7] =
    ["damaged", "mean", "median", "wiener", "codes", "prior", "gan"];

/// Lots of digits, each damaged from a seed of its own.
const SEEDS: usize = 3;

/// Lines and columns of a digit.
const SIDE: usize = 28;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    let pixels = Pixels::of(&given.train);
    let n = lab.by_scale(2, 40, 400);
    lab.result("restored_digits", n as f64, Within::Exactly)?;
    let mut shown = Vec::new();
    for (name, kind) in KINDS {
        let mut found = vec![[Vec::new(), Vec::new()]; WAYS.len()];
        for seed in 0..SEEDS {
            let (x, classes) = given.digits(n, seed);
            let stream = lab.seed().wrapping_add(seed as u64);
            let mended = mend(lab, &given, &pixels, (kind, &x), stream)?;
            for (found, y) in found.iter_mut().zip(&mended) {
                found[0].push(psnr(&x, y).mean().unwrap_or(0.0));
                found[1].push(given.named(y, &classes));
            }
            if seed == 0 {
                shown.push((x, mended));
            }
        }
        for (way, [decibels, named]) in WAYS.iter().zip(&found) {
            let of = |what: &str| format!("{name}_{way}_{what}");
            lab.over_seeds(&of("psnr"), decibels, Within::Absolute(0.5))?;
            lab.over_seeds(&of("named"), named, Within::Absolute(0.1))?;
        }
    }
    show(lab, &shown)
}

/// What each way makes of digits after a damage, clamped to [0, 1]. `[N, 784]` each
fn mend(
    lab: &Lab,
    given: &Given,
    pixels: &Pixels,
    (kind, x): (Kind, &Array2<f32>),
    seed: u64,
) -> anyhow::Result<[Array2<f32>; 7]> {
    // Digits that share a damage are mended together.
    let together = match kind {
        Kind::Scribble => 1,
        _ => x.nrows(),
    };
    let parts: Vec<usize> = (0..x.nrows()).step_by(together).collect();
    let parts = parts.into_par_iter().map(|from| {
        let rows = s![from..(from + together).min(x.nrows()), ..];
        let x = x.slice(rows).to_owned();
        let rng = &mut rng_at(seed, from as u64);
        let damage = kind.damage(SIDE, rng);
        let y = damage.leave(&x, rng);
        mend_alike(lab, given, pixels, (&damage, &y), seed)
    });
    let parts: Vec<[Array2<f32>; 7]> =
        parts.collect::<anyhow::Result<_>>()?;
    Ok(std::array::from_fn(|way| {
        let views: Vec<_> = parts.iter().map(|p| p[way].view()).collect();
        let all = ndarray::concatenate(ndarray::Axis(0), &views);
        all.expect("784 pixels").mapv_into(|v| v.clamp(0.0, 1.0))
    }))
}

fn mend_alike(
    lab: &Lab,
    given: &Given,
    pixels: &Pixels,
    (damage, y): (&Damage<f32>, &Array2<f32>),
    seed: u64,
) -> anyhow::Result<[Array2<f32>; 7]> {
    let float = |v: &f64| *v as f32;
    let mean = pixels.mean.map(float); // [P]
    let seen = damage.seen();
    let everywhere = |row: &Array1<f32>| {
        row.broadcast(y.raw_dim()).expect("a row").to_owned()
    };
    let mut damaged = y.clone();
    for (p, seen) in seen.iter().enumerate() {
        if !seen {
            damaged.column_mut(p).fill(mean[p]);
        }
    }
    let g = wiener(
        pixels,
        &Damage { a: damage.a.mapv(f64::from), noise: damage.noise },
    )?;
    let off = y - &damage.of(&everywhere(&mean)); // [N, P]
    let linear = off.dot(&g.map(float).t()) + &mean; // [N, P]
    let linear = linear.mapv(|v| v.clamp(0.0, 1.0));
    let unit = damaged.mapv(|v| v.clamp(0.0, 1.0));
    let nearest = given.network.reconstruct(&unit)?;
    let (network, prior) = (&given.network, &given.prior);
    let start = network.encode(&linear)?; // [N, T]
    let search = lab.by_scale((1, 2), (2, 8), (3, 16));
    let found = codes((network, prior), damage, y, start, search)?;
    let page = Effort::default();
    let effort = Effort {
        starts: lab.by_scale(1, page.starts, 8),
        tries: lab.by_scale(2, page.tries, page.tries),
        steps: lab.by_scale(3, page.steps, 1000),
    };
    let noise = (given.noise, &given.generator);
    let z = noises(noise, damage, y, effort, seed);
    let drawn = given.generator.output(&z).mapv(|v| 0.5 * v + 0.5);
    Ok([
        damaged,
        everywhere(&mean),
        median_filter(y, &seen, &mean, SIDE),
        linear,
        nearest,
        network.decode(&found)?,
        drawn,
    ])
}

/// Of each damage three digits: what was there, and what each way makes of it.
fn show(
    lab: &Lab,
    shown: &[(Array2<f32>, [Array2<f32>; 7])],
) -> anyhow::Result<()> {
    let few = 3;
    let mut grid = ImageGrid::new(few * shown.len()).zoom(2);
    for row in 0..=WAYS.len() {
        for (x, mended) in shown {
            let of = match row {
                0 => x,
                way => &mended[way - 1],
            };
            for n in 0..few {
                let picture = of.row(n % of.nrows()).to_owned();
                let picture = picture.into_shape_with_order((SIDE, SIDE))?;
                grid.push(picture.view(), 0.0, 1.0);
            }
        }
    }
    lab.image("restored-digits", &grid)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let titles = ["noise", "blur", "missing rows", "crayon"];
    let shown = [
        ("damaged", "as it is"),
        ("median", "median"),
        ("wiener", "Wiener"),
        ("codes", "codes"),
        ("prior", "and prior"),
        ("gan", "generator"),
    ];
    let plots = KINDS.iter().zip(titles).map(|((name, _), title)| {
        let mut plot = Plot::new(title)
            .x("PSNR, decibels", Axis::Linear)
            .y("named rightly", Axis::Linear)
            .x_range(9.0, 26.0)
            .y_range(0.0, 1.0);
        for (way, said) in shown {
            let value = |what| of.value(&format!("{name}_{way}_{what}"));
            plot = plot.points(said, vec![(value("psnr")?, value("named")?)]);
        }
        Ok(plot)
    });
    lab::panels(&plots.collect::<anyhow::Result<Vec<_>>>()?, 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |of: &str, a: &str, b: &str, what: &str| {
        let name = |way: &str| format!("{of}_{way}_{what}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        (
            "codes_alone_do_not_denoise",
            less("noise", "codes", "median", "psnr"),
        ),
        ("nor_sharpen", less("blur", "codes", "wiener", "psnr")),
        ("nor_complete", less("rows", "codes", "median", "psnr")),
        ("nor_clean", less("scribble", "codes", "wiener", "psnr")),
        ("the_prior_denoises_best", less("noise", "gan", "prior", "psnr")),
        (
            "a_generator_beats_the_filter",
            less("noise", "wiener", "gan", "psnr"),
        ),
        ("the_prior_sharpens_best", less("blur", "wiener", "prior", "psnr")),
        (
            "a_generator_blurred_does_not_decide",
            Claim::undecided("blur_gan_psnr", "blur_wiener_psnr", SEEDS),
        ),
        ("the_filter_completes_best", less("rows", "gan", "wiener", "psnr")),
        ("the_prior_completes_worse", less("rows", "prior", "gan", "psnr")),
        (
            "the_filter_cleans_best",
            less("scribble", "prior", "wiener", "psnr"),
        ),
        ("and_the_judge_agrees", less("rows", "prior", "wiener", "named")),
        (
            "and_its_digits_are_named_no_worse",
            Claim::undecided("rows_gan_named", "rows_wiener_named", SEEDS),
        ),
    ]
}
