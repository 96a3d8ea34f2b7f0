//! The experiments of chapter 5.

pub mod ledger;

use std::hint::black_box;
use std::time::Instant;

use anyhow::ensure;
use datasets::toy::{Density, GaussianMixture, TwoMoons};
use datasets::{Digits, PixelRange, Split};
use dfdx::prelude::{Device, Synchronize};
use gradients::plain::product;
use lab::{
    Axis, ChaCha8Rng, Cost, ImageGrid, Lab, Plot, Within, panels, tensor,
};
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis as Dim, NdFloat, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::seq::index::sample;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};

use crate::cells::borders;
use crate::on_dfdx;
use crate::plain::{
    assemble, bits_per_image, cluster_means, distortion, entropy, gather,
    kmeans_plus_plus, lloyd_step, nearest, nearest_by_cosine,
    nearest_by_definition, nearest_by_product, normalize_rows, patches,
    rounding, squared_distance, usage,
};

/// The experiments of chapter 5.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.experiment("agreement", Cost::Seconds, all_forms_agree)?;
    lab.experiment("rounding", Cost::Seconds, where_rounding_decides)?;
    lab.experiment("cells", Cost::Seconds, cells_of_a_codebook)?;
    lab.experiment("lloyd", Cost::Seconds, two_starts)?;
    lab.experiment("patches", Cost::Seconds, digits_in_few_patches)?;
    lab.experiment("benchmark", Cost::Seconds, how_fast)?;
    Ok(())
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

fn normal<F: NdFloat>(
    (rows, columns): (usize, usize),
    rng: &mut ChaCha8Rng,
) -> Array2<F> {
    let x = Array2::<f64>::random_using((rows, columns), StandardNormal, rng);
    x.mapv(gradients::plain::real)
}

/// Both dfdx forms' indices.
fn indices_on_dfdx<D: Device<f64>>(
    dev: &D,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> [Vec<usize>; 2] {
    let [z, e] = [z, codebook].map(|x| tensor(dev, x, x.dim()));
    let chosen = lab::array(&on_dfdx::nearest(z.clone(), &e)); // [N, K]
    let numbers = Array1::from_iter((0..chosen.ncols()).map(|k| k as f64));
    let indices = chosen.dot(&numbers); // [N]
    [
        indices.iter().map(|&k| k as usize).collect(),
        on_dfdx::nearest_on_host(z, &e),
    ]
}

/// Three plain forms and two on dfdx: random latents, and whole numbers with many ties, which are exact in any form.
fn all_forms_agree(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("agreement");
    let (n, k, c) = (lab.by_scale(300, 3000, 30_000), 48, 6);
    let whole = Uniform::new_inclusive(-2_i32, 2)?;
    let mut integers = |rows| {
        Array2::random_using((rows, 3), whole, &mut rng).mapv(f64::from)
    };
    let tied = (integers(n), integers(k));
    let random = (normal((n, c), &mut rng), normal((k, c), &mut rng));
    let (mut agree, mut ties) = (0, 0);
    for (z, codebook) in [&random, &tied] {
        let right = nearest_by_definition(z, codebook);
        let on_dfdx: anyhow::Result<_> = lab::on_device!(
            lab.device(),
            |dev| Ok(indices_on_dfdx(&dev, z, codebook))
        );
        let [device, host] = on_dfdx?;
        let others = [nearest_by_product(z, codebook), nearest(z, codebook)?];
        let others = others.into_iter().chain([device, host]);
        let others: Vec<Vec<usize>> = others.collect();
        agree += (0..n)
            .filter(|&n| others.iter().all(|o| o[n] == right[n]))
            .count();
        let as_near =
            |n: usize, k: usize| squared_distance(z.row(n), codebook.row(k));
        ties += (0..n)
            .filter(|&n| {
                let least = as_near(n, right[n]);
                (right[n] + 1..k).any(|k| as_near(n, k) == least)
            })
            .count();
    }
    // The largest dot product, as if ‖e‖² did not matter.
    let (z, codebook) = &random;
    let products = z.dot(&codebook.t()); // [N, K]
    let largest = |row: ArrayView1<f64>| {
        (1..k).fold(0, |a, b| if row[b] > row[a] { b } else { a })
    };
    let no_norms: Vec<usize> =
        products.rows().into_iter().map(largest).collect(); // [N]
    let right = nearest_by_definition(z, codebook);
    lab.result(
        "dot_product_wrong_share",
        share_wrong(&no_norms, &right),
        Within::Absolute(0.02),
    )?;
    let used = |indices: &[usize]| {
        usage(indices, k).iter().filter(|n| **n > 0).count() as f64
    };
    let within = Within::Absolute(2.0);
    lab.result("dot_product_codes_used", used(&no_norms), within)?;
    lab.result("distance_codes_used", used(&right), within)?;
    lab.result("lookup_codes", k as f64, Within::Exactly)?;
    let share = agree as f64 / (2 * n) as f64;
    lab.result("lookup_agreement", share, Within::Exactly)?;
    lab.result("lookup_latents", (2 * n) as f64, Within::Exactly)?;
    lab.result("lookup_ties", ties as f64, Within::Exactly)
}

/// The share of places where two lists of indices differ.
fn share_wrong(a: &[usize], b: &[usize]) -> f64 {
    let wrong = a.iter().zip(b).filter(|(a, b)| a != b).count();
    wrong as f64 / a.len() as f64
}

/// `‖e‖²/2 - z·e` in the precision of its arguments. `[N, K]`
fn scores<F: NdFloat>(z: &Array2<F>, codebook: &Array2<F>) -> Array2<F> {
    let half = |e: ArrayView1<F>| e.dot(&e) / (F::one() + F::one());
    codebook.map_axis(Dim(1), half) - z.dot(&codebook.t())
}

/// How sure the scores of each latent are: its bound, and the gap between its two best.
fn bounds_and_gaps(
    z: &Array2<f32>,
    codebook: &Array2<f32>,
) -> Vec<(f32, f32)> {
    let length = |x: ArrayView1<f32>| x.dot(&x).sqrt();
    let longest = codebook.rows().into_iter().map(length).fold(0.0, f32::max);
    let scores = scores(z, codebook); // [N, K]
    let of = |(z, scores): (ArrayView1<f32>, ArrayView1<f32>)| {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f32::total_cmp);
        let bound = rounding(z.len(), length(z) + longest);
        (bound, sorted[1] - sorted[0])
    };
    z.rows().into_iter().zip(scores.rows()).map(of).collect()
}

/// The expanded distance in f32, ever farther from the origin.
fn where_rounding_decides(lab: &mut Lab) -> anyhow::Result<()> {
    let (n, k, c) = (lab.by_scale(300, 2000, 20_000), 64, 16);
    let mut rng = lab.rng("rounding");
    let (z0, e0): (Array2<f32>, Array2<f32>) =
        (normal((n, c), &mut rng), normal((k, c), &mut rng));
    let (mut wrong, mut doubt, mut centred) = (vec![], vec![], vec![]);
    let (mut of_nearest, mut used) = (0.0_f64, 0.0_f64);
    for quarter in 0..=16 {
        let offset = 10_f32.powf(quarter as f32 / 4.0);
        let (z, codebook) = (&z0 + offset, &e0 + offset);
        let right = nearest_by_definition(&z, &codebook);
        let picked = nearest_by_product(&z, &codebook);
        let share = share_wrong(&picked, &right);
        let found = nearest(&z, &codebook)?;
        of_nearest = of_nearest.max(share_wrong(&found, &right));
        let sure = bounds_and_gaps(&z, &codebook);
        let unsure = sure.iter().filter(|(bound, gap)| gap <= bound).count();
        let unsure = unsure as f64 / n as f64;
        let middle = codebook.mean_axis(Dim(0)).expect("K is above 0"); // [C]
        let at_home =
            nearest_by_product(&(&z - &middle), &(&codebook - &middle));
        let cured = share_wrong(&at_home, &right);
        // How much of the bound rounding really takes.
        let exact = scores(&z.mapv(f64::from), &codebook.mapv(f64::from));
        let off = scores(&z, &codebook).mapv(f64::from) - exact; // [N, K]
        for (off, (bound, _)) in off.rows().into_iter().zip(&sure) {
            let range = off.fold((f64::MAX, f64::MIN), |(a, b), &v| {
                (a.min(v), b.max(v))
            });
            used = used.max((range.1 - range.0) / f64::from(*bound));
        }
        let at = f64::from(offset);
        wrong.push((at, share));
        doubt.push((at, unsure));
        centred.push((at, cured));
        if quarter % 4 == 0 {
            let name = 10_usize.pow(quarter / 4);
            let (near, far) = (Within::Absolute(0.002), 0.05);
            let within =
                if name < 100 { near } else { Within::Absolute(far) };
            lab.result(&format!("f32_wrong_share_{name}"), share, within)?;
            lab.result(
                &format!("f32_in_doubt_share_{name}"),
                unsure,
                Within::Absolute(0.05),
            )?;
            if name >= 1000 {
                let excess = distortion(&z, &gather(&codebook, &picked))
                    / distortion(&z, &gather(&codebook, &right));
                lab.result(
                    &format!("f32_distortion_ratio_{name}"),
                    excess,
                    Within::Relative(0.1),
                )?;
            }
        }
    }
    let worst = centred.iter().map(|p| p.1).fold(0.0, f64::max);
    lab.result("f32_wrong_share_nearest", of_nearest, Within::Exactly)?;
    lab.result("f32_wrong_share_centred", worst, Within::Absolute(0.002))?;
    lab.result("f32_bound_used", used, Within::Absolute(0.2))?;
    let plot = Plot::new("")
        .x("distance from the origin, per component", Axis::Log)
        .y("share of the latents", Axis::Linear)
        .y_range(-0.02, 1.05)
        .line("in doubt", doubt)
        .line("wrong by the product", wrong)
        .dashed("wrong after centring", centred);
    lab.figure("rounding", &plot.svg()?)
}

/// Draws latents, a codebook and the borders of its cells, and names the picture.
fn cell_plot(
    name: &str,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    frame: (f64, f64),
) -> Plot {
    let places = |x: &Array2<f64>| -> Vec<(f64, f64)> {
        x.rows().into_iter().map(|x| (x[0], x[1])).collect()
    };
    let plot = Plot::new("")
        .x(name, Axis::Linear)
        .x_range(frame.0, frame.1)
        .y_range(frame.0, frame.1)
        .square()
        .points("latents", places(z));
    let all = borders(codebook, 10.0);
    let inside = all.iter().filter_map(|b| b.clipped(frame, frame));
    inside
        .fold(plot, |plot, ends| plot.colour(1).line("", ends))
        .colour(1)
        .points("codebook", places(codebook))
}

/// Voronoi cells by distance and by direction.
fn cells_of_a_codebook(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("cells");
    let mut z = TwoMoons::new(0.1)?.sample(500, &mut rng); // [N, 2]
    z -= &z.mean_axis(Dim(0)).expect("N is above 0");
    let mut by_distance = kmeans_plus_plus(&z, 10, &mut rng)?; // [K, 2]
    let mut by_direction =
        normalize_rows(&kmeans_plus_plus(&z, 10, &mut rng)?); // [K, 2]
    let directions = normalize_rows(&z); // [N, 2]
    for _ in 0..40 {
        by_distance = lloyd_step(&z, &by_distance)?.0;
        let indices = nearest(&directions, &by_direction)?;
        let means = cluster_means(&directions, &indices, &by_direction);
        by_direction = normalize_rows(&means);
    }
    let indices = nearest(&z, &by_distance)?;
    let quantised = gather(&by_distance, &indices); // [N, 2]
    let spread = distortion(&z, &(&z * 0.0));
    lab.result(
        "cells_distortion_over_variance",
        distortion(&z, &quantised) / spread,
        Within::Relative(0.2),
    )?;
    let frame = (-2.0, 2.0);
    let left = cell_plot("by distance", &z, &by_distance, frame);
    let right = cell_plot("by direction", &z, &by_direction, frame);
    lab.figure("cells", &panels(&[left, right], 2)?)
}

/// Rows drawn without putting one back. `[K, C]`
fn random_start(
    z: &Array2<f64>,
    k: usize,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    z.select(Dim(0), &sample(rng, z.nrows(), k).into_vec())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Lloyd's algorithm on 25 clusters, from random latents and from k-means++.
fn two_starts(lab: &mut Lab) -> anyhow::Result<()> {
    let mixture = GaussianMixture::grid_of_25();
    let mut rng = lab.rng("lloyd");
    let z = mixture.sample(lab.by_scale(500, 2000, 20_000), &mut rng); // [N, 2]
    let best = 2.0 * mixture.sigma().powi(2);
    let (seeds, steps) = (lab.by_scale(5, 21, 101), 25);
    let mut plot = Plot::new("")
        .x("step of Lloyd's algorithm", Axis::Linear)
        .y("distortion", Axis::Log);
    let mut increase = 0.0_f64;
    let starts = [("random", "random latents"), ("plus_plus", "k-means++")];
    for (colour, (name, label)) in starts.into_iter().enumerate() {
        let (mut first, mut last) = (vec![], vec![]);
        for seed in 0..seeds {
            let mut codebook = match colour {
                0 => random_start(&z, 25, &mut rng),
                _ => kmeans_plus_plus(&z, 25, &mut rng)?,
            };
            let mut curve = Vec::new();
            for step in 0..=steps {
                let (next, before) = lloyd_step(&z, &codebook)?;
                curve.push((f64::from(step), before));
                codebook = next;
            }
            increase = curve
                .windows(2)
                .map(|w| w[1].1 - w[0].1)
                .fold(increase, f64::max);
            first.push(curve[0].1);
            last.push(curve[curve.len() - 1].1);
            let label = if seed == 0 { label } else { "" };
            plot = plot.colour(1 - colour).line(label, curve);
        }
        let found = last.iter().filter(|d| **d < 1.5 * best).count();
        let within = Within::Factor(3.0);
        lab.result(&format!("lloyd_first_{name}"), median(first), within)?;
        lab.result(&format!("lloyd_last_{name}"), median(last), within)?;
        lab.result(
            &format!("lloyd_found_all_{name}"),
            found as f64,
            Within::Absolute(4.0),
        )?;
    }
    lab.result("lloyd_runs", f64::from(seeds), Within::Exactly)?;
    lab.result("lloyd_max_increase", increase, Within::Limit(1e-12))?;
    lab.result("lloyd_best_possible", best, Within::Exactly)?;
    lab.figure(
        "lloyd",
        &plot.horizontal("one code in each cluster", best).svg()?,
    )
}

/// Patches of 4 × 4 of the first images of a split: enough for so many codes, and with ink for so many directions.
/// `[49 N, 16]`
fn digit_patches(
    lab: &Lab,
    split: Split,
    count: usize,
    (codes, directions): (usize, usize),
) -> anyhow::Result<Array2<f32>> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    digits.at_least(codes.div_ceil(49))?;
    digits.varied(count)?;
    let rows: Vec<usize> = (0..count.min(digits.len())).collect();
    let pixels = digits.pixels(&rows, PixelRange::Unit); // [N, 784]
    let images = pixels.to_shape((rows.len(), 28, 28))?.into_owned();
    let z = patches(&images, 4); // [49 N, 16]
    let inked = inked(&z).len();
    ensure!(
        inked >= directions,
        digits.unsuited(
            format!("at least {directions} patches with ink"),
            format!("{inked} in {} {split} images", rows.len())
        )
    );
    Ok(z)
}

/// The patches that are not all black.
fn inked(z: &Array2<f32>) -> Vec<usize> {
    (0..z.nrows()).filter(|&n| z.row(n).sum() > 0.0).collect()
}

/// Learns `k` vectors from patches, from a start by k-means++.
fn learn(
    z: &Array2<f32>,
    k: usize,
    steps: usize,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Array2<f32>> {
    let mut codebook = kmeans_plus_plus(z, k, rng)?;
    for _ in 0..steps {
        codebook = lloyd_step(z, &codebook)?.0;
    }
    Ok(codebook)
}

/// As [`learn`], of directions: patches without ink are left out, means are stretched to length 1.
fn learn_directions(
    z: &Array2<f32>,
    k: usize,
    steps: usize,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Array2<f32>> {
    let z = normalize_rows(&z.select(Dim(0), &inked(z))); // [inked, 16]
    let mut codebook = kmeans_plus_plus(&z, k, rng)?;
    for _ in 0..steps {
        let indices = nearest(&z, &codebook)?;
        codebook = normalize_rows(&cluster_means(&z, &indices, &codebook));
    }
    Ok(codebook)
}

/// A grid whose rows are as long as there are images among so many patches, up to 12.
fn grid_for(z: &Array2<f32>) -> ImageGrid {
    ImageGrid::new((z.nrows() / 49).min(12))
}

fn push(grid: &mut ImageGrid, z: &Array2<f32>) {
    let first = z.slice(s![..z.nrows().min(12 * 49), ..]).to_owned();
    let images: Array3<f32> = assemble(&first, (28, 28)); // [12, 28, 28]
    images.outer_iter().for_each(|image| grid.push(image, 0.0, 1.0));
}

/// Codes of the codebook that is drawn, and of the one that is looked up by direction.
const DIRECTIONS: usize = 128;

/// Digits put together from 2 to 512 different patches.
fn digits_in_few_patches(lab: &mut Lab) -> anyhow::Result<()> {
    let (seen, unseen) = lab.by_scale((150, 50), (1500, 500), (20_000, 5000));
    let train = digit_patches(lab, Split::Train, seen, (512, DIRECTIONS))?;
    let test = digit_patches(lab, Split::Test, unseen, (1, 0))?;
    let steps = lab.by_scale(3, 15, 40);
    let mean = test.mapv(f64::from).mean().unwrap_or(0.0);
    let spread = test.mapv(|v| (f64::from(v) - mean).powi(2)).sum()
        / test.nrows() as f64;
    let over_variance = |z_q: &Array2<f32>| distortion(&test, z_q) / spread;
    let black = test.rows().into_iter().filter(|z| z.sum() == 0.0).count();
    lab.result(
        "patch_black_share",
        black as f64 / test.nrows() as f64,
        Within::Absolute(1e-9),
    )?;
    lab.result("patch_train", train.nrows() as f64, Within::Exactly)?;

    let mut grid = grid_for(&test);
    push(&mut grid, &test);
    let (mut uniform, mut coded) = (vec![], vec![]);
    for power in 1..=9 {
        let k = 1 << power;
        let mut rng = lab.rng(&format!("patches-{k}"));
        let codebook = learn(&train, k, steps, &mut rng)?; // [K, 16]
        let indices = nearest(&test, &codebook)?;
        let z_q = gather(&codebook, &indices); // [49 N, 16]
        let counts = usage(&indices, k); // [K]
        let [bits, fewer] = bits_per_image(&counts, 49);
        // A logarithmic axis has no zero, and what a doubling saves is a quotient.
        let error = over_variance(&z_q).max(1e-12);
        lab.result(
            &format!("patch_bits_per_image_{k}"),
            bits,
            Within::Absolute(1e-9),
        )?;
        lab.result(
            &format!("patch_bits_per_image_coded_{k}"),
            fewer,
            Within::Relative(0.03),
        )?;
        lab.result(
            &format!("patch_mse_over_variance_{k}"),
            error,
            Within::Relative(0.05),
        )?;
        uniform.push((bits, error));
        coded.push((fewer, error));
        if [2, 8, 32, 128, 512].contains(&k) {
            push(&mut grid, &z_q);
        }
        if k == DIRECTIONS {
            lab.result("patch_bits_per_image", bits, Within::Absolute(1e-9))?;
            lab.result(
                "patch_mse_over_variance",
                error,
                Within::Relative(0.05),
            )?;
            lab.result(
                "patch_entropy",
                entropy(&counts),
                Within::Relative(0.03),
            )?;
            picture_of_codebook(lab, &codebook, &counts)?;
            by_direction(lab, &train, &test, &z_q, spread)?;
        }
    }
    let last = coded.len() - 1; // what the last doubling costs and brings
    let (before, after) = (coded[last - 1], coded[last]);
    lab.result(
        "patch_last_doubling_bits",
        after.0 - before.0,
        Within::Relative(0.2),
    )?;
    lab.result(
        "patch_last_doubling_error_saved",
        1.0 - after.1 / before.1,
        Within::Absolute(0.05),
    )?;
    lab.image("quantised", &grid)?;
    let plot = Plot::new("")
        .x("bits per image", Axis::Linear)
        .y("squared error over variance", Axis::Log)
        .line("all codes cost the same", uniform.clone())
        .line("frequent codes cost less", coded.clone())
        .colour(0)
        .points("", uniform)
        .points("", coded);
    lab.figure("rate", &plot.svg()?)
}

/// The codebook as patches, the most used first.
fn picture_of_codebook(
    lab: &Lab,
    codebook: &Array2<f32>,
    counts: &Array1<usize>,
) -> anyhow::Result<()> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&k| (usize::MAX - counts[k], k));
    let mut grid = ImageGrid::new(16).zoom(10);
    for k in order {
        grid.push(codebook.row(k).to_shape((4, 4))?.view(), 0.0, 1.0);
    }
    lab.image("codebook", &grid)
}

/// The same number of codes, found by direction: with length 1, and with each patch's own length sent along.
fn by_direction(
    lab: &mut Lab,
    train: &Array2<f32>,
    test: &Array2<f32>,
    by_distance: &Array2<f32>,
    spread: f64,
) -> anyhow::Result<()> {
    let steps = lab.by_scale(3, 15, 40);
    let mut rng = lab.rng("directions");
    let codebook = learn_directions(train, DIRECTIONS, steps, &mut rng)?;
    let indices = nearest_by_cosine(test, &codebook)?;
    let unit = gather(&codebook, &indices); // [49 N, 16]
    let mut sent = unit.clone(); // [49 N, 16]
    for (mut e, z) in sent.rows_mut().into_iter().zip(test.rows()) {
        let length = z.dot(&e);
        e *= length;
    }
    for (name, z_q) in [("unit", &unit), ("with_length", &sent)] {
        lab.result(
            &format!("cosine_mse_over_variance_{name}"),
            distortion(test, z_q) / spread,
            Within::Relative(0.05),
        )?;
    }
    let mut grid = grid_for(test);
    for z in [test, by_distance, &unit, &sent] {
        push(&mut grid, z);
    }
    lab.image("cosine", &grid)
}

/// The median time of several runs, in seconds.
fn seconds(runs: usize, mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    median((0..runs).map(time).collect())
}

/// The seconds of the two forms on dfdx.
fn seconds_on_dfdx<D: Device<f32> + Synchronize>(
    dev: &D,
    z: &Array2<f32>,
    codebook: &Array2<f32>,
) -> [f64; 2] {
    let [z, e] = [z, codebook].map(|x| tensor(dev, x, x.dim()));
    let device = seconds(2, || {
        black_box(on_dfdx::nearest(z.clone(), &e));
        dev.synchronize();
    });
    let host = seconds(2, || {
        black_box(on_dfdx::nearest_on_host(z.clone(), &e));
    });
    [device, host]
}

/// Every form on the same latents, beside the bare matrix product that all but the first contain.
fn how_fast(lab: &mut Lab) -> anyhow::Result<()> {
    let (k, c) = (512, 64);
    for (size, n) in [
        ("small", lab.by_scale(256, 6272, 6272)),
        ("large", lab.by_scale(512, 25_088, 25_088)),
    ] {
        let mut rng = lab.rng("benchmark");
        let z: Array2<f32> = normal((n, c), &mut rng);
        let codebook: Array2<f32> = normal((k, c), &mut rng);
        let bare = seconds(9, || {
            black_box(product(z.view(), codebook.t()));
        });
        let definition = seconds(1, || {
            black_box(nearest_by_definition(&z, &codebook));
        });
        let expanded = seconds(3, || {
            black_box(nearest_by_product(&z, &codebook));
        });
        nearest(&z, &codebook)?;
        let tiles = seconds(9, || {
            let _ = black_box(nearest(&z, &codebook));
        });
        let on_dfdx: anyhow::Result<_> = lab::on_device!(
            lab.device(),
            |dev| Ok(seconds_on_dfdx(&dev, &z, &codebook))
        );
        let [device, host] = on_dfdx?;
        lab.result(&format!("bench_n_{size}"), n as f64, Within::Exactly)?;
        let work = 2.0 * (n * k * c) as f64;
        for (form, time) in [
            ("matmul", bare),
            ("definition", definition),
            ("product", expanded),
            ("tiles", tiles),
            ("dfdx_device", device),
            ("dfdx_host", host),
        ] {
            let name = format!("bench_{form}_{size}");
            let timing = Within::Timing;
            lab.result(&format!("{name}_ms"), time * 1e3, timing)?;
            lab.result(&format!("{name}_gflops"), work / time / 1e9, timing)?;
            lab.result(&format!("{name}_share"), bare / time, timing)?;
        }
    }
    Ok(())
}
